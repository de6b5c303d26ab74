/* browse_json.c: JSON as HTML, and first contents of forms. Before: web/browse.c. After: http/json.h. */
#include "web/browse_json.h"

#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "http/json.h"
#include "http/route.h"

#define INDENT 4

static void value(struct buf *b, struct json_object *o, int depth);

static void new_line(struct buf *b, int depth)
{
	buf_addf(b, "\n%*s", depth * INDENT, "");
}

/* A value without parts, in the API's own spelling. */
static void scalar(struct buf *b, struct json_object *o, const char *class)
{
	const char *text =
	    json_object_is_type(o, json_type_string) ? json_object_get_string(o) : "";
	bool link = text_starts(text, "http://") || text_starts(text, "https://");
	struct buf spelled = BUF(b->arena);

	json_write(&spelled, o, 0);
	if (link) {
		buf_adds(b, "<a class=\"string\" rel=\"nofollow\" href=\"");
		buf_html(b, text);
		buf_adds(b, "\">");
	} else {
		buf_addf(b, "<span class=\"%s\">", class);
	}
	buf_html(b, buf_str(&spelled));
	buf_adds(b, link ? "</a>" : "</span>");
}

static void object(struct buf *b, struct json_object *o, int depth)
{
	bool first = true;

	if (json_object_object_length(o) == 0) {
		buf_adds(b, "{}");
		return;
	}
	buf_addc(b, '{');
	json_object_object_foreach(o, name, member)
	{
		struct json_object *key = json_object_new_string(name);

		buf_adds(b, first ? "" : ",");
		new_line(b, depth + 1);
		scalar(b, key, "key");
		json_object_put(key);
		buf_adds(b, ": ");
		value(b, member, depth + 1);
		first = false;
	}
	new_line(b, depth);
	buf_addc(b, '}');
}

static void array(struct buf *b, struct json_object *o, int depth)
{
	size_t n = json_object_array_length(o);

	if (n == 0) {
		buf_adds(b, "[]");
		return;
	}
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i ? "," : "");
		new_line(b, depth + 1);
		value(b, json_object_array_get_idx(o, i), depth + 1);
	}
	new_line(b, depth);
	buf_addc(b, ']');
}

static void value(struct buf *b, struct json_object *o, int depth)
{
	switch (json_object_get_type(o)) {
	case json_type_object:
		object(b, o, depth);
		break;
	case json_type_array:
		array(b, o, depth);
		break;
	case json_type_string:
		scalar(b, o, "string");
		break;
	case json_type_null:
	case json_type_boolean:
		scalar(b, o, "word");
		break;
	default:
		scalar(b, o, "number");
	}
}

void browse_json(struct buf *b, struct json_object *o)
{
	buf_adds(b, "<pre>");
	value(b, o, 0);
	buf_adds(b, "</pre>\n");
}

static const char *text_of(struct json_object *o, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(o, name, &v) && v ? json_object_get_string(v) : "";
}

/* The value that says the least for a field as OPTIONS describes it. */
static struct json_object *blank(const char *name, struct json_object *field)
{
	const char *type = text_of(field, "type");

	if (strcmp(type, "string") == 0)
		return json_object_new_string("");
	if (strcmp(type, "list") == 0)
		return json_object_new_array();
	if (strcmp(type, "boolean") == 0)
		return json_object_new_boolean(
		    text_ends(name, "enabled") || strcmp(name, "is_active") == 0);
	return NULL;
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
    struct request *r, const char *method, struct json_object *answered)
{
	struct json_object *o = arena_own_json(r->arena, json_object_new_object());
	bool create = strcmp(method, "POST") == 0;
	struct json_object *fields = fields_of(r, create ? "POST" : "PUT");

	if (!fields)
		return o;
	json_object_object_foreach(fields, name, field)
	{
		struct json_object *present = NULL;

		if (is_read_only(field))
			continue;
		if (!create && !json_object_object_get_ex(answered, name, &present))
			continue;
		json_object_object_add(
		    o, name, create ? blank(name, field) : json_object_get(present));
	}
	return o;
}
