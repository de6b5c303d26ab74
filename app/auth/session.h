/* session.h: browser sessions: a 256-bit random id in a cookie, of which the database holds the SHA-256
 * (OWASP Session Management Cheat Sheet), and the CSRF tokens that are bound to it. */
#pragma once

#include "auth/login.h"
#include "http/request.h"
#include "store/db.h"

#define SESSION_SUBKEY_BYTES 32

/* The cookie's value when it has the form of a session id (64 hex digits), else NULL. */
const char *session_cookie(struct request *r);

/* Whether a session cookie was sent, whatever it holds. */
bool session_cookie_sent(struct request *r);

/* The live session with that id and its user, at most one row: statement session_by_digest. OK, also for no
 * row, or UNAVAILABLE/FAILED. */
enum result session_find(struct request *r, const char *key, const char *object_type,
    const char *action, struct rows *out);

/* Inside the caller's transaction: a session with a new id for this browser, in place of the one it came with.
 * message: what the next page shows, a JSON array. r->identity is the user by that session then. The cookie must be
 * sent after the commit: session_send_cookie. */
enum result session_start(
    struct request *r, const char *user_id, const char *username, const char *message);

/* Inside the caller's transaction: a new id for r->identity's session, which goes on otherwise. message and the cookie
 * as with session_start. */
enum result session_renew(struct request *r, const char *message);

/* Sets the cookie to the id of r->identity's session. */
void session_send_cookie(struct request *r);

/* Takes the cookie away from the browser. */
void session_clear_cookie(struct request *r);

/* Signs in after login_check: a transaction around session_start that also notes the time, and removes some sessions
 * past their limits. DENIED when the password was changed or the user disabled since the check. */
enum result session_sign_in(struct request *r, const struct login *login, const char *message);

/* Ends own sessions in a transaction: the one with that id, or all (NULL), but for `keep` (or NULL). action: its name in
 * the audit log. NOT_FOUND when there was none. */
enum result session_end(struct request *r, const char *id, const char *keep, const char *action);

/* A key for another purpose, derived from the secret id of r->identity's session; the database cannot compute it. */
void session_subkey(
    const struct request *r, const char *purpose, unsigned char out[SESSION_SUBKEY_BYTES]);

/* The token for forms of the page that is being made, masked anew each time (the BREACH attack); sets the cookie
 * csrftoken, which for visitors without a session is the secret itself. */
const char *session_csrf_token(struct request *r);

/* Whether a URL is of this site. An https page of the same host is trusted by http, which a proxy that is not
 * listed makes of it; never the other way round. */
bool session_same_origin(struct request *r, const char *url);

#define CSRF_NO_COOKIE "CSRF cookie not set."

/* Whether an unsafe request of a browser may come from another site's page: the text after "CSRF Failed: ", or
 * NULL when it is fine. The token is expected in the form field csrfmiddlewaretoken or in X-CSRFToken. */
const char *session_csrf_refusal(struct request *r);
