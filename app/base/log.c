/* log.c: writes log lines. Before: nothing. After: everything that has something to tell. */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 512 /* bytes of one value that are written */
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
	bool json;
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
	if (n > sizeof(l->text) - 4 - l->len)
		return; /* room for the quote, brace and newline at the end stays */
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

/* Both formats quote alike: JSON escapes are also what logfmt readers understand. */
static void put_escaped(struct line *l, const char *s)
{
	size_t n = strnlen(s, VALUE_MAX);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		char u[8] = "";

		if (c == '"' || c == '\\')
			put(l, (char[]){'\\', (char)c}, 2);
		else if (c < 0x20 || c >= 0x7f) {
			snprintf(u, sizeof(u), "\\u%04x", c);
			put(l, u, strlen(u));
		} else
			put(l, (char[]){(char)c}, 1);
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

static void put_pair(struct line *l, const char *key, const char *value)
{
	if (!value)
		return;
	if (l->json) {
		put(l, l->len > 1 ? ",\"" : "\"", l->len > 1 ? 2 : 1);
		put(l, key, strlen(key));
		put(l, "\":\"", 3);
		put_escaped(l, value);
		put(l, "\"", 1);
		return;
	}
	if (l->len)
		put(l, " ", 1);
	put(l, key, strlen(key));
	put(l, "=", 1);
	if (plain(value)) {
		put(l, value, strnlen(value, VALUE_MAX));
		return;
	}
	put(l, "\"", 1);
	put_escaped(l, value);
	put(l, "\"", 1);
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

void log_event(enum log_level level, const char *event, ...)
{
	struct line l = {.len = 0, .json = settings.json};
	const char *key;
	va_list ap;

	if (level < settings.least)
		return;
	if (l.json)
		put(&l, "{", 1);
	put_head(&l, level, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)))
		put_pair(&l, key, va_arg(ap, const char *));
	va_end(ap);
	if (l.json)
		l.text[l.len++] = '}';
	l.text[l.len++] = '\n';
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
