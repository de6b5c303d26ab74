/* fcgi.h: the parts of the FastCGI 1.0 protocol (specification, sections 3 and 5) that libfcgi leaves to us: a
 * look at the head of a request before libfcgi allocates memory for it, and writing an answer on a connection
 * that another process accepted. Pure, but for fcgi_write_reply. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FCGI_PARAMS_MAX (64 * 1024) /* bytes of names, values and their lengths */
/* the head with its records' headers: even records of one byte each fit */
#define FCGI_HEAD_MAX (FCGI_PARAMS_MAX * 2)

enum fcgi_head {
	FCGI_HEAD_MORE,	     /* not all here yet */
	FCGI_HEAD_OK,	     /* whole and sane: libfcgi may read it */
	FCGI_HEAD_TOO_LARGE, /* parameters over FCGI_PARAMS_MAX: answer 431 */
	FCGI_HEAD_NUL,	     /* a parameter holds a NUL byte: answer 400 */
	FCGI_HEAD_BAD,	     /* not FastCGI, or a management record: close */
};

/* Looks at the n bytes that have come: BEGIN_REQUEST and all PARAMS records. *id is the request id once known. */
enum fcgi_head fcgi_head_check(const unsigned char *p, size_t n, uint16_t *id);

/* Writes "Status: …" head and body as STDOUT records, then END_REQUEST, blocking. False when the peer is gone. */
bool fcgi_write_reply(int fd, uint16_t id, const char *head, size_t head_len, const char *body,
    size_t body_len);
