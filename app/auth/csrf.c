/* csrf.c: tells a browser's request that began on our own page from one that began elsewhere (OWASP CSRF Prevention
 * Cheat Sheet): a token bound to the session, and what browsers say of the request's origin. Before:
 * http/route.c. After: the handlers. */
#include <sodium.h>
#include <string.h>

#include "auth/session.h"
#include "base/text.h"
#include "http/reply.h"

#define CSRF_BYTES SESSION_SUBKEY_BYTES
#define WRONG_TOKEN "CSRF token missing or incorrect."

static bool is_https(const struct request *r)
{
	return strcmp(r->scheme, "https") == 0;
}

static const char *cookie_name(const struct request *r)
{
	return is_https(r) ? "__Host-csrftoken" : "csrftoken";
}

/* What tokens of this browser are made from: its session or, before it signed in, the cookie. */
static bool secret_of(struct request *r, unsigned char out[CSRF_BYTES])
{
	const char *cookie;

	if (r->identity.how == BY_SESSION) {
		session_subkey(r, "csrf", out);
		return true;
	}
	cookie = request_cookie(r, cookie_name(r));
	return cookie && parse_hex(cookie, out, CSRF_BYTES);
}

/* Scripts of our origin may read it (X-CSRFToken), so it is not HttpOnly. */
static void send_cookie(struct request *r, const unsigned char secret[CSRF_BYTES])
{
	const char *value = format_hex(r->arena, secret, CSRF_BYTES);
	const char *sent = request_cookie(r, cookie_name(r));

	if (sent && strcmp(sent, value) == 0)
		return;
	reply_header(r, "Set-Cookie",
	    arena_printf(r->arena, "%s=%s; Path=/; Max-Age=31449600; SameSite=Lax%s",
		cookie_name(r), value, is_https(r) ? "; Secure" : ""));
}

const char *session_csrf_token(struct request *r)
{
	unsigned char secret[CSRF_BYTES], token[2 * CSRF_BYTES];

	if (!secret_of(r, secret))
		randombytes_buf(secret, sizeof(secret));
	send_cookie(r, secret);
	randombytes_buf(token, CSRF_BYTES);
	for (size_t i = 0; i < CSRF_BYTES; i++)
		token[CSRF_BYTES + i] = token[i] ^ secret[i];
	sodium_memzero(secret, sizeof(secret));
	return format_hex(r->arena, token, sizeof(token));
}

/* A token as in forms, masked, or as in the cookie, plain. */
static bool token_fits(const char *text, const unsigned char secret[CSRF_BYTES])
{
	unsigned char token[2 * CSRF_BYTES], plain[CSRF_BYTES];

	if (parse_hex(text, plain, sizeof(plain)))
		return same_secret(plain, secret, sizeof(plain));
	if (!parse_hex(text, token, sizeof(token)))
		return false;
	for (size_t i = 0; i < CSRF_BYTES; i++)
		plain[i] = token[i] ^ token[CSRF_BYTES + i];
	return same_secret(plain, secret, sizeof(plain));
}

/* host of "scheme://host…" without a port that is the scheme's own; "" when it has no such form. */
static const char *host_part(struct arena *a, const char *url, const char **scheme)
{
	const char *colon = strstr(url, "://");
	char *host;

	*scheme = "";
	if (!colon)
		return "";
	*scheme = ascii_lower(a, arena_strndup(a, url, (size_t)(colon - url)));
	host = ascii_lower(a, arena_strndup(a, colon + 3, strcspn(colon + 3, "/?#")));
	if (strcmp(*scheme, "https") == 0 && text_ends(host, ":443"))
		host[strlen(host) - 4] = '\0';
	if (strcmp(*scheme, "http") == 0 && text_ends(host, ":80"))
		host[strlen(host) - 3] = '\0';
	return host;
}

bool session_same_origin(struct request *r, const char *url)
{
	const char *scheme, *our_scheme;
	const char *host = host_part(r->arena, url, &scheme);
	const char *ours = host_part(r->arena, request_url(r, "/"), &our_scheme);

	if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		return false;
	if (is_https(r) && strcmp(scheme, "https") != 0)
		return false;
	return *host && strcmp(host, ours) == 0;
}

static const char *stranger(struct request *r, const char *check, const char *who)
{
	size_t n = strlen(who);

	return arena_printf(r->arena,
	    "%s checking failed - %.200s does not match any trusted origins.", check,
	    utf8_replace(r->arena, who, &n));
}

static const char *referer_refusal(struct request *r, const char *referer)
{
	const char *scheme;

	if (!*host_part(r->arena, referer, &scheme))
		return "Referer checking failed - Referer is malformed.";
	if (strcmp(scheme, "https") != 0)
		return "Referer checking failed - Referer is insecure while host is secure.";
	return session_same_origin(r, referer) ? NULL : stranger(r, "Referer", referer);
}

/* What the browser says of where the request began. Scripts and old browsers may say nothing over http; over https all
 * have sent a Referer for decades, if they are let. */
static const char *origin_refusal(struct request *r)
{
	const char *origin = request_param(r, "HTTP_ORIGIN");
	const char *site = request_param(r, "HTTP_SEC_FETCH_SITE");
	const char *referer = request_param(r, "HTTP_REFERER");

	if (origin && *origin)
		return session_same_origin(r, origin) ? NULL : stranger(r, "Origin", origin);
	if (site && *site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return stranger(r, "Origin", site);
	if (!is_https(r))
		return NULL;
	if (referer && *referer)
		return referer_refusal(r, referer);
	return site && *site ? NULL : "Referer checking failed - no Referer.";
}

const char *session_csrf_refusal(struct request *r)
{
	unsigned char secret[CSRF_BYTES];
	const char *refusal = origin_refusal(r), *token;
	struct params form;
	bool fits;

	if (refusal)
		return refusal;
	if (!secret_of(r, secret))
		return CSRF_NO_COOKIE;
	request_form(r, &form);
	token = params_last(&form, "csrfmiddlewaretoken");
	if (!token || !*token)
		token = request_param(r, "HTTP_X_CSRFTOKEN");
	fits = token && token_fits(token, secret);
	sodium_memzero(secret, sizeof(secret));
	return fits ? NULL : WRONG_TOKEN;
}
