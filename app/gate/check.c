/* check.c: tells what arrived, without any secret, and names the usual mistakes in a web server's configuration.
 * Before: http/route.c. After: http/reply.c. */
#include "gate/check.h"

#include <json-c/json.h>
#include <string.h>
#include <strings.h>

#include "base/net.h"
#include "base/text.h"
#include "http/names.h"
#include "http/reply.h"

static bool arrived(const struct request *r, const char *name)
{
	const char *value = request_param(r, name);

	return value && *value;
}

static bool apache_took_authorization(const struct request *r)
{
	const char *server = request_param(r, "SERVER_SOFTWARE");

	return server && text_starts(server, "Apache") && !arrived(r, "HTTP_AUTHORIZATION");
}

static bool unknown_host(const struct request *r)
{
	return !host_sane(r->host) || !host_allowed(r->host, r->config->allowed_hosts);
}

static bool no_authorization(const struct request *r)
{
	return !arrived(r, "HTTP_AUTHORIZATION") && !apache_took_authorization(r);
}

static bool no_address(const struct request *r)
{
	return !*r->remote_addr;
}

static bool proxy_field(const struct request *r)
{
	return arrived(r, "HTTP_PROXY");
}

static bool unverified_user(const struct request *r)
{
	return arrived(r, "REMOTE_USER");
}

static bool role_misspelled(const struct request *r)
{
	return arrived(r, "POSTERN_ROLE");
}

static bool proxy_not_trusted(const struct request *r)
{
	const char *forwarded = request_param(r, "HTTP_X_FORWARDED_FOR");

	const char *peer = request_param(r, "REMOTE_ADDR");

	peer = peer ? address_parse(r->arena, peer) : NULL;
	return forwarded && *forwarded &&
	       !(peer && address_listed(r->arena, peer, r->config->trusted_proxies)) &&
	       strcmp(forwarded, r->remote_addr) != 0; /* Caddy always sends it */
}

/* A parameter that came twice; of those that do not stand for header fields. */
static bool twice(const struct request *r)
{
	for (char **p = r->input->params; *p; p++) {
		size_t n = strcspn(*p, "=") + 1;

		for (char **q = text_starts(*p, "HTTP_") ? NULL : p + 1; q && *q; q++)
			if (strncmp(*p, *q, n) == 0)
				return true;
	}
	return false;
}

static const struct {
	bool (*shows)(const struct request *r);
	const char *advice;
} mistakes[] = {
    {apache_took_authorization,
	"No Authorization header arrived. If you sent one, Apache removed it: add CGIPassAuth On."},
    {no_authorization,
	"No Authorization header arrived. If you sent one, the web server removed it."},
    {no_address, "No client address arrived: pass REMOTE_ADDR."},
    {proxy_field, "The client's Proxy header arrived: blank HTTP_PROXY, which programs take for "
		  "their own proxy."},
    {unverified_user,
	"REMOTE_USER arrived; Postern does not look at it, for nginx fills in what clients claim."},
    {role_misspelled,
	"POSTERN_ROLE arrived, but not as \"gate\": this was no question to the gate."},
    {proxy_not_trusted, "X-Forwarded-For arrived and is not believed; if a proxy of yours sent it, "
			"list its address in POSTERN_TRUSTED_PROXIES."},
    {unknown_host, "The host is not in POSTERN_ALLOWED_HOSTS, so every other request is refused: "
		   "list it there, or have the web server pass on the right one."},
    {twice, "The web server sent a parameter twice, of which the first one counts: set yours "
	    "before any include."},
};

/* The scheme word of the Authorization header, when it is one: what else stands there may be a secret. */
static const char *scheme(const struct request *r)
{
	static const char *const known[] = {"Token", "Bearer", "Basic", "Digest", "Negotiate"};
	const char *value = request_param(r, "HTTP_AUTHORIZATION");

	for (size_t i = 0; value && i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i]);

		if (strncasecmp(value, known[i], n) == 0 && (value[n] == ' ' || !value[n]))
			return known[i];
	}
	return NULL;
}

static void add_text(struct request *r, struct json_object *o, const char *name, const char *value)
{
	size_t n = value ? strlen(value) : 0;
	const char *text = value ? utf8_replace(r->arena, value, &n) : NULL;

	json_object_object_add(o, name, text ? json_object_new_string_len(text, (int)n) : NULL);
}

int gate_check(struct request *r)
{
	static const char *const params[][2] = {{"server", "SERVER_SOFTWARE"},
	    {"gate_role", "POSTERN_ROLE"}, {"gate_resource", "POSTERN_RESOURCE"},
	    {"gate_server", "POSTERN_SERVER"}};
	struct json_object *o = json_object_new_object(), *advice = json_object_new_array();

	add_text(r, o, "problem", r->problem);
	add_text(r, o, "method", r->method);
	add_text(r, o, "path", r->path);
	add_text(r, o, "scheme", r->scheme);
	add_text(r, o, "host", r->host);
	add_text(r, o, "address", r->remote_addr);
	json_object_object_add(
	    o, "authorization_arrived", json_object_new_boolean(arrived(r, "HTTP_AUTHORIZATION")));
	add_text(r, o, "authorization_scheme", scheme(r));
	json_object_object_add(
	    o, "cookie_arrived", json_object_new_boolean(arrived(r, "HTTP_COOKIE")));
	for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		add_text(r, o, params[i][0], request_param(r, params[i][1]));
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		if (mistakes[i].shows(r))
			json_object_array_add(advice, json_object_new_string(mistakes[i].advice));
	json_object_object_add(o, "advice", advice);
	return reply_json(r, 200, o);
}
