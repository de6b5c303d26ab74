/* record.h: what users, groups and permissions have in common in the database: pages of JSON objects, and changes
 * given as JSON objects. The statements differ, their parameters and columns do not. No HTTP. */
#pragma once

#include "store/db.h"

struct json_object;

/* The statements of one kind of record: db/queries, NAME_page, NAME_save, NAME_remove, NAME_missing. */
struct record_queries {
	enum query page, save, remove, missing;
};

/* What to list: arrays as text[] literals, NULL for no condition. */
struct record_page {
	const char *ids, *names, *q;
	int64_t limit, offset;
};

/* *objects is an array (owned by the arena), *total counts all pages. */
enum result record_list(struct db *db, struct arena *a, const struct record_queries *q,
    const struct record_page *page, int64_t *total, struct json_object **objects);

/* One record by its canonical identifier; NOT_FOUND when there is none. */
enum result record_find(struct db *db, struct arena *a, const struct record_queries *q,
    const char *id, struct json_object **out);

/* Adds a record (id NULL) or changes the members given, inside the caller's transaction. *saved_id is in the arena.
 * OK, NOT_FOUND, CONFLICT or INVALID (db_constraint tells which rule), UNAVAILABLE, FAILED. */
enum result record_save(struct db *db, struct arena *a, const struct record_queries *q,
    const char *id, struct json_object *change, const char **saved_id);

/* Deletes a record inside the caller's transaction. Results as record_save. */
enum result record_remove(
    struct db *db, struct arena *a, const struct record_queries *q, const char *id);

/* Which of n identifiers no record has: *missing is the first, NULL when all are there. */
enum result record_missing(struct db *db, struct arena *a, const struct record_queries *q,
    const char *const *ids, size_t n, const char **missing);
