/* reply.c: makes answers. Before: handlers. After: server/ writes what is here. */
#include "http/reply.h"

#include <assert.h>
#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "http/json.h"

/* RFC 9110 section 15 */
static const struct {
	int status;
	const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *reply_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

void reply_header(struct request *r, const char *name, const char *value)
{
	for (const char *c = value; *c; c++)
		assert((unsigned char)*c >= 0x20 && *c != 0x7f);
	buf_addf(&r->reply.headers, "%s: %s\r\n", name, value);
}

int reply_json(struct request *r, int status, struct json_object *o)
{
	r->reply.json = arena_own_json(r->arena, o);
	r->reply.has_json = true;
	return r->reply.status = status;
}

int reply_detail(struct request *r, int status, const char *text)
{
	struct json_object *o = json_object_new_object();
	size_t n = strlen(text);

	text = utf8_replace(r->arena, text, &n); /* it may quote the request */
	json_object_object_add(o, "detail", json_object_new_string_len(text, (int)n));
	return reply_json(r, status, o);
}

int reply_bytes(struct request *r, int status, const char *type, const char *data, size_t n)
{
	reply_header(r, "Content-Type", type);
	buf_add(&r->reply.body, data, n);
	return r->reply.status = status;
}

int reply_empty(struct request *r, int status)
{
	return r->reply.status = status;
}

int reply_redirect(struct request *r, int status, const char *location)
{
	reply_header(r, "Location", location);
	return r->reply.status = status;
}

/* What a lower layer's answer means in HTTP; what is not here is a defect of ours. */
static const struct {
	int status;
	const char *detail;
} by_result[] = {
    [NOT_FOUND] = {404, "Not found."},
    [CONFLICT] = {400, "A value that must be unique is in use."},
    [INVALID] = {400, "Invalid data."},
    [DENIED] = {403, "You do not have permission to perform this action."},
    [UNAVAILABLE] = {503, "The database is not available. Please try again."},
};

int reply_result(struct request *r, enum result result)
{
	struct json_object *o;

	if (result == UNAVAILABLE)
		reply_header(r, "Retry-After", "1");
	if ((size_t)result < sizeof(by_result) / sizeof(by_result[0]) && by_result[result].status)
		return reply_detail(r, by_result[result].status, by_result[result].detail);
	o = json_object_new_object();
	json_object_object_add(o, "detail", json_object_new_string("Internal error."));
	json_object_object_add(o, "request_id", json_object_new_string(r->id));
	return reply_json(r, 500, o);
}

static bool has_header(const struct request *r, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = buf_str(&r->reply.headers); *p; p = strstr(p, "\r\n") + 2)
		if (strncmp(p, name, n) == 0 && p[n] == ':')
			return true;
	return false;
}

void reply_finish(struct request *r)
{
	struct reply *p = &r->reply;
	bool silent = p->status == 204 || p->status == 304;

	if (p->has_json && p->body.len == 0) {
		reply_header(r, "Content-Type", "application/json");
		json_write(&p->body, p->json, r->indent);
	}
	if (!silent)
		buf_addf(&p->headers, "Content-Length: %zu\r\n", p->body.len);
	if (!has_header(r, "Cache-Control"))
		reply_header(r, "Cache-Control", "no-store");
	reply_header(r, "X-Request-ID", r->id);
	reply_header(r, "X-Content-Type-Options", "nosniff");
	reply_header(r, "X-Frame-Options", "DENY");
	if (!has_header(r, "Referrer-Policy"))
		reply_header(r, "Referrer-Policy", "same-origin");
	p->no_body = silent || strcmp(r->method, "HEAD") == 0;
}
