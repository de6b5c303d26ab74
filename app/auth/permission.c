/* permission.c: actions and exemptions. Before: gate/gate.c. After: base/text.c. */
#include "auth/permission.h"

#include <string.h>

#include "base/text.h"

const char *permission_action(const char *method)
{
	static const char *const actions[][2] = {{"GET", "view"}, {"HEAD", "view"}, {"POST", "add"},
	    {"PUT", "change"}, {"PATCH", "change"}, {"DELETE", "delete"}, {"OPTIONS", NULL}};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i][0], method) == 0)
			return actions[i][1];
	return "";
}

/* The length of a word [a-z][a-z0-9_]*, 0 when there is none. */
static size_t word(const char *s)
{
	return *s >= 'a' && *s <= 'z' ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
}

bool permission_type_sane(const char *object_type)
{
	size_t app = word(object_type);
	size_t model = app && object_type[app] == '.' ? word(object_type + app + 1) : 0;

	return model && !object_type[app + 1 + model];
}

bool permission_view_exempt(const char *list, const char *object_type)
{
	size_t want = strlen(object_type);

	while (*list) {
		size_t n = strcspn(list, ", ");

		if ((n == want && strncmp(list, object_type, n) == 0) || (n == 1 && *list == '*'))
			return !text_starts(object_type, "users.");
		list += n + (list[n] != '\0');
	}
	return false;
}
