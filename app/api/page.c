/* page.c: limit, offset and the links to other pages. Before: api/ handlers. After: http/params.c. */
#include "api/page.h"

#include <inttypes.h>
#include <json-c/json.h>

#include "base/text.h"

#define OFFSET_MOST (INT64_MAX / 4) /* "20 digits are accepted": more than any table has */

/* Python's int(): blanks around, a sign, single underscores between digits. */
static bool python_int(struct arena *a, const struct param *p, int64_t *out)
{
	size_t n = p->value_len, len = 0;
	const char *s = utf8_trim(p->value, &n);
	char *digits = arena_alloc(a, n + 1);
	bool negative = n && *s == '-';

	if (n && (*s == '-' || *s == '+'))
		s++, n--;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '_' && i > 0 && i + 1 < n && s[i - 1] != '_')
			continue;
		if (s[i] < '0' || s[i] > '9')
			return false;
		digits[len++] = s[i];
	}
	if (len == 0)
		return false;
	if (!parse_int64(digits, 0, OFFSET_MOST, out))
		*out = OFFSET_MOST;
	if (negative)
		*out = -*out;
	return true;
}

void page_read(struct request *r, int64_t *limit, int64_t *offset)
{
	const struct param *l = params_find(&r->query, "limit");
	const struct param *o = params_find(&r->query, "offset");
	int64_t most = r->config->max_page_size;

	if (!l || !python_int(r->arena, l, limit) || *limit < 0)
		*limit = r->config->paginate_count;
	else if (*limit == 0 || *limit > most)
		*limit = most;
	if (!o || !python_int(r->arena, o, offset) || *offset < 0)
		*offset = 0;
}

static struct json_object *link_to(struct request *r, int64_t limit, const char *offset)
{
	const struct param_override set[] = {
	    {"limit", arena_printf(r->arena, "%" PRId64, limit)}, {"offset", offset}};

	return json_object_new_string(arena_printf(r->arena, "%s?%s", request_url(r, r->path),
	    params_encode(r->arena, &r->query, set, 2)));
}

struct json_object *page_json(
    struct request *r, int64_t count, int64_t limit, int64_t offset, struct json_object *results)
{
	struct json_object *o = json_object_new_object();
	/* nobody steps back from where the offset was cut: the link leads to the last page */
	int64_t before = (offset == OFFSET_MOST ? count : offset) - limit;

	json_object_object_add(o, "count", json_object_new_int64(count));
	json_object_object_add(o, "next",
	    offset + limit >= count
		? NULL
		: link_to(r, limit, arena_printf(r->arena, "%" PRId64, offset + limit)));
	json_object_object_add(o, "previous",
	    offset <= 0 ? NULL
			: link_to(r, limit,
			      before <= 0 ? NULL : arena_printf(r->arena, "%" PRId64, before)));
	json_object_object_add(o, "results", results);
	return o;
}
