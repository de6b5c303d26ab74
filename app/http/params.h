/* params.h: ordered name=value lists as found in query strings and form bodies. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* One pair, decoded. A value is NUL-terminated, but may hold NULs inside, hence its length; a name cannot. */
struct param {
	const char *name, *value;
	size_t value_len;
};

struct params {
	struct param *items;
	size_t count;
};

#define PARAMS_MAX 1000 /* pairs in one query or form (Django's DATA_UPLOAD_MAX_NUMBER_FIELDS) */

/* Parses application/x-www-form-urlencoded (WHATWG URL 5.1) as Python's parse_qsl does with
 * keep_blank_values: pairs split at "&", "+" is a blank, bad %-escapes stay as they are, bytes that
 * are not UTF-8 become U+FFFD, and so do NULs in names. False when there are more than PARAMS_MAX pairs.
 * Lives in the arena. */
bool params_parse(struct arena *a, const char *text, size_t n, struct params *out);

/* n bytes of the arena, terminated, as the name of a pair: one that holds a NUL is not the one before the NUL. */
const char *params_name(struct arena *a, char *text, size_t n);

/* The last pair of that name, or NULL; and its value. */
const struct param *params_find(const struct params *p, const char *name);
const char *params_last(const struct params *p, const char *name);

/* Encodes all pairs with `name` set to `value` for each of the n overrides (a NULL value drops the
 * name), sorted by name, repeats kept in order, blanks kept ("e="): B 2.3, "URL composition". */
struct param_override {
	const char *name, *value;
};
char *params_encode(
    struct arena *a, const struct params *p, const struct param_override *o, size_t n);

/* multipart/form-data (RFC 7578) with the given boundary: text parts only; a part with a filename
 * is ignored. An empty body has no parts. False when the body does not have that form: also without a
 * closing delimiter, with a transfer encoding that is one, or with more than PARAMS_MAX parts. */
bool multipart_parse(
    struct arena *a, const char *body, size_t n, const char *boundary, struct params *out);
