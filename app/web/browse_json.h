/* browse_json.h: JSON for people to read, and to begin with. */
#pragma once

#include "base/buf.h"
#include "http/request.h"

struct json_object;

/* Appends o as HTML: indented by 4, names in <b>, texts in <i>, other values in <var>, URLs as links, all
 * text escaped. */
void browse_json(struct buf *b, struct json_object *o);

/* What the form for a method begins with: for a new record all that OPTIONS says can be set, as it is when not given;
 * else the present record without what cannot be changed. Lives in the arena. */
struct json_object *browse_example(
    struct request *r, const char *method, struct json_object *present);
