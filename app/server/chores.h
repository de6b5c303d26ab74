/* chores.h: what must be done now and then, whoever asks: partitions of the audit log for the months to come. A process
 * of its own does it, so that the supervisor never waits for the database. */
#pragma once

#include "base/config.h"

#define CHORES_EVERY_MS (6 * 3600 * 1000LL)

/* Starts that process; it ends by itself. */
void chores_start(const struct config *config);
