/* log.h: one line per event on standard error, as key=value (logfmt) or JSON. Text from outside is
 * cut and escaped here, so a line is always one line and has all its pairs. Never give it a secret: a token is its id. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Below `least` nothing is written. */
void log_init(bool json, enum log_level least);

/* A key and its value that begin every later line of this process ("worker", "3"); up to two keys, a
 * NULL value takes a key out again. The strings are not copied: they must live that long. */
void log_context(const char *key, const char *value);

/* Writes one line: time, level, event, then the pairs (const char *key, const char *value)…, ended by
 * NULL. A NULL value leaves its pair out. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

#define log_debug(...) log_event(LOG_LEVEL_DEBUG, __VA_ARGS__, NULL)
#define log_info(...) log_event(LOG_LEVEL_INFO, __VA_ARGS__, NULL)
#define log_warn(...) log_event(LOG_LEVEL_WARN, __VA_ARGS__, NULL)
#define log_error(...) log_event(LOG_LEVEL_ERROR, __VA_ARGS__, NULL)

/* Decimal text of n for one log_event call: one of eight static buffers, used in turn. */
const char *log_num(int64_t n);

/* For mistakes at start-up: "postern: " and the text on standard error, then exit(1). */
void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
