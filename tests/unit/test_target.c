/* test_target.c: which request targets may be decided about. */
#include "unit.h"

#include "gate/target.h"

#include <stdbool.h>
#include <string.h>

struct row {
	const char *text;
	bool plain;
};

static const struct row rows[] = {
    {"/", true},
    {"/api/dcim/sites/", true},
    {"/api/dcim/sites/?name=..%2f..&x=\\", true},
    {"/a/..b/b../.well-known/v1.2./x", true},
    {"/100%25/a%20b/a%2Fb/%C3%A9", true},
    {"/%/%z/%4", true},
    {"/a;v=1/b", true},
    {"//a///b", true},
    {"*", true},
    {"", true},
    {"http://host/a", true},
    {"/.", false},
    {"/a/..", false},
    {"/a/./b", false},
    {"/a/../b", false},
    {"/a/.../b", false},
    {"/a/..?b", false},
    {"/a/%2e%2e/b", false},
    {"/a/.%2E/b", false},
    {"/a/..%2fb", false},
    {"/a%2f..%2fb", false},
    {"/a/%252e%252e/b", false},
    {"/a/..%252fb", false},
    {"/a/%25252e%25252e/b", false},
    {"/a/..;/b", false},
    {"/a/..;x=1/b", false},
    {"/a/..%3b/b", false},
    {"/a/..%23", false},
    {"/a/..%3fb", false},
    {"/a/..#b", false},
    {"/a\\b", false},
    {"/a/..%5cb", false},
    {"/a%255cb", false},
    {"/a%00b", false},
    {"/a%0ab", false},
    {"/a%2500b", false},
    {"/a\tb", false},
    {"/a%7fb", false},
    {"/%2525252541", false},
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(target_plain(rows[i].text) == rows[i].plain, i);
}

/* What is too long to be looked at whole is refused, and nothing behind the buffer is written. */
static void test_length(void **state)
{
	static const struct {
		size_t n;
		bool plain;
	} lengths[] = {{8191, true}, {8192, true}, {8193, false}, {70000, false}};

	for (size_t i = 0; i < COUNT(lengths); i++) {
		char *text = arena_alloc(*state, lengths[i].n + 1);

		memset(text, 'a', lengths[i].n);
		text[0] = '/';
		assert_int_equal(target_plain(text), lengths[i].plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_table), TEST(test_length)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
