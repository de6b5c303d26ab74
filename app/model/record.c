/* record.c: users, groups and permissions in the database. Before: api/resource.c. After: store/db.c. */
#include "model/record.h"

#include <json-c/json.h>

#include "base/log.h"

enum result record_list(struct db *db, struct arena *a, const struct record_queries *q,
    const struct record_page *page, int64_t *total, struct json_object **objects)
{
	struct rows rows;
	enum result res = db_read(db, a, q->page, &rows,
	    DB_PARAMS(
		page->ids, page->names, page->q, db_int(a, page->limit), db_int(a, page->offset)));

	if (res != OK)
		return res;
	*total = rows_int(&rows, 0, "total");
	*objects = arena_own_json(a, json_tokener_parse(rows_text(&rows, 0, "objects")));
	if (json_object_is_type(*objects, json_type_array))
		return OK;
	log_error("bad_json_from_database");
	return FAILED;
}

enum result record_find(struct db *db, struct arena *a, const struct record_queries *q,
    const char *id, struct json_object **out)
{
	const struct record_page page = {.ids = db_array(a, &id, 1), .limit = 1};
	struct json_object *objects;
	int64_t total;
	enum result res = record_list(db, a, q, &page, &total, &objects);

	if (res != OK)
		return res;
	if (json_object_array_length(objects) == 0)
		return NOT_FOUND;
	*out = json_object_array_get_idx(objects, 0);
	return OK;
}

/* The column id of the only row; NOT_FOUND without one. */
static enum result take_id(
    struct arena *a, enum result res, const struct rows *rows, const char **out)
{
	const char *id = res == OK && rows->count ? rows_text(rows, 0, "id") : NULL;

	if (res == OK && !id)
		return NOT_FOUND;
	if (res == OK)
		*out = arena_strdup(a, id);
	return res;
}

enum result record_save(struct db *db, struct arena *a, const struct record_queries *q,
    const char *id, struct json_object *change, const char **saved_id)
{
	const char *text = json_object_to_json_string_ext(change, JSON_C_TO_STRING_PLAIN);
	struct rows rows;
	enum result res = db_write(db, a, q->save, &rows, DB_PARAMS(id, text));

	return take_id(a, res, &rows, saved_id);
}

enum result record_remove(
    struct db *db, struct arena *a, const struct record_queries *q, const char *id)
{
	const char *removed;
	struct rows rows;
	enum result res = db_write(db, a, q->remove, &rows, DB_PARAMS(id));

	return take_id(a, res, &rows, &removed);
}

enum result record_missing(struct db *db, struct arena *a, const struct record_queries *q,
    const char *const *ids, size_t n, const char **missing)
{
	struct rows rows;
	enum result res = db_read(db, a, q->missing, &rows, DB_PARAMS(db_array(a, ids, n)));

	*missing = res == OK && rows.count ? rows_text(&rows, 0, "id") : NULL;
	return res;
}
