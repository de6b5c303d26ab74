/* user_config.c: /api/users/config/, the caller's own preferences: one JSON object, deep-merged by PATCH (wire.md A3).
 * Before: http/route.c. After: store/db.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "http/actor.h"
#include "http/field.h"
#include "http/json.h"
#include "http/reply.h"

#define CONFIG_MAX (64 * 1024) /* bytes, printed compactly */

/* The stored object; locks the row when asked to, so that two merges do not undo each other. */
static enum result load(struct request *r, bool lock, struct json_object **out)
{
	struct rows rows;
	const char *text, *error;
	enum result res =
	    lock ? db_write(
		       r->db, r->arena, Q_USER_CONFIG_LOCK, &rows, DB_PARAMS(r->identity.user_id))
		 : db_read(r->db, r->arena, Q_USER_CONFIG, &rows, DB_PARAMS(r->identity.user_id));

	if (res != OK || rows.count == 0)
		return res == OK ? NOT_FOUND : res;
	text = rows_text(&rows, 0, "config");
	return json_read(r->arena, text, strlen(text), out, &error) ? OK : FAILED;
}

int api_config_show(struct request *r)
{
	struct json_object *config;
	enum result res = load(r, false, &config);

	return res == OK ? reply_json(r, 200, json_object_get(config)) : reply_result(r, res);
}

/* Members of `from` replace those of `into`; objects are merged member by member. */
static void merge(struct json_object *into, struct json_object *from)
{
	json_object_object_foreach(from, name, value)
	{
		struct json_object *old = json_object_object_get(into, name);

		if (json_object_is_type(old, json_type_object) &&
		    json_object_is_type(value, json_type_object))
			merge(old, value);
		else
			json_object_object_add(into, name, json_object_get(value));
	}
}

static enum result store(
    struct request *r, struct json_object *patch, struct json_object **config, bool *too_large)
{
	struct buf text = BUF(r->arena);
	struct rows rows;
	enum result res = request_begin(r, NULL);

	if (res == OK)
		res = load(r, true, config);
	if (res != OK)
		return res;
	merge(*config, patch);
	json_write(&text, *config, 0);
	*too_large = text.len > CONFIG_MAX;
	if (*too_large)
		return INVALID;
	res = db_write(r->db, r->arena, Q_USER_CONFIG_SET, &rows,
	    DB_PARAMS(r->identity.user_id, buf_str(&text)));
	return res == OK ? db_commit(r->db) : res;
}

int api_config_update(struct request *r)
{
	struct request_body body;
	struct json_object *config = NULL;
	bool too_large = false;
	enum result res;
	int status = request_body(r, &body);

	if (status)
		return status;
	if (body.empty)
		return api_config_show(r);
	if (!json_object_is_type(body.json, json_type_object))
		return reply_json(r, 400,
		    field_general_error(
			arena_printf(r->arena, "Invalid data. Expected a dictionary, but got %s.",
			    field_type_name(body.json))));
	res = store(r, body.json, &config, &too_large);
	db_rollback(r->db);
	if (too_large)
		return reply_json(
		    r, 400, field_general_error("The preferences may have at most 65536 bytes."));
	if (res == INVALID) /* jsonb has no NUL and no lone surrogate */
		return reply_json(
		    r, 400, field_general_error("Null and surrogate characters are not allowed."));
	return res == OK ? reply_json(r, 200, json_object_get(config)) : reply_result(r, res);
}
