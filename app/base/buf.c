/* buf.c: growing text in an arena. Before: base/arena.c. After: every writer of text. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

static void buf_room(struct buf *b, size_t n)
{
	char *grown;
	size_t cap = b->cap ? b->cap : 128;

	if (b->data && b->cap - b->len > n)
		return;
	while (cap - b->len <= n)
		cap *= 2;
	grown = arena_alloc(b->arena, cap);
	if (b->data)
		memcpy(grown, b->data, b->len);
	b->data = grown;
	b->cap = cap;
}

void buf_add(struct buf *b, const void *data, size_t n)
{
	if (n == 0)
		return;
	buf_room(b, n);
	memcpy(b->data + b->len, data, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_code_point(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_addc(b, (char)c);
	} else if (c < 0x800) {
		buf_add(b, (char[]){(char)(0xc0 | c >> 6), (char)(0x80 | (c & 63))}, 2);
	} else if (c < 0x10000) {
		buf_add(b,
		    (char[]){(char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 63)),
			(char)(0x80 | (c & 63))},
		    3);
	} else {
		buf_add(b,
		    (char[]){(char)(0xf0 | c >> 18), (char)(0x80 | (c >> 12 & 63)),
			(char)(0x80 | (c >> 6 & 63)), (char)(0x80 | (c & 63))},
		    4);
	}
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	buf_room(b, (size_t)n);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
	va_end(again);
	b->len += (size_t)n;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	default:
		return "&#x27;";
	}
}

void buf_html(struct buf *b, const char *s)
{
	for (;;) {
		size_t n = strcspn(s, "&<>\"'");

		buf_add(b, s, n);
		s += n;
		if (!*s)
			return;
		buf_adds(b, entity(*s++));
	}
}

void buf_html_text(struct buf *b, const char *s)
{
	for (;;) {
		size_t n = strcspn(s, "&<>");

		buf_add(b, s, n);
		s += n;
		if (!*s)
			return;
		buf_adds(b, entity(*s++));
	}
}

void buf_url(struct buf *b, const char *s, size_t n)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c && strchr("_.-~", c)))
			buf_addc(b, (char)c);
		else if (c == ' ')
			buf_addc(b, '+');
		else
			buf_add(b, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
	}
}
