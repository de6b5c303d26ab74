/* test_heap.c: what is freed is wiped. */
#include "unit.h"

#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "00112233445566778899aabbccddeeff00112233"

/* Looks at memory that was given back, but for the 32 bytes in front and 8 at the end that malloc uses for its lists.
 * Sanitizers do not allow it. */
static void check_gone(uintptr_t where, size_t n)
{
#ifdef __SANITIZE_ADDRESS__
	(void)where;
	(void)n;
#else
	for (size_t i = 32; i + 8 < n; i++)
		assert_int_equal(((volatile const char *)where)[i], 0);
#endif
}

static void test_what_is_freed_is_wiped(void **state)
{
	(void)state;
	for (size_t n = 20; n < 100000; n *= 3) {
		char *p = malloc(n);
		uintptr_t where = (uintptr_t)p;

		memset(p, 'x', n);
		free(p);
		check_gone(where, n);
	}
	free(NULL);
}

static char *resized(char *p, size_t n)
{
	char *out = realloc(p, n);

	assert_non_null(out);
	return out;
}

static void test_what_moves_is_wiped_where_it_was(void **state)
{
	char *p = malloc(100);
	uintptr_t where = (uintptr_t)p;

	(void)state;
	memset(p, 'x', 100);
	p = resized(p, 5000);
	assert_true((uintptr_t)p != where);
	check_gone(where, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p[i], 'x');
	where = (uintptr_t)p;
	p = resized(p, 50);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(p[i], 'x');
	check_gone(where, 5000);
	free(p);
	free(resized(resized(NULL, 10), 11));
}

static void test_strings_of_libraries_are_wiped(void **state)
{
	struct json_object *o = json_object_new_string(SECRET);
	uintptr_t where = (uintptr_t)json_object_get_string(o);

	(void)state;
	assert_memory_equal((const char *)where, SECRET, sizeof(SECRET));
	json_object_put(o);
	check_gone(where - 32, 32 + 8 + sizeof(SECRET));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_what_is_freed_is_wiped),
	    TEST(test_what_moves_is_wiped_where_it_was),
	    TEST(test_strings_of_libraries_are_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
