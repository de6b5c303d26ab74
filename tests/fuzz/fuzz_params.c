/* fuzz_params.c: pairs are UTF-8 and survive being encoded; parts end at their delimiter. The first
 * line is the boundary of the rest, and all of it a query string.
 * Needs: base/arena base/buf base/text http/params http/multipart */
#include "fuzz.h"

#include "base/text.h"
#include "http/params.h"

static void check_pairs(const struct params *p)
{
	PROMISE(p->count <= PARAMS_MAX);
	for (size_t i = 0; i < p->count; i++) {
		const struct param *it = &p->items[i];

		PROMISE(utf8_valid(it->name, strlen(it->name)));
		PROMISE(utf8_valid(it->value, it->value_len) && it->value[it->value_len] == '\0');
	}
}

static void check_query(struct arena *a, const char *text, size_t n)
{
	struct params p, again;
	const char *first, *second;

	if (!params_parse(a, text, n, &p))
		return;
	check_pairs(&p);
	first = params_encode(a, &p, NULL, 0);
	PROMISE(params_parse(a, first, strlen(first), &again));
	PROMISE(again.count == p.count);
	second = params_encode(a, &again, NULL, 0);
	PROMISE(strcmp(first, second) == 0);
	first = params_encode(a, &p, &(struct param_override){"a", "b c"}, 1);
	PROMISE(params_parse(a, first, strlen(first), &again));
	PROMISE(strcmp(params_last(&again, "a"), "b c") == 0);
}

static void check_multipart(struct arena *a, const char *text, size_t n)
{
	char *boundary = first_line(a, &text, &n);
	char *closing = arena_printf(a, "--%s--", boundary);
	char *bare = malloc(n + 1); /* so that the sanitizer sees its end */
	struct params p;

	memcpy(bare, text, n);
	if (multipart_parse(a, bare, n, boundary, &p)) {
		check_pairs(&p);
		PROMISE(n == 0 || memmem(text, n, closing, strlen(closing)));
		closing = arena_printf(a, "\r\n--%s--", boundary);
		for (size_t i = 0; i < p.count && utf8_valid(boundary, strlen(boundary)); i++)
			PROMISE(strstr(boundary, "\xef\xbf\xbd") ||
				!memmem(p.items[i].value, p.items[i].value_len, closing,
				    strlen(closing)));
	}
	free(bare);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();

	check_query(a, (const char *)data, n);
	check_multipart(a, (const char *)data, n);
	arena_free(a);
	return 0;
}
