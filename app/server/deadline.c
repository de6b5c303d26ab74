/* deadline.c: SIGALRM that shuts a connection down. Before: server/worker.c. After: the kernel. */
#include "server/deadline.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t guarded = -1, passed;

static void on_alarm(int signal)
{
	int saved = errno;

	(void)signal;
	if (guarded >= 0)
		shutdown(guarded, SHUT_RDWR);
	passed = 1;
	errno = saved;
}

void deadline_init(void)
{
	struct sigaction action = {.sa_handler = on_alarm};

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
}

void deadline_set(int fd, unsigned seconds)
{
	passed = 0;
	guarded = fd;
	alarm(seconds);
}

bool deadline_clear(void)
{
	alarm(0);
	guarded = -1;
	return passed;
}

bool deadline_passed(void)
{
	return passed;
}
