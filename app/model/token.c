/* token.c: tokens in the database. Before: api/tokens.c, web/tokens.c, cli/. After: store/db.c. */
#include "model/token.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"

enum result token_list(
    struct db *db, struct arena *a, const struct token_page *page, struct rows *out)
{
	return db_read(db, a, Q_TOKEN_LIST, out,
	    DB_PARAMS(page->user_id, page->filters, page->digests, page->sort,
		db_int(a, page->limit), db_int(a, page->offset)));
}

/* What the database keeps of a key. */
struct stored_key {
	const char *digest, *pepper, *tail;
};

/* The unique index knows only digests under one pepper, so the others are looked for first. */
static enum result key_store(struct db *db, struct arena *a, const struct peppers *p,
    const unsigned char key[KEY_BYTES], const char *own_id, struct stored_key *out)
{
	unsigned char digest[DIGEST_BYTES];
	struct rows rows;
	int number;
	enum result res =
	    db_read(db, a, Q_TOKEN_KEY_TAKEN, &rows, DB_PARAMS(peppers_digests(p, a, key), own_id));

	if (res != OK)
		return res;
	if (rows_bool(&rows, 0, "taken"))
		return CONFLICT;
	peppers_sign(p, key, digest, &number);
	out->digest = db_bytea(a, digest, sizeof(digest));
	out->pepper = db_int(a, number);
	out->tail = format_hex(a, key + KEY_BYTES - 3, 3);
	return OK;
}

enum result token_find(
    struct db *db, struct arena *a, const char *user_id, const char *id, struct rows *out)
{
	struct token_page page = {.user_id = user_id, .sort = "{}", .limit = 1};
	char canonical[37];
	enum result res;

	if (!parse_uuid(id, canonical))
		return NOT_FOUND;
	page.filters =
	    arena_printf(a, "[{\"field\":\"id\",\"op\":\"\",\"vals\":[\"%s\"]}]", canonical);
	res = token_list(db, a, &page, out);
	if (res == OK && !rows_text(out, 0, "id"))
		return NOT_FOUND;
	return res;
}

enum result token_create(struct db *db, struct arena *a, const struct peppers *p,
    const char *user_id, const struct token_change *c, char key_hex[2 * KEY_BYTES + 1],
    struct rows *out)
{
	unsigned char key[KEY_BYTES];
	struct stored_key stored;
	enum result res;

	if (c->has_key)
		memcpy(key, c->key, sizeof(key));
	else
		randombytes_buf(key, sizeof(key));
	sodium_bin2hex(key_hex, 2 * KEY_BYTES + 1, key, sizeof(key));
	res = key_store(db, a, p, key, NULL, &stored);
	sodium_memzero(key, sizeof(key));
	if (res != OK)
		return res;
	return db_write(db, a, Q_TOKEN_INSERT, out,
	    DB_PARAMS(user_id, stored.digest, stored.pepper, stored.tail,
		c->has_expires ? db_time(a, c->expires) : NULL,
		db_bool(!c->has_write_enabled || c->write_enabled),
		c->description ? c->description : "", c->allowed_ips ? c->allowed_ips : "{}"));
}

enum result token_update(struct db *db, struct arena *a, const struct peppers *p,
    const char *user_id, const char *id, const struct token_change *c,
    char key_hex[2 * KEY_BYTES + 1], struct rows *out)
{
	struct stored_key stored = {0};
	enum result res;

	key_hex[0] = '\0';
	if (c->has_key) {
		res = key_store(db, a, p, c->key, id, &stored);
		if (res != OK)
			return res;
		sodium_bin2hex(key_hex, 2 * KEY_BYTES + 1, c->key, KEY_BYTES);
	}
	return db_write(db, a, Q_TOKEN_UPDATE, out,
	    DB_PARAMS(id, user_id, stored.digest, stored.pepper, stored.tail,
		db_bool(c->has_expires), c->has_expires ? db_time(a, c->expires) : NULL,
		c->has_write_enabled ? db_bool(c->write_enabled) : NULL, c->description,
		c->allowed_ips));
}

enum result token_lock(struct db *db, struct arena *a, const char *user_id, const char *ids)
{
	struct rows rows;

	return db_write(db, a, Q_TOKEN_LOCK, &rows, DB_PARAMS(user_id, ids));
}

enum result token_delete(
    struct db *db, struct arena *a, const char *user_id, const char *ids, struct rows *out)
{
	return db_write(db, a, Q_TOKEN_DELETE, out, DB_PARAMS(user_id, ids));
}
