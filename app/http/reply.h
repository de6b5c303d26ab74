/* reply.h: makes the one answer to a request. Each function returns the status, so that a handler can
 * end with `return reply_…`. Before: handlers. After: server/worker.c writes it. */
#pragma once

#include "base/result.h"
#include "http/request.h"

/* The reason phrase of a status: "Not Found". */
const char *reply_reason(int status);

/* Adds a header. CR, LF and other control bytes in the value are a defect and end the process. */
void reply_header(struct request *r, const char *name, const char *value);

/* The object in the request's JSON form (indent). Takes the reference o. */
int reply_json(struct request *r, int status, struct json_object *o);

/* {"detail": text} */
int reply_detail(struct request *r, int status, const char *text);

/* Any body with its Content-Type, e.g. a page. The bytes are copied. */
int reply_bytes(struct request *r, int status, const char *type, const char *data, size_t n);

/* No body at all: 204. */
int reply_empty(struct request *r, int status);

/* 301, 302, 303 or 308 to a URL or path of this site. */
int reply_redirect(struct request *r, int status, const char *location);

/* The documented answer for a result of a lower layer: NOT_FOUND 404 "Not found.", DENIED 403,
 * UNAVAILABLE 503 with Retry-After, FAILED and everything unknown 500 "Internal error.". */
int reply_result(struct request *r, enum result result);

/* Fills in what every answer carries (X-Request-ID, nosniff, Content-Length …); called once, by route.c. */
void reply_finish(struct request *r);
