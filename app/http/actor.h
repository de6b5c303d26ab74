/* actor.h: the caller of a request as the audit log names it. */
#pragma once

#include "http/request.h"
#include "store/db.h"

/* Opens a transaction in the caller's name. action: as in struct actor, or NULL. */
enum result request_begin(struct request *r, const char *action);
