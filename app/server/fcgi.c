/* fcgi.c: FastCGI records. Before: server/worker.c, server/pool.c. After: the socket. */
#include "server/fcgi.h"

#include <string.h>
#include <sys/uio.h>
#include <errno.h>

/* FastCGI specification, section 8 */
#define VERSION 1
#define BEGIN_REQUEST 1
#define ABORT_REQUEST 2
#define END_REQUEST 3
#define PARAMS 4
#define STDOUT 6
#define HEADER 8 /* bytes of a record's header */

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
	*out = (size_t)(p[*at] & 0x7f) << 24 | (size_t)p[*at + 1] << 16 | (size_t)p[*at + 2] << 8 | p[*at + 3];
	*at += 4;
	return true;
}

/* The whole stream of parameters: pairs that end where it ends, without NULs. */
static enum fcgi_head check_pairs(const unsigned char *p, size_t n)
{
	size_t at = 0, name, value;

	while (at < n) {
		if (!pair_length(p, n, &at, &name) || !pair_length(p, n, &at, &value) || name > n - at ||
		    value > n - at - name || name == 0)
			return FCGI_HEAD_BAD;
		if (memchr(p + at, '\0', name + value))
			return FCGI_HEAD_NUL;
		at += name + value;
	}
	return FCGI_HEAD_OK;
}

enum fcgi_head fcgi_head_check(const unsigned char *p, size_t n, uint16_t *id)
{
	unsigned char pairs[FCGI_PARAMS_MAX];
	size_t at = 0, len = 0;

	while (n - at >= HEADER) {
		const unsigned char *h = p + at;
		size_t content = (size_t)h[4] << 8 | h[5], record = HEADER + content + h[6];
		uint16_t this_id = (uint16_t)(h[2] << 8 | h[3]);
		int wanted = at == 0 ? BEGIN_REQUEST : PARAMS;

		if (h[0] != VERSION || h[1] != wanted || this_id == 0 || (at && this_id != *id))
			return FCGI_HEAD_BAD;
		*id = this_id;
		if (at == 0 && content != 8)
			return FCGI_HEAD_BAD;
		if (at && len + content > sizeof(pairs))
			return FCGI_HEAD_TOO_LARGE;
		if (n - at < record)
			return FCGI_HEAD_MORE;
		if (at && content == 0)
			return check_pairs(pairs, len);
		if (at) {
			memcpy(pairs + len, h + HEADER, content);
			len += content;
		}
		at += record;
	}
	return FCGI_HEAD_MORE;
}

static bool write_all(int fd, struct iovec *v, int count)
{
	while (count > 0) {
		ssize_t n = writev(fd, v, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		while (count > 0 && (size_t)n >= v->iov_len) {
			n -= (ssize_t)v->iov_len;
			v++;
			count--;
		}
		if (count > 0) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= (size_t)n;
		}
	}
	return true;
}

static void header(unsigned char h[HEADER], int type, uint16_t id, size_t content)
{
	memcpy(h, (unsigned char[HEADER]){VERSION, (unsigned char)type, (unsigned char)(id >> 8),
		      (unsigned char)id, (unsigned char)(content >> 8), (unsigned char)content, 0, 0},
	    HEADER);
}

static bool write_stdout(int fd, uint16_t id, const char *data, size_t n)
{
	unsigned char h[HEADER];

	for (size_t done = 0; done < n;) {
		size_t part = n - done > 0xfff8 ? 0xfff8 : n - done;
		struct iovec v[2] = {{h, HEADER}, {(void *)(uintptr_t)(data + done), part}};

		header(h, STDOUT, id, part);
		if (!write_all(fd, v, 2))
			return false;
		done += part;
	}
	return true;
}

bool fcgi_write_reply(int fd, uint16_t id, const char *head, size_t head_len, const char *body,
    size_t body_len)
{
	unsigned char end[3 * HEADER] = {0}; /* empty STDOUT, END_REQUEST with eight zero bytes */
	struct iovec v = {end, sizeof(end)};

	header(end, STDOUT, id, 0);
	header(end + HEADER, END_REQUEST, id, 8);
	return write_stdout(fd, id, head, head_len) && write_stdout(fd, id, body, body_len) &&
	    write_all(fd, &v, 1);
}
