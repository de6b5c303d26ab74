/* authenticate.c: token, session or Basic. Before: http/route.c, gate/gate.c. After: store/db.c,
 * auth/login.c. */
#include "auth/authenticate.h"

#include <stdio.h>
#include <string.h>

#include "auth/authorization.h"
#include "auth/login.h"
#include "http/route.h"
#include "model/pepper.h"
#include "auth/session.h"
#include "store/db.h"

#define NOT_PROVIDED "Authentication credentials were not provided."

static void refuse(struct auth_answer *out, const char *detail)
{
	*out = (struct auth_answer){.status = 403, .detail = detail};
}

static void away(struct auth_answer *out)
{
	*out = (struct auth_answer){.status = 503,
	    .detail = "The database is not available. Please try again.",
	    .retry_after = 1};
}

static void take_user(struct request *r, const struct rows *rows, enum identity_how how)
{
	r->identity.how = how;
	r->identity.user_id = rows_text(rows, 0, "user_id");
	r->identity.username = rows_text(rows, 0, "username");
	r->identity.is_superuser = rows_bool(rows, 0, "is_superuser");
	r->identity.may_manage_tokens = rows_bool(rows, 0, "may_manage_tokens");
	r->identity.use_is_stale = rows_bool(rows, 0, "use_is_stale");
}

/* The reason to refuse a token that exists, in the documented order; NULL: none. */
static const char *token_refusal(struct request *r, const struct rows *rows)
{
	if (rows_bool(rows, 0, "expired"))
		return "Token expired";
	if (!rows_bool(rows, 0, "is_active"))
		return "User inactive";
	if (rows_bool(rows, 0, "address_allowed"))
		return NULL;
	if (!*r->remote_addr)
		return "Client IP address could not be determined for validation. Check that the "
		       "HTTP "
		       "server is correctly configured to pass the required header(s).";
	return arena_printf(r->arena,
	    "Source IP %s is not permitted to authenticate using this token.", r->remote_addr);
}

void authenticate_token(struct request *r, const struct auth_question *q, enum query find,
    const char *which, struct auth_answer *out)
{
	struct rows rows;
	const char *refusal;

	if (db_read(r->db, r->arena, find, &rows,
		DB_PARAMS(which, *r->remote_addr ? r->remote_addr : NULL, q->object_type,
		    q->action)) != OK) {
		away(out);
		return;
	}
	if (rows.count != 1) {
		refuse(out, "Invalid token");
		return;
	}
	refusal = token_refusal(r, &rows);
	if (refusal) {
		refuse(out, refusal);
		return;
	}
	take_user(r, &rows, BY_TOKEN);
	r->identity.token_id = rows_text(&rows, 0, "id");
	r->identity.write_enabled = rows_bool(&rows, 0, "write_enabled");
	r->identity.network_limited = rows_bool(&rows, 0, "network_limited");
	out->permitted = rows_bool(&rows, 0, "permitted");
}

static void by_token(struct request *r, const struct auth_question *q,
    const struct authorization *header, struct auth_answer *out)
{
	if (header->token_is_key)
		authenticate_token(r, q, Q_TOKEN_BY_DIGEST,
		    peppers_digests(r->peppers, r->arena, header->key), out);
	else
		refuse(out, "Invalid token");
}

static void by_session(struct request *r, const struct auth_question *q, struct auth_answer *out)
{
	const char *key = session_cookie(r);
	struct rows rows;

	if (!key)
		return;
	if (session_find(r, key, q->object_type, q->action, &rows) != OK) {
		away(out);
		return;
	}
	if (rows.count != 1) {
		r->identity.session_over = true;
		return; /* ended or unknown: anonymous */
	}
	take_user(r, &rows, BY_SESSION);
	r->identity.write_enabled = true;
	r->identity.has_flash = rows_bool(&rows, 0, "has_flash");
	r->identity.session_id = rows_text(&rows, 0, "id");
	r->identity.session_key = key;
	out->permitted = rows_bool(&rows, 0, "permitted");
}

static void by_basic(struct request *r, const struct authorization *header, struct auth_answer *out)
{
	struct login login;

	if (!r->may_hash) {
		r->needs_password_worker = true;
		return;
	}
	switch (login_check(r, header->username, header->password, header->password_len, &login)) {
	case OK:
		break;
	case DENIED:
		*out = (struct auth_answer){.status = login.wait ? 429 : 403,
		    .detail = login.wait
				  ? arena_printf(r->arena,
					"Request was throttled. Expected available in %d seconds.",
					login.wait)
				  : "Invalid username/password.",
		    .retry_after = login.wait};
		return;
	default:
		away(out);
		return;
	}
	r->identity.how = BY_BASIC;
	r->identity.user_id = login.user_id;
	r->identity.username = login.username;
	r->identity.is_superuser = login.is_superuser;
	r->identity.may_manage_tokens = login.may_manage_tokens;
	r->identity.write_enabled = true;
	if (!login.may_manage_tokens && r->route && (r->route->flags & NEED_MANAGE) &&
	    strcmp(r->method, "POST") == 0) /* the route's gate will refuse it */
		login_note_restricted(r, login.username);
}

/* The header's value; *twice when the web server passed two of them on. Apache calls it REDIRECT_… after
 * an internal redirect; no client can set that name. */
static const char *header_value(struct request *r, bool *twice)
{
	const char *value = request_param(r, "HTTP_AUTHORIZATION");
	int count = 0;

	for (char **p = r->input->params; *p; p++)
		count += strncmp(*p, "HTTP_AUTHORIZATION=", 19) == 0;
	*twice = count > 1;
	return value && *value ? value : request_param(r, "REDIRECT_HTTP_AUTHORIZATION");
}

void authenticate(struct request *r, const struct auth_question *q, struct auth_answer *out)
{
	struct authorization header;
	bool twice;
	const char *value = header_value(r, &twice);

	*out = (struct auth_answer){0};
	if (q->session_only) {
		by_session(r, q, out);
		return;
	}
	if (twice) {
		refuse(out, "Invalid token header. Token string should not contain spaces.");
		return;
	}
	authorization_parse(r->arena, value, value ? strlen(value) : 0, q->basic, &header);
	switch (header.scheme) {
	case AUTHORIZATION_BAD:
		refuse(out, header.error);
		break;
	case AUTHORIZATION_TOKEN:
		by_token(r, q, &header, out);
		break;
	case AUTHORIZATION_BASIC:
		by_basic(r, &header, out);
		break;
	case AUTHORIZATION_NONE:
		if (header.bare_key)
			out->hint = "Write the header as: Authorization: Token <key>";
		by_session(r, q, out);
		break;
	}
}

void authenticate_note_use(struct request *r)
{
	const struct identity *who = &r->identity;
	struct rows rows;

	if (!who->use_is_stale ||
	    r->reply.status == 503) /* not waiting for a lost database once more */
		return;
	if (who->how == BY_TOKEN)
		db_write(r->db, r->arena, Q_TOKEN_USED, &rows, DB_PARAMS(who->token_id));
	else if (who->how == BY_SESSION)
		db_write(r->db, r->arena, Q_SESSION_SEEN, &rows, DB_PARAMS(who->session_id));
}
