/* token.c: `postern token …` and `postern session …`. Before: main.c. After: model/token.c, store/db.c. */
#include <errno.h>
#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "model/pepper.h"
#include "base/net.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "cli/cli.h"
#include "cli/table.h"
#include "model/token.h"

static int token_show_all(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"id", COLUMN_TEXT, "ID", NULL},
	    {"tail", COLUMN_TEXT, "KEY ENDS", NULL},
	    {"username", COLUMN_TEXT, "USER", NULL},
	    {"state", COLUMN_TEXT, "STATE", NULL},
	    {"write_enabled", COLUMN_YESNO, "WRITES", NULL},
	    {"created", COLUMN_TIME, NULL, NULL},
	    {"expires", COLUMN_TIME, "EXPIRES", "never"},
	    {"last_used", COLUMN_TIME, "LAST USED", "never"},
	    {"allowed_ips", COLUMN_LIST, "FROM", NULL},
	    {"description", COLUMN_TEXT, "DESCRIPTION", NULL},
	    {0},
	};
	struct rows rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_TOKEN_LIST, &rows, DB_PARAMS(args->words[0]));

	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

/* "10.0.0.0/8, ::1" into a cidr[] literal; NULL after a message. */
static const char *read_networks(struct cli *cli, const char *list)
{
	const char *items[TOKEN_NETWORKS_MAX];
	size_t count = 0;

	while (*(list += strspn(list, ", "))) {
		size_t n = strcspn(list, ", ");
		const char *text = arena_strndup(cli->arena, list, n);
		bool host_bits;

		items[count] = network_parse(cli->arena, text, &host_bits);
		if (!items[count] || host_bits) {
			cli_failed("\"%s\" is no network%s", text,
			    host_bits ? ": it has host bits set" : "");
			return NULL;
		}
		list += n;
		if (++count == TOKEN_NETWORKS_MAX && list[strspn(list, ", ")]) {
			cli_failed("a token can have at most %d networks", TOKEN_NETWORKS_MAX);
			return NULL;
		}
	}
	return db_array(cli->arena, items, count);
}

/* Fills the change from the options; false after a message. */
static bool read_change(struct cli *cli, const struct cli_args *args, struct token_change *out)
{
	*out = (struct token_change){.has_write_enabled = true,
	    .write_enabled = !args->read_only,
	    .description = args->description};
	if (args->expires) {
		out->has_expires = true;
		if (!timestamp_parse_filter(args->expires, &out->expires)) {
			cli_failed(
			    "\"%s\" is no point in time, such as 2027-01-31T12:00Z", args->expires);
			return false;
		}
	}
	if (args->allowed_ips)
		out->allowed_ips = read_networks(cli, args->allowed_ips);
	return !args->allowed_ips || out->allowed_ips;
}

/* The new token's key, or all about it. The only time that it is seen, so it must have been written. */
static bool show_key(struct cli *cli, const struct rows *rows, const char *key)
{
	struct json_object *o;

	if (cli->json) {
		o = json_object_new_object();
		json_object_object_add(o, "id", json_object_new_string(rows_text(rows, 0, "id")));
		json_object_object_add(o, "key", json_object_new_string(key));
		table_print_json(cli, o);
	} else {
		puts(key);
	}
	return fflush(stdout) == 0 && !ferror(stdout);
}

static enum result create(struct cli *cli, const struct peppers *peppers, const char *user_id,
    const struct token_change *change, char key[2 * KEY_BYTES + 1], struct rows *out)
{
	const struct actor nobody = {0};
	enum result res = db_begin(cli->db, cli->arena, &nobody);

	return res == OK ? token_create(cli->db, cli->arena, peppers, user_id, change, key, out)
			 : res;
}

static int add_with(struct cli *cli, const struct cli_args *args, const struct peppers *peppers)
{
	struct token_change change;
	char key[2 * KEY_BYTES + 1];
	struct rows user, rows;
	enum result res;
	int status = 1;

	if (!read_change(cli, args, &change))
		return 1;
	res = db_read(cli->db, cli->arena, Q_ADMIN_USER_ID, &user, DB_PARAMS(args->words[0]));
	if (res == OK)
		res = create(cli, peppers, rows_text(&user, 0, "id"), &change, key, &rows);
	if (res != OK)
		return cli_refused(cli, res);
	if (!show_key(cli, &rows, key)) {
		cli_failed("cannot write the key: %s; no token was made", strerror(errno));
		clearerr(stdout);
	} else if (db_commit(cli->db) != OK) {
		cli_failed("%s; the key above is not valid", db_message(cli->db));
	} else {
		status = 0;
	}
	sodium_memzero(key, sizeof(key));
	return status;
}

static int token_add(struct cli *cli, const struct cli_args *args)
{
	const char *problem;
	struct peppers *peppers = peppers_load(cli->config->pepper_file, &problem);
	int status;

	if (!peppers)
		return cli_failed("%s", problem);
	status = add_with(cli, args, peppers);
	peppers_free(peppers);
	return status;
}

static int token_revoke(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res;

	if (!cli_confirm(cli, "Revoke the token \"%.40s\"?", args->words[0]))
		return 1;
	res = cli_write(cli, Q_ADMIN_TOKEN_REVOKE, &rows, DB_PARAMS(args->words[0]));
	if (res != OK)
		return cli_refused(cli, res);
	printf("revoked %s\n", rows_text(&rows, 0, "display"));
	return 0;
}

/* Says how many; the statement's column is count. */
static int counted(struct cli *cli, enum result res, const struct rows *rows, const char *what)
{
	if (res != OK)
		return cli_refused(cli, res);
	printf("%s %s\n", rows_text(rows, 0, "count"), what);
	return 0;
}

static int token_revoke_all(struct cli *cli, const struct cli_args *args)
{
	struct rows rows;
	enum result res;

	if (!cli_confirm(cli, "Revoke all tokens of the user \"%s\"?", args->words[0]))
		return 1;
	res = cli_write(cli, Q_ADMIN_TOKEN_REVOKE_ALL, &rows, DB_PARAMS(args->words[0]));
	return counted(cli, res, &rows, "tokens revoked");
}

/* clang-format off */
const struct cli_verb token_verbs[] = {
{"list", token_show_all, "[USER]", "--json", "list all tokens, or those of a user", false},
{"add", token_add, "USER", "--description --expires --read-only --allowed-ips --json",
    "make a token for a user and print its key, this once", false},
{"revoke", token_revoke, "TOKEN", "--yes", "delete a token, by its id or the last six digits of its key", false},
{"revoke-all", token_revoke_all, "USER", "--yes", "delete all tokens of a user", false},
{0},
};
/* clang-format on */

static int session_list(struct cli *cli, const struct cli_args *args)
{
	static const struct column columns[] = {
	    {"id", COLUMN_TEXT, "ID", NULL},
	    {"username", COLUMN_TEXT, "USER", NULL},
	    {"created", COLUMN_TIME, "SIGNED IN", NULL},
	    {"last_seen", COLUMN_TIME, "LAST SEEN", NULL},
	    {"address", COLUMN_TEXT, "ADDRESS", NULL},
	    {"user_agent", COLUMN_TEXT, "BROWSER", NULL},
	    {0},
	};
	struct rows rows;
	enum result res =
	    db_read(cli->db, cli->arena, Q_ADMIN_SESSION_LIST, &rows, DB_PARAMS(args->words[0]));

	return res == OK ? table_print(cli, &rows, columns) : cli_refused(cli, res);
}

/* By its identifier, or all of a user. */
static int session_end(struct cli *cli, const struct cli_args *args)
{
	const char *what = args->words[0];
	char id[37];
	bool one = parse_uuid(what, id);
	struct rows rows;
	enum result res;

	if (!cli_confirm(cli,
		one ? "End the session \"%s\"?" : "End all sessions of the user \"%s\"?", what))
		return 1;
	if (one)
		res = cli_write(cli, Q_ADMIN_SESSION_END, &rows, DB_PARAMS(id));
	else
		res = cli_write(cli, Q_ADMIN_SESSION_END_ALL, &rows, DB_PARAMS(what));
	if (res == OK && one && rows_int(&rows, 0, "count") == 0)
		return cli_failed("no session \"%s\"", id);
	return counted(cli, res, &rows, "sessions ended");
}

/* clang-format off */
const struct cli_verb session_verbs[] = {
{"list", session_list, "[USER]", "--json", "list signed-in browsers, or those of a user", false},
{"end", session_end, "SESSION|USER", "--yes", "end one session, or all of a user", false},
{0},
};
/* clang-format on */
