/* net.h: IP addresses and networks as text. Knows nothing of Postern. */
#pragma once

#include <stdbool.h>

#include "base/arena.h"

/* The canonical text of an IPv4 or IPv6 address (RFC 5952), in the arena; NULL when it is none. A port
 * ("1.2.3.4:80", "[::1]:80") and brackets are dropped, an IPv4-mapped address (::ffff:1.2.3.4) becomes IPv4. */
const char *address_parse(struct arena *a, const char *text);

/* A network "10.0.0.0/8", or an address that stands for itself, in canonical form with its prefix length; NULL when
 * it is none. *host_bits tells that bits right of the prefix are set. */
const char *network_parse(struct arena *a, const char *text, bool *host_bits);

/* Whether the address lies in one of the networks of a comma separated list. Entries that are no network
 * match nothing. */
bool address_listed(struct arena *a, const char *address, const char *list);
