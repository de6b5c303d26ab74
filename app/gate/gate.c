/* gate.c: may this request pass, and as whom. Before: server/answer.c. After: auth/authenticate.c. */
#include "gate/gate.h"

#include <string.h>

#include "auth/authenticate.h"
#include "auth/permission.h"
#include "auth/session.h"
#include "base/text.h"
#include "gate/target.h"
#include "http/json.h"
#include "http/names.h"
#include "http/reply.h"

#include <json-c/json.h>

#define NOT_PROVIDED "Authentication credentials were not provided."
#define NOT_PERMITTED "You do not have permission to perform this action."

static const char *param(const struct request *r, const char *name)
{
	const char *value = request_param(r, name);

	return value ? value : "";
}

/* Reading what was exempted needs no credential. */
static bool exempt(const struct request *r, const struct gate_question *q)
{
	return q->resource && (!q->ask.action || strcmp(q->ask.action, "view") == 0) &&
	       permission_view_exempt(r->config->exempt_view_permissions, q->resource);
}

/* Why the question makes no sense, or NULL. */
static const char *find_problem(const struct request *r, const struct gate_question *q)
{
	static const char *const once[] = {
	    "POSTERN_ROLE", "POSTERN_METHOD", "POSTERN_RESOURCE", "POSTERN_SERVER"};
	const char *path = param(r, "POSTERN_PATH"),
		   *target = *path ? path : param(r, "REQUEST_URI");

	if (r->input->role == ROLE_OTHER)
		return "The web server asked in an unknown FastCGI role.";
	if (q->resource && !permission_type_sane(q->resource))
		return "POSTERN_RESOURCE is not of the form app.model.";
	if (!*target)
		return "The web server named no path.";
	if (!target_plain(target))
		return "The path can be read in two ways.";
	if (!*q->method)
		return "The web server named no method.";
	/* lighttpd loses all that is set for a path, the object type too, when a later condition sets anything; Apache
	 * does for its own sub-requests, and looks after that itself (PosternGateFor) */
	if (r->input->role == ROLE_AUTHORIZER && !*q->server && !*param(r, "FCGI_APACHE_ROLE"))
		return "The web server did not say which one it is (POSTERN_SERVER).";
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		if (request_param_times(r, once[i]) > 1)
			return "The web server sent a gate parameter twice.";
	return request_forwarding_problem(r);
}

void gate_read(struct request *r, struct gate_question *q)
{
	const char *resource = param(r, "POSTERN_RESOURCE");
	bool authorizer = r->input->role == ROLE_AUTHORIZER;

	*q = (struct gate_question){.method = param(r, "POSTERN_METHOD"),
	    .resource = *resource ? resource : NULL,
	    .server = param(r, "POSTERN_SERVER")};
	/* an authorizer is sent the client's request; elsewhere the question may be a GET whatever it is about */
	if (authorizer && !request_param(r, "POSTERN_METHOD"))
		q->method = param(r, "REQUEST_METHOD");
	r->method = q->method;
	q->problem = find_problem(r, q);
	q->ask.action = permission_action(q->method);
	q->exempt = exempt(r, q);
	q->ask.object_type = q->ask.action && !q->exempt ? q->resource : NULL;
}

/* One identity field: for authorizers a variable of the protected application (FastCGI specification, section
 * 6.3), for auth_request and forward_auth a header that the web server picks up. */
static void identity_field(
    struct request *r, const char *variable, const char *header, const char *value)
{
	bool authorizer = r->input->role == ROLE_AUTHORIZER;

	reply_header(r, authorizer ? variable : header, value ? value : "");
}

static void allow(struct request *r)
{
	const struct identity *who = &r->identity;
	const char *write = who->how == ANONYMOUS ? "" : who->write_enabled ? "1" : "0";

	identity_field(r, "Variable-POSTERN_USER", "X-Postern-User", who->username);
	identity_field(r, "Variable-POSTERN_USER_ID", "X-Postern-User-Id", who->user_id);
	identity_field(r, "Variable-POSTERN_TOKEN_ID", "X-Postern-Token-Id", who->token_id);
	identity_field(r, "Variable-POSTERN_WRITE", "X-Postern-Write", write);
	identity_field(r, "Variable-POSTERN_REQUEST_ID", "X-Request-ID", r->id);
	if (r->input->role != ROLE_AUTHORIZER)
		reply_header(r, "Cache-Control", "no-store");
	/* Last: Caddy takes a header that broke off for a whole one, lighttpd a request that ended without an
	 * answer for an allowed one. Where this is missing the shipped configurations refuse. */
	identity_field(r, "Variable-POSTERN_GATE", "X-Postern-Gate", "allow");
	reply_empty(r, 200);
}

/* The documented JSON as the body, and in one line for servers that drop bodies. */
static void deny(
    struct request *r, const struct gate_question *q, const struct gate_verdict *judged)
{
	int status = judged->status;
	struct json_object *o = arena_own_json(r->arena, json_object_new_object());
	struct buf text = BUF(r->arena);

	if (status >= 500 && strcmp(q->server, "nginx") == 0)
		status = 403; /* auth_request makes a 500 of everything else */
	json_object_object_add(o, "detail", json_object_new_string(judged->detail));
	if (judged->hint)
		json_object_object_add(o, "hint", json_object_new_string(judged->hint));
	json_write(&text, o, 0);
	if (status == 401)
		reply_header(r, "WWW-Authenticate", "Token realm=\"api\"");
	if (status == 503)
		reply_header(r, "Retry-After", "1");
	reply_header(r, "X-Postern-Deny", buf_str(&text));
	reply_header(r, "Cache-Control", "no-store");
	reply_header(r, "X-Content-Type-Options", "nosniff");
	reply_header(r, "X-Request-ID", r->id);
	reply_header(r, "Content-Length", arena_printf(r->arena, "%zu", text.len));
	reply_bytes(r, status, "application/json", buf_str(&text), text.len);
	r->reply.no_body = strcmp(q->method, "HEAD") == 0 && r->input->role != ROLE_AUTHORIZER;
}

/* A cookie goes along with requests that other sites' pages make, so a write by session must show where it comes
 * from: Sec-Fetch-Site (W3C Fetch Metadata) or Origin (RFC 6454), and what is there must fit. */
static bool same_origin(struct request *r)
{
	const char *site = param(r, "HTTP_SEC_FETCH_SITE"), *origin = param(r, "HTTP_ORIGIN");

	if (*site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	if (*origin)
		return session_same_origin(r, origin);
	return *site != '\0';
}

/* The decision on a caller who is known. */
static const char *refusal(
    struct request *r, const struct gate_question *q, const struct auth_answer *answer)
{
	bool writes = !method_safe(q->method);
	/* A WebSocket is opened by a GET, from any page. Apache tells of it in a parameter of its own. */
	bool acts = writes || *param(r, "HTTP_UPGRADE") || *param(r, "POSTERN_UPGRADE");

	if (writes && !r->identity.write_enabled)
		return NOT_PERMITTED;
	if (acts && r->identity.how == BY_SESSION && !same_origin(r))
		return "CSRF Failed: Origin checking failed.";
	return answer->permitted ? NULL : NOT_PERMITTED;
}

static struct gate_verdict verdict(int status, const char *detail, const char *hint)
{
	return (struct gate_verdict){status, detail, hint};
}

struct gate_verdict gate_judge(
    struct request *r, const struct gate_question *q, const struct auth_answer *answer)
{
	int unknown = r->config->gate_challenge ? 401 : 403;
	const char *why;

	if (q->problem)
		return verdict(403, q->problem, NULL);
	if (answer->status)
		return verdict(
		    answer->status == 403 ? unknown : answer->status, answer->detail, NULL);
	if (r->identity.how == ANONYMOUS && !q->exempt)
		return verdict(unknown, NOT_PROVIDED, answer->hint);
	why = r->identity.how == ANONYMOUS ? NULL : refusal(r, q, answer);
	return why ? verdict(403, why, NULL) : verdict(200, NULL, NULL);
}

void gate_answer(struct request *r)
{
	struct gate_question q;
	struct auth_answer answer = {0};
	struct gate_verdict judged;

	gate_read(r, &q);
	if (!q.problem)
		authenticate(r, &q.ask, &answer);
	judged = gate_judge(r, &q, &answer);
	if (judged.status == 200)
		allow(r);
	else
		deny(r, &q, &judged);
}
