/* tokens.h: what api/tokens.c and api/tokens_bulk.c share. */
#pragma once

#include "http/request.h"
#include "store/db.h"

/* Creates all tokens of an array or none. Makes the answer, returns its status. */
int tokens_bulk_create(struct request *r, struct json_object *list);

/* Rolls back and answers why a change was not stored: 400 with `errors` filled for a key that is in use or a rule
 * of the database, else as reply_result. */
int tokens_refused(struct request *r, enum result res, struct json_object *errors);
