/* authorization.c: one Authorization header to a scheme and its credentials. Before: http/request.c.
 * After: auth/authenticate.c, which asks the database. */
#include "auth/authorization.h"
#include "base/buf.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

#define TOKEN_ERROR(text_) ("Invalid token header. " text_)
#define BASIC_ERROR(text_) ("Invalid basic header. " text_)

struct words {
	const char *at[2];
	size_t len[2];
	size_t count; /* 3 means: more than two */
};

/* What one scheme says about its mistakes. */
static const struct scheme {
	const char *word;
	enum authorization_scheme scheme;
	const char *missing, *spaces, *control;
} schemes[] = {
    {"token", AUTHORIZATION_TOKEN, TOKEN_ERROR("No credentials provided."),
	TOKEN_ERROR("Token string should not contain spaces."),
	TOKEN_ERROR("Token string should not contain invalid characters.")},
    {"bearer", AUTHORIZATION_TOKEN, TOKEN_ERROR("No credentials provided."),
	TOKEN_ERROR("Token string should not contain spaces."),
	TOKEN_ERROR("Token string should not contain invalid characters.")},
    {"basic", AUTHORIZATION_BASIC, BASIC_ERROR("No credentials provided."),
	BASIC_ERROR("Credentials string should not contain spaces."),
	BASIC_ERROR("Credentials not correctly base64 encoded.")},
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct words split(const char *s, size_t n)
{
	struct words w = {.count = 0};
	size_t i = 0, start;

	for (;;) {
		while (i < n && is_blank(s[i]))
			i++;
		if (i == n || w.count == 3)
			return w;
		start = i;
		while (i < n && !is_blank(s[i]))
			i++;
		if (w.count < 2) {
			w.at[w.count] = s + start;
			w.len[w.count] = i - start;
		}
		w.count++;
	}
}

static const struct scheme *find_scheme(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strlen(schemes[i].word) == n && strncasecmp(word, schemes[i].word, n) == 0)
			return &schemes[i];
	return NULL;
}

static bool has_control(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return true;
	return false;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* As Python's b64decode: what is not in the alphabet does not count, padding that completes a group
 * of four ends the text. out has room for n bytes; false when the padding is wrong. */
static bool base64_decode(const char *s, size_t n, char *out, size_t *out_len)
{
	unsigned int bits = 0, digits = 0, pads = 0;

	*out_len = 0;
	for (size_t i = 0; i < n; i++) {
		int value = base64_value(s[i]);

		if (s[i] == '=' && digits >= 2 && digits + ++pads >= 4)
			return true;
		if (value < 0)
			continue;
		pads = 0;
		bits = (bits << 6 | (unsigned int)value) & 0xfff;
		digits = (digits + 1) & 3;
		if (digits != 1) /* the first digit of four completes no byte */
			out[(*out_len)++] = (char)(bits >> (6 - 2 * ((digits + 3) & 3)));
	}
	return digits == 0;
}

/* UTF-8 or, failing that, Latin-1 made UTF-8. */
static const char *to_utf8(struct arena *a, const char *s, size_t *n)
{
	struct buf b = BUF(a);

	if (utf8_valid(s, *n))
		return s;
	for (size_t i = 0; i < *n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80)
			buf_addc(&b, s[i]);
		else
			buf_add(&b, (char[]){(char)(0xc0 | c >> 6), (char)(0x80 | (c & 63))}, 2);
	}
	*n = b.len;
	return buf_str(&b);
}

/* The credentials of Basic (RFC 7617); without a colon all of them is the user name. */
static bool read_basic(struct arena *a, const char *word, size_t n, struct authorization *out)
{
	char *decoded = arena_alloc(a, n + 1);
	const char *text, *colon;
	size_t len;

	if (!base64_decode(word, n, decoded, &len))
		return false;
	text = to_utf8(a, decoded, &len);
	if (memchr(text, '\0', len))
		return false;
	colon = memchr(text, ':', len);
	if (!colon)
		colon = text + len;
	out->username = arena_strndup(a, text, (size_t)(colon - text));
	out->password = colon < text + len ? colon + 1 : "";
	out->password_len = strlen(out->password);
	return true;
}

static bool read_token(struct arena *a, const char *word, size_t n, struct authorization *out)
{
	if (!utf8_valid(word, n))
		return false;
	out->token = arena_strndup(a, word, n);
	out->token_is_key =
	    n == 2 * sizeof(out->key) && parse_hex(out->token, out->key, sizeof(out->key));
	return true;
}

static void refuse(struct authorization *out, const char *error)
{
	*out = (struct authorization){.scheme = AUTHORIZATION_BAD, .error = error};
}

/* A key without a scheme word in front. */
static bool is_bare_key(struct arena *a, const struct words *w)
{
	unsigned char ignored[20];

	return w->count == 1 && w->len[0] == 2 * sizeof(ignored) &&
	       parse_hex(arena_strndup(a, w->at[0], w->len[0]), ignored, sizeof(ignored));
}

void authorization_parse(
    struct arena *a, const char *value, size_t n, bool basic, struct authorization *out)
{
	struct words w = split(value, value ? n : 0);
	const struct scheme *s = w.count ? find_scheme(w.at[0], w.len[0]) : NULL;
	bool good;

	*out = (struct authorization){.scheme = AUTHORIZATION_NONE};
	if (!s || (s->scheme == AUTHORIZATION_BASIC && !basic)) {
		out->bare_key = is_bare_key(a, &w);
		return;
	}
	if (w.count != 2) {
		refuse(out, w.count == 1 ? s->missing : s->spaces);
		return;
	}
	out->scheme = s->scheme;
	good = !has_control(value, n) &&
	       (s->scheme == AUTHORIZATION_BASIC ? read_basic(a, w.at[1], w.len[1], out)
						 : read_token(a, w.at[1], w.len[1], out));
	if (!good)
		refuse(out, s->control);
}
