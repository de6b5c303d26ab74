/* supervisor.c: keeps the workers. One function (reconcile) compares what runs with what should and takes the next step.
 * Before: cli/serve.c. After: server/worker.c in each child. */
#include "server/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/pepper.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "server/chores.h"
#include "server/drop.h"
#include "server/worker.h"
#include "store/migrate.h"
#include "version.h"

#define TICK_MS 250
#define YOUNG_MS 2000 /* a worker that dies before this age has something wrong with it */
#define BACKOFF_MOST_MS 10000

static const char *const kind_names[] = {
    [WORKER] = "worker", [PASSWORD_WORKER] = "password_worker"};

struct supervisor {
	struct worker_env env;
	int signals; /* signalfd */
	int generation; /* raised by SIGHUP */
	int announced; /* the generation whose pepper signs */
	bool stopping;
	int64_t stopping_since;
	int64_t chores_at; /* monotonic ms of the next upkeep */
	int64_t retry_at[WORKER_KINDS], backoff[WORKER_KINDS];
};

static struct slot *free_slot(struct board *b)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		if (!b->slots[i].pid)
			return &b->slots[i];
	return NULL;
}

static void start(struct supervisor *s, enum worker_kind kind)
{
	struct slot *slot = free_slot(s->env.board);
	pid_t pid;

	if (!slot)
		return;
	slot->kind = kind;
	slot->generation = s->generation;
	slot->stopping = false;
	slot->since = monotonic_ms();
	atomic_store(&slot->ready, false);
	atomic_store(&slot->busy_since, 0);
	pid = fork();
	if (pid == 0) {
		close(s->signals);
		exit(worker_run(&s->env, slot));
	}
	if (pid < 0) {
		log_error("fork_failed", "reason", strerror(errno));
		s->retry_at[kind] = monotonic_ms() + 1000;
		return;
	}
	slot->pid = pid;
}

static void stop_one(struct slot *slot)
{
	slot->stopping = true;
	slot->since = monotonic_ms();
	kill(slot->pid, SIGTERM);
}

/* What runs of a kind. */
struct census {
	int live; /* not told to stop */
	int old_live; /* of those, from before the last SIGHUP */
	bool new_not_ready; /* a current one has not begun yet */
	struct slot *old; /* one of the old */
};

static struct census count(struct supervisor *s, enum worker_kind kind)
{
	struct census c = {0};

	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		struct slot *slot = &s->env.board->slots[i];

		if (!slot->pid || slot->kind != kind || slot->stopping)
			continue;
		c.live++;
		if (slot->generation != s->generation) {
			c.old_live++;
			c.old = slot;
		} else if (!atomic_load(&slot->ready)) {
			c.new_not_ready = true;
		}
	}
	return c;
}

/* Which pepper signs is said here, so that no worker makes a token that another one does not know. NULL, or what
 * is wrong with the file. */
static const char *announce_pepper(struct supervisor *s)
{
	const char *problem = NULL;
	struct peppers *p = peppers_load(s->env.config->pepper_file, &problem);

	if (!p)
		return problem;
	atomic_store(&s->env.board->signing_pepper, peppers_newest(p));
	peppers_free(p);
	return NULL;
}

/* When every worker is of the current generation, and so has read the present file, its newest pepper signs. */
static void finish_renewal(struct supervisor *s)
{
	const char *problem;

	if (s->announced == s->generation)
		return;
	for (int kind = 0; kind < WORKER_KINDS; kind++) {
		struct census c = count(s, (enum worker_kind)kind);

		if (!c.live || c.old_live || c.new_not_ready)
			return;
	}
	s->announced = s->generation;
	problem = announce_pepper(s);
	if (problem)
		log_error("pepper_refused", "reason", problem);
	log_info("reloaded");
}

/* The next step towards `wanted` processes of the current generation: start what is missing; to replace, start one
 * more than wanted and stop an old one when it is ready. */
static void reconcile(struct supervisor *s, enum worker_kind kind, int wanted)
{
	struct census c = count(s, kind);

	if (monotonic_ms() >= s->retry_at[kind])
		for (; c.live < wanted; c.live++)
			start(s, kind);
	if (!c.old_live || c.new_not_ready)
		return;
	if (c.live > wanted)
		stop_one(c.old);
	else if (monotonic_ms() >= s->retry_at[kind])
		start(s, kind);
}

static void kill_stuck(struct slot *slot)
{
	log_error("worker_stuck", "pid", log_num(slot->pid), "kind", kind_names[slot->kind]);
	kill(slot->pid, SIGKILL);
}

/* A worker that is too long at one request, or does not stop, is killed. */
static void check_stuck(struct supervisor *s)
{
	int64_t now = monotonic_ms(), limit = s->env.config->request_timeout * 1000;

	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		struct slot *slot = &s->env.board->slots[i];
		int64_t busy = atomic_load(&slot->busy_since);

		if (!slot->pid)
			continue;
		if ((busy && now - busy > limit) || (slot->stopping && now - slot->since > limit))
			kill_stuck(slot);
	}
}

static struct slot *slot_of(struct supervisor *s, pid_t pid)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		if (s->env.board->slots[i].pid == pid)
			return &s->env.board->slots[i];
	return NULL;
}

/* A death that was not asked for is logged, and a young one delays the next start. */
static void bury(struct supervisor *s, struct slot *slot, int status)
{
	bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	int64_t age = monotonic_ms() - slot->since;

	if (!slot->stopping || !clean)
		log_error("worker_died", "pid", log_num(slot->pid), "kind", kind_names[slot->kind],
		    WIFSIGNALED(status) ? "signal" : "status",
		    log_num(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
	/* those that died with one that was counted were started with it: they count as one */
	if (!slot->stopping && age < YOUNG_MS && slot->since >= s->retry_at[slot->kind]) {
		int64_t b = s->backoff[slot->kind] * 2;

		s->backoff[slot->kind] = b < 250 ? 250 : b > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : b;
		s->retry_at[slot->kind] = monotonic_ms() + s->backoff[slot->kind];
	} else if (!slot->stopping && age >= YOUNG_MS) {
		s->backoff[slot->kind] = 0;
	}
	slot->pid = 0;
}

static int reap(struct supervisor *s)
{
	int status, alive = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		struct slot *slot = slot_of(s, pid);

		/* SIGSTOP, from whomever: it would keep its clients waiting */
		if (slot && WIFSTOPPED(status))
			kill_stuck(slot);
		else if (slot)
			bury(s, slot, status);
	}
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		alive += s->env.board->slots[i].pid != 0;
	return alive;
}

static void stop_kind(struct supervisor *s, enum worker_kind kind)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++) {
		struct slot *slot = &s->env.board->slots[i];

		if (slot->pid && slot->kind == kind && !slot->stopping)
			stop_one(slot);
	}
}

static bool any_of(struct supervisor *s, enum worker_kind kind)
{
	for (size_t i = 0; i < BOARD_SLOTS; i++)
		if (s->env.board->slots[i].pid && s->env.board->slots[i].kind == kind)
			return true;
	return false;
}

/* Workers go first, so that nothing new reaches the password workers, which then finish their queue. A worker that was
 * killed may have left the queue's count too high. */
static void wind_down(struct supervisor *s)
{
	bool late = monotonic_ms() - s->stopping_since > s->env.config->request_timeout * 1000;

	stop_kind(s, WORKER);
	if (!any_of(s, WORKER) && (late || atomic_load(&s->env.board->passwords_waiting) == 0))
		stop_kind(s, PASSWORD_WORKER);
}

/* New clients are turned away at once; the workers still take those that were waiting. */
static void begin_stop(struct supervisor *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	s->stopping_since = monotonic_ms();
	listen_close(&s->env.listeners);
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			log_info("reloading");
			s->generation++;
		} else if (info.ssi_signo != SIGCHLD) {
			log_info("stopping", "signal", log_num(info.ssi_signo));
			begin_stop(s);
		}
	}
}

static int open_signals(void)
{
	sigset_t mask;
	int fd;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGCHLD);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		fatal("signalfd: %s", strerror(errno));
	return fd;
}

static void keep_up(struct supervisor *s)
{
	if (monotonic_ms() < s->chores_at)
		return;
	s->chores_at = monotonic_ms() + CHORES_EVERY_MS;
	chores_start(s->env.config);
}

static void run(struct supervisor *s)
{
	int alive = 1;

	while (alive || !s->stopping) {
		struct pollfd p = {.fd = s->signals, .events = POLLIN};

		if (s->stopping) {
			wind_down(s);
		} else {
			keep_up(s);
			reconcile(s, WORKER, (int)s->env.config->workers);
			reconcile(s, PASSWORD_WORKER, (int)s->env.config->password_workers);
			finish_renewal(s);
		}
		check_stuck(s);
		poll(&p, 1, TICK_MS);
		take_signals(s);
		alive = reap(s);
	}
}

/* No request is read on a schema that this program does not know. */
static void require_schema(const struct config *config)
{
	struct config plain = *config;
	struct arena *a = arena_new();
	struct db *db;
	const char *problem;
	int64_t version;

	plain.prepare = false; /* on another schema the statements cannot be prepared */
	db = db_new(&plain);
	if (schema_check(db, a, &version, &problem) != SCHEMA_CURRENT)
		fatal("%s", problem);
	db_free(db);
	db = db_new(config);
	if (db_connect(db, &problem) != OK)
		fatal("cannot prepare the statements: %s", problem);
	db_free(db);
	arena_free(a);
}

/* Keys and passwords must not reach a core file. */
static void forbid_core_dumps(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer traces its own process, which this forbids */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

int supervisor_run(const struct config *config)
{
	struct supervisor s = {.env = {.config = config}};
	const char *problem;

	s.env.board = board_new();
	listen_open(config, &s.env.listeners);
	drop_privileges(config->user);
	forbid_core_dumps();
	problem = announce_pepper(&s);
	if (problem)
		fatal("%s", problem);
	require_schema(config);
	pool_open(&s.env.pool);
	s.signals = open_signals();
	log_info("serving", "version", POSTERN_VERSION, "workers", log_num(config->workers),
	    "listen", config->listen);
	run(&s);
	log_info("stopped");
	return 0;
}
