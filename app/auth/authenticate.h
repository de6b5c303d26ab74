/* authenticate.h: finds out who is asking, from the Authorization header or, without one, the session cookie
 * (wire.md A2.9). Before: http/route.c and gate/gate.c. After: model/credential.c. */
#pragma once

#include "http/request.h"
#include "store/db.h"

/* What to find out besides the identity, in the same round trip. */
struct auth_question {
	bool basic; /* HTTP Basic counts here */
	bool session_only; /* pages: the Authorization header does not count */
	const char *object_type; /* whether the user may do `action` to it; NULL: not asked */
	const char *action;
};

struct auth_answer {
	int status; /* 0: fine, anonymous included. Else 403, 429 or 503: refuse */
	const char *detail; /* the documented text of the refusal */
	const char *hint; /* for anonymous with a header that nearly was one; else NULL */
	int retry_after; /* seconds; 0: none */
	bool permitted; /* the question's second part; false for the anonymous */
};

/* Fills r->identity and *out. Sets r->needs_password_worker, and nothing else, when a hash must be computed and
 * this process may not. */
void authenticate(struct request *r, const struct auth_question *q, struct auth_answer *out);

/* The part of it that looks the token up: with Q_TOKEN_BY_DIGEST `which` is its digests, a bytea[] literal; with
 * Q_ADMIN_EXPLAIN_TOKEN, whose columns are the same, its id. *out is zeroed by the caller. */
void authenticate_token(struct request *r, const struct auth_question *q, enum query find,
    const char *which, struct auth_answer *out);

/* After the reply: notes the use of the token or session, when a minute has gone by since the last
 * note. Failures are ignored: a read-only database keeps answering. */
void authenticate_note_use(struct request *r);
