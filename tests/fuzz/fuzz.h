/* fuzz.h: what every fuzzer needs. A fuzzer names the files of app/ that it is linked with in a line
 * "Needs:" of its head; run.sh reads it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* A broken promise is a finding, like a crash. */
#define PROMISE(condition_)                                                                        \
	do {                                                                                       \
		if (!(condition_)) {                                                               \
			fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__,         \
			    #condition_);                                                          \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The input up to a newline, as a string, and the rest of it. */
static inline char *first_line(struct arena *a, const char **text, size_t *n)
{
	const char *newline = memchr(*text, '\n', *n);
	size_t len = newline ? (size_t)(newline - *text) : *n;
	char *line = arena_strndup(a, *text, len);

	*text += len + (newline != NULL);
	*n -= len + (newline != NULL);
	return line;
}
