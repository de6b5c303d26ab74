/* migrate.c: the schema's version. Before: cli/migrate.c, server/supervisor.c. After: store/db.c. */
#include "store/migrate.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/log.h"
#include "base/text.h"

/* One lock for all who migrate: the bytes of "postern" as a number. */
#define LOCK "31655715893342830"

static const char bootstrap[] =
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'postern_owner' AND "
    "pg_has_role(current_user, oid, 'MEMBER')) THEN SET ROLE postern_owner; END IF; END $$;"
    "SELECT pg_advisory_lock(" LOCK ");"
    "CREATE SCHEMA IF NOT EXISTS postern;"
    "COMMENT ON SCHEMA postern IS 'API tokens, their users and permissions: an interface for "
    "administrators';"
    "CREATE TABLE IF NOT EXISTS postern.schema_migrations ("
    " number int PRIMARY KEY CHECK (number > 0), name text NOT NULL, checksum text NOT NULL,"
    " applied timestamptz NOT NULL DEFAULT now());"
    "COMMENT ON TABLE postern.schema_migrations IS 'Which changes of the schema were applied.';"
    "COMMENT ON COLUMN postern.schema_migrations.number IS 'Number of the migration.';"
    "COMMENT ON COLUMN postern.schema_migrations.name IS 'File name of the migration.';"
    "COMMENT ON COLUMN postern.schema_migrations.checksum IS 'SHA-256 of the file.';"
    "COMMENT ON COLUMN postern.schema_migrations.applied IS 'When it was applied.';";

static int64_t number_of(const struct embedded *m)
{
	char digits[5] = {0};
	int64_t n = 0;

	memcpy(digits, m->name, 4);
	for (const char *p = digits; *p; p++)
		n = n * 10 + (*p - '0');
	return n;
}

static const char *checksum_of(struct arena *a, const struct embedded *m)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, (const unsigned char *)m->data, m->size);
	return format_hex(a, hash, sizeof(hash));
}

int64_t schema_newest(void)
{
	int64_t newest = 0;

	for (const struct embedded *m = embedded_migrations; m->name; m++)
		newest = number_of(m);
	return newest;
}

static const struct embedded *find(int64_t number)
{
	const struct embedded *m = embedded_migrations;

	while (m->name && number_of(m) != number)
		m++;
	return m->name ? m : NULL;
}

/* Compares the applied rows with the program's files. */
static enum schema_state compare(
    struct arena *a, const struct rows *rows, int64_t *version, const char **problem)
{
	for (int i = 0; i < rows->count; i++) {
		int64_t n = rows_int(rows, i, "number");
		const struct embedded *m = find(n);

		*version = n;
		if (!m) {
			*problem = arena_printf(a,
			    "the database's schema is newer (migration %" PRId64
			    " is unknown here, this program knows up to %" PRId64
			    "): install the postern that made it",
			    n, schema_newest());
			return SCHEMA_AHEAD;
		}
		if (strcmp(rows_text(rows, i, "name"), m->name) != 0 ||
		    strcmp(rows_text(rows, i, "checksum"), checksum_of(a, m)) != 0) {
			*problem = arena_printf(a,
			    "migration %" PRId64 " in the database is not this program's %s: "
			    "do not edit migrations; install the postern that made it",
			    n, m->name);
			return SCHEMA_CHANGED;
		}
	}
	if (*version == schema_newest())
		return SCHEMA_CURRENT;
	*problem = arena_printf(a,
	    "the database's schema is at migration %" PRId64 " of %" PRId64
	    ": run \"postern migrate\"",
	    *version, schema_newest());
	return SCHEMA_BEHIND;
}

#define ENCODING                                                                                   \
	"quote_ident(current_database()) AS database, current_setting('server_encoding') AS "      \
	"encoding"

/* In another encoding names are not what they are here, and sign-ins fail. */
static bool unfit(struct arena *a, const struct rows *rows, const char **problem)
{
	const char *database, *encoding;

	if (rows->count == 0)
		return false;
	database = rows_text(rows, 0, "database");
	encoding = rows_text(rows, 0, "encoding");
	if (strcmp(encoding, "UTF8") == 0)
		return false;
	*problem = arena_printf(a,
	    "the database %s has the encoding %s and not UTF8: make it anew, with CREATE DATABASE "
	    "%s OWNER postern_owner ENCODING UTF8 LOCALE 'C.UTF-8' TEMPLATE template0",
	    database, encoding, database);
	return true;
}

enum schema_state schema_check(
    struct db *db, struct arena *a, int64_t *version, const char **problem)
{
	static const char sql[] = "SELECT number, name, checksum, " ENCODING
				  " FROM postern.schema_migrations ORDER BY number";
	struct rows rows;
	enum result res;

	*version = 0;
	res = db_script(db, a, sql, &rows);
	if (res == UNAVAILABLE) {
		*problem = arena_printf(a, "cannot reach the database: %s", db_message(db));
		return SCHEMA_UNKNOWN;
	}
	if (res != OK && strcmp(db_sqlstate(db), "42P01") == 0) { /* undefined_table */
		*problem = "the database has no postern schema yet: run \"postern migrate\"";
		return SCHEMA_BEHIND;
	}
	if (res != OK) {
		*problem = arena_printf(a, "cannot read the schema's version: %s", db_message(db));
		return SCHEMA_UNKNOWN;
	}
	if (unfit(a, &rows, problem))
		return SCHEMA_UNFIT;
	return compare(a, &rows, version, problem);
}

static enum result apply(struct db *db, struct arena *a, const struct embedded *m)
{
	enum result res;
	const char *record = arena_printf(a,
	    "INSERT INTO postern.schema_migrations (number, name, checksum) VALUES (%" PRId64
	    ", '%s', '%s'); COMMIT",
	    number_of(m), m->name, checksum_of(a, m));

	/* two messages, one transaction: an error in the first makes the COMMIT a rollback */
	res = db_script(db, NULL, arena_printf(a, "BEGIN;\n%s", m->data), NULL);
	if (res == OK)
		res = db_script(db, NULL, record, NULL);
	return res;
}

enum result schema_migrate(struct db *db, struct arena *a, const char **problem)
{
	enum schema_state state;
	struct rows rows;
	int64_t version;

	if (db_script(db, a, "SELECT " ENCODING, &rows) == OK && unfit(a, &rows, problem))
		return FAILED;
	if (db_script(db, NULL, bootstrap, NULL) != OK) {
		*problem = arena_printf(a, "cannot prepare the schema: %s", db_message(db));
		return FAILED;
	}
	state = schema_check(db, a, &version, problem);
	if (state != SCHEMA_CURRENT && state != SCHEMA_BEHIND)
		return FAILED;
	for (const struct embedded *m = embedded_migrations; m->name; m++) {
		if (number_of(m) <= version)
			continue;
		if (apply(db, a, m) != OK) {
			*problem = arena_printf(a, "%s: %s", m->name, db_message(db));
			return FAILED;
		}
		printf("applied %s\n", m->name);
	}
	return OK;
}
