/* listen.h: the sockets that web servers connect to (POSTERN_LISTEN). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"

#define LISTEN_MAX 16

struct listener {
	int fd;
	bool tcp;
	bool handed; /* another process holds the same socket */
	char path[108]; /* of a unix socket that we made, else "" */
};

struct listeners {
	struct listener items[LISTEN_MAX];
	size_t count;
};

/* Opens every address, non-blocking; ends the program with a clear message where one cannot be had. A unix socket that
 * nobody answers on any more is replaced, one that somebody answers on is not. */
void listen_open(const struct config *c, struct listeners *out);

/* Takes one waiting connection, close-on-exec and non-blocking. -1 when there is none, or the peer is not one that
 * POSTERN_LISTEN_PEERS names (it is closed then). */
int listen_accept(const struct config *c, const struct listener *l);

/* Closes all and removes the unix sockets. */
void listen_close(struct listeners *l);
