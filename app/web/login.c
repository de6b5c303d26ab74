/* login.c: signing in and out. Before: http/route.c. After: auth/login.c, auth/session.c. */
#include <json-c/json.h>
#include <string.h>

#include "auth/login.h"
#include "auth/session.h"
#include "base/log.h"
#include "http/reply.h"
#include "web/form.h"
#include "web/next.h"
#include "web/page.h"
#include "web/web.h"

#define WRONG                                                                                      \
	"Please enter a correct username and password. Note that both fields may be "              \
	"case-sensitive."
#define REQUIRED "This field is required."

static int go_on(struct request *r, const char *next)
{
	const char *safe = next_safe(r->arena, r->host, next);

	return safe ? reply_redirect(r, 302, safe) : web_go(r, "/");
}

/* The form with what was entered; next is NULL when none was asked for. */
static struct json_object *form(struct request *r, const char *username, const char *next)
{
	struct json_object *data = json_object_new_object();

	put_text(data, "title", "Log In");
	put_text(data, "username", username);
	put_text(data, "next", next);
	if (r->identity.how != BY_SESSION)
		put_text(data, "csrf", session_csrf_token(r));
	return data;
}

static int show_error(struct request *r, int status, struct json_object *data, const char *error)
{
	put_text(data, "error", error);
	return web_page(r, status, "login", data);
}

int web_login_form(struct request *r)
{
	const char *next = params_last(&r->query, "next");

	if (r->identity.how == BY_SESSION)
		return go_on(r, next);
	return web_page(r, 200, "login", form(r, NULL, next));
}

static int refused(struct request *r, enum result res, int wait, struct json_object *data)
{
	if (res != DENIED) {
		json_object_put(data);
		return reply_result(r, res);
	}
	if (!wait)
		return show_error(r, 200, data, WRONG);
	reply_header(r, "Retry-After", arena_printf(r->arena, "%d", wait));
	return show_error(r, 429, data,
	    arena_printf(r->arena, "Too many attempts. Please try again in %d seconds.", wait));
}

int web_login(struct request *r)
{
	struct params fields;
	const char *username, *password, *next;
	struct json_object *data;
	struct login login;
	enum result res;

	request_form(r, &fields);
	username = form_trimmed(r->arena, &fields, "username");
	password = form_value(&fields, "password");
	next = params_last(&fields, "next");
	data = form(r, username, next);
	if (!*username)
		form_error(r->arena, data, "username", REQUIRED);
	if (!*password)
		form_error(r->arena, data, "password", REQUIRED);
	if (!*username || !*password)
		return web_page(r, 200, "login", data);
	res = login_check(r, username, password, strlen(password), &login);
	if (res == OK)
		res = session_sign_in(r, &login,
		    flash_first(r->arena, "info",
			arena_printf(r->arena, "Logged in as %s.", login.username)));
	if (res != OK)
		return refused(r, res, login.wait, data);
	json_object_put(data);
	log_info("signed_in", "user", login.username);
	return go_on(r, next);
}

int web_logout_form(struct request *r)
{
	struct json_object *data;

	if (r->identity.how != BY_SESSION)
		return web_go(r, "/");
	data = json_object_new_object();
	put_text(data, "title", "Log out?");
	return web_page(r, 200, "logout", data);
}

/* Without a session there is nothing to end, which is just what was wanted. */
int web_logout(struct request *r)
{
	const char *id = r->identity.session_id;
	enum result res = OK;

	if (r->identity.how == BY_SESSION)
		res = session_end(r, id, NULL, "logout");
	if (res != OK && res != NOT_FOUND)
		return reply_result(r, res);
	session_clear_cookie(r);
	flash_goodbye(r);
	log_info("signed_out", "user", r->identity.username);
	return web_go(r, "/");
}
