/* password.c: argon2id. Before: auth/authenticate.c, cli/. After: libargon2. */
#include "auth/password.h"

#include <argon2.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define SALT_BYTES 16 /* RFC 9106 section 3.1 */
#define TAG_BYTES 32

const char *password_hash(const struct config *c, struct arena *a, const char *password, size_t n)
{
	uint32_t t = (uint32_t)c->argon2_time, m = (uint32_t)c->argon2_memory;
	uint32_t p = (uint32_t)c->argon2_lanes;
	size_t len = argon2_encodedlen(t, m, p, SALT_BYTES, TAG_BYTES, Argon2_id);
	char *out = arena_alloc(a, len);
	unsigned char salt[SALT_BYTES];
	int rc;

	randombytes_buf(salt, sizeof(salt));
	rc = argon2id_hash_encoded(t, m, p, password, n, salt, SALT_BYTES, TAG_BYTES, out, len);
	if (rc != ARGON2_OK) {
		log_error("hash_failed", "reason", argon2_error_message(rc));
		return NULL;
	}
	return out;
}

bool password_verify(const struct config *c, const char *hash, const char *password, size_t n)
{
	struct arena *a;
	int rc;

	if (hash) {
		rc = argon2id_verify(hash, password, n);
		if (rc != ARGON2_OK && rc != ARGON2_VERIFY_MISMATCH)
			log_error("hash_failed", "reason", argon2_error_message(rc));
		return rc == ARGON2_OK;
	}
	a = arena_new();
	password_hash(c, a, password, n);
	arena_free(a);
	return false;
}

bool password_is_stale(const struct config *c, const char *hash)
{
	char want[96];

	snprintf(want, sizeof(want), "$argon2id$v=19$m=%" PRId64 ",t=%" PRId64 ",p=%" PRId64 "$",
	    c->argon2_memory, c->argon2_time, c->argon2_lanes);
	return !text_starts(hash, want);
}

const char *password_refusal(
    const struct config *c, struct arena *a, const char *username, const char *password, size_t n)
{
	if (!utf8_valid(password, n) || memchr(password, '\0', n))
		return "The password must be valid UTF-8 text.";
	if (utf8_length(password, n) < (size_t)c->password_min_length)
		return arena_printf(a, "The password must have at least %" PRId64 " characters.",
		    c->password_min_length);
	if (n > PASSWORD_MAX)
		return "The password is too long.";
	if (ascii_equal_nocase(password, username))
		return "The password must not be the user name.";
	return NULL;
}
