/* embed.h: files that the build puts into the binary (app/base/embed.sh), sorted by name. Each table
 * ends with an entry whose name is NULL. */
#pragma once

#include <stdint.h>

struct embedded {
	const char *name; /* without its directory */
	const char *data; /* a NUL follows, which size does not count */
	uint64_t size; /* bytes */
};

extern const struct embedded embedded_migrations[]; /* db/migrations: NNNN_name.sql */
extern const struct embedded embedded_queries[]; /* db/queries: in the order of enum query */
extern const struct embedded embedded_templates[]; /* app/web/templates */
extern const struct embedded embedded_documents[]; /* app/api/openapi.json */
extern const struct embedded embedded_static[]; /* app/web/static */
