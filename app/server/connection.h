/* connection.h: connections that wait: for the rest of a request, for a web server to take its answer, or to be closed.
 * A worker holds many of them and none keeps it from the others, since nothing here blocks. Each has a limit of time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/fcgi.h"

enum connection_state { READING, WRITING, CLOSING };

struct connection {
	struct connection *older, *newer;
	int fd;
	enum connection_state state;
	bool watched; /* epoll knows it */
	int64_t deadline; /* monotonic ms */
	struct fcgi_scan scan;
	/* READING: what has come of a request that is not whole yet, taken from the socket; else it is only seen there.
	 * WRITING: what is still to be sent. */
	unsigned char *data;
	size_t len, size;
};

struct connections {
	int epoll;
	int64_t read_ms; /* in which a whole request must have come */
	struct connection *oldest, *newest;
	size_t count, bytes; /* of connections, and of memory for their data */
	int64_t next_sweep;
	unsigned char seen[FCGI_PARAMS_MAX]; /* the bytes on top of a socket */
};

/* Events of a connection come with data.ptr pointing to it. Owner: the caller, until connections_free. */
struct connections *connections_new(int epoll, int64_t read_seconds);
void connections_free(struct connections *set);

/* Takes over a connection, which must not block. Where there are too many, the one that waits longest goes. */
struct connection *connection_add(struct connections *set, int fd);

/* Looks at what has come; when that is nothing yet, after so many ms at most. FCGI_WHOLE: connection_request gives it to libfcgi. FCGI_MORE: wait for an event.
 * FCGI_BAD also when the peer is gone. */
enum fcgi_state connection_look(struct connections *set, struct connection *c, int patience_ms);

/* A descriptor from which the whole request can be read: the connection's, or a file in memory that the caller closes.
 * -1 when there is no memory. */
int connection_request(struct connection *c);

/* Sends bytes, as many as go at once and the rest later, and closes. */
void connection_send(struct connections *set, struct connection *c, const char *data, size_t n);

/* Goes on with sending or closing after an event. */
void connection_go_on(struct connections *set, struct connection *c);

/* Lets go of it: its descriptor is closed, without a word to the peer if another process holds it too. */
void connection_drop(struct connections *set, struct connection *c);

/* Drops those whose time is up; returns the ms until that is to be done again, -1 when there are none. */
int connections_sweep(struct connections *set);

/* From now on nobody may take long to begin: those that have sent nothing get a second. */
void connections_hurry(struct connections *set);
