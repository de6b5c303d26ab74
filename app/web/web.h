/* web.h: the pages, as http/routes.c lists them, and what http/route.c needs of them. Handlers make one answer
 * and return its status; gates have been passed. */
#pragma once

#include "http/request.h"

/* web/login.c: /login/ and /logout/ */
int web_login_form(struct request *r);
int web_login(struct request *r);
int web_logout_form(struct request *r);
int web_logout(struct request *r);

/* web/profile.c: /, /user/profile/ and /user/password/ */
int web_home(struct request *r);
int web_profile(struct request *r);
int web_password_form(struct request *r);
int web_password(struct request *r);

/* web/tokens.c: /user/api-tokens/ */
int web_token_list(struct request *r);
int web_token_add_form(struct request *r);
int web_token_add(struct request *r);
int web_token_edit_form(struct request *r);
int web_token_edit(struct request *r);
int web_token_delete_form(struct request *r);
int web_token_delete(struct request *r);

/* web/sessions.c: /user/sessions/ */
int web_session_list(struct request *r);
int web_session_end(struct request *r);

/* web/docs.c: /api/docs/ */
int web_docs(struct request *r);

/* web/static.c: /static/ */
int web_static(struct request *r);

/* web/error.c: turns the {"detail": …} that was answered into a page. */
void web_error(struct request *r);

/* web/browse.c: the browsable API. browse_unwrap makes of a form with _method and _content the request that it
 * stands for, before the table is searched for its method. browse_page turns the answer into a page. */
void browse_unwrap(struct request *r);
void browse_page(struct request *r);

/* web/page.c: where to sign in and come back from, a path with its query. */
const char *web_login_url(struct request *r);
