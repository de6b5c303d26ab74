/* text.h: small, strict text functions used everywhere. Knows nothing of Postern. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Decimal text, an optional "-", nothing else around it, min <= value <= max. */
bool parse_int64(const char *text, int64_t min, int64_t max, int64_t *out);

/* Exactly 2*n hex digits, either case, into n bytes. */
bool parse_hex(const char *text, unsigned char *out, size_t n);

/* Lower case hex of n bytes, terminated; lives in the arena. */
char *format_hex(struct arena *a, const unsigned char *p, size_t n);

/* A finite number as Python's repr() has it: the fewest digits that read back as the same number, "1.5", "100.0",
 * from 1e+16 on and below 0.0001 with an exponent. (46 powers of two get a seventeenth digit that Python spares.) */
char *format_double(struct arena *a, double d);

/* A UUID (RFC 9562 section 4) with or without hyphens, either case; out becomes the canonical 36
 * characters and a NUL. */
bool parse_uuid(const char *text, char out[37]);

/* Constant-time comparison of two secrets of n bytes (sodium_memcmp). */
bool same_secret(const void *a, const void *b, size_t n);

/* Valid UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing over U+10FFFF. */
bool utf8_valid(const char *s, size_t n);

/* The code point or the fault that s (n bytes, at least one) begins with, and its length. A fault is
 * cut as Python and the WHATWG do: the longest beginning of a code point that is still right, at
 * least one byte. */
enum utf8_kind { UTF8_OK, UTF8_BAD_START, UTF8_BAD_CONTINUATION, UTF8_CUT_OFF };
size_t utf8_step(const char *s, size_t n, enum utf8_kind *kind);

/* The code point that s (n bytes, at least one) begins with, and its length; 0 for a fault. */
size_t utf8_decode(const char *s, size_t n, uint32_t *out);

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* s with U+FFFD in the place of each fault, in the arena; s itself when it has none. *n is the length
 * before and after. The result has a NUL behind it if s had one. */
const char *utf8_replace(struct arena *a, const char *s, size_t *n);

/* Number of code points of valid UTF-8. */
size_t utf8_length(const char *s, size_t n);

/* ASCII only, independent of the locale. */
bool ascii_equal_nocase(const char *a, const char *b);
char *ascii_lower(struct arena *a, const char *s);
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/* Python's str.strip(): white space of Unicode (also U+0085, U+00A0, U+2028, U+3000 …) cut off at
 * both ends. *n is the length before and after. Returns the new beginning inside s. */
const char *utf8_trim(const char *s, size_t *n);
