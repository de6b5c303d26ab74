/* accept.h: which renderer a request wants (wire.md B 4.1) and media types of bodies (B 2.5). */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

enum renderer { RENDER_JSON, RENDER_HTML };

enum accept_result {
	ACCEPT_OK,
	ACCEPT_BAD_FORMAT, /* 404: ?format= names no renderer */
	ACCEPT_NOT_ACCEPTABLE, /* 406 */
};

/* accept: the header's value, NULL when absent. format: ?format= or the path's suffix, NULL or ""
 * when absent. html: whether this resource can be shown as text/html. On OK *out is the renderer and
 * *indent is 0 to 8, from the parameter `indent` of the media range that was accepted. */
enum accept_result accept_negotiate(struct arena *a, const char *accept, const char *format,
    bool html, enum renderer *out, int *indent);

enum body_type { BODY_NONE, BODY_JSON, BODY_FORM, BODY_MULTIPART, BODY_UNSUPPORTED };

struct content_type {
	enum body_type body;
	const char
	    *boundary; /* of BODY_MULTIPART, as the parameter says; NULL when missing or empty */
	const char *charset; /* of BODY_JSON, the same */
};

/* What a Content-Type value means; NULL or "" is BODY_NONE. Any case, any parameters, also a bare ";" at
 * the end; "*" "/" "*" and "application/" "*" mean JSON. */
struct content_type content_type_parse(struct arena *a, const char *value);
