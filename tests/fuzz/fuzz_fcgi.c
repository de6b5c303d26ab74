/* fuzz_fcgi.c: bytes are judged the same whether they come at once or in two parts, and what is called whole holds
 * parameters within their limit.
 * Needs: base/arena base/buf server/fcgi */
#include "fuzz.h"

#include "server/fcgi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fcgi_scan once = {0}, twice = {0};
	enum fcgi_state state = fcgi_look(&once, data, n), parted;
	size_t cut = n ? data[n - 1] % n : 0;
	unsigned char *part = malloc(cut ? cut : 1);

	if (!part)
		return 0;
	memcpy(part, data, cut);
	parted = fcgi_look(&twice, part, cut);
	free(part);
	if (parted == FCGI_MORE)
		parted = fcgi_look(&twice, data, n);
	PROMISE(parted == state);
	PROMISE(once.at <= n);
	PROMISE(once.params <= FCGI_PARAMS_MAX);
	PROMISE(state != FCGI_WHOLE || (once.head_read && once.id != 0));
	return 0;
}
