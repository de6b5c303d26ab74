/* routes.c: the table of what Postern answers. Rows of a path stand together; "GET" serves HEAD too; a row
 * without a handler is a method that its gates refuse first and that then is not allowed. Before:
 * http/route.c. After: the handlers. */
#include "api/api.h"
#include "gate/check.h"
#include "http/route.h"
#include "web/web.h"

#define TOKENS (FACE_API | NEED_USER | BASIC | HTML_TOO)
#define OPEN (FACE_API | HTML_TOO)
#define OWN (FACE_API | NEED_USER | HTML_TOO)
#define ADMIN (FACE_API | NEED_USER | NEED_SUPERUSER | HTML_TOO)
#define PAGE (FACE_WEB | NEED_USER)

/* clang-format off */
const struct route routes[] = {
{"GET",     "/api/",                           "API Root",    api_root,                 OPEN},
{"OPTIONS", "/api/",                           "API Root",    api_options,              OPEN},
{"GET",     "/api/users/",                     "Users",       api_users_root,           OPEN},
{"OPTIONS", "/api/users/",                     "Users",       api_options,              OPEN},
{"GET",     "/api/users/tokens/",              "Token",       api_token_list,           TOKENS},
{"POST",    "/api/users/tokens/",              "Token",       api_token_create,         TOKENS | NEED_MANAGE},
{"PUT",     "/api/users/tokens/",              "Token",       api_token_bulk_update,    TOKENS | NEED_MANAGE},
{"PATCH",   "/api/users/tokens/",              "Token",       api_token_bulk_update,    TOKENS | NEED_MANAGE},
{"DELETE",  "/api/users/tokens/",              "Token",       api_token_bulk_delete,    TOKENS},
{"OPTIONS", "/api/users/tokens/",              "Token",       api_token_options,        TOKENS},
{"GET",     "/api/users/tokens/{id}/",         "Token",       api_token_show,           TOKENS},
{"POST",    "/api/users/tokens/{id}/",         "Token",       NULL,                     TOKENS | NEED_MANAGE},
{"PUT",     "/api/users/tokens/{id}/",         "Token",       api_token_update,         TOKENS | NEED_MANAGE},
{"PATCH",   "/api/users/tokens/{id}/",         "Token",       api_token_update,         TOKENS | NEED_MANAGE},
{"DELETE",  "/api/users/tokens/{id}/",         "Token",       api_token_delete,         TOKENS},
{"OPTIONS", "/api/users/tokens/{id}/",         "Token",       api_token_options,        TOKENS},
{"GET",     "/api/users/users/me/",            "User",        api_user_me,              OWN},
{"OPTIONS", "/api/users/users/me/",            "User",        api_options,              OWN},
{"GET",     "/api/users/users/",               "User",        api_user_list,            ADMIN},
{"POST",    "/api/users/users/",               "User",        api_user_create,          ADMIN | NEED_MANAGE},
{"OPTIONS", "/api/users/users/",               "User",        api_user_options,         ADMIN},
{"GET",     "/api/users/users/{id}/",          "User",        api_user_show,            ADMIN},
{"POST",    "/api/users/users/{id}/",          "User",        NULL,                     ADMIN | NEED_MANAGE},
{"PUT",     "/api/users/users/{id}/",          "User",        api_user_update,          ADMIN | NEED_MANAGE},
{"PATCH",   "/api/users/users/{id}/",          "User",        api_user_update,          ADMIN | NEED_MANAGE},
{"DELETE",  "/api/users/users/{id}/",          "User",        api_user_delete,          ADMIN},
{"OPTIONS", "/api/users/users/{id}/",          "User",        api_user_options,         ADMIN},
{"GET",     "/api/users/groups/",              "Group",       api_group_list,           ADMIN},
{"POST",    "/api/users/groups/",              "Group",       api_group_create,         ADMIN},
{"OPTIONS", "/api/users/groups/",              "Group",       api_group_options,        ADMIN},
{"GET",     "/api/users/groups/{id}/",         "Group",       api_group_show,           ADMIN},
{"POST",    "/api/users/groups/{id}/",         "Group",       NULL,                     ADMIN},
{"PUT",     "/api/users/groups/{id}/",         "Group",       api_group_update,         ADMIN},
{"PATCH",   "/api/users/groups/{id}/",         "Group",       api_group_update,         ADMIN},
{"DELETE",  "/api/users/groups/{id}/",         "Group",       api_group_delete,         ADMIN},
{"OPTIONS", "/api/users/groups/{id}/",         "Group",       api_group_options,        ADMIN},
{"GET",     "/api/users/permissions/",         "Permission",  api_permission_list,      ADMIN},
{"POST",    "/api/users/permissions/",         "Permission",  api_permission_create,    ADMIN},
{"OPTIONS", "/api/users/permissions/",         "Permission",  api_permission_options,   ADMIN},
{"GET",     "/api/users/permissions/{id}/",    "Permission",  api_permission_show,      ADMIN},
{"POST",    "/api/users/permissions/{id}/",    "Permission",  NULL,                     ADMIN},
{"PUT",     "/api/users/permissions/{id}/",    "Permission",  api_permission_update,    ADMIN},
{"PATCH",   "/api/users/permissions/{id}/",    "Permission",  api_permission_update,    ADMIN},
{"DELETE",  "/api/users/permissions/{id}/",    "Permission",  api_permission_delete,    ADMIN},
{"OPTIONS", "/api/users/permissions/{id}/",    "Permission",  api_permission_options,   ADMIN},
{"GET",     "/api/users/config/",              "User Config", api_config_show,          OWN},
{"PATCH",   "/api/users/config/",              "User Config", api_config_update,        OWN},
{"OPTIONS", "/api/users/config/",              "User Config", api_options,              OWN},
{"GET",     "/api/authentication-check/",      "Authentication Check", api_authentication_check, OWN | BASIC},
{"OPTIONS", "/api/authentication-check/",      "Authentication Check", api_options,     OWN | BASIC},
{"GET",     "/api/status/",                    "Status",      api_status,               OPEN},
{"OPTIONS", "/api/status/",                    "Status",      api_options,              OPEN},
{"GET",     "/api/gate-check/",                "Gate Check",  gate_check,               OPEN | PUBLIC},
{"OPTIONS", "/api/gate-check/",                "Gate Check",  api_options,              OPEN | PUBLIC},
{"GET",     "/api/openapi.json",               "OpenAPI",     api_openapi,              FACE_API},
{"GET",     "/api/swagger.json",               "OpenAPI",     api_swagger,              FACE_API},
{"GET",     "/api/docs/",                      "API documentation", web_docs,           FACE_WEB},
{"GET",     "/",                               "Home",        web_home,                 FACE_WEB},
{"GET",     "/login/",                         "Log In",      web_login_form,           FACE_WEB},
{"POST",    "/login/",                         "Log In",      web_login,                FACE_WEB | PASSWORD},
{"GET",     "/logout/",                        "Log out",     web_logout_form,          FACE_WEB},
{"POST",    "/logout/",                        "Log out",     web_logout,               FACE_WEB},
{"GET",     "/user/profile/",                  "Profile",     web_profile,              PAGE},
{"GET",     "/user/password/",                 "Password",    web_password_form,        PAGE},
{"POST",    "/user/password/",                 "Password",    web_password,             PAGE | PASSWORD},
{"GET",     "/user/api-tokens/",               "API Tokens",  web_token_list,           PAGE},
{"GET",     "/user/api-tokens/add/",           "Add token",   web_token_add_form,       PAGE | NEED_MANAGE},
{"POST",    "/user/api-tokens/add/",           "Add token",   web_token_add,            PAGE | NEED_MANAGE},
{"GET",     "/user/api-tokens/{id}/edit/",     "Edit token",  web_token_edit_form,      PAGE | NEED_MANAGE},
{"POST",    "/user/api-tokens/{id}/edit/",     "Edit token",  web_token_edit,           PAGE | NEED_MANAGE},
{"GET",     "/user/api-tokens/{id}/delete/",   "Delete token", web_token_delete_form,   PAGE},
{"POST",    "/user/api-tokens/{id}/delete/",   "Delete token", web_token_delete,        PAGE},
{"GET",     "/user/sessions/",                 "Sessions",    web_session_list,         PAGE},
{"POST",    "/user/sessions/",                 "Sessions",    web_session_end,          PAGE},
{"GET",     "/static/{name}",                  "File",        web_static,               FACE_WEB | PUBLIC},
{0},
};
/* clang-format on */
