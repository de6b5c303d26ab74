/* next.h: where to go after signing in. Pure. */
#pragma once

#include "base/arena.h"

/* next when following it stays on this site, in a form that can stand in a Location header; else NULL. Allowed: a path
 * (of other applications on this host as well), one relative to /login/, or an absolute http or https URL of `host`. Refused:
 * all that a browser might take for another place, however it is written. */
const char *next_safe(struct arena *a, const char *host, const char *next);
