/* fuzz_timestamp.c: a time that was read is printed so that it is read as the same time.
 * Needs: base/arena base/buf base/text base/timestamp */
#include "fuzz.h"

#include "base/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	const char *text = arena_strndup(a, (const char *)data, n);
	int64_t t, filter, again;

	if (timestamp_parse(text, &t) == TIMESTAMP_OK)
		PROMISE(timestamp_parse_filter(text, &filter) && filter == t);
	if (timestamp_parse_filter(text, &t)) {
		const char *iso = timestamp_iso(a, t);

		PROMISE(strlen(iso) == 20 || strlen(iso) == 27);
		PROMISE(timestamp_parse(iso, &again) == TIMESTAMP_OK && again == t);
	}
	if (n >= sizeof(t)) {
		memcpy(&t, data, sizeof(t));
		PROMISE(t == TIMESTAMP_NONE || timestamp_iso(a, t));
	}
	arena_free(a);
	return 0;
}
