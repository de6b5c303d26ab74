/* common.c: what the commands share. Before: cli/ commands. After: store/db.c, cli/terminal.c. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "auth/password.h"
#include "cli/cli.h"
#include "cli/terminal.h"

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
	const char *hint = db_hint(cli->db);

	cli_failed("%s%s", res == UNAVAILABLE ? "the database is not available: " : "",
	    db_message(cli->db));
	if (*hint)
		fprintf(stderr, "Hint: %s\n", hint);
	return 1;
}

bool cli_confirm(struct cli *cli, const char *fmt, ...)
{
	const char *answer;
	char text[500];
	va_list ap;

	if (cli->yes)
		return true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer = terminal_ask(cli->arena, arena_printf(cli->arena, "%s [y/N] ", text));
	if (!answer)
		cli_failed("no terminal to ask whether to do this: say --yes");
	else if (strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0)
		return true;
	else
		cli_failed("nothing was done");
	return false;
}

enum result cli_write(
    struct cli *cli, enum query q, struct rows *out, size_t n, const char *const *params)
{
	const struct actor nobody = {0};
	enum result res = db_begin(cli->db, cli->arena, &nobody);

	if (res == OK)
		res = db_write(cli->db, cli->arena, q, out, n, params);
	if (res == OK)
		return db_commit(cli->db);
	return res;
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
	const char *second = first && *first ? terminal_secret(a, "Again: ") : first;

	if (!first || !second) {
		cli_failed("no terminal to ask for the password: use --password-stdin or "
			   "--password-file FILE");
		return NULL;
	}
	if (!*first || !*second) {
		cli_failed("no password was given");
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
