/* worker.c: takes connections and answers them. Before: server/supervisor.c. After: server/answer.c. One request per
 * connection: an idle kept connection would keep this process from all other clients. */
#include "server/worker.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "auth/authenticate.h"
#include "auth/pepper.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "server/answer.h"
#include "server/deadline.h"
#include "server/fcgi.h"
#include "store/db.h"

#define WRITE_SECONDS 10 /* for a web server to take an answer */
#define BUSY_TEXT "The server is busy checking passwords. Please try again."

struct worker {
	const struct worker_env *env;
	struct slot *slot;
	struct services services;
	struct peppers *peppers;
	struct arena *arena;
	unsigned char head[FCGI_HEAD_MAX];
};

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

/* Waits until the whole head of the request can be seen, without taking it from the socket. */
static enum fcgi_head await_head(struct worker *w, int fd, uint16_t *id)
{
	ssize_t before = -1;

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN | POLLRDHUP};
		ssize_t n = recv(fd, w->head, sizeof(w->head), MSG_PEEK | MSG_DONTWAIT);
		enum fcgi_head state = n > 0 ? fcgi_head_check(w->head, (size_t)n, id) : FCGI_HEAD_MORE;

		if (state != FCGI_HEAD_MORE)
			return state;
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR) || deadline_passed() ||
		    (size_t)n == sizeof(w->head))
			return FCGI_HEAD_BAD;
		if (poll(&p, 1, 1000) > 0 && n == before) {
			if (p.revents & (POLLRDHUP | POLLHUP | POLLERR))
				return FCGI_HEAD_BAD;
			/* data is there, but no more than was seen: poll cannot wait for the rest */
			nanosleep(&(struct timespec){0, 2000000}, NULL);
		}
		before = n;
	}
}

static void read_body(struct worker *w, FCGX_Stream *in, struct request_input *out)
{
	struct buf b = BUF(w->arena);
	char chunk[8192];
	int n;

	while ((n = FCGX_GetStr(chunk, sizeof(chunk), in)) > 0 && b.len <= REQUEST_BODY_MAX)
		buf_add(&b, chunk, (size_t)n);
	out->body_too_large = b.len > REQUEST_BODY_MAX;
	out->body_incomplete = FCGX_GetError(in) != 0 || deadline_passed();
	out->body = out->body_too_large ? "" : buf_str(&b);
	out->body_len = out->body_too_large ? 0 : b.len;
}

static enum role role_of(const FCGX_Request *fcgi)
{
	return fcgi->role == FCGI_RESPONDER ? ROLE_RESPONDER
	    : fcgi->role == FCGI_AUTHORIZER ? ROLE_AUTHORIZER
					    : ROLE_OTHER;
}

/* libfcgi releases its parameters with the connection; the log and what follows the reply still need them. */
static char **keep_params(struct arena *a, char **params)
{
	size_t n = 0;
	char **copy;

	while (params[n])
		n++;
	copy = arena_alloc(a, (n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(a, params[i]);
	return copy;
}

/* Gives the connection away. libfcgi must forget it without closing it. */
static void hand_over(struct worker *w, FCGX_Request *fcgi, uint16_t id, const struct request_input *in)
{
	int fd = fcgi->ipcFd;
	struct buf head, body;

	fcgi->ipcFd = -1;
	if (!pool_send(&w->env->pool, w->env->board, w->env->config, fd, id, in)) {
		log_warn("password_queue_full");
		answer_plain(w->arena, 503, BUSY_TEXT, &head, &body);
		deadline_set(fd, WRITE_SECONDS);
		fcgi_write_reply(fd, id, head.data, head.len, body.data, body.len);
		deadline_clear();
	}
	FCGX_Free(fcgi, 0);
	close(fd);
}

static void answer_and_finish(struct worker *w, FCGX_Request *fcgi, uint16_t id,
    const struct request_input *in, int64_t started)
{
	struct request *r = arena_alloc(w->arena, sizeof(*r));
	struct buf head;

	if (!answer_make(r, &w->services, w->arena, in, &head)) {
		hand_over(w, fcgi, id, in);
		return;
	}
	deadline_set(fcgi->ipcFd, WRITE_SECONDS);
	FCGX_PutStr(head.data, (int)head.len, fcgi->out);
	if (!r->reply.no_body)
		FCGX_PutStr(buf_str(&r->reply.body), (int)r->reply.body.len, fcgi->out);
	fcgi->keepConnection = 0;
	FCGX_Finish_r(fcgi);
	deadline_clear();
	answer_log(r, started);
	authenticate_note_use(r);
}

/* Refuses what never became a request. */
static void refuse(struct worker *w, int fd, uint16_t id, enum fcgi_head state)
{
	struct buf head, body;

	log_warn("bad_fastcgi_request", "reason",
	    state == FCGI_HEAD_TOO_LARGE ? "parameters_too_large"
		: state == FCGI_HEAD_NUL ? "nul_in_parameter"
					 : "malformed_or_late");
	if (state == FCGI_HEAD_TOO_LARGE)
		answer_plain(w->arena, 431, "The request's headers exceed 65536 bytes.", &head, &body);
	else
		answer_plain(w->arena, 400, "The request holds a control character.", &head, &body);
	if (state != FCGI_HEAD_BAD)
		fcgi_write_reply(fd, id, head.data, head.len, body.data, body.len);
	deadline_clear();
	close(fd);
}

static void serve(struct worker *w, int fd)
{
	struct request_input in = {.body = ""};
	FCGX_Request fcgi;
	uint16_t id = 0;
	int64_t started = monotonic_ms();
	enum fcgi_head state;

	deadline_set(fd, (unsigned)w->env->config->read_timeout);
	state = await_head(w, fd, &id);
	if (state != FCGI_HEAD_OK) {
		refuse(w, fd, id, state);
		return;
	}
	/* With a connection and no listening socket libfcgi reads this one request and then fails. */
	FCGX_InitRequest(&fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	fcgi.ipcFd = fd;
	fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&fcgi) != 0) {
		log_warn("bad_fastcgi_request", "reason", "refused_by_libfcgi");
		deadline_clear();
		FCGX_Free(&fcgi, 1);
		return;
	}
	in.role = role_of(&fcgi);
	in.params = keep_params(w->arena, fcgi.envp);
	if (!answer_is_gate(in.role, in.params))
		read_body(w, fcgi.in, &in);
	deadline_clear();
	answer_and_finish(w, &fcgi, id, &in, started);
}

/* A password worker's part: the request was read, the answer goes straight to the connection. */
static void serve_handed(struct worker *w)
{
	struct request *r;
	struct request_input in = {0};
	struct buf head;
	uint16_t id;
	int fd;
	int64_t started = monotonic_ms();

	if (!pool_receive(&w->env->pool, w->env->board, w->arena, &fd, &id, &in))
		return;
	r = arena_alloc(w->arena, sizeof(*r));
	answer_make(r, &w->services, w->arena, &in, &head);
	deadline_set(fd, WRITE_SECONDS);
	fcgi_write_reply(fd, id, head.data, head.len, buf_str(&r->reply.body),
	    r->reply.no_body ? 0 : r->reply.body.len);
	deadline_clear();
	close(fd);
	answer_log(r, started);
	authenticate_note_use(r);
}

static void take_one(struct worker *w, const struct listener *l)
{
	int fd;

	if (l) {
		fd = listen_accept(w->env->config, l);
		if (fd < 0)
			return;
	}
	atomic_store(&w->slot->busy_since, monotonic_ms());
	if (l)
		serve(w, fd);
	else
		serve_handed(w);
	log_context("request", NULL);
	arena_reset(w->arena);
	atomic_store(&w->slot->busy_since, 0);
}

/* Everything this worker waits for; data.u32 is the listener's place, UINT32_MAX the pool. */
static int make_epoll(const struct worker *w)
{
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.u32 = UINT32_MAX};

	if (w->slot->kind == PASSWORD_WORKER) {
		epoll_ctl(ep, EPOLL_CTL_ADD, w->env->pool.receive, &e);
		return ep;
	}
	for (size_t i = 0; i < w->env->listeners.count; i++) {
		e.data.u32 = (uint32_t)i;
		epoll_ctl(ep, EPOLL_CTL_ADD, w->env->listeners.items[i].fd, &e);
	}
	return ep;
}

static void loop(struct worker *w)
{
	int ep = make_epoll(w);
	sigset_t none;

	sigemptyset(&none);
	atomic_store(&w->slot->ready, true);
	while (!stop) {
		struct epoll_event e;

		/* SIGTERM gets through only while waiting, so none is missed */
		if (epoll_pwait(ep, &e, 1, -1, &none) == 1)
			take_one(w, e.data.u32 == UINT32_MAX ? NULL : &w->env->listeners.items[e.data.u32]);
	}
	close(ep);
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_term};
	sigset_t mask;

	stop = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	deadline_init();
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* Ctrl-C is for the supervisor, which then stops us in order */
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int worker_run(const struct worker_env *env, struct slot *slot)
{
	struct worker *w = calloc(1, sizeof(*w));
	const char *problem;
	static char name[16];

	catch_signals();
	if (FCGX_Init() != 0)
		fatal("libfcgi cannot start");
	memcpy(name, log_num(getpid()), sizeof(name) - 1);
	log_context("worker", name);
	if (!w)
		fatal("out of memory");
	w->env = env;
	w->slot = slot;
	w->arena = arena_new();
	w->peppers = peppers_load(env->config->pepper_file, &problem);
	if (!w->peppers)
		fatal("%s", problem);
	w->services = (struct services){.config = env->config,
	    .peppers = w->peppers,
	    .db = db_new(env->config),
	    .password_worker = slot->kind == PASSWORD_WORKER};
	db_connect(w->services.db, &problem); /* without a database: 503 until it is back */
	loop(w);
	db_free(w->services.db);
	peppers_free(w->peppers);
	arena_free(w->arena);
	free(w);
	return 0;
}
