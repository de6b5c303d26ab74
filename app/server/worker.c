/* worker.c: takes connections and answers them. Before: server/supervisor.c, server/connection.c. After:
 * server/answer.c. One request per connection; one that is not all here waits without keeping others waiting. */
#include "server/worker.h"

#include <errno.h>
#include <fastcgi.h>
#include <fcgiapp.h>
#include <malloc.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "auth/authenticate.h"
#include "model/pepper.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "server/answer.h"
#include "server/connection.h"
#include "store/db.h"

#define POOL LISTEN_MAX /* the place after the listeners */
#define LAST_ACCEPTS 64 /* connections that a worker takes when it is told to stop, at most */
#define FEW 4 /* connections */
#define AT_ONCE_MS 10
#define NICE 10
#define TRIM_MS 1000

struct worker {
	const struct worker_env *env;
	struct slot *slot;
	struct services services;
	struct peppers *peppers;
	struct arena *arena;
	struct connections *connections;
	bool heap_grown;
};

static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static void read_body(struct worker *w, FCGX_Stream *in, struct request_input *out)
{
	struct buf b = BUF(w->arena);
	char chunk[8192];
	int n;

	while (b.len <= REQUEST_BODY_MAX && (n = FCGX_GetStr(chunk, sizeof(chunk), in)) > 0)
		buf_add(&b, chunk, (size_t)n);
	sodium_memzero(chunk, sizeof(chunk));
	out->body_too_large = b.len > REQUEST_BODY_MAX;
	out->body_incomplete = !out->body_too_large && FCGX_GetError(in) != 0;
	out->body = out->body_too_large ? "" : buf_str(&b);
	out->body_len = out->body_too_large ? 0 : b.len;
}

static enum role role_of(const FCGX_Request *fcgi)
{
	return fcgi->role == FCGI_RESPONDER    ? ROLE_RESPONDER
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

/* Lets libfcgi read a request that is whole; it takes the answer's way no longer than that. */
static bool read_request(struct worker *w, struct connection *c, struct request_input *out)
{
	int fd = connection_request(c);
	FCGX_Request fcgi;

	if (fd < 0)
		return false;
	/* With a connection and no listening socket libfcgi reads this one request and then fails. */
	FCGX_InitRequest(&fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	fcgi.ipcFd = fd;
	fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&fcgi) != 0) {
		if (fd == c->fd)
			c->fd = -1; /* libfcgi has closed it */
		FCGX_Free(&fcgi, 0);
		return false;
	}
	out->role = role_of(&fcgi);
	out->params = keep_params(w->arena, fcgi.envp);
	out->body = "";
	if (!c->scan.gate)
		read_body(w, fcgi.in, out);
	fcgi.ipcFd = -1;
	FCGX_Free(&fcgi, 0);
	if (fd != c->fd)
		close(fd);
	return true;
}

static void send_reply(
    struct worker *w, struct connection *c, const struct buf *head, const struct buf *body)
{
	struct buf records = BUF(w->arena);

	fcgi_reply(&records, c->scan.id, buf_str(head), head->len, buf_str(body), body->len);
	connection_send(w->connections, c, records.data, records.len);
}

/* Gives the connection away, or says that there are too many already. */
static bool hand_over(struct worker *w, struct connection *c, const struct request_input *in)
{
	if (!pool_send(&w->env->pool, w->env->board, w->env->config, c->fd, c->scan.id, in)) {
		log_warn("password_queue_full");
		return false;
	}
	connection_drop(w->connections, c);
	return true;
}

static void answer(struct worker *w, struct connection *c, const struct request_input *in)
{
	struct request *r = arena_alloc(w->arena, sizeof(*r));
	int64_t started = monotonic_ms();
	struct buf head;

	if (!answer_make(r, &w->services, w->arena, in, &head)) {
		if (hand_over(w, c, in))
			return;
		answer_busy(r, &head);
	}
	send_reply(w, c, &head, r->reply.no_body ? &BUF(w->arena) : &r->reply.body);
	answer_log(r, started);
	authenticate_note_use(r);
}

/* Answers a request whose parameters are not for libfcgi to read. */
static void refuse_params(struct worker *w, struct connection *c, enum fcgi_state state)
{
	struct request *r = arena_alloc(w->arena, sizeof(*r));
	int64_t started = monotonic_ms();
	struct buf head;

	if (state == FCGI_TOO_LARGE)
		answer_unread(r, &w->services, w->arena, 431,
		    "The request's headers exceed 65536 bytes.", &head);
	else
		answer_unread(r, &w->services, w->arena, 400,
		    "The request holds a control character.", &head);
	send_reply(w, c, &head, &r->reply.body);
	answer_log(r, started);
}

/* Answers what never became a request, as far as it can be answered. */
static void refuse(struct worker *w, struct connection *c, enum fcgi_state state)
{
	static const char *const reasons[] = {[FCGI_TOO_LARGE] = "parameters_too_large",
	    [FCGI_NUL] = "nul_in_parameter",
	    [FCGI_ABORTED] = "aborted",
	    [FCGI_MANAGEMENT] = "management",
	    [FCGI_BAD] = "malformed"};
	struct buf records = BUF(w->arena);

	if (state == FCGI_BAD && !c->len && !c->scan.at) {
		connection_drop(w->connections,
		    c); /* came and went, as load balancers do to see who is alive */
		return;
	}
	if (state == FCGI_BAD) {
		connection_drop(w->connections, c);
	} else if (state == FCGI_ABORTED || state == FCGI_MANAGEMENT) {
		if (state == FCGI_ABORTED)
			fcgi_end(&records, c->scan.id);
		else
			fcgi_management_reply(&records, c->len ? c->data : w->connections->seen);
		connection_send(w->connections, c, records.data, records.len);
	} else
		refuse_params(w, c, state);
	log_warn("bad_fastcgi_request", "reason", reasons[state]);
}

/* Something may have come on a connection that is still to be answered. */
static void serve(struct worker *w, struct connection *c, int patience_ms)
{
	enum fcgi_state state = connection_look(w->connections, c, patience_ms);
	struct request_input in = {0};

	if (state == FCGI_MORE)
		return;
	atomic_store(&w->slot->busy_since, monotonic_ms());
	if (state != FCGI_WHOLE)
		refuse(w, c, state);
	else if (read_request(w, c, &in))
		answer(w, c, &in);
	else
		refuse(w, c, FCGI_BAD);
}

/* A password worker's part: the request was read by another process. */
static void serve_handed(struct worker *w)
{
	struct request_input in = {0};
	struct connection *c;
	uint16_t id;
	int fd;

	if (!pool_receive(&w->env->pool, w->env->board, w->arena, &fd, &id, &in))
		return;
	atomic_store(&w->slot->busy_since, monotonic_ms());
	c = connection_add(w->connections, fd);
	c->scan.id = id;
	c->scan.ended = true;
	w->heap_grown = true;
	answer(w, c, &in);
}

/* Takes one connection that waits to be accepted. False when there is none. Requests nearly always follow at once;
 * waiting that long keeps this process from accepting another one and then making it wait for the first one's
 * statements. Where many do not follow, there is no waiting. */
static bool take_one(struct worker *w, const struct listener *l)
{
	int fd = listen_accept(w->env->config, l);

	if (fd >= 0)
		serve(w, connection_add(w->connections, fd),
		    w->connections->count <= FEW ? AT_ONCE_MS : 0);
	return fd >= 0;
}

static void forget(struct worker *w)
{
	log_context("request", NULL);
	arena_reset(w->arena);
	atomic_store(&w->slot->busy_since, 0);
}

/* What epoll says: data.u64 is a listener's place, POOL, or the address of a connection. */
static void handle(struct worker *w, const struct epoll_event *e)
{
	struct connection *c = e->data.ptr;

	if (e->data.u64 < POOL)
		take_one(w, &w->env->listeners.items[e->data.u64]);
	else if (e->data.u64 == POOL)
		serve_handed(w);
	else if (c->state == READING)
		serve(w, c, 0);
	else
		connection_go_on(w->connections, c);
	forget(w);
}

static void watch_all(const struct worker *w, int ep)
{
	struct epoll_event e = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.u64 = POOL};

	if (w->slot->kind == PASSWORD_WORKER) {
		setpriority(PRIO_PROCESS, 0, NICE); /* where cores are short, tokens come first */
		epoll_ctl(ep, EPOLL_CTL_ADD, w->env->pool.receive, &e);
		return;
	}
	for (size_t i = 0; i < w->env->listeners.count; i++) {
		e.data.u64 = i;
		epoll_ctl(ep, EPOLL_CTL_ADD, w->env->listeners.items[i].fd, &e);
	}
}

/* Takes no new work, but what had come before. */
static void leave(struct worker *w, int ep)
{
	bool reads = w->slot->kind == WORKER;

	for (size_t i = 0; reads && i < w->env->listeners.count; i++) {
		for (int n = 0; n < LAST_ACCEPTS && take_one(w, &w->env->listeners.items[i]); n++)
			forget(w);
		/* not closed alone: the supervisor and others hold it, and epoll would go on telling of it */
		epoll_ctl(ep, EPOLL_CTL_DEL, w->env->listeners.items[i].fd, NULL);
		close(w->env->listeners.items[i].fd);
	}
	if (!reads)
		epoll_ctl(ep, EPOLL_CTL_DEL, w->env->pool.receive, NULL);
	connections_hurry(w->connections);
}

/* A password hash needs twenty times the memory of all else; an idle process does not keep it. */
static void give_back_memory(struct worker *w)
{
	if (w->heap_grown)
		malloc_trim(0);
	w->heap_grown = false;
}

static void loop(struct worker *w, int ep)
{
	bool leaving = false;
	sigset_t none;

	sigemptyset(&none);
	watch_all(w, ep);
	atomic_store(&w->slot->ready, true);
	for (;;) {
		struct epoll_event e;
		int wait = connections_sweep(w->connections), n;

		if (leaving && !w->connections->count)
			return;
		if (wait < 0 && w->heap_grown)
			wait = TRIM_MS;
		/* SIGTERM gets through only while waiting, so none is missed */
		n = epoll_pwait(ep, &e, 1, wait, &none);
		if (n == 1)
			handle(w, &e);
		else if (n == 0)
			give_back_memory(w);
		if (stop && !leaving) {
			leave(w, ep);
			leaving = true;
		}
	}
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_term};
	sigset_t mask;

	stop = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
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
	static const char *const titles[] = {
	    [WORKER] = "postern-worker", [PASSWORD_WORKER] = "postern-passwd"};
	int ep = epoll_create1(EPOLL_CLOEXEC);

	catch_signals();
	prctl(PR_SET_NAME, titles[slot->kind]); /* for ps(1) */
	if (FCGX_Init() != 0)
		fatal("libfcgi cannot start");
	memcpy(name, log_num(getpid()), sizeof(name) - 1);
	log_context("worker", name);
	if (!w)
		fatal("out of memory");
	w->env = env;
	w->slot = slot;
	w->arena = arena_new();
	w->connections = connections_new(ep, env->config->read_timeout);
	w->peppers = peppers_load(env->config->pepper_file, &problem);
	if (!w->peppers)
		fatal("%s", problem);
	peppers_follow(w->peppers, &env->board->signing_pepper);
	w->services = (struct services){.config = env->config,
	    .peppers = w->peppers,
	    .db = db_new(env->config),
	    .password_worker = slot->kind == PASSWORD_WORKER};
	db_connect(w->services.db, &problem); /* without a database: 503 until it is back */
	loop(w, ep);
	connections_free(w->connections);
	close(ep);
	db_free(w->services.db);
	peppers_free(w->peppers);
	arena_free(w->arena);
	free(w);
	return 0;
}
