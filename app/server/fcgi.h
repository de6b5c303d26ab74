/* fcgi.h: the parts of the FastCGI 1.0 protocol (specification, sections 3 to 5) that libfcgi leaves to us: a look
 * at what has come, so that libfcgi reads nothing but whole and sane requests, and the records of an answer. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FCGI_PARAMS_MAX (64 * 1024) /* bytes of names, values and their lengths */
/* a request with its records' headers: the longest parameters and a fair body in records of one byte each */
#define FCGI_RAW_MAX (4 * 1024 * 1024)

enum fcgi_state {
	FCGI_MORE, /* not all here yet */
	FCGI_WHOLE, /* all that is needed is here and sane: libfcgi may read it */
	FCGI_TOO_LARGE, /* parameters over FCGI_PARAMS_MAX: answer 431 */
	FCGI_NUL, /* a parameter holds a NUL byte: answer 400 */
	FCGI_ABORTED, /* the web server takes its question back: end the request */
	FCGI_MANAGEMENT, /* a question about this program, not a request: fcgi_management_reply */
	FCGI_BAD, /* not FastCGI, or not in this order: close */
};

/* How far one connection's bytes have been looked at. Begins as {0}. */
struct fcgi_scan {
	size_t at; /* where the next record begins */
	size_t params, body; /* bytes of their content so far */
	uint16_t id, role; /* of the request */
	bool
	    gate; /* a gate question (Authorizer, or POSTERN_ROLE=gate): its body is not waited for */
	bool head_read; /* parameters are complete */
	bool ended; /* the body is complete, nothing more will come */
};

/* Looks at the n bytes that have come so far; p may have moved and n grown since the last call. Fewer than were looked
 * at already (seen on a socket, and not all could be taken from it) are FCGI_MORE. A body over REQUEST_BODY_MAX counts as
 * whole as soon as it is too long. */
enum fcgi_state fcgi_look(struct fcgi_scan *s, const unsigned char *p, size_t n);

/* Appends "Status: …" head and body as STDOUT records, then END_REQUEST. */
void fcgi_reply(struct buf *out, uint16_t id, const char *head, size_t head_len, const char *body,
    size_t body_len);

/* Appends END_REQUEST alone: nothing was answered. */
void fcgi_end(struct buf *out, uint16_t id);

/* Appends the answer to the management record at p (section 4). */
void fcgi_management_reply(struct buf *out, const unsigned char *p);
