/* roots.c: entry points of the API, who one is, and how Postern fares. Before: http/route.c. After: http/reply.c. */
#include <json-c/json.h>
#include <string.h>

#include "api/api.h"
#include "http/reply.h"
#include "store/migrate.h"
#include "version.h"

static void add_text(struct json_object *o, const char *name, const char *value)
{
	json_object_object_add(o, name, value ? json_object_new_string(value) : NULL);
}

static void add_bool(struct json_object *o, const char *name, bool value)
{
	json_object_object_add(o, name, json_object_new_boolean(value));
}

/* An object of absolute URLs, in the order given. */
static int links(struct request *r, const char *const (*list)[2])
{
	struct json_object *o = json_object_new_object();

	for (; (*list)[0]; list++)
		add_text(o, (*list)[0], request_url(r, (*list)[1]));
	return reply_json(r, 200, o);
}

int api_root(struct request *r)
{
	static const char *const list[][2] = {
	    {"authentication-check", "/api/authentication-check/"}, {"docs", "/api/docs/"},
	    {"status", "/api/status/"}, {"users", "/api/users/"}, {NULL, NULL}};

	return links(r, list);
}

int api_users_root(struct request *r)
{
	static const char *const list[][2] = {{"config", "/api/users/config/"},
	    {"groups", "/api/users/groups/"}, {"permissions", "/api/users/permissions/"},
	    {"tokens", "/api/users/tokens/"}, {"users", "/api/users/users/"}, {NULL, NULL}};

	return links(r, list);
}

int api_authentication_check(struct request *r)
{
	static const char *const how[] = {
	    [BY_TOKEN] = "token", [BY_SESSION] = "session", [BY_BASIC] = "basic"};
	const struct identity *who = &r->identity;
	struct json_object *o = json_object_new_object(), *user = json_object_new_object();

	add_text(user, "id", who->user_id);
	add_text(user, "username", who->username);
	add_bool(user, "is_superuser", who->is_superuser);
	json_object_object_add(o, "user", user);
	add_text(o, "authenticated_by", how[who->how]);
	add_text(o, "token", who->token_id);
	add_bool(o, "may_write", who->write_enabled);
	add_bool(o, "may_manage_tokens", who->may_manage_tokens && !who->network_limited);
	return reply_json(r, 200, o);
}

int api_status(struct request *r)
{
	struct json_object *o = json_object_new_object();
	const char *problem;
	int64_t version;
	enum schema_state state = schema_check(r->db, r->arena, &version, &problem);
	bool ready = state == SCHEMA_CURRENT;

	add_text(o, "postern-version", POSTERN_VERSION);
	json_object_object_add(
	    o, "schema-version", state == SCHEMA_UNKNOWN ? NULL : json_object_new_int64(version));
	add_text(o, "database", state == SCHEMA_UNKNOWN ? "unreachable" : "reachable");
	add_bool(o, "ready", ready);
	if (!ready)
		reply_header(r, "Retry-After", "1");
	return reply_json(r, ready ? 200 : 503, o);
}
