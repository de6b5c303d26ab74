/* worker.h: a process that answers requests, one at a time. Forked by server/supervisor.c. */
#pragma once

#include "base/config.h"
#include "server/board.h"
#include "server/listen.h"
#include "server/pool.h"

/* What all workers inherit. */
struct worker_env {
	const struct config *config;
	struct listeners listeners;
	struct pool pool;
	struct board *board;
};

/* Answers until SIGTERM, then finishes what is in hand and returns the exit status. */
int worker_run(const struct worker_env *env, struct slot *slot);
