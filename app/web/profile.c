/* profile.c: the start page, the user's profile, and a new password. Before: http/route.c. After: auth/login.c,
 * auth/password.c, store/db.c. */
#include <json-c/json.h>
#include <string.h>

#include "auth/login.h"
#include "auth/password.h"
#include "auth/session.h"
#include "base/log.h"
#include "http/actor.h"
#include "http/reply.h"
#include "web/form.h"
#include "web/page.h"
#include "web/web.h"

int web_home(struct request *r)
{
	struct json_object *data = json_object_new_object();

	put_text(data, "title", "Home");
	return web_page(r, 200, "home", data);
}

int web_profile(struct request *r)
{
	struct json_object *data;
	struct rows rows;
	enum result res =
	    db_read(r->db, r->arena, Q_USER_PROFILE, &rows, DB_PARAMS(r->identity.user_id));

	if (res != OK || rows.count == 0)
		return reply_result(r, res == OK ? NOT_FOUND : res);
	data = json_object_new_object();
	put_text(data, "title", "User Profile");
	put_bool(data, "on_profile", true);
	put_text(data, "username", rows_text(&rows, 0, "username"));
	put_text(data, "full_name", rows_text(&rows, 0, "full_name"));
	put_text(data, "email", rows_text(&rows, 0, "email"));
	put_text(data, "registered", web_time(r->arena, rows_time(&rows, 0, "created")));
	put_text(data, "groups", rows_text(&rows, 0, "groups"));
	put_bool(data, "is_superuser", rows_bool(&rows, 0, "is_superuser"));
	return web_page(r, 200, "profile", data);
}

static struct json_object *password_data(struct request *r)
{
	struct json_object *data = json_object_new_object();

	put_text(data, "title", "Change Password");
	put_bool(data, "on_password", true);
	put_text(
	    data, "min_length", arena_printf(r->arena, "%d", (int)r->config->password_min_length));
	return data;
}

int web_password_form(struct request *r)
{
	return web_page(r, 200, "password", password_data(r));
}

/* What is wrong with the form by itself; the old password is not looked at. */
static bool form_is_fine(struct request *r, const struct params *form, struct json_object *data)
{
	static const char *const names[] = {"old_password", "new_password1", "new_password2"};
	const char *new1 = form_value(form, "new_password1"), *refusal;
	bool fine = true;

	for (size_t i = 0; i < 3; i++) {
		if (*form_value(form, names[i]))
			continue;
		form_error(r->arena, data, names[i], "This field is required.");
		fine = false;
	}
	if (!fine)
		return false;
	if (strcmp(new1, form_value(form, "new_password2")) != 0) {
		form_error(
		    r->arena, data, "new_password2", "The two password fields didn\u2019t match.");
		return false;
	}
	refusal = password_refusal(r->config, r->arena, r->identity.username, new1, strlen(new1));
	if (refusal)
		form_error(r->arena, data, "new_password1", refusal);
	return !refusal;
}

/* Stores the hash in place of the old one; the other sessions end by it, this one gets a new id. DENIED when the
 * old one is no longer the user's: what an administrator has set meanwhile stays. */
static enum result change(struct request *r, const char *hash, const char *old)
{
	const char *user_id = r->identity.user_id;
	struct rows rows;
	enum result res = request_begin(r, "password_changed");

	if (res == OK)
		res = db_write(
		    r->db, r->arena, Q_USER_CHANGE_PASSWORD, &rows, DB_PARAMS(user_id, hash, old));
	if (res == OK && rows.count == 0)
		res = DENIED;
	if (res == OK)
		res = session_renew(r, flash_first(r->arena, "success",
					   "Your password has been changed successfully."));
	if (res == OK)
		res = db_commit(r->db);
	db_rollback(r->db);
	return res;
}

static int wrong_old(struct request *r, int wait, struct json_object *data)
{
	if (!wait) {
		form_error(r->arena, data, "old_password",
		    "Your old password was entered incorrectly. Please enter it again.");
		return web_page(r, 200, "password", data);
	}
	reply_header(r, "Retry-After", arena_printf(r->arena, "%d", wait));
	form_error(r->arena, data, "old_password",
	    arena_printf(r->arena, "Too many attempts. Please try again in %d seconds.", wait));
	return web_page(r, 429, "password", data);
}

int web_password(struct request *r)
{
	struct json_object *data = arena_own_json(r->arena, password_data(r));
	const char *old, *new1, *hash;
	struct params form;
	struct login login;
	enum result res;

	request_form(r, &form);
	if (!form_is_fine(r, &form, data))
		return web_page(r, 200, "password", json_object_get(data));
	old = form_value(&form, "old_password");
	new1 = form_value(&form, "new_password1");
	res = login_check(r, r->identity.username, old, strlen(old), &login);
	if (res == OK) {
		hash = password_hash(r->config, r->arena, new1, strlen(new1));
		res = hash ? change(r, hash, login.password_hash) : UNAVAILABLE;
	}
	if (res == DENIED)
		return wrong_old(r, login.wait, json_object_get(data));
	if (res != OK)
		return reply_result(r, res);
	session_send_cookie(r);
	log_info("password_changed", "user", r->identity.username);
	return web_go(r, "/user/profile/");
}
