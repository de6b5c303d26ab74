/* tokens.c: /api/users/tokens/, single tokens and the list. Before: http/route.c. After: api/token_read.c,
 * api/token_query.c, model/token.c. Several tokens at once: api/tokens_bulk.c. */
#include <json-c/json.h>
#include <sodium.h>
#include <string.h>

#include "api/api.h"
#include "api/object.h"
#include "api/page.h"
#include "api/token.h"
#include "api/tokens.h"
#include "base/text.h"
#include "http/field.h"
#include "http/reply.h"

static bool wants_brief(struct request *r)
{
	const char *brief = params_last(&r->query, "brief");

	return brief && *brief && strcmp(r->method, "GET") == 0;
}

static struct json_object *shown(struct request *r, const struct rows *rows, int row)
{
	return wants_brief(r) ? token_json_brief(r, rows, row) : token_json(r, rows, row, NULL);
}

int api_token_list(struct request *r)
{
	struct token_page page = {.user_id = r->identity.user_id};
	struct json_object *results;
	struct rows rows;
	enum result res;
	int status = token_query(r, &page);

	if (status)
		return status;
	res = token_list(r->db, r->arena, &page, &rows);
	if (res == INVALID) /* only a regular expression can be wrong still */
		return token_query_invalid(r);
	if (res != OK)
		return reply_result(r, res);
	results = json_object_new_array();
	for (int i = 0; i < rows.count && rows_text(&rows, i, "id"); i++)
		json_object_array_add(results, shown(r, &rows, i));
	return reply_json(
	    r, 200, page_json(r, rows_int(&rows, 0, "total"), page.limit, page.offset, results));
}

/* The caller's own token that the path names. */
static enum result find(struct request *r, struct rows *out)
{
	return token_find(r->db, r->arena, r->identity.user_id, r->name, out);
}

/* The query is checked as the list's is, but filters nothing: the path says which token is meant. */
int api_token_show(struct request *r)
{
	struct token_page ignored = {0};
	int status = token_query(r, &ignored);
	struct rows rows;
	enum result res;

	if (status)
		return status;
	res = find(r, &rows);
	if (res != OK)
		return reply_result(r, res);
	return reply_json(r, 200, shown(r, &rows, 0));
}

int tokens_refused(struct request *r, enum result res, struct json_object *errors)
{
	db_rollback(r->db);
	if (res != CONFLICT && res != INVALID)
		return reply_result(r, res);
	field_error(errors, "key", "Token with this Key already exists.");
	if (res == INVALID) {
		json_object_object_del(errors, "key");
		field_error(errors, "non_field_errors", db_message(r->db));
	}
	return reply_json(r, 400, json_object_get(errors));
}

static int create_one(struct request *r, struct json_object *o)
{
	struct json_object *errors = arena_own_json(r->arena, json_object_new_object());
	struct token_change change;
	char key[2 * KEY_BYTES + 1];
	struct json_object *token;
	struct rows rows;
	enum result res;

	if (!token_read(r->arena, o, true, &change, errors))
		return reply_json(r, 400, json_object_get(errors));
	res = token_add(r, &change, key, &rows);
	if (res != OK)
		return tokens_refused(r, res, errors);
	token = token_json(r, &rows, 0, key);
	sodium_memzero(key, sizeof(key));
	reply_header(r, "Location", json_object_get_string(json_object_object_get(token, "url")));
	return reply_json(r, 201, token);
}

int api_token_create(struct request *r)
{
	struct json_object *body;
	int status = object_read_any(r, &body);

	if (status)
		return status;
	if (json_object_is_type(body, json_type_array))
		return tokens_bulk_create(r, body);
	return json_object_is_type(body, json_type_object) ? create_one(r, body)
							   : object_refuse(r, body);
}

int api_token_update(struct request *r)
{
	struct json_object *body, *errors = arena_own_json(r->arena, json_object_new_object());
	struct token_change change;
	char key[2 * KEY_BYTES + 1];
	struct rows rows;
	enum result res = find(r, &rows);
	int status;

	if (res != OK)
		return reply_result(r, res);
	status = object_read(r, &body);
	if (status)
		return status;
	if (!token_read(r->arena, body, false, &change, errors))
		return reply_json(r, 400, json_object_get(errors));
	res = token_edit(r, rows_text(&rows, 0, "id"), &change, key, &rows);
	if (res != OK)
		return tokens_refused(r, res, errors);
	status = reply_json(r, 200, token_json(r, &rows, 0, key));
	sodium_memzero(key, sizeof(key));
	return status;
}

int api_token_delete(struct request *r)
{
	char id[37];
	enum result res = parse_uuid(r->name, id) ? token_remove(r, id) : NOT_FOUND;

	return res == OK ? reply_empty(r, 204) : reply_result(r, res);
}
