/* fuzz_json.c: whatever is read is printed so that reading and printing it again changes nothing.
 * Needs: base/arena base/buf base/text http/json_read http/json_write */
#include "fuzz.h"

#include "base/text.h"
#include "http/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new();
	struct buf first = BUF(a), pretty = BUF(a), again = BUF(a);
	struct json_object *o;
	const char *error;

	if (json_read(a, (const char *)data, n, &o, &error)) {
		json_write(&first, o, 0);
		json_write(&pretty, o, (int)(n % 9));
		PROMISE(utf8_valid(buf_str(&first), first.len));
		PROMISE(!strpbrk(buf_str(&first), "\n\r\t"));
		PROMISE(!strstr(buf_str(&first), "\xe2\x80\xa8"));
		PROMISE(json_read(a, pretty.data, pretty.len, &o, &error));
		json_write(&again, o, 0);
		PROMISE(again.len == first.len);
		PROMISE(memcmp(again.data, first.data, first.len) == 0);
	} else {
		PROMISE(error && *error && o == NULL);
		PROMISE(utf8_valid(error, strlen(error)));
	}
	arena_free(a);
	return 0;
}
