/* fuzz_next.c: what is allowed as the place to go on to stays on this host, in a header of one line.
 * Needs: base/arena base/buf base/text http/names web/next */
#include "fuzz.h"

#include "base/text.h"
#include "web/next.h"

/* Browsers take backslashes for slashes and drop blanks in front. */
static bool leaves(const char *url, const char *host)
{
	const char *rest = strstr(url, "://");
	size_t n = strlen(host);

	if (url[0] == '/')
		return url[1] == '/' || url[1] == '\\';
	if (!rest || strcspn(url, "/?#:") != (size_t)(rest - url))
		return strcspn(url, ":") < strcspn(url, "/?#");
	return strncmp(rest + 3, host, n) != 0 || (rest[3 + n] && rest[3 + n] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const char *safe = next_safe(a, "h.example:80", arena_strndup(a, (const char *)data, n));

	if (safe) {
		PROMISE(*safe > ' ' && !leaves(safe, "h.example:80"));
		for (const char *c = safe; *c; c++)
			PROMISE(*c > ' ' && *c < 0x7f && *c != '\\' && *c != '<' && *c != '"');
		PROMISE(strcmp(next_safe(a, "h.example:80", safe), safe) == 0);
	}
	arena_free(a);
	return 0;
}
