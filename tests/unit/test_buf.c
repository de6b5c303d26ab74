/* test_buf.c: growing text and its escapes. */
#include "unit.h"

#include "base/buf.h"

#include <string.h>

static void test_an_empty_buf_is_an_empty_string(void **state)
{
	struct buf b = BUF(*state);

	assert_string_equal(buf_str(&b), "");
	buf_add(&b, "x", 0);
	buf_adds(&b, "");
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(b.len, 0);
}

static void test_pieces_follow_each_other(void **state)
{
	struct buf b = BUF(*state);

	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_add(&b, "d\0e", 3);
	buf_addf(&b, "%d-%s", 42, "x");
	assert_int_equal(b.len, 10);
	assert_memory_equal(b.data, "abcd\0e42-x", 11);
}

static void test_it_grows_and_stays_terminated(void **state)
{
	struct buf b = BUF(*state);

	for (size_t i = 0; i < 5000; i++) {
		buf_addc(&b, (char)('a' + i % 26));
		assert_int_equal(b.len, i + 1);
		assert_true(b.cap > b.len);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
}

static void test_each_way_of_adding_grows_it(void **state)
{
	for (size_t n = 100; n < 300; n++) {
		struct buf add = BUF(*state), format = BUF(*state);
		char *text = arena_alloc(*state, n + 1);

		memset(text, 'x', n);
		buf_add(&add, text, n);
		assert_string_equal(buf_str(&add), text);
		buf_addf(&format, "%s", text);
		buf_addf(&format, "%s", text);
		assert_int_equal(format.len, 2 * n);
		assert_int_equal(strlen(format.data), 2 * n);
	}
}

static void test_html_is_escaped(void **state)
{
	struct buf b = BUF(*state);

	buf_html(&b, "<a href=\"x\" b='y'>&amp;\xc3\xa9</a>");
	assert_string_equal(
	    buf_str(&b), "&lt;a href=&quot;x&quot; b=&#x27;y&#x27;&gt;&amp;amp;\xc3\xa9&lt;/a&gt;");
}

static void test_query_values_are_escaped(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *expected;
	} rows[] = {
	    {TEXT("azAZ09_.-~"), "azAZ09_.-~"},
	    {TEXT("a b"), "a+b"},
	    {TEXT("+&=?#/%\"'<"), "%2B%26%3D%3F%23%2F%25%22%27%3C"},
	    {TEXT("\xc3\xa9"), "%C3%A9"},
	    {TEXT("a\0\n\x7f"), "a%00%0A%7F"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf b = BUF(*state);

		buf_url(&b, rows[i].text, rows[i].n);
		assert_string_equal(buf_str(&b), rows[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_an_empty_buf_is_an_empty_string),
	    TEST(test_pieces_follow_each_other),
	    TEST(test_it_grows_and_stays_terminated),
	    TEST(test_each_way_of_adding_grows_it),
	    TEST(test_html_is_escaped),
	    TEST(test_query_values_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
