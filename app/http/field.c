/* field.c: checks single members. Before: http/body.c. After: api/ handlers. */
#include "http/field.h"

#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"

#define NOT_NULL "This field may not be null."

void field_error(struct json_object *errors, const char *field, const char *message)
{
	struct json_object *list = json_object_object_get(errors, field);

	if (!list) {
		list = json_object_new_array();
		json_object_object_add(errors, field, list);
	}
	json_object_array_add(list, json_object_new_string(message));
}

struct json_object *field_general_error(const char *message)
{
	struct json_object *errors = json_object_new_object();

	field_error(errors, "non_field_errors", message);
	return errors;
}

const char *field_type_name(struct json_object *value)
{
	static const char *const names[] = {[json_type_null] = "NoneType",
	    [json_type_boolean] = "bool",
	    [json_type_double] = "float",
	    [json_type_int] = "int",
	    [json_type_object] = "dict",
	    [json_type_array] = "list",
	    [json_type_string] = "str"};

	return names[json_object_get_type(value)];
}

static bool is_number(struct json_object *value)
{
	return json_object_is_type(value, json_type_int) ||
	       json_object_is_type(value, json_type_double);
}

/* A number as Python's str() has it: whole ones as written, others as floats. */
static const char *number_text(struct arena *a, struct json_object *value)
{
	const char *written = json_object_get_string(value);

	return strpbrk(written, ".eE") ? format_double(a, json_object_get_double(value)) : written;
}

/* The first surrogate in WTF-8 text, 0 when there is none. */
static unsigned surrogate_in(const char *s, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++)
		if ((unsigned char)s[i] == 0xed && (unsigned char)s[i + 1] >= 0xa0)
			return 0xd000u | ((unsigned)s[i + 1] & 0x3fu) << 6 |
			       ((unsigned)s[i + 2] & 0x3fu);
	return 0;
}

/* The validators of a text, all of them, in the documented order. */
static bool text_valid(struct arena *a, const char *s, size_t n, const char *name, size_t min,
    size_t max, struct json_object *errors)
{
	size_t length = utf8_length(s, n);
	unsigned surrogate = surrogate_in(s, n);
	bool ok = true;

	if (length > max) {
		field_error(errors, name,
		    arena_printf(a, "Ensure this field has no more than %zu characters.", max));
		ok = false;
	}
	if (length > 0 && length < min) {
		field_error(errors, name,
		    arena_printf(a, "Ensure this field has at least %zu characters.", min));
		ok = false;
	}
	if (memchr(s, '\0', n)) {
		field_error(errors, name, "Null characters are not allowed.");
		ok = false;
	}
	if (surrogate) {
		field_error(errors, name,
		    arena_printf(a, "Surrogate characters are not allowed: U+%X.", surrogate));
		ok = false;
	}
	return ok;
}

bool field_text(struct arena *a, struct json_object *value, const char *name, size_t min,
    size_t max, const char **out, struct json_object *errors)
{
	const char *s;
	size_t n;

	if (!value) {
		field_error(errors, name, NOT_NULL);
		return false;
	}
	if (!json_object_is_type(value, json_type_string) && !is_number(value)) {
		field_error(errors, name, "Not a valid string.");
		return false;
	}
	s = is_number(value) ? number_text(a, value) : json_object_get_string(value);
	n = is_number(value) ? strlen(s) : (size_t)json_object_get_string_len(value);
	s = utf8_trim(s, &n);
	if (!text_valid(a, s, n, name, min, max, errors))
		return false;
	*out = arena_strndup(a, s, n);
	return true;
}

static bool listed(const char *const *words, const char *s)
{
	while (*words && strcmp(*words, s) != 0)
		words++;
	return *words != NULL;
}

bool field_bool(struct json_object *value, const char *name, bool *out, struct json_object *errors)
{
	static const char *const yes[] = {"true", "True", "TRUE", "t", "T", "y", "Y", "yes", "Yes",
	    "YES", "on", "On", "ON", "1", NULL};
	static const char *const no[] = {"false", "False", "FALSE", "f", "F", "n", "N", "no", "No",
	    "NO", "off", "Off", "OFF", "0", NULL};
	double number = is_number(value) ? json_object_get_double(value) : -1;
	const char *text = json_object_is_type(value, json_type_string) &&
				   strlen(json_object_get_string(value)) ==
				       (size_t)json_object_get_string_len(value)
			       ? json_object_get_string(value)
			       : "";

	if (!value) {
		field_error(errors, name, NOT_NULL);
		return false;
	}
	if (json_object_is_type(value, json_type_boolean)) {
		*out = json_object_get_boolean(value);
		return true;
	}
	*out = number == 1 || listed(yes, text);
	if (*out || number == 0 || listed(no, text))
		return true;
	field_error(errors, name, "Must be a valid boolean.");
	return false;
}

bool field_time(
    struct json_object *value, const char *name, int64_t *out, struct json_object *errors)
{
	const char *text =
	    json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
	enum timestamp_error e;

	if (!value) {
		*out = TIMESTAMP_NONE;
		return true;
	}
	e = strlen(text) == (size_t)json_object_get_string_len(value) ? timestamp_parse(text, out)
								      : TIMESTAMP_FORMAT;
	if (e == TIMESTAMP_OK)
		return true;
	field_error(errors, name,
	    e == TIMESTAMP_RANGE ? "Datetime value out of range."
				 : "Datetime has wrong format. Use one of these formats instead: "
				   "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].");
	return false;
}

bool field_uuid(
    struct json_object *value, const char *name, char out[37], struct json_object *errors)
{
	if (!value) {
		field_error(errors, name, NOT_NULL);
		return false;
	}
	if (json_object_is_type(value, json_type_string) &&
	    strlen(json_object_get_string(value)) == (size_t)json_object_get_string_len(value) &&
	    parse_uuid(json_object_get_string(value), out))
		return true;
	field_error(errors, name, "Must be a valid UUID.");
	return false;
}
