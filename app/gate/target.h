/* target.h: whether everyone who reads a request's path reads the same in it. Pure. Before: gate/gate.c. */
#pragma once

#include <stdbool.h>

/* target: the request line's path and query as sent (REQUEST_URI), the query does not matter. False when a web server
 * and the program behind it may take the path for two different ones: a "." or ".." segment, a backslash, a NUL or
 * another control byte, each also with %-escapes, escaped ones ("%252e") and ";parameters"; or more than 8 KiB. */
bool target_plain(const char *target);
