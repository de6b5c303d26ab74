/* request.h: one request, from FastCGI parameters to what a handler needs. All it points to lives in
 * its arena. Before: server/worker.c. After: http/route.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "auth/identity.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/config.h"
#include "http/accept.h"
#include "http/params.h"

struct db;
struct json_object;
struct peppers;
struct route;

#define REQUEST_BODY_MAX (1024 * 1024) /* bytes; more is answered 413 */

enum role { ROLE_RESPONDER, ROLE_AUTHORIZER, ROLE_OTHER };

/* What came over the socket; server/ fills it. */
struct request_input {
	enum role role;
	char **params; /* "NAME=value", ended by NULL */
	const char *body; /* never NULL */
	size_t body_len;
	bool body_too_large; /* more than REQUEST_BODY_MAX came; body is empty then */
	bool body_incomplete; /* the body ended early, or took too long */
};

/* What a process lends to each of its requests. */
struct services {
	const struct config *config;
	const struct peppers *peppers;
	struct db *db;
	bool password_worker; /* this process may compute password hashes */
};

/* The answer so far; http/reply.c fills it, server/ writes it. */
struct reply {
	int status; /* 0: none yet */
	struct buf headers; /* "Name: value\r\n"… without the status line */
	struct buf body;
	struct json_object *json; /* what reply_json was given (NULL is a JSON null, too) */
	bool has_json;
	bool no_body; /* 204, 304, HEAD: the body is counted, but not sent */
};

struct request {
	struct arena *arena;
	const struct config *config;
	const struct peppers *peppers;
	struct db *db;
	const struct request_input *input;

	const char *id; /* request id: printed in every answer and log line */
	const char *method; /* as sent, case-sensitive */
	const char *path; /* decoded, checked, without the prefix; "" when it was refused */
	const char *prefix; /* "" or "/auth": what the web server mounts Postern under */
	const char *query_text; /* QUERY_STRING as sent */
	struct params query;
	const char *host; /* checked, with port */
	const char *scheme; /* "http" or "https" */
	const char *remote_addr; /* client's IP address, "" when unknown */
	const char *problem; /* not NULL: answer 400 with this text */

	const struct route *route; /* the row that matched, set by route.c */
	const char *name; /* the path's {id} or {name} part, "" when the route has none */
	const char *suffix; /* "/" or ".json" or ".api": how the path ended, for links */
	enum renderer renderer;
	int indent; /* of JSON, 0 to 8 */
	struct identity identity;
	bool may_hash; /* this process may compute password hashes */
	bool needs_password_worker; /* set by auth/: it may not, and one is needed: hand over */

	struct reply reply;
};

/* Fills *r from the input. Never fails: what is wrong with the request is told in r->problem. */
void request_init(
    struct request *r, struct arena *a, const struct services *s, const struct request_input *in);

/* A FastCGI parameter, NULL when absent. "HTTP_ACCEPT" is the header Accept: clients set these. */
const char *request_param(const struct request *r, const char *name);

/* How many times a parameter came. */
int request_param_times(const struct request *r, const char *name);

/* Why what a listed proxy says of the client cannot be told from what the client says, or NULL. */
const char *request_forwarding_problem(const struct request *r);

/* An absolute URL of this site: scheme, host, prefix and the given path. */
const char *request_url(struct request *r, const char *path);

/* Reads the body as one JSON value: JSON as it is, forms as an object of strings, or of lists of them
 * for members of some names (*form is true then). No body: *out is NULL and *empty true. 0 when fine; else the answer
 * was made (400, 415) and its status is returned. */
struct request_body {
	struct json_object *json;
	bool empty, form;
};
int request_body(struct request *r, struct request_body *out);

/* The form fields of the body (application/x-www-form-urlencoded or multipart), none when it is something else. */
void request_form(struct request *r, struct params *out);

/* The value of a cookie, NULL when absent. A name that is sent twice counts as absent: deny in doubt. */
const char *request_cookie(struct request *r, const char *name);
