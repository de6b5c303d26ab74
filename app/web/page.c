/* page.c: the frame around every page. Before: web/ handlers. After: web/template.c, web/flash.c. */
#include "web/page.h"

#include <json-c/json.h>
#include <string.h>

#include "auth/session.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "http/reply.h"
#include "web/template.h"
#include "web/web.h"
#include "version.h"

#define CONTENT_SECURITY_POLICY                                                                    \
	"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'%s; "              \
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

void put_text(struct json_object *o, const char *name, const char *text)
{
	json_object_object_add(o, name, text ? json_object_new_string(text) : NULL);
}

void put_bool(struct json_object *o, const char *name, bool value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

const char *web_time(struct arena *a, int64_t t)
{
	char *iso = timestamp_iso(a, t);

	if (!iso)
		return "";
	iso[10] = ' ';
	iso[16] = '\0';
	return iso;
}

int web_go(struct request *r, const char *path)
{
	return reply_redirect(r, 302, arena_printf(r->arena, "%s%s", r->prefix, path));
}

/* Percent-encodes what a query value may not hold; slashes stay, as people read these URLs. */
static void add_query_path(struct buf *b, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "/");

		buf_url(b, s, n);
		s += n;
		if (*s)
			buf_addc(b, *s++);
	}
}

/* The path as it stood in the URL. */
static const char *path_as_sent(struct request *r)
{
	struct buf b = BUF(r->arena);

	for (const char *p = r->path; *p; p++) {
		if (*p == '/')
			buf_addc(&b, '/');
		else if (*p == ' ')
			buf_adds(&b, "%20");
		else
			buf_url(&b, p, 1);
	}
	return buf_str(&b);
}

const char *web_login_url(struct request *r)
{
	struct buf b = BUF(r->arena);

	buf_addf(&b, "%s/login/", r->prefix);
	if (text_starts(r->path, "/login/") || text_starts(r->path, "/logout/") || !*r->path)
		return buf_str(&b);
	buf_adds(&b, "?next=");
	add_query_path(&b, r->prefix);
	add_query_path(&b, path_as_sent(r));
	if (*r->query_text) {
		buf_adds(&b, "%3F");
		add_query_path(&b, r->query_text);
	}
	return buf_str(&b);
}

/* The user's name as the menu shows it: at most 30 characters. */
static const char *short_name(struct arena *a, const char *name)
{
	size_t n = strlen(name), at = 0;

	for (int i = 0; i < 30 && at < n; i++) {
		enum utf8_kind kind;

		at += utf8_step(name + at, n - at, &kind);
	}
	return at < n ? arena_printf(a, "%.*s…", (int)at, name) : name;
}

struct json_object *web_site(struct request *r, bool messages)
{
	struct json_object *site = arena_own_json(r->arena, json_object_new_object());
	const struct identity *who = &r->identity;

	put_text(site, "prefix", r->prefix);
	put_text(site, "stylesheet", static_path(r->arena, "postern.css"));
	put_text(site, "script", static_path(r->arena, "postern.js"));
	put_text(site, "icon", static_path(r->arena, "postern.svg"));
	put_text(site, "version", POSTERN_VERSION);
	if (who->how == BY_SESSION) {
		put_text(site, "user", short_name(r->arena, who->username));
		put_text(site, "csrf", session_csrf_token(r));
	} else {
		put_text(site, "login_url", web_login_url(r));
	}
	put_text(site, "check_url", request_url(r, "/api/authentication-check/"));
	if (messages)
		json_object_object_add(site, "messages", flash_take(r));
	return site;
}

static void page_headers(struct request *r, const char *sources)
{
	reply_header(r, "Content-Type", "text/html; charset=utf-8");
	reply_header(
	    r, "Content-Security-Policy", arena_printf(r->arena, CONTENT_SECURITY_POLICY, sources));
	reply_header(r, "Cross-Origin-Opener-Policy", "same-origin");
	if (r->identity.session_over)
		session_clear_cookie(r);
}

void web_page_headers(struct request *r)
{
	page_headers(r, "");
}

int web_page(struct request *r, int status, const char *template, struct json_object *data)
{
	return web_page_with(r, status, template, data, "");
}

int web_page_with(struct request *r, int status, const char *template, struct json_object *data,
    const char *sources)
{
	/* a refusal may be of something that nobody looks at, such as an icon */
	struct json_object *site = web_site(r, status < 400);

	template_render(&r->reply.body, template, arena_own_json(r->arena, data), site);
	page_headers(r, sources);
	reply_header(r, "Vary", "Cookie");
	return r->reply.status = status;
}
