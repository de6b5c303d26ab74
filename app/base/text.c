/* text.c: strict text functions. Before: base/arena.c, base/buf.c. After: every parser of input. */
#include "base/text.h"
#include "base/buf.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool parse_int64(const char *text, int64_t min, int64_t max, int64_t *out)
{
	const char *digits = text[0] == '-' ? text + 1 : text;
	char *end;
	long long v;

	if (*digits < '0' || *digits > '9')
		return false;
	errno = 0;
	v = strtoll(text, &end, 10);
	if (errno || *end || v < min || v > max)
		return false;
	*out = v;
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool parse_hex(const char *text, unsigned char *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = hex_value(text[2 * i]);
		int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return text[2 * n] == '\0';
}

char *format_hex(struct arena *a, const unsigned char *p, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1);

	return sodium_bin2hex(out, 2 * n + 1, p, n);
}

char *format_double(struct arena *a, double d)
{
	char text[32];
	int digits = 0, decimals;
	long exponent;

	do /* seventeen are always enough */
		snprintf(text, sizeof(text), "%.*e", digits, d);
	while (strtod(text, NULL) != d && ++digits < 17);
	exponent = strtol(strchr(text, 'e') + 1, NULL, 10);
	if (exponent < -4 || exponent >= 16)
		return arena_strdup(a, text);
	decimals = digits - (int)exponent;
	return arena_printf(a, "%.*f", decimals > 1 ? decimals : 1, d);
}

bool parse_uuid(const char *text, char out[37])
{
	bool hyphens = strlen(text) == 36;
	size_t at = 0;

	for (const char *p = text; *p; p++) {
		size_t here = (size_t)(p - text);
		bool hyphen_place =
		    hyphens && (here == 8 || here == 13 || here == 18 || here == 23);

		if (hyphen_place != (*p == '-') || at == 36)
			return false;
		if (at == 8 || at == 13 || at == 18 || at == 23)
			out[at++] = '-';
		if (hyphen_place)
			continue;
		if (hex_value(*p) < 0)
			return false;
		out[at++] = "0123456789abcdef"[hex_value(*p)];
	}
	out[at] = '\0';
	return at == 36;
}

bool same_secret(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

size_t utf8_step(const char *s, size_t n, enum utf8_kind *kind)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t want = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	/* the range of the second byte shuts out overlong forms, surrogates and what is too large */
	unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
	size_t len = 1;

	if ((p[0] >= 0x80 && p[0] < 0xc2) || p[0] > 0xf4) {
		*kind = UTF8_BAD_START;
		return 1;
	}
	for (; len < want && len < n && p[len] >= low && p[len] <= high; len++)
		low = 0x80, high = 0xbf;
	*kind = len == want ? UTF8_OK : len < n ? UTF8_BAD_CONTINUATION : UTF8_CUT_OFF;
	return len;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *out)
{
	enum utf8_kind kind;
	size_t len = utf8_step(s, n, &kind);
	uint32_t c = (unsigned char)s[0];

	if (kind != UTF8_OK)
		return 0;
	if (len > 1)
		c &= 0xffu >> (len + 1);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	*out = c;
	return len;
}

bool utf8_valid(const char *s, size_t n)
{
	enum utf8_kind kind = UTF8_OK;

	for (size_t i = 0; i < n && kind == UTF8_OK;)
		i += (unsigned char)s[i] < 0x80 ? 1 : utf8_step(s + i, n - i, &kind);
	return kind == UTF8_OK;
}

const char *utf8_replace(struct arena *a, const char *s, size_t *n)
{
	struct buf b = BUF(a);
	enum utf8_kind kind;

	if (utf8_valid(s, *n))
		return s;
	for (size_t i = 0, len; i < *n; i += len) {
		len = utf8_step(s + i, *n - i, &kind);
		if (kind == UTF8_OK)
			buf_add(&b, s + i, len);
		else
			buf_adds(&b, UTF8_REPLACEMENT);
	}
	*n = b.len;
	return buf_str(&b);
}

size_t utf8_length(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool ascii_equal_nocase(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b))
		a++, b++;
	return lower(*a) == lower(*b);
}

char *ascii_lower(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);

	for (char *p = out; *p; p++)
		*p = lower(*p);
	return out;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

/* str.isspace() of Python: white space and the bidirectional types WS, B and S. */
static bool is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
	       c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

const char *utf8_trim(const char *s, size_t *n)
{
	size_t end = *n;
	uint32_t c;

	while (end > 0) {
		size_t len = utf8_decode(s, end, &c);

		if (len == 0 || !is_space(c))
			break;
		s += len;
		end -= len;
	}
	while (end > 0) {
		size_t start = end - 1;

		while (start > 0 && ((unsigned char)s[start] & 0xc0) == 0x80)
			start--;
		if (utf8_decode(s + start, end - start, &c) == 0 || !is_space(c))
			break;
		end = start;
	}
	*n = end;
	return s;
}
