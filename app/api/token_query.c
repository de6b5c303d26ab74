/* token_query.c: filters, order and paging of the token list (wire.md B 2.3 with A2.3 and A2.8). Before:
 * api/tokens.c. After: model/token.c. */
#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "api/page.h"
#include "api/token.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "http/field.h"
#include "http/json.h"
#include "http/reply.h"

#define SORT_FIELDS 3 /* as many as the statement takes */

enum kind { IS_TEXT, IS_ID, IS_TIME, IS_BOOL, IS_SEARCH, IS_KEY, IS_OTHER };

/* What may stand in the query. IS_OTHER: known, but no filter. */
static const struct {
	const char *name;
	enum kind kind;
} fields[] = {
    {"q", IS_SEARCH},
    {"id", IS_ID},
    {"key", IS_KEY},
    {"write_enabled", IS_BOOL},
    {"created", IS_TIME},
    {"expires", IS_TIME},
    {"last_used", IS_TIME},
    {"description", IS_TEXT},
    {"limit", IS_OTHER},
    {"offset", IS_OTHER},
    {"sort", IS_OTHER},
    {"format", IS_OTHER},
    {"api_version", IS_OTHER},
    {"brief", IS_OTHER},
    {"depth", IS_OTHER},
    {"exclude_m2m", IS_OTHER},
    {"include", IS_OTHER},
};

static const char *const text_ops[] = {"", "n", "ic", "nic", "isw", "nisw", "iew", "niew", "ie",
    "nie", "re", "nre", "ire", "nire", NULL};
static const char *const time_ops[] = {"", "n", "lt", "lte", "gt", "gte", NULL};
static const char *const exact_ops[] = {"", NULL};

static const char *const *const ops_of[] = {[IS_TEXT] = text_ops,
    [IS_ID] = text_ops,
    [IS_TIME] = time_ops,
    [IS_BOOL] = exact_ops,
    [IS_SEARCH] = exact_ops,
    [IS_KEY] = text_ops,
    [IS_OTHER] = exact_ops};

struct filters {
	struct request *r;
	struct json_object *list; /* for token_matches */
	struct json_object *errors; /* by parameter */
	const char *keys[PARAMS_MAX]; /* digests that ?key= asks for */
	size_t key_count;
	bool by_key;
};

/* Splits "created__gte" into its field and op; false when it is no parameter of ours. */
static bool split_name(
    struct arena *a, const char *name, const char **field, const char **op, enum kind *kind)
{
	const char *cut = strstr(name, "__");

	*field = cut ? arena_strndup(a, name, (size_t)(cut - name)) : name;
	*op = cut ? cut + 2 : "";
	if (cut && !**op)
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].name, *field) != 0)
			continue;
		*kind = fields[i].kind;
		for (const char *const *o = ops_of[*kind]; *o; o++)
			if (strcmp(*o, *op) == 0)
				return true;
	}
	return false;
}

/* The value as token_matches wants it; NULL: leave this one out. Problems go to the errors. */
static const char *filter_value(
    struct filters *f, const struct param *p, enum kind kind, const char *op)
{
	char uuid[37];
	int64_t t;

	if (strlen(p->value) != p->value_len) {
		field_error(f->errors, p->name, "Null characters are not allowed.");
		return NULL;
	}
	if (p->value_len == 0)
		return NULL;
	switch (kind) {
	case IS_ID:
		if ((*op && strcmp(op, "n") != 0) || parse_uuid(p->value, uuid))
			return *op && strcmp(op, "n") != 0 ? p->value
							   : arena_strdup(f->r->arena, uuid);
		field_error(f->errors, p->name, "Must be a valid UUID.");
		return NULL;
	case IS_TIME:
		if (timestamp_parse_filter(p->value, &t))
			return arena_printf(f->r->arena, "%" PRId64, t);
		field_error(f->errors, p->name, "Enter a valid date/time.");
		return NULL;
	case IS_BOOL:
		if (strchr("tT2", p->value[0]) &&
		    (!strcmp(p->value, "true") || !strcmp(p->value, "True") ||
			!strcmp(p->value, "2")))
			return "true";
		if (!strcmp(p->value, "false") || !strcmp(p->value, "False") ||
		    !strcmp(p->value, "3"))
			return "false";
		return NULL;
	default:
		return p->value;
	}
}

/* ?key= compares digests; what is no key fits no token. */
static void add_key(struct filters *f, const struct param *p, const char *op)
{
	unsigned char key[KEY_BYTES];
	const char *digests;

	if (*op) {
		field_error(f->errors, p->name,
		    "Keys are stored as digests: only exact matches are possible.");
		return;
	}
	if (p->value_len == 0)
		return;
	f->by_key = true;
	if (strlen(p->value) != p->value_len)
		field_error(f->errors, p->name, "Null characters are not allowed.");
	else if (parse_hex(p->value, key, sizeof(key))) {
		digests = peppers_digests(f->r->peppers, f->r->arena, key);
		f->keys[f->key_count++] =
		    arena_strndup(f->r->arena, digests + 1, strlen(digests) - 2);
	}
}

/* The filter for this parameter in the list, made when it is the first of its name. */
static struct json_object *values_of(struct filters *f, const char *field, const char *op)
{
	struct json_object *o, *v;

	for (size_t i = 0; i < json_object_array_length(f->list); i++) {
		o = json_object_array_get_idx(f->list, i);
		if (strcmp(json_object_get_string(json_object_object_get(o, "field")), field) !=
			0 ||
		    strcmp(json_object_get_string(json_object_object_get(o, "op")), op) != 0)
			continue;
		return json_object_object_get(o, "vals");
	}
	o = json_object_new_object();
	v = json_object_new_array();
	json_object_object_add(o, "field", json_object_new_string(field));
	json_object_object_add(o, "op", json_object_new_string(op));
	json_object_object_add(o, "vals", v);
	json_object_array_add(f->list, o);
	return v;
}

/* Of these the last one counts, also when it is empty or means nothing: then there is no such filter. */
static bool overruled(const struct filters *f, const struct param *p, enum kind kind)
{
	return (kind == IS_BOOL || kind == IS_SEARCH) && params_find(&f->r->query, p->name) != p;
}

static void add_filter(struct filters *f, const struct param *p)
{
	const char *field, *op, *value;
	enum kind kind;

	if (!split_name(f->r->arena, p->name, &field, &op, &kind)) {
		field_error(f->errors, p->name, "Unknown filter field");
		return;
	}
	if (kind == IS_OTHER || overruled(f, p, kind))
		return;
	if (kind == IS_KEY) {
		add_key(f, p, op);
		return;
	}
	value = filter_value(f, p, kind, op);
	if (value)
		json_object_array_add(values_of(f, field, op), json_object_new_string(value));
}

/* "?sort=-created,description" into a text[] literal. */
static const char *sort_order(struct filters *f)
{
	static const char *const sortable[] = {
	    "id", "created", "expires", "last_used", "write_enabled", "description", NULL};
	const char *p = params_last(&f->r->query, "sort");
	const char *items[SORT_FIELDS];
	size_t n = 0;

	while (p && *p) {
		size_t len = strcspn(p, ",");
		const char *item = arena_strndup(f->r->arena, p, len);
		const char *const *s = sortable;

		while (*s && strcmp(*s, item + (*item == '-')) != 0)
			s++;
		if (!*s || n == SORT_FIELDS) {
			field_error(f->errors, "sort",
			    *s ? "Sort by at most 3 fields." : "Unknown sort field");
			break;
		}
		items[n++] = item;
		p += len + (p[len] == ',');
	}
	return db_array(f->r->arena, items, n);
}

static const char *key_digests(struct filters *f)
{
	struct buf b = BUF(f->r->arena);

	if (!f->by_key)
		return NULL;
	buf_addc(&b, '{');
	for (size_t i = 0; i < f->key_count; i++)
		buf_addf(&b, "%s%s", i ? "," : "", f->keys[i]);
	buf_addc(&b, '}');
	return buf_str(&b);
}

int token_query(struct request *r, struct token_page *page)
{
	struct filters *f = arena_alloc(r->arena, sizeof(*f));
	struct buf text = BUF(r->arena);

	f->r = r;
	f->list = arena_own_json(r->arena, json_object_new_array());
	f->errors = arena_own_json(r->arena, json_object_new_object());
	for (size_t i = 0; i < r->query.count; i++)
		add_filter(f, &r->query.items[i]);
	page->sort = sort_order(f);
	if (json_object_object_length(f->errors))
		return reply_json(r, 400, json_object_get(f->errors));
	json_write(&text, f->list, 0);
	page->filters = buf_str(&text);
	page->digests = key_digests(f);
	page_read(r, &page->limit, &page->offset);
	return 0;
}

int token_query_invalid(struct request *r)
{
	struct json_object *errors = json_object_new_object();

	for (size_t i = 0; i < r->query.count; i++) {
		const char *name = r->query.items[i].name;

		if (strstr(name, "__") && text_ends(name, "re") &&
		    !json_object_object_get(errors, name))
			field_error(errors, name, "Enter a valid regular expression.");
	}
	return reply_json(r, 400, errors);
}
