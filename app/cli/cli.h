/* cli.h: the subcommands, as main.c lists them, and what they share. A command is a table of verbs; words and options are
 * checked against it before anything runs, and help, completion and the tests of the manual read the same tables. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"

#define EXIT_USAGE 2
#define CLI_WORDS_MAX 4

/* What a command works with. */
struct cli {
	const struct config *config;
	struct arena *arena;
	struct db *db; /* NULL for verbs without_database */
	bool json, yes;
};

/* The arguments of all commands; each uses what its verb lists. */
struct cli_args {
	const char *words[CLI_WORDS_MAX]; /* NULL when absent */
	bool json, yes, password_stdin, no_password, superuser, no_tokens, read_only;
	const char *password_file, *email, *first_name, *last_name;
	const char *description, *expires, *allowed_ips;
	const char *who, *action, *object, *since, *until, *limit;
	const char *user, *token, *resource, *address;
	const char *log_format;
};

struct cli_verb {
	const char *name; /* "add"; "" when the command has no verbs */
	int (*run)(struct cli *cli,
	    const struct cli_args *args); /* the exit status: 0, 1 failed, 2 wrong usage */
	const char *words; /* "GROUP USER", "[NAME]" */
	const char *options; /* "--json --yes" */
	const char *help; /* one line */
	bool without_database;
};

/* Each ends with a NULL name. */
extern const struct cli_verb serve_verbs[], migrate_verbs[], check_verbs[], config_verbs[],
    hash_verbs[], user_verbs[], group_verbs[], permission_verbs[], token_verbs[], session_verbs[],
    audit_verbs[], throttle_verbs[], explain_verbs[];

/* Runs a command; argv[0] is its name. The exit status. */
int cli_run(const struct config *c, const char *command, const struct cli_verb *verbs, int argc,
    char **argv);

/* Prints how the command is used: a line for each verb, then its options. */
void cli_help(const char *command, const struct cli_verb *verbs);

/* The option in place i of all options of all commands; value: what stands for its value, NULL when it takes none. False
 * behind the last. */
bool cli_option(size_t i, const char **name, const char **value, const char **help);

/* Whether a verb takes an option. */
bool cli_takes(const struct cli_verb *verb, const char *name);

/* Prints "postern: " and the text on standard error; returns 1. */
int cli_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for wrong usage, with the way to the help; returns 2. */
int cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints why the database refused and, on a second line, its hint if it gave one; returns 1. */
int cli_refused(struct cli *cli, enum result res);

/* Asks on the terminal whether to do what cannot be undone. False, after a message, when the answer is no or there is no
 * terminal; true at once with --yes. */
bool cli_confirm(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* One statement in a transaction of its own, in nobody's name: the audit log has the database role. */
enum result cli_write(
    struct cli *cli, enum query q, struct rows *out, size_t n, const char *const *params);

/* A new password: from the file (without the newline at its end), from standard input, or, when both are not
 * asked for, twice from the terminal without echo. NULL after a message. In the arena. */
const char *cli_password(struct arena *a, const char *file, bool from_stdin);
