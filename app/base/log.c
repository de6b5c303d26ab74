/* log.c: writes log lines. Before: base/text.c. After: everything that has something to tell. */
#include "base/log.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"

#define VALUE_MAX                                                                                  \
	1024 /* bytes of one value that are written; the longest name of a user, 150 characters, fits */
#define CUT "\xe2\x80\xa6" /* an ellipsis, where a value was cut */
#define LINE_MAX_ 4096 /* at most PIPE_BUF, so that lines of several processes never mix */

static const char *const level_names[] = {"debug", "info", "warn", "error"};

static struct {
	bool json;
	enum log_level least;
	struct {
		const char *key, *value;
	} context[2];
} settings = {.least = LOG_LEVEL_INFO};

struct line {
	char text[LINE_MAX_];
	size_t len;
	size_t value_max; /* bytes of one value that are written */
	bool json;
	bool full; /* something did not fit: the line is not whole */
};

void log_init(bool json, enum log_level least)
{
	settings.json = json;
	settings.least = least;
}

void log_context(const char *key, const char *value)
{
	for (size_t i = 0; i < 2; i++) {
		const char *have = settings.context[i].key;

		if (!have || strcmp(have, key) == 0) {
			settings.context[i].key = key;
			settings.context[i].value = value;
			return;
		}
	}
}

static void put(struct line *l, const char *s, size_t n)
{
	if (n > sizeof(l->text) - l->len) {
		l->full = true;
		return;
	}
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

/* What would break a line, command a terminal or turn the order of what it shows. */
static bool unruly(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e},
	    {0x2066, 0x2069}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

/* How the character that s (n bytes, at least one) begins with is written, to *out_len bytes; the bytes it takes of s.
 * Both formats escape alike: JSON's escapes are also what logfmt readers understand. */
static size_t escape(const char *s, size_t n, char out[8], size_t *out_len)
{
	enum utf8_kind kind;
	uint32_t c;
	size_t len = utf8_decode(s, n, &c);

	if (!len) {
		*out_len = (size_t)snprintf(out, 8, "%s", UTF8_REPLACEMENT);
		return utf8_step(s, n, &kind);
	}
	*out_len = 0;
	if (unruly(c)) {
		*out_len = (size_t)snprintf(out, 8, "\\u%04x", (unsigned)c);
		return len;
	}
	if (c == '"' || c == '\\')
		out[(*out_len)++] = '\\';
	memcpy(out + *out_len, s, len);
	*out_len += len;
	return len;
}

static void put_escaped(struct line *l, const char *s)
{
	size_t left = l->value_max, len;
	char out[8];

	for (size_t n = strlen(s); n > 0;) {
		size_t used = escape(s, n, out, &len);

		if (len > left) {
			put(l, CUT, strlen(CUT));
			return;
		}
		put(l, out, len);
		left -= len;
		s += used;
		n -= used;
	}
}

static bool plain(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (*s <= ' ' || *s >= 0x7f || strchr("\"\\=", *s))
			return false;
	return true;
}

static void put_quoted(struct line *l, const char *s)
{
	put(l, "\"", 1);
	put_escaped(l, s);
	put(l, "\"", 1);
}

static void put_pair(struct line *l, const char *key, const char *value)
{
	if (!value)
		return;
	if (l->json) {
		put(l, l->len > 1 ? ",\"" : "\"", l->len > 1 ? 2 : 1);
		put(l, key, strlen(key));
		put(l, "\":", 2);
		put_quoted(l, value);
		return;
	}
	if (l->len)
		put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, "=", 1);
	if (plain(value) && strlen(value) <= l->value_max)
		put(l, value, strlen(value));
	else
		put_quoted(l, value);
}

static void put_head(struct line *l, enum log_level level, const char *event)
{
	char when[64], stamp[32];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(when, sizeof(when), "%s.%03ldZ", stamp, now.tv_nsec / 1000000);
	put_pair(l, "time", when);
	put_pair(l, "level", level_names[level]);
	put_pair(l, "event", event);
	for (size_t i = 0; i < 2; i++)
		if (settings.context[i].key)
			put_pair(l, settings.context[i].key, settings.context[i].value);
}

/* The whole line, with at most so many bytes of each value. */
static void put_line(
    struct line *l, size_t value_max, enum log_level level, const char *event, va_list ap)
{
	const char *key;

	l->len = 0;
	l->full = false;
	l->value_max = value_max;
	if (l->json)
		put(l, "{", 1);
	put_head(l, level, event);
	while ((key = va_arg(ap, const char *)))
		put_pair(l, key, va_arg(ap, const char *));
	if (l->json)
		put(l, "}", 1);
	put(l, "\n", 1);
}

void log_event(enum log_level level, const char *event, ...)
{
	struct line l = {.json = settings.json, .full = true};
	va_list ap;

	if (level < settings.least)
		return;
	for (size_t most = VALUE_MAX; l.full && most; most /= 2) {
		va_start(ap, event);
		put_line(&l, most, level, event, ap);
		va_end(ap);
	}
	assert(!l.full); /* a hundred pairs would fit */
	for (size_t done = 0; done < l.len;) {
		ssize_t n = write(STDERR_FILENO, l.text + done, l.len - done);

		if (n <= 0)
			return; /* nowhere left to tell it */
		done += (size_t)n;
	}
}

const char *log_num(int64_t n)
{
	static char ring[8][24];
	static unsigned next;
	char *out = ring[next++ % 8];

	snprintf(out, sizeof(ring[0]), "%" PRId64, n);
	return out;
}

void fatal(const char *fmt, ...)
{
	va_list ap;

	fputs("postern: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}
