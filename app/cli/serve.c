/* serve.c: the commands that concern the whole installation: serve, migrate, check, config, hash. Before: main.c.
 * After: server/, store/migrate.c, auth/. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/password.h"
#include "model/pepper.h"
#include "base/log.h"
#include "cli/cli.h"
#include "server/supervisor.h"
#include "store/migrate.h"

static enum log_level level_of(const struct config *c)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	enum log_level level = LOG_LEVEL_DEBUG;

	while (strcmp(levels[level], c->log_level) != 0) /* the table of settings allows no other */
		level++;
	return level;
}

static int serve(struct cli *cli, const struct cli_args *args)
{
	const char *format = args->log_format ? args->log_format : cli->config->log_format;
	bool json = strcmp(format, "json") == 0;

	if (!json && strcmp(format, "text") != 0)
		return cli_usage("serve", "--log-format must be text or json, not \"%s\"", format);
	log_init(json, level_of(cli->config));
	return supervisor_run(cli->config);
}

/* What cannot be looked at is not absent. */
static bool absent(const char *path)
{
	return access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

static enum result find_tokens(struct db *db, struct arena *a, bool *found)
{
	struct rows rows;
	enum result res = db_read(db, a, Q_ADMIN_TOKENS_EXIST, &rows, 0, NULL);

	*found = res == OK && rows_bool(&rows, 0, "found");
	return res;
}

/* NULL when a file can be made where the path says. */
static const char *unfit_place(struct arena *a, const char *path)
{
	const char *directory = dirname(arena_strdup(a, path));

	/* "/.": a file is no place either */
	return access(arena_printf(a, "%s/.", directory), W_OK | X_OK) == 0
		   ? NULL
		   : arena_printf(a, "%s: %s", directory, strerror(errno));
}

/* Whether the pepper file is in order or can be made; asked before anything is changed. With tokens in the database a
 * missing file is a lost secret; before the first migration there is no table to look into. */
static int check_pepper(const struct config *c, struct db *db, struct arena *a)
{
	const char *problem;
	struct peppers *p;
	bool found;

	if (!absent(c->pepper_file)) {
		p = peppers_load(c->pepper_file, &problem);
		if (!p)
			return cli_failed("%s", problem);
		peppers_free(p);
		return 0;
	}
	find_tokens(db, a, &found);
	if (found)
		return cli_failed("%s is missing, and without it no token in the database can be "
				  "used: restore it from a backup",
		    c->pepper_file);
	problem = unfit_place(a, c->pepper_file);
	return problem ? cli_failed("cannot make the pepper file: %s", problem) : 0;
}

/* Makes the file for a new installation, under the migrations' lock: who else migrates waits, and finds it. */
static int ensure_pepper(const struct config *c, struct db *db, struct arena *a)
{
	const char *problem;
	bool found;
	int status = check_pepper(c, db, a);

	if (status || !absent(c->pepper_file))
		return status;
	if (find_tokens(db, a, &found) != OK)
		return cli_failed("cannot look for tokens: %s", db_message(db));
	if (!peppers_create(c->pepper_file, c->user, &problem))
		return cli_failed("cannot make the pepper file: %s", problem);
	printf("made %s: keep it secret, and back it up apart from the database\n", c->pepper_file);
	return 0;
}

static int migrate(struct cli *cli, const struct cli_args *args)
{
	struct db *db = db_new_command(cli->config);
	const char *problem;
	int status = check_pepper(cli->config, db, cli->arena);

	(void)args;
	if (!status && schema_migrate(db, cli->arena, &problem) != OK)
		status = cli_failed("%s", problem);
	if (!status)
		status = ensure_pepper(cli->config, db, cli->arena);
	if (!status)
		printf("the schema is at migration %lld\n", (long long)schema_newest());
	db_free(db);
	return status;
}

static int report(const char *what, const char *problem)
{
	printf("%-10s %s\n", what, problem ? problem : "ok");
	return problem != NULL;
}

static int check(struct cli *cli, const struct cli_args *args)
{
	struct db *db = db_new_command(cli->config);
	struct peppers *p;
	const char *problem = NULL;
	int64_t version;
	int status;

	(void)args;
	report("settings", NULL); /* config_load has ended the program otherwise */
	p = peppers_load(cli->config->pepper_file, &problem);
	status = report("pepper", p ? NULL : problem);
	if (p)
		peppers_free(p);
	status |= report("database",
	    schema_check(db, cli->arena, &version, &problem) == SCHEMA_CURRENT ? NULL : problem);
	db_free(db);
	return status;
}

static int config(struct cli *cli, const struct cli_args *args)
{
	(void)args;
	config_print(cli->config);
	return 0;
}

static int hash(struct cli *cli, const struct cli_args *args)
{
	/* in a pipe (psql's \set h `postern hash`) the password still comes from the terminal */
	const char *password = cli_password(cli->arena, args->password_file, args->password_stdin);
	const char *line =
	    password ? password_hash(cli->config, cli->arena, password, strlen(password)) : NULL;

	if (line)
		puts(line);
	return line ? 0 : 1;
}

const struct cli_verb serve_verbs[] = {{"", serve, "", "--log-format", NULL, true}, {0}};
const struct cli_verb migrate_verbs[] = {{"", migrate, "", "", NULL, true}, {0}};
const struct cli_verb check_verbs[] = {{"", check, "", "", NULL, true}, {0}};
const struct cli_verb config_verbs[] = {{"", config, "", "", NULL, true}, {0}};
const struct cli_verb hash_verbs[] = {
    {"", hash, "", "--password-file --password-stdin", NULL, true}, {0}};
