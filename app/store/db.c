/* db.c: the connection, its limits and its answers. Before: model/ modules. After: PostgreSQL.
 * Column access and parameter texts are in store/rows.c. */
#include "store/db.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/log.h"
#include "base/text.h"
#include "base/timestamp.h"

#define CONNECT_MS 2000
#define GRACE_MS 250
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 3000

struct db {
	int64_t time_limit; /* ms to wait for an answer; 0: for ever */
	bool prepare; /* statements are prepared when the connection is made */
	PGconn *conn; /* NULL: not connected */
	bool in_transaction;
	bool told_read_only; /* once per connection is enough */
	int64_t retry_at; /* monotonic ms before which no new attempt is made */
	int64_t backoff; /* ms to wait after the next failure */
	char constraint[64];
	char sqlstate[6];
	char message[256];
	char hint[256];
};

struct db *db_new(const struct config *config)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		fatal("out of memory");
	db->time_limit = config->db_timeout;
	db->prepare = config->prepare;
	db->backoff = BACKOFF_FIRST_MS;
	return db;
}

struct db *db_new_command(const struct config *config)
{
	struct db *db = db_new(config);

	db->time_limit = 0;
	db->prepare = false;
	return db;
}

static void disconnect(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
	db->in_transaction = db->told_read_only = false;
}

void db_free(struct db *db)
{
	disconnect(db);
	free(db);
}

/* The first line of libpq's text, without its newline; what was advised before does not go with it. */
static void keep_message(struct db *db, const char *text)
{
	db->hint[0] = '\0';
	snprintf(db->message, sizeof(db->message), "%.*s", (int)strcspn(text, "\n"), text);
}

/* Waits for the answer of what was sent, at most until the deadline. NULL: connection lost or late. The server itself
 * gives a statement up at the limit (session_start), and then the connection is still good. */
static PGresult *await(struct db *db)
{
	int64_t deadline = monotonic_ms() + db->time_limit + GRACE_MS;
	PGresult *last = NULL;

	for (;;) {
		int flush = PQflush(db->conn);

		if (flush < 0)
			break;
		if (PQisBusy(db->conn) || flush) {
			struct pollfd p = {.fd = PQsocket(db->conn),
			    .events = (short)(POLLIN | (flush ? POLLOUT : 0))};
			int64_t left = db->time_limit ? deadline - monotonic_ms() : -1;

			if (db->time_limit && left <= 0) {
				PQclear(last);
				keep_message(db, "the database did not answer in time");
				return NULL;
			}
			poll(&p, 1, (int)left);
			if (!PQconsumeInput(db->conn))
				break;
			continue;
		}
		PGresult *next = PQgetResult(db->conn);

		if (!next)
			return last;
		/* of a script with several statements the first error is the one to keep */
		if (last && PQresultStatus(last) == PGRES_FATAL_ERROR) {
			PQclear(next);
			continue;
		}
		PQclear(last);
		last = next;
	}
	PQclear(last);
	keep_message(db, PQerrorMessage(db->conn));
	return NULL;
}

static void lost(struct db *db)
{
	log_warn("database_lost", "reason", db->message);
	disconnect(db);
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

static bool simple(struct db *db, const char *sql)
{
	PGresult *r;
	bool ok;

	if (!PQsendQuery(db->conn, sql)) {
		keep_message(db, PQerrorMessage(db->conn));
		return false;
	}
	r = await(db);
	ok = r && (PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK);
	if (r && !ok)
		keep_message(db, PQresultErrorMessage(r));
	PQclear(r);
	return ok;
}

/* A statement that cannot be prepared is a defect or a wrong schema: no request would be answered right. Those of the
 * commands, admin_…, are nothing to the workers. */
static bool prepare_all(struct db *db)
{
	for (int q = 0; db->prepare && q < QUERY_COUNT; q++) {
		const struct embedded *e = &embedded_queries[q];
		PGresult *r;
		bool ok;

		if (text_starts(e->name, "admin_"))
			continue;
		if (!PQsendPrepare(db->conn, e->name, e->data, 0, NULL))
			return false;
		r = await(db);
		ok = r && PQresultStatus(r) == PGRES_COMMAND_OK;
		if (r && !ok) {
			keep_message(db, PQresultErrorMessage(r));
			log_error("statement_refused", "statement", e->name, "reason", db->message);
		}
		PQclear(r);
		if (!ok)
			return false;
	}
	return true;
}

static bool session_start(struct db *db)
{
	char set[120];

	snprintf(set, sizeof(set),
	    "SET search_path = postern, pg_temp; SET statement_timeout = %lld; SET TimeZone = "
	    "'UTC'",
	    (long long)db->time_limit);
	return simple(db, set);
}

/* Lets libpq connect, trying all hosts of PGHOST, within the time limit. */
static bool finish_connecting(struct db *db)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	int64_t deadline = monotonic_ms() + CONNECT_MS;

	while (state != PGRES_POLLING_OK) {
		struct pollfd p = {.fd = PQsocket(db->conn),
		    .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT};
		int64_t left = db->time_limit ? deadline - monotonic_ms() : -1;

		if (PQstatus(db->conn) == CONNECTION_BAD || state == PGRES_POLLING_FAILED) {
			keep_message(db, PQerrorMessage(db->conn));
			return false;
		}
		if (db->time_limit && left <= 0) {
			keep_message(db, "the database did not answer in time");
			return false;
		}
		if (poll(&p, 1, (int)left) > 0)
			state = PQconnectPoll(db->conn);
	}
	return true;
}

static bool open_connection(struct db *db)
{
	static const char *const keys[] = {"fallback_application_name", "client_encoding", NULL};
	static const char *const values[] = {"postern", "UTF8", NULL};

	db->conn = PQconnectStartParams(keys, values, 0);
	if (!finish_connecting(db))
		return false;
	PQsetnonblocking(db->conn, 1);
	PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	return session_start(db);
}

/* Another attempt is made after a while; after a long one when this one has cost the whole time limit, since then
 * each attempt holds a worker. */
static void put_off(struct db *db, int64_t started)
{
	if (monotonic_ms() - started >= CONNECT_MS)
		db->backoff = BACKOFF_MOST_MS;
	db->retry_at = monotonic_ms() + db->backoff;
	db->backoff = db->backoff * 2 > BACKOFF_MOST_MS ? BACKOFF_MOST_MS : db->backoff * 2;
}

static enum result ensure_connected(struct db *db)
{
	int64_t started = monotonic_ms();

	if (db->conn && PQstatus(db->conn) == CONNECTION_OK)
		return OK;
	if (started < db->retry_at)
		return UNAVAILABLE;
	disconnect(db);
	if (open_connection(db) && prepare_all(db)) {
		db->backoff = BACKOFF_FIRST_MS;
		return OK;
	}
	log_error("database_unavailable", "reason", db->message);
	disconnect(db);
	put_off(db, started);
	return UNAVAILABLE;
}

/* Between statements a server speaks only to say good-bye; then the connection is made anew before anything is sent. */
static void drop_stale(struct db *db)
{
	struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};

	while (db->conn && !db->in_transaction && poll(&p, 1, 0) > 0)
		if (!PQconsumeInput(db->conn))
			disconnect(db);
}

enum result db_connect(struct db *db, const char **why)
{
	enum result res = ensure_connected(db);

	*why = db->message;
	return res;
}

static void keep_diagnosis(struct db *db, const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *constraint = PQresultErrorField(r, PG_DIAG_CONSTRAINT_NAME);
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	const char *hint = PQresultErrorField(r, PG_DIAG_MESSAGE_HINT);

	snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", state ? state : "");
	snprintf(db->constraint, sizeof(db->constraint), "%s", constraint ? constraint : "");
	keep_message(db, message ? message : "");
	snprintf(db->hint, sizeof(db->hint), "%.*s", (int)strcspn(hint ? hint : "", "\n"),
	    hint ? hint : "");
}

#define READ_ONLY "25006" /* a standby, or being maintained */

/* PostgreSQL's error codes (manual, Appendix A) by their beginning; the first that fits counts. */
static const struct {
	const char *prefix;
	enum result result;
	bool logged;
} sqlstates[] = {
    {"23505", CONFLICT, false}, /* unique_violation */
    {"23", INVALID, false}, /* other integrity constraints */
    {"22", INVALID, false}, /* data exceptions, bad regular expressions among them */
    {"P0001", INVALID, false}, /* raised by a trigger or function of ours */
    {"P0002", NOT_FOUND, false}, /* the same, no such row */
    {READ_ONLY, UNAVAILABLE, false},
    {"40", UNAVAILABLE, true}, /* deadlock, serialization */
    {"53", UNAVAILABLE, true}, /* out of some resource */
    {"57", UNAVAILABLE, true}, /* cancelled, shutting down, time limit */
    {"08", UNAVAILABLE, true}, /* connection */
    {"", FAILED, true},
};

static enum result judge(struct db *db, const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);
	size_t i = 0;

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return OK;
	keep_diagnosis(db, r);
	while (strncmp(db->sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) != 0)
		i++;
	if (sqlstates[i].logged)
		log_error("database_error", "sqlstate", db->sqlstate, "message", db->message);
	if (strcmp(db->sqlstate, READ_ONLY) == 0 && !db->told_read_only) {
		log_warn("database_read_only", "message", db->message);
		db->told_read_only = true;
	}
	return sqlstates[i].result;
}

static bool send(struct db *db, enum query q, size_t n, const char *const *params)
{
	const struct embedded *e = &embedded_queries[q];

	if (db->prepare)
		return PQsendQueryPrepared(db->conn, e->name, (int)n, params, NULL, NULL, 0);
	return PQsendQueryParams(db->conn, e->data, (int)n, NULL, params, NULL, NULL, 0);
}

static void release_rows(void *result)
{
	PQclear(result);
}

/* *lost_it: the connection broke, so nothing is known of the statement. */
static enum result run_once(struct db *db, struct arena *a, enum query q, struct rows *out,
    size_t n, const char *const *params, bool *lost_it)
{
	PGresult *r;
	enum result res = ensure_connected(db);
	int64_t sent = monotonic_ms();

	*lost_it = false;
	*out = (struct rows){0};
	db->constraint[0] = db->sqlstate[0] = '\0';
	if (res != OK)
		return res;
	r = send(db, q, n, params) ? await(db) : NULL;
	if (!r) {
		if (!db->message[0])
			keep_message(db, PQerrorMessage(db->conn));
		*lost_it = true;
		lost(db);
		/* who waits behind this request need not find out once more that the server hangs */
		if (db->time_limit && monotonic_ms() - sent >= db->time_limit)
			put_off(db, sent);
		return UNAVAILABLE;
	}
	res = judge(db, r);
	if (PQstatus(db->conn) != CONNECTION_OK) {
		*lost_it = true;
		lost(db);
	}
	out->result = arena_own(a, r, release_rows);
	out->count = PQntuples(r);
	return res;
}

enum result db_read(struct db *db, struct arena *a, enum query q, struct rows *out, size_t n,
    const char *const *params)
{
	bool was_open = db->conn && !db->in_transaction;
	int64_t start = monotonic_ms();
	bool lost_it;
	enum result res = run_once(db, a, q, out, n, params, &lost_it);

	/* a late answer is not a stale connection: asking again would only double the wait */
	if (lost_it && was_open && (!db->time_limit || monotonic_ms() - start < db->time_limit))
		res = run_once(db, a, q, out, n, params, &lost_it);
	return res;
}

enum result db_write(struct db *db, struct arena *a, enum query q, struct rows *out, size_t n,
    const char *const *params)
{
	bool lost_it;

	drop_stale(db);
	return run_once(db, a, q, out, n, params, &lost_it);
}

enum result db_script(struct db *db, struct arena *a, const char *sql, struct rows *out)
{
	PGresult *r;
	enum result res;

	drop_stale(db);
	res = ensure_connected(db);
	if (res != OK)
		return res;
	r = PQsendQuery(db->conn, sql) ? await(db) : NULL;
	if (!r) {
		lost(db);
		return UNAVAILABLE;
	}
	res = judge(db, r);
	if (!out) {
		PQclear(r);
		return res;
	}
	out->result = arena_own(a, r, release_rows);
	out->count = PQntuples(r);
	return res;
}

enum result db_begin(struct db *db, struct arena *a, const struct actor *actor)
{
	struct rows rows;
	enum result res = db_script(db, NULL, "BEGIN", NULL);

	if (res != OK)
		return res;
	db->in_transaction = true;
	res = db_write(db, a, Q_SET_ACTOR, &rows,
	    DB_PARAMS(actor->user_id, actor->username, actor->token_id, actor->session_id,
		actor->request_id, actor->address, actor->action));
	if (res != OK)
		db_rollback(db);
	return res;
}

enum result db_commit(struct db *db)
{
	enum result res;

	/* lost since, or failed: COMMIT would succeed all the same, having nothing to commit */
	if (!db->in_transaction || !db->conn || PQtransactionStatus(db->conn) != PQTRANS_INTRANS) {
		db_rollback(db);
		return UNAVAILABLE;
	}
	res = db_script(db, NULL, "COMMIT", NULL);
	db->in_transaction = false;
	return res;
}

void db_rollback(struct db *db)
{
	if (!db->in_transaction)
		return;
	db->in_transaction = false;
	if (db->conn && !simple(db, "ROLLBACK"))
		lost(db);
}

const char *db_constraint(const struct db *db)
{
	return db->constraint;
}

const char *db_sqlstate(const struct db *db)
{
	return db->sqlstate;
}

const char *db_message(const struct db *db)
{
	return db->message;
}

const char *db_hint(const struct db *db)
{
	return db->hint;
}
