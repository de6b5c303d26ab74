/* gate.h: answers the web server's question "may this request pass, and as whom" (design: FastCGI Authorizer
 * role, or a Responder request with POSTERN_ROLE=gate). What the request is comes from parameters that no client can
 * set; no body is read. Before: server/answer.c. After: auth/authenticate.c. */
#pragma once

#include "http/request.h"

/* Makes the one answer: 200 with the identity fields, or a refusal with its JSON as the body and, in one line, in
 * X-Postern-Deny. */
void gate_answer(struct request *r);
