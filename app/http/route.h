/* route.h: the one table of what Postern answers, and the gates each row asks for. Before:
 * http/request.c. After: the faces api/, web/ and gate/. */
#pragma once

#include <stdbool.h>

#include "http/request.h"

enum route_flags {
	FACE_API = 1 << 0, /* JSON, negotiated; errors as {"detail": …} */
	FACE_WEB = 1 << 1, /* HTML pages; anonymous users are sent to the login page */
	NEED_USER = 1 << 2, /* refuse the anonymous: 403, or the login page */
	NEED_SUPERUSER = 1 << 3, /* refuse all but superusers: 403 */
	NEED_MANAGE = 1 << 4, /* refuse users whose tokens an administrator manages: 403 */
	BASIC = 1 << 5, /* HTTP Basic counts as a credential here */
	PASSWORD = 1 << 6, /* the handler computes password hashes: needs a password worker */
	PUBLIC = 1 << 7, /* the same for everyone; nobody is asked who they are */
	HTML_TOO = 1 << 8, /* FACE_API: text/html can be negotiated (the browsable API) */
};

/* What a resource is called in OPTIONS and the browsable API. */
struct route {
	const char *method; /* "GET" also serves HEAD */
	const char *path; /* "/api/users/tokens/{id}/": {…} takes one segment */
	const char *view; /* name of the view */
	int (*handler)(struct request *r); /* NULL: gates are checked, then 405 */
	unsigned flags; /* of enum route_flags */
};

extern const struct route
    routes[]; /* ends with an entry whose path is NULL; rows of a path stand together */

/* Answers the request: finds the row, checks its gates, calls the handler, finishes the reply. With
 * r->needs_password_worker set afterwards there is no answer yet: a password worker must do it. */
void route_dispatch(struct request *r);

/* Answers 503 after all, when no password worker can take the request. */
void route_refuse_busy(struct request *r);

/* The methods of the current row's path as an Allow value: "GET, POST, HEAD, OPTIONS". */
const char *route_allow(struct request *r);

/* Whether the same path has another method and the caller passes its gates (for OPTIONS' actions and for the
 * buttons of the browsable API). Makes no answer. */
bool route_may(struct request *r, const char *method);

/* The name of the view that a path leads to; NULL when there is none. */
const char *route_view(struct request *r, const char *path);

/* Calls the handler of another method of the same path, without its gates; false when there is none. */
bool route_call(struct request *r, const char *method);
