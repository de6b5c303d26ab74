/* rows.c: reads columns of answers and writes parameters. Before: store/db.c. After: model/ modules. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "store/db.h"

const char *rows_text(const struct rows *rows, int row, const char *column)
{
	int i = PQfnumber(rows->result, column);

	if (i < 0 || row >= rows->count) {
		log_error("no_such_column", "column", column);
		abort();
	}
	return PQgetisnull(rows->result, row, i) ? NULL : PQgetvalue(rows->result, row, i);
}

int64_t rows_int(const struct rows *rows, int row, const char *column)
{
	const char *text = rows_text(rows, row, column);
	int64_t v = 0;

	if (text && !parse_int64(text, INT64_MIN, INT64_MAX, &v)) {
		log_error("not_a_number", "column", column);
		abort();
	}
	return v;
}

bool rows_bool(const struct rows *rows, int row, const char *column)
{
	const char *text = rows_text(rows, row, column);

	return text && text[0] == 't';
}

int64_t rows_time(const struct rows *rows, int row, const char *column)
{
	return rows_text(rows, row, column) ? rows_int(rows, row, column) : TIMESTAMP_NONE;
}

const char *db_bytea(struct arena *a, const unsigned char *p, size_t n)
{
	return arena_printf(a, "\\x%s", format_hex(a, p, n));
}

const char *db_bool(bool v)
{
	return v ? "t" : "f";
}

const char *db_int(struct arena *a, int64_t v)
{
	return arena_printf(a, "%" PRId64, v);
}

const char *db_time(struct arena *a, int64_t t)
{
	return t == TIMESTAMP_NONE ? NULL : timestamp_iso(a, t);
}

const char *db_array(struct arena *a, const char *const *items, size_t n)
{
	struct buf b = BUF(a);

	buf_addc(&b, '{');
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, i ? ",\"" : "\"");
		for (const char *p = items[i]; *p; p++) {
			if (*p == '"' || *p == '\\')
				buf_addc(&b, '\\');
			buf_addc(&b, *p);
		}
		buf_addc(&b, '"');
	}
	buf_addc(&b, '}');
	return buf_str(&b);
}
