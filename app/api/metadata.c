/* metadata.c: OPTIONS (wire.md B 2.10). Before: http/route.c. After: http/reply.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "api/resource.h"
#include "http/reply.h"
#include "http/route.h"

struct field {
	const char *name, *type;
	bool read_only, required;
	const char *label, *help_text;
	int min_length, max_length; /* 0: not told */
};

static const struct field token_fields[] = {
    {"id", "string", true, false, "Id", NULL, 0, 0},
    {"url", "field", true, false, "Url", NULL, 0, 0},
    {"display", "field", true, false, "Display", "Human friendly display value", 0, 0},
    {"created", "datetime", true, false, "Created", NULL, 0, 0},
    {"expires", "datetime", false, false, "Expires", NULL, 0, 0},
    {"key", "string", false, false, "Key", NULL, 40, 40},
    {"write_enabled", "boolean", false, false, "Write enabled",
	"Permit create/update/delete operations using this key", 0, 0},
    {"description", "string", false, false, "Description", NULL, 0, 200},
    {"last_used", "datetime", true, false, "Last used", NULL, 0, 0},
    {"allowed_ips", "list", false, false, "Allowed IPs",
	"Networks from which the token is accepted; empty: any", 0, 0},
};

static void add_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, json_object_new_string(value));
}

static struct json_object *describe(const struct field *f)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "type", f->type);
	json_object_object_add(o, "required", json_object_new_boolean(f->required));
	json_object_object_add(o, "read_only", json_object_new_boolean(f->read_only));
	add_text(o, "label", f->label);
	if (f->help_text)
		add_text(o, "help_text", f->help_text);
	if (f->min_length)
		json_object_object_add(o, "min_length", json_object_new_int(f->min_length));
	if (f->max_length)
		json_object_object_add(o, "max_length", json_object_new_int(f->max_length));
	return o;
}

static struct json_object *list(const char *const *items)
{
	struct json_object *a = json_object_new_array();

	for (; *items; items++)
		json_object_array_add(a, json_object_new_string(*items));
	return a;
}

static struct json_object *metadata(struct request *r)
{
	static const char *const json_only[] = {"application/json", NULL};
	static const char *const json_html[] = {"application/json", "text/html", NULL};
	static const char *const parses[] = {
	    "application/json", "application/x-www-form-urlencoded", "multipart/form-data", NULL};
	struct json_object *o = json_object_new_object();

	add_text(o, "name", r->route->view);
	add_text(o, "description", "");
	json_object_object_add(
	    o, "renders", list(r->route->flags & HTML_TOO ? json_html : json_only));
	json_object_object_add(o, "parses", list(parses));
	return o;
}

int api_options(struct request *r)
{
	return reply_json(r, 200, metadata(r));
}

/* The actions that the caller may take, with the fields of each. Takes the reference to fields. */
static int with_actions(struct request *r, struct json_object *fields)
{
	struct json_object *o = metadata(r), *actions = json_object_new_object();

	if (route_may(r, "POST"))
		json_object_object_add(actions, "POST", json_object_get(fields));
	if (route_may(r, "PUT"))
		json_object_object_add(actions, "PUT", json_object_get(fields));
	json_object_put(fields);
	if (json_object_object_length(actions))
		json_object_object_add(o, "actions", actions);
	else
		json_object_put(actions);
	return reply_json(r, 200, o);
}

int api_token_options(struct request *r)
{
	struct json_object *fields = json_object_new_object();

	for (size_t i = 0; i < sizeof(token_fields) / sizeof(token_fields[0]); i++)
		json_object_object_add(fields, token_fields[i].name, describe(&token_fields[i]));
	return with_actions(r, fields);
}

/* "is_active" as a person reads it: "Is active". */
static const char *label_of(struct arena *a, const char *name)
{
	char *label = arena_strdup(a, name);

	for (char *c = label; *c; c++)
		if (*c == '_')
			*c = ' ';
	label[0] = (char)(label[0] - 'a' + 'A');
	return label;
}

int resource_options(struct request *r, const struct resource *res)
{
	static const char *const types[] = {[MEMBER_ID] = "field",
	    [MEMBER_URL] = "field",
	    [MEMBER_TEXT] = "string",
	    [MEMBER_BOOL] = "boolean",
	    [MEMBER_TIME] = "datetime",
	    [MEMBER_COUNT] = "integer",
	    [MEMBER_WORDS] = "list",
	    [MEMBER_LINKS] = "list",
	    [MEMBER_PASSWORD] = "string",
	    [MEMBER_NULL] = "field"};
	struct json_object *fields = json_object_new_object();

	for (const struct member *m = res->members; m->name; m++) {
		const struct field f = {m->name, types[m->kind], m->flags & READ_ONLY,
		    m->flags & REQUIRED, label_of(r->arena, m->name), m->help, 0, (int)m->max};

		json_object_object_add(fields, m->name, describe(&f));
	}
	return with_actions(r, fields);
}
