/* table.h: prints rows for people, as a table, or for programs, as JSON (--json). */
#pragma once

#include "cli/cli.h"

struct json_object;

enum column_kind {
	COLUMN_TEXT,
	COLUMN_YESNO,
	COLUMN_TIME,
	COLUMN_NUMBER,
	COLUMN_LIST,
	COLUMN_JSON
};

/* A column of the statement's answer. LIST: a JSON array of text; SQL NULL is an empty one. */
struct column {
	const char *name; /* also the member's name in JSON; NULL ends the list */
	enum column_kind kind;
	const char *heading; /* NULL: in JSON only */
	const char *null; /* shown for SQL NULL; NULL: "" */
};

/* Prints all rows. Returns the exit status. */
int table_print(struct cli *cli, const struct rows *rows, const struct column *columns);

/* Prints any JSON value, indented, with a newline. Takes the reference. Returns 0. */
int table_print_json(struct cli *cli, struct json_object *o);

/* Text for a terminal: without control characters, which could move its cursor. */
const char *table_clean(struct arena *a, const char *text);
