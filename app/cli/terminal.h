/* terminal.h: asks a person, on the controlling terminal, whatever standard input and output are. */
#pragma once

#include "base/arena.h"

/* Prints the prompt on the controlling terminal and reads a line from it without echo (termios(3)). NULL when
 * there is no terminal. In the arena. */
const char *terminal_secret(struct arena *a, const char *prompt);

/* The same for a line that may be seen. */
const char *terminal_ask(struct arena *a, const char *prompt);
