/* error.c: refusals as pages. Before: http/route.c. After: web/page.c. */
#include <json-c/json.h>
#include <string.h>

#include "auth/session.h"
#include "base/buf.h"
#include "base/text.h"
#include "http/route.h"
#include "web/page.h"
#include "web/web.h"

struct wording {
	int status;
	const char *title, *heading, *text; /* text NULL: the detail that was answered */
};

static const struct wording wordings[] = {
    {400, "Bad Request", "Bad Request", NULL},
    {403, "Access Denied", "Access Denied", "You do not have permission to access this page."},
    {404, "Page Not Found", "Page Not Found", "The requested page does not exist."},
    {405, "Method Not Allowed", "Method Not Allowed", NULL},
    {413, "Content Too Large", "Content Too Large", NULL},
    {429, "Too Many Requests", "Too Many Requests", NULL},
    {503, "Service Unavailable", "Service Unavailable", NULL},
    {500, "Server Error", "Server Error",
	"There was a problem with your request. It has been recorded."},
};

static const struct wording csrf_wording = {
    403, "403 Forbidden", "Forbidden (403)", "CSRF verification failed. Request aborted."};

static const struct wording *find_wording(int status, const char *detail)
{
	const struct wording *w = wordings;

	if (text_starts(detail, "CSRF Failed"))
		return &csrf_wording;
	while (w->status != status && w->status != 500)
		w++;
	return w;
}

static const char *detail_of(struct request *r)
{
	struct json_object *detail;

	if (!json_object_object_get_ex(r->reply.json, "detail", &detail) || !detail)
		return "";
	return json_object_get_string(detail);
}

void web_error(struct request *r)
{
	const char *detail = detail_of(r);
	const struct wording *w = find_wording(r->reply.status, detail);
	struct json_object *data = json_object_new_object();

	put_text(data, "title", w->title);
	put_text(data, "heading", w->heading);
	put_text(data, "text", w->text ? w->text : detail);
	put_text(data, "reason", w == &csrf_wording ? detail : NULL);
	put_bool(data, "no_cookie", text_ends(detail, CSRF_NO_COOKIE));
	put_text(data, "request_id", r->id);
	if (r->route && (r->route->flags & NEED_MANAGE) && r->reply.status == 403 &&
	    w != &csrf_wording)
		put_bool(data, "ask_administrator", true);
	r->reply.has_json = false;
	web_page(r, r->reply.status, "error", data);
}
