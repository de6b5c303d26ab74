/* cli.h: the subcommands' bodies, as main.c lists them, and what they share. Each returns the exit status: 0, 1
 * failed, 2 wrong usage. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"

#define EXIT_USAGE 2

int cli_serve(const struct config *c, int argc, char **argv);
int cli_migrate(const struct config *c, int argc, char **argv);
int cli_check(const struct config *c, int argc, char **argv);
int cli_config(const struct config *c, int argc, char **argv);
int cli_hash(const struct config *c, int argc, char **argv);
int cli_user(const struct config *c, int argc, char **argv);

/* What an administrator's command works with; opened by cli_open, which ends the program with a message when the
 * database cannot be reached or its schema is not this program's. */
struct cli {
	const struct config *config;
	struct arena *arena;
	struct db *db;
};
void cli_open(struct cli *cli, const struct config *c);
void cli_close(struct cli *cli);

/* Prints "postern: " and the text on standard error; returns 1. */
int cli_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for wrong usage, with the way to the help; returns 2. */
int cli_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints why the database refused (its message, and its hint); returns 1. */
int cli_refused(struct cli *cli, enum result res);

/* An option of a command: "--name", or "--name VALUE". */
struct cli_option {
	const char *name;   /* "--json" */
	const char **value; /* takes a value; else NULL */
	bool *flag;
};

/* Sorts argv[1…] into options and words. The number of words (at most max, into words), or -1 after a usage
 * message. */
int cli_parse(const char *command, int argc, char **argv, const struct cli_option *options,
    const char **words, int max);

/* A new password: from the file (without the newline at its end), from standard input, or, when both are not
 * asked for, twice from the terminal without echo. NULL after a message. In the arena. */
const char *cli_password(struct arena *a, const char *file, bool from_stdin);
