/* password.h: argon2id (RFC 9106) hashes of passwords, in the parameters of the configuration. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/config.h"

#define PASSWORD_MAX 4096 /* bytes */

/* "$argon2id$v=19$m=…,t=…,p=…$salt$hash", in the arena. NULL when memory for it is not to be had. */
const char *password_hash(const struct config *c, struct arena *a, const char *password, size_t n);

/* Whether the password fits the hash. With a NULL hash (unknown user, or one without a password) a hash of
 * the same cost is computed and the answer is false. */
bool password_verify(const struct config *c, const char *hash, const char *password, size_t n);

/* Whether the hash was made with other parameters than the configured ones. */
bool password_is_stale(const struct config *c, const char *hash);

/* Why a new password is not acceptable (a sentence for the user), or NULL: length (OWASP ASVS 2.1: at
 * least 8, no composition rules), valid UTF-8, not the user name. */
const char *password_refusal(
    const struct config *c, struct arena *a, const char *username, const char *password, size_t n);
