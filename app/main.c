/* main.c: the subcommands, one table. After: cli/. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/log.h"
#include "cli/cli.h"
#include "version.h"

static const struct {
	const char *name;
	int (*run)(const struct config *c, int argc, char **argv);
	const char *summary;
	const char *help; /* usage and what there is to know, a line each */
} commands[] = {
    {"serve", cli_serve, "answer requests from web servers, until SIGTERM",
	"usage: postern serve\n\n"
	"Answers FastCGI requests on the addresses in POSTERN_LISTEN. SIGTERM finishes what is in\n"
	"hand and stops; SIGHUP replaces the workers one by one, which read the pepper file anew.\n"
	"Settings come from the environment: see \"postern config\".\n"},
    {"migrate", cli_migrate, "bring the database's schema to this version",
	"usage: postern migrate\n\n"
	"Applies the migrations that the database lacks, each in a transaction of its own, and makes\n"
	"the pepper file on a new installation. Run it as a role that owns the database, or that is a\n"
	"member of postern_owner. The connection comes from PGHOST, PGDATABASE, PGUSER and the like.\n"},
    {"user", cli_user, "add, list, restrict and disable users",
	"usage: postern user add NAME [--superuser] [--no-tokens] [--email E] [--first-name F] [--last-name L]\n"
	"                            [--password-file FILE | --password-stdin | --no-password]\n"
	"       postern user passwd NAME [--password-file FILE | --password-stdin]\n"
	"       postern user list [NAME]\n"
	"       postern user disable|enable NAME\n"
	"       postern user allow-tokens|forbid-tokens NAME\n\n"
	"A password is asked for on the terminal, twice, unless it comes from a file or standard input.\n"
	"--no-tokens and forbid-tokens: the user may not create or modify own API tokens.\n"},
    {"hash", cli_hash, "print the argon2id line of a password, for psql",
	"usage: postern hash [--password-file FILE | --password-stdin]\n\n"
	"In psql:  \\set h `postern hash`\n"
	"          SELECT postern.set_password('hankhill', :'h');\n"},
    {"check", cli_check, "check settings, pepper, database and schema",
	"usage: postern check\n\nPrints a line for each; exits with 1 when one is not in order.\n"},
    {"config", cli_config, "print all settings with their values and help",
	"usage: postern config\n\nThe output can be used as an environment file.\n"},
};

static const size_t command_count = sizeof(commands) / sizeof(commands[0]);

static void help(FILE *out)
{
	fputs("usage: postern COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n\"postern COMMAND --help\" tells more; \"postern --version\" tells the version.\n", out);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int run(size_t command, int argc, char **argv)
{
	static const char *const levels[] = {"debug", "info", "warn", "error"};
	struct config config;
	enum log_level level = LOG_LEVEL_DEBUG;

	if (asks_for_help(argc, argv)) {
		fputs(commands[command].help, stdout);
		return 0;
	}
	config_load(&config);
	while (strcmp(levels[level], config.log_level) != 0)
		level++;
	/* an administrator at a terminal reads messages, not log lines */
	log_init(strcmp(config.log_format, "json") == 0,
	    strcmp(commands[command].name, "serve") == 0 ? level : LOG_LEVEL_ERROR + 1);
	return commands[command].run(&config, argc, argv);
}

int main(int argc, char **argv)
{
	if (sodium_init() < 0)
		fatal("libsodium cannot start");
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("postern " POSTERN_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return 0;
	}
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return run(i, argc - 1, argv + 1);
	fprintf(stderr, "postern: no such command: \"%s\"\n\n", argv[1]);
	help(stderr);
	return EXIT_USAGE;
}
