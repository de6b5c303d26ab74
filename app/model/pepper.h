/* pepper.h: the secrets outside the database that key digests are made with. The file has a line
 * "NUMBER HEX" for each: 1 to 32767, 64 hex digits (32 bytes). The highest number signs new tokens (but see peppers_follow), all verify. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define KEY_BYTES 20 /* of a token: 160 bits */
#define DIGEST_BYTES 32 /* HMAC-SHA-256 (RFC 2104, RFC 6234) */

struct peppers;

/* Reads the file; NULL with *problem (a sentence that names the file, never its content) otherwise.
 * Owner: the caller, until peppers_free. The memory is kept out of core dumps and swap where possible. */
struct peppers *peppers_load(const char *path, const char **problem);
void peppers_free(struct peppers *p);

/* Makes the file with one random pepper, number 1, mode 0600, never over an existing one. As root, with the name
 * of the user that serves (or ""), it becomes that user's. */
bool peppers_create(const char *path, const char *user, const char **problem);

/* The newest pepper's number. */
int peppers_newest(const struct peppers *p);

/* From now on the pepper of this number signs, if it is there, else the newest. The number is read anew for each
 * signature: processes that share it change over together, when all of them know the new pepper. */
void peppers_follow(struct peppers *p, const _Atomic int *number);

/* The digest of a key under the pepper that signs, and that pepper's number. */
void peppers_sign(const struct peppers *p, const unsigned char key[KEY_BYTES],
    unsigned char digest[DIGEST_BYTES], int *number);

/* A secret made from the oldest pepper for another use, which the label names; 64 hex digits. */
const char *peppers_derive(const struct peppers *p, struct arena *a, const char *label);

/* The digests of a key under all peppers, newest first, as a PostgreSQL bytea[] literal. */
const char *peppers_digests(
    const struct peppers *p, struct arena *a, const unsigned char key[KEY_BYTES]);
