/* form.h: fields of the form that was sent, and of the form that is shown again with what was wrong. */
#pragma once

#include "http/request.h"

struct json_object;

/* A field's value, "" when it is missing or holds a NUL, which no form of ours sends. */
const char *form_value(const struct params *form, const char *name);

/* The same without white space around it. */
const char *form_trimmed(struct arena *a, const struct params *form, const char *name);

/* data["NAME_error"] = text, for the template. */
void form_error(struct arena *a, struct json_object *data, const char *name, const char *text);
