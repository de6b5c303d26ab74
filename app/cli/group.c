/* group.c: `postern group …` and `postern permission …`. Before: main.c. After: store/db.c. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/table.h"

static int no_group(const char *name)
{
	return cli_failed("no group \"%s\"", name);
}

static int group_add(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res = cli_write(cli, Q_ADMIN_GROUP_ADD, &rows, DB_PARAMS(args->words[0]));

	if (res == CONFLICT)
		return cli_failed(
		    "a group with the name \"%s\" exists (case does not count)", args->words[0]);
	return res == OK ? 0 : cli_refused(cli, res);
}

static int group_delete(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res;

	if (!cli_confirm(
		cli, "Delete the group \"%s\" and what was granted to it?", args->words[0]))
		return 1;
	res = cli_write(cli, Q_ADMIN_GROUP_DELETE, &rows, DB_PARAMS(args->words[0]));
	if (res == OK && rows.count == 0)
		return no_group(args->words[0]);
	return res == OK ? 0 : cli_refused(cli, res);
}

static int group_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {{"id", COLUMN_NUMBER, NULL, NULL},
	    {"name", COLUMN_TEXT, "NAME", NULL}, {"members", COLUMN_LIST, "MEMBERS", NULL}, {0}};
	struct rows rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_GROUP_LIST, &rows, DB_PARAMS(args->words[0]));

	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

/* Runs a statement with the identifiers of a group and a user; `unchanged` is said when there was nothing to do. */
static int membership(
    struct cli *cli, const struct cli_args *args, enum query q, const char *unchanged)
{
	struct rows group, user, rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_GROUP_ID, &group, DB_PARAMS(args->words[0]));

	if (res == OK && group.count == 0)
		return no_group(args->words[0]);
	if (res == OK)
		res =
		    db_read(cli->db, cli->arena, Q_ADMIN_USER_ID, &user, DB_PARAMS(args->words[1]));
	if (res == OK)
		res = cli_write(cli, q, &rows,
		    DB_PARAMS(rows_text(&group, 0, "id"), rows_text(&user, 0, "id")));
	if (res != OK)
		return cli_refused(cli, res);
	return rows.count
		   ? 0
		   : cli_failed("\"%s\" %s of \"%s\"", args->words[1], unchanged, args->words[0]);
}

static int group_add_user(struct cli *cli, const struct cli_args *args)
{
	return membership(cli, args, Q_ADMIN_GROUP_JOIN, "is a member already");
}

static int group_remove_user(struct cli *cli, const struct cli_args *args)
{
	return membership(cli, args, Q_ADMIN_GROUP_LEAVE, "is no member");
}

/* clang-format off */
const struct cli_verb group_verbs[] = {
{"add", group_add, "GROUP", "", "add a group", false},
{"delete", group_delete, "GROUP", "--yes", "delete a group and what was granted to it", false},
{"list", group_list, "[TEXT]", "--json", "list groups and their members", false},
{"add-user", group_add_user, "GROUP USER", "", "make a user a member", false},
{"remove-user", group_remove_user, "GROUP USER", "", "end a membership", false},
{0},
};
/* clang-format on */

static int permission_grant(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res = cli_write(cli, Q_ADMIN_PERMISSION_GRANT, &rows,
	    DB_PARAMS(args->words[0], args->words[1], args->words[2]));

	return res == OK ? 0 : cli_refused(cli, res);
}

static int permission_revoke(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res = cli_write(cli, Q_ADMIN_PERMISSION_REVOKE, &rows,
	    DB_PARAMS(args->words[0], args->words[1], args->words[2]));

	return res == OK ? 0 : cli_refused(cli, res);
}

static int permission_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"name", COLUMN_TEXT, "NAME", NULL},
	    {"enabled", COLUMN_YESNO, "ENABLED", NULL},
	    {"object_types", COLUMN_LIST, "OBJECT TYPES", NULL},
	    {"actions", COLUMN_LIST, "ACTIONS", NULL},
	    {"users", COLUMN_LIST, "USERS", NULL},
	    {"groups", COLUMN_LIST, "GROUPS", NULL},
	    {0},
	};
	struct rows rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_PERMISSION_LIST, &rows, DB_PARAMS(args->words[0]));

	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

/* clang-format off */
const struct cli_verb permission_verbs[] = {
{"grant", permission_grant, "WHO TYPES ACTIONS", "", "let a user or group do actions on object types (comma separated)", false},
{"revoke", permission_revoke, "WHO TYPES ACTIONS", "", "take it back", false},
{"list", permission_list, "[WHO]", "--json", "list permissions, or those of a user or group", false},
{0},
};
/* clang-format on */
