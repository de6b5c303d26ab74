/* docs.c: /api/docs/, the API's document in Swagger UI (app/web/vendor), which fetches it. Before: http/route.c. After:
 * web/page.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "web/page.h"
#include "web/web.h"

int web_docs(struct request *r)
{
	const char *format = params_last(&r->query, "format");
	struct json_object *data;

	if (format && strcmp(format, "openapi") == 0)
		return api_swagger(r);
	data = json_object_new_object();
	put_text(data, "title", "API documentation");
	put_text(data, "viewer_style", static_path(r->arena, "swagger-ui.css"));
	put_text(data, "viewer", static_path(r->arena, "swagger-ui-bundle.js"));
	put_text(data, "starter", static_path(r->arena, "docs.js"));
	return web_page_with(r, 200, "docs", data, " data:; connect-src 'self'");
}
