/* buf.h: a string that grows in an arena. Each sink (HTML, URL, JSON) has its own escaping call,
 * so that no text reaches it raw by mistake. */
#pragma once

#include <stdint.h>

#include "base/arena.h"

struct buf {
	struct arena *arena; /* where data lives */
	char *data; /* always terminated by a NUL that len does not count; NULL while empty */
	size_t len; /* bytes */
	size_t cap; /* bytes allocated */
};

#define BUF(arena_) ((struct buf){.arena = (arena_)})

/* The text so far, "" while empty. Valid until the next append. */
const char *buf_str(const struct buf *b);

void buf_add(struct buf *b, const void *data, size_t n); /* n bytes as they are */
void buf_adds(struct buf *b, const char *s); /* a C string as it is */
void buf_addc(struct buf *b, char c); /* one byte */
void buf_code_point(
    struct buf *b, uint32_t c); /* as UTF-8, a surrogate in three bytes like others */
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For HTML text and quoted attributes: & < > " ' become entities. */
void buf_html(struct buf *b, const char *s);

/* For HTML text alone, never inside a tag: quotes stay, which makes JSON a third shorter. */
void buf_html_text(struct buf *b, const char *s);

/* For a query value, application/x-www-form-urlencoded (WHATWG URL 5.2): letters, digits and
 * "_.-~" stay, a blank becomes "+", every other byte %XX. */
void buf_url(struct buf *b, const char *s, size_t n);
