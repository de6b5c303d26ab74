/* token.h: what an API token is: its rules and its SQL. No HTTP. Rows carry the columns id, tail, username,
 * created, expires, write_enabled, description, last_used and allowed_ips (comma separated). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/pepper.h"
#include "store/db.h"

#define TOKEN_DESCRIPTION_MAX 200 /* code points */
#define TOKEN_NETWORKS_MAX 100

/* What a caller wants to set; what has no has_… keeps its value, or its default in a new token. */
struct token_change {
	bool has_key; /* else: a new token gets a random key, an old one keeps its own */
	unsigned char key[KEY_BYTES];
	bool has_expires;
	int64_t expires; /* microseconds, TIMESTAMP_NONE: never */
	bool has_write_enabled, write_enabled;
	const char *description; /* NULL: not given */
	const char *allowed_ips; /* cidr[] literal, NULL: not given */
};

/* Lists a user's own tokens. filters: JSON for token_matches, "[]" for all; digests: bytea[] literal or NULL;
 * sort: text[] literal. The column total counts all pages; the id of the only row is NULL when the page is empty. */
struct token_page {
	const char *user_id, *filters, *digests, *sort;
	int64_t limit, offset;
};
enum result token_list(
    struct db *db, struct arena *a, const struct token_page *page, struct rows *out);

/* A user's own token by its identifier, in any spelling; NOT_FOUND also for what is no identifier. */
enum result token_find(
    struct db *db, struct arena *a, const char *user_id, const char *id, struct rows *out);

/* Creates a token inside the caller's transaction; key_hex[41] receives the key, the only time it is known.
 * OK, CONFLICT (the key is in use), INVALID, UNAVAILABLE, FAILED. */
enum result token_create(struct db *db, struct arena *a, const struct peppers *p,
    const char *user_id, const struct token_change *c, char key_hex[2 * KEY_BYTES + 1],
    struct rows *out);

/* Changes a user's own token inside the caller's transaction; zero rows: no such token. key_hex is set ("" when
 * the key stays). Results as token_create. */
enum result token_update(struct db *db, struct arena *a, const struct peppers *p,
    const char *user_id, const char *id, const struct token_change *c,
    char key_hex[2 * KEY_BYTES + 1], struct rows *out);

/* Locks those of a user's own tokens that an uuid[] literal lists, in one order whoever asks: what is to change or delete
 * several of them does this first, or two of that kind could wait for each other. */
enum result token_lock(struct db *db, struct arena *a, const char *user_id, const char *ids);

/* Deletes a user's own tokens of an uuid[] literal inside the caller's transaction; a row for each deleted. */
enum result token_delete(
    struct db *db, struct arena *a, const char *user_id, const char *ids, struct rows *out);
