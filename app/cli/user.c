/* user.c: `postern user …`. Before: main.c. After: store/db.c. */
#include <stdio.h>
#include <string.h>

#include "auth/password.h"
#include "base/timestamp.h"
#include "cli/cli.h"

/* The arguments of all user commands; each uses what it needs. */
struct args {
	const char *name, *password_file, *email, *first_name, *last_name;
	bool password_stdin, no_password, superuser, no_tokens;
};

static int commit(struct cli *cli, enum result res, const struct rows *rows, const char *name)
{
	if (res == OK && rows->count == 0) {
		db_rollback(cli->db);
		return cli_failed("no user \"%s\"", name);
	}
	if (res == OK)
		res = db_commit(cli->db);
	if (res == OK)
		return 0;
	if (res == CONFLICT)
		return cli_failed("a user with the name \"%s\" exists (case does not count)", name);
	return cli_refused(cli, res);
}

static enum result begin(struct cli *cli)
{
	const struct actor nobody = {0}; /* the audit log names the database role */

	return db_begin(cli->db, cli->arena, &nobody);
}

/* A new password's hash; NULL after a message. */
static const char *new_hash(struct cli *cli, const struct args *args)
{
	const char *password = cli_password(cli->arena, args->password_file, args->password_stdin);
	const char *problem;

	if (!password)
		return NULL;
	problem = password_refusal(cli->config, cli->arena, args->name, password, strlen(password));
	if (problem) {
		cli_failed("%s", problem);
		return NULL;
	}
	return password_hash(cli->config, cli->arena, password, strlen(password));
}

static int user_add(struct cli *cli, const struct args *args)
{
	const char *hash = args->no_password ? NULL : new_hash(cli, args);
	struct rows rows;
	enum result res;

	if (!hash && !args->no_password)
		return 1;
	res = begin(cli);
	if (res == OK)
		res = db_write(cli->db, cli->arena, Q_USER_INSERT, &rows,
		    DB_PARAMS(args->name, hash, db_bool(args->superuser), db_bool(!args->no_tokens),
			args->first_name, args->last_name, args->email));
	return commit(cli, res, &rows, args->name);
}

static int user_passwd(struct cli *cli, const struct args *args)
{
	const char *hash = new_hash(cli, args);
	struct rows rows;
	enum result res;

	if (!hash)
		return 1;
	res = begin(cli);
	if (res == OK)
		res = db_write(cli->db, cli->arena, Q_USER_SET_PASSWORD, &rows, DB_PARAMS(args->name, hash));
	return commit(cli, res, &rows, args->name);
}

static int set_flag(struct cli *cli, const struct args *args, enum query q, bool value)
{
	struct rows rows;
	enum result res = begin(cli);

	if (res == OK)
		res = db_write(cli->db, cli->arena, q, &rows, DB_PARAMS(args->name, db_bool(value)));
	return commit(cli, res, &rows, args->name);
}

static int user_disable(struct cli *cli, const struct args *args)
{
	return set_flag(cli, args, Q_USER_SET_ACTIVE, false);
}

static int user_enable(struct cli *cli, const struct args *args)
{
	return set_flag(cli, args, Q_USER_SET_ACTIVE, true);
}

static int user_allow_tokens(struct cli *cli, const struct args *args)
{
	return set_flag(cli, args, Q_USER_SET_MAY_MANAGE_TOKENS, true);
}

static int user_forbid_tokens(struct cli *cli, const struct args *args)
{
	return set_flag(cli, args, Q_USER_SET_MAY_MANAGE_TOKENS, false);
}

static int user_list(struct cli *cli, const struct args *args)
{
	struct rows rows;
	enum result res = db_read(cli->db, cli->arena, Q_USER_LIST, &rows, DB_PARAMS(args->name));

	if (res != OK)
		return cli_refused(cli, res);
	printf("%-24s %-8s %-10s %-8s %-6s %s\n", "NAME", "ACTIVE", "SUPERUSER", "MANAGES", "TOKENS", "LAST LOGIN");
	for (int i = 0; i < rows.count; i++) {
		int64_t login = rows_time(&rows, i, "last_login");

		printf("%-24s %-8s %-10s %-8s %-6s %s\n", rows_text(&rows, i, "username"),
		    rows_bool(&rows, i, "is_active") ? "yes" : "no",
		    rows_bool(&rows, i, "is_superuser") ? "yes" : "no",
		    rows_bool(&rows, i, "may_manage_tokens") ? "yes" : "no", rows_text(&rows, i, "tokens"),
		    login == TIMESTAMP_NONE ? "never" : timestamp_iso(cli->arena, login));
	}
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct cli *cli, const struct args *args);
	bool needs_name;
} commands[] = {
    {"add", user_add, true},
    {"passwd", user_passwd, true},
    {"list", user_list, false},
    {"disable", user_disable, true},
    {"enable", user_enable, true},
    {"allow-tokens", user_allow_tokens, true},
    {"forbid-tokens", user_forbid_tokens, true},
};

static int run(const struct config *c, const char *verb, const struct args *args)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct cli cli;
		int status;

		if (strcmp(commands[i].name, verb) != 0)
			continue;
		if (commands[i].needs_name && !args->name)
			return cli_usage("user", "user %s needs a NAME", verb);
		cli_open(&cli, c);
		status = commands[i].run(&cli, args);
		cli_close(&cli);
		return status;
	}
	return cli_usage("user", "no such user command: \"%s\"", verb);
}

int cli_user(const struct config *c, int argc, char **argv)
{
	struct args args = {.email = "", .first_name = "", .last_name = ""};
	const struct cli_option options[] = {{"--password-file", &args.password_file, NULL},
	    {"--password-stdin", NULL, &args.password_stdin},
	    {"--no-password", NULL, &args.no_password},
	    {"--superuser", NULL, &args.superuser},
	    {"--no-tokens", NULL, &args.no_tokens},
	    {"--email", &args.email, NULL},
	    {"--first-name", &args.first_name, NULL},
	    {"--last-name", &args.last_name, NULL},
	    {0}};
	const char *words[2] = {NULL, NULL};
	int n = cli_parse("user", argc, argv, options, words, 2);

	if (n < 0)
		return EXIT_USAGE;
	if (n == 0)
		return cli_usage("user", "user needs a command");
	args.name = words[1];
	return run(c, words[0], &args);
}
