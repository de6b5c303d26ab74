/* check.h: GET /api/gate-check/, the operator's self-test: what the web server passed on, and which of the usual
 * mistakes shows. It answers also where anything else is refused, e.g. for a wrong Host. Before: http/route.c. After: http/reply.c. */
#pragma once

#include "http/request.h"

#define GATE_CHECK_PATH "/api/gate-check/"

int gate_check(struct request *r);
