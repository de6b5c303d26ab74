/* fuzz_names.c: a name that passes has none of what the check is there for.
 * Needs: base/arena base/buf base/text http/names */
#include "fuzz.h"

#include "base/text.h"
#include "http/names.h"

static void check_host(const char *host, const char *list)
{
	bool sane = host_sane(host), allowed = host_allowed(host, list);

	PROMISE(sane || !allowed);
	PROMISE(sane == host_allowed(host, "*"));
	PROMISE(!host_allowed(host, ""));
	if (sane)
		PROMISE(!strpbrk(host, " /\\@?#%<>\"'\r\n\t,") && *host && host[0] != '.');
	if (sane && !strchr(host, ':') && host[strlen(host) - 1] != '.')
		PROMISE(host_allowed(host, host));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const char *rest = (const char *)data;
	const char *text = arena_strndup(a, rest, n), *line = first_line(a, &rest, &n);

	if (path_sane(text)) {
		PROMISE(text[0] == '/' && !strstr(text, "//") && !strstr(text, "/../"));
		PROMISE(!strstr(text, "/./") && !text_ends(text, "/.") && !text_ends(text, "/.."));
		PROMISE(!strpbrk(text, "\r\n\t\\") && utf8_valid(text, strlen(text)));
	}
	check_host(line, arena_strndup(a, rest, n));
	if (request_id_sane(text))
		PROMISE(strlen(text) <= 64 && !strpbrk(text, " \"=\r\n"));
	if (method_safe(text))
		PROMISE(strcmp(text, "GET") == 0 || strcmp(text, "HEAD") == 0 ||
			strcmp(text, "OPTIONS") == 0);
	arena_free(a);
	return 0;
}
