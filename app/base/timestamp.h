/* timestamp.h: points in time as microseconds since 1970-01-01T00:00:00Z (int64_t), in UTC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define TIMESTAMP_NONE INT64_MIN /* "no such time": SQL NULL, JSON null */

enum timestamp_error { TIMESTAMP_OK, TIMESTAMP_FORMAT, TIMESTAMP_RANGE };

/* Now (CLOCK_REALTIME). */
int64_t timestamp_now(void);

/* Monotonic milliseconds, for durations and deadlines only. */
int64_t monotonic_ms(void);

/* "2021-06-11T20:09:13.339367Z"; the fraction is left out when it is zero. NULL for TIMESTAMP_NONE. */
char *timestamp_iso(struct arena *a, int64_t t);

/* A token's expires (wire.md B 2.5): YYYY-MM-DD(T or blank)HH:MM[:SS[(. or ,)f…]][Z or +-HH[[:]MM]],
 * single digits allowed in month, day, hour, minute and second; without a zone UTC is meant. More
 * than six digits of a fraction are cut. Refused: a date alone, lower case t or z, compact forms,
 * 24:00, blanks around, impossible dates. RANGE when the conversion to UTC leaves years 1 to 9999. */
enum timestamp_error timestamp_parse(const char *s, int64_t *out);

/* A date filter (wire.md B 2.3 and A2.8): all that timestamp_parse takes, and YYYY-MM-DD,
 * MM/DD/YYYY[ HH:MM[:SS[.f]]], MM/DD/YY[…], "Jan 1 2020", "1 January 2020", "January 1, 2020". */
bool timestamp_parse_filter(const char *s, int64_t *out);
