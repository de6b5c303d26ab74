/* login.h: one check of a name and a password, the same for every entrance (Basic, page): throttled, of equal
 * cost for known and unknown names. Only password workers may call it. */
#pragma once

#include "http/request.h"

struct login {
	const char *user_id, *username;
	const char *password_hash; /* what the password was found right by */
	bool is_superuser, may_manage_tokens;
	int wait; /* DENIED: seconds until the next try, 0 when the password was wrong */
};

/* OK; DENIED for a wrong password, an unknown, inactive or password-less user, and too many tries; UNAVAILABLE or
 * FAILED. */
enum result login_check(
    struct request *r, const char *username, const char *password, size_t n, struct login *out);

/* Records that a user with the right password asked for a token and may have none. */
void login_note_restricted(struct request *r, const char *username);
