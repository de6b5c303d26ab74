/* sessions.c: where a user is signed in, and ending that. Before: http/route.c. After: auth/session.c. */
#include <json-c/json.h>
#include <string.h>

#include "auth/session.h"
#include "base/text.h"
#include "http/reply.h"
#include "web/form.h"
#include "web/page.h"
#include "web/web.h"

/* What user agents call themselves; the first that fits counts, as they name each other. */
static const char *const browsers[][2] = {{"Edg", "Edge"}, {"OPR/", "Opera"},
    {"Vivaldi", "Vivaldi"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"Chrome", "Chrome"},
    {"CriOS", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"}, {"python-requests", "Python"},
    {"Wget", "Wget"}, {NULL, "Browser"}};
static const char *const systems[][2] = {{"Android", " on Android"}, {"iPhone", " on iPhone"},
    {"iPad", " on iPad"}, {"Windows", " on Windows"}, {"Mac OS X", " on macOS"},
    {"CrOS", " on ChromeOS"}, {"Linux", " on Linux"}, {NULL, ""}};

static const char *first_in(const char *text, const char *const (*list)[2])
{
	while ((*list)[0] && !strstr(text, (*list)[0]))
		list++;
	return (*list)[1];
}

static struct json_object *describe(struct request *r, const struct rows *rows, int i)
{
	struct json_object *o = json_object_new_object();
	const char *id = rows_text(rows, i, "id"), *agent = rows_text(rows, i, "user_agent");

	put_text(o, "id", id);
	put_text(o, "device",
	    *agent ? arena_printf(
			 r->arena, "%s%s", first_in(agent, browsers), first_in(agent, systems))
		   : "Unknown device");
	put_text(o, "user_agent", agent);
	put_text(o, "address", rows_text(rows, i, "address"));
	put_text(o, "created", web_time(r->arena, rows_time(rows, i, "created")));
	put_text(o, "last_seen", web_time(r->arena, rows_time(rows, i, "last_seen")));
	put_bool(o, "current", strcmp(id, r->identity.session_id) == 0);
	return o;
}

int web_session_list(struct request *r)
{
	struct json_object *data, *list;
	struct rows rows;
	enum result res = db_read(r->db, r->arena, Q_SESSION_LIST, &rows,
	    DB_PARAMS(r->identity.user_id, db_int(r->arena, r->config->session_idle),
		db_int(r->arena, r->config->session_absolute)));

	if (res != OK)
		return reply_result(r, res);
	data = json_object_new_object();
	list = json_object_new_array();
	for (int i = 0; i < rows.count; i++)
		json_object_array_add(list, describe(r, &rows, i));
	put_text(data, "title", "Sessions");
	put_bool(data, "on_sessions", true);
	put_bool(data, "has_others", rows.count > 1);
	json_object_object_add(data, "sessions", list);
	return web_page(r, 200, "sessions", data);
}

/* The field session names one to end, or all others: "others". */
int web_session_end(struct request *r)
{
	struct params form;
	const char *wish;
	char id[37];
	bool others;
	enum result res;

	request_form(r, &form);
	wish = form_value(&form, "session");
	others = strcmp(wish, "others") == 0;
	if (!others && !parse_uuid(wish, id))
		return reply_detail(r, 400, "The form names no session.");
	if (!others && strcmp(id, r->identity.session_id) == 0)
		return web_logout(r);
	res = session_end(r, others ? NULL : id, r->identity.session_id, "session_ended");
	if (res != OK && res != NOT_FOUND)
		return reply_result(r, res);
	flash_add(r, "success",
	    others ? "All other sessions have ended." : "The session has ended.", NULL);
	return web_go(r, "/user/sessions/");
}
