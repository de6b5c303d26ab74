/* answer.h: from what came over the socket to the bytes that go back. Between server/worker.c and http/. */
#pragma once

#include "http/request.h"

/* Makes the answer, also for gate questions, into r->reply, and its head ("Status: …" to the empty line) into *head.
 * False when a password worker must do it: nothing was answered then. */
bool answer_make(struct request *r, const struct services *s, struct arena *a,
    const struct request_input *in, struct buf *head);

/* The answer after that, when no password worker can take it: 503. */
void answer_busy(struct request *r, struct buf *head);

/* The answer {"detail": text} to what cannot be read: a request of which nothing is known but its id. */
void answer_unread(struct request *r, const struct services *s, struct arena *a, int status,
    const char *detail, struct buf *head);

/* Whether the parameters ask a gate question (FastCGI Authorizer, or POSTERN_ROLE=gate): no body is read then. */
bool answer_is_gate(enum role role, char *const *params);

/* The access log's line. */
void answer_log(const struct request *r, int64_t started_ms);
