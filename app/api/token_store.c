/* token_store.c: one change of a caller's own token, as a transaction in the caller's name; the same for the API and
 * the pages. Before: api/tokens.c, web/tokens.c. After: model/token.c. */
#include "api/token.h"
#include "auth/login.h"
#include "base/log.h"
#include "http/actor.h"

/* Ends the transaction: what changed no row was not there. */
static enum result finish(
    struct request *r, enum result res, const struct rows *rows, const char *event)
{
	if (res == OK && rows->count == 0)
		res = NOT_FOUND;
	if (res == OK)
		res = db_commit(r->db);
	db_rollback(r->db);
	if (res == OK)
		log_info(event, "id", rows_text(rows, 0, "id"), "user", r->identity.username);
	return res;
}

enum result token_begin(struct request *r, bool adds)
{
	bool provisions = adds && r->identity.how == BY_BASIC;
	struct rows rows = {0};
	enum result res = request_begin(r, provisions ? "token_provisioned" : NULL);

	if (res == OK)
		res = db_write(
		    r->db, r->arena, Q_USER_MANAGES_TOKENS, &rows, DB_PARAMS(r->identity.user_id));
	if (res != OK || rows.count)
		return res;
	db_rollback(r->db);
	if (provisions)
		login_note_restricted(r, r->identity.username);
	return DENIED;
}

enum result token_add(struct request *r, const struct token_change *change,
    char key[2 * KEY_BYTES + 1], struct rows *out)
{
	enum result res = token_begin(r, true);

	*out = (struct rows){0};
	if (res == OK)
		res = token_create(
		    r->db, r->arena, r->peppers, r->identity.user_id, change, key, out);
	return finish(r, res, out, "token_created");
}

enum result token_edit(struct request *r, const char *id, const struct token_change *change,
    char key[2 * KEY_BYTES + 1], struct rows *out)
{
	enum result res = token_begin(r, false);

	*out = (struct rows){0};
	if (res == OK)
		res = token_update(
		    r->db, r->arena, r->peppers, r->identity.user_id, id, change, key, out);
	return finish(r, res, out, "token_changed");
}

enum result token_remove(struct request *r, const char *id)
{
	struct rows rows = {0};
	enum result res = request_begin(r, NULL);

	if (res == OK)
		res = token_delete(r->db, r->arena, r->identity.user_id,
		    arena_printf(r->arena, "{%s}", id), &rows);
	return finish(r, res, &rows, "token_deleted");
}
