/* params.c: name=value lists out of query strings and forms, and back. Before: http/request.c.
 * After: filters, paging, forms and the links between pages. */
#include "http/params.h"
#include "base/buf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* "+" and %XX undone; never longer than the input. */
static char *decode(struct arena *a, const char *s, size_t n, size_t *out_len)
{
	char *out = arena_alloc(a, n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		char hex[3] = {0};
		unsigned char byte;

		if (s[i] == '%' && n - i > 2) {
			memcpy(hex, s + i + 1, 2);
			if (parse_hex(hex, &byte, 1)) {
				out[len++] = (char)byte;
				i += 2;
				continue;
			}
		}
		out[len++] = s[i] == '+' ? ' ' : s[i];
	}
	out[len] = '\0';
	*out_len = len;
	return out;
}

const char *params_name(struct arena *a, char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text[i])
			text[i] = '\xff'; /* which is no UTF-8 either */
	return utf8_replace(a, text, &n);
}

static void add_pair(struct arena *a, const char *pair, size_t n, struct params *out)
{
	const char *equals = memchr(pair, '=', n);
	size_t name_len = equals ? (size_t)(equals - pair) : n;
	struct param *p = &out->items[out->count++];
	size_t len;
	char *name = decode(a, pair, name_len, &len);

	p->name = params_name(a, name, len);
	p->value = "";
	if (equals) {
		p->value = decode(a, equals + 1, n - name_len - 1, &p->value_len);
		p->value = utf8_replace(a, p->value, &p->value_len);
	}
}

/* The pairs of a text, at most: one more than its separators. */
static size_t count_pairs(const char *text, size_t n)
{
	size_t count = 1;

	for (size_t i = 0; i < n; i++)
		count += text[i] == '&';
	return count < PARAMS_MAX ? count : PARAMS_MAX;
}

bool params_parse(struct arena *a, const char *text, size_t n, struct params *out)
{
	const char *end = text + n, *next;

	*out = (struct params){NULL, 0};
	if (n == 0)
		return true;
	out->items = arena_alloc(a, count_pairs(text, n) * sizeof(*out->items));
	for (const char *pair = text; pair < end; pair = next + 1) {
		next = memchr(pair, '&', (size_t)(end - pair));
		if (!next)
			next = end;
		if (next == pair)
			continue;
		if (out->count == PARAMS_MAX)
			return false;
		add_pair(a, pair, (size_t)(next - pair), out);
	}
	return true;
}

const struct param *params_find(const struct params *p, const char *name)
{
	for (size_t i = p->count; i > 0; i--)
		if (strcmp(p->items[i - 1].name, name) == 0)
			return &p->items[i - 1];
	return NULL;
}

const char *params_last(const struct params *p, const char *name)
{
	const struct param *found = params_find(p, name);

	return found ? found->value : NULL;
}

/* qsort is not stable, hence the place. */
struct sorted {
	struct param param;
	size_t place;
};

static int compare(const void *left, const void *right)
{
	const struct sorted *l = left, *r = right;
	int order = strcmp(l->param.name, r->param.name);

	if (order == 0)
		order = l->place < r->place ? -1 : 1;
	return order;
}

static bool overridden(const struct param *p, const struct param_override *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(p->name, o[i].name) == 0)
			return true;
	return false;
}

char *params_encode(
    struct arena *a, const struct params *p, const struct param_override *o, size_t n)
{
	struct sorted *all = arena_alloc(a, (p->count + n + 1) * sizeof(*all));
	struct buf b = BUF(a);
	size_t count = 0;

	for (size_t i = 0; i < p->count; i++)
		if (!overridden(&p->items[i], o, n))
			all[count].param = p->items[i], all[count].place = i, count++;
	for (size_t i = 0; i < n; i++) {
		if (!o[i].value)
			continue;
		all[count++] =
		    (struct sorted){{o[i].name, o[i].value, strlen(o[i].value)}, p->count + i};
	}
	qsort(all, count, sizeof(*all), compare);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_addc(&b, '&');
		buf_url(&b, all[i].param.name, strlen(all[i].param.name));
		buf_addc(&b, '=');
		buf_url(&b, all[i].param.value, all[i].param.value_len);
	}
	return arena_strdup(a, buf_str(&b));
}
