/* flash.c: messages for the next page, kept with the session. Before: web/ handlers. After: store/db.c. */
#include <json-c/json.h>
#include <sodium.h>
#include <string.h>

#include "model/pepper.h"
#include "auth/session.h"
#include "base/text.h"
#include "http/reply.h"
#include "store/db.h"
#include "web/page.h"

#define KEY_HEX (2 * KEY_BYTES)
#define SEALED_BYTES (crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + KEY_HEX)
#define GOODBYE_COOKIE "signedout"

/* Encrypts a key under the session id (XSalsa20-Poly1305), as hex. */
static const char *seal(struct request *r, const char *key)
{
	unsigned char secret[SESSION_SUBKEY_BYTES], sealed[SEALED_BYTES];

	session_subkey(r, "flash", secret);
	randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, (const unsigned char *)key,
	    KEY_HEX, sealed, secret);
	sodium_memzero(secret, sizeof(secret));
	return format_hex(r->arena, sealed, sizeof(sealed));
}

/* The key, or NULL when it was not sealed by this session. */
static const char *unseal(struct request *r, const char *hex)
{
	unsigned char secret[SESSION_SUBKEY_BYTES], sealed[SEALED_BYTES];
	char *key = arena_alloc(r->arena, KEY_HEX + 1);
	int wrong;

	if (!parse_hex(hex, sealed, sizeof(sealed)))
		return NULL;
	session_subkey(r, "flash", secret);
	wrong =
	    crypto_secretbox_open_easy((unsigned char *)key, sealed + crypto_secretbox_NONCEBYTES,
		SEALED_BYTES - crypto_secretbox_NONCEBYTES, sealed, secret);
	sodium_memzero(secret, sizeof(secret));
	return wrong ? NULL : key;
}

static struct json_object *message(const char *level, const char *text)
{
	struct json_object *o = json_object_new_object();

	put_text(o, "level", level);
	put_text(o, "text", text);
	return o;
}

const char *flash_first(struct arena *a, const char *level, const char *text)
{
	struct json_object *list = arena_own_json(a, json_object_new_array());

	json_object_array_add(list, message(level, text));
	return json_object_to_json_string(list);
}

void flash_add(struct request *r, const char *level, const char *text, const char *key)
{
	struct json_object *o = arena_own_json(r->arena, message(level, text));
	struct rows rows;

	if (key && *key)
		put_text(o, "sealed", seal(r, key));
	db_write(r->db, r->arena, Q_FLASH_ADD, &rows,
	    DB_PARAMS(r->identity.session_id, json_object_to_json_string(o)));
}

static void set_goodbye(struct request *r, const char *value, int seconds)
{
	reply_header(r, "Set-Cookie",
	    arena_printf(r->arena, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
		GOODBYE_COOKIE, value, seconds, strcmp(r->scheme, "https") == 0 ? "; Secure" : ""));
}

/* Without a session there is one message only, in a cookie that holds no text. */
static void take_goodbye(struct request *r, struct json_object *list)
{
	const char *cookie = request_cookie(r, GOODBYE_COOKIE);

	if (!cookie || r->identity.how == BY_SESSION)
		return;
	json_object_array_add(list, message("info", "You have logged out."));
	set_goodbye(r, "", 0);
}

struct json_object *flash_take(struct request *r)
{
	struct json_object *list = NULL;
	struct rows rows;

	if (r->identity.has_flash && strcmp(r->method, "GET") == 0 &&
	    db_write(r->db, r->arena, Q_FLASH_TAKE, &rows, DB_PARAMS(r->identity.session_id)) ==
		OK &&
	    rows.count == 1)
		list = json_tokener_parse(rows_text(&rows, 0, "flash"));
	if (!list)
		list = json_object_new_array();
	take_goodbye(r, list);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i), *sealed;

		if (json_object_object_get_ex(o, "sealed", &sealed) && sealed)
			put_text(o, "new_key", unseal(r, json_object_get_string(sealed)));
	}
	return list;
}

void flash_goodbye(struct request *r)
{
	set_goodbye(r, "1", 60);
}
