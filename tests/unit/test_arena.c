/* test_arena.c: memory that is released, wiped, all at once. */
#include "unit.h"

#include <json-c/json.h>
#include <stdalign.h>
#include <stdbool.h>
#include <string.h>

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void test_memory_is_zeroed_aligned_and_apart(void **state)
{
	unsigned char *all[500];

	for (size_t i = 0; i < COUNT(all); i++) {
		all[i] = arena_alloc(*state, i);
		assert_int_equal((uintptr_t)all[i] % alignof(max_align_t), 0);
		assert_true(all_zero(all[i], i));
		memset(all[i], (int)(i & 0xff), i);
	}
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t k = 0; k < i; k++)
			assert_int_equal(all[i][k], i & 0xff);
}

static void test_large_pieces_get_room(void **state)
{
	static const size_t sizes[] = {16383, 16384, 16385, 100000, 1048576};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		unsigned char *p = arena_alloc(*state, sizes[i]);

		assert_true(all_zero(p, sizes[i]));
		memset(p, 0xff, sizes[i]);
	}
}

static void test_a_reset_wipes_what_it_keeps(void **state)
{
	unsigned char *p = arena_alloc(*state, 4096), *again;

	memset(p, 0x5a, 4096);
	arena_reset(*state);
	assert_true(all_zero(p, 4096)); /* the first block is kept */
	again = arena_alloc(*state, 4096);
	assert_ptr_equal(again, p);
	for (size_t i = 0; i < 20; i++) {
		memset(arena_alloc(*state, 10000), 0x5a, 10000);
		arena_reset(*state);
		assert_true(all_zero(arena_alloc(*state, 10000), 10000));
	}
}

static void test_strings_are_copied(void **state)
{
	char text[] = "abc";
	char *copy = arena_strdup(*state, text), *part = arena_strndup(*state, text, 2);

	text[0] = 'x';
	assert_string_equal(copy, "abc");
	assert_string_equal(part, "ab");
	assert_string_equal(arena_strndup(*state, text, 0), "");
	assert_string_equal(arena_printf(*state, "%s-%05d", copy, 42), "abc-00042");
	assert_int_equal(strlen(arena_printf(*state, "%20000s", "x")), 20000);
}

struct log {
	char order[8];
	size_t n;
};

struct member {
	struct log *log;
	char name;
};

static void note_release(void *object)
{
	struct member *m = object;

	m->log->order[m->log->n++] = m->name;
}

static void test_foreign_objects_are_released_newest_first_and_once(void **state)
{
	struct log log = {.n = 0};
	struct member a = {&log, 'a'}, b = {&log, 'b'}, c = {&log, 'c'};

	assert_ptr_equal(arena_own(*state, &a, note_release), &a);
	arena_own(*state, &b, note_release);
	arena_own(*state, &c, note_release);
	assert_int_equal(log.n, 0);
	arena_reset(*state);
	assert_string_equal(log.order, "cba");
	arena_reset(*state);
	assert_int_equal(log.n, 3);
}

static void count_release(struct json_object *o, void *userdata)
{
	(void)o;
	++*(int *)userdata;
}

static void test_a_json_object_is_released(void **state)
{
	int released = 0;
	struct json_object *o = json_object_new_object();

	json_object_set_userdata(o, &released, count_release);
	assert_ptr_equal(arena_own_json(*state, o), o);
	assert_int_equal(released, 0);
	arena_reset(*state);
	assert_int_equal(released, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_memory_is_zeroed_aligned_and_apart),
	    TEST(test_large_pieces_get_room),
	    TEST(test_a_reset_wipes_what_it_keeps),
	    TEST(test_strings_are_copied),
	    TEST(test_foreign_objects_are_released_newest_first_and_once),
	    TEST(test_a_json_object_is_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
