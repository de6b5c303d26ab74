/* text.c: strict text functions. Before: base/arena.c. After: every parser of input. */
#include "base/text.h"

#include <errno.h>
#include <sodium.h>
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

bool parse_uuid(const char *text, char out[37])
{
	bool hyphens = strlen(text) == 36;
	size_t at = 0;

	for (const char *p = text; *p; p++) {
		size_t here = (size_t)(p - text);
		bool hyphen_place = hyphens && (here == 8 || here == 13 || here == 18 || here == 23);

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

/* Reads one code point of at most n bytes; 0 bytes read means it is not valid. */
static size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *out)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;
	uint32_t c;

	if (len == 1) {
		*out = s[0];
		return 1;
	}
	if (len == 0 || len > n || s[0] > 0xf4)
		return 0;
	c = s[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*out = c;
	return len;
}

bool utf8_valid(const char *s, size_t n)
{
	uint32_t c;

	for (size_t i = 0; i < n;) {
		size_t len = utf8_decode((const unsigned char *)s + i, n - i, &c);

		if (len == 0)
			return false;
		i += len;
	}
	return true;
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
		size_t len = utf8_decode((const unsigned char *)s, end, &c);

		if (len == 0 || !is_space(c))
			break;
		s += len;
		end -= len;
	}
	while (end > 0) {
		size_t start = end - 1;

		while (start > 0 && ((unsigned char)s[start] & 0xc0) == 0x80)
			start--;
		if (utf8_decode((const unsigned char *)s + start, end - start, &c) == 0 || !is_space(c))
			break;
		end = start;
	}
	*n = end;
	return s;
}
