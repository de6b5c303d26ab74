/* charset.c: other character sets to UTF-8. Before: http/body.c. After: http/json_read.c. */
#include "http/charset.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

struct source {
	struct arena *arena;
	const unsigned char *at;
	size_t n;
	const char *error;
};

static bool fail_at(struct source *s, const char *codec, size_t at, const char *why)
{
	s->error = arena_printf(s->arena, "'%s' codec can't decode byte 0x%02x in position %zu: %s",
	    codec, s->at[at], at, why);
	return false;
}

static bool from_ascii(struct source *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i] > 0x7f)
			return fail_at(s, "ascii", i, "ordinal not in range(128)");
	buf_add(out, s->at, s->n);
	return true;
}

static bool from_latin1(struct source *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++)
		buf_code_point(out, s->at[i]);
	return true;
}

static uint32_t unit16(const unsigned char *p, bool big)
{
	return (uint32_t)p[!big] << 8 | p[big];
}

static bool from_utf16(struct source *s, struct buf *out, bool big)
{
	const char *codec = big ? "utf-16-be" : "utf-16-le";

	for (size_t i = 0; i + 1 < s->n; i += 2) {
		uint32_t c = unit16(s->at + i, big), low = 0;

		if (c >= 0xd800 && c <= 0xdbff && i + 3 < s->n)
			low = unit16(s->at + i + 2, big);
		if (low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			i += 2;
		} else if (c >= 0xd800 && c <= 0xdfff) {
			return fail_at(s, codec, i, "illegal UTF-16 surrogate");
		}
		buf_code_point(out, c);
	}
	return s->n % 2 == 0 || fail_at(s, codec, s->n - 1, "truncated data");
}

static bool from_utf16_le(struct source *s, struct buf *out)
{
	return from_utf16(s, out, false);
}

static bool from_utf16_be(struct source *s, struct buf *out)
{
	return from_utf16(s, out, true);
}

static bool from_utf16_marked(struct source *s, struct buf *out)
{
	bool little = s->n >= 2 && memcmp(s->at, "\xff\xfe", 2) == 0;

	if (!little && (s->n < 2 || memcmp(s->at, "\xfe\xff", 2) != 0)) {
		s->error = "UTF-16 stream does not start with BOM";
		return false;
	}
	s->at += 2;
	s->n -= 2;
	return from_utf16(s, out, !little);
}

/* By name, without what stands between letters and digits. */
static const struct {
	const char *name;
	bool (*convert)(struct source *s, struct buf *out);
} charsets[] = {
    {"ascii", from_ascii},
    {"usascii", from_ascii},
    {"iso88591", from_latin1},
    {"latin1", from_latin1},
    {"utf16", from_utf16_marked},
    {"utf16le", from_utf16_le},
    {"utf16be", from_utf16_be},
};

static bool same_name(const char *name, const char *given)
{
	for (; *given; given++)
		if (isalnum((unsigned char)*given) &&
		    tolower((unsigned char)*given) != (unsigned char)*name++)
			return false;
	return !*name;
}

const char *charset_to_utf8(
    struct arena *a, const char *charset, const char *text, size_t *n, const char **error)
{
	struct source s = {a, (const unsigned char *)text, *n, NULL};
	struct buf out = BUF(a);

	for (size_t i = 0; charset && i < sizeof(charsets) / sizeof(charsets[0]); i++) {
		bool good;

		if (!same_name(charsets[i].name, charset))
			continue;
		good = charsets[i].convert(&s, &out);
		*n = out.len;
		*error = s.error;
		return good ? buf_str(&out) : NULL;
	}
	return text;
}
