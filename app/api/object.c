/* object.c: links to objects, and objects in bodies. Before: api/ handlers. After: http/body.c. */
#include "api/object.h"

#include <json-c/json.h>
#include <string.h>

#include "http/field.h"
#include "http/reply.h"

const char *object_url(struct request *r, const char *list_path, const char *id)
{
	const char *format = params_last(&r->query, "format");
	struct buf b = BUF(r->arena);

	buf_adds(&b, request_url(r, list_path));
	buf_adds(&b, id);
	buf_adds(&b, r->suffix);
	if (format && *format) {
		buf_adds(&b, "?format=");
		buf_url(&b, format, strlen(format));
	}
	return buf_str(&b);
}

struct json_object *object_error(struct arena *a, struct json_object *value)
{
	return field_general_error(arena_printf(
	    a, "Invalid data. Expected a dictionary, but got %s.", field_type_name(value)));
}

int object_refuse(struct request *r, struct json_object *value)
{
	return reply_json(r, 400, object_error(r->arena, value));
}

int object_read_any(struct request *r, struct json_object **out)
{
	struct request_body body;
	int status = request_body(r, &body);

	if (status)
		return status;
	*out = body.empty ? arena_own_json(r->arena, json_object_new_object()) : body.json;
	return *out ? 0 : reply_json(r, 400, field_general_error("No data provided"));
}

int object_read(struct request *r, struct json_object **out)
{
	int status = object_read_any(r, out);

	if (status)
		return status;
	return json_object_is_type(*out, json_type_object) ? 0 : object_refuse(r, *out);
}
