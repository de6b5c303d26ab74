/* board.h: memory that the supervisor and its workers share: what each process is doing. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum worker_kind { WORKER, PASSWORD_WORKER, WORKER_KINDS };

#define BOARD_SLOTS 1024

/* One process. The first part is the supervisor's alone, the atomics are the worker's to set. */
struct slot {
	pid_t pid; /* 0: free */
	enum worker_kind kind;
	int generation; /* of the SIGHUP that started it */
	bool stopping; /* was told to */
	int64_t since; /* monotonic ms of its start, or of being told to stop */
	_Atomic bool ready; /* has begun to accept */
	_Atomic int64_t busy_since; /* monotonic ms at which it took its request; 0: idle */
};

struct board {
	struct slot slots[BOARD_SLOTS];
	_Atomic int passwords_waiting; /* requests handed over, not yet taken */
	_Atomic int signing_pepper; /* number of the pepper that every worker knows */
};

/* Shared with all processes forked afterwards; never NULL. */
struct board *board_new(void);
