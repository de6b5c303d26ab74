/* api.h: the handlers of the JSON API, as http/route.c lists them. Each makes one answer and returns its status;
 * gates have been passed. */
#pragma once

#include "http/request.h"

/* api/tokens.c and api/tokens_bulk.c: /api/users/tokens/ */
int api_token_list(struct request *r);
int api_token_create(struct request *r);
int api_token_show(struct request *r);
int api_token_update(struct request *r);
int api_token_delete(struct request *r);
int api_token_bulk_update(struct request *r);
int api_token_bulk_delete(struct request *r);

/* api/metadata.c: OPTIONS */
int api_token_options(struct request *r);
int api_options(struct request *r);

/* api/roots.c: what there is, who one is, how Postern fares */
int api_root(struct request *r);
int api_users_root(struct request *r);
int api_authentication_check(struct request *r);
int api_status(struct request *r);

/* api/openapi.c: the API's document, and where it once was */
int api_openapi(struct request *r);
int api_swagger(struct request *r);

/* api/user_config.c: /api/users/config/ */
int api_config_show(struct request *r);
int api_config_update(struct request *r);

/* api/users.c, api/groups.c, api/permissions.c: administration, for superusers */
int api_user_list(struct request *r);
int api_user_create(struct request *r);
int api_user_show(struct request *r);
int api_user_update(struct request *r);
int api_user_delete(struct request *r);
int api_user_options(struct request *r);
int api_group_list(struct request *r);
int api_group_create(struct request *r);
int api_group_show(struct request *r);
int api_group_update(struct request *r);
int api_group_delete(struct request *r);
int api_group_options(struct request *r);
int api_permission_list(struct request *r);
int api_permission_create(struct request *r);
int api_permission_show(struct request *r);
int api_permission_update(struct request *r);
int api_permission_delete(struct request *r);
int api_permission_options(struct request *r);
int api_user_me(struct request *r);
