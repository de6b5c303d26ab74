/* accept.c: media types: which renderer, which kind of body. Before: http/request.c. After:
 * http/route.c and http/reply.c. */
#include "http/accept.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

struct span {
	const char *at, *end;
};

struct media_range {
	struct span type, subtype;
	bool parameters; /* any but q */
	struct span indent, boundary, charset; /* their values; at is NULL when absent */
};

static const struct media_type {
	const char *type, *subtype, *format;
} renderers[] = {
    [RENDER_JSON] = {"application", "json", "json"},
    [RENDER_HTML] = {"text", "html", "api"},
};

static struct span trim(struct span s)
{
	while (s.at < s.end && isspace((unsigned char)*s.at))
		s.at++;
	while (s.at < s.end && isspace((unsigned char)s.end[-1]))
		s.end--;
	return s;
}

static bool is(struct span s, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(s.end - s.at) == n && strncasecmp(s.at, word, n) == 0;
}

/* Cuts off what stands before the first `mark` outside quotes; the rest, behind it, stays in *s. */
static struct span cut(struct span *s, char mark)
{
	struct span head = *s;
	bool quoted = false;

	while (s->at < s->end && (quoted || *s->at != mark)) {
		if (*s->at == '"')
			quoted = !quoted;
		else if (quoted && *s->at == '\\' && s->end - s->at > 1)
			s->at++;
		s->at++;
	}
	head.end = s->at;
	s->at += s->at < s->end;
	return trim(head);
}

static struct span unquote(struct span s)
{
	if (s.end - s.at >= 2 && s.at[0] == '"' && s.end[-1] == '"')
		return (struct span){s.at + 1, s.end - 1};
	return s;
}

/* type/subtype;name=value;… The last value of a name counts; what has no "=" is no parameter. */
static struct media_range parse_range(struct span s)
{
	struct media_range m = {.type = cut(&s, ';')};
	struct span rest = m.type;

	m.type = cut(&rest, '/');
	m.subtype = trim(rest);
	while (s.at < s.end) {
		struct span value = cut(&s, ';');
		const char *equals = memchr(value.at, '=', (size_t)(value.end - value.at));
		struct span name = {value.at, equals};

		if (!equals)
			continue;
		name = trim(name);
		value = unquote(trim((struct span){equals + 1, value.end}));
		m.parameters |= !is(name, "q");
		if (is(name, "indent"))
			m.indent = value;
		else if (is(name, "boundary"))
			m.boundary = value;
		else if (is(name, "charset"))
			m.charset = value;
	}
	return m;
}

static bool matches(const struct media_range *m, const char *type, const char *subtype)
{
	return (is(m->type, "*") || is(m->type, type)) &&
	       (is(m->subtype, "*") || is(m->subtype, subtype));
}

static int specificity(const struct media_range *m)
{
	if (is(m->type, "*"))
		return 0;
	if (is(m->subtype, "*"))
		return 1;
	return m->parameters ? 3 : 2;
}

/* A whole number cut to 0 … 8; anything else is 0. */
static int parse_indent(struct span s)
{
	int n = 0;

	if (s.at == NULL)
		return 0;
	s = trim(s);
	if (s.at < s.end && *s.at == '+')
		s.at++;
	for (; s.at < s.end; s.at++) {
		if (*s.at < '0' || *s.at > '9')
			return 0;
		n = n * 10 + (*s.at - '0');
		n = n > 8 ? 8 : n;
	}
	return n;
}

/* Which renderers come into question: bit 1 << renderer. */
static unsigned int offered(const char *format, bool html)
{
	unsigned int all = 1u << RENDER_JSON | (html ? 1u << RENDER_HTML : 0);

	if (!format || !*format)
		return all;
	for (unsigned int i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++)
		if (strcmp(format, renderers[i].format) == 0)
			return all & 1u << i;
	return 0;
}

enum accept_result accept_negotiate(struct arena *a, const char *accept, const char *format,
    bool html, enum renderer *out, int *indent)
{
	unsigned int offer = offered(format, html);
	int best = -1;
	struct span s;

	(void)a; /* nothing to allocate so far */
	if (!offer)
		return ACCEPT_BAD_FORMAT;
	if (!accept)
		accept = "*/*";
	s = (struct span){accept, accept + strlen(accept)};
	while (s.at < s.end) {
		const char *comma = memchr(s.at, ',', (size_t)(s.end - s.at));
		struct span item = {s.at, comma ? comma : s.end};
		struct media_range m = parse_range(item);

		s.at = comma ? comma + 1 : s.end;
		for (unsigned int i = 0; i < sizeof(renderers) / sizeof(renderers[0]); i++) {
			/* more specific ranges first, then our own order, then the first in the header */
			int rank = 2 * specificity(&m) + (i == RENDER_JSON);

			if (!(offer & 1u << i) || rank <= best ||
			    !matches(&m, renderers[i].type, renderers[i].subtype))
				continue;
			best = rank;
			*out = (enum renderer)i;
			*indent = parse_indent(m.indent);
		}
	}
	return best < 0 ? ACCEPT_NOT_ACCEPTABLE : ACCEPT_OK;
}

/* A parameter's value; NULL when it is missing or empty. */
static const char *value_of(struct arena *a, struct span s)
{
	return s.at < s.end ? arena_strndup(a, s.at, (size_t)(s.end - s.at)) : NULL;
}

struct content_type content_type_parse(struct arena *a, const char *value)
{
	static const struct {
		const char *type, *subtype;
		enum body_type body;
	} bodies[] = {
	    {"application", "json", BODY_JSON},
	    {"application", "x-www-form-urlencoded", BODY_FORM},
	    {"multipart", "form-data", BODY_MULTIPART},
	};
	struct content_type out = {BODY_NONE, NULL, NULL};
	struct media_range m;
	struct span s;

	if (!value)
		return out;
	s = trim((struct span){value, value + strlen(value)});
	if (s.at == s.end)
		return out;
	out.body = BODY_UNSUPPORTED;
	m = parse_range(s);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		if (!matches(&m, bodies[i].type, bodies[i].subtype))
			continue;
		out.body = bodies[i].body;
		break;
	}
	if (out.body == BODY_MULTIPART)
		out.boundary = value_of(a, m.boundary);
	else if (out.body == BODY_JSON)
		out.charset = value_of(a, m.charset);
	return out;
}
