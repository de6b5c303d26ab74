/* token.h: tokens as the API shows, reads and looks for them; shared by the API and the pages. */
#pragma once

#include "http/request.h"
#include "model/token.h"

/* One token as an object (wire.md A2, "Member order"). key: its 40 digits when this answer may show them, else
 * NULL. The caller owns the reference. */
struct json_object *token_json(
    struct request *r, const struct rows *rows, int row, const char *key);

/* The reduced form of ?brief=: id, url, display, key, write_enabled. */
struct json_object *token_json_brief(struct request *r, const struct rows *rows, int row);

/* "3c9cb9 (hankhill)" */
const char *token_display(struct arena *a, const struct rows *rows, int row);

/* Reads what a client wants to set of an object. create: a past expires is refused. False when `errors` got
 * messages, in the order expires, key, write_enabled, description, allowed_ips. */
bool token_read(struct arena *a, struct json_object *o, bool create, struct token_change *out,
    struct json_object *errors);

/* Reads the query's filters, sort order and page into *page (all of it but user_id). 0, or the 400 that was
 * answered. */
int token_query(struct request *r, struct token_page *page);

/* The 400 for a query that the database found INVALID: names the regular expressions in it. */
int token_query_invalid(struct request *r);

/* Begins a transaction in the caller's name that adds (or else changes) own tokens. DENIED when an administrator has
 * taken that right away since the request began; nobody does so before the transaction ends. */
enum result token_begin(struct request *r, bool adds);

/* Adds, changes or removes one token of the caller's own, as a transaction in the caller's name, and logs it. Results
 * and key as in model/token.h, and NOT_FOUND; db_message tells why a change was INVALID. id: a UUID. */
enum result token_add(struct request *r, const struct token_change *change,
    char key[2 * KEY_BYTES + 1], struct rows *out);
enum result token_edit(struct request *r, const char *id, const struct token_change *change,
    char key[2 * KEY_BYTES + 1], struct rows *out);
enum result token_remove(struct request *r, const char *id);
