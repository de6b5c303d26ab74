/* session.c: the session cookie. Before: auth/authenticate.c, http/route.c. After: store/db.c. */
#include "auth/session.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"

#define SESSION_KEY_BYTES 32

const char *session_cookie(struct request *r)
{
	bool https = strcmp(r->scheme, "https") == 0;
	const char *value = request_cookie(r, https ? "__Host-sessionid" : "sessionid");
	unsigned char key[SESSION_KEY_BYTES];

	return value && parse_hex(value, key, sizeof(key)) ? value : NULL;
}

enum result session_find(struct request *r, const char *key, const char *object_type,
    const char *action, struct rows *out)
{
	unsigned char raw[SESSION_KEY_BYTES], digest[crypto_hash_sha256_BYTES];

	parse_hex(key, raw, sizeof(raw));
	crypto_hash_sha256(digest, raw, sizeof(raw));
	sodium_memzero(raw, sizeof(raw));
	return db_read(r->db, r->arena, Q_SESSION_BY_DIGEST, out,
	    DB_PARAMS(db_bytea(r->arena, digest, sizeof(digest)),
		db_int(r->arena, r->config->session_idle),
		db_int(r->arena, r->config->session_absolute), object_type, action));
}

const char *session_csrf_refusal(struct request *r)
{
	(void)r;
	return "CSRF token missing.";
}
