/* fuzz_charset.c: what is converted is UTF-8 and at most twice as long. The first line is the character set.
 * Needs: base/arena base/buf base/text http/charset */
#include "fuzz.h"

#include "base/text.h"
#include "http/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const char *text = (const char *)data, *error = NULL, *out;
	const char *charset = first_line(a, &text, &n);
	char *bare = malloc(n + 1); /* so that the sanitizer sees its end */
	size_t len = n;

	memcpy(bare, text, n);
	out = charset_to_utf8(a, charset, bare, &len, &error);
	PROMISE(!out == (error != NULL));
	PROMISE(!out || out == bare || utf8_valid(out, len));
	PROMISE(!out || len <= 2 * n);
	free(bare);
	arena_free(a);
	return 0;
}
