/* openapi.c: the OpenAPI 3.1 document, app/api/openapi.json, as it holds for this installation. Before: http/route.c. After:
 * http/json.h. */
#include <json-c/json.h>

#include "api/api.h"
#include "base/embed.h"
#include "base/log.h"
#include "http/json.h"
#include "http/reply.h"
#include "version.h"

int api_openapi(struct request *r)
{
	const struct embedded *file = &embedded_documents[0];
	struct json_object *document, *info, *server;
	const char *error;

	if (!json_read(r->arena, file->data, file->size, &document, &error)) {
		log_error("bad_openapi", "error", error);
		return reply_result(r, FAILED);
	}
	info = json_object_object_get(document, "info");
	json_object_object_add(info, "version", json_object_new_string(POSTERN_VERSION));
	server = json_object_array_get_idx(json_object_object_get(document, "servers"), 0);
	json_object_object_add(server, "url", json_object_new_string(*r->prefix ? r->prefix : "/"));
	return reply_json(r, 200, json_object_get(document));
}

int api_swagger(struct request *r)
{
	return reply_redirect(r, 301, arena_printf(r->arena, "%s/api/openapi.json", r->prefix));
}
