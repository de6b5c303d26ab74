/* token_read.c: what a client sent to make or change a token. Before: http/body.c. After: model/token.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/token.h"
#include "base/net.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "http/field.h"

static bool read_expires(
    struct json_object *value, bool create, struct token_change *out, struct json_object *errors)
{
	out->has_expires = true;
	if (!field_time(value, "expires", &out->expires, errors))
		return false;
	if (!create || out->expires == TIMESTAMP_NONE || out->expires > timestamp_now())
		return true;
	field_error(errors, "expires", "Expiration time must be in the future.");
	return false;
}

/* An empty or null key means "generate" in a new token and "keep" in an old one. */
static bool read_key(struct arena *a, struct json_object *value, struct token_change *out,
    struct json_object *errors)
{
	const char *text;

	if (!value)
		return true;
	if (!field_text(a, value, "key", 2 * KEY_BYTES, 2 * KEY_BYTES, &text, errors))
		return false;
	if (!*text)
		return true;
	out->has_key = parse_hex(text, out->key, KEY_BYTES);
	if (!out->has_key)
		field_error(errors, "key", "Enter a 160-bit key as 40 hexadecimal characters.");
	return out->has_key;
}

/* One network of the list; its problem or NULL. */
static const char *read_network(struct arena *a, struct json_object *item, const char **out)
{
	const char *text = json_object_get_string(item);
	bool host_bits;

	if (!json_object_is_type(item, json_type_string))
		return "Not a valid string.";
	*out = network_parse(a, text, &host_bits);
	if (!*out || strlen(text) != (size_t)json_object_get_string_len(item)) /* no NUL in it */
		return "Enter an IPv4 or IPv6 network, for example 10.0.0.0/8.";
	return host_bits ? "The network has host bits set." : NULL;
}

static bool read_networks(struct arena *a, struct json_object *value, struct token_change *out,
    struct json_object *errors)
{
	const char *items[TOKEN_NETWORKS_MAX];
	size_t n = 0;

	if (value && !json_object_is_type(value, json_type_array)) {
		field_error(errors, "allowed_ips",
		    arena_printf(a, "Expected a list of items but got type \"%s\".",
			field_type_name(value)));
		return false;
	}
	if (value && json_object_array_length(value) > TOKEN_NETWORKS_MAX) {
		field_error(
		    errors, "allowed_ips", "Ensure this field has no more than 100 elements.");
		return false;
	}
	for (; value && n < json_object_array_length(value); n++) {
		const char *problem =
		    read_network(a, json_object_array_get_idx(value, n), &items[n]);

		if (problem) {
			field_error(errors, "allowed_ips", problem);
			return false;
		}
	}
	out->allowed_ips = db_array(a, items, n);
	return true;
}

bool token_read(struct arena *a, struct json_object *o, bool create, struct token_change *out,
    struct json_object *errors)
{
	struct json_object *v;
	bool ok = true;

	*out = (struct token_change){0};
	if (json_object_object_get_ex(o, "expires", &v))
		ok &= read_expires(v, create, out, errors);
	if (json_object_object_get_ex(o, "key", &v))
		ok &= read_key(a, v, out, errors);
	if (json_object_object_get_ex(o, "write_enabled", &v)) {
		out->has_write_enabled = true;
		ok &= field_bool(v, "write_enabled", &out->write_enabled, errors);
	}
	if (json_object_object_get_ex(o, "description", &v))
		ok &= field_text(
		    a, v, "description", 0, TOKEN_DESCRIPTION_MAX, &out->description, errors);
	if (json_object_object_get_ex(o, "allowed_ips", &v))
		ok &= read_networks(a, v, out, errors);
	return ok;
}
