/* table.c: rows on a terminal, or as JSON. Before: cli/ commands. After: store/rows.c, http/json.h. */
#include "cli/table.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "http/json.h"

#define COLUMNS_MAX 16

const char *table_clean(struct arena *a, const char *text)
{
	size_t n = strlen(text);
	char *out = arena_strdup(a, utf8_replace(a, text, &n));

	for (char *c = out; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
		else if ((unsigned char)c[0] == 0xc2 &&
			 (unsigned char)c[1] < 0xa0) /* C1 controls */
			c[0] = c[1] = '?';
	return out;
}

/* "a, b" of ["a", "b"] */
static const char *joined(struct arena *a, const char *text)
{
	struct json_object *list = arena_own_json(a, json_tokener_parse(text));
	struct buf b = BUF(a);

	for (size_t i = 0; i < json_object_array_length(list); i++)
		buf_addf(&b, "%s%s", i ? ", " : "",
		    json_object_get_string(json_object_array_get_idx(list, i)));
	return buf_str(&b);
}

static const char *cell(struct cli *cli, const struct rows *rows, int row, const struct column *c)
{
	const char *text = rows_text(rows, row, c->name);

	if (!text)
		return c->null ? c->null : "";
	switch (c->kind) {
	case COLUMN_YESNO:
		return text[0] == 't' ? "yes" : "no";
	case COLUMN_TIME:
		return timestamp_iso(cli->arena, rows_time(rows, row, c->name));
	case COLUMN_LIST:
		return table_clean(cli->arena, joined(cli->arena, text));
	default:
		return table_clean(cli->arena, text);
	}
}

static struct json_object *value_json(
    struct cli *cli, const struct rows *rows, int row, const struct column *c)
{
	const char *text = rows_text(rows, row, c->name);

	if (!text)
		return c->kind == COLUMN_LIST ? json_object_new_array() : NULL;
	switch (c->kind) {
	case COLUMN_YESNO:
		return json_object_new_boolean(text[0] == 't');
	case COLUMN_NUMBER:
		return json_object_new_int64(rows_int(rows, row, c->name));
	case COLUMN_LIST:
	case COLUMN_JSON:
		return json_tokener_parse(text);
	default:
		return json_object_new_string(cell(cli, rows, row, c));
	}
}

int table_print_json(struct cli *cli, struct json_object *o)
{
	struct buf b = BUF(cli->arena);

	json_write(&b, arena_own_json(cli->arena, o), 2);
	puts(buf_str(&b));
	return 0;
}

static int print_json(struct cli *cli, const struct rows *rows, const struct column *columns)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < rows->count; i++) {
		struct json_object *o = json_object_new_object();

		for (const struct column *c = columns; c->name; c++)
			json_object_object_add(o, c->name, value_json(cli, rows, i, c));
		json_object_array_add(list, o);
	}
	return table_print_json(cli, list);
}

static size_t width_of(const char *text)
{
	return utf8_length(text, strlen(text));
}

/* One line; the last column is not padded. row -1: the headings. */
static void print_line(struct cli *cli, const struct rows *rows, int row,
    const struct column *columns, const size_t *widths)
{
	struct buf line = BUF(cli->arena);
	const struct column *c = columns;

	for (size_t i = 0; c->name; c++, i++) {
		const char *text = row < 0 ? c->heading : cell(cli, rows, row, c);

		if (!c->heading)
			continue;
		if (line.len)
			buf_adds(&line, "  ");
		buf_adds(&line, text);
		for (size_t w = width_of(text); w < widths[i]; w++)
			buf_addc(&line, ' ');
	}
	while (line.len && line.data[line.len - 1] == ' ')
		line.data[--line.len] = '\0';
	puts(buf_str(&line));
}

int table_print(struct cli *cli, const struct rows *rows, const struct column *columns)
{
	size_t widths[COLUMNS_MAX] = {0};

	if (cli->json)
		return print_json(cli, rows, columns);
	for (size_t i = 0; columns[i].name; i++) {
		widths[i] = columns[i].heading ? width_of(columns[i].heading) : 0;
		for (int row = 0; columns[i].heading && row < rows->count; row++) {
			size_t w = width_of(cell(cli, rows, row, &columns[i]));

			if (w > widths[i])
				widths[i] = w;
		}
	}
	for (int row = -1; row < rows->count; row++)
		print_line(cli, rows, row, columns, widths);
	return 0;
}
