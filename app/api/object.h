/* object.h: objects as the API links to them and reads them. */
#pragma once

#include "http/request.h"

struct json_object;

/* The absolute URL of one object below a list's path. Links keep the request's suffix and its ?format=, as B 2.2
 * has it. */
const char *object_url(struct request *r, const char *list_path, const char *id);

/* Reads the body as one value (owned by the arena); no body is {}. 0, or the 400 or 415 that was answered. */
int object_read_any(struct request *r, struct json_object **out);

/* The same when only an object will do. */
int object_read(struct request *r, struct json_object **out);

/* 400, and its object: "Invalid data. Expected a dictionary, but got …." */
int object_refuse(struct request *r, struct json_object *value);
struct json_object *object_error(struct arena *a, struct json_object *value);
