/* check.h: GET /api/gate-check/, the operator's self-test: what the web server passed on, and which of the usual
 * mistakes shows. Before: http/route.c. After: http/reply.c. */
#pragma once

#include "http/request.h"

int gate_check(struct request *r);
