/* token_form.c: makes of the form of the pages what api/token_read.c reads, so that both have the same rules; the
 * messages are those of forms, which tell lengths. Before: web/tokens.c. After: api/token_read.c. */
#include "web/token_form.h"

#include <json-c/json.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "web/form.h"
#include "web/page.h"

/* What the API says, and what a form says of the same: %zu is the length of what was entered. */
static const struct {
	const char *api, *form;
} wordings[] = {
    {"Ensure this field has at least 40 characters.",
	"Ensure this value has at least 40 characters (it has %zu)."},
    {"Ensure this field has no more than 40 characters.",
	"Ensure this value has at most 40 characters (it has %zu)."},
    {"Ensure this field has no more than 200 characters.",
	"Ensure this value has at most 200 characters (it has %zu)."},
    {"Datetime ", "Enter a valid date/time."},
};

/* "2026-11-24 03:44:05" in UTC, "" for never. */
static const char *expires_text(struct arena *a, int64_t t)
{
	char *iso = timestamp_iso(a, t);

	if (!iso)
		return "";
	iso[10] = ' ';
	iso[19] = '\0';
	return iso;
}

/* "10.0.0.0/8,::1/128" with blanks, as people write it. */
static const char *networks_text(struct arena *a, const char *list)
{
	struct buf b = BUF(a);

	for (; *list; list++)
		buf_adds(&b, *list == ',' ? ", " : (char[]){*list, '\0'});
	return buf_str(&b);
}

struct json_object *token_form_data(
    struct request *r, const struct params *from, const struct rows *rows)
{
	static const char *const texts[] = {"key", "expires", "description", "allowed_ips"};
	struct json_object *data = arena_own_json(r->arena, json_object_new_object());

	for (size_t i = 0; from && i < sizeof(texts) / sizeof(texts[0]); i++)
		put_text(data, texts[i], form_value(from, texts[i]));
	if (from) {
		put_bool(data, "write_enabled", *form_value(from, "write_enabled") != '\0');
	} else if (rows) {
		put_text(data, "expires", expires_text(r->arena, rows_time(rows, 0, "expires")));
		put_text(data, "description", rows_text(rows, 0, "description"));
		put_text(data, "allowed_ips",
		    networks_text(r->arena, rows_text(rows, 0, "allowed_ips")));
		put_bool(data, "write_enabled", rows_bool(rows, 0, "write_enabled"));
	} else {
		put_bool(data, "write_enabled", true);
	}
	return data;
}

static struct json_object *network_list(struct arena *a, const char *text)
{
	struct json_object *list = json_object_new_array();

	while (*(text += strspn(text, " \t\r\n,;"))) {
		size_t n = strcspn(text, " \t\r\n,;");

		json_object_array_add(list, json_object_new_string(arena_strndup(a, text, n)));
		text += n;
	}
	return list;
}

/* Pages take more spellings of a date than the API; what is not understood is left for it to refuse. An unchanged
 * field keeps the token's time to the microsecond. */
static void add_expires(
    struct request *r, const struct params *form, const struct rows *rows, struct json_object *o)
{
	const char *text = form_trimmed(r->arena, form, "expires");
	int64_t t;

	if (rows && strcmp(text, expires_text(r->arena, rows_time(rows, 0, "expires"))) == 0)
		return;
	if (timestamp_parse_filter(text, &t))
		text = timestamp_iso(r->arena, t);
	put_text(o, "expires", *text ? text : NULL);
}

static struct json_object *as_json(
    struct request *r, const struct params *form, const struct rows *rows)
{
	struct json_object *o = arena_own_json(r->arena, json_object_new_object());

	put_text(o, "key", form_trimmed(r->arena, form, "key"));
	put_text(o, "write_enabled", *form_value(form, "write_enabled") ? "true" : "false");
	put_text(o, "description", form_value(form, "description"));
	add_expires(r, form, rows, o);
	json_object_object_add(
	    o, "allowed_ips", network_list(r->arena, form_value(form, "allowed_ips")));
	return o;
}

static const char *form_wording(struct arena *a, const char *api, const char *entered)
{
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		struct buf b = BUF(a);
		const char *form = wordings[i].form, *place = strstr(form, "%zu");

		if (!text_starts(api, wordings[i].api))
			continue;
		if (!place)
			return form;
		buf_add(&b, form, (size_t)(place - form));
		buf_addf(&b, "%zu", utf8_length(entered, strlen(entered)));
		buf_adds(&b, place + 3);
		return buf_str(&b);
	}
	return api;
}

bool token_form_read(struct request *r, const struct params *form, const struct rows *rows,
    struct token_change *out, struct json_object *data)
{
	struct json_object *errors = arena_own_json(r->arena, json_object_new_object());
	bool fine = token_read(r->arena, as_json(r, form, rows), !rows, out, errors);

	json_object_object_foreach(errors, name, list)
	{
		const char *api = json_object_get_string(json_object_array_get_idx(list, 0));

		form_error(r->arena, data, name,
		    form_wording(r->arena, api, form_trimmed(r->arena, form, name)));
	}
	return fine;
}

void token_form_refused(
    struct request *r, enum result res, const char *message, struct json_object *data)
{
	if (res == CONFLICT)
		form_error(r->arena, data, "key", "Token with this Key already exists.");
	else
		put_text(data, "error", message);
}
