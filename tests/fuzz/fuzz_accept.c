/* fuzz_accept.c: negotiation always ends, within its range, and does not look at the case. The first
 * line is ?format=, the rest Accept and Content-Type.
 * Needs: base/arena base/buf base/text http/accept */
#include "fuzz.h"

#include "base/text.h"
#include "http/accept.h"

static void check_accept(struct arena *a, const char *accept, const char *format, bool html)
{
	enum renderer renderer = RENDER_JSON, other = RENDER_JSON;
	int indent = 0, other_indent = 0;
	enum accept_result result = accept_negotiate(a, accept, format, html, &renderer, &indent);

	PROMISE(result ==
		accept_negotiate(a, ascii_lower(a, accept), format, html, &other, &other_indent));
	PROMISE(renderer == other && indent == other_indent);
	PROMISE(indent >= 0 && indent <= 8);
	PROMISE(result == ACCEPT_OK || (renderer == RENDER_JSON && indent == 0));
	PROMISE(html || renderer == RENDER_JSON);
	if (result == ACCEPT_OK && strcmp(format, "json") == 0)
		PROMISE(renderer == RENDER_JSON);
	if (result == ACCEPT_OK && strcmp(format, "api") == 0)
		PROMISE(renderer == RENDER_HTML);
}

static void check_content_type(struct arena *a, const char *value)
{
	struct content_type type = content_type_parse(a, value);
	struct content_type other = content_type_parse(a, ascii_lower(a, value));

	PROMISE(type.body <= BODY_UNSUPPORTED && type.body == other.body);
	PROMISE(!type.boundary ||
		(type.body == BODY_MULTIPART && *type.boundary && strstr(value, type.boundary)));
	PROMISE(!type.charset ||
		(type.body == BODY_JSON && *type.charset && strstr(value, type.charset)));
	PROMISE(!type.boundary == !other.boundary && !type.charset == !other.charset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const char *text = (const char *)data;
	const char *format = first_line(a, &text, &n), *value = arena_strndup(a, text, n);

	check_accept(a, value, format, true);
	check_accept(a, value, format, false);
	check_content_type(a, value);
	arena_free(a);
	return 0;
}
