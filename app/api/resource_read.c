/* resource_read.c: what a client sent to make or change a record. Before: api/resource.c. After: http/field.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/resource.h"
#include "base/text.h"
#include "http/field.h"

#define LIST_MAX 1000 /* elements of a list */
#define MALFORMED_LIST "Expected a list of items but got type \"%s\"."

struct reading {
	struct request *r;
	const struct member *member;
	struct json_object *value;
	struct resource_input *out;
	struct json_object *errors;
};

static enum result wrong(const struct reading *in, const char *message)
{
	field_error(in->errors, in->member->name, message);
	return INVALID;
}

static enum result take(const struct reading *in, struct json_object *value)
{
	json_object_object_add(in->out->change, in->member->name, value);
	return OK;
}

static enum result read_text(const struct reading *in)
{
	const char *text;

	if (!field_text(
		in->r->arena, in->value, in->member->name, 0, in->member->max, &text, in->errors))
		return INVALID;
	if (!*text && (in->member->flags & NOT_BLANK))
		return wrong(in, "This field may not be blank.");
	return take(in, json_object_new_string(text));
}

static enum result read_bool(const struct reading *in)
{
	bool value;

	if (!field_bool(in->value, in->member->name, &value, in->errors))
		return INVALID;
	return take(in, json_object_new_boolean(value));
}

/* Whether the value is a list of a sensible length. */
static enum result check_list(const struct reading *in)
{
	if (!in->value)
		return wrong(in, "This field may not be null.");
	if (!json_object_is_type(in->value, json_type_array))
		return wrong(
		    in, arena_printf(in->r->arena, MALFORMED_LIST, field_type_name(in->value)));
	if (json_object_array_length(in->value) > LIST_MAX)
		return wrong(in, "Ensure this field has no more than 1000 elements.");
	return OK;
}

static bool has(struct json_object *list, const char *text)
{
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text) == 0)
			return true;
	return false;
}

static enum result read_words(const struct reading *in)
{
	struct json_object *words = arena_own_json(in->r->arena, json_object_new_array());
	enum result res = check_list(in);
	const char *word;

	for (size_t i = 0; res == OK && i < json_object_array_length(in->value); i++) {
		if (!field_text(in->r->arena, json_object_array_get_idx(in->value, i),
			in->member->name, 0, in->member->max, &word, in->errors))
			return INVALID;
		if (!in->member->fits(word))
			return wrong(in, in->member->problem);
		if (!has(words, word))
			json_object_array_add(words, json_object_new_string(word));
	}
	if (res == OK && json_object_array_length(words) == 0)
		return wrong(in, in->member->empty);
	return res == OK ? take(in, json_object_get(words)) : res;
}

static enum result no_such(const struct reading *in, const char *id)
{
	return wrong(
	    in, arena_printf(in->r->arena, "Invalid pk \"%.100s\" - object does not exist.", id));
}

/* The length of an identifier; one with a NUL inside is longer than its C string. */
static size_t text_bytes(struct json_object *item)
{
	return json_object_is_type(item, json_type_string)
		   ? (size_t)json_object_get_string_len(item)
		   : strlen(json_object_get_string(item));
}

static enum result read_links(const struct reading *in)
{
	struct json_object *ids = arena_own_json(in->r->arena, json_object_new_array());
	const char *list[LIST_MAX], *missing;
	size_t n = 0;
	enum result res = check_list(in);

	for (size_t i = 0; res == OK && i < json_object_array_length(in->value); i++) {
		struct json_object *item = json_object_array_get_idx(in->value, i);
		const char *text = item ? json_object_get_string(item) : "";

		if (!json_object_is_type(item, json_type_string) &&
		    !json_object_is_type(item, json_type_int))
			return wrong(in, arena_printf(in->r->arena,
					     "Incorrect type. Expected pk value, received %s.",
					     field_type_name(item)));
		list[n] = strlen(text) == text_bytes(item)
			      ? resource_id(in->r->arena, in->member->of, text)
			      : NULL;
		if (!list[n])
			return no_such(in, utf8_valid(text, strlen(text)) ? text : "?");
		json_object_array_add(ids, json_object_new_string(list[n++]));
	}
	if (res == OK)
		res = record_missing(
		    in->r->db, in->r->arena, &in->member->of->queries, list, n, &missing);
	if (res != OK)
		return res;
	return missing ? no_such(in, missing) : take(in, json_object_get(ids));
}

static enum result read_password(const struct reading *in)
{
	in->out->sets_password = true;
	if (!in->value)
		return OK;
	if (!json_object_is_type(in->value, json_type_string))
		return wrong(in, "Not a valid string.");
	in->out->password = json_object_get_string(in->value);
	in->out->password_len = (size_t)json_object_get_string_len(in->value);
	return in->out->password_len ? OK : wrong(in, "This field may not be blank.");
}

static enum result read_null(const struct reading *in)
{
	return in->value ? wrong(in, in->member->problem) : OK;
}

static enum result (*const readers[])(const struct reading *in) = {
    [MEMBER_TEXT] = read_text,
    [MEMBER_BOOL] = read_bool,
    [MEMBER_WORDS] = read_words,
    [MEMBER_LINKS] = read_links,
    [MEMBER_PASSWORD] = read_password,
    [MEMBER_NULL] = read_null,
};

enum result resource_read(struct request *r, const struct resource *res, struct json_object *from,
    bool all, struct resource_input *out, struct json_object *errors)
{
	struct reading in = {.r = r, .out = out, .errors = errors};

	*out =
	    (struct resource_input){.change = arena_own_json(r->arena, json_object_new_object())};
	for (in.member = res->members; in.member->name; in.member++) {
		enum result one = OK;

		if (in.member->flags & READ_ONLY)
			continue;
		if (json_object_object_get_ex(from, in.member->name, &in.value))
			one = readers[in.member->kind](&in);
		else if (all && (in.member->flags & REQUIRED))
			one = wrong(&in, "This field is required.");
		if (one != OK && one != INVALID)
			return one;
	}
	return json_object_object_length(errors) ? INVALID : OK;
}

const char *resource_id(struct arena *a, const struct resource *res, const char *text)
{
	char uuid[37];
	int64_t number;

	if (res->by_uuid)
		return parse_uuid(text, uuid) ? arena_strdup(a, uuid) : NULL;
	return parse_int64(text, 1, INT32_MAX, &number) ? db_int(a, number) : NULL;
}
