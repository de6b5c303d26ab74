/* test_params.c: query strings, forms and multipart bodies. */
#include "unit.h"

#include "base/buf.h"
#include "http/params.h"

#include <string.h>

/* "name=value" lines, a NUL shown as "\0". */
static const char *show(struct arena *a, const struct params *p)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < p->count; i++) {
		const struct param *it = &p->items[i];

		assert_int_equal(it->value[it->value_len], '\0');
		buf_adds(&b, it->name);
		buf_addc(&b, '=');
		buf_add(&b, it->value, it->value_len);
		buf_addc(&b, '\n');
	}
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] == '\0')
			b.data[i] = '@';
	return buf_str(&b);
}

static void test_pairs_are_decoded(void **state)
{
	/* as parse_qsl(keep_blank_values=True); @ stands for a NUL */
	static const struct {
		const char *text, *pairs;
	} rows[] = {
	    {"", ""},
	    {"a=1", "a=1\n"},
	    {"a=1&b=2", "a=1\nb=2\n"},
	    {"&&a=1&&", "a=1\n"},
	    {"a", "a=\n"},
	    {"a=", "a=\n"},
	    {"=1", "=1\n"},
	    {"=", "=\n"},
	    {"a=b=c", "a=b=c\n"},
	    {"a=1;b=2", "a=1;b=2\n"},
	    {"a=1&a=2&a", "a=1\na=2\na=\n"},
	    {"a+b=c+d", "a b=c d\n"},
	    {"a%20b=%2B%26%3D", "a b=+&=\n"},
	    {"a=%c3%A9", "a=\xc3\xa9\n"},
	    {"a=\xc3\xa9", "a=\xc3\xa9\n"},
	    {"a=%", "a=%\n"},
	    {"a=%4", "a=%4\n"},
	    {"a=%4g%41", "a=%4gA\n"},
	    {"a=%zz", "a=%zz\n"},
	    {"a=%%41", "a=%A\n"},
	    {"a=%ff", "a=\xef\xbf\xbd\n"},
	    {"a=x%c3y", "a=x\xef\xbf\xbdy\n"},
	    {"a=%e2%82", "a=\xef\xbf\xbd\n"},
	    {"a=%f0%9f%98x", "a=\xef\xbf\xbdx\n"},
	    {"a=%ed%a0%80", "a=\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n"},
	    {"%ff=1", "\xef\xbf\xbd=1\n"},
	    {"a%00b=c%00d", "a\xef\xbf\xbd"
			    "b=c@d\n"}, /* a name with a NUL is not the one before it */
	    {"%00=1&a%00=2&%c3%00=3",
		"\xef\xbf\xbd=1\na\xef\xbf\xbd=2\n\xef\xbf\xbd\xef\xbf\xbd=3\n"},
	};
	struct params p;

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_ROW(params_parse(*state, rows[i].text, strlen(rows[i].text), &p), i);
		assert_string_equal(show(*state, &p), rows[i].pairs);
	}
}

static void test_at_most_params_max_pairs_are_taken(void **state)
{
	struct buf b = BUF(*state);
	struct params p;

	for (size_t i = 0; i < PARAMS_MAX; i++)
		buf_adds(&b, "a=1&");
	assert_true(params_parse(*state, b.data, b.len, &p));
	assert_int_equal(p.count, PARAMS_MAX);
	buf_adds(&b, "&&&");
	assert_true(params_parse(*state, b.data, b.len, &p));
	buf_adds(&b, "b");
	assert_false(params_parse(*state, b.data, b.len, &p));
}

static void test_the_last_value_of_a_name_is_found(void **state)
{
	static const char text[] = "first=0&limit=1&q=&limit=2&a%00b=3&a=4";
	struct params p;

	assert_true(params_parse(*state, TEXT(text), &p));
	assert_string_equal(params_last(&p, "first"), "0");
	assert_string_equal(params_last(&p, "limit"), "2");
	assert_string_equal(params_last(&p, "q"), "");
	assert_string_equal(params_last(&p, "a"), "4");
	assert_null(params_last(&p, "Limit"));
	assert_null(params_last(&p, ""));
}

static void test_links_are_composed_sorted_and_escaped(void **state)
{
	static const struct {
		const char *text;
		struct param_override o[2];
		size_t n;
		const char *link;
	} rows[] = {
	    {"limit=2&b=2&a=1&a=3&e=", {{"limit", "2"}, {"offset", "2"}}, 2,
		"a=1&a=3&b=2&e=&limit=2&offset=2"},
	    {"offset=4&limit=2&offset=6", {{"limit", "2"}, {"offset", NULL}}, 2, "limit=2"},
	    {"offset=4", {{"offset", NULL}}, 1, ""},
	    {"", {{"offset", "50"}}, 1, "offset=50"},
	    {"", {{NULL, NULL}}, 0, ""},
	    {"b=2&ab=3&a=1&B=4&a=0", {{NULL, NULL}}, 0, "B=4&a=1&a=0&ab=3&b=2"},
	    {"q=a+b%26c&n=%c3%a9/~_.-*", {{NULL, NULL}}, 0, "n=%C3%A9%2F~_.-%2A&q=a+b%26c"},
	    {"a%00b=%00", {{"a", "1"}}, 1, "a=1&a%EF%BF%BDb=%00"},
	    {"a=%ff", {{NULL, NULL}}, 0, "a=%EF%BF%BD"},
	};
	struct params p;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(params_parse(*state, rows[i].text, strlen(rows[i].text), &p));
		assert_string_equal(params_encode(*state, &p, rows[i].o, rows[i].n), rows[i].link);
	}
}

#define DISPOSITION "Content-Disposition: form-data; "

static void test_multipart_text_parts_are_taken(void **state)
{
	static const struct {
		const char *text, *pairs;
	} rows[] = {
	    {"", ""},
	    {"--xx--", ""},
	    {"--xx--\r\n", ""},
	    {"--xx\r\n" DISPOSITION "name=\"a\"\r\n\r\n1\r\n--xx--\r\n", "a=1\n"},
	    {"--xx\r\n" DISPOSITION "name=\"a\"\r\n\r\n\r\n--xx--", "a=\n"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--xx\r\n" DISPOSITION
	     "name=b\r\n\r\n2\r\n--xx--\r\n",
		"a=1\nb=2\n"},
	    {"before\r\n--xx \t\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--xx--after", "a=1\n"},
	    {"--xx\r\ncontent-disposition:FORM-DATA;NAME=\"a\"\r\n\r\n1\r\n--xx--", "a=1\n"},
	    {"--xx\r\nContent-Type: text/plain\r\n" DISPOSITION
	     "name=\"a\"\r\nContent-Transfer-Encoding: 8bit \r\n\r\n1\r\n--xx--",
		"a=1\n"},
	    {"--xx\r\n" DISPOSITION "name=\"a;b\\\"c\\\\d\\e\"\r\n\r\n1\r\n--xx--",
		"a;b\"c\\d\\e=1\n"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n\r\n1\n\r\n--x\r\n--xxx\r\n--xx-\r\n --xx\r\n--xx--",
		"a=1\n\r\n--x\r\n--xxx\r\n--xx-\r\n --xx\n"},
	    {"--xx\r\n" DISPOSITION "name=\"f\"; filename=\"a;b\"\r\n\r\n1\r\n--xx--", ""},
	    {"--xx\r\n" DISPOSITION "filename=a; name=\"f\"\r\n\r\n1\r\n--xx--", ""},
	    {"--xx\r\n" DISPOSITION "name=f; filename*=UTF-8''a\r\n\r\n1\r\n--xx--", ""},
	    {"--xx\r\n" DISPOSITION "x=\"; filename=\"; name=a\r\n\r\n1\r\n--xx--", "a=1\n"},
	    {"--xx\r\n" DISPOSITION "name=\"\xff\"\r\n\r\n\xc3\r\n--xx--",
		"\xef\xbf\xbd=\xef\xbf\xbd\n"},
	};
	struct params p;

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_ROW(multipart_parse(*state, rows[i].text, strlen(rows[i].text), "xx", &p), i);
		assert_string_equal(show(*state, &p), rows[i].pairs);
	}
}

static void test_the_name_of_a_part_is_not_cut_at_a_nul(void **state)
{
	static const char text[] = "--xx\r\n" DISPOSITION "name=\"key\0z\"\r\n\r\n1\r\n--xx--";
	struct params p;

	assert_true(multipart_parse(*state, TEXT(text), "xx", &p));
	assert_null(params_find(&p, "key"));
	assert_string_equal(p.items[0].name, "key\xef\xbf\xbdz");
}

static void test_other_bodies_are_not_multipart(void **state)
{
	static const struct {
		const char *text;
	} rows[] = {
	    {"a=1"},
	    {"--xx"},
	    {"--xx\r\n"},
	    {"--xx\n" DISPOSITION "name=a\n\n1\n--xx--"},
	    {"--yy\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--yy--"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n\r\n1"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--xx"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--xx\r\n"},
	    {"--xx\r\n" DISPOSITION "name=a\r\n1\r\n--xx--"},
	    {"--xx\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n--xx\r\n" DISPOSITION "name=a\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\nContent-Type: text/plain\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\nContent-Disposition: form-dataX; name=a\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION "name=\"a\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION "name=\"a\" b\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION "name=a; filename=\"a\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION "name=a; x=\"\r\n\r\n1\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION
	     "name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ==\r\n--xx--"},
	    {"--xx\r\n" DISPOSITION "name=a\r\nno header\r\n\r\n1\r\n--xx--"},
	};
	struct params p;

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(
		    !multipart_parse(*state, rows[i].text, strlen(rows[i].text), "xx", &p), i);
	assert_false(multipart_parse(*state, TEXT("--xx--"), NULL, &p));
	assert_false(multipart_parse(*state, TEXT("----"), "", &p));
}

static void test_a_nul_in_a_part_is_kept(void **state)
{
	static const char text[] = "--xx\r\n" DISPOSITION "name=a\r\n\r\n1\0002\r\n--xx--";
	struct params p;

	assert_true(multipart_parse(*state, TEXT(text), "xx", &p));
	assert_string_equal(show(*state, &p), "a=1@2\n");
}

static void test_at_most_params_max_parts_are_taken(void **state)
{
	struct buf b = BUF(*state);
	struct params p;

	for (size_t i = 0; i < PARAMS_MAX; i++)
		buf_adds(&b, "--xx\r\n" DISPOSITION "name=a\r\n\r\n1\r\n");
	assert_true(
	    multipart_parse(*state, arena_printf(*state, "%s--xx--", b.data), b.len + 6, "xx", &p));
	assert_int_equal(p.count, PARAMS_MAX);
	buf_adds(&b, "--xx\r\n" DISPOSITION "name=a; filename=a\r\n\r\n1\r\n--xx--");
	assert_false(multipart_parse(*state, b.data, b.len, "xx", &p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_pairs_are_decoded),
	    TEST(test_at_most_params_max_pairs_are_taken),
	    TEST(test_the_last_value_of_a_name_is_found),
	    TEST(test_links_are_composed_sorted_and_escaped),
	    TEST(test_multipart_text_parts_are_taken),
	    TEST(test_the_name_of_a_part_is_not_cut_at_a_nul),
	    TEST(test_other_bodies_are_not_multipart),
	    TEST(test_a_nul_in_a_part_is_kept),
	    TEST(test_at_most_params_max_parts_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
