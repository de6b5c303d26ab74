/* answer.c: turns input into output. Before: server/worker.c. After: gate/gate.c or http/route.c. */
#include "server/answer.h"

#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "gate/gate.h"
#include "http/reply.h"
#include "http/route.h"

bool answer_is_gate(enum role role, char *const *params)
{
	if (role == ROLE_AUTHORIZER)
		return true;
	for (; *params; params++)
		if (strcmp(*params, "POSTERN_ROLE=gate") == 0)
			return true;
	return false;
}

static void write_head(const struct request *r, struct buf *head)
{
	*head = BUF(r->arena);
	buf_addf(head, "Status: %d %s\r\n", r->reply.status, reply_reason(r->reply.status));
	buf_add(head, buf_str(&r->reply.headers), r->reply.headers.len);
	buf_adds(head, "\r\n");
}

bool answer_make(struct request *r, const struct services *s, struct arena *a,
    const struct request_input *in, struct buf *head)
{
	request_init(r, a, s, in);
	log_context("request", r->id);
	if (answer_is_gate(in->role, in->params))
		gate_answer(r);
	else
		route_dispatch(r);
	if (r->needs_password_worker)
		return false;
	write_head(r, head);
	return true;
}

void answer_busy(struct request *r, struct buf *head)
{
	route_refuse_busy(r);
	write_head(r, head);
}

void answer_unread(struct request *r, const struct services *s, struct arena *a, int status,
    const char *detail, struct buf *head)
{
	static char *no_params[] = {NULL};
	static const struct request_input nothing = {.params = no_params, .body = ""};

	request_init(r, a, s, &nothing);
	log_context("request", r->id);
	reply_detail(r, status, detail);
	reply_finish(r);
	write_head(r, head);
}

void answer_log(const struct request *r, int64_t started_ms)
{
	log_info("request", "method", r->method, "path", r->path, "status",
	    log_num(r->reply.status), "ms", log_num(monotonic_ms() - started_ms), "address",
	    r->remote_addr, "user", r->identity.username, "token", r->identity.token_id);
}
