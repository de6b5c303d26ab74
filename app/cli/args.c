/* args.c: from words on the command line to a verb. Before: main.c. After: cli/ commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/cli.h"
#include "store/migrate.h"

/* All options of all commands. value: what stands for the value in the help; NULL: the option takes none. */
static const struct option {
	const char *name, *value;
	size_t offset; /* in struct cli_args: const char *, or bool */
	const char *help;
} options[] = {
    {"--json", NULL, offsetof(struct cli_args, json), "print JSON, for programs"},
    {"--yes", NULL, offsetof(struct cli_args, yes), "do not ask; needed without a terminal"},
    {"--superuser", NULL, offsetof(struct cli_args, superuser), "with every permission"},
    {"--no-tokens", NULL, offsetof(struct cli_args, no_tokens),
	"may not create or modify own API tokens"},
    {"--email", "ADDRESS", offsetof(struct cli_args, email), "e-mail address"},
    {"--first-name", "NAME", offsetof(struct cli_args, first_name), "given name"},
    {"--last-name", "NAME", offsetof(struct cli_args, last_name), "family name"},
    {"--password-file", "FILE", offsetof(struct cli_args, password_file),
	"take the password from a file"},
    {"--password-stdin", NULL, offsetof(struct cli_args, password_stdin),
	"take the password from standard input"},
    {"--no-password", NULL, offsetof(struct cli_args, no_password), "no sign-in by password"},
    {"--description", "TEXT", offsetof(struct cli_args, description), "what the token is for"},
    {"--expires", "TIME", offsetof(struct cli_args, expires),
	"when the token ends, e.g. 2027-01-31T00:00Z"},
    {"--read-only", NULL, offsetof(struct cli_args, read_only), "the token may only read"},
    {"--allowed-ips", "LIST", offsetof(struct cli_args, allowed_ips),
	"networks to accept the token from"},
    {"--who", "NAME", offsetof(struct cli_args, who), "only what this user or database role did"},
    {"--action", "ACTION", offsetof(struct cli_args, action),
	"only this action, e.g. token_created"},
    {"--object", "OBJECT", offsetof(struct cli_args, object),
	"only what was done to it: a name or identifier"},
    {"--since", "TIME", offsetof(struct cli_args, since), "from then on"},
    {"--until", "TIME", offsetof(struct cli_args, until), "before then"},
    {"--limit", "N", offsetof(struct cli_args, limit), "at most so many, the newest (default 100)"},
    {"--user", "NAME", offsetof(struct cli_args, user), "asked by a signed-in user"},
    {"--token", "TOKEN", offsetof(struct cli_args, token),
	"asked with a token: its id or last six digits"},
    {"--resource", "TYPE", offsetof(struct cli_args, resource),
	"object type of the location, e.g. dcim.site"},
    {"--address", "ADDRESS", offsetof(struct cli_args, address),
	"client address (default 127.0.0.1)"},
    {"--log-format", "text|json", offsetof(struct cli_args, log_format),
	"form of log lines: key=value or JSON; else POSTERN_LOG_FORMAT says it"},
};

static const size_t option_count = sizeof(options) / sizeof(options[0]);

/* Whether a word stands in a list of words. */
static bool listed(const char *list, const char *word, size_t n)
{
	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

bool cli_takes(const struct cli_verb *verb, const char *name)
{
	return listed(verb->options, name, strlen(name));
}

bool cli_option(size_t i, const char **name, const char **value, const char **help)
{
	if (i >= option_count)
		return false;
	*name = options[i].name;
	*value = options[i].value;
	*help = options[i].help;
	return true;
}

/* The option that the first n bytes of name are. */
static const struct option *find_option(const struct cli_verb *verb, const char *name, size_t n)
{
	for (size_t i = 0; i < option_count; i++)
		if (strncmp(options[i].name, name, n) == 0 && !options[i].name[n] &&
		    cli_takes(verb, options[i].name))
			return &options[i];
	return NULL;
}

/* How many words the verb takes: all in `words`, those in brackets need not be there. */
static void count_words(const struct cli_verb *verb, int *min, int *max)
{
	*min = *max = 0;
	for (const char *p = verb->words; *p; p += strspn(p, " ")) {
		*min += *p != '[';
		++*max;
		p += strcspn(p, " ");
	}
}

/* One option and its value, which stands behind "=" or is the next argument; its status. */
static int take_option(const char *command, const struct cli_verb *verb, int argc, char **argv,
    int *at, struct cli_args *out)
{
	size_t n = strcspn(argv[*at], "=");
	const char *value = argv[*at][n] ? argv[*at] + n + 1 : NULL;
	const struct option *o = find_option(verb, argv[*at], n);

	if (!o)
		return cli_usage(command, "unknown option \"%.*s\"", (int)n, argv[*at]);
	if (!o->value && value)
		return cli_usage(command, "%s takes no value", o->name);
	if (o->value && !value && *at + 1 == argc)
		return cli_usage(command, "%s needs a value", o->name);
	if (!o->value)
		*(bool *)((char *)out + o->offset) = true;
	else
		*(const char **)(void *)((char *)out + o->offset) = value ? value : argv[++*at];
	return 0;
}

/* What tells where a password comes from excludes one another. */
static bool password_sources(const struct cli_args *args)
{
	return args->no_password + args->password_stdin + (args->password_file != NULL) > 1;
}

static int parse(
    const char *command, const struct cli_verb *verb, int argc, char **argv, struct cli_args *out)
{
	int min, max, n = 0;
	bool only_words = false;

	count_words(verb, &min, &max);
	for (int i = 0; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words && argv[i][0] == '-' && argv[i][1]) {
			if (take_option(command, verb, argc, argv, &i, out) != 0)
				return EXIT_USAGE;
			continue;
		}
		if (n == max)
			return cli_usage(command, "too many arguments: \"%s\"", argv[i]);
		out->words[n++] = argv[i];
	}
	if (n < min)
		return cli_usage(command, "%s%s%s needs: %s", command, *verb->name ? " " : "",
		    verb->name, verb->words);
	if (password_sources(out))
		return cli_usage(command, "%s exclude one another",
		    cli_takes(verb, "--no-password")
			? "--password-file, --password-stdin and --no-password"
			: "--password-file and --password-stdin");
	return 0;
}

/* Ends the program with a message when the database cannot be reached or its schema is not this program's. */
static void open_database(struct cli *cli)
{
	const char *problem;
	int64_t version;

	cli->db = db_new_command(cli->config);
	if (schema_check(cli->db, cli->arena, &version, &problem) != SCHEMA_CURRENT)
		fatal("%s", problem);
}

static int run_verb(
    const struct config *c, const struct cli_verb *verb, const struct cli_args *args)
{
	struct cli cli = {.config = c, .arena = arena_new(), .json = args->json, .yes = args->yes};
	int status;

	if (!verb->without_database)
		open_database(&cli);
	status = verb->run(&cli, args);
	if (cli.db)
		db_free(cli.db);
	arena_free(cli.arena);
	return status;
}

int cli_run(const struct config *c, const char *command, const struct cli_verb *verbs, int argc,
    char **argv)
{
	struct cli_args args = {0};
	bool plain = !*verbs->name; /* no verbs: all that follows are arguments */
	const struct cli_verb *verb = verbs;
	int skip = plain ? 1 : 2, status;

	if (!plain && argc < 2)
		return cli_usage(command, "%s needs a command", command);
	while (!plain && verb->name && strcmp(verb->name, argv[1]) != 0)
		verb++;
	if (!verb->name)
		return cli_usage(command, "no such %s command: \"%s\"", command, argv[1]);
	status = parse(command, verb, argc - skip, argv + skip, &args);
	return status ? status : run_verb(c, verb, &args);
}

static void print_usage(const char *command, const struct cli_verb *verb, const char *lead)
{
	printf("%s postern %s%s%s%s%s", lead, command, *verb->name ? " " : "", verb->name,
	    *verb->words ? " " : "", verb->words);
	for (size_t i = 0; i < option_count; i++)
		if (cli_takes(verb, options[i].name))
			printf(" [%s%s%s]", options[i].name, options[i].value ? " " : "",
			    options[i].value ? options[i].value : "");
	printf("\n");
}

void cli_help(const char *command, const struct cli_verb *verbs)
{
	for (const struct cli_verb *v = verbs; v->name; v++)
		print_usage(command, v, v == verbs ? "usage:" : "      ");
	puts("");
	for (const struct cli_verb *v = verbs; v->name && *v->name; v++)
		printf("  %-17s %s\n", v->name, v->help);
	for (size_t i = 0; i < option_count; i++)
		for (const struct cli_verb *v = verbs; v->name; v++)
			if (cli_takes(v, options[i].name)) {
				printf("  %-17s %s\n", options[i].name, options[i].help);
				break;
			}
}
