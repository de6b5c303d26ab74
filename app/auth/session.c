/* session.c: the session cookie and what it stands for. Before: auth/authenticate.c, web/. After: auth/csrf.c,
 * store/db.c. */
#include "auth/session.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "http/reply.h"

#define SESSION_KEY_BYTES 32

static bool is_https(const struct request *r)
{
	return strcmp(r->scheme, "https") == 0;
}

static const char *cookie_name(const struct request *r)
{
	return is_https(r) ? "__Host-sessionid" : "sessionid";
}

const char *session_cookie(struct request *r)
{
	const char *value = request_cookie(r, cookie_name(r));
	unsigned char key[SESSION_KEY_BYTES];

	return value && parse_hex(value, key, sizeof(key)) ? value : NULL;
}

bool session_cookie_sent(struct request *r)
{
	return request_cookie(r, cookie_name(r)) != NULL;
}

/* A session id as the database knows it. */
static const char *digest_of(struct arena *a, const char *key)
{
	unsigned char raw[SESSION_KEY_BYTES], digest[crypto_hash_sha256_BYTES];

	parse_hex(key, raw, sizeof(raw));
	crypto_hash_sha256(digest, raw, sizeof(raw));
	sodium_memzero(raw, sizeof(raw));
	return db_bytea(a, digest, sizeof(digest));
}

enum result session_find(struct request *r, const char *key, const char *object_type,
    const char *action, struct rows *out)
{
	return db_read(r->db, r->arena, Q_SESSION_BY_DIGEST, out,
	    DB_PARAMS(digest_of(r->arena, key), db_int(r->arena, r->config->session_idle),
		db_int(r->arena, r->config->session_absolute), object_type, action));
}

static const char *client_address(const struct request *r)
{
	return *r->remote_addr ? r->remote_addr : NULL;
}

static const char *user_agent(struct request *r)
{
	const char *sent = request_param(r, "HTTP_USER_AGENT");
	size_t n = sent ? strlen(sent) : 0;

	return sent ? utf8_replace(r->arena, sent, &n) : "";
}

/* A random session id, as the cookie has it. */
static const char *new_key(struct arena *a)
{
	unsigned char raw[SESSION_KEY_BYTES];
	const char *key;

	randombytes_buf(raw, sizeof(raw));
	key = format_hex(a, raw, sizeof(raw));
	sodium_memzero(raw, sizeof(raw));
	return key;
}

enum result session_renew(struct request *r, const char *message)
{
	const char *key = new_key(r->arena);
	struct rows rows;
	enum result res = db_write(r->db, r->arena, Q_SESSION_RENEW, &rows,
	    DB_PARAMS(r->identity.session_id, digest_of(r->arena, key), message));

	if (res == OK && rows.count == 0)
		res = DENIED;
	if (res == OK)
		r->identity.session_key = key;
	return res;
}

enum result session_start(
    struct request *r, const char *user_id, const char *username, const char *message)
{
	const char *old = session_cookie(r), *key = new_key(r->arena);
	struct rows rows;
	enum result res = OK;

	if (old)
		res = db_write(
		    r->db, r->arena, Q_SESSION_REPLACE, &rows, DB_PARAMS(digest_of(r->arena, old)));
	if (res != OK)
		return res;
	res = db_write(r->db, r->arena, Q_SESSION_INSERT, &rows,
	    DB_PARAMS(
		user_id, digest_of(r->arena, key), client_address(r), user_agent(r), message));
	if (res != OK)
		return res;
	r->identity = (struct identity){.how = BY_SESSION,
	    .user_id = user_id,
	    .username = username,
	    .write_enabled = true,
	    .session_id = rows_text(&rows, 0, "id"),
	    .session_key = key};
	return OK;
}

static void set_cookie(struct request *r, const char *value, int64_t seconds)
{
	reply_header(r, "Set-Cookie",
	    arena_printf(r->arena, "%s=%s; Path=/; Max-Age=%s; HttpOnly; SameSite=Lax%s",
		cookie_name(r), value, db_int(r->arena, seconds), is_https(r) ? "; Secure" : ""));
}

void session_send_cookie(struct request *r)
{
	set_cookie(r, r->identity.session_key, r->config->session_absolute);
}

void session_clear_cookie(struct request *r)
{
	set_cookie(r, "", 0);
}

/* Failures do not matter: the next sign-in tries again. */
static void sweep(struct request *r)
{
	const struct actor actor = {.request_id = r->id, .action = "session_expired"};
	struct rows rows;

	if (db_begin(r->db, r->arena, &actor) == OK &&
	    db_write(r->db, r->arena, Q_SESSION_SWEEP, &rows,
		DB_PARAMS(db_int(r->arena, r->config->session_idle),
		    db_int(r->arena, r->config->session_absolute))) == OK)
		db_commit(r->db);
	db_rollback(r->db);
}

enum result session_sign_in(struct request *r, const struct login *login, const char *message)
{
	const struct identity before = r->identity;
	const struct actor actor = {.user_id = login->user_id,
	    .username = login->username,
	    .request_id = r->id,
	    .address = client_address(r),
	    .action = "login"};
	struct rows rows;
	enum result res = db_begin(r->db, r->arena, &actor);

	if (res == OK)
		res = db_write(r->db, r->arena, Q_USER_SIGNED_IN, &rows,
		    DB_PARAMS(login->user_id, login->password_hash));
	if (res == OK && rows.count == 0)
		res = DENIED;
	if (res == OK)
		res = session_start(r, login->user_id, login->username, message);
	if (res == OK)
		res = db_commit(r->db);
	db_rollback(r->db);
	if (res != OK) {
		r->identity = before;
		return res;
	}
	session_send_cookie(r);
	sweep(r);
	return OK;
}

enum result session_end(struct request *r, const char *id, const char *keep, const char *action)
{
	const struct identity *who = &r->identity;
	const struct actor actor = {.user_id = who->user_id,
	    .username = who->username,
	    .session_id = who->session_id,
	    .request_id = r->id,
	    .address = client_address(r),
	    .action = action};
	struct rows rows = {0};
	enum result res = db_begin(r->db, r->arena, &actor);

	if (res == OK)
		res = db_write(
		    r->db, r->arena, Q_SESSION_END, &rows, DB_PARAMS(who->user_id, id, keep));
	if (res == OK)
		res = db_commit(r->db);
	db_rollback(r->db);
	return res == OK && rows.count == 0 ? NOT_FOUND : res;
}

void session_subkey(
    const struct request *r, const char *purpose, unsigned char out[SESSION_SUBKEY_BYTES])
{
	unsigned char key[SESSION_KEY_BYTES];

	parse_hex(r->identity.session_key, key, sizeof(key));
	crypto_auth_hmacsha256(out, (const unsigned char *)purpose, strlen(purpose), key);
	sodium_memzero(key, sizeof(key));
}
