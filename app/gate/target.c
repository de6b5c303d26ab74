/* target.c: a path that can be read in two ways is no path to decide about (Traefik CVE-2026-40912, Oathkeeper, Envoy and
 * others): the server would decide about one and the program behind it serve the other. Before: gate/gate.c. */
#include "gate/target.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"

#define TARGET_MAX_BYTES 8192
#define DECODE_ROUNDS                                                                              \
	4 /* nobody decodes more often than that; what still has an escape then is refused */

/* Decodes %-escapes in place; how many there were. */
static size_t decode(unsigned char *path, size_t *n)
{
	size_t found = 0, to = 0;

	for (size_t from = 0; from < *n; to++) {
		char digits[3] = {0};
		unsigned char byte;

		if (path[from] == '%' && from + 2 < *n)
			memcpy(digits, path + from + 1, 2);
		if (parse_hex(digits, &byte, 1)) {
			path[to] = byte;
			from += 3;
			found++;
		} else {
			path[to] = path[from++];
		}
	}
	*n = to;
	return found;
}

static bool ends_segment(unsigned char c)
{
	return c == '/' || c == ';' || c == '?' || c == '#';
}

/* No control byte, no backslash, no segment of dots only. */
static bool readable(const unsigned char *path, size_t n)
{
	size_t dots = 0;
	bool only_dots = false; /* nothing else since the last slash */

	for (size_t i = 0; i < n; i++) {
		if (path[i] < 0x20 || path[i] == 0x7f || path[i] == '\\')
			return false;
		if (only_dots && dots > 0 && ends_segment(path[i]))
			return false;
		dots = path[i] == '.' ? dots + 1 : 0;
		only_dots = path[i] == '/' || (only_dots && path[i] == '.');
	}
	return !(only_dots && dots > 0);
}

bool target_plain(const char *target)
{
	unsigned char path[TARGET_MAX_BYTES];
	size_t n = strcspn(target, "?");

	if (n > sizeof(path))
		return false;
	memcpy(path, target, n);
	for (int round = 0; readable(path, n); round++) {
		if (decode(path, &n) == 0)
			return true;
		if (round == DECODE_ROUNDS)
			return false;
	}
	return false;
}
