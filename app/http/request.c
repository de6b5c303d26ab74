/* request.c: makes a struct request of FastCGI parameters. Nothing that a client can set (HTTP_*) decides
 * the path, the role or the address, but for listed proxies. Before: server/worker.c. After: http/route.c. */
#include "http/request.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/net.h"
#include "base/text.h"
#include "http/names.h"

const char *request_param(const struct request *r, const char *name)
{
	size_t n = strlen(name);

	for (char **p = r->input->params; *p; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			return *p + n + 1;
	return NULL;
}

static const char *param_or(const struct request *r, const char *name, const char *fallback)
{
	const char *value = request_param(r, name);

	return value && *value ? value : fallback;
}

static const char *make_id(struct request *r)
{
	const char *given = request_param(r, "HTTP_X_REQUEST_ID");
	unsigned char random[16];

	if (given && request_id_sane(given))
		return given;
	randombytes_buf(random, sizeof(random));
	return format_hex(r->arena, random, sizeof(random));
}

int request_param_times(const struct request *r, const char *name)
{
	size_t n = strlen(name);
	int count = 0;

	for (char **p = r->input->params; *p; p++)
		count += strncmp(*p, name, n) == 0 && (*p)[n] == '=';
	return count;
}

/* Web servers join the lines of one field, but for nginx, which passes on no other spelling of it: a parameter that
 * comes twice from another one is a proxy's X-Forwarded-For beside a client's X_Forwarded_For. */
const char *request_forwarding_problem(const struct request *r)
{
	static const char *const names[] = {
	    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"};

	if (!*r->config->trusted_proxies ||
	    text_starts(param_or(r, "SERVER_SOFTWARE", ""), "nginx/"))
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (request_param_times(r, names[i]) > 1)
			return "A forwarded header came in two spellings.";
	return NULL;
}

/* A list header as one list: proxies add a field of their own behind the client's, and some web servers (nginx before
 * 1.23) pass both on. */
static char *list_param(const struct request *r, const char *name)
{
	struct buf all = BUF(r->arena);
	size_t n = strlen(name);

	for (char **p = r->input->params; *p; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			buf_addf(&all, "%s%s", all.len ? "," : "", *p + n + 1);
	return arena_strdup(r->arena, buf_str(&all));
}

/* The client as the web server saw it, or, when that is a listed proxy, the last address in
 * X-Forwarded-For that is not one. */
static const char *find_client(struct request *r)
{
	const char *trusted = r->config->trusted_proxies;
	const char *client = address_parse(r->arena, param_or(r, "REMOTE_ADDR", ""));
	char *chain = list_param(r, "HTTP_X_FORWARDED_FOR");

	while (client && *chain && address_listed(r->arena, client, trusted)) {
		char *comma = strrchr(chain, ',');
		char *last = comma ? comma + 1 : chain;
		size_t n = strlen(last);
		const char *hop = utf8_trim(last, &n);

		client = address_parse(r->arena, arena_strndup(r->arena, hop, n));
		*(comma ? comma : chain) = '\0';
	}
	return client ? client : "";
}

/* The last entry of a forwarded header, when a listed proxy is asking; else NULL. */
static const char *forwarded(struct request *r, const char *name)
{
	const char *peer = address_parse(r->arena, param_or(r, "REMOTE_ADDR", ""));
	const char *value = list_param(r, name), *comma;
	size_t n;

	if (!*value || !peer || !address_listed(r->arena, peer, r->config->trusted_proxies))
		return NULL;
	comma = strrchr(value, ',');
	value = comma ? comma + 1 : value;
	n = strlen(value);
	value = utf8_trim(value, &n);
	return arena_strndup(r->arena, value, n);
}

static const char *find_scheme(struct request *r)
{
	const char *proto = forwarded(r, "HTTP_X_FORWARDED_PROTO");
	const char *https = param_or(r, "HTTPS", "off");

	if (proto)
		return strcmp(proto, "https") == 0 ? "https" : "http";
	return strcmp(https, "on") == 0 || strcmp(https, "1") == 0 ||
		       strcmp(param_or(r, "REQUEST_SCHEME", "http"), "https") == 0
		   ? "https"
		   : "http";
}

/* Host, or SERVER_NAME for an HTTP/1.0 client that sends none. */
static const char *find_host(struct request *r)
{
	const char *host = forwarded(r, "HTTP_X_FORWARDED_HOST");
	const char *port = param_or(r, "SERVER_PORT", "80");

	if (!host)
		host = request_param(r, "HTTP_HOST");
	if (!host || !*host) {
		const char *name = param_or(r, "SERVER_NAME", "localhost");
		bool usual = strcmp(port, strcmp(r->scheme, "https") == 0 ? "443" : "80") == 0;

		host = usual ? name : arena_printf(r->arena, "%s:%s", name, port);
	}
	return host;
}

/* What stands before our own paths, as the web server says, without a slash at its end. SCRIPT_NAME alone would not do:
 * nginx puts all of the path there, and Apache splits it where no file is (RFC 3875 section 4.1.13 leaves that open). */
static const char *find_prefix(struct request *r)
{
	const char *prefix = param_or(r, "POSTERN_PREFIX", "");
	size_t n = strlen(prefix);

	while (n > 0 && prefix[n - 1] == '/')
		n--;
	return arena_strndup(r->arena, prefix, n);
}

/* The routable path without the prefix; NULL when it is not sane or outside the prefix. */
static const char *find_path(struct request *r)
{
	const char *path = request_param(r, "POSTERN_PATH");
	size_t n = strlen(r->prefix);

	if (!path)
		path = arena_printf(
		    r->arena, "%s%s", param_or(r, "SCRIPT_NAME", ""), param_or(r, "PATH_INFO", ""));
	if (!path_sane(path) || strncmp(path, r->prefix, n) != 0)
		return NULL;
	return path[n] == '/' ? path + n : NULL;
}

/* HTTP_* values go to logs and answers; a control byte in one is never honest (RFC 9110 section 5.5), nor is a tab in a
 * query. */
static bool headers_clean(const struct request *r)
{
	for (char **p = r->input->params; *p; p++) {
		bool field = text_starts(*p, "HTTP_");

		if (!field && !text_starts(*p, "QUERY_STRING="))
			continue;
		for (const char *c = *p; *c; c++)
			if (((unsigned char)*c < 0x20 && !(field && *c == '\t')) || *c == 0x7f)
				return false;
	}
	return true;
}

/* A Content-Length that does not tell the truth means that a part of the body is missing. */
static bool body_whole(const struct request *r)
{
	const char *length = request_param(r, "CONTENT_LENGTH");
	int64_t n;

	if (r->input->body_too_large || !length || !parse_int64(length, 0, INT64_MAX, &n))
		return !r->input->body_incomplete;
	return !r->input->body_incomplete && (size_t)n == r->input->body_len;
}

static const char *find_problem(struct request *r)
{
	if (r->input->role == ROLE_OTHER)
		return "The web server asked in an unknown FastCGI role.";
	if (!method_sane(r->method))
		return "The request method is not a name.";
	if (!headers_clean(r))
		return "The request holds a control character.";
	if (!host_allowed(r->host, r->config->allowed_hosts))
		return "Invalid Host header.";
	if (!r->path)
		return "The path is not in its normal form.";
	if (!params_parse(r->arena, r->query_text, strlen(r->query_text), &r->query))
		return "The query has too many parameters.";
	if (!body_whole(r))
		return "The request body is incomplete.";
	return request_forwarding_problem(r);
}

void request_init(
    struct request *r, struct arena *a, const struct services *s, const struct request_input *in)
{
	*r = (struct request){.arena = a,
	    .config = s->config,
	    .peppers = s->peppers,
	    .db = s->db,
	    .input = in,
	    .may_hash = s->password_worker,
	    .name = "",
	    .suffix = "/"};
	r->reply.headers = BUF(a);
	r->reply.body = BUF(a);
	r->id = make_id(r);
	r->method = param_or(r, "REQUEST_METHOD", "");
	r->prefix = find_prefix(r);
	r->query_text = param_or(r, "QUERY_STRING", "");
	r->scheme = find_scheme(r);
	r->host = find_host(r);
	r->remote_addr = find_client(r);
	r->path = find_path(r);
	r->problem = find_problem(r);
	if (!r->path)
		r->path = "";
}

const char *request_url(struct request *r, const char *path)
{
	return arena_printf(r->arena, "%s://%s%s%s", r->scheme, r->host, r->prefix, path);
}

const char *request_cookie(struct request *r, const char *name)
{
	const char *p = param_or(r, "HTTP_COOKIE", "");
	size_t n = strlen(name);
	const char *found = NULL;

	while (*p) {
		size_t len;

		p += strspn(p, " \t;");
		len = strcspn(p, ";");
		if (strncmp(p, name, n) == 0 && p[n] == '=') {
			if (found)
				return NULL;
			found = arena_strndup(r->arena, p + n + 1, len - n - 1);
		}
		p += len;
	}
	return found;
}
