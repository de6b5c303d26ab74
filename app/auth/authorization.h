/* authorization.h: reads an Authorization header (RFC 9110 section 11.6.2) by the rules of wire.md
 * B 1.3 with A2.4, A2.9, A2.10 and A2.20. Pure: asks no database. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum authorization_scheme {
	AUTHORIZATION_NONE, /* absent, empty, or a scheme that is not ours: anonymous */
	AUTHORIZATION_TOKEN, /* Token or Bearer */
	AUTHORIZATION_BASIC,
	AUTHORIZATION_BAD, /* claimed, but malformed: refuse with 403 and `error` */
};

struct authorization {
	enum authorization_scheme scheme;
	const char *error; /* BAD: the documented detail text */
	bool bare_key; /* NONE: the value is 40 hex digits without a scheme word (A2.20) */
	const char *token; /* TOKEN: the word after the scheme, as sent, not checked further */
	bool token_is_key; /* TOKEN: it is 40 hex digits, and key holds the 20 bytes */
	unsigned char key[20];
	const char *username; /* BASIC: UTF-8 (Latin-1 converted); a name with a NUL is BAD */
	const char *password; /* BASIC: may hold any byte but NUL; NUL is BAD */
	size_t password_len;
};

/* value: the header as received (n bytes), NULL when absent. basic: whether this resource knows
 * Basic; where it does not, a Basic header is NONE. Two credentials in one value ("Token a, Token b",
 * "Basic x, Token y", as servers join repeated headers) are BAD, and so is any control byte but a tab
 * behind a scheme word of ours. Never fails otherwise. The results live in the arena. */
void authorization_parse(
    struct arena *a, const char *value, size_t n, bool basic, struct authorization *out);
