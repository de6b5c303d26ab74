/* user_config.c: /api/users/config/, the caller's own preferences: one JSON object, deep-merged by PATCH (wire.md A3).
 * Before: http/route.c. After: store/db.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "base/log.h"
#include "http/actor.h"
#include "http/field.h"
#include "http/json.h"
#include "http/reply.h"

#define CONFIG_MAX (64 * 1024) /* bytes as stored, printed compactly: jsonb writes numbers out */
#define TOO_LARGE "The preferences may have at most 65536 bytes."

/* What jsonb and the column refuse, by SQLSTATE; NULL: all else. */
static const struct {
	const char *sqlstate, *problem;
} refusals[] = {
    {"23514", TOO_LARGE}, /* users_config_object: it is an object, so it is the length */
    {"22003", "A number is too large or too small to be stored."},
    {NULL, "Null and surrogate characters are not allowed."},
};

static const char *refusal(const struct db *db)
{
	size_t i = 0;

	while (refusals[i].sqlstate && strcmp(refusals[i].sqlstate, db_sqlstate(db)) != 0)
		i++;
	return refusals[i].problem;
}

/* What the column holds, as json_read makes it. Administrators may have put there what it does not read. */
static enum result parse(struct request *r, const struct rows *rows, struct json_object **out)
{
	const char *text = rows_text(rows, 0, "config"), *error;

	if (json_read(r->arena, text, strlen(text), out, &error))
		return OK;
	log_error("preferences_unreadable", "user", r->identity.username, "reason", error);
	return FAILED;
}

/* The stored object; locks the row when asked to, so that two merges do not undo each other. */
static enum result load(struct request *r, bool lock, struct json_object **out)
{
	struct rows rows;
	enum result res =
	    lock ? db_write(
		       r->db, r->arena, Q_USER_CONFIG_LOCK, &rows, DB_PARAMS(r->identity.user_id))
		 : db_read(r->db, r->arena, Q_USER_CONFIG, &rows, DB_PARAMS(r->identity.user_id));

	if (res != OK || rows.count == 0)
		return res == OK ? NOT_FOUND : res;
	return parse(r, &rows, out);
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

/* *config becomes what is stored then, *problem why it is INVALID. */
static enum result store(
    struct request *r, struct json_object *patch, struct json_object **config, const char **problem)
{
	struct buf text = BUF(r->arena), stored = BUF(r->arena);
	struct rows rows;
	enum result res = request_begin(r, NULL);

	if (res == OK)
		res = load(r, true, config);
	if (res != OK)
		return res;
	merge(*config, patch);
	json_write(&text, *config, 0);
	res = db_write(r->db, r->arena, Q_USER_CONFIG_SET, &rows,
	    DB_PARAMS(r->identity.user_id, buf_str(&text)));
	*problem = refusal(r->db);
	if (res == OK)
		res = parse(r, &rows, config);
	if (res != OK)
		return res;
	json_write(&stored, *config, 0);
	*problem = TOO_LARGE;
	return stored.len > CONFIG_MAX ? INVALID : db_commit(r->db);
}

int api_config_update(struct request *r)
{
	struct request_body body;
	struct json_object *config = NULL;
	const char *problem = NULL;
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
	res = store(r, body.json, &config, &problem);
	db_rollback(r->db);
	if (res == INVALID && problem)
		return reply_json(r, 400, field_general_error(problem));
	return res == OK ? reply_json(r, 200, json_object_get(config)) : reply_result(r, res);
}
