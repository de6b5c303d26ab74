/* listen.c: opens the listening sockets. libfcgi's own way exits on a mistake, binds all addresses, and leaves
 * a socket's mode to the umask. Before: server/supervisor.c. After: server/worker.c accepts. */
#include "server/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/net.h"
#include "base/text.h"

#define BACKLOG 4096

/* A socket file that nobody accepts on any more is left from a crash. */
static bool is_stale(const struct sockaddr_un *sun)
{
	struct stat st;
	int fd;
	bool refused;

	if (lstat(sun->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	refused =
	    connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) != 0 && errno == ECONNREFUSED;
	close(fd);
	return refused;
}

static mode_t socket_mode(const struct config *c)
{
	mode_t mode = 0;
	const char *p = c->listen_mode;

	for (; *p >= '0' && *p <= '7' && mode < 01000; p++)
		mode = mode << 3 | (mode_t)(*p - '0');
	if (*p || !mode || mode > 0777)
		fatal("POSTERN_LISTEN_MODE: must be an octal mode such as 0660, not \"%s\"",
		    c->listen_mode);
	return mode;
}

static void set_group(const struct config *c, const char *path)
{
	struct group *g;

	if (!*c->listen_group)
		return;
	g = getgrnam(c->listen_group);
	if (!g)
		fatal("POSTERN_LISTEN_GROUP: no group \"%s\"", c->listen_group);
	if (chown(path, (uid_t)-1, g->gr_gid) != 0)
		fatal("%s: cannot give it to group %s: %s", path, c->listen_group, strerror(errno));
}

static void open_unix(const struct config *c, const char *path, struct listener *out)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	mode_t mask;

	if (strlen(path) >= sizeof(sun.sun_path))
		fatal("%s: a socket's path may have %zu bytes at most", path,
		    sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (is_stale(&sun))
		unlink(path);
	out->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mask = umask(0777); /* nobody may connect before mode and group are right */
	if (bind(out->fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		fatal("%s: %s", path,
		    errno == EADDRINUSE ? "something else answers there, or a file is in the way"
					: strerror(errno));
	umask(mask);
	memcpy(out->path, path, strlen(path) + 1);
	set_group(c, path);
	if (chmod(path, socket_mode(c)) != 0)
		fatal("%s: cannot set its mode: %s", path, strerror(errno));
}

static bool loopback(const struct sockaddr_storage *s)
{
	struct sockaddr_in6 six;

	if (s->ss_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)s)->sin_addr.s_addr) >> 24 == 127;
	memcpy(&six, s, sizeof(six));
	return s->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

/* "127.0.0.1:9001" or "[::1]:9001"; the length of the address, 0 when it is neither. */
static socklen_t parse_tcp(const char *text, struct sockaddr_storage *out)
{
	char host[64] = "";
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	int64_t port;

	memset(out, 0, sizeof(*out));
	if (n == 0 || n >= sizeof(host) || !parse_int64(colon + 1, 1, 65535, &port))
		return 0;
	memcpy(host, text, n);
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		return sizeof(*four);
	}
	if (host[0] != '[' || host[n - 1] != ']')
		return 0;
	host[n - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &six->sin6_addr) != 1)
		return 0;
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)port);
	return sizeof(*six);
}

static void open_tcp(const struct config *c, const char *text, struct listener *out)
{
	struct sockaddr_storage address = {0};
	socklen_t n = parse_tcp(text, &address);
	int on = 1;

	if (n == 0)
		fatal("POSTERN_LISTEN: \"%s\" is no path that begins with / and no IP:PORT", text);
	if (!loopback(&address) && !c->listen_anywhere)
		fatal("POSTERN_LISTEN: %s is not a loopback address; whoever reaches it can pose "
		      "as the web "
		      "server. Set POSTERN_LISTEN_ANYWHERE=on if that is wanted",
		    text);
	if (!loopback(&address))
		log_warn("listening_beyond_loopback", "address", text);
	out->tcp = true;
	out->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(out->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (out->fd < 0 || bind(out->fd, (struct sockaddr *)&address, n) != 0)
		fatal("%s: %s", text, strerror(errno));
}

/* A socket that was handed over as descriptor 0 (spawn-fcgi, systemd with StandardInput=socket). */
static void open_stdin(struct listener *out)
{
	int listening = 0;
	socklen_t n = sizeof(listening);
	struct sockaddr_storage address = {0};
	socklen_t m = sizeof(address);

	if (getsockopt(0, SOL_SOCKET, SO_ACCEPTCONN, &listening, &n) != 0 || !listening)
		fatal("POSTERN_LISTEN=stdin: descriptor 0 is not a listening socket");
	getsockname(0, (struct sockaddr *)&address, &m);
	out->tcp = address.ss_family != AF_UNIX;
	out->fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
	out->handed = true;
}

static void open_one(const struct config *c, const char *text, struct listener *out)
{
	*out = (struct listener){0};
	if (strcmp(text, "stdin") == 0) {
		open_stdin(out);
		return;
	}
	if (text[0] == '/')
		open_unix(c, text, out);
	else
		open_tcp(c, text, out);
	if (listen(out->fd, BACKLOG) != 0)
		fatal("%s: cannot listen: %s", text, strerror(errno));
}

void listen_open(const struct config *c, struct listeners *out)
{
	struct arena *a = arena_new();
	const char *p = c->listen;

	out->count = 0;
	while (*p) {
		size_t n = strcspn(p, ", ");

		if (out->count == LISTEN_MAX)
			fatal("POSTERN_LISTEN: at most %d addresses", LISTEN_MAX);
		if (n)
			open_one(c, arena_strndup(a, p, n), &out->items[out->count++]);
		p += n + (p[n] != '\0');
	}
	if (out->count == 0)
		fatal("POSTERN_LISTEN: names no address");
	arena_free(a);
}

/* Whether a TCP peer may ask: loopback, or listed. */
static bool peer_allowed(const struct config *c, const struct sockaddr_storage *s)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct arena *a;
	bool ok;

	if (!*c->listen_peers)
		return loopback(s) || c->listen_anywhere;
	if (s->ss_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)s)->sin_addr, text, sizeof(text));
	else
		inet_ntop(
		    AF_INET6, &((const struct sockaddr_in6 *)s)->sin6_addr, text, sizeof(text));
	a = arena_new();
	ok = address_listed(a, text, c->listen_peers);
	arena_free(a);
	if (!ok)
		log_warn("peer_refused", "address", text);
	return ok;
}

int listen_accept(const struct config *c, const struct listener *l)
{
	struct sockaddr_storage peer = {0};
	socklen_t n = sizeof(peer);
	int fd;

	if (l->handed) /* systemd makes it blocking again with every command that it runs for the service */
		fcntl(l->fd, F_SETFL, O_NONBLOCK);
	fd = accept4(l->fd, (struct sockaddr *)&peer, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0 && l->tcp && !peer_allowed(c, &peer)) {
		close(fd);
		return -1;
	}
	return fd;
}

void listen_close(struct listeners *l)
{
	for (size_t i = 0; i < l->count; i++) {
		close(l->items[i].fd);
		if (*l->items[i].path)
			unlink(l->items[i].path);
	}
	l->count = 0;
}
