/* db.h: one connection to PostgreSQL and the statements of db/queries. Only store/ calls libpq.
 * Every wait has a limit (POSTERN_DB_TIMEOUT), so a database that hangs costs a 503, not a worker. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/config.h"
#include "base/result.h"
#include "queries.h" /* enum query, made from the names of db/queries/\*.sql */

struct db;

/* Rows of one answer; they belong to the arena given to the call. */
struct rows {
	void *result; /* PGresult, for db.c only */
	int count;
};

/* Who causes a change; written with it to the audit log. All may be NULL. */
struct actor {
	const char *user_id, *username, *token_id, *session_id, *request_id, *address;
	const char
	    *action; /* a name more exact than the usual one: "logout", "token_provisioned" … */
};

/* A handle, not connected yet: the first call connects, with the PG* environment (libpq, "Environment
 * Variables"). Owner: the caller, until db_free. */
struct db *db_new(const struct config *config);
/* The same for a command that an administrator runs: no time limit, nothing prepared beforehand. */
struct db *db_new_command(const struct config *config);
void db_free(struct db *db);

/* Connects now if need be. OK or UNAVAILABLE; *why is libpq's one-line reason, valid until the next call. */
enum result db_connect(struct db *db, const char **why);

/* Runs a statement that only reads: when the connection turns out to be stale it is made anew and the
 * statement sent once more. The n parameters are text in PostgreSQL's input form, NULL for SQL NULL.
 * OK, CONFLICT (23505), INVALID (other integrity and data errors, and raised refusals),
 * UNAVAILABLE (no connection, time limit, read-only server), FAILED (anything else, logged). */
enum result db_read(struct db *db, struct arena *a, enum query q, struct rows *out, size_t n,
    const char *const *params);

/* Runs a statement that changes something: never sent twice. In a transaction of its own, unless
 * db_begin came before. Results as above. */
enum result db_write(struct db *db, struct arena *a, enum query q, struct rows *out, size_t n,
    const char *const *params);

#define DB_PARAMS(...)                                                                             \
	(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)), (const char *const[]) \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}

/* A transaction of several statements by `actor` (copied into it). After any result but OK of a statement the
 * transaction can only be rolled back. db_rollback is harmless when none is open. */
enum result db_begin(struct db *db, struct arena *a, const struct actor *actor);
enum result db_commit(struct db *db);
void db_rollback(struct db *db);

/* The constraint named by the last CONFLICT or INVALID, "" when none; its SQLSTATE; its message; and what the database
 * advises (HINT), "" when nothing. Valid until the next call. */
const char *db_constraint(const struct db *db);
const char *db_sqlstate(const struct db *db);
const char *db_message(const struct db *db);
const char *db_hint(const struct db *db);

/* Values of a row, by the column's name; a name that the statement does not give is a defect and
 * ends the process. Text is NULL for SQL NULL; numbers are 0 then, booleans false. */
const char *rows_text(const struct rows *rows, int row, const char *column);
int64_t rows_int(const struct rows *rows, int row, const char *column);
bool rows_bool(const struct rows *rows, int row, const char *column);
/* Microseconds since the epoch as printed by SQL; TIMESTAMP_NONE for SQL NULL. */
int64_t rows_time(const struct rows *rows, int row, const char *column);

/* Text forms of parameters. */
const char *db_bytea(struct arena *a, const unsigned char *p, size_t n);
const char *db_bool(bool v);
const char *db_int(struct arena *a, int64_t v);
const char *db_time(struct arena *a, int64_t t); /* NULL for TIMESTAMP_NONE */
/* An array literal of n elements ("{…}", quoted). */
const char *db_array(struct arena *a, const char *const *items, size_t n);

/* For migrate.c and transactions: one text with any number of statements, without parameters. The rows of
 * the last one are put into *out and owned by the arena, unless both are NULL. */
enum result db_script(struct db *db, struct arena *a, const char *sql, struct rows *out);
