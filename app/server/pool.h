/* pool.h: hands a request that needs a password hash from the worker that read it to a password worker, so
 * that hashing never keeps a worker from answering others. The connection travels with SCM_RIGHTS (unix(7)), what
 * was read of it in a memfd (memfd_create(2)). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/config.h"
#include "http/request.h"
#include "server/board.h"

struct pool {
	int send, receive; /* the two ends of one queue that all processes share */
};

/* Before any fork. Ends the program when there is no such socket to be had. */
void pool_open(struct pool *p);

/* Hands connection fd and its request over; the caller closes its own fd afterwards. False when the queue is
 * full: answer 503. */
bool pool_send(const struct pool *p, struct board *b, const struct config *c, int fd, uint16_t id,
    const struct request_input *in);

/* Takes one request if there is one; *fd is the caller's to close. False when there is none. */
bool pool_receive(const struct pool *p, struct board *b, struct arena *a, int *fd, uint16_t *id,
    struct request_input *out);
