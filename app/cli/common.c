/* common.c: what the commands share. Before: cli/ commands. After: store/. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sodium.h>
#include <unistd.h>

#include "auth/password.h"
#include "base/log.h"
#include "cli/terminal.h"
#include "store/migrate.h"

void cli_open(struct cli *cli, const struct config *c)
{
	const char *problem;
	int64_t version;

	cli->config = c;
	cli->arena = arena_new();
	cli->db = db_new_command(c);
	if (schema_check(cli->db, cli->arena, &version, &problem) != SCHEMA_CURRENT)
		fatal("%s", problem);
}

void cli_close(struct cli *cli)
{
	db_free(cli->db);
	arena_free(cli->arena);
}

static void say(const char *fmt, va_list ap)
{
	fputs("postern: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

int cli_failed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	return 1;
}

int cli_usage(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	fprintf(stderr, "Try \"postern %s --help\".\n", command);
	return EXIT_USAGE;
}

int cli_refused(struct cli *cli, enum result res)
{
	if (res == UNAVAILABLE)
		return cli_failed("the database is not available: %s", db_message(cli->db));
	return cli_failed("%s", db_message(cli->db));
}

static int take_option(const char *command, const struct cli_option *o, int argc, char **argv, int *at)
{
	if (!o->value) {
		*o->flag = true;
		return 0;
	}
	if (*at + 1 >= argc)
		return cli_usage(command, "%s needs a value", o->name);
	*o->value = argv[++*at];
	return 0;
}

int cli_parse(const char *command, int argc, char **argv, const struct cli_option *options,
    const char **words, int max)
{
	int n = 0;
	bool only_words = false;

	for (int i = 1; i < argc; i++) {
		const struct cli_option *o = options;

		if (only_words || argv[i][0] != '-' || !argv[i][1]) {
			if (n == max) {
				cli_usage(command, "too many arguments: \"%s\"", argv[i]);
				return -1;
			}
			words[n++] = argv[i];
			continue;
		}
		if (strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		while (o->name && strcmp(o->name, argv[i]) != 0)
			o++;
		if (!o->name) {
			cli_usage(command, "unknown option \"%s\"", argv[i]);
			return -1;
		}
		if (take_option(command, o, argc, argv, &i) != 0)
			return -1;
	}
	return n;
}

/* All of a descriptor, without one newline at the end; NULL when it is empty, too long or holds a NUL. */
static const char *read_secret(struct arena *a, int fd)
{
	char text[PASSWORD_MAX + 2];
	size_t n = 0;
	ssize_t r;
	const char *out = NULL;

	while (n < sizeof(text) && (r = read(fd, text + n, sizeof(text) - n)) > 0)
		n += (size_t)r;
	if (n > 0 && n < sizeof(text) && text[n - 1] == '\n')
		n--;
	if (n > 0 && n <= PASSWORD_MAX && !memchr(text, '\0', n))
		out = arena_strndup(a, text, n);
	else
		cli_failed("the password must have 1 to %d bytes and no NUL", PASSWORD_MAX);
	sodium_memzero(text, sizeof(text));
	return out;
}

static const char *read_twice(struct arena *a)
{
	const char *first = terminal_secret(a, "New password: ");
	const char *second = first ? terminal_secret(a, "Again: ") : NULL;

	if (!first || !second) {
		cli_failed("no terminal to ask for the password: use --password-stdin or --password-file FILE");
		return NULL;
	}
	if (strcmp(first, second) != 0) {
		cli_failed("the two passwords differ");
		return NULL;
	}
	return first;
}

const char *cli_password(struct arena *a, const char *file, bool from_stdin)
{
	const char *password;
	int fd;

	if (from_stdin)
		return read_secret(a, STDIN_FILENO);
	if (!file)
		return read_twice(a);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		cli_failed("%s: %s", file, strerror(errno));
		return NULL;
	}
	password = read_secret(a, fd);
	close(fd);
	return password;
}
