/* multipart.c: the text parts of a multipart/form-data body (RFC 7578, RFC 2046 section 5.1). Before:
 * http/request.c. After: the same forms that params.c reads. */
#include "base/buf.h"
#include "base/text.h"
#include "http/params.h"

#include <string.h>
#include <strings.h>

struct span {
	const char *at, *end;
};

/* Text up to the next CRLF; the span moves behind it. False without one. */
static bool take_line(struct span *s, struct span *line)
{
	const char *end = memmem(s->at, (size_t)(s->end - s->at), "\r\n", 2);

	if (!end)
		return false;
	*line = (struct span){s->at, end};
	s->at = end + 2;
	return true;
}

static void skip_blanks(struct span *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t'))
		s->at++;
}

static bool take_text(struct span *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->at) < n || strncasecmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

/* Finds the next delimiter line: *part is what stands before it, *s moves behind it, *last tells the
 * closing one. The CRLF before the two hyphens belongs to the delimiter. */
static bool take_part(struct span *s, const char *delimiter, struct span *part, bool *last)
{
	struct span rest = *s;

	for (;;) {
		const char *found =
		    memmem(rest.at, (size_t)(rest.end - rest.at), delimiter, strlen(delimiter));

		if (!found)
			return false;
		*part = (struct span){s->at, found};
		rest.at = found + strlen(delimiter);
		*last = take_text(&rest, "--");
		if (!*last) {
			skip_blanks(&rest);
			if (!take_text(&rest, "\r\n"))
				continue; /* a longer boundary, or just text */
		}
		*s = rest;
		return true;
	}
}

/* A quoted or plain parameter value. In quotes a backslash escapes only a quote or a backslash: old
 * browsers send whole Windows paths. */
static bool take_value(struct arena *a, struct span *s, struct param *out)
{
	struct buf b = BUF(a);

	if (take_text(s, "\"")) {
		while (s->at < s->end && *s->at != '"') {
			if (*s->at == '\\' && s->end - s->at > 1 &&
			    (s->at[1] == '"' || s->at[1] == '\\'))
				s->at++;
			buf_addc(&b, *s->at++);
		}
		if (!take_text(s, "\""))
			return false;
	} else {
		while (s->at < s->end && *s->at != ';' && *s->at != ' ' && *s->at != '\t')
			buf_addc(&b, *s->at++);
	}
	out->name = b.len ? params_name(a, b.data, b.len) : "";
	return true;
}

/* What comes after "Content-Disposition:". */
static bool read_disposition(struct arena *a, struct span *s, struct param *out, bool *file)
{
	struct param ignored;

	skip_blanks(s);
	if (!take_text(s, "form-data"))
		return false;
	for (;;) {
		skip_blanks(s);
		if (s->at == s->end)
			return true;
		if (!take_text(s, ";"))
			return false;
		skip_blanks(s);
		if (take_text(s, "name=")) {
			if (!take_value(a, s, out))
				return false;
			continue;
		}
		*file |= take_text(s, "filename=") || take_text(s, "filename*=");
		while (s->at < s->end && *s->at != ';' && *s->at != '"')
			s->at++;
		if (s->at < s->end && *s->at == '"' && !take_value(a, s, &ignored))
			return false;
	}
}

/* Only the encodings that are none (RFC 7578 section 4.7). */
static bool plain_encoding(struct span *s)
{
	static const char *const plain[] = {"7bit", "8bit", "binary"};

	skip_blanks(s);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (take_text(s, plain[i]))
			break;
	skip_blanks(s);
	return s->at == s->end;
}

/* Headers, an empty line, the value. */
static bool read_part(struct arena *a, struct span part, struct params *out)
{
	struct param p = {NULL, NULL, 0};
	bool file = false;
	struct span line;

	for (;;) {
		if (!take_line(&part, &line))
			return false;
		if (line.at == line.end)
			break;
		if (take_text(&line, "content-disposition:")) {
			if (!read_disposition(a, &line, &p, &file))
				return false;
		} else if (take_text(&line, "content-transfer-encoding:")) {
			if (!plain_encoding(&line))
				return false;
		} else if (!memchr(line.at, ':', (size_t)(line.end - line.at))) {
			return false;
		}
	}
	if (!p.name)
		return false;
	if (file)
		return true;
	p.value_len = (size_t)(part.end - part.at);
	p.value = utf8_replace(a, arena_strndup(a, part.at, p.value_len), &p.value_len);
	out->items[out->count++] = p;
	return true;
}

bool multipart_parse(
    struct arena *a, const char *body, size_t n, const char *boundary, struct params *out)
{
	struct span s, part;
	const char *delimiter;
	bool last;

	*out = (struct params){NULL, 0};
	if (n == 0)
		return true;
	if (!boundary || !*boundary || strlen(boundary) > 200)
		return false;
	/* a CRLF in front, so that the first delimiter looks like the others */
	s.at = memcpy(arena_alloc(a, n + 2), "\r\n", 2);
	memcpy((char *)s.at + 2, body, n);
	s.end = s.at + n + 2;
	delimiter = arena_printf(a, "\r\n--%s", boundary);
	if (!take_part(&s, delimiter, &part, &last))
		return false;
	out->items = arena_alloc(a, PARAMS_MAX * sizeof(*out->items));
	for (size_t count = 0; !last; count++) {
		if (count == PARAMS_MAX || !take_part(&s, delimiter, &part, &last))
			return false;
		if (!read_part(a, part, out))
			return false;
	}
	return true;
}
