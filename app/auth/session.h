/* session.h: browser sessions: a 256-bit random id in a cookie, of which the database holds the SHA-256
 * (OWASP Session Management Cheat Sheet). */
#pragma once

#include "http/request.h"
#include "store/db.h"

/* The cookie's value when it has the form of a session id (64 hex digits), else NULL. */
const char *session_cookie(struct request *r);

/* The live session with that id and its user, at most one row: statement session_by_digest. OK, also for no
 * row, or UNAVAILABLE/FAILED. */
enum result session_find(struct request *r, const char *key, const char *object_type,
    const char *action, struct rows *out);

/* Whether an unsafe request of a session may come from another site's page: the text after "CSRF Failed: ", or
 * NULL when it is fine. The token is expected in X-CSRFToken or the form field csrfmiddlewaretoken. */
const char *session_csrf_refusal(struct request *r);
