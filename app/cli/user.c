/* user.c: `postern user …`. Before: main.c. After: store/db.c. */
#include <string.h>

#include "auth/password.h"
#include "cli/cli.h"
#include "cli/table.h"

/* What became of a change to one user: no row means no such user. */
static int changed(struct cli *cli, enum result res, const struct rows *rows, const char *name)
{
	if (res == OK && rows->count == 0)
		return cli_failed("no user \"%s\"", name);
	if (res == CONFLICT)
		return cli_failed("a user with the name \"%s\" exists (case does not count)", name);
	return res == OK ? 0 : cli_refused(cli, res);
}

/* A new password's hash; NULL after a message. */
static const char *new_hash(struct cli *cli, const struct cli_args *args)
{
	const char *password = cli_password(cli->arena, args->password_file, args->password_stdin);
	const char *problem;

	if (!password)
		return NULL;
	problem =
	    password_refusal(cli->config, cli->arena, args->words[0], password, strlen(password));
	if (problem) {
		cli_failed("%s", problem);
		return NULL;
	}
	return password_hash(cli->config, cli->arena, password, strlen(password));
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int user_add(struct cli *cli, const struct cli_args *args)
{
	const char *hash = args->no_password ? NULL : new_hash(cli, args);
	struct rows rows;
	enum result res;

	if (!hash && !args->no_password)
		return 1;
	res = cli_write(cli, Q_ADMIN_USER_INSERT, &rows,
	    DB_PARAMS(args->words[0], hash, db_bool(args->superuser), db_bool(!args->no_tokens),
		or_empty(args->first_name), or_empty(args->last_name), or_empty(args->email)));
	return changed(cli, res, &rows, args->words[0]);
}

static int user_passwd(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res = cli_write(cli, Q_ADMIN_USER_ID, &rows, DB_PARAMS(args->words[0]));
	const char *hash;

	if (res != OK) /* asks for no password in vain */
		return cli_refused(cli, res);
	hash = new_hash(cli, args);
	if (!hash)
		return 1;
	res = cli_write(cli, Q_ADMIN_USER_SET_PASSWORD, &rows, DB_PARAMS(args->words[0], hash));
	return changed(cli, res, &rows, args->words[0]);
}

static int set_flag(struct cli *cli, const struct cli_args *args, enum query q, bool value)
{
	struct rows rows;
	enum result res = cli_write(cli, q, &rows, DB_PARAMS(args->words[0], db_bool(value)));

	return changed(cli, res, &rows, args->words[0]);
}

static int user_disable(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_ACTIVE, false);
}

static int user_enable(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_ACTIVE, true);
}

static int user_allow_tokens(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_MAY_MANAGE_TOKENS, true);
}

static int user_forbid_tokens(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_MAY_MANAGE_TOKENS, false);
}

static int user_promote(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_SUPERUSER, true);
}

static int user_demote(struct cli *cli, const struct cli_args *args)
{
	return set_flag(cli, args, Q_ADMIN_USER_SET_SUPERUSER, false);
}

static int user_delete(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res;

	if (!cli_confirm(
		cli, "Delete the user \"%s\" and all tokens of that user?", args->words[0]))
		return 1;
	res = cli_write(cli, Q_ADMIN_USER_DELETE, &rows, DB_PARAMS(args->words[0]));
	return changed(cli, res, &rows, args->words[0]);
}

static int user_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"username", COLUMN_TEXT, "NAME", NULL},
	    {"is_active", COLUMN_YESNO, "ACTIVE", NULL},
	    {"is_superuser", COLUMN_YESNO, "SUPERUSER", NULL},
	    {"may_manage_tokens", COLUMN_YESNO, "MANAGES", NULL},
	    {"tokens", COLUMN_NUMBER, "TOKENS", NULL},
	    {"last_login", COLUMN_TIME, "LAST LOGIN", "never"},
	    {"groups", COLUMN_LIST, "GROUPS", NULL},
	    {0},
	};
	struct rows rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_USER_LIST, &rows, DB_PARAMS(args->words[0]));

	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

/* clang-format off */
const struct cli_verb user_verbs[] = {
{"add", user_add, "NAME", "--superuser --no-tokens --email --first-name --last-name --password-file --password-stdin --no-password",
    "add a user", false},
{"passwd", user_passwd, "NAME", "--password-file --password-stdin", "set a new password; ends the user's sessions", false},
{"list", user_list, "[TEXT]", "--json", "list users, or those whose name holds a text", false},
{"disable", user_disable, "NAME", "", "accept nothing of the user any more", false},
{"enable", user_enable, "NAME", "", "accept the user again", false},
{"allow-tokens", user_allow_tokens, "NAME", "", "let the user create and modify own API tokens", false},
{"forbid-tokens", user_forbid_tokens, "NAME", "", "take that away; existing tokens stay", false},
{"promote", user_promote, "NAME", "", "make the user a superuser", false},
{"demote", user_demote, "NAME", "", "make the user an ordinary one", false},
{"delete", user_delete, "NAME", "--yes", "delete the user and all tokens of that user", false},
{0},
};
/* clang-format on */
