/* audit.c: `postern audit …` and `postern throttle …`. Before: main.c. After: store/db.c. */
#include <stdio.h>

#include "base/net.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "cli/cli.h"
#include "cli/table.h"

/* A point in time as a parameter; false after a message. */
static bool read_time(struct cli *cli, const char *text, const char **out)
{
	int64_t t = TIMESTAMP_NONE;

	if (text && !timestamp_parse_filter(text, &t)) {
		cli_failed(
		    "\"%s\" is no point in time, such as 2026-12-31 or 2026-12-31T12:00Z", text);
		return false;
	}
	*out = db_time(cli->arena, t);
	return true;
}

static int audit_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"id", COLUMN_NUMBER, NULL, NULL},
	    {"occurred", COLUMN_TIME, "WHEN", NULL},
	    {"who", COLUMN_TEXT, "WHO", NULL},
	    {"db_role", COLUMN_TEXT, "ROLE", NULL},
	    {"action", COLUMN_TEXT, "ACTION", NULL},
	    {"object_type", COLUMN_TEXT, NULL, NULL},
	    {"object_id", COLUMN_TEXT, NULL, NULL},
	    {"object_name", COLUMN_TEXT, "OBJECT", NULL},
	    {"address", COLUMN_TEXT, "ADDRESS", NULL},
	    {"old", COLUMN_JSON, "BEFORE", NULL},
	    {"new", COLUMN_JSON, "AFTER", NULL},
	    {"token_id", COLUMN_TEXT, NULL, NULL},
	    {"request_id", COLUMN_TEXT, NULL, NULL},
	    {0},
	};
	const char *since, *until;
	int64_t limit = 100;
	struct rows rows;
	enum result res;

	if (!read_time(cli, args->since, &since) || !read_time(cli, args->until, &until))
		return 1;
	if (args->limit && !parse_int64(args->limit, 1, 1000000, &limit))
		return cli_failed(
		    "--limit must be a number from 1 to 1000000, not \"%s\"", args->limit);
	res = db_read(cli->db, cli->arena, Q_ADMIN_AUDIT_LIST, &rows,
	    DB_PARAMS(
		args->who, args->action, args->object, since, until, db_int(cli->arena, limit)));
	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

static int audit_retain(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res;

	if (!cli_confirm(
		cli, "Drop all audit events of months that are older than %s?", args->words[0]))
		return 1;
	res = cli_write(cli, Q_ADMIN_AUDIT_RETAIN, &rows, DB_PARAMS(args->words[0]));
	if (res != OK)
		return cli_refused(cli, res);
	printf("%s months and %s events beside them dropped\n", rows_text(&rows, 0, "count"),
	    rows_text(&rows, 0, "events"));
	return 0;
}

/* clang-format off */
const struct cli_verb audit_verbs[] = {
{"list", audit_list, "", "--who --action --object --since --until --limit --json", "list the newest events, oldest first", false},
{"retain", audit_retain, "INTERVAL", "--yes", "drop the months older than e.g. \"1 year\"", false},
{0},
};
/* clang-format on */

static int throttle_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"kind", COLUMN_TEXT, "KIND", NULL},
	    {"key", COLUMN_TEXT, "NAME OR ADDRESS", NULL},
	    {"failures", COLUMN_NUMBER, "FAILURES", NULL},
	    {"last_attempt", COLUMN_TIME, "LAST", NULL},
	    {"blocked_until", COLUMN_TIME, "BLOCKED UNTIL", NULL},
	    {"seconds_left", COLUMN_NUMBER, "SECONDS LEFT", NULL},
	    {0},
	};
	struct rows rows;
	enum result res = db_read(cli->db, cli->arena, Q_ADMIN_THROTTLE_LIST, &rows, 0, NULL);

	(void)args;
	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

static int throttle_lift(struct cli *cli, const struct cli_args *args)
{
	const char *address = address_parse(cli->arena, args->words[0]);
	struct rows rows;
	enum result res =
	    address ? cli_write(cli, Q_ADMIN_THROTTLE_LIFT_ADDRESS, &rows, DB_PARAMS(address))
		    : cli_write(cli, Q_ADMIN_THROTTLE_LIFT_USER, &rows, DB_PARAMS(args->words[0]));

	if (res != OK)
		return cli_refused(cli, res);
	return rows_bool(&rows, 0, "lifted")
		   ? 0
		   : cli_failed("nothing counts against \"%s\"", args->words[0]);
}

/* clang-format off */
const struct cli_verb throttle_verbs[] = {
{"list", throttle_list, "", "--json", "list names and addresses that have to wait after wrong passwords", false},
{"lift", throttle_lift, "NAME|ADDRESS", "", "forget the wrong passwords", false},
{0},
};
/* clang-format on */
