/* chores.c: the database's upkeep. Before: server/supervisor.c. After: store/db.c. */
#include "server/chores.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/db.h"

/* A failure costs nothing yet: events go to the default partition until it works again. */
static int run(const struct config *config)
{
	struct arena *a = arena_new();
	struct db *db = db_new(config);
	struct rows rows;

	if (db_write(db, a, Q_AUDIT_EXTEND, &rows, 0, NULL) != OK)
		log_warn("chores_failed", "reason", db_message(db));
	db_free(db);
	arena_free(a);
	return 0;
}

void chores_start(const struct config *config)
{
	sigset_t none;

	if (fork() != 0)
		return; /* also when there was no process to be had: the next time will do */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	exit(run(config));
}
