/* explain.c: `postern explain`: what the gate would decide about a request, and each step that leads there. The question is
 * read, the caller is looked up and the verdict is made by the gate's own functions. Before: main.c. After: gate/gate.c. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "auth/authenticate.h"
#include "auth/permission.h"
#include "base/timestamp.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "gate/gate.h"
#include "http/names.h"

struct explanation {
	struct cli *cli;
	struct request request;
	struct gate_question question;
	struct auth_answer answer;
	const char *credential; /* "token 3c9cb9 (hankhill)" */
	struct json_object *steps;
};

static void step(struct explanation *e, const char *name, bool ok, const char *detail)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "step", json_object_new_string(name));
	json_object_object_add(o, "ok", json_object_new_boolean(ok));
	json_object_object_add(o, "detail", json_object_new_string(detail));
	json_object_array_add(e->steps, o);
}

/* The request as a web server with the shipped configuration would bring it. */
static void make_request(struct explanation *e, const struct cli_args *args)
{
	struct arena *a = e->cli->arena;
	struct request_input *in = arena_alloc(a, sizeof(*in));
	const struct services services = {.config = e->cli->config, .db = e->cli->db};
	const char *params[] = {"POSTERN_ROLE=gate", "SCRIPT_NAME=/", "HTTP_HOST=localhost",
	    arena_printf(a, "POSTERN_METHOD=%s", args->words[0]),
	    arena_printf(a, "POSTERN_PATH=%s", args->words[1]),
	    arena_printf(a, "POSTERN_RESOURCE=%s", args->resource ? args->resource : ""),
	    arena_printf(a, "REMOTE_ADDR=%s", args->address ? args->address : "127.0.0.1"),
	    "HTTP_SEC_FETCH_SITE=same-origin", NULL};

	in->role = ROLE_RESPONDER;
	in->body = "";
	in->params = arena_alloc(a, sizeof(params));
	for (size_t i = 0; params[i]; i++)
		in->params[i] = arena_strdup(a, params[i]);
	request_init(&e->request, a, &services, in);
	gate_read(&e->request, &e->question);
}

/* A token by its id or tail; false after a message. */
static bool take_token(struct explanation *e, const char *token)
{
	struct rows rows;
	enum result res = db_read(
	    e->cli->db, e->cli->arena, Q_ADMIN_EXPLAIN_WHICH_TOKEN, &rows, DB_PARAMS(token));

	if (res != OK)
		cli_refused(e->cli, res);
	else if (rows.count == 0)
		cli_failed(
		    "no token \"%.40s\": give its id or the last six digits of its key", token);
	else if (rows.count > 1)
		cli_failed(
		    "there are %d tokens with the digits \"%s\": give the id", rows.count, token);
	else {
		e->credential = arena_printf(e->cli->arena, "token %s (%s)",
		    rows_text(&rows, 0, "tail"), rows_text(&rows, 0, "username"));
		authenticate_token(&e->request, &e->question.ask, Q_ADMIN_EXPLAIN_TOKEN,
		    rows_text(&rows, 0, "id"), &e->answer);
		return true;
	}
	return false;
}

/* A signed-in user; false after a message. An inactive one has no sessions, and so is anonymous. */
static bool take_user(struct explanation *e, const char *name)
{
	struct identity *who = &e->request.identity;
	struct rows rows;
	enum result res = db_read(e->cli->db, e->cli->arena, Q_ADMIN_EXPLAIN_USER, &rows,
	    DB_PARAMS(name, e->question.ask.object_type, e->question.ask.action));

	if (res != OK)
		cli_refused(e->cli, res);
	if (res == OK && rows.count == 0)
		cli_failed("no user \"%s\"", name);
	if (res != OK || rows.count == 0)
		return false;
	e->credential =
	    arena_printf(e->cli->arena, "session of %s", rows_text(&rows, 0, "username"));
	if (!rows_bool(&rows, 0, "is_active")) {
		step(e, "user", false,
		    "the user is inactive, so no session of that user is accepted");
		return true;
	}
	*who = (struct identity){.how = BY_SESSION,
	    .user_id = rows_text(&rows, 0, "user_id"),
	    .username = rows_text(&rows, 0, "username"),
	    .is_superuser = rows_bool(&rows, 0, "is_superuser"),
	    .write_enabled = true};
	e->answer.permitted = rows_bool(&rows, 0, "permitted");
	return true;
}

static void explain_question(struct explanation *e)
{
	const struct gate_question *q = &e->question;
	struct arena *a = e->cli->arena;

	if (q->problem) {
		step(e, "question", false, q->problem);
		return;
	}
	step(e, "path", true, "it can be read in one way only");
	if (!q->ask.action)
		step(e, "method", true,
		    arena_printf(a, "%s only reads and needs no permission", q->method));
	else if (!*q->ask.action)
		step(e, "method", true,
		    arena_printf(a, "%s is no known action: only superusers pass", q->method));
	else
		step(e, "method", true,
		    arena_printf(a, "%s means \"%s\"", q->method, q->ask.action));
	step(e, "resource", true,
	    q->resource
		? q->resource
		: "none named: a live credential is enough, and its write right for writing");
	if (q->exempt)
		step(e, "exemption", true,
		    arena_printf(a,
			"reading %s needs no credential (POSTERN_EXEMPT_VIEW_PERMISSIONS)",
			q->resource));
}

static void explain_caller(struct explanation *e)
{
	const struct identity *who = &e->request.identity;
	bool writes = !method_safe(e->question.method);

	if (e->answer.status)
		step(e, "credential", false,
		    arena_printf(e->cli->arena, "%s: %s", e->credential, e->answer.detail));
	else if (who->how == ANONYMOUS)
		step(e, "credential", e->question.exempt, "none");
	else
		step(e, "credential", true,
		    arena_printf(e->cli->arena, "%s is accepted", e->credential));
	if (e->answer.status || who->how == ANONYMOUS || !writes)
		return;
	step(e, "write right", who->write_enabled,
	    who->write_enabled ? "the credential may write"
			       : "the token is not write enabled, it may only read");
	if (who->how == BY_SESSION)
		step(e, "origin", true,
		    "a page of the same site is taken to ask; others are refused");
}

/* What gives the right, or what the user holds instead. */
static enum result explain_permission(struct explanation *e)
{
	const struct gate_question *q = &e->question;
	const struct identity *who = &e->request.identity;
	struct buf held = BUF(e->cli->arena);
	struct rows rows;
	enum result res;

	if (e->answer.status || who->how == ANONYMOUS || !q->ask.object_type)
		return OK;
	res = db_read(e->cli->db, e->cli->arena, Q_ADMIN_EXPLAIN_RIGHTS, &rows,
	    DB_PARAMS(who->user_id, q->ask.object_type));
	if (res != OK)
		return res;
	for (int i = 0; i < rows.count; i++) {
		const char *action = rows_text(&rows, i, "action"),
			   *permission = rows_text(&rows, i, "permission");
		bool fits = strcmp(action, "*") == 0 || strcmp(action, q->ask.action) == 0;

		if (e->answer.permitted && !fits)
			continue;
		buf_addf(&held, "%s%s (by %s%s%s)", held.len ? ", " : "",
		    strcmp(action, "*") == 0 ? "everything" : action, rows_text(&rows, i, "via"),
		    permission ? ": " : "", permission ? permission : "");
	}
	step(e, "permission", e->answer.permitted,
	    arena_printf(e->cli->arena, "%s on %s: %s%s",
		*q->ask.action ? q->ask.action : "anything", q->ask.object_type,
		e->answer.permitted ? "given as "
		: held.len	    ? "not given; there is only "
				    : "not given",
		table_clean(e->cli->arena, buf_str(&held))));
	return OK;
}

static void print_text(
    struct explanation *e, const struct cli_args *args, const struct gate_verdict *verdict)
{
	printf("%s %s, %s: %s, status %d%s%s\n", table_clean(e->cli->arena, args->words[0]),
	    table_clean(e->cli->arena, args->words[1]), e->credential,
	    verdict->status == 200 ? "ALLOWED" : "REFUSED", verdict->status,
	    verdict->detail ? ": " : "", verdict->detail ? verdict->detail : "");
	for (size_t i = 0; i < json_object_array_length(e->steps); i++) {
		struct json_object *o = json_object_array_get_idx(e->steps, i);

		printf("  %-3s %-12s %s\n",
		    json_object_get_boolean(json_object_object_get(o, "ok")) ? "ok" : "NO",
		    json_object_get_string(json_object_object_get(o, "step")),
		    table_clean(e->cli->arena,
			json_object_get_string(json_object_object_get(o, "detail"))));
	}
}

static int print(
    struct explanation *e, const struct cli_args *args, const struct gate_verdict *verdict)
{
	struct json_object *o;

	if (!e->cli->json) {
		print_text(e, args, verdict);
		return 0;
	}
	o = json_object_new_object();
	json_object_object_add(o, "allowed", json_object_new_boolean(verdict->status == 200));
	json_object_object_add(o, "status", json_object_new_int(verdict->status));
	json_object_object_add(
	    o, "detail", verdict->detail ? json_object_new_string(verdict->detail) : NULL);
	json_object_object_add(o, "credential", json_object_new_string(e->credential));
	json_object_object_add(o, "steps", json_object_get(e->steps));
	return table_print_json(e->cli, o);
}

static int explain(struct cli *cli, const struct cli_args *args)
{
	struct explanation *e = arena_alloc(cli->arena, sizeof(*e));
	struct gate_verdict verdict;
	enum result res = OK;

	if (args->user && args->token)
		return cli_usage("explain", "--user and --token exclude each other");
	e->cli = cli;
	e->credential = "without a credential";
	e->steps = arena_own_json(cli->arena, json_object_new_array());
	make_request(e, args);
	explain_question(e);
	if ((args->token && !take_token(e, args->token)) ||
	    (args->user && !take_user(e, args->user)))
		return 1;
	if (!e->question.problem) {
		explain_caller(e);
		res = explain_permission(e);
	}
	if (res != OK)
		return cli_refused(cli, res);
	verdict = gate_judge(&e->request, &e->question, &e->answer);
	return print(e, args, &verdict);
}

const struct cli_verb explain_verbs[] = {
    {"", explain, "METHOD PATH", "--user --token --resource --address --json", NULL, false}, {0}};
