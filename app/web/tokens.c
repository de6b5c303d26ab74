/* tokens.c: a user's API tokens: see, add, edit, delete. Before: http/route.c. After: web/token_form.c, model/token.c. */
#include <inttypes.h>
#include <json-c/json.h>
#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "http/reply.h"
#include "web/form.h"
#include "web/page.h"
#include "web/token_form.h"
#include "web/web.h"

#define LIST "/user/api-tokens/"
#define PAGE_SIZE 500

static bool may_manage(const struct request *r)
{
	return r->identity.may_manage_tokens;
}

/* The token of the API, and what only people need to know of it. */
static struct json_object *describe(struct request *r, const struct rows *rows, int i)
{
	struct json_object *o = token_json(r, rows, i, NULL);
	int64_t expires = rows_time(rows, i, "expires");

	put_text(o, "created", web_time(r->arena, rows_time(rows, i, "created")));
	put_text(o, "expires", web_time(r->arena, expires));
	put_bool(o, "expired", expires != TIMESTAMP_NONE && expires <= timestamp_now());
	put_text(o, "last_used", web_time(r->arena, rows_time(rows, i, "last_used")));
	return o;
}

/* Links to the pages before and after. */
static void add_pager(struct request *r, struct json_object *data, int64_t total, int64_t offset)
{
	if (total <= PAGE_SIZE && offset == 0)
		return;
	put_text(data, "pager",
	    arena_printf(r->arena, "%" PRId64 " to %" PRId64 " of %" PRId64 " tokens",
		offset + (total > offset), offset + PAGE_SIZE < total ? offset + PAGE_SIZE : total,
		total));
	if (offset > 0)
		put_text(data, "previous",
		    db_int(r->arena, offset > PAGE_SIZE ? offset - PAGE_SIZE : 0));
	if (offset + PAGE_SIZE < total)
		put_text(data, "next", db_int(r->arena, offset + PAGE_SIZE));
}

int web_token_list(struct request *r)
{
	struct token_page page = {
	    .user_id = r->identity.user_id, .filters = "[]", .sort = "{}", .limit = PAGE_SIZE};
	const char *offset = params_last(&r->query, "offset");
	struct json_object *data, *tokens;
	struct rows rows;
	enum result res;

	if (offset && !parse_int64(offset, 0, INT32_MAX, &page.offset))
		page.offset = 0;
	res = token_list(r->db, r->arena, &page, &rows);
	if (res != OK)
		return reply_result(r, res);
	data = json_object_new_object();
	tokens = json_object_new_array();
	for (int i = 0; i < rows.count && rows_text(&rows, i, "id"); i++)
		json_object_array_add(tokens, describe(r, &rows, i));
	put_text(data, "title", "API Tokens");
	put_bool(data, "on_tokens", true);
	put_bool(data, "may_manage", may_manage(r));
	json_object_object_add(data, "tokens", tokens);
	add_pager(r, data, rows_int(&rows, 0, "total"), page.offset);
	return web_page(r, 200, "tokens", data);
}

/* The form for a new token (rows NULL) or an old one; data is the arena's. */
static int show_form(struct request *r, struct json_object *data, const struct rows *rows)
{
	const char *display = rows ? token_display(r->arena, rows, 0) : NULL;

	put_text(data, "title",
	    rows ? arena_printf(r->arena, "Editing token %s", display) : "Add a new token");
	put_bool(data, "on_tokens", true);
	put_bool(data, "editing", rows != NULL);
	return web_page(r, 200, "token_form", json_object_get(data));
}

int web_token_add_form(struct request *r)
{
	return show_form(r, token_form_data(r, NULL, NULL), NULL);
}

/* Tells of a token that was stored, with its key if that is new, and wipes the key. */
static void announce(
    struct request *r, const char *what, const struct rows *rows, char *key, size_t n)
{
	flash_add(r, "success",
	    arena_printf(r->arena, "%s token %s", what, token_display(r->arena, rows, 0)), key);
	sodium_memzero(key, n);
}

int web_token_add(struct request *r)
{
	struct token_change change;
	struct json_object *data;
	char key[2 * KEY_BYTES + 1];
	struct params form;
	struct rows rows;
	enum result res;

	request_form(r, &form);
	data = token_form_data(r, &form, NULL);
	if (!token_form_read(r, &form, NULL, &change, data))
		return show_form(r, data, NULL);
	res = token_add(r, &change, key, &rows);
	if (res != OK)
		token_form_refused(r, res, db_message(r->db), data);
	if (res == CONFLICT || res == INVALID)
		return show_form(r, data, NULL);
	if (res != OK)
		return reply_result(r, res);
	announce(r, "Created", &rows, key, sizeof(key));
	return web_go(r, params_last(&form, "_addanother") ? LIST "add/" : LIST);
}

/* The caller's own token that the path names; the answer is made when there is none. */
static bool find(struct request *r, struct rows *out)
{
	enum result res = token_find(r->db, r->arena, r->identity.user_id, r->name, out);

	if (res != OK)
		reply_result(r, res);
	return res == OK;
}

int web_token_edit_form(struct request *r)
{
	struct rows rows;

	if (!find(r, &rows))
		return r->reply.status;
	return show_form(r, token_form_data(r, NULL, &rows), &rows);
}

int web_token_edit(struct request *r)
{
	struct token_change change;
	struct json_object *data;
	char key[2 * KEY_BYTES + 1];
	struct params form;
	struct rows before, rows;
	enum result res;

	if (!find(r, &before))
		return r->reply.status;
	request_form(r, &form);
	data = token_form_data(r, &form, &before);
	if (!token_form_read(r, &form, &before, &change, data))
		return show_form(r, data, &before);
	res = token_edit(r, rows_text(&before, 0, "id"), &change, key, &rows);
	if (res != OK)
		token_form_refused(r, res, db_message(r->db), data);
	if (res == CONFLICT || res == INVALID)
		return show_form(r, data, &before);
	if (res != OK)
		return reply_result(r, res);
	announce(r, "Modified", &rows, key, sizeof(key));
	return web_go(r, LIST);
}

int web_token_delete_form(struct request *r)
{
	struct json_object *data;
	struct rows rows;

	if (!find(r, &rows))
		return r->reply.status;
	data = describe(r, &rows, 0);
	put_text(data, "title", "Delete token?");
	put_bool(data, "on_tokens", true);
	return web_page(r, 200, "token_delete", data);
}

int web_token_delete(struct request *r)
{
	struct params form;
	struct rows rows;
	enum result res;

	request_form(r, &form);
	if (!*form_value(&form, "confirm"))
		return web_token_delete_form(r);
	if (!find(r, &rows))
		return r->reply.status;
	res = token_remove(r, rows_text(&rows, 0, "id"));
	if (res != OK)
		return reply_result(r, res);
	flash_add(r, "success", "Token deleted", NULL);
	return web_go(r, LIST);
}
