/* route.c: from a path to a handler, through the gates. Before: http/request.c. After: http/routes.c and the
 * handlers. The order is that of wire.md B 1.1: path, content negotiation, credentials, rights, method. */
#include "http/route.h"

#include <ctype.h>
#include <json-c/json.h>
#include <string.h>

#include "auth/authenticate.h"
#include "auth/session.h"
#include "base/text.h"
#include "gate/check.h"
#include "http/names.h"
#include "http/reply.h"
#include "web/web.h"

#define DENIED_TEXT "You do not have permission to perform this action."

/* Whether a path fits a pattern; *name becomes what stands for its {…}. */
static bool fits(struct arena *a, const char *pattern, const char *path, const char **name)
{
	const char *brace = strchr(pattern, '{');
	size_t before = brace ? (size_t)(brace - pattern) : 0, len;

	*name = "";
	if (!brace)
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, before) != 0)
		return false;
	len = strcspn(path + before, "/");
	*name = arena_strndup(a, path + before, len);
	return len > 0 && strcmp(strchr(brace, '}') + 1, path + before + len) == 0;
}

static const struct route *find_path(struct request *r, const char *path)
{
	const struct route *row = routes;

	while (row->path && !fits(r->arena, row->path, path, &r->name))
		row++;
	return row->path ? row : NULL;
}

/* The path as the table has it, and how it ended: "/x.json" is "/x/" with the suffix ".json". */
static const struct route *find_route(struct request *r)
{
	static const char *const suffixes[] = {".json", ".api"};
	const struct route *row = find_path(r, r->path);

	for (size_t i = 0; !row && i < 2; i++) {
		size_t n = strlen(r->path), m = strlen(suffixes[i]);

		if (!text_ends(r->path, suffixes[i]))
			continue;
		row = find_path(r, arena_printf(r->arena, "%.*s/", (int)(n - m), r->path));
		if (row && !(row->flags & FACE_API))
			row = NULL;
		r->suffix = row ? suffixes[i] : "/";
	}
	return row;
}

/* The row of a method among those of the same path; NULL when the path lacks it. */
static const struct route *find_method(const struct route *first, const char *method)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;

	for (const struct route *row = first; row->path && strcmp(row->path, first->path) == 0;
	     row++)
		if (strcmp(row->method, wanted) == 0)
			return row;
	return NULL;
}

/* The first row of the path that a row belongs to. */
static const struct route *first_row(const struct route *row)
{
	while (row > routes && strcmp(row[-1].path, row->path) == 0)
		row--;
	return row;
}

const char *route_allow(struct request *r)
{
	static const char *const order[] = {
	    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", NULL};
	const struct route *first = first_row(r->route);
	struct buf b = BUF(r->arena);

	for (const char *const *m = order; *m; m++) {
		const struct route *row = find_method(first, *m);

		if (row && row->handler)
			buf_addf(&b, "%s%s", b.len ? ", " : "", *m);
	}
	return buf_str(&b);
}

const char *route_view(struct request *r, const char *path)
{
	const char *name = r->name;
	const struct route *row = find_path(r, path);

	r->name = name;
	return row ? row->view : NULL;
}

bool route_call(struct request *r, const char *method)
{
	const struct route *row = find_method(first_row(r->route), method);

	if (!row || !row->handler)
		return false;
	row->handler(r);
	return true;
}

/* A path of ours as a URL path: each segment percent-encoded (RFC 3986 section 3.3). */
static const char *encoded(struct arena *a, const char *path)
{
	struct buf b = BUF(a);

	while (*path) {
		size_t n = strcspn(path, "/ ");

		buf_url(&b, path, n);
		path += n;
		if (*path)
			buf_adds(&b, *path++ == '/' ? "/" : "%20");
	}
	return buf_str(&b);
}

/* The query as it was sent, but for what RFC 3986 section 3.4 does not let stand there as it is. */
static const char *encoded_query(struct arena *a, const char *query)
{
	struct buf b = BUF(a);

	for (; *query; query++) {
		unsigned char c = (unsigned char)*query;

		if (isalnum(c) || strchr("-._~!$&'()*+,;=:@/?%", c))
			buf_addc(&b, *query);
		else
			buf_addf(&b, "%%%02X", c);
	}
	return buf_str(&b);
}

/* Whether answers to this path are pages, refusals too; of a path that cannot be read a browser gets one. */
static bool is_page(struct request *r)
{
	const char *accept = request_param(r, "HTTP_ACCEPT");

	if (*r->path)
		return !text_starts(r->path, "/api/");
	return accept && strstr(accept, "text/html");
}

static bool negotiate(struct request *r)
{
	const char *query = params_last(&r->query, "format");
	const char *format = *r->suffix == '.' ? r->suffix + 1 : query;

	switch (accept_negotiate(r->arena, request_param(r, "HTTP_ACCEPT"), format,
	    r->route->flags & HTML_TOO, &r->renderer, &r->indent)) {
	case ACCEPT_OK:
		return true;
	case ACCEPT_BAD_FORMAT:
		reply_detail(r, 404, "Not found.");
		return false;
	default:
		reply_detail(r, 406, "Could not satisfy the request Accept header.");
		return false;
	}
}

static void refuse_credentials(struct request *r, const struct auth_answer *answer)
{
	if (answer->retry_after)
		reply_header(r, "Retry-After", arena_printf(r->arena, "%d", answer->retry_after));
	reply_detail(r, answer->status, answer->detail);
}

/* Finds out who asks; false when the request was answered, or must be handed to a password worker. */
static bool identify(struct request *r, const char **hint)
{
	struct auth_question question = {
	    .basic = r->route && r->route->flags & BASIC, .session_only = is_page(r)};
	struct auth_answer answer;

	authenticate(r, &question, &answer);
	*hint = answer.hint;
	if (answer.status)
		refuse_credentials(r, &answer);
	return !answer.status && !r->needs_password_worker;
}

/* 404, or the way to the path with its slash. */
static void no_route(struct request *r)
{
	const char *slashed = arena_printf(r->arena, "%s/", r->path);
	bool reads = strcmp(r->method, "GET") == 0 || strcmp(r->method, "HEAD") == 0;
	static const char body[] = "{\"detail\": \"Not found.\"}";
	const char *hint;

	if (!text_ends(r->path, "/") && find_path(r, slashed)) {
		reply_redirect(r, reads ? 301 : 308,
		    arena_printf(r->arena, "%s%s%s%s", r->prefix, encoded(r->arena, slashed),
			*r->query_text ? "?" : "", encoded_query(r->arena, r->query_text)));
		return;
	}
	if (!is_page(r))
		reply_bytes(r, 404, "application/json", body, sizeof(body) - 1);
	else if (identify(r, &hint))
		reply_result(r, NOT_FOUND);
}

/* People are shown where to sign in, programs are told. */
static void refuse_anonymous(struct request *r, const char *hint)
{
	struct json_object *o;

	if (r->route->flags & FACE_WEB) {
		if (r->identity.session_over)
			session_clear_cookie(r);
		reply_redirect(r, 302, web_login_url(r));
		return;
	}
	o = json_object_new_object();

	json_object_object_add(
	    o, "detail", json_object_new_string("Authentication credentials were not provided."));
	if (hint)
		json_object_object_add(o, "hint", json_object_new_string(hint));
	reply_json(r, 403, o);
}

/* Whether the caller may use a row of the table; row NULL: a method that the path lacks. */
static bool may(struct request *r, const struct route *row, const char *method)
{
	const struct identity *who = &r->identity;
	unsigned flags = row ? row->flags : r->route->flags & (NEED_USER | NEED_SUPERUSER);

	if ((flags & NEED_SUPERUSER) && !who->is_superuser)
		return false;
	if ((flags & NEED_MANAGE) && (!who->may_manage_tokens || who->network_limited))
		return false;
	return method_safe(method) || who->how == ANONYMOUS || who->write_enabled;
}

bool route_may(struct request *r, const char *method)
{
	const struct route *row = find_method(first_row(r->route), method);

	return row && row->handler && may(r, row, method);
}

/* A request that changes something and came with a cookie, or to sign in, must come from our own pages. */
static const char *csrf_refusal(struct request *r)
{
	if (method_safe(r->method) ||
	    (r->identity.how != BY_SESSION && !(r->route->flags & FACE_WEB)))
		return NULL;
	return session_csrf_refusal(r);
}

/* The gates in their order, then the handler. */
static void pass(struct request *r, const struct route *row, const char *hint)
{
	const char *csrf;

	if ((r->route->flags & FACE_WEB) && r->input->body_too_large) { /* the token is in it */
		reply_detail(r, 413, "Request body exceeds 1048576 bytes.");
		return;
	}
	csrf = csrf_refusal(r);
	if (csrf) {
		reply_detail(r, 403, arena_printf(r->arena, "CSRF Failed: %s", csrf));
		return;
	}
	if ((r->route->flags & NEED_USER) && r->identity.how == ANONYMOUS) {
		refuse_anonymous(r, hint);
		return;
	}
	if (!may(r, row, r->method)) {
		reply_detail(r, 403, DENIED_TEXT);
		return;
	}
	if (!row || !row->handler) {
		reply_detail(
		    r, 405, arena_printf(r->arena, "Method \"%.40s\" not allowed.", r->method));
		return;
	}
	if ((row->flags & PASSWORD) && !method_safe(r->method) && !r->may_hash) {
		r->needs_password_worker =
		    true; /* nothing was done yet, so all begins anew there */
		return;
	}
	row->handler(r);
}

static void dispatch(struct request *r)
{
	const struct route *row;
	const char *hint = NULL;

	if (r->problem && strcmp(r->path, GATE_CHECK_PATH) != 0) {
		reply_detail(r, 400, r->problem);
		return;
	}
	r->route = find_route(r);
	if (!r->route) {
		no_route(r);
		return;
	}
	if ((r->route->flags & FACE_API) && !negotiate(r))
		return;
	if (r->problem) /* no page around what could not be checked */
		r->renderer = RENDER_JSON;
	if (r->renderer == RENDER_HTML)
		browse_unwrap(r);
	row = find_method(r->route, r->method);
	if (row)
		r->route = row;
	if (!(r->route->flags & PUBLIC) && !identify(r, &hint))
		return;
	pass(r, row, hint);
}

/* What was answered as JSON becomes a page where pages are asked for. */
static void as_page(struct request *r)
{
	if (r->route && (r->route->flags & FACE_API) && r->renderer == RENDER_HTML)
		browse_page(r);
	else if (is_page(r) && r->reply.has_json)
		web_error(r);
}

/* What every answer gets in the end. */
static void finish(struct request *r)
{
	if (r->reply.status == 0)
		reply_result(r, FAILED);
	if (r->route && (r->route->flags & FACE_API)) {
		reply_header(r, "Allow", route_allow(r));
		reply_header(r, "Vary", "Accept, Cookie");
	} else if (r->route && r->reply.status == 405) {
		reply_header(r, "Allow", route_allow(r));
	}
	as_page(r);
	reply_finish(r);
}

void route_dispatch(struct request *r)
{
	dispatch(r);
	if (!r->needs_password_worker)
		finish(r);
}

void route_refuse_busy(struct request *r)
{
	r->needs_password_worker = false;
	reply_header(r, "Retry-After", "1");
	reply_detail(r, 503, "The server is busy checking passwords. Please try again.");
	finish(r);
}
