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

int object_read(struct request *r, struct json_object **out)
{
	struct request_body body;
	int status = request_body(r, &body);

	if (status)
		return status;
	*out = body.empty ? arena_own_json(r->arena, json_object_new_object()) : body.json;
	if (!*out)
		return reply_json(r, 400, field_general_error("No data provided"));
	if (json_object_is_type(*out, json_type_object))
		return 0;
	return reply_json(r, 400,
	    field_general_error(arena_printf(r->arena,
		"Invalid data. Expected a dictionary, but got %s.", field_type_name(*out))));
}
