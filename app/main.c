/* main.c: the subcommands, one table. After: cli/. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/manual.h"
#include "cli/settings.h"
#include "version.h"

static const struct {
	const char *name;
	const struct cli_verb *verbs;
	const char *summary;
	const char *notes; /* what there is to know beyond the usage */
} commands[] = {
    {"serve", serve_verbs, "answer requests from web servers, until SIGTERM",
	"Answers FastCGI requests on the addresses in POSTERN_LISTEN. SIGTERM finishes what is in\n"
	"hand and stops; SIGHUP replaces the workers one by one, which read the pepper file anew.\n"
	"Settings come from the environment: see \"postern config\". Events go to standard "
	"error.\n"},
    {"migrate", migrate_verbs, "bring the database's schema to this version",
	"Applies the migrations that the database lacks, each in a transaction of its own, and "
	"makes\n"
	"the pepper file on a new installation. Run it as a role that owns the database, or that "
	"is a\n"
	"member of postern_owner. The connection comes from PGHOST, PGDATABASE, PGUSER and the "
	"like.\n"},
    {"user", user_verbs, "add, list, restrict, disable and delete users",
	"A password is asked for on the terminal, twice, unless it comes from a file or standard "
	"input.\n"},
    {"group", group_verbs, "groups of users", ""},
    {"permission", permission_verbs, "what users and groups may do behind the gate",
	"WHO is the name of a user or group; \"user:\" or \"group:\" in front decides when both "
	"exist.\n"
	"TYPES are object types such as dcim.site, ACTIONS view, add, change, delete; commas "
	"between.\n"},
    {"token", token_verbs, "make, list and revoke API tokens of any user",
	"A key is printed once, when it is made; afterwards only its last six digits are known.\n"},
    {"session", session_verbs, "list and end sign-ins", ""},
    {"audit", audit_verbs, "read and trim the audit log", ""},
    {"throttle", throttle_verbs, "who has to wait after wrong passwords", ""},
    {"explain", explain_verbs, "why the gate allows or refuses a request",
	"Without --user and --token the request comes without a credential. The settings of this\n"
	"environment count, so run it with those of the service.\n"},
    {"hash", hash_verbs, "print the argon2id line of a password, for psql",
	"In psql, \"\\set h `postern hash`\" and then \"SELECT postern.set_password('hankhill', "
	":'h');\"\n"
	"give a user this password.\n"},
    {"check", check_verbs, "check settings, pepper, database and schema",
	"Prints a line for each; exits with 1 when one is not in order.\n"},
    {"config", config_verbs, "print all settings with their values and help",
	"The output can be used as an environment file.\n"},
};

static const size_t command_count = sizeof(commands) / sizeof(commands[0]);

static void help(FILE *out)
{
	fputs("usage: postern COMMAND [ARGUMENT...]\n\n", out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n\"postern COMMAND --help\" tells more; \"postern --version\" tells the version.\n",
	    out);
}

/* "help mdoc-commands" and the like: for the build of the manual page and for the shell's completion. */
static int help_about(const char *what)
{
	if (strcmp(what, "mdoc-options") == 0)
		manual_options();
	else if (strcmp(what, "mdoc-settings") == 0)
		manual_settings();
	else if (strcmp(what, "mdoc-commands") != 0 && strcmp(what, "words") != 0)
		return cli_usage("help", "no help about \"%s\"", what);
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(what, "mdoc-commands") == 0)
			manual_command(commands[i].name, commands[i].verbs, commands[i].summary,
			    commands[i].notes);
		if (strcmp(what, "words") == 0)
			manual_words(commands[i].name, commands[i].verbs);
	}
	return 0;
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
	struct config config;

	if (asks_for_help(argc, argv)) {
		cli_help(commands[command].name, commands[command].verbs);
		if (*commands[command].notes)
			printf("\n%s", commands[command].notes);
		return 0;
	}
	config_load(&config);
	settings_check(&config);
	/* an administrator at a terminal reads messages, not log lines; serve says otherwise */
	log_init(false, LOG_LEVEL_ERROR + 1);
	return cli_run(&config, commands[command].name, commands[command].verbs, argc, argv);
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("postern " POSTERN_VERSION);
		return 0;
	}
	if (strcmp(argv[1], "help") == 0 && argc == 3 && argv[2][0] != '-')
		return help_about(argv[2]);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
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

/* A standard descriptor that was closed would be given to the next thing opened, such as the connection to the database,
 * and what is printed would go there. False: standard output is one of them. */
static bool hold_descriptors(void)
{
	bool output = fcntl(STDOUT_FILENO, F_GETFD) >= 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			fatal("cannot open /dev/null: %s", strerror(errno));
	return output;
}

int main(int argc, char **argv)
{
	bool serving = argc > 1 && strcmp(argv[1], "serve") == 0;
	int status;

	if (!hold_descriptors() && !serving) /* a key that is printed nowhere is lost */
		fatal("standard output is closed");
	if (sodium_init() < 0)
		fatal("libsodium cannot start");
	signal(SIGPIPE, SIG_IGN); /* a reader that went away is told below */
	status = dispatch(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout))
		fatal("cannot write the output: %s", strerror(errno));
	return status;
}
