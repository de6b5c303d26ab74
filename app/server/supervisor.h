/* supervisor.h: the process that starts the workers, replaces those that die or hang, and stops them. It reads no
 * request. */
#pragma once

#include "base/config.h"

/* Opens the sockets, gives up root, then runs until SIGTERM or SIGINT; SIGHUP replaces all workers one by one.
 * Returns the exit status. Start-up mistakes end the program with a message. */
int supervisor_run(const struct config *config);
