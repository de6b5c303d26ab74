/* login.c: checks a password. Before: auth/authenticate.c, web/login.c. After: auth/password.c, store/db.c. */
#include "auth/login.h"

#include <string.h>

#include "auth/password.h"
#include "base/log.h"
#include "base/text.h"
#include "model/pepper.h"
#include "store/db.h"

#define UNKNOWN "(unknown)" /* in place of a name that nobody has: it may be a password or a key */

/* Counts this try before the hash is computed, so that parallel tries cannot slip through. limit: of the name, 0: only the
 * address counts. *named is the name as it may be written down. */
static enum result throttle(
    struct request *r, const char *username, int limit, int *wait, const char **named)
{
	struct rows rows;
	enum result res = db_write(r->db, r->arena, Q_LOGIN_ATTEMPT, &rows,
	    DB_PARAMS(username, *r->remote_addr ? r->remote_addr : NULL, db_int(r->arena, limit),
		db_int(r->arena, r->config->login_address_limit),
		db_int(r->arena, r->config->login_window),
		peppers_derive(r->peppers, r->arena, "login names")));

	if (res != OK)
		return res;
	*wait = (int)rows_int(&rows, 0, "wait");
	*named = rows_bool(&rows, 0, "known") ? username : UNKNOWN;
	return OK;
}

/* Records why, for the log and the audit; the client learns less. */
static enum result failed(struct request *r, const char *username, const char *reason)
{
	struct rows rows;

	log_warn("login_failed", "user", username, "address", r->remote_addr, "reason", reason);
	db_write(r->db, r->arena, Q_AUDIT_FAILURE, &rows,
	    DB_PARAMS(
		"login_failed", username, *r->remote_addr ? r->remote_addr : NULL, r->id, reason));
	return DENIED;
}

/* What no user can have sent is not looked at, but counts for the address. */
static enum result overlong(struct request *r, int *wait)
{
	const char *named;
	enum result res = throttle(r, UNKNOWN, 0, wait, &named);

	return res == OK ? failed(r, UNKNOWN, *wait ? "throttled" : "overlong") : res;
}

void login_note_restricted(struct request *r, const char *username)
{
	struct rows rows;

	log_warn("provisioning_refused", "user", username, "address", r->remote_addr);
	db_write(r->db, r->arena, Q_AUDIT_FAILURE, &rows,
	    DB_PARAMS("provisioning_refused", username, *r->remote_addr ? r->remote_addr : NULL,
		r->id, "restricted"));
}

/* Hashes made with other parameters are replaced now that the password is at hand. The hash that the user has then. */
static const char *rehash(
    struct request *r, const struct rows *user, const char *password, size_t n)
{
	struct actor actor = {.user_id = rows_text(user, 0, "id"),
	    .username = rows_text(user, 0, "username"),
	    .request_id = r->id,
	    .action = "password_rehashed"};
	struct rows rows;
	const char *old = rows_text(user, 0, "password_hash"), *hash;
	bool replaced;

	if (!password_is_stale(r->config, old))
		return old;
	hash = password_hash(r->config, r->arena, password, n);
	if (!hash || db_begin(r->db, r->arena, &actor) != OK)
		return old;
	replaced = db_write(r->db, r->arena, Q_USER_REHASH, &rows,
		       DB_PARAMS(actor.user_id, hash, old)) == OK &&
		   rows.count == 1 && db_commit(r->db) == OK;
	db_rollback(r->db);
	return replaced ? hash : old;
}

/* Names that cannot exist are not looked up, but cost the same. */
static enum result find_user(struct request *r, const char *username, struct rows *out)
{
	return db_read(r->db, r->arena, Q_USER_BY_NAME, out, DB_PARAMS(username));
}

enum result login_check(
    struct request *r, const char *username, const char *password, size_t n, struct login *out)
{
	struct rows user, rows;
	const char *hash, *named;
	bool fits;
	enum result res;

	*out = (struct login){0};
	if (strlen(username) > 600 || n > PASSWORD_MAX) /* no name of 150 characters is longer */
		return overlong(r, &out->wait);
	res = throttle(r, username, r->config->login_limit, &out->wait, &named);
	if (res != OK)
		return res;
	if (out->wait)
		return failed(r, named, "throttled");
	res = find_user(r, username, &user);
	if (res != OK)
		return res;
	hash = user.count ? rows_text(&user, 0, "password_hash") : NULL;
	fits = password_verify(r->config, hash, password, n);
	if (!fits)
		return failed(r, named,
		    !user.count ? "unknown_user"
		    : hash	? "wrong_password"
				: "no_password");
	if (!rows_bool(&user, 0, "is_active"))
		return failed(r, named, "inactive");
	db_write(r->db, r->arena, Q_LOGIN_SUCCEEDED, &rows,
	    DB_PARAMS(username, *r->remote_addr ? r->remote_addr : NULL));
	out->password_hash = rehash(r, &user, password, n);
	out->user_id = rows_text(&user, 0, "id");
	out->username = rows_text(&user, 0, "username");
	out->is_superuser = rows_bool(&user, 0, "is_superuser");
	out->may_manage_tokens = rows_bool(&user, 0, "may_manage_tokens");
	return OK;
}
