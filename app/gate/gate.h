/* gate.h: answers the web server's question "may this request pass, and as whom" (design: FastCGI Authorizer
 * role, or a Responder request with POSTERN_ROLE=gate). What the request is comes from parameters that no client can
 * set; no body is read. Before: server/answer.c. After: auth/authenticate.c. */
#pragma once

#include "auth/authenticate.h"
#include "http/request.h"

/* What is asked, from parameters that only the web server sets. */
struct gate_question {
	const char *method;
	const char *resource; /* object type, NULL: any live credential will do */
	const char *server; /* "nginx", … or "" */
	const char *problem; /* it makes no sense: refuse */
	bool exempt; /* no credential is needed */
	struct auth_question ask; /* what to find out of the caller */
};

struct gate_verdict {
	int status; /* 200: may pass */
	const char *detail, *hint;
};

/* Reads the question; sets r->method to what is asked about. */
void gate_read(struct request *r, struct gate_question *q);

/* The decision, when r->identity and *answer say what is known of the caller. Makes no answer. */
struct gate_verdict gate_judge(
    struct request *r, const struct gate_question *q, const struct auth_answer *answer);

/* Makes the one answer: 200 with the identity fields, or a refusal with its JSON as the body and, in one line, in
 * X-Postern-Deny. */
void gate_answer(struct request *r);
