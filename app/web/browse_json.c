/* browse_json.c: JSON as HTML, and first contents of forms. Before: web/browse.c. After: http/json.h. */
#include "web/browse_json.h"

#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "http/json.h"
#include "http/route.h"

#define INDENT 4

/* What is written to, and room for one value in the API's own spelling. */
struct writer {
	struct buf *out, spelled;
};

static void value(struct writer *w, struct json_object *o, int depth);

static void new_line(struct writer *w, int depth)
{
	static const char blanks[] = "\n                                ";
	size_t n = (size_t)depth * INDENT;

	buf_add(w->out, blanks, n < sizeof(blanks) - 1 ? n + 1 : sizeof(blanks) - 1);
}

static const char *spell(struct writer *w, struct json_object *o)
{
	w->spelled.len = 0;
	json_write(&w->spelled, o, 0);
	return buf_str(&w->spelled);
}

/* A value without parts between two tags. */
static void scalar(struct writer *w, struct json_object *o, const char *open, const char *close)
{
	buf_adds(w->out, open);
	buf_html_text(w->out, spell(w, o));
	buf_adds(w->out, close);
}

static void string(struct writer *w, struct json_object *o)
{
	const char *text = json_object_get_string(o);

	if (!text_starts(text, "http://") && !text_starts(text, "https://")) {
		scalar(w, o, "<i>", "</i>");
		return;
	}
	buf_adds(w->out, "<a class=\"url\" rel=\"nofollow\" href=\"");
	buf_html(w->out, text);
	scalar(w, o, "\">", "</a>");
}

static void object(struct writer *w, struct json_object *o, int depth)
{
	bool first = true;

	if (json_object_object_length(o) == 0) {
		buf_adds(w->out, "{}");
		return;
	}
	buf_addc(w->out, '{');
	json_object_object_foreach(o, name, member)
	{
		struct json_object *key = json_object_new_string(name);

		buf_adds(w->out, first ? "" : ",");
		new_line(w, depth + 1);
		scalar(w, key, "<b>", "</b>: ");
		json_object_put(key);
		value(w, member, depth + 1);
		first = false;
	}
	new_line(w, depth);
	buf_addc(w->out, '}');
}

static void array(struct writer *w, struct json_object *o, int depth)
{
	size_t n = json_object_array_length(o);

	if (n == 0) {
		buf_adds(w->out, "[]");
		return;
	}
	buf_addc(w->out, '[');
	for (size_t i = 0; i < n; i++) {
		buf_adds(w->out, i ? "," : "");
		new_line(w, depth + 1);
		value(w, json_object_array_get_idx(o, i), depth + 1);
	}
	new_line(w, depth);
	buf_addc(w->out, ']');
}

static void value(struct writer *w, struct json_object *o, int depth)
{
	switch (json_object_get_type(o)) {
	case json_type_object:
		object(w, o, depth);
		break;
	case json_type_array:
		array(w, o, depth);
		break;
	case json_type_string:
		string(w, o);
		break;
	default:
		scalar(w, o, "<var>", "</var>");
	}
}

void browse_json(struct buf *b, struct json_object *o)
{
	struct writer w = {.out = b, .spelled = BUF(b->arena)};

	buf_adds(b, "<pre>");
	value(&w, o, 0);
	buf_adds(b, "</pre>\n");
}

static const char *text_of(struct json_object *o, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(o, name, &v) && v ? json_object_get_string(v) : "";
}

/* A flag as it is when it is not given. */
static bool default_flag(const char *name)
{
	static const char *const on[] = {
	    "write_enabled", "enabled", "is_active", "may_manage_tokens"};

	for (size_t i = 0; i < sizeof(on) / sizeof(on[0]); i++)
		if (strcmp(on[i], name) == 0)
			return true;
	return false;
}

/* The value that says the least for a field as OPTIONS describes it. */
static struct json_object *blank(const char *name, struct json_object *field)
{
	const char *type = text_of(field, "type");

	if (strcmp(type, "string") == 0 && strcmp(name, "password") != 0)
		return json_object_new_string("");
	if (strcmp(type, "list") == 0)
		return json_object_new_array();
	if (strcmp(type, "boolean") == 0)
		return json_object_new_boolean(default_flag(name));
	return NULL;
}

/* A value as it is written: what is shown as an object is named by its id. */
static struct json_object *written(struct json_object *shown)
{
	struct json_object *list, *id;

	if (json_object_object_get_ex(shown, "id", &id))
		return json_object_get(id);
	if (!json_object_is_type(shown, json_type_array))
		return json_object_get(shown);
	list = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(shown); i++)
		json_object_array_add(list, written(json_object_array_get_idx(shown, i)));
	return list;
}

/* The fields that can be set with a method, as this path's OPTIONS says; NULL when it says nothing. */
static struct json_object *fields_of(struct request *r, const char *method)
{
	struct request asked = *r;
	struct json_object *actions, *fields = NULL;

	asked.reply = (struct reply){.headers = BUF(r->arena), .body = BUF(r->arena)};
	if (!route_call(&asked, "OPTIONS") || !asked.reply.has_json)
		return NULL;
	if (json_object_object_get_ex(asked.reply.json, "actions", &actions))
		json_object_object_get_ex(actions, method, &fields);
	return fields;
}

static bool is_read_only(struct json_object *field)
{
	struct json_object *v;

	return json_object_object_get_ex(field, "read_only", &v) && json_object_get_boolean(v);
}

struct json_object *browse_example(
    struct request *r, const char *method, struct json_object *present)
{
	struct json_object *o = arena_own_json(r->arena, json_object_new_object());
	bool create = strcmp(method, "POST") == 0;
	struct json_object *fields = fields_of(r, create ? "POST" : "PUT");

	if (!fields)
		return o;
	json_object_object_foreach(fields, name, field)
	{
		struct json_object *value = NULL;

		if (is_read_only(field))
			continue;
		if (!create && !json_object_object_get_ex(present, name, &value))
			continue;
		json_object_object_add(o, name, create ? blank(name, field) : written(value));
	}
	return o;
}
