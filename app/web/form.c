/* form.c: fields of forms. Before: http/body.c. After: web/ handlers. */
#include "web/form.h"

#include <string.h>

#include "base/text.h"
#include "web/page.h"

const char *form_value(const struct params *form, const char *name)
{
	const struct param *f = params_find(form, name);

	return f && strlen(f->value) == f->value_len ? f->value : "";
}

const char *form_trimmed(struct arena *a, const struct params *form, const char *name)
{
	const char *value = form_value(form, name);
	size_t n = strlen(value);

	value = utf8_trim(value, &n);
	return arena_strndup(a, value, n);
}

void form_error(struct arena *a, struct json_object *data, const char *name, const char *text)
{
	put_text(data, arena_printf(a, "%s_error", name), text);
}
