/* pool.c: the queue to the password workers. Before: server/worker.c. After: server/worker.c of another process. */
#include "server/pool.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/log.h"

/* What goes through the socket; the parameters ("NAME=value", each with its NUL) and the body are in the memfd. */
struct message {
	uint16_t id;
	uint32_t role, param_count, params_len, body_len;
	uint8_t body_too_large, body_incomplete;
};

void pool_open(struct pool *p)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		fatal("cannot make a socket pair: %s", strerror(errno));
	p->send = fds[0];
	p->receive = fds[1];
}

static bool write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, data, n);

		if (w <= 0)
			return false;
		data += w;
		n -= (size_t)w;
	}
	return true;
}

/* A memfd with the request; -1 when it cannot be made. */
static int pack(const struct request_input *in, struct message *m)
{
	int fd = memfd_create("postern-request", MFD_CLOEXEC);
	bool ok = fd >= 0;

	for (char **p = in->params; ok && *p; p++) {
		ok = write_all(fd, *p, strlen(*p) + 1);
		m->params_len += (uint32_t)strlen(*p) + 1;
		m->param_count++;
	}
	ok = ok && write_all(fd, in->body, in->body_len);
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}

static bool send_message(int socket, const struct message *m, const int fds[2])
{
	struct iovec v = {(void *)(uintptr_t)m, sizeof(*m)};
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct msghdr h = {.msg_iov = &v,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(2 * sizeof(int));
	memcpy(CMSG_DATA(c), fds, 2 * sizeof(int));
	return sendmsg(socket, &h, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(*m);
}

bool pool_send(const struct pool *p, struct board *b, const struct config *c, int fd, uint16_t id,
    const struct request_input *in)
{
	struct message m = {.id = id,
	    .role = in->role,
	    .body_len = (uint32_t)in->body_len,
	    .body_too_large = in->body_too_large,
	    .body_incomplete = in->body_incomplete};
	bool ok = atomic_fetch_add(&b->passwords_waiting, 1) < c->password_queue;
	int memory = ok ? pack(in, &m) : -1;

	ok = memory >= 0 && send_message(p->send, &m, (const int[2]){fd, memory});
	if (memory >= 0)
		close(memory);
	if (!ok)
		atomic_fetch_sub(&b->passwords_waiting, 1);
	return ok;
}

/* Reads the memfd into the arena. */
static bool unpack(int memory, const struct message *m, struct arena *a, struct request_input *out)
{
	size_t n = (size_t)m->params_len + m->body_len;
	char *data = arena_alloc(a, n + 1), *at = data;
	size_t have = 0;
	ssize_t r;

	while (have < n && (r = pread(memory, data + have, n - have, (off_t)have)) > 0)
		have += (size_t)r;
	if (have < n)
		return false;
	out->params = arena_alloc(a, (m->param_count + 1) * sizeof(char *));
	for (uint32_t i = 0; i < m->param_count; i++) {
		out->params[i] = at;
		at += strlen(at) + 1;
	}
	out->role = (enum role)m->role;
	out->body = data + m->params_len;
	out->body_len = m->body_len;
	out->body_too_large = m->body_too_large;
	out->body_incomplete = m->body_incomplete;
	return true;
}

bool pool_receive(const struct pool *p, struct board *b, struct arena *a, int *fd, uint16_t *id,
    struct request_input *out)
{
	struct message m;
	struct iovec v = {&m, sizeof(m)};
	union {
		char bytes[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct msghdr h = {.msg_iov = &v,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(p->receive, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n == (ssize_t)sizeof(m) ? CMSG_FIRSTHDR(&h) : NULL;
	int fds[2];
	bool ok;

	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fds)))
		return false;
	atomic_fetch_sub(&b->passwords_waiting, 1);
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	ok = unpack(fds[1], &m, a, out);
	close(fds[1]);
	if (!ok)
		close(fds[0]);
	*fd = fds[0];
	*id = m.id;
	return ok;
}
