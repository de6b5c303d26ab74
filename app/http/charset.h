/* charset.h: JSON bodies in the character sets that their media type may name (wire.md B 2.5), made UTF-8. */
#pragma once

#include <stddef.h>

#include "base/arena.h"

/* The n bytes as UTF-8; *n becomes its length, at most twice as many. charset: us-ascii, iso-8859-1, utf-16 (which
 * begins with a byte order mark), utf-16le and utf-16be by all their usual names; NULL and any other name is utf-8, and
 * the text is left as it is, checked by nobody. NULL when it is not in that set: *error says so in the words of Python's
 * codecs. */
const char *charset_to_utf8(
    struct arena *a, const char *charset, const char *text, size_t *n, const char **error);
