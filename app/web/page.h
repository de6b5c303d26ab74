/* page.h: what all pages have in common: frame, headers, messages. Before: web/ handlers. After: web/template.c. */
#pragma once

#include "http/request.h"

struct json_object;

/* A page: the template filled from data (the reference is taken) inside the common frame. data has "title". */
int web_page(struct request *r, int status, const char *template, struct json_object *data);

/* The same for a page that needs more than its own files; sources continues its policy on images (Content-Security-Policy),
 * e.g. " data:; connect-src 'self'". */
int web_page_with(struct request *r, int status, const char *template, struct json_object *data,
    const char *sources);

/* The headers that every page carries. The body goes into r->reply.body. */
void web_page_headers(struct request *r);

/* The object that every template falls back to: prefix, names of static files, the user and, for a page that shows them
 * to a person, the messages that wait. */
struct json_object *web_site(struct request *r, bool messages);

/* 302 to a path of ours; the prefix is added. */
int web_go(struct request *r, const char *path);

/* Keeps a message for the next page: level "info", "success", "warning" or "danger". key: a new token's key, to be shown
 * once, or NULL; it is encrypted under the browser's session id, which the database does not hold. */
void flash_add(struct request *r, const char *level, const char *text, const char *key);

/* Says goodbye on the next page, to a browser without a session. */
void flash_goodbye(struct request *r);

/* The first message of a new session, as session_start wants it. */
const char *flash_first(struct arena *a, const char *level, const char *text);

/* Takes the messages that wait, an array of {"level", "text", "new_key"}; never NULL. */
struct json_object *flash_take(struct request *r);

/* o[name] = text, or null. */
void put_text(struct json_object *o, const char *name, const char *text);
void put_bool(struct json_object *o, const char *name, bool value);

/* "2026-11-24 03:44" in UTC, "" for TIMESTAMP_NONE. */
const char *web_time(struct arena *a, int64_t t);

/* The URL path of a file of app/web/static, without the prefix, and the data of one by that path's last part. */
const char *static_path(struct arena *a, const char *name);
