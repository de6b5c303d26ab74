/* connection.c: what is not answered yet, or not yet taken by the peer. Before: server/worker.c. After: the socket. */
#include "server/connection.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"

#define COUNT_MOST 900 /* connections; fits the usual limit of 1024 descriptors */
#define BYTES_MOST (16 * 1024 * 1024) /* of unfinished requests and answers */
#define WRITE_MS 10000 /* for a web server to take an answer */
#define CLOSE_MS 2000 /* for a web server to notice that we have ended */
#define LIBFCGI_BUFFER 8192 /* what it takes from a socket at once */
#define HURRY_MS 1000
#define SWEEP_MS 250

struct connections *connections_new(int epoll, int64_t read_seconds)
{
	struct connections *set = calloc(1, sizeof(*set));

	if (!set)
		fatal("out of memory");
	set->epoll = epoll;
	set->read_ms = read_seconds * 1000;
	return set;
}

void connections_free(struct connections *set)
{
	for (struct connection *c = set->oldest, *newer; c; c = newer) {
		newer = c->newer;
		connection_drop(set, c);
	}
	sodium_memzero(set->seen, sizeof(set->seen));
	free(set);
}

static void forget_data(struct connections *set, struct connection *c)
{
	if (c->data)
		sodium_memzero(c->data, c->size);
	free(c->data);
	set->bytes -= c->size;
	c->data = NULL;
	c->len = c->size = 0;
}

void connection_drop(struct connections *set, struct connection *c)
{
	if (c->watched) /* not left to close: a password worker may hold the connection, too */
		epoll_ctl(set->epoll, EPOLL_CTL_DEL, c->fd, NULL);
	close(c->fd);
	forget_data(set, c);
	*(c->older ? &c->older->newer : &set->oldest) = c->newer;
	*(c->newer ? &c->newer->older : &set->newest) = c->older;
	set->count--;
	free(c);
}

struct connection *connection_add(struct connections *set, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		fatal("out of memory");
	if (set->count >= COUNT_MOST)
		connection_drop(set, set->oldest);
	c->fd = fd;
	c->deadline = monotonic_ms() + set->read_ms;
	c->older = set->newest;
	*(c->older ? &c->older->newer : &set->oldest) = c;
	set->newest = c;
	set->count++;
	return c;
}

/* Watches it for what its state waits for. */
static void watch(struct connections *set, struct connection *c)
{
	struct epoll_event e = {.events = c->state == WRITING ? EPOLLOUT : EPOLLIN, .data.ptr = c};

	epoll_ctl(set->epoll, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &e);
	c->watched = true;
}

/* Gives up what waits longest, but for c, until that much more fits into what all together may hold. */
static void make_room(struct connections *set, const struct connection *c, size_t more)
{
	for (struct connection *o = set->oldest, *newer; o && set->bytes + more > BYTES_MOST;
	     o = newer) {
		newer = o->newer;
		if (o == c || !o->size)
			continue;
		log_warn("bad_fastcgi_request", "reason", "no_room");
		connection_drop(set, o);
	}
}

static bool reserve(struct connections *set, struct connection *c, size_t size)
{
	unsigned char *grown;

	if (size <= c->size)
		return true;
	if (size < c->size * 2)
		size = c->size * 2;
	make_room(set, c, size - c->size);
	grown = malloc(size);
	if (!grown)
		return false;
	if (c->len)
		memcpy(grown, c->data, c->len);
	if (c->data)
		sodium_memzero(c->data, c->size);
	free(c->data);
	set->bytes += size - c->size;
	c->data = grown;
	c->size = size;
	return true;
}

/* Takes what has come from the socket into memory. False: the peer has ended, or sends without end. */
static bool take(struct connections *set, struct connection *c)
{
	ssize_t n;

	do {
		if (c->len >= FCGI_RAW_MAX || !reserve(set, c, c->len + 4096))
			return false;
		n = recv(c->fd, c->data + c->len, c->size - c->len, MSG_DONTWAIT);
		c->len += n > 0 ? (size_t)n : 0;
	} while (n > 0 && c->len == c->size);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Sees what is on top of the socket without taking it. */
static ssize_t peek(struct connections *set, struct connection *c, int patience_ms)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	ssize_t n = recv(c->fd, set->seen, sizeof(set->seen), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN && patience_ms && poll(&p, 1, patience_ms) > 0)
		n = recv(c->fd, set->seen, sizeof(set->seen), MSG_PEEK | MSG_DONTWAIT);
	return n;
}

enum fcgi_state connection_look(struct connections *set, struct connection *c, int patience_ms)
{
	enum fcgi_state state = FCGI_MORE;
	ssize_t seen = c->len ? 1 : peek(set, c, patience_ms);
	bool open = seen > 0 || (seen < 0 && (errno == EAGAIN || errno == EINTR));

	if (seen > 0 && !c->len)
		state = fcgi_look(&c->scan, set->seen, (size_t)seen);
	if (state != FCGI_MORE)
		return state;
	if (seen > 0)
		open = take(set, c);
	/* what came last may be all that was missing, although the peer has ended since */
	if (c->len)
		state = fcgi_look(&c->scan, c->data, c->len);
	if (state == FCGI_MORE && !open)
		return FCGI_BAD;
	if (state == FCGI_MORE)
		watch(set, c);
	return state;
}

int connection_request(struct connection *c)
{
	int fd;

	if (!c->len)
		return c->fd;
	fd = memfd_create("postern-request", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	for (size_t done = 0; done < c->len;) {
		ssize_t n = write(fd, c->data + done, c->len - done);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Ends our side. What the peer has sent and nobody read must be taken first, or the answer may be lost with it
 * (RFC 9112 section 9.6 tells of TCP, unix(7) of ECONNRESET). */
static void end(struct connections *set, struct connection *c)
{
	ssize_t n = 1;

	forget_data(set, c);
	if (c->scan.ended && (!c->scan.gate || c->scan.at <= LIBFCGI_BUFFER)) {
		connection_drop(set, c);
		return;
	}
	for (int i = 0; i < 16 && n > 0; i++)
		n = recv(c->fd, set->seen, sizeof(set->seen), MSG_DONTWAIT);
	if (c->scan.ended || n == 0 || (n < 0 && errno != EAGAIN)) {
		connection_drop(set, c);
		return;
	}
	if (c->state != CLOSING) {
		shutdown(c->fd, SHUT_WR);
		c->state = CLOSING;
		c->deadline = monotonic_ms() + CLOSE_MS;
		watch(set, c);
	}
}

void connection_send(struct connections *set, struct connection *c, const char *data, size_t n)
{
	ssize_t sent = send(c->fd, data, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	size_t left = n - (sent > 0 ? (size_t)sent : 0);

	forget_data(set, c);
	if (sent < 0 && errno != EAGAIN) {
		connection_drop(set, c);
		return;
	}
	if (!left) {
		end(set, c);
		return;
	}
	if (!reserve(set, c, left)) {
		connection_drop(set, c);
		return;
	}
	memcpy(c->data, data + n - left, left);
	c->len = left;
	c->state = WRITING;
	c->deadline = monotonic_ms() + WRITE_MS;
	watch(set, c);
}

void connection_go_on(struct connections *set, struct connection *c)
{
	ssize_t n;

	if (c->state == CLOSING) {
		end(set, c);
		return;
	}
	n = send(c->fd, c->data, c->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN) {
		connection_drop(set, c);
		return;
	}
	if (n > 0) {
		c->len -= (size_t)n;
		memmove(c->data, c->data + n, c->len);
	}
	if (!c->len)
		end(set, c);
}

int connections_sweep(struct connections *set)
{
	int64_t now = monotonic_ms();
	struct connection *c, *newer;

	if (set->oldest && now >= set->next_sweep) {
		for (c = set->oldest; c; c = newer) {
			newer = c->newer;
			if (c->deadline > now)
				continue;
			if (c->state == READING && c->len)
				log_warn("bad_fastcgi_request", "reason", "late");
			connection_drop(set, c);
		}
		set->next_sweep = now + SWEEP_MS;
	}
	return set->oldest ? SWEEP_MS : -1;
}

void connections_hurry(struct connections *set)
{
	int64_t soon = monotonic_ms() + HURRY_MS;

	for (struct connection *c = set->oldest; c; c = c->newer)
		if (c->state == READING && !c->len && c->deadline > soon)
			c->deadline = soon;
}
