/* config.h: all settings, read once from the environment into a struct that is const from then on.
 * One table (config.c) makes the values, `postern config`, the manual page and the tests. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config {
	/* serving */
	const char *listen;
	const char *listen_mode;
	const char *listen_group;
	bool listen_anywhere;
	const char *listen_peers;
	const char *user;
	int64_t workers;
	int64_t password_workers;
	int64_t password_queue;
	int64_t request_timeout;
	int64_t read_timeout;
	/* database */
	int64_t db_timeout;
	bool prepare;
	/* HTTP */
	const char *allowed_hosts;
	const char *trusted_proxies;
	const char *exempt_view_permissions;
	bool gate_challenge;
	int64_t paginate_count;
	int64_t max_page_size;
	/* secrets and passwords */
	const char *pepper_file;
	int64_t argon2_memory;
	int64_t argon2_time;
	int64_t argon2_lanes;
	int64_t password_min_length;
	int64_t login_limit;
	int64_t login_address_limit;
	int64_t login_window;
	/* sessions */
	int64_t session_idle;
	int64_t session_absolute;
	/* logs */
	const char *log_format;
	const char *log_level;
};

enum setting_type { SETTING_TEXT, SETTING_INT, SETTING_BOOL };

struct setting {
	const char *name; /* environment variable */
	enum setting_type type;
	size_t offset; /* in struct config: const char *, int64_t or bool */
	const char *value; /* default */
	int64_t min, max; /* of SETTING_INT */
	const char *choices; /* of SETTING_TEXT: allowed words, "a|b"; NULL: any text */
	const char *help;
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* Reads the environment. An unknown POSTERN_* name or a bad value ends the program with a message
 * that names it. The strings point into the environment. */
void config_load(struct config *out);

/* Prints every setting with its present value and help; for `postern config`. */
void config_print(const struct config *c);
