/* json_read.c: JSON text to json-c objects, with the errors of Python's json module. Before: a
 * request's body, http/request.c. After: the fields of api/ and model/. */
#include "http/json.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct arena *arena;
	const char *text, *end;
	const char *at; /* the next byte to read */
	const char *error; /* set by fail() */
};

static bool read_value(struct reader *r, int depth, struct json_object **out);

/* Sets the error, with the place in lines, columns and characters. */
static bool fail(struct reader *r, const char *at, const char *what)
{
	size_t line = 1, column = 1, chars = 0;

	for (const char *p = r->text; p < at; p++) {
		if (((unsigned char)*p & 0xc0) == 0x80)
			continue;
		chars++;
		column++;
		if (*p == '\n')
			line++, column = 1;
	}
	r->error =
	    arena_printf(r->arena, "%s: line %zu column %zu (char %zu)", what, line, column, chars);
	return false;
}

static bool fail_number(struct reader *r, const char *number)
{
	r->error = arena_printf(
	    r->arena, "Out of range float values are not JSON compliant: '%s'", number);
	return false;
}

/* A json-c call fails only without memory: the process ends and its supervisor starts another. */
static void must(bool success)
{
	if (success)
		return;
	fputs("out_of_memory\n", stderr);
	exit(1);
}

/* Takes a constructor's answer over. */
static bool made(struct json_object *o, struct json_object **out)
{
	must(o != NULL);
	*out = o;
	return true;
}

static char peek(const struct reader *r)
{
	return r->at < r->end ? *r->at : '\0';
}

static void skip_blanks(struct reader *r)
{
	while (
	    r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
		r->at++;
}

/* The four digits behind the "u" at u. */
static bool read_hex4(struct reader *r, const char *u, uint32_t *out)
{
	char digits[5] = {0};
	unsigned char bytes[2];

	if (r->end - u <= 5) /* Python wants something behind the digits */
		return fail(r, u, "Invalid \\uXXXX escape");
	memcpy(digits, u + 1, 4);
	if (!parse_hex(digits, bytes, 2))
		return fail(r, u, "Invalid \\uXXXX escape");
	*out = (uint32_t)bytes[0] << 8 | bytes[1];
	return true;
}

/* \uXXXX, or two of them that make one code point; the reader stands at the backslash. */
static bool read_unicode(struct reader *r, struct buf *b)
{
	uint32_t c, low;

	if (!read_hex4(r, r->at + 1, &c))
		return false;
	r->at += 6;
	if (c >= 0xd800 && c <= 0xdbff && r->end - r->at > 6 && r->at[0] == '\\' &&
	    r->at[1] == 'u') {
		if (!read_hex4(r, r->at + 1, &low))
			return false;
		if (low >= 0xdc00 && low <= 0xdfff) {
			c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
			r->at += 6;
		}
	}
	buf_code_point(b, c);
	return true;
}

/* The reader stands at the backslash; quote is where the string began. */
static bool read_escape(struct reader *r, const char *quote, struct buf *b)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (r->at + 1 == r->end)
		return fail(r, quote, "Unterminated string starting at");
	if (r->at[1] == 'u')
		return read_unicode(r, b);
	found = memchr(from, r->at[1], sizeof(from) - 1);
	if (!found)
		return fail(r, r->at, "Invalid \\escape");
	buf_addc(b, to[found - from]);
	r->at += 2;
	return true;
}

/* The reader stands at the opening quote. A string without escapes is not copied. */
static bool read_string(struct reader *r, const char **out, size_t *n)
{
	const char *quote = r->at++;
	struct buf b = BUF(r->arena);

	for (;;) {
		const char *run = r->at;

		while (r->at < r->end && (unsigned char)*r->at >= 0x20 && *r->at != '"' &&
		       *r->at != '\\')
			r->at++;
		if (r->at == r->end)
			return fail(r, quote, "Unterminated string starting at");
		if ((unsigned char)*r->at < 0x20)
			return fail(r, r->at, "Invalid control character at");
		if (*r->at == '"' && !b.data) {
			*out = run;
			*n = (size_t)(r->at++ - run);
			return true;
		}
		buf_add(&b, run, (size_t)(r->at - run));
		if (*r->at == '"') {
			*out = b.data;
			*n = b.len;
			r->at++;
			return true;
		}
		if (!read_escape(r, quote, &b))
			return false;
	}
}

static const char *skip_digits(const struct reader *r, const char *p)
{
	while (p < r->end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* The end of the number that begins at the reader, NULL when none does. */
static const char *number_end(const struct reader *r, bool *integer)
{
	const char *p = r->at + (peek(r) == '-'), *end;

	end = skip_digits(r, p);
	if (end == p)
		return NULL;
	if (*p == '0')
		end = p + 1;
	*integer = true;
	if (end < r->end && *end == '.' && skip_digits(r, end + 1) > end + 1) {
		end = skip_digits(r, end + 1);
		*integer = false;
	}
	if (end < r->end && (*end == 'e' || *end == 'E')) {
		p = end + 1;
		p += p < r->end && (*p == '+' || *p == '-');
		if (skip_digits(r, p) > p) {
			end = skip_digits(r, p);
			*integer = false;
		}
	}
	return end;
}

static bool read_number(struct reader *r, struct json_object **out)
{
	bool integer;
	const char *end = number_end(r, &integer), *text;
	int64_t i;
	double d;

	if (!end)
		return fail(r, r->at, "Expecting value");
	text = arena_strndup(r->arena, r->at, (size_t)(end - r->at));
	r->at = end;
	if (integer && parse_int64(text, INT64_MIN, INT64_MAX, &i))
		return made(json_object_new_int64(i), out);
	d = strtod(text, NULL);
	if (integer &&
	    !isfinite(d)) /* whole numbers have no end; this one still prints as written */
		d = copysign(DBL_MAX, d);
	if (!isfinite(d))
		return fail_number(r, text);
	return made(json_object_new_double_s(d, text), out);
}

/* A word, or else a number. */
static bool read_word(struct reader *r, struct json_object **out)
{
	static const struct {
		const char *word;
		enum { WORD_NULL, WORD_BOOLEAN, WORD_NUMBER } kind;
	} words[] = {
	    {"null", WORD_NULL},
	    {"true", WORD_BOOLEAN},
	    {"false", WORD_BOOLEAN},
	    {"NaN", WORD_NUMBER},
	    {"Infinity", WORD_NUMBER},
	    {"-Infinity", WORD_NUMBER},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].word);

		if ((size_t)(r->end - r->at) < n || memcmp(r->at, words[i].word, n) != 0)
			continue;
		if (words[i].kind == WORD_NUMBER)
			return fail_number(r, words[i].word);
		r->at += n;
		*out = NULL;
		return words[i].kind == WORD_NULL ||
		       made(json_object_new_boolean(words[i].word[0] == 't'), out);
	}
	return read_number(r, out);
}

/* Skips blanks, and c and the blanks behind it if it comes next. */
static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (peek(r) != c)
		return false;
	r->at++;
	skip_blanks(r);
	return true;
}

static bool take_comma(struct reader *r)
{
	return take(r, ',') || fail(r, r->at, "Expecting ',' delimiter");
}

/* The items behind the bracket. */
static bool read_array(struct reader *r, int depth, struct json_object *array)
{
	struct json_object *item;

	if (take(r, ']'))
		return true;
	do {
		if (!read_value(r, depth, &item))
			return false;
		must(json_object_array_add(array, item) == 0);
		if (take(r, ']'))
			return true;
	} while (take_comma(r));
	return false;
}

/* The name of a member; its colon is read, too. NULL on failure. */
static const char *read_name(struct reader *r)
{
	const char *quote = r->at, *name;
	size_t n;

	if (peek(r) != '"') {
		fail(r, r->at, "Expecting property name enclosed in double quotes");
		return NULL;
	}
	if (!read_string(r, &name, &n))
		return NULL;
	if (memchr(name, '\0', n)) { /* json-c's names end at a NUL */
		fail(r, quote, "Null character in a property name");
		return NULL;
	}
	if (!take(r, ':')) {
		fail(r, r->at, "Expecting ':' delimiter");
		return NULL;
	}
	return arena_strndup(r->arena, name, n);
}

/* The members behind the bracket. */
static bool read_object(struct reader *r, int depth, struct json_object *object)
{
	struct json_object *member;
	const char *name;

	if (take(r, '}'))
		return true;
	do {
		name = read_name(r);
		if (!name || !read_value(r, depth, &member))
			return false;
		must(json_object_object_add(object, name, member) == 0);
		if (take(r, '}'))
			return true;
	} while (take_comma(r));
	return false;
}

/* An array or object at nesting level `depth`; released again when it does not end well. */
static bool read_container(struct reader *r, int depth, struct json_object **out)
{
	bool array = *r->at == '[', success;

	if (depth > JSON_MAX_DEPTH) {
		char what[64];

		snprintf(what, sizeof(what), "Nesting deeper than %d levels", JSON_MAX_DEPTH);
		return fail(r, r->at, what);
	}
	r->at++;
	made(array ? json_object_new_array() : json_object_new_object(), out);
	success = array ? read_array(r, depth, *out) : read_object(r, depth, *out);
	if (!success)
		json_object_put(*out);
	return success;
}

static bool read_value(struct reader *r, int depth, struct json_object **out)
{
	const char *s = NULL;
	size_t n = 0;

	switch (peek(r)) {
	case '[':
	case '{':
		return read_container(r, depth + 1, out);
	case '"':
		return read_string(r, &s, &n) && made(json_object_new_string_len(s, (int)n), out);
	default:
		return read_word(r, out);
	}
}

/* The text must be UTF-8 as a whole before a place in it means anything. */
static bool check_utf8(struct reader *r)
{
	static const char *const why[] = {
	    [UTF8_BAD_START] = "invalid start byte",
	    [UTF8_BAD_CONTINUATION] = "invalid continuation byte",
	    [UTF8_CUT_OFF] = "unexpected end of data",
	};
	enum utf8_kind kind = UTF8_OK;
	size_t n = (size_t)(r->end - r->text), at = 0, len;

	if (utf8_valid(r->text, n))
		return true;
	while (len = utf8_step(r->text + at, n - at, &kind), kind == UTF8_OK)
		at += len;
	if (len == 1)
		r->error = arena_printf(r->arena,
		    "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
		    (unsigned char)r->text[at], at, why[kind]);
	else
		r->error = arena_printf(r->arena,
		    "'utf-8' codec can't decode bytes in position %zu-%zu: %s", at, at + len - 1,
		    why[kind]);
	return false;
}

bool json_read(
    struct arena *a, const char *text, size_t n, struct json_object **out, const char **error)
{
	struct reader r = {.arena = a, .text = text, .end = text + n, .at = text};
	struct json_object *root = NULL;
	bool success = false;

	assert(n <= INT_MAX);
	if (check_utf8(&r)) {
		if (n >= 3 && memcmp(r.text, "\xef\xbb\xbf", 3) == 0) {
			fail(&r, r.text, "Unexpected UTF-8 BOM (decode using utf-8-sig)");
		} else {
			skip_blanks(&r);
			success = read_value(&r, 0, &root);
		}
	}
	if (success) {
		if (root)
			arena_own_json(a, root);
		skip_blanks(&r);
		if (r.at < r.end)
			success = fail(&r, r.at, "Extra data");
	}
	*out = success ? root : NULL;
	*error = r.error;
	return success;
}
