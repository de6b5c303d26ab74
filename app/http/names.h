/* names.h: sanity of what a client or web server names: paths, hosts, request ids, methods. Pure. */
#pragma once

#include <stdbool.h>

/* A path that may be routed: begins with "/", no control byte, no DEL, no "//", no "." or ".."
 * segment, no backslash, valid UTF-8, at most 2048 bytes. */
bool path_sane(const char *path);

/* A Host value (RFC 9110 section 7.2): a name, an IPv4 address or [IPv6], with an optional port. */
bool host_sane(const char *host);

/* Whether host (its port ignored, any case) is in the comma separated list. An entry "*" allows
 * all, ".example.org" allows example.org and what is below it (Django's ALLOWED_HOSTS). Never one
 * that is not sane. */
bool host_allowed(const char *host, const char *list);

/* A request id that may be taken over: 1 to 64 of letters, digits and "-_.". */
bool request_id_sane(const char *id);

/* Safe methods in Postern's sense: GET, HEAD, OPTIONS, case-sensitive. Everything else writes. */
bool method_safe(const char *method);

/* A method: a token of RFC 9110 section 5.6.2, at most 32 bytes. */
bool method_sane(const char *method);
