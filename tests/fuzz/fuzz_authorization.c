/* fuzz_authorization.c: what is accepted as credentials is one clean word, and says the same again.
 * Needs: base/arena base/buf base/text auth/authorization */
#include "fuzz.h"

#include "auth/authorization.h"
#include "base/text.h"

static void check_token(struct arena *a, const struct authorization *auth)
{
	const char *header = arena_printf(a, "bEARER \t%s ", auth->token);
	struct authorization again;

	PROMISE(*auth->token && utf8_valid(auth->token, strlen(auth->token)));
	for (const char *p = auth->token; *p; p++)
		PROMISE((unsigned char)*p > 0x20 && *p != 0x7f);
	PROMISE(!auth->token_is_key || strspn(auth->token, "0123456789abcdefABCDEF") == 40);
	authorization_parse(a, header, strlen(header), false, &again);
	PROMISE(again.scheme == AUTHORIZATION_TOKEN && strcmp(again.token, auth->token) == 0);
	PROMISE(again.token_is_key == auth->token_is_key);
	PROMISE(memcmp(again.key, auth->key, sizeof(again.key)) == 0);
}

static void check(struct arena *a, const char *value, size_t n, bool basic)
{
	struct authorization auth;

	authorization_parse(a, value, n, basic, &auth);
	PROMISE((auth.scheme == AUTHORIZATION_BAD) == (auth.error != NULL));
	PROMISE((auth.scheme == AUTHORIZATION_TOKEN) == (auth.token != NULL));
	PROMISE((auth.scheme == AUTHORIZATION_BASIC) == (auth.username != NULL));
	PROMISE(!auth.bare_key || auth.scheme == AUTHORIZATION_NONE);
	if (auth.token)
		check_token(a, &auth);
	if (auth.username) {
		PROMISE(basic && !strchr(auth.username, ':'));
		PROMISE(utf8_valid(auth.username, strlen(auth.username)));
		PROMISE(strlen(auth.password) == auth.password_len);
		PROMISE(utf8_valid(auth.password, auth.password_len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();

	check(a, (const char *)data, n, true);
	check(a, (const char *)data, n, false);
	arena_free(a);
	return 0;
}
