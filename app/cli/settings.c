/* settings.c: settings that are lists: each entry must mean something. Before: main.c. After: base/net.c, auth/permission.c. */
#include "cli/settings.h"

#include <string.h>

#include "auth/permission.h"
#include "base/log.h"
#include "base/net.h"
#include "base/text.h"

static bool is_network(struct arena *a, const char *text)
{
	bool host_bits;

	return network_parse(a, text, &host_bits) != NULL;
}

static bool is_exemption(struct arena *a, const char *text)
{
	(void)a;
	return strcmp(text, "*") == 0 ||
	       (permission_type_sane(text) && !text_starts(text, "users."));
}

static void check(const char *name, const char *list, bool (*fits)(struct arena *, const char *),
    const char *wanted)
{
	struct arena *a = arena_new();

	while (*list) {
		size_t n = strcspn(list, ", ");

		if (n && !fits(a, arena_strndup(a, list, n)))
			fatal("%s: \"%.*s\" is not %s", name, (int)n, list, wanted);
		list += n + (list[n] != '\0');
	}
	arena_free(a);
}

void settings_check(const struct config *c)
{
	check("POSTERN_TRUSTED_PROXIES", c->trusted_proxies, is_network,
	    "an IP address or a network");
	check("POSTERN_LISTEN_PEERS", c->listen_peers, is_network, "an IP address");
	check("POSTERN_EXEMPT_VIEW_PERMISSIONS", c->exempt_view_permissions, is_exemption,
	    "an object type (app.model) other than Postern's own, nor *");
}
