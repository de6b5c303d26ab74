/* tokens_bulk.c: several tokens in one request, all or none (wire.md B 2.4 and B 2.8). Before: http/route.c,
 * api/tokens.c. After: api/token_read.c, model/token.c. */
#include <json-c/json.h>
#include <sodium.h>
#include <string.h>

#include "api/api.h"
#include "api/object.h"
#include "api/token.h"
#include "api/tokens.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "http/actor.h"
#include "http/field.h"
#include "http/reply.h"

/* Each element costs statements of its own, and a request has only so much time. */
#define BULK_MAX 1000

/* 0, or the 400 that was answered. */
static int refuse_long(struct request *r, struct json_object *list)
{
	if (json_object_array_length(list) <= BULK_MAX)
		return 0;
	return reply_json(r, 400,
	    field_general_error(arena_printf(
		r->arena, "Ensure this list has no more than %d elements.", BULK_MAX)));
}

static bool has_members(struct json_object *o)
{
	return json_object_object_length(o) > 0;
}

/* Reads every element; false when *errors, an array with an object for each, tells what is wrong. */
static bool read_new(struct request *r, struct json_object *list, struct token_change *changes,
    struct json_object **errors)
{
	size_t n = json_object_array_length(list);
	bool ok = true;

	*errors = arena_own_json(r->arena, json_object_new_array());
	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		struct json_object *e = json_object_new_object();

		if (!json_object_is_type(o, json_type_object)) {
			json_object_put(e);
			e = object_error(r->arena, o);
		} else {
			token_read(r->arena, o, true, &changes[i], e);
		}
		ok &= !has_members(e);
		json_object_array_add(*errors, e);
	}
	return ok;
}

static enum result create_all(struct request *r, const struct token_change *changes, size_t n,
    struct json_object *out, size_t *failed)
{
	char key[2 * KEY_BYTES + 1];
	struct rows rows;
	enum result res = token_begin(r, true);

	for (*failed = 0; res == OK && *failed < n; ++*failed) {
		res = token_create(r->db, r->arena, r->peppers, r->identity.user_id,
		    &changes[*failed], key, &rows);
		if (res != OK)
			return res;
		json_object_array_add(out, token_json(r, &rows, 0, key));
		sodium_memzero(key, sizeof(key));
	}
	return res == OK ? db_commit(r->db) : res;
}

int tokens_bulk_create(struct request *r, struct json_object *list)
{
	size_t n = json_object_array_length(list), failed;
	struct token_change *changes = arena_alloc(r->arena, (n + 1) * sizeof(*changes));
	struct json_object *errors, *out = arena_own_json(r->arena, json_object_new_array());
	enum result res;

	if (refuse_long(r, list))
		return r->reply.status;
	if (!read_new(r, list, changes, &errors))
		return reply_json(r, 400, json_object_get(errors));
	res = create_all(r, changes, n, out, &failed);
	if (res == CONFLICT) {
		field_error(json_object_array_get_idx(errors, failed), "key",
		    "Token with this Key already exists.");
		db_rollback(r->db);
		return reply_json(r, 400, json_object_get(errors));
	}
	if (res != OK) {
		db_rollback(r->db);
		return reply_result(r, res);
	}
	log_info("tokens_created", "count", log_num((int64_t)n), "user", r->identity.username);
	return reply_json(r, 201, json_object_get(out));
}

/* The elements of a bulk request, each with its id. */
struct bulk {
	size_t count;
	struct json_object **items;
	char (*ids)[37];
	char (*keys)[2 * KEY_BYTES + 1]; /* that an update set, to be shown in this one answer */
};

/* 0, or the 400 that was answered. */
static int read_bulk(struct request *r, struct bulk *out)
{
	struct request_body body;
	struct json_object *errors = arena_own_json(r->arena, json_object_new_array());
	bool ok = true;
	int status = request_body(r, &body);

	if (status)
		return status;
	if (!json_object_is_type(body.json, json_type_array))
		return reply_json(r, 400,
		    field_general_error(
			arena_printf(r->arena, "Expected a list of items but got type \"%s\".",
			    body.empty ? "dict" : field_type_name(body.json))));
	if (refuse_long(r, body.json))
		return r->reply.status;
	out->count = json_object_array_length(body.json);
	out->items = arena_alloc(
	    r->arena, (out->count + 1) *
			  sizeof(struct json_object *)); /* NOLINT(bugprone-sizeof-expression) */
	out->ids = arena_alloc(r->arena, (out->count + 1) * sizeof(*out->ids));
	for (size_t i = 0; i < out->count; i++) {
		struct json_object *o = json_object_array_get_idx(body.json, i), *id;
		struct json_object *e = json_object_new_object();

		out->items[i] = o;
		if (!json_object_is_type(o, json_type_object)) {
			json_object_put(e);
			e = object_error(r->arena, o);
		} else if (!json_object_object_get_ex(o, "id", &id)) {
			field_error(e, "id", "This field is required.");
		} else {
			field_uuid(id, "id", out->ids[i], e);
		}
		ok &= !has_members(e);
		json_object_array_add(errors, e);
	}
	return ok ? 0 : reply_json(r, 400, json_object_get(errors));
}

/* Updates find their elements by the canonical text of the id. */
static bool canonical(const struct bulk *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->ids[i],
			json_object_get_string(json_object_object_get(b->items[i], "id"))) != 0)
			return false;
	return true;
}

/* The ids as an uuid[] literal. */
static const char *ids_array(struct request *r, const struct bulk *b)
{
	struct buf ids = BUF(r->arena);

	buf_addc(&ids, '{');
	for (size_t i = 0; i < b->count; i++)
		buf_addf(&ids, "%s%s", i ? "," : "", b->ids[i]);
	buf_addc(&ids, '}');
	return buf_str(&ids);
}

static const char *ids_filter(struct request *r, const struct bulk *b)
{
	struct buf f = BUF(r->arena);

	buf_adds(&f, "[{\"field\":\"id\",\"op\":\"\",\"vals\":[");
	for (size_t i = 0; i < b->count; i++)
		buf_addf(&f, "%s\"%s\"", i ? "," : "", b->ids[i]);
	buf_adds(&f, "]}]");
	return buf_str(&f);
}

/* The caller's tokens among those that are named, in the list's own order. */
static enum result list_all(struct request *r, const struct bulk *b, struct rows *out)
{
	struct token_page page = {.user_id = r->identity.user_id,
	    .filters = ids_filter(r, b),
	    .sort = "{}",
	    .limit = (int64_t)b->count + 1};

	return token_list(r->db, r->arena, &page, out);
}

/* Where the element of this id stands that counts, the last one; b->count when there is none. */
static size_t place_of(const struct bulk *b, const char *id)
{
	for (size_t i = b->count; i > 0; i--)
		if (strcmp(b->ids[i - 1], id) == 0)
			return i - 1;
	return b->count;
}

/* Leaves the elements that count. What is unknown or not the caller's is skipped in silence (B 2.8), as the original
 * does it: before it is looked at, so that nothing in it can be wrong. The same goes for an element that a later one of
 * the same id replaces. */
static enum result keep_own(struct request *r, struct bulk *b)
{
	bool *counts = arena_alloc(r->arena, b->count + 1);
	size_t kept = 0;
	struct rows rows;
	enum result res = list_all(r, b, &rows);

	for (int i = 0; res == OK && i < rows.count && rows_text(&rows, i, "id"); i++)
		counts[place_of(b, rows_text(&rows, i, "id"))] = true;
	for (size_t i = 0; i < b->count; i++) {
		if (!counts[i])
			continue;
		b->items[kept] = b->items[i];
		memmove(b->ids[kept++], b->ids[i], sizeof(*b->ids));
	}
	b->count = kept;
	return res;
}

static enum result update_all(struct request *r, struct bulk *b, const struct token_change *changes)
{
	struct rows rows;
	enum result res = token_begin(r, false);

	if (res == OK)
		res = token_lock(r->db, r->arena, r->identity.user_id, ids_array(r, b));
	for (size_t i = 0; res == OK && i < b->count; i++)
		res = token_update(r->db, r->arena, r->peppers, r->identity.user_id, b->ids[i],
		    &changes[i], b->keys[i], &rows);
	return res;
}

/* What the tokens are now, read inside the transaction. */
static enum result show_all(struct request *r, const struct bulk *b, struct json_object *out)
{
	struct rows rows;
	enum result res = list_all(r, b, &rows);

	for (int i = 0; res == OK && i < rows.count && rows_text(&rows, i, "id"); i++)
		json_object_array_add(
		    out, token_json(r, &rows, i, b->keys[place_of(b, rows_text(&rows, i, "id"))]));
	return res;
}

/* Reads what counts; 0, or the 400 that was answered. */
static int read_changes(struct request *r, const struct bulk *b, struct token_change *changes)
{
	struct json_object *errors = arena_own_json(r->arena, json_object_new_object());

	if (!canonical(b))
		return reply_json(r, 400, field_general_error("No data provided"));
	for (size_t i = 0; i < b->count; i++)
		if (!token_read(r->arena, b->items[i], false, &changes[i], errors))
			return reply_json(r, 400, json_object_get(errors));
	return 0;
}

int api_token_bulk_update(struct request *r)
{
	struct json_object *out = arena_own_json(r->arena, json_object_new_array());
	struct token_change *changes;
	struct bulk b = {0};
	enum result res;
	int status = read_bulk(r, &b);

	if (status)
		return status;
	res = keep_own(r, &b);
	if (res != OK)
		return reply_result(r, res);
	changes = arena_alloc(r->arena, (b.count + 1) * sizeof(*changes));
	b.keys = arena_alloc(r->arena, (b.count + 1) * sizeof(*b.keys));
	status = read_changes(r, &b, changes);
	if (status)
		return status;
	res = update_all(r, &b, changes);
	if (res == OK)
		res = show_all(r, &b, out);
	if (res == OK)
		res = db_commit(r->db);
	if (res != OK)
		return tokens_refused(r, res, arena_own_json(r->arena, json_object_new_object()));
	log_info("tokens_changed", "count", log_num((int64_t)json_object_array_length(out)), "user",
	    r->identity.username);
	return reply_json(r, 200, json_object_get(out));
}

int api_token_bulk_delete(struct request *r)
{
	struct bulk b = {0};
	struct rows rows;
	const char *ids;
	enum result res;
	int status = read_bulk(r, &b);

	if (status)
		return status;
	ids = ids_array(r, &b);
	res = request_begin(r, NULL);
	if (res == OK)
		res = token_lock(r->db, r->arena, r->identity.user_id, ids);
	if (res == OK)
		res = token_delete(r->db, r->arena, r->identity.user_id, ids, &rows);
	if (res == OK)
		res = db_commit(r->db);
	db_rollback(r->db);
	if (res != OK)
		return reply_result(r, res);
	log_info("tokens_deleted", "count", log_num(rows.count), "user", r->identity.username);
	return reply_empty(r, 204);
}
