/* next.c: the guard against open redirects. Before: web/login.c. After: http/names.c. */
#include "web/next.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "http/names.h"

#define NEXT_MAX 2048

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The n bytes with %XX decoded; NULL when one of them means NUL. */
static const char *decoded(struct arena *a, const char *s, size_t n)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < n; i++) {
		int high = s[i] == '%' && i + 2 < n ? hex_digit(s[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(s[i + 2]) : -1;

		if (low < 0) {
			buf_addc(&b, s[i]);
			continue;
		}
		if (high == 0 && low == 0)
			return NULL;
		buf_addc(&b, (char)(high * 16 + low));
		i += 2;
	}
	return buf_str(&b);
}

/* Whether what stands before the query is a path in its normal form, decoded once and twice. */
static bool path_is_sane(struct arena *a, const char *path)
{
	const char *once = decoded(a, path, strcspn(path, "?#"));
	const char *twice = once ? decoded(a, once, strlen(once)) : NULL;

	return twice && path_sane(once) && path_sane(twice);
}

/* Printable throughout; bytes beyond ASCII are percent-encoded for the header. */
static const char *printable(struct arena *a, const char *s)
{
	struct buf b = BUF(a);

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f || c == '\\')
			return NULL;
		if (c > 0x7f || c == ' ' || c == '"' || c == '<' || c == '>')
			buf_addf(&b, "%%%02X", c);
		else
			buf_addc(&b, *s);
	}
	return buf_str(&b);
}

/* What follows "http://host" or "https://host" in an absolute URL of ours; NULL in all others. */
static const char *after_host(const char *host, const char *next)
{
	size_t n = strlen(host), scheme = text_starts(next, "https://") ? 8 : 7;
	const char *rest;

	if (scheme == 7 && !text_starts(next, "http://"))
		return NULL;
	if (strncmp(next + scheme, host, n) != 0)
		return NULL;
	rest = next + scheme + n;
	return *rest == '/' ? rest : *rest ? NULL : "/";
}

const char *next_safe(struct arena *a, const char *host, const char *next)
{
	const char *rest;
	size_t segment;

	if (!next || !*next || *next == ' ' || strlen(next) > NEXT_MAX)
		return NULL;
	next = printable(a, next);
	if (!next || strlen(next) > NEXT_MAX)
		return NULL;
	if (*next == '/')
		return path_is_sane(a, next) ? next : NULL;
	rest = after_host(host, next);
	if (rest)
		return path_is_sane(a, rest) ? next : NULL;
	segment = strcspn(next, "/?#");
	if (segment == 0 || memchr(next, ':', segment) || memchr(next, '%', segment))
		return NULL;
	return path_is_sane(a, arena_printf(a, "/login/%s", next)) ? next : NULL;
}
