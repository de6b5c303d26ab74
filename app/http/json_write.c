/* json_write.c: json-c objects to JSON text, compact or indented. Before: api/ and model/ build the
 * objects. After: http/reply.c sends the text. */
#include "http/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void write_value(struct buf *b, struct json_object *o, int indent, int depth);

/* Whether a byte is not printed as it is, or may begin something that is not. */
static bool special(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0xe2 || c == 0xed;
}

/* U+2028, U+2029 and lone surrogates are printed as \uXXXX. Returns how many bytes that took. */
static size_t write_wide(struct buf *b, const unsigned char *s, size_t n)
{
	unsigned int c;

	if (n < 3 || (s[0] == 0xed && s[1] < 0xa0) ||
	    (s[0] == 0xe2 && (s[1] != 0x80 || (s[2] & 0xfe) != 0xa8))) {
		buf_add(b, s, 1);
		return 1;
	}
	c = (s[0] & 15u) << 12 | (s[1] & 63u) << 6 | (s[2] & 63u);
	buf_addf(b, "\\u%04x", c);
	return 3;
}

static size_t write_escape(struct buf *b, const unsigned char *s, size_t n)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found;

	if (s[0] >= 0x80)
		return write_wide(b, s, n);
	found = memchr(from, s[0], sizeof(from) - 1);
	if (found)
		buf_add(b, (char[]){'\\', to[found - from]}, 2);
	else
		buf_addf(b, "\\u%04x", s[0]);
	return 1;
}

static void write_string(struct buf *b, const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t run = 0; /* where the bytes begin that were not copied yet */

	buf_addc(b, '"');
	for (size_t i = 0; i < n;) {
		if (!special(s[i])) {
			i++;
			continue;
		}
		buf_add(b, s + run, i - run);
		i += write_escape(b, s + i, n - i);
		run = i;
	}
	buf_add(b, s + run, n - run);
	buf_addc(b, '"');
}

static void write_number(struct buf *b, struct json_object *o)
{
	char digits[24];
	const char *text;
	size_t n;

	if (json_object_is_type(o, json_type_int)) {
		n = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, json_object_get_int64(o));
		buf_add(b, digits, n);
	} else if (isfinite(json_object_get_double(o))) {
		text = json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN, &n);
		buf_add(b, text, n);
	} else {
		buf_adds(b, "null"); /* JSON has no word for it */
	}
}

/* A new line inside a container of that depth; nothing when compact. */
static void write_newline(struct buf *b, int indent, int depth)
{
	static const char blanks[] = "                                ";
	size_t n = (size_t)indent * (size_t)depth;

	if (!indent)
		return;
	buf_addc(b, '\n');
	for (; n >= sizeof(blanks); n -= sizeof(blanks) - 1)
		buf_add(b, blanks, sizeof(blanks) - 1);
	buf_add(b, blanks, n);
}

static void write_array(struct buf *b, struct json_object *o, int indent, int depth)
{
	size_t n = json_object_array_length(o);

	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(b, ',');
		write_newline(b, indent, depth + 1);
		write_value(b, json_object_array_get_idx(o, i), indent, depth + 1);
	}
	if (n)
		write_newline(b, indent, depth);
	buf_addc(b, ']');
}

static void write_object(struct buf *b, struct json_object *o, int indent, int depth)
{
	struct lh_entry *first = json_object_get_object(o)->head;

	buf_addc(b, '{');
	for (struct lh_entry *e = first; e; e = e->next) {
		const char *name = lh_entry_k(e);

		if (e != first)
			buf_addc(b, ',');
		write_newline(b, indent, depth + 1);
		write_string(b, name, strlen(name));
		buf_add(b, ": ", indent ? 2 : 1);
		write_value(b, (struct json_object *)lh_entry_v(e), indent, depth + 1);
	}
	if (first)
		write_newline(b, indent, depth);
	buf_addc(b, '}');
}

static void write_value(struct buf *b, struct json_object *o, int indent, int depth)
{
	switch (json_object_get_type(o)) {
	case json_type_null:
		buf_adds(b, "null");
		break;
	case json_type_boolean:
		buf_adds(b, json_object_get_boolean(o) ? "true" : "false");
		break;
	case json_type_int:
	case json_type_double:
		write_number(b, o);
		break;
	case json_type_string:
		write_string(b, json_object_get_string(o), (size_t)json_object_get_string_len(o));
		break;
	case json_type_array:
		write_array(b, o, indent, depth);
		break;
	case json_type_object:
		write_object(b, o, indent, depth);
		break;
	}
}

void json_write(struct buf *b, struct json_object *o, int indent)
{
	write_value(b, o, indent, 0);
}
