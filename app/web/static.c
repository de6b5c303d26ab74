/* static.c: files that pages need, from the binary. Their names carry a hash of their content, so browsers may keep
 * them for ever. Before: http/route.c. After: base/embed.h. */
#include <sodium.h>
#include <string.h>

#include "base/embed.h"
#include "base/text.h"
#include "http/reply.h"
#include "web/page.h"
#include "web/web.h"

#define HASH_BYTES 8
#define FILES_MAX 16

static const struct {
	const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
};

static const struct embedded *find_file(const char *name)
{
	for (const struct embedded *e = embedded_static; e->name; e++)
		if (strcmp(e->name, name) == 0)
			return e;
	return NULL;
}

/* The hash of a file, computed once in each process. */
static const char *hash_of(const struct embedded *e)
{
	static char hashes[FILES_MAX][2 * HASH_BYTES + 1];
	size_t i = (size_t)(e - embedded_static);
	unsigned char digest[crypto_hash_sha256_BYTES];

	if (i >= FILES_MAX)
		return "0";
	if (!*hashes[i]) {
		crypto_hash_sha256(digest, (const unsigned char *)e->data, e->size);
		sodium_bin2hex(hashes[i], sizeof(hashes[i]), digest, HASH_BYTES);
	}
	return hashes[i];
}

const char *static_path(struct arena *a, const char *name)
{
	const struct embedded *e = find_file(name);
	const char *dot = strrchr(name, '.');

	return e ? arena_printf(a, "/static/%.*s.%s%s", (int)(dot - name), name, hash_of(e), dot)
		 : "";
}

/* The file that a name with a hash means, as it is now; NULL when there is none. */
static const struct embedded *find_hashed(struct arena *a, const char *hashed)
{
	for (const struct embedded *e = embedded_static; e->name; e++)
		if (!text_ends(e->name, ".gz") &&
		    strcmp(static_path(a, e->name) + strlen("/static/"), hashed) == 0)
			return e;
	return NULL;
}

/* Whether gzip is among the codings that are taken (RFC 9110 section 12.5.3), and not with q=0. */
static bool takes_gzip(const struct request *r)
{
	const char *accept = request_param(r, "HTTP_ACCEPT_ENCODING");
	const char *gzip = accept ? strstr(accept, "gzip") : NULL;
	const char *q = gzip ? strstr(gzip, "q=0") : NULL;

	return gzip && !(q && q - gzip < 10 && strspn(q + 2, "0.") == strcspn(q + 2, ", ;"));
}

static const char *type_of(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_ends(name, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

int web_static(struct request *r)
{
	const struct embedded *e = find_hashed(r->arena, r->name), *packed;
	const char *etag, *known = request_param(r, "HTTP_IF_NONE_MATCH");

	if (!e)
		return reply_result(r, NOT_FOUND);
	packed = takes_gzip(r) ? find_file(arena_printf(r->arena, "%s.gz", e->name)) : NULL;
	etag = arena_printf(r->arena, "\"%s%s\"", hash_of(e), packed ? "-gz" : "");
	reply_header(r, "Cache-Control", "public, max-age=31536000, immutable");
	reply_header(r, "ETag", etag);
	reply_header(r, "Vary", "Accept-Encoding");
	if (known && (strstr(known, etag) || strcmp(known, "*") == 0))
		return reply_empty(r, 304);
	if (packed)
		reply_header(r, "Content-Encoding", "gzip");
	return reply_bytes(r, 200, type_of(e->name), packed ? packed->data : e->data,
	    packed ? packed->size : e->size);
}
