/* token_json.c: a token as JSON. Before: api/tokens.c, web/tokens.c. After: http/reply.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/object.h"
#include "api/token.h"
#include "base/timestamp.h"

const char *token_display(struct arena *a, const struct rows *rows, int row)
{
	return arena_printf(
	    a, "%s (%s)", rows_text(rows, row, "tail"), rows_text(rows, row, "username"));
}

static void add_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value ? json_object_new_string(value) : NULL);
}

static void add_time(
    struct request *r, struct json_object *o, const char *name, const struct rows *rows, int row)
{
	int64_t t = rows_time(rows, row, name);

	add_text(o, name, t == TIMESTAMP_NONE ? NULL : timestamp_iso(r->arena, t));
}

static struct json_object *networks(struct arena *a, const char *list)
{
	struct json_object *array = json_object_new_array();

	while (*list) {
		size_t n = strcspn(list, ",");

		json_object_array_add(array, json_object_new_string(arena_strndup(a, list, n)));
		list += n + (list[n] == ',');
	}
	return array;
}

static struct json_object *named(struct request *r, const struct rows *rows, int row)
{
	struct json_object *o = json_object_new_object();
	const char *id = rows_text(rows, row, "id");

	add_text(o, "id", id);
	add_text(o, "url", object_url(r, "/api/users/tokens/", id));
	add_text(o, "display", token_display(r->arena, rows, row));
	return o;
}

struct json_object *token_json(struct request *r, const struct rows *rows, int row, const char *key)
{
	struct json_object *o = named(r, rows, row);

	add_time(r, o, "created", rows, row);
	add_time(r, o, "expires", rows, row);
	add_text(o, "key", key && *key ? key : NULL);
	json_object_object_add(
	    o, "write_enabled", json_object_new_boolean(rows_bool(rows, row, "write_enabled")));
	add_text(o, "description", rows_text(rows, row, "description"));
	add_time(r, o, "last_used", rows, row);
	json_object_object_add(
	    o, "allowed_ips", networks(r->arena, rows_text(rows, row, "allowed_ips")));
	return o;
}

struct json_object *token_json_brief(struct request *r, const struct rows *rows, int row)
{
	struct json_object *o = named(r, rows, row);

	add_text(o, "key", NULL);
	json_object_object_add(
	    o, "write_enabled", json_object_new_boolean(rows_bool(rows, row, "write_enabled")));
	return o;
}
