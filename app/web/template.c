/* template.c: reads templates and fills them in one pass. Before: web/page.c. After: base/buf.c. */
#include "web/template.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/log.h"
#include "base/text.h"

#define NESTING_MAX 16

/* The objects that names are looked for in, innermost first. */
struct scope {
	struct json_object *value;
	const struct scope *outer;
};

/* What is left of a template. */
struct cursor {
	const char *name, *p;
	int depth;
};

/* A tag {{…}}: its kind ('#', '^', '/', '>', '!' or 0) and its word. */
struct tag {
	char kind;
	const char *word;
	size_t len;
};

static void fill(struct buf *out, struct cursor *c, const struct scope *scope);

static void malformed(const struct cursor *c, const char *why)
{
	log_error("malformed_template", "template", c->name, "why", why);
	abort();
}

static const char *find_template(const char *name, size_t n)
{
	for (const struct embedded *e = embedded_templates; e->name; e++)
		if (strncmp(e->name, name, n) == 0 && strcmp(e->name + n, ".html") == 0)
			return e->data;
	return NULL;
}

/* The value of a name, NULL when there is none. */
static struct json_object *look_up(const struct scope *scope, const struct tag *tag)
{
	char name[64];
	struct json_object *value;

	if (tag->len == 1 && *tag->word == '.')
		return scope->value;
	if (tag->len >= sizeof(name))
		return NULL;
	memcpy(name, tag->word, tag->len);
	name[tag->len] = '\0';
	for (; scope; scope = scope->outer)
		if (json_object_is_type(scope->value, json_type_object) &&
		    json_object_object_get_ex(scope->value, name, &value))
			return value;
	return NULL;
}

static bool is_shown(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return false;
	case json_type_boolean:
		return json_object_get_boolean(value);
	case json_type_string:
		return json_object_get_string_len(value) > 0;
	case json_type_array:
		return json_object_array_length(value) > 0;
	default:
		return true;
	}
}

/* Copies text up to the next tag and reads that; false at the end. */
static bool next_tag(struct buf *out, struct cursor *c, struct tag *tag)
{
	const char *open = strstr(c->p, "{{"), *close;

	if (!open) {
		if (out)
			buf_adds(out, c->p);
		c->p += strlen(c->p);
		return false;
	}
	if (out)
		buf_add(out, c->p, (size_t)(open - c->p));
	open += 2;
	close = strstr(open, "}}");
	if (!close)
		malformed(c, "unclosed tag");
	*tag = (struct tag){.kind = strchr("#^/>!", *open) ? *open : '\0', .word = open};
	tag->word += tag->kind != '\0';
	tag->len = (size_t)(close - tag->word);
	c->p = close + 2;
	return true;
}

/* One pass through the section that c stands in; a NULL out only finds its end. */
static void section_once(
    struct buf *out, struct cursor *c, struct json_object *value, const struct scope *scope)
{
	const struct scope inner = {.value = value, .outer = scope};

	c->depth++;
	fill(out, c, &inner);
	c->depth--;
}

static void section(
    struct buf *out, struct cursor *c, const struct tag *tag, const struct scope *scope)
{
	struct json_object *value = out ? look_up(scope, tag) : NULL;
	bool shown = is_shown(value) == (tag->kind == '#');
	const char *begin = c->p;

	if (!out || !shown || !json_object_is_type(value, json_type_array)) {
		section_once(out && shown ? out : NULL, c, value, scope);
		return;
	}
	if (tag->kind == '^')
		section_once(out, c, NULL, scope);
	for (size_t i = 0; tag->kind == '#' && i < json_object_array_length(value); i++) {
		c->p = begin;
		section_once(out, c, json_object_array_get_idx(value, i), scope);
	}
}

static void include(
    struct buf *out, const struct cursor *c, const struct tag *tag, const struct scope *scope)
{
	struct cursor inner = {.name = tag->word, .p = find_template(tag->word, tag->len)};

	if (!inner.p)
		malformed(c, "no such template");
	if (out)
		fill(out, &inner, scope);
}

/* Fills up to the tag that closes the section, or to the end outside of one. */
static void fill(struct buf *out, struct cursor *c, const struct scope *scope)
{
	struct tag tag;

	if (c->depth > NESTING_MAX)
		malformed(c, "nested too deeply");
	while (next_tag(out, c, &tag)) {
		struct json_object *value;

		switch (tag.kind) {
		case '#':
		case '^':
			section(out, c, &tag, scope);
			break;
		case '/':
			if (!c->depth)
				malformed(c, "a section ends that did not begin");
			return;
		case '>':
			include(out, c, &tag, scope);
			break;
		case '!':
			break;
		default:
			value = out ? look_up(scope, &tag) : NULL;
			if (value)
				buf_html(out, json_object_get_string(value));
		}
	}
	if (c->depth)
		malformed(c, "a section does not end");
}

void template_render(
    struct buf *out, const char *name, struct json_object *data, struct json_object *site)
{
	const struct scope outer = {.value = site}, inner = {.value = data, .outer = &outer};
	struct cursor c = {.name = name, .p = find_template(name, strlen(name))};

	if (!c.p)
		malformed(&c, "no such template");
	fill(out, &c, &inner);
}
