/* fcgi.c: FastCGI records. Before: server/connection.c. After: libfcgi, or the socket. */
#include "server/fcgi.h"

#include <string.h>

#include "http/request.h"

/* FastCGI specification, section 8 */
#define VERSION 1
#define BEGIN_REQUEST 1
#define ABORT_REQUEST 2
#define END_REQUEST 3
#define PARAMS 4
#define STDIN 5
#define STDOUT 6
#define GET_VALUES 9
#define GET_VALUES_RESULT 10
#define UNKNOWN_TYPE 11
#define AUTHORIZER 2
#define HEADER 8 /* bytes of a record's header */
#define RECORD_MAX 0xfff8

static size_t content_of(const unsigned char *h)
{
	return (size_t)h[4] << 8 | h[5];
}

static size_t record_of(const unsigned char *h)
{
	return HEADER + content_of(h) + h[6];
}

/* Reads one of the two lengths of a name-value pair (section 3.4) at p[*at]; false when it is cut. */
static bool pair_length(const unsigned char *p, size_t n, size_t *at, size_t *out)
{
	if (*at >= n)
		return false;
	if (p[*at] < 0x80) {
		*out = p[(*at)++];
		return true;
	}
	if (n - *at < 4)
		return false;
	*out = (size_t)(p[*at] & 0x7f) << 24 | (size_t)p[*at + 1] << 16 | (size_t)p[*at + 2] << 8 |
	       p[*at + 3];
	*at += 4;
	return true;
}

/* The whole stream of parameters: pairs that end where it ends, without NULs. */
static enum fcgi_state check_pairs(struct fcgi_scan *s, const unsigned char *p, size_t n)
{
	static const char gate[] = "POSTERN_ROLEgate";
	size_t at = 0, name, value;

	while (at < n) {
		if (!pair_length(p, n, &at, &name) || !pair_length(p, n, &at, &value) ||
		    name > n - at || value > n - at - name || name == 0)
			return FCGI_BAD;
		if (memchr(p + at, '\0', name + value))
			return FCGI_NUL;
		if (name == 12 && value == 4 && memcmp(p + at, gate, 16) == 0)
			s->gate = true;
		at += name + value;
	}
	s->head_read = true;
	return s->gate ? FCGI_WHOLE : FCGI_MORE;
}

/* Puts the contents of the parameters' records, which end before `end`, together and checks them. */
static enum fcgi_state end_params(struct fcgi_scan *s, const unsigned char *p, size_t end)
{
	unsigned char pairs[FCGI_PARAMS_MAX];
	size_t len = 0;

	for (size_t at = record_of(p); at < end; at += record_of(p + at)) {
		memcpy(pairs + len, p + at + HEADER, content_of(p + at));
		len += content_of(p + at);
	}
	return check_pairs(s, pairs, len);
}

static enum fcgi_state look_begin(struct fcgi_scan *s, const unsigned char *h)
{
	if (s->id == 0)
		return FCGI_MANAGEMENT;
	if (h[1] != BEGIN_REQUEST || content_of(h) != 8)
		return FCGI_BAD;
	s->role = (uint16_t)(h[HEADER] << 8 | h[HEADER + 1]);
	s->gate = s->role == AUTHORIZER;
	return FCGI_MORE;
}

static enum fcgi_state look_body(struct fcgi_scan *s, const unsigned char *h)
{
	if (h[1] != STDIN)
		return FCGI_BAD;
	s->body += content_of(h);
	s->ended = content_of(h) == 0;
	return s->ended || s->body > REQUEST_BODY_MAX ? FCGI_WHOLE : FCGI_MORE;
}

/* One whole record, at p[s->at]. */
static enum fcgi_state look_record(struct fcgi_scan *s, const unsigned char *p)
{
	const unsigned char *h = p + s->at;
	bool padded = h[6] != 0;

	if (h[1] == ABORT_REQUEST && s->at)
		return FCGI_ABORTED;
	if (s->head_read)
		return look_body(s, h);
	/* libfcgi takes padding of these two for the next record, which no web server puts there */
	if (s->at == 0)
		return padded && s->id ? FCGI_BAD : look_begin(s, h);
	if (content_of(h) == 0)
		return padded ? FCGI_BAD : end_params(s, p, s->at);
	s->params += content_of(h);
	return FCGI_MORE;
}

/* What a record's header tells before its content has come. */
static enum fcgi_state look_header(struct fcgi_scan *s, const unsigned char *h)
{
	uint16_t id = (uint16_t)(h[2] << 8 | h[3]);

	if (h[0] != VERSION || (s->at && id != s->id))
		return FCGI_BAD;
	s->id = id;
	if (s->at == 0 || s->head_read || h[1] == ABORT_REQUEST)
		return FCGI_MORE;
	if (h[1] != PARAMS)
		return FCGI_BAD;
	return s->params + content_of(h) > FCGI_PARAMS_MAX ? FCGI_TOO_LARGE : FCGI_MORE;
}

/* A gate question is usually followed by its empty body at once; then nothing more will come. */
static void note_end(struct fcgi_scan *s, const unsigned char *p, size_t n)
{
	const unsigned char *h = p + s->at;

	if (!s->gate || n - s->at < HEADER)
		return;
	s->ended = h[1] == STDIN && content_of(h) == 0;
	s->at = n;
}

enum fcgi_state fcgi_look(struct fcgi_scan *s, const unsigned char *p, size_t n)
{
	if (n < s->at)
		return FCGI_MORE;
	while (n - s->at >= HEADER) {
		enum fcgi_state state = look_header(s, p + s->at);
		size_t record = record_of(p + s->at);

		if (state != FCGI_MORE || n - s->at < record)
			return state;
		state = look_record(s, p);
		if (state != FCGI_MORE && state != FCGI_WHOLE)
			return state;
		s->at += record;
		if (state == FCGI_WHOLE) {
			note_end(s, p, n);
			return state;
		}
	}
	return FCGI_MORE;
}

static void put_header(struct buf *out, int type, uint16_t id, size_t content)
{
	unsigned char h[HEADER] = {VERSION, (unsigned char)type, (unsigned char)(id >> 8),
	    (unsigned char)id, (unsigned char)(content >> 8), (unsigned char)content, 0, 0};

	buf_add(out, h, HEADER);
}

void fcgi_end(struct buf *out, uint16_t id)
{
	static const unsigned char complete[8] = {0};

	put_header(out, END_REQUEST, id, sizeof(complete));
	buf_add(out, complete, sizeof(complete));
}

static void put_body(struct buf *out, uint16_t id, const char *body, size_t n)
{
	while (n > 0) {
		size_t part = n > RECORD_MAX ? RECORD_MAX : n;

		put_header(out, STDOUT, id, part);
		buf_add(out, body, part);
		body += part;
		n -= part;
	}
}

void fcgi_reply(struct buf *out, uint16_t id, const char *head, size_t head_len, const char *body,
    size_t body_len)
{
	if (head_len + body_len <= RECORD_MAX) {
		put_header(out, STDOUT, id, head_len + body_len);
		buf_add(out, head, head_len);
		buf_add(out, body, body_len);
	} else {
		put_body(out, id, head, head_len);
		put_body(out, id, body, body_len);
	}
	put_header(out, STDOUT, id, 0);
	fcgi_end(out, id);
}

void fcgi_management_reply(struct buf *out, const unsigned char *p)
{
	/* one connection carries one request at a time; other limits are not told */
	static const char values[] = "\017\001FCGI_MPXS_CONNS0";
	unsigned char unknown[8] = {p[1]};

	if (p[1] == GET_VALUES) {
		put_header(out, GET_VALUES_RESULT, 0, sizeof(values) - 1);
		buf_add(out, values, sizeof(values) - 1);
	} else {
		put_header(out, UNKNOWN_TYPE, 0, sizeof(unknown));
		buf_add(out, unknown, sizeof(unknown));
	}
}
