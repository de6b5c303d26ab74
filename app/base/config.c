/* config.c: the table of settings and its readers. Before: base/text.c, base/log.c. After: main.c. */
#include "base/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

extern char **environ;

#define TEXT(name, field, value, choices, help)                                                    \
	{                                                                                          \
		name, SETTING_TEXT, offsetof(struct config, field), value, 0, 0, choices, help     \
	}
#define INT(name, field, value, min, max, help)                                                    \
	{                                                                                          \
		name, SETTING_INT, offsetof(struct config, field), value, min, max, NULL, help     \
	}
#define BOOL(name, field, value, help)                                                             \
	{                                                                                          \
		name, SETTING_BOOL, offsetof(struct config, field), value, 0, 0, "on|off", help    \
	}

/* clang-format off */
const struct setting settings_table[] = {
TEXT("POSTERN_LISTEN", listen, "/run/postern/postern.sock", NULL,
    "addresses to answer on, separated by commas: paths of unix sockets, IP:PORT, or \"stdin\" for a socket handed over as descriptor 0"),
TEXT("POSTERN_LISTEN_MODE", listen_mode, "0660", NULL, "mode of unix sockets, octal"),
TEXT("POSTERN_LISTEN_GROUP", listen_group, "", NULL, "group of unix sockets, usually the web server's; empty: unchanged"),
BOOL("POSTERN_LISTEN_ANYWHERE", listen_anywhere, "off", "allow TCP addresses that are not loopback; whoever reaches them can claim to be the web server"),
TEXT("POSTERN_LISTEN_PEERS", listen_peers, "", NULL, "IP addresses, separated by commas, that may connect to TCP addresses; empty: loopback only"),
TEXT("POSTERN_USER", user, "", NULL, "user to become when started as root; required then"),
INT("POSTERN_WORKERS", workers, "8", 1, 256, "processes that answer requests"),
INT("POSTERN_PASSWORD_WORKERS", password_workers, "2", 1, 64, "processes that check passwords; as many hashes run at once, at most"),
INT("POSTERN_PASSWORD_QUEUE", password_queue, "16", 1, 1000, "requests that may wait for a password worker; more are answered 503 at once"),
INT("POSTERN_REQUEST_TIMEOUT", request_timeout, "30", 1, 3600, "seconds after which a worker that is still busy with one request is killed and replaced"),
INT("POSTERN_READ_TIMEOUT", read_timeout, "10", 1, 600, "seconds in which a whole request must have arrived"),
INT("POSTERN_DB_TIMEOUT", db_timeout, "3000", 100, 60000, "milliseconds to wait for the database before a request is answered 503"),
BOOL("POSTERN_PREPARE", prepare, "on", "prepare statements once per connection; off for PgBouncer in transaction mode"),
TEXT("POSTERN_ALLOWED_HOSTS", allowed_hosts, "localhost,127.0.0.1,[::1]", NULL, "host names that requests may carry, separated by commas; .example.org includes subdomains, * allows all"),
TEXT("POSTERN_TRUSTED_PROXIES", trusted_proxies, "", NULL, "IP addresses or networks, separated by commas, whose X-Forwarded-For, -Proto and -Host are believed"),
TEXT("POSTERN_EXEMPT_VIEW_PERMISSIONS", exempt_view_permissions, "", NULL, "object types (app.model), separated by commas, or *, that may be read without any credential"),
BOOL("POSTERN_GATE_CHALLENGE", gate_challenge, "off", "answer 401 with WWW-Authenticate instead of 403 at the gate when credentials are missing or wrong"),
INT("POSTERN_PAGINATE_COUNT", paginate_count, "50", 1, 1000000, "items on a page of a list"),
INT("POSTERN_MAX_PAGE_SIZE", max_page_size, "1000", 1, 1000000, "most items that ?limit= can ask for"),
TEXT("POSTERN_PEPPER_FILE", pepper_file, "/etc/postern/pepper", NULL, "file with the numbered secrets that key digests are made with"),
INT("POSTERN_ARGON2_MEMORY", argon2_memory, "19456", 8, 4194304, "KiB of memory for one password hash (RFC 9106, m)"),
INT("POSTERN_ARGON2_TIME", argon2_time, "2", 1, 1000, "passes of one password hash (t)"),
INT("POSTERN_ARGON2_LANES", argon2_lanes, "1", 1, 64, "lanes of one password hash (p)"),
INT("POSTERN_PASSWORD_MIN_LENGTH", password_min_length, "8", 1, 128, "fewest characters of a new password"),
INT("POSTERN_LOGIN_LIMIT", login_limit, "10", 1, 1000000, "wrong passwords for one user name within the window before 429"),
INT("POSTERN_LOGIN_ADDRESS_LIMIT", login_address_limit, "100", 1, 1000000, "wrong passwords from one client address within the window before 429"),
INT("POSTERN_LOGIN_WINDOW", login_window, "300", 1, 86400, "seconds in which wrong passwords are counted"),
INT("POSTERN_SESSION_IDLE", session_idle, "1209600", 60, 31536000, "seconds without a request after which a session ends"),
INT("POSTERN_SESSION_ABSOLUTE", session_absolute, "7776000", 60, 315360000, "seconds after sign-in at which a session ends"),
TEXT("POSTERN_LOG_FORMAT", log_format, "text", "text|json", "form of log lines: key=value or JSON"),
TEXT("POSTERN_LOG_LEVEL", log_level, "info", "debug|info|warn|error", "least level that is logged"),
};
/* clang-format on */

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

static bool is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);

	for (const char *p = choices; p; p = strchr(p, '|')) {
		p += *p == '|';
		if (strncmp(p, value, n) == 0 && (p[n] == '|' || !p[n]))
			return n > 0;
	}
	return false;
}

static void set(struct config *out, const struct setting *s, const char *value)
{
	char *place = (char *)out + s->offset;

	if (s->choices && !is_choice(s->choices, value))
		fatal("%s: must be %s, not \"%s\"", s->name, s->choices, value);
	switch (s->type) {
	case SETTING_TEXT:
		*(const char **)(void *)place = value;
		break;
	case SETTING_BOOL:
		*(bool *)place = strcmp(value, "on") == 0;
		break;
	case SETTING_INT:
		if (!parse_int64(value, s->min, s->max, (int64_t *)(void *)place))
			fatal("%s: must be a whole number from %" PRId64 " to %" PRId64
			      ", not \"%s\"",
			    s->name, s->min, s->max, value);
	}
}

static void refuse_unknown(void)
{
	for (char **e = environ; *e; e++) {
		size_t n = strcspn(*e, "="), i = 0;

		if (!text_starts(*e, "POSTERN_"))
			continue;
		while (i < settings_count &&
		       (strncmp(*e, settings_table[i].name, n) != 0 || settings_table[i].name[n]))
			i++;
		if (i == settings_count)
			fatal("%.*s: no such setting; \"postern config\" lists them", (int)n, *e);
	}
}

void config_load(struct config *out)
{
	refuse_unknown();
	for (size_t i = 0; i < settings_count; i++) {
		const char *value = getenv(settings_table[i].name);

		set(out, &settings_table[i], value ? value : settings_table[i].value);
	}
}

void config_print(const struct config *c)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *s = &settings_table[i];
		const char *place = (const char *)c + s->offset;

		printf("# %s\n# default: %s\n%s=", s->help, s->value, s->name);
		if (s->type == SETTING_TEXT)
			printf("%s\n\n", *(const char *const *)(const void *)place);
		else if (s->type == SETTING_BOOL)
			printf("%s\n\n", *(const bool *)place ? "on" : "off");
		else
			printf("%" PRId64 "\n\n", *(const int64_t *)(const void *)place);
	}
}
