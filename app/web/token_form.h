/* token_form.h: a token as a form has it, and back. Before: web/tokens.c. After: api/token.h. */
#pragma once

#include "api/token.h"

/* The form's data for the template; from is what was sent, or NULL: then from a token's row, or (rows NULL) empty. */
struct json_object *token_form_data(
    struct request *r, const struct params *from, const struct rows *rows);

/* Reads the form into *out. rows: the token as it is, NULL for a new one. False when data got messages. */
bool token_form_read(struct request *r, const struct params *form, const struct rows *rows,
    struct token_change *out, struct json_object *data);

/* Why a change was not stored, into the form: CONFLICT and INVALID. */
void token_form_refused(
    struct request *r, enum result res, const char *message, struct json_object *data);
