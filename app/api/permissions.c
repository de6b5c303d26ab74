/* permissions.c: /api/users/permissions/. Before: http/route.c. After: api/resource.c. */
#include <string.h>

#include "api/api.h"
#include "api/resource.h"
#include "auth/permission.h"

#define TYPE_PROBLEM "Invalid value. Specify a content type as '<app_label>.<model_name>'."
#define ACTION_PROBLEM "Unknown action. The actions are view, add, change and delete."
#define CONSTRAINTS_PROBLEM                                                                        \
	"Constraints are not supported: a permission covers all objects of its types."

static bool action_known(const char *word)
{
	static const char *const actions[] = {"view", "add", "change", "delete"};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i], word) == 0)
			return true;
	return false;
}

/* clang-format off */
static const struct member members[] = {
{"id",           MEMBER_ID,    .flags = READ_ONLY},
{"url",          MEMBER_URL,   .flags = READ_ONLY},
{"name",         MEMBER_TEXT,  .flags = REQUIRED | NOT_BLANK, .max = 100},
{"description",  MEMBER_TEXT,  .max = 200},
{"enabled",      MEMBER_BOOL,  .help = "false: grants nothing."},
{"object_types", MEMBER_WORDS, .flags = REQUIRED, .max = 200, .fits = permission_type_sane, .problem = TYPE_PROBLEM,
    .empty = "This list may not be empty.", .help = "Object types as app.model, for example dcim.site."},
{"groups",       MEMBER_LINKS, .of = &groups_resource, .help = "Identifiers of groups that hold it."},
{"users",        MEMBER_LINKS, .of = &users_resource, .help = "Identifiers of users who hold it."},
{"actions",      MEMBER_WORDS, .flags = REQUIRED, .max = 30, .fits = action_known, .problem = ACTION_PROBLEM,
    .empty = "This field cannot be blank.", .help = "Some of view, add, change and delete."},
{"constraints",  MEMBER_NULL,  .problem = CONSTRAINTS_PROBLEM, .help = "Always null."},
{"display",      MEMBER_TEXT,  .flags = READ_ONLY, .help = "Human friendly display value"},
{0},
};
/* clang-format on */

const struct resource permissions_resource = {
    .path = "/api/users/permissions/",
    .noun = "permission",
    .name_member = "name",
    .by_uuid = true,
    .queries = {.page = Q_PERMISSION_PAGE,
	.save = Q_PERMISSION_SAVE,
	.remove = Q_PERMISSION_REMOVE},
    .members = members,
};

int api_permission_list(struct request *r)
{
	return resource_list(r, &permissions_resource);
}

int api_permission_create(struct request *r)
{
	return resource_create(r, &permissions_resource);
}

int api_permission_show(struct request *r)
{
	return resource_show(r, &permissions_resource);
}

int api_permission_update(struct request *r)
{
	return resource_update(r, &permissions_resource);
}

int api_permission_delete(struct request *r)
{
	return resource_remove(r, &permissions_resource);
}

int api_permission_options(struct request *r)
{
	return resource_options(r, &permissions_resource);
}
