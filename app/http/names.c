/* names.c: refuses names that mean trouble. Before: http/request.c. After: routing, absolute links,
 * logs. */
#include "http/names.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define PATH_MAX_BYTES 2048
#define HOST_MAX_BYTES 253 /* RFC 1035 section 2.3.4, as text */
#define LABEL_MAX_BYTES 63

static bool alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "", "." and ".." between two slashes; "" is allowed at the end. */
static bool segment_sane(const char *segment, size_t n, bool last)
{
	if (n == 0)
		return last;
	return !(segment[0] == '.' && (n == 1 || (n == 2 && segment[1] == '.')));
}

bool path_sane(const char *path)
{
	size_t n = strlen(path);

	if (path[0] != '/' || n > PATH_MAX_BYTES || !utf8_valid(path, n))
		return false;
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\')
			return false;
	for (const char *segment = path + 1, *end;; segment = end + 1) {
		end = strchrnul(segment, '/');
		if (!segment_sane(segment, (size_t)(end - segment), *end == '\0'))
			return false;
		if (*end == '\0')
			return true;
	}
}

/* How many bytes of a Host value stand before its port; a bracket closes an IPv6 address. */
static size_t host_length(const char *host)
{
	const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;

	return bracket ? (size_t)(bracket + 1 - host) : strcspn(host, ":");
}

static bool port_sane(const char *port)
{
	int64_t n;

	if (*port == '\0')
		return true;
	return port[0] == ':' && port[1] != '-' && strlen(port) <= 6 &&
	       parse_int64(port + 1, 1, 65535, &n);
}

/* An address in brackets, without a zone. */
static bool ipv6_sane(const char *host, size_t n)
{
	char address[INET6_ADDRSTRLEN] = {0};
	struct in6_addr ignored;

	if (n < 4 || n - 2 >= sizeof(address) || host[n - 1] != ']')
		return false;
	memcpy(address, host + 1, n - 2);
	return inet_pton(AF_INET6, address, &ignored) == 1;
}

/* Labels between dots; one dot may stand at the end. An IPv4 address looks like this, too. */
static bool name_sane(const char *host, size_t n)
{
	size_t label = 0;

	if (n == 0 || n > HOST_MAX_BYTES)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (host[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!alphanumeric(host[i]) && host[i] != '-' && host[i] != '_')
			return false;
		if (++label > LABEL_MAX_BYTES)
			return false;
	}
	return true;
}

bool host_sane(const char *host)
{
	size_t n = host_length(host);

	if (!port_sane(host + n))
		return false;
	return host[0] == '[' ? ipv6_sane(host, n) : name_sane(host, n);
}

/* One entry of the list; host and entry are n and m bytes long. */
static bool entry_allows(const char *entry, size_t m, const char *host, size_t n)
{
	if (m == 1 && entry[0] == '*')
		return true;
	if (m == 0 || n + 1 < m)
		return false;
	if (entry[0] != '.')
		return n == m && strncasecmp(host, entry, n) == 0;
	if (n + 1 == m) /* example.org itself */
		return strncasecmp(host, entry + 1, n) == 0;
	return strncasecmp(host + n - m, entry, m) == 0;
}

bool host_allowed(const char *host, const char *list)
{
	size_t n = host_length(host);

	if (!host_sane(host))
		return false;
	if (host[n - 1] == '.') /* example.org. is example.org */
		n--;
	while (*list) {
		const char *entry = list + strspn(list, " \t,");
		size_t m = strcspn(entry, " \t,");

		if (entry_allows(entry, m, host, n))
			return true;
		list = entry + m;
	}
	return false;
}

bool request_id_sane(const char *id)
{
	size_t n = 0;

	while (alphanumeric(id[n]) || (id[n] && strchr("-_.", id[n])))
		n++;
	return id[n] == '\0' && n >= 1 && n <= 64;
}

bool method_safe(const char *method)
{
	static const char *const safe[] = {"GET", "HEAD", "OPTIONS"};

	for (size_t i = 0; i < sizeof(safe) / sizeof(safe[0]); i++)
		if (strcmp(method, safe[i]) == 0)
			return true;
	return false;
}

bool method_sane(const char *method)
{
	size_t n = 0;

	while (alphanumeric(method[n]) || (method[n] && strchr("!#$%&'*+-.^_`|~", method[n])))
		n++;
	return method[n] == '\0' && n >= 1 && n <= 32;
}
