/* groups.c: /api/users/groups/. Before: http/route.c. After: api/resource.c. */
#include "api/api.h"
#include "api/resource.h"

/* clang-format off */
static const struct member members[] = {
{"id",         MEMBER_ID,    .flags = READ_ONLY},
{"url",        MEMBER_URL,   .flags = READ_ONLY},
{"name",       MEMBER_TEXT,  .flags = REQUIRED | NOT_BLANK, .max = 150},
{"user_count", MEMBER_COUNT, .flags = READ_ONLY},
{"display",    MEMBER_TEXT,  .flags = READ_ONLY, .help = "Human friendly display value"},
{0},
};
/* clang-format on */

const struct resource groups_resource = {
    .path = "/api/users/groups/",
    .noun = "group",
    .name_member = "name",
    .queries = {Q_GROUP_PAGE, Q_GROUP_SAVE, Q_GROUP_REMOVE, Q_GROUP_MISSING},
    .members = members,
};

int api_group_list(struct request *r)
{
	return resource_list(r, &groups_resource);
}

int api_group_create(struct request *r)
{
	return resource_create(r, &groups_resource);
}

int api_group_show(struct request *r)
{
	return resource_show(r, &groups_resource);
}

int api_group_update(struct request *r)
{
	return resource_update(r, &groups_resource);
}

int api_group_delete(struct request *r)
{
	return resource_remove(r, &groups_resource);
}

int api_group_options(struct request *r)
{
	return resource_options(r, &groups_resource);
}
