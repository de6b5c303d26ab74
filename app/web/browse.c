/* browse.c: the browsable API: answers of api/ as pages, and forms that stand for other methods. Before:
 * http/route.c. After: web/browse_json.c, web/page.c. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/json.h"
#include "http/reply.h"
#include "http/route.h"
#include "web/browse_json.h"
#include "web/form.h"
#include "web/page.h"
#include "web/template.h"
#include "web/web.h"

static bool is_form(struct request *r)
{
	enum body_type type = content_type_parse(r->arena, request_param(r, "CONTENT_TYPE")).body;

	return type == BODY_FORM || type == BODY_MULTIPART;
}

/* The methods that a form may stand for; NULL for all others. */
static const char *known_method(const char *name)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(methods[i], name) == 0)
			return methods[i];
	return NULL;
}

/* The same parameters, but for the type of the body, and with the form's CSRF token where scripts send theirs. */
static char **json_params(struct request *r, const char *csrf)
{
	size_t n = 0, kept = 0;
	char **params;

	while (r->input->params[n])
		n++;
	params = arena_alloc(r->arena, (n + 3) * sizeof(*params));
	for (size_t i = 0; i < n; i++)
		if (!text_starts(r->input->params[i], "CONTENT_TYPE=") &&
		    !text_starts(r->input->params[i], "HTTP_X_CSRFTOKEN="))
			params[kept++] = r->input->params[i];
	params[kept++] = arena_strdup(r->arena, "CONTENT_TYPE=application/json");
	params[kept] = arena_printf(r->arena, "HTTP_X_CSRFTOKEN=%s", csrf);
	return params;
}

void browse_unwrap(struct request *r)
{
	struct request_input *input;
	const struct param *content;
	const char *method;
	struct params form;

	if (strcmp(r->method, "POST") != 0 || !is_form(r))
		return;
	request_form(r, &form);
	method = known_method(form_value(&form, "_method"));
	if (!method)
		return;
	content = params_find(&form, "_content");
	input = arena_alloc(r->arena, sizeof(*input));
	*input = *r->input;
	input->params = json_params(r, form_value(&form, "csrfmiddlewaretoken"));
	input->body = content ? content->value : "";
	input->body_len = content ? content->value_len : 0;
	r->input = input;
	r->method = method;
}

/* The path to here, one step for each view on the way. */
static struct json_object *crumbs(struct request *r)
{
	struct json_object *list = json_object_new_array();

	for (const char *slash = r->path; (slash = strchr(slash + 1, '/'));) {
		const char *path = arena_strndup(r->arena, r->path, (size_t)(slash - r->path) + 1);
		const char *view = route_view(r, path);
		struct json_object *step;

		if (!view)
			continue;
		step = json_object_new_object();
		put_text(step, "name", view);
		put_text(step, "href", arena_printf(r->arena, "%s%s", r->prefix, path));
		put_bool(step, "here", !slash[1]);
		json_object_array_add(list, step);
	}
	return list;
}

/* This URL in each format. */
static struct json_object *formats(struct request *r)
{
	static const char *const names[] = {"json", "api"};
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < 2; i++) {
		struct param_override format = {"format", names[i]};
		struct json_object *o = json_object_new_object();

		put_text(o, "name", names[i]);
		put_text(o, "href",
		    arena_printf(r->arena, "?%s", params_encode(r->arena, &r->query, &format, 1)));
		json_object_array_add(list, o);
	}
	return list;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The headers of the answer as JSON, sorted; what the page itself adds is not among them. */
static struct json_object *headers(struct request *r)
{
	struct json_object *list = json_object_new_array();
	char *text = arena_printf(r->arena, "%s%s", buf_str(&r->reply.headers),
	    r->reply.has_json ? "Content-Type: application/json\r\n" : "");
	const char *lines[16] = {0};
	size_t n = 0;

	for (char *end; n < 16 && (end = strstr(text, "\r\n")); text = end + 2) {
		*end = '\0';
		if (!text_starts(text, "Set-Cookie:"))
			lines[n++] = text;
	}
	qsort(lines, n, sizeof(lines[0]), by_name);
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();
		size_t name = strcspn(lines[i], ":");

		put_text(o, "name", arena_strndup(r->arena, lines[i], name));
		put_text(o, "value", lines[i] + name + 2);
		json_object_array_add(list, o);
	}
	return list;
}

/* Where this page of a list stands, if it is a list. */
static void add_pager(struct request *r, struct json_object *data)
{
	const char *from = params_last(&r->query, "offset");
	struct json_object *count, *v, *results;
	int64_t offset = 0;
	size_t n;

	if (!json_object_object_get_ex(r->reply.json, "count", &count) ||
	    !json_object_object_get_ex(r->reply.json, "results", &results))
		return;
	n = json_object_array_length(results);
	if (from)
		parse_int64(from, 0, INT64_MAX / 2, &offset);
	put_text(data, "pager",
	    n ? arena_printf(r->arena, "%lld to %lld of %s", (long long)offset + 1,
		    (long long)offset + (long long)n, json_object_get_string(count))
	      : arena_printf(r->arena, "None of %s", json_object_get_string(count)));
	if (json_object_object_get_ex(r->reply.json, "previous", &v))
		json_object_object_add(data, "previous", json_object_get(v));
	if (json_object_object_get_ex(r->reply.json, "next", &v))
		json_object_object_add(data, "next", json_object_get(v));
}

static const char *target(struct request *r)
{
	return arena_printf(
	    r->arena, "%s%s%s%s", r->prefix, r->path, *r->query_text ? "?" : "", r->query_text);
}

/* Whether the page offers a method: the path has it, and the caller's session may use it. Several records at once
 * are for programs. */
static bool offers(struct request *r, const char *method)
{
	bool several = strstr(route_allow(r), "POST") && strcmp(method, "POST") != 0;

	return r->identity.how == BY_SESSION && !several && route_may(r, method);
}

/* The record that stands at this path after the answer; NULL when there is none, or none can be had. */
static struct json_object *record(struct request *r)
{
	static const char *const showing[] = {"GET", "HEAD", "PUT", "PATCH"};
	struct request asked = *r;

	for (size_t i = 0; r->reply.status == 200 && i < sizeof(showing) / sizeof(showing[0]); i++)
		if (strcmp(r->method, showing[i]) == 0)
			return r->reply.json;
	if (r->reply.status == 204 || r->reply.status == 404 || r->reply.status >= 500)
		return NULL;
	asked.method = "GET";
	asked.reply = (struct reply){.headers = BUF(r->arena), .body = BUF(r->arena)};
	return route_call(&asked, "GET") && asked.reply.status == 200 ? asked.reply.json : NULL;
}

/* What the form of a method holds: what was sent when that was refused, so that it can be mended; else an example. */
static const char *content(struct request *r, const char *method, struct json_object *present)
{
	struct buf b = BUF(r->arena);
	size_t n = r->input->body_len;

	if (r->reply.status >= 400 && strcmp(r->method, method) == 0 && n > 0)
		return utf8_replace(r->arena, r->input->body, &n);
	json_write(&b, browse_example(r, method, present), 4);
	return buf_str(&b);
}

/* Forms to change a record only where there is one. */
static void add_forms(struct request *r, struct json_object *data)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH"};
	struct json_object *list = json_object_new_array();
	bool changes = offers(r, "PUT") || offers(r, "PATCH") || offers(r, "DELETE");
	struct json_object *present = changes ? record(r) : NULL;

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		struct json_object *form;

		if (!offers(r, methods[i]) || (!present && strcmp(methods[i], "POST") != 0))
			continue;
		form = json_object_new_object();
		put_text(form, "method", methods[i]);
		put_text(form, "content", content(r, methods[i], present));
		json_object_array_add(list, form);
	}
	json_object_object_add(data, "forms", list);
	put_bool(data, "may_delete", present && offers(r, "DELETE"));
}

void browse_page(struct request *r)
{
	struct json_object *data = arena_own_json(r->arena, json_object_new_object()), *site;
	struct buf *page = &r->reply.body;

	if (!r->reply.has_json && r->reply.status != 204)
		return;
	put_text(data, "title", r->route->view);
	put_text(data, "method", r->method);
	put_text(data, "target", target(r));
	put_text(data, "status",
	    arena_printf(r->arena, "%d %s", r->reply.status, reply_reason(r->reply.status)));
	json_object_object_add(data, "crumbs", crumbs(r));
	json_object_object_add(data, "formats", formats(r));
	json_object_object_add(data, "headers", headers(r));
	add_pager(r, data);
	add_forms(r, data);
	site = web_site(r, true);
	template_render(page, "browse_head", data, site);
	if (r->reply.has_json)
		browse_json(page, r->reply.json);
	template_render(page, "browse_foot", data, site);
	web_page_headers(r);
	if (r->reply.status == 204)
		r->reply.status = 200;
}
