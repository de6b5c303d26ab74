/* migrate.h: brings the database's schema to this program's version. Forward only: each migration runs
 * once, in a transaction of its own, under an advisory lock. */
#pragma once

#include <stdint.h>

#include "store/db.h"

enum schema_state {
	SCHEMA_CURRENT,
	SCHEMA_BEHIND, /* migrations are missing, or there is no schema yet: run "postern migrate" */
	SCHEMA_AHEAD, /* a newer program made it */
	SCHEMA_CHANGED, /* an applied migration is not the one in this program */
	SCHEMA_UNFIT, /* the database's encoding is not UTF8 */
	SCHEMA_UNKNOWN, /* the database could not be asked */
};

/* Compares the database with the program. *version is the highest number that is applied (0: none);
 * *problem is one sentence that says what is wrong and what to do, in the arena. */
enum schema_state schema_check(
    struct db *db, struct arena *a, int64_t *version, const char **problem);

/* The number of the newest migration in this program. */
int64_t schema_newest(void);

/* Applies what is missing and prints a line for each on standard output. OK, or FAILED with *problem set; what
 * was applied before a failure stays, the failing migration leaves nothing. */
enum result schema_migrate(struct db *db, struct arena *a, const char **problem);
