/* body.c: reads a request's body as JSON or as a form. Before: http/request.c. After: api/ and web/ handlers. */
#include <json-c/json.h>
#include <string.h>

#include "http/charset.h"
#include "http/json.h"
#include "http/reply.h"
#include "http/request.h"

static int too_large(struct request *r)
{
	return reply_detail(r, 413, "Request body exceeds 1048576 bytes.");
}

static int unsupported(struct request *r, const char *type)
{
	return reply_detail(r, 415,
	    arena_printf(r->arena, "Unsupported media type \"%s\" in request.", type ? type : ""));
}

static int read_json(struct request *r, const char *charset, struct request_body *out)
{
	size_t n = r->input->body_len;
	const char *error;
	const char *text = charset_to_utf8(r->arena, charset, r->input->body, &n, &error);

	if (text && n > REQUEST_BODY_MAX)
		return too_large(r);
	if (text && json_read(r->arena, text, n, &out->json, &error))
		return 0;
	return reply_detail(r, 400, arena_printf(r->arena, "JSON parse error - %s", error));
}

static struct json_object *text_of(const struct param *f)
{
	return json_object_new_string_len(f->value, (int)f->value_len);
}

/* Members that are lists, which a form can only say by naming them for each of their values. */
static bool is_list(const char *name)
{
	static const char *const lists[] = {
	    "allowed_ips", "actions", "groups", "object_types", "users"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(name, lists[i]) == 0)
			return true;
	return false;
}

/* An empty value means an empty list. */
static void add_to_list(struct json_object *o, const struct param *f)
{
	struct json_object *list = json_object_object_get(o, f->name);

	if (!list) {
		list = json_object_new_array();
		json_object_object_add(o, f->name, list);
	}
	if (f->value_len)
		json_object_array_add(list, text_of(f));
}

/* Form fields become members of text, or lists of it; an empty `expires` means none, as no text could. */
static struct json_object *form_object(struct request *r, const struct params *p)
{
	struct json_object *o = arena_own_json(r->arena, json_object_new_object());

	for (size_t i = 0; i < p->count; i++) {
		const struct param *f = &p->items[i];
		bool none = strcmp(f->name, "expires") == 0 && f->value_len == 0;

		if (is_list(f->name))
			add_to_list(o, f);
		else
			json_object_object_add(o, f->name, none ? NULL : text_of(f));
	}
	return o;
}

static int read_form(struct request *r, const struct content_type *type, struct request_body *out)
{
	const struct request_input *in = r->input;
	struct params p = {0};

	out->form = true;
	if (type->body == BODY_FORM && !params_parse(r->arena, in->body, in->body_len, &p))
		return reply_detail(r, 400, "The form has too many fields.");
	if (type->body == BODY_MULTIPART && !type->boundary)
		return reply_detail(
		    r, 400, "Multipart form parse error - Invalid boundary in multipart: None");
	if (type->body == BODY_MULTIPART &&
	    !multipart_parse(r->arena, in->body, in->body_len, type->boundary, &p))
		return reply_detail(r, 400, "Multipart form parse error - Malformed body");
	out->json = form_object(r, &p);
	return 0;
}

int request_body(struct request *r, struct request_body *out)
{
	const char *value = request_param(r, "CONTENT_TYPE");
	struct content_type type = content_type_parse(r->arena, value);

	*out = (struct request_body){.empty = r->input->body_len == 0};
	if (r->input->body_too_large)
		return too_large(r);
	if (out->empty)
		return 0;
	switch (type.body) {
	case BODY_JSON:
		return read_json(r, type.charset, out);
	case BODY_FORM:
	case BODY_MULTIPART:
		return read_form(r, &type, out);
	default:
		return unsupported(r, value);
	}
}

void request_form(struct request *r, struct params *out)
{
	const struct request_input *in = r->input;
	struct content_type type = content_type_parse(r->arena, request_param(r, "CONTENT_TYPE"));
	bool ok = false;

	*out = (struct params){0};
	if (type.body == BODY_FORM)
		ok = params_parse(r->arena, in->body, in->body_len, out);
	else if (type.boundary)
		ok = multipart_parse(r->arena, in->body, in->body_len, type.boundary, out);
	if (!ok)
		*out = (struct params){0};
}
