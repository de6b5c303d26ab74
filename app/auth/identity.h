/* identity.h: who is asking. Filled by auth/authenticate.c, read by everyone after it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum identity_how { ANONYMOUS, BY_TOKEN, BY_SESSION, BY_BASIC };

struct identity {
	enum identity_how how;
	/* the user; NULL and false when anonymous */
	const char *user_id, *username;
	bool is_superuser, may_manage_tokens;
	/* BY_TOKEN */
	const char *token_id;
	bool write_enabled; /* true for sessions and Basic */
	bool network_limited; /* the token has allowed_ips */
	bool use_is_stale; /* last_used is older than a minute: write it after the reply */
	/* BY_SESSION */
	const char *session_id; /* the row's id, no secret */
	const char *session_key; /* the cookie's value: a secret, for session_subkey only */
	bool has_flash; /* messages wait for the next page */
	/* ANONYMOUS */
	bool session_over; /* the cookie names no live session: take it away */
};
