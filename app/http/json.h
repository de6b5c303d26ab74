/* json.h: JSON text to json-c objects and back, in the exact dialect of wire.md B 2.5 and B 4.2.
 * json-c is the document model; its own parser accepts more than RFC 8259 and reports other texts,
 * and its printer has no indent of 0 to 8, hence these two functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"

struct json_object;

#define JSON_MAX_DEPTH 32 /* nesting of arrays and objects; deeper is refused */

/* Parses one JSON text (RFC 8259). On success returns true and *out (NULL for null) belongs to the
 * arena. On failure returns false and *error is the text after "JSON parse error - " in the words
 * of Python's json module: "Expecting value: line 1 column 1 (char 0)", "Extra data: …",
 * "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)", "'utf-8' codec can't
 * decode byte 0xff in position 16: invalid start byte", "Out of range float values are not JSON
 * compliant: 'NaN'", and, for more than JSON_MAX_DEPTH, "Nesting deeper than 32 levels: line L
 * column C (char N)". Lines, columns and characters count code points, as Python does.
 * Duplicate members: the last wins. An escaped lone surrogate is kept as its three-byte (WTF-8) form,
 * so that field checks can name it; "\u0000" becomes a NUL inside the string, and is refused in the
 * name of a member ("Null character in a property name: line …"). Integers beyond int64 and numbers
 * with a fraction or exponent become json-c doubles that print as they were written
 * (json_object_new_double_s); of those beyond double, integers count as the largest double, all others
 * are refused like NaN. */
bool json_read(
    struct arena *a, const char *text, size_t n, struct json_object **out, const char **error);

/* Appends o. indent 0: compact, "," and ":" without blanks; 1 to 8: pretty, items on lines of their
 * own, ": " after names, "[]" and "{}" when empty, no newline at the end. UTF-8 is kept; / < & are not
 * escaped; U+2028, U+2029 and lone surrogates always are; control characters as \b \f \n \r \t or
 * \u00xx. */
void json_write(struct buf *b, struct json_object *o, int indent);
