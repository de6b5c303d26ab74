/* terminal.c: reads a line from a person. Before: cli/common.c. After: the terminal. */
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "auth/password.h"

enum outcome { LINE, END, INTERRUPTED };

/* Waits until the terminal has something to read. False: one of the signals came instead. signals: -1, or a descriptor of
 * signalfd(2). */
static bool wait_for_input(int fd, int signals)
{
	struct pollfd p[] = {
	    {.fd = fd, .events = POLLIN}, {.fd = signals, .events = POLLIN}}; /* -1 is skipped */

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	return !p[1].revents;
}

/* One line without its newline. END: the input ended before one, or the line is longer than any password. */
static enum outcome read_line(struct arena *a, int fd, int signals, const char **out)
{
	char text[PASSWORD_MAX + 1];
	enum outcome outcome = END;
	size_t n = 0;

	while (n < sizeof(text)) {
		if (!wait_for_input(fd, signals)) {
			outcome = INTERRUPTED;
			break;
		}
		if (read(fd, text + n, 1) != 1)
			break;
		if (text[n] == '\n') {
			outcome = LINE;
			break;
		}
		n++;
	}
	*out = outcome == LINE ? arena_strndup(a, text, n) : "";
	sodium_memzero(text, sizeof(text));
	return outcome;
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

/* Asks once without echo. */
static enum outcome ask_silently(struct arena *a, int fd, const struct termios *before, int signals,
    const char *prompt, const char **out)
{
	struct termios silent = *before;
	enum outcome outcome;

	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &silent);
	dprintf(fd, "%s", prompt);
	outcome = read_line(a, fd, signals, out);
	dprintf(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, before);
	return outcome;
}

const char *terminal_secret(struct arena *a, const char *prompt)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP};
	enum outcome outcome = INTERRUPTED;
	struct termios before;
	sigset_t held, old;
	const char *line = NULL;
	int signals, fd = open_terminal(&before);

	if (fd < 0)
		return NULL;
	sigemptyset(&held);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaddset(&held, ending[i]);
	signals = signalfd(-1, &held, SFD_CLOEXEC);
	/* A signal is held until the terminal has its echo back. Who is still there then was only stopped (Ctrl-Z), and is
	 * asked anew. */
	while (outcome == INTERRUPTED) {
		sigprocmask(SIG_BLOCK, &held, &old);
		outcome = ask_silently(a, fd, &before, signals, prompt, &line);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	if (signals >= 0)
		close(signals);
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
	if (read_line(a, fd, -1, &line) == END)
		dprintf(fd, "\n");
	close(fd);
	return line;
}
