/* serve.c: the commands that concern the whole installation: serve, migrate, check, config, hash. Before: main.c.
 * After: server/, store/migrate.c, auth/. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/password.h"
#include "model/pepper.h"
#include "base/log.h"
#include "cli/cli.h"
#include "server/supervisor.h"
#include "store/migrate.h"

static const struct cli_option no_options[] = {{0}};

static int no_arguments(const char *command, int argc, char **argv)
{
	const char *words[1];

	return cli_parse(command, argc, argv, no_options, words, 0) < 0 ? EXIT_USAGE : 0;
}

int cli_serve(const struct config *c, int argc, char **argv)
{
	int status = no_arguments("serve", argc, argv);

	return status ? status : supervisor_run(c);
}

/* A pepper is made for a new installation only: with tokens in the database a missing file is a lost secret. */
static int ensure_pepper(const struct config *c, struct db *db, struct arena *a)
{
	const char *problem;
	struct peppers *p;
	struct rows rows;

	if (access(c->pepper_file, F_OK) == 0) {
		p = peppers_load(c->pepper_file, &problem);
		if (!p)
			return cli_failed("%s", problem);
		peppers_free(p);
		return 0;
	}
	if (db_read(db, a, Q_TOKENS_EXIST, &rows, 0, NULL) != OK)
		return cli_failed("cannot look for tokens: %s", db_message(db));
	if (rows_bool(&rows, 0, "found"))
		return cli_failed("%s is missing, and without it no token in the database can be "
				  "used: restore it from a backup",
		    c->pepper_file);
	if (!peppers_create(c->pepper_file, c->user, &problem))
		return cli_failed("cannot make the pepper file: %s", problem);
	printf("made %s: keep it secret, and back it up apart from the database\n", c->pepper_file);
	return 0;
}

int cli_migrate(const struct config *c, int argc, char **argv)
{
	int status = no_arguments("migrate", argc, argv);
	struct arena *a;
	struct db *db;
	const char *problem;

	if (status)
		return status;
	a = arena_new();
	db = db_new_command(c);
	if (schema_migrate(db, a, &problem) != OK)
		status = cli_failed("%s", problem);
	else
		status = ensure_pepper(c, db, a);
	if (!status)
		printf("the schema is at migration %lld\n", (long long)schema_newest());
	db_free(db);
	arena_free(a);
	return status;
}

static int report(const char *what, const char *problem)
{
	printf("%-10s %s\n", what, problem ? problem : "ok");
	return problem != NULL;
}

int cli_check(const struct config *c, int argc, char **argv)
{
	int status = no_arguments("check", argc, argv);
	struct arena *a;
	struct db *db;
	struct peppers *p;
	const char *problem = NULL;
	int64_t version;

	if (status)
		return status;
	a = arena_new();
	db = db_new_command(c);
	report("settings", NULL); /* config_load has ended the program otherwise */
	p = peppers_load(c->pepper_file, &problem);
	status |= report("pepper", p ? NULL : problem);
	if (p)
		peppers_free(p);
	status |= report("database", schema_check(db, a, &version, &problem) == SCHEMA_CURRENT ? NULL : problem);
	db_free(db);
	arena_free(a);
	return status;
}

int cli_config(const struct config *c, int argc, char **argv)
{
	int status = no_arguments("config", argc, argv);

	if (!status)
		config_print(c);
	return status;
}

int cli_hash(const struct config *c, int argc, char **argv)
{
	const char *file = NULL, *words[1], *password, *hash;
	bool from_stdin = false;
	const struct cli_option options[] = {{"--password-file", &file, NULL},
	    {"--password-stdin", NULL, &from_stdin}, {0}};
	struct arena *a;

	if (cli_parse("hash", argc, argv, options, words, 0) < 0)
		return EXIT_USAGE;
	a = arena_new();
	/* in a pipe (psql's \set h `postern hash`) the password still comes from the terminal */
	password = cli_password(a, file, from_stdin);
	hash = password ? password_hash(c, a, password, strlen(password)) : NULL;
	if (hash)
		puts(hash);
	arena_free(a);
	return hash ? 0 : 1;
}
