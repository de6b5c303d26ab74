/* terminal.h: asks a person, on the controlling terminal, whatever standard input and output are. */
#pragma once

#include "base/arena.h"

/* Prints the prompt on the controlling terminal and reads a line from it without echo (termios(3)). NULL when
 * there is no terminal, "" when the input ended. In the arena. A signal that ends the program does so at once, with the
 * terminal as it was. */
const char *terminal_secret(struct arena *a, const char *prompt);

/* The same for a line that may be seen. */
const char *terminal_ask(struct arena *a, const char *prompt);
