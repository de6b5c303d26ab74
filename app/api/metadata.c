/* metadata.c: OPTIONS (wire.md B 2.10). Before: http/route.c. After: http/reply.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "http/reply.h"
#include "http/route.h"

struct field {
	const char *name, *type;
	bool read_only;
	const char *label, *help_text;
	int min_length, max_length; /* 0: not told */
};

static const struct field token_fields[] = {
    {"id", "string", true, "Id", NULL, 0, 0},
    {"url", "field", true, "Url", NULL, 0, 0},
    {"display", "field", true, "Display", "Human friendly display value", 0, 0},
    {"created", "datetime", true, "Created", NULL, 0, 0},
    {"expires", "datetime", false, "Expires", NULL, 0, 0},
    {"key", "string", false, "Key", NULL, 40, 40},
    {"write_enabled", "boolean", false, "Write enabled",
	"Permit create/update/delete operations using this key", 0, 0},
    {"description", "string", false, "Description", NULL, 0, 200},
    {"last_used", "datetime", true, "Last used", NULL, 0, 0},
    {"allowed_ips", "list", false, "Allowed IPs",
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
	json_object_object_add(o, "required", json_object_new_boolean(false));
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
	static const char *const parses[] = {"application/json", "application/x-www-form-urlencoded",
	    "multipart/form-data", NULL};
	struct json_object *o = json_object_new_object();

	add_text(o, "name", r->route->view);
	add_text(o, "description", "");
	json_object_object_add(o, "renders", list(r->route->flags & HTML_TOO ? json_html : json_only));
	json_object_object_add(o, "parses", list(parses));
	return o;
}

int api_options(struct request *r)
{
	return reply_json(r, 200, metadata(r));
}

static void add_action(struct json_object *actions, const char *name)
{
	struct json_object *fields = json_object_new_object();

	for (size_t i = 0; i < sizeof(token_fields) / sizeof(token_fields[0]); i++)
		json_object_object_add(fields, token_fields[i].name, describe(&token_fields[i]));
	json_object_object_add(actions, name, fields);
}

int api_token_options(struct request *r)
{
	struct json_object *o = metadata(r), *actions = json_object_new_object();

	if (route_may(r, "POST"))
		add_action(actions, "POST");
	if (route_may(r, "PUT"))
		add_action(actions, "PUT");
	if (json_object_object_length(actions))
		json_object_object_add(o, "actions", actions);
	else
		json_object_put(actions);
	return reply_json(r, 200, o);
}
