/* terminal.c: reads a line from a person. Before: cli/common.c. After: the terminal. */
#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "auth/password.h"

static const char *read_line(struct arena *a, int fd)
{
	char text[PASSWORD_MAX + 1];
	size_t n = 0;
	const char *out;

	while (n < PASSWORD_MAX && read(fd, text + n, 1) == 1 && text[n] != '\n')
		n++;
	out = arena_strndup(a, text, n);
	sodium_memzero(text, sizeof(text));
	return out;
}

static int open_terminal(struct termios *before)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && tcgetattr(fd, before) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

const char *terminal_secret(struct arena *a, const char *prompt)
{
	struct termios before, silent;
	sigset_t interrupts, old;
	const char *line;
	int fd = open_terminal(&before);

	if (fd < 0)
		return NULL;
	/* an interrupt must not leave the terminal without echo */
	sigemptyset(&interrupts);
	sigaddset(&interrupts, SIGINT);
	sigaddset(&interrupts, SIGTSTP);
	sigprocmask(SIG_BLOCK, &interrupts, &old);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", prompt);
	line = read_line(a, fd);
	dprintf(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd);
	return line;
}

const char *terminal_ask(struct arena *a, const char *prompt)
{
	struct termios before;
	const char *line;
	int fd = open_terminal(&before);

	if (fd < 0)
		return NULL;
	dprintf(fd, "%s", prompt);
	line = read_line(a, fd);
	close(fd);
	return line;
}
