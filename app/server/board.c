/* board.c: the shared memory. Before: server/supervisor.c. After: every worker. */
#include "server/board.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

struct board *board_new(void)
{
	struct board *b =
	    mmap(NULL, sizeof(*b), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (b == MAP_FAILED)
		fatal("cannot share memory: %s", strerror(errno));
	return b;
}
