/* field.h: reads one member of a request's object by the rules of wire.md B 2.5. Each function returns false
 * after adding the documented message to `errors`, an object of arrays: {"field": ["message"]}. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct json_object;

/* {"field": ["message"]}: adds one. */
void field_error(struct json_object *errors, const char *field, const char *message);

/* {"non_field_errors": ["message"]}, a new object. */
struct json_object *field_general_error(const char *message);

/* The Python name of a JSON value's type, as the messages have it: dict, list, str, int, float, bool, NoneType. */
const char *field_type_name(struct json_object *value);

/* Text: strings trimmed, numbers as Python's str() has them; refused: other types, fewer than min or more than max code points (an
 * empty text is not too short), NULs and surrogates. *out is terminated, in the arena. */
bool field_text(struct arena *a, struct json_object *value, const char *name, size_t min,
    size_t max, const char **out, struct json_object *errors);

/* true: true True TRUE t T y Y yes Yes YES on On ON 1 as text, 1 and 1.0 as numbers; false alike. */
bool field_bool(struct json_object *value, const char *name, bool *out, struct json_object *errors);

/* A point in time (timestamp_parse), or null for TIMESTAMP_NONE. */
bool field_time(
    struct json_object *value, const char *name, int64_t *out, struct json_object *errors);

/* A UUID in canonical or other form; out as parse_uuid. */
bool field_uuid(
    struct json_object *value, const char *name, char out[37], struct json_object *errors);
