/* deadline.h: an end to waiting on one connection. When the time is up the connection is shut down, so that
 * a blocked read or write returns at once, in libfcgi too. One at a time in a process (it uses SIGALRM). */
#pragma once

#include <stdbool.h>

/* Once for the process: installs the signal handler. */
void deadline_init(void);

/* Gives the connection so many seconds from now. */
void deadline_set(int fd, unsigned seconds);

/* Lifts it. True when it had passed. */
bool deadline_clear(void);

/* Whether it has passed. */
bool deadline_passed(void);
