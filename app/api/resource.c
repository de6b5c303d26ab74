/* resource.c: lists, shows, makes, changes and deletes the records of a resource. Before: api/users.c, api/groups.c,
 * api/permissions.c. After: api/resource_read.c, model/record.c. */
#include "api/resource.h"

#include <json-c/json.h>
#include <string.h>

#include "api/object.h"
#include "api/page.h"
#include "auth/password.h"
#include "base/log.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "http/actor.h"
#include "http/field.h"
#include "http/reply.h"

/* Rules that only the database can check, and what they say of a member; NULL: of the whole. */
static const struct {
	const char *constraint, *member, *message;
} rules[] = {
    {"username_text", "username",
	"Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ "
	"characters."},
    {"users_username_key", "username", "A user with that username already exists."},
    {"users_email_form", "email", "Enter a valid email address."},
    {"users_last_superuser", NULL, "This is the last active superuser."},
    {"groups_name_key", "name", "group with this name already exists."},
    {"groups_name_text", "name", "Enter a name without control characters."},
    {"permissions_name_key", "name", "permission with this name already exists."},
    {"group_members_group_id_fkey", "groups", "One of the groups does not exist any more."},
    {"permission_groups_group_id_fkey", "groups", "One of the groups does not exist any more."},
    {"permission_users_user_id_fkey", "users", "One of the users does not exist any more."},
};

/* Rolls back and answers why a change was not stored. */
static int refused(struct request *r, enum result result)
{
	struct json_object *errors;
	const char *constraint = arena_strdup(r->arena, db_constraint(r->db));

	db_rollback(r->db);
	if (strcmp(constraint, "users_actor_superuser") ==
	    0) /* no longer one, as of a moment ago */
		return reply_result(r, DENIED);
	for (size_t i = 0;
	     (result == CONFLICT || result == INVALID) && i < sizeof(rules) / sizeof(rules[0]);
	     i++) {
		if (strcmp(rules[i].constraint, constraint) != 0)
			continue;
		errors = json_object_new_object();
		field_error(errors, rules[i].member ? rules[i].member : "non_field_errors",
		    rules[i].message);
		return reply_json(r, 400, errors);
	}
	return reply_result(r, result);
}

static const char *url_of(struct request *r, const struct resource *res, const char *id)
{
	return object_url(r, res->path, id);
}

/* {id, url, name, display}: how other records are shown inside one. */
static struct json_object *links_json(
    struct request *r, const struct resource *of, struct json_object *list)
{
	struct json_object *out = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *from = json_object_array_get_idx(list, i),
				   *to = json_object_new_object();
		struct json_object *id = json_object_object_get(from, "id");
		struct json_object *name = json_object_object_get(from, "name");

		json_object_object_add(to, "id", json_object_get(id));
		json_object_object_add(
		    to, "url", json_object_new_string(url_of(r, of, json_object_get_string(id))));
		json_object_object_add(to, of->name_member, json_object_get(name));
		json_object_object_add(to, "display", json_object_get(name));
		json_object_array_add(out, to);
	}
	return out;
}

static struct json_object *member_json(struct request *r, const struct resource *res,
    const struct member *m, struct json_object *record)
{
	struct json_object *value = json_object_object_get(record, m->name);
	const char *id = json_object_get_string(json_object_object_get(record, "id"));

	switch (m->kind) {
	case MEMBER_URL:
		return json_object_new_string(url_of(r, res, id));
	case MEMBER_TIME:
		return value ? json_object_new_string(
				   timestamp_iso(r->arena, json_object_get_int64(value)))
			     : NULL;
	case MEMBER_LINKS:
		return links_json(r, m->of, value);
	default:
		return json_object_get(value);
	}
}

struct json_object *resource_json(
    struct request *r, const struct resource *res, struct json_object *record)
{
	struct json_object *out = json_object_new_object();

	for (const struct member *m = res->members; m->name; m++)
		if (m->kind != MEMBER_PASSWORD)
			json_object_object_add(out, m->name, member_json(r, res, m, record));
	return out;
}

/* The filters of a list. */
struct filters {
	const char *ids[PARAMS_MAX], *names[PARAMS_MAX];
	size_t id_count, name_count;
	const char *q;
};

/* One parameter of the query; what is wrong with it, or NULL. */
static const char *add_filter(
    struct request *r, const struct resource *res, const struct param *p, struct filters *f)
{
	static const char *const others[] = {"limit", "offset", "format", "api_version", "brief",
	    "depth", "exclude_m2m", "include", NULL};
	const char *const *other = others;

	if (strlen(p->value) != p->value_len)
		return "Null characters are not allowed.";
	if (strcmp(p->name, "id") == 0) {
		const char *id = resource_id(r->arena, res, p->value);

		if (!*p->value)
			return NULL;
		if (!id)
			return res->by_uuid ? "Must be a valid UUID." : "Enter a number.";
		f->ids[f->id_count++] = id;
		return NULL;
	}
	if (strcmp(p->name, res->name_member) == 0) {
		if (*p->value)
			f->names[f->name_count++] = p->value;
		return NULL;
	}
	if (strcmp(p->name, "q") == 0) {
		f->q = p->value;
		return NULL;
	}
	while (*other && strcmp(*other, p->name) != 0)
		other++;
	return *other ? NULL : "Unknown filter field";
}

/* 0, or the 400 that was answered. */
static int read_page(struct request *r, const struct resource *res, struct record_page *page)
{
	struct json_object *errors = arena_own_json(r->arena, json_object_new_object());
	struct filters *f = arena_alloc(r->arena, sizeof(*f));

	for (size_t i = 0; i < r->query.count; i++) {
		const char *problem = add_filter(r, res, &r->query.items[i], f);

		if (problem)
			field_error(errors, r->query.items[i].name, problem);
	}
	if (json_object_object_length(errors))
		return reply_json(r, 400, json_object_get(errors));
	*page = (struct record_page){
	    .ids = f->id_count ? db_array(r->arena, f->ids, f->id_count) : NULL,
	    .names = f->name_count ? db_array(r->arena, f->names, f->name_count) : NULL,
	    .q = f->q && *f->q ? f->q : NULL};
	page_read(r, &page->limit, &page->offset);
	return 0;
}

int resource_list(struct request *r, const struct resource *res)
{
	struct json_object *records, *results;
	struct record_page page = {0};
	enum result result;
	int64_t total = 0;
	int status = read_page(r, res, &page);

	if (status)
		return status;
	result = record_list(r->db, r->arena, &res->queries, &page, &total, &records);
	if (result != OK)
		return reply_result(r, result);
	results = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(records); i++)
		json_object_array_add(
		    results, resource_json(r, res, json_object_array_get_idx(records, i)));
	return reply_json(r, 200, page_json(r, total, page.limit, page.offset, results));
}

/* The record that the path names. */
static enum result find(struct request *r, const struct resource *res, struct json_object **out)
{
	const char *id = resource_id(r->arena, res, r->name);

	return id ? record_find(r->db, r->arena, &res->queries, id, out) : NOT_FOUND;
}

int resource_show(struct request *r, const struct resource *res)
{
	struct json_object *record;
	enum result result = find(r, res, &record);

	return result == OK ? reply_json(r, 200, resource_json(r, res, record))
			    : reply_result(r, result);
}

/* The new password's hash into the change. False when there is an answer, or a password worker must make it. */
static bool add_hash(
    struct request *r, struct resource_input *in, const char *username, struct json_object *errors)
{
	const char *problem, *hash;

	if (!in->password) {
		json_object_object_add(in->change, "password_hash", NULL);
		return true;
	}
	problem = password_refusal(r->config, r->arena, username, in->password, in->password_len);
	if (problem) {
		field_error(errors, "password", problem);
		reply_json(r, 400, json_object_get(errors));
		return false;
	}
	if (!r->may_hash) {
		r->needs_password_worker = true;
		return false;
	}
	hash = password_hash(r->config, r->arena, in->password, in->password_len);
	if (!hash)
		reply_result(r, FAILED);
	else
		json_object_object_add(in->change, "password_hash", json_object_new_string(hash));
	return hash != NULL;
}

/* Stores what was read and answers with the record as it is now. old: NULL in a new one. */
static int save(struct request *r, const struct resource *res, struct json_object *change,
    struct json_object *old)
{
	const char *id = old ? json_object_get_string(json_object_object_get(old, "id")) : NULL;
	struct json_object *record, *shown;
	enum result result = request_begin(r, NULL);

	if (result == OK)
		result = record_save(r->db, r->arena, &res->queries, id, change, &id);
	if (result == OK)
		result = record_find(r->db, r->arena, &res->queries, id, &record);
	if (result == OK)
		result = db_commit(r->db);
	if (result != OK)
		return refused(r, result);
	log_info(arena_printf(r->arena, "%s_%s", res->noun, old ? "changed" : "created"), "id", id,
	    "user", r->identity.username);
	shown = resource_json(r, res, record);
	if (!old)
		reply_header(
		    r, "Location", json_object_get_string(json_object_object_get(shown, "url")));
	return reply_json(r, old ? 200 : 201, shown);
}

/* The body as one object, checked and stored. */
static int write_record(
    struct request *r, const struct resource *res, struct json_object *old, bool all)
{
	struct json_object *errors = arena_own_json(r->arena, json_object_new_object());
	struct json_object *from, *name;
	struct resource_input in;
	enum result result;
	int status = object_read(r, &from);

	if (status)
		return status;
	result = resource_read(r, res, from, all, &in, errors);
	if (result == INVALID)
		return reply_json(r, 400, json_object_get(errors));
	if (result != OK)
		return reply_result(r, result);
	if (!json_object_object_get_ex(in.change, res->name_member, &name))
		name = json_object_object_get(old, res->name_member);
	if (in.sets_password && !add_hash(r, &in, json_object_get_string(name), errors))
		return r->reply.status;
	return save(r, res, in.change, old);
}

int resource_create(struct request *r, const struct resource *res)
{
	return write_record(r, res, NULL, true);
}

int resource_update(struct request *r, const struct resource *res)
{
	struct json_object *old;
	enum result result = find(r, res, &old);

	if (result != OK)
		return reply_result(r, result);
	return write_record(r, res, old, strcmp(r->method, "PUT") == 0);
}

int resource_remove(struct request *r, const struct resource *res)
{
	const char *id = resource_id(r->arena, res, r->name);
	enum result result = id ? request_begin(r, NULL) : NOT_FOUND;

	if (result == OK)
		result = record_remove(r->db, r->arena, &res->queries, id);
	if (result == OK)
		result = db_commit(r->db);
	if (result != OK)
		return refused(r, result);
	log_info(arena_printf(r->arena, "%s_deleted", res->noun), "id", id, "user",
	    r->identity.username);
	return reply_empty(r, 204);
}
