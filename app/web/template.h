/* template.h: fills the templates of app/web/templates from json-c objects. The language, a part of Mustache:
 *
 *     {{name}}                  the value, escaped for HTML text and quoted attributes; there is no raw form
 *     {{#name}}…{{/name}}       for each item of an array, or once for anything but null, false, "" and []
 *     {{^name}}…{{/name}}       once for what the other form leaves out
 *     {{.}}                     the present item itself
 *     {{>file}}                 the template file.html in this place
 *     {{!words}}                a comment
 *
 * Names are looked for in the present item first, then in what surrounds it. */
#pragma once

#include "base/buf.h"

struct json_object;

/* Appends the template name.html, filled from data and, for names that data lacks, from site. A template that
 * is missing or malformed ends the process: tests/unit/test_template.c fills each of them. */
void template_render(
    struct buf *out, const char *name, struct json_object *data, struct json_object *site);
