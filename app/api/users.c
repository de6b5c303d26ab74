/* users.c: /api/users/users/. Before: http/route.c. After: api/resource.c. */
#include "api/api.h"
#include "api/resource.h"
#include "http/reply.h"

/* clang-format off */
static const struct member members[] = {
{"id",                MEMBER_ID,       .flags = READ_ONLY},
{"url",               MEMBER_URL,      .flags = READ_ONLY},
{"username",          MEMBER_TEXT,     .flags = REQUIRED | NOT_BLANK, .max = 150,
    .help = "Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."},
{"password",          MEMBER_PASSWORD, .max = 4096, .help = "Never shown. null: no sign-in by password."},
{"first_name",        MEMBER_TEXT,     .max = 150},
{"last_name",         MEMBER_TEXT,     .max = 150},
{"email",             MEMBER_TEXT,     .max = 254},
{"is_staff",          MEMBER_BOOL,     .flags = READ_ONLY, .help = "The same as is_superuser, for clients that know it."},
{"is_active",         MEMBER_BOOL,     .help = "false: nothing of this user is accepted, neither password, token nor session."},
{"date_joined",       MEMBER_TIME,     .flags = READ_ONLY},
{"groups",            MEMBER_LINKS,    .of = &groups_resource, .help = "Identifiers of groups."},
{"display",           MEMBER_TEXT,     .flags = READ_ONLY, .help = "Human friendly display value"},
{"is_superuser",      MEMBER_BOOL,     .help = "true: every permission is granted."},
{"may_manage_tokens", MEMBER_BOOL,     .help = "false: may not create or modify own API tokens."},
{"last_login",        MEMBER_TIME,     .flags = READ_ONLY},
{0},
};
/* clang-format on */

const struct resource users_resource = {
    .path = "/api/users/users/",
    .noun = "user",
    .name_member = "username",
    .by_uuid = true,
    .queries = {Q_USER_PAGE, Q_USER_SAVE, Q_USER_REMOVE, Q_USER_MISSING},
    .members = members,
};

int api_user_list(struct request *r)
{
	return resource_list(r, &users_resource);
}

int api_user_create(struct request *r)
{
	return resource_create(r, &users_resource);
}

int api_user_show(struct request *r)
{
	return resource_show(r, &users_resource);
}

int api_user_update(struct request *r)
{
	return resource_update(r, &users_resource);
}

int api_user_delete(struct request *r)
{
	return resource_remove(r, &users_resource);
}

int api_user_options(struct request *r)
{
	return resource_options(r, &users_resource);
}

/* Everyone may see who they are. */
int api_user_me(struct request *r)
{
	r->name = r->identity.user_id;
	return resource_show(r, &users_resource);
}
