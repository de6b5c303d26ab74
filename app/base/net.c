/* net.c: addresses and networks. Before: base/text.c. After: http/request.c, server/listen.c, model/token.c. */
#include "base/net.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

struct ip {
	int family; /* AF_INET or AF_INET6 */
	unsigned char bytes[16];
	int bits; /* 32 or 128 */
};

static bool ip_parse(const char *text, struct ip *out)
{
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, out->bytes) == 1) {
		out->family = AF_INET;
		out->bits = 32;
		return true;
	}
	if (inet_pton(AF_INET6, text, out->bytes) != 1)
		return false;
	out->family = AF_INET6;
	out->bits = 128;
	if (memcmp(out->bytes, mapped, sizeof(mapped)) == 0) {
		memmove(out->bytes, out->bytes + 12, 4);
		memset(out->bytes + 4, 0, 12);
		out->family = AF_INET;
		out->bits = 32;
	}
	return true;
}

static const char *ip_text(struct arena *a, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];

	return arena_strdup(a, inet_ntop(ip->family, ip->bytes, text, sizeof(text)));
}

/* Drops brackets and a port. */
static const char *bare(struct arena *a, const char *text)
{
	const char *end;
	int64_t port;

	if (text[0] == '[') {
		end = strchr(text, ']');
		return end ? arena_strndup(a, text + 1, (size_t)(end - text - 1)) : text;
	}
	end = strchr(text, ':');
	if (end && !strchr(end + 1, ':') && parse_int64(end + 1, 0, 65535, &port))
		return arena_strndup(a, text, (size_t)(end - text));
	return text;
}

const char *address_parse(struct arena *a, const char *text)
{
	struct ip ip;

	return ip_parse(bare(a, text), &ip) ? ip_text(a, &ip) : NULL;
}

static bool network_split(struct arena *a, const char *text, struct ip *ip, int *prefix)
{
	const char *slash = strchr(text, '/');
	int64_t bits;
	bool v4_text = !strchr(text, ':');

	if (!ip_parse(slash ? arena_strndup(a, text, (size_t)(slash - text)) : text, ip))
		return false;
	bits = ip->bits;
	if (slash && !parse_int64(slash + 1, 0, v4_text ? 32 : 128, &bits))
		return false;
	if (slash && !v4_text && ip->family == AF_INET)
		bits -= 96; /* the prefix of an IPv4-mapped network */
	*prefix = (int)bits;
	return bits >= 0;
}

/* Whether the first n bits are equal. */
static bool same_bits(const unsigned char *x, const unsigned char *y, int n)
{
	int bytes = n / 8, rest = n % 8;

	return memcmp(x, y, (size_t)bytes) == 0 &&
	       (rest == 0 || ((x[bytes] ^ y[bytes]) >> (8 - rest)) == 0);
}

const char *network_parse(struct arena *a, const char *text, bool *host_bits)
{
	struct ip ip, masked;
	int prefix;

	*host_bits = false;
	if (!network_split(a, text, &ip, &prefix))
		return NULL;
	masked = ip;
	for (int i = prefix; i < ip.bits; i++)
		masked.bytes[i / 8] &= (unsigned char)~(0x80 >> (i % 8));
	*host_bits = memcmp(masked.bytes, ip.bytes, sizeof(ip.bytes)) != 0;
	return arena_printf(a, "%s/%d", ip_text(a, &ip), prefix);
}

bool address_listed(struct arena *a, const char *address, const char *list)
{
	struct ip ip, net;
	int prefix;

	if (!ip_parse(address, &ip))
		return false;
	while (*list) {
		size_t n = strcspn(list, ", ");

		if (n && network_split(a, arena_strndup(a, list, n), &net, &prefix) &&
		    net.family == ip.family && same_bits(net.bytes, ip.bytes, prefix))
			return true;
		list += n + (list[n] != '\0');
	}
	return false;
}
