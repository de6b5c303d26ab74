/* test_text.c: numbers, hex, UUIDs, UTF-8, ASCII. */
#include "unit.h"

#include "base/text.h"

#include <string.h>

static void test_int64(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		bool good;
		int64_t value;
	} rows[] = {
	    {"0", 0, 10, true, 0},
	    {"10", 0, 10, true, 10},
	    {"007", 0, 10, true, 7},
	    {"-5", -5, 10, true, -5},
	    {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
	    {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
	    {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
	    {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
	    {"11", 0, 10, false, 0},
	    {"-1", 0, 10, false, 0},
	    {"", 0, 10, false, 0},
	    {"-", -5, 10, false, 0},
	    {"--5", -5, 10, false, 0},
	    {"+5", 0, 10, false, 0},
	    {" 5", 0, 10, false, 0},
	    {"5 ", 0, 10, false, 0},
	    {"5x", 0, 10, false, 0},
	    {"0x5", 0, 10, false, 0},
	    {"1e1", 0, 10, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t value = 0;

		CHECK_ROW(
		    parse_int64(rows[i].text, rows[i].min, rows[i].max, &value) == rows[i].good, i);
		CHECK_ROW(value == rows[i].value, i);
	}
}

static void test_hex(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
	    {"00fFA9", true},
	    {"", false},
	    {"00ff", false},
	    {"00ffa", false},
	    {"00ffa9b", false},
	    {"00ffg9", false},
	    {"00ff9g", false},
	    {"0x00ff", false},
	    {" 0ffa9", false},
	};
	unsigned char out[3];

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(parse_hex(rows[i].text, out, sizeof(out)) == rows[i].good, i);
	assert_true(parse_hex("00fFA9", out, sizeof(out)));
	assert_memory_equal(out, "\x00\xff\xa9", 3);
	assert_string_equal(format_hex(*state, out, 3), "00ffa9");
	assert_string_equal(format_hex(*state, out, 0), "");
}

#define UUID "0b6d4f5e-3c1a-4a52-9d0e-7c1f2b3a4d5e"

static void test_numbers_are_printed_as_in_python(void **state)
{
	static const struct {
		double d;
		const char *text;
	} rows[] = {
	    {0, "0.0"},
	    {-0.0, "-0.0"},
	    {1.5, "1.5"},
	    {100, "100.0"},
	    {0.1, "0.1"},
	    {0.1 + 0.2, "0.30000000000000004"},
	    {1.0 / 3, "0.3333333333333333"},
	    {123456.789, "123456.789"},
	    {9007199254740993, "9007199254740992.0"},
	    {9999999999999998, "9999999999999998.0"},
	    {1e16, "1e+16"},
	    {1.5e300, "1.5e+300"},
	    {0.0001, "0.0001"},
	    {0.00012345, "0.00012345"},
	    {0.00001, "1e-05"},
	    {-2.5e-7, "-2.5e-07"},
	    {5e-324, "5e-324"},
	    {1.7976931348623157e308, "1.7976931348623157e+308"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(format_double(*state, rows[i].d), rows[i].text);
}

static void test_uuids_become_canonical(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
	    {UUID, true},
	    {"0B6D4F5E-3C1A-4A52-9D0E-7C1F2B3A4D5E", true},
	    {"0b6d4f5e3c1a4a529d0e7c1f2b3a4d5e", true},
	    {"0B6D4F5E3C1A4A529D0E7C1F2B3A4D5E", true},
	    {"", false},
	    {"0b6d4f5e", false},
	    {UUID "0", false},
	    {UUID "-", false},
	    {"0b6d4f5e-3c1a-4a52-9d0e-7c1f2b3a4d5", false},
	    {"0b6d4f5e3c1a-4a52-9d0e-7c1f2b3a4d5e", false},
	    {"0b6d4f5e3c1a4a529d0e7c1f2b3a4d5e00", false},
	    {"0b6d4f5e3c1a4a529d0e7c1f2b3a4d5e0000", false},
	    {"0b6d4f5e3c1a4a529d0e7c1f2b3a4d5", false},
	    {"{0b6d4f5e-3c1a-4a52-9d0e-7c1f2b3a4d5e}", false},
	    {"0b6d4f5-e3c1a-4a52-9d0e-7c1f2b3a4d5e", false},
	    {"0b6d4f5e-3c1a-4a52-9d0e-7c1f2b3a4d5g", false},
	    {"------------------------------------", false},
	    {"0b6d4f5e 3c1a 4a52 9d0e 7c1f2b3a4d5e", false},
	};
	char out[37];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_ROW(parse_uuid(rows[i].text, out) == rows[i].good, i);
		if (rows[i].good)
			assert_string_equal(out, UUID);
	}
}

static void test_secrets_are_compared_whole(void **state)
{
	(void)state;
	assert_true(same_secret("abc", "abc", 3));
	assert_false(same_secret("abc", "abd", 3));
	assert_false(same_secret("xbc", "abc", 3));
	assert_true(same_secret("abc", "abd", 2));
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		enum utf8_kind kind; /* of what stands at `at` */
		size_t at, length;
		const char *replaced;
	} rows[] = {
	    {TEXT("a"), UTF8_OK, 0, 1, "a"},
	    {TEXT("\xc3\xa9"), UTF8_OK, 0, 2, "\xc3\xa9"},
	    {TEXT("\xe2\x82\xac"), UTF8_OK, 0, 3, "\xe2\x82\xac"},
	    {TEXT("\xed\x9f\xbf"), UTF8_OK, 0, 3, "\xed\x9f\xbf"},
	    {TEXT("\xf0\x9f\x98\x80"), UTF8_OK, 0, 4, "\xf0\x9f\x98\x80"},
	    {TEXT("\xf4\x8f\xbf\xbf"), UTF8_OK, 0, 4, "\xf4\x8f\xbf\xbf"},
	    {TEXT("a\x80z"), UTF8_BAD_START, 1, 1, "a\xef\xbf\xbdz"},
	    {TEXT("\xc0\xaf"), UTF8_BAD_START, 0, 1, "\xef\xbf\xbd\xef\xbf\xbd"},
	    {TEXT("\xc1"), UTF8_BAD_START, 0, 1, "\xef\xbf\xbd"},
	    {TEXT("\xf5\x80"), UTF8_BAD_START, 0, 1, "\xef\xbf\xbd\xef\xbf\xbd"},
	    {TEXT("\xff"), UTF8_BAD_START, 0, 1, "\xef\xbf\xbd"},
	    {TEXT("\xc3"), UTF8_CUT_OFF, 0, 1, "\xef\xbf\xbd"},
	    {TEXT("\xe2\x82"), UTF8_CUT_OFF, 0, 2, "\xef\xbf\xbd"},
	    {TEXT("a\xf0\x9f\x98"), UTF8_CUT_OFF, 1, 3, "a\xef\xbf\xbd"},
	    {TEXT("\xc3z"), UTF8_BAD_CONTINUATION, 0, 1, "\xef\xbf\xbdz"},
	    {TEXT("\xe2\x82z"), UTF8_BAD_CONTINUATION, 0, 2, "\xef\xbf\xbdz"},
	    {TEXT("\xf0\x9f\x98z"), UTF8_BAD_CONTINUATION, 0, 3, "\xef\xbf\xbdz"},
	    {TEXT("\xe0\x80z"), UTF8_BAD_CONTINUATION, 0, 1, "\xef\xbf\xbd\xef\xbf\xbdz"},
	    {TEXT("\xed\xa0z"), UTF8_BAD_CONTINUATION, 0, 1, "\xef\xbf\xbd\xef\xbf\xbdz"},
	    {TEXT("\xf0\x80z"), UTF8_BAD_CONTINUATION, 0, 1, "\xef\xbf\xbd\xef\xbf\xbdz"},
	    {TEXT("\xf4\x90z"), UTF8_BAD_CONTINUATION, 0, 1, "\xef\xbf\xbd\xef\xbf\xbdz"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t at = rows[i].at, n = rows[i].n;
		enum utf8_kind kind;
		const char *replaced;

		CHECK_ROW(utf8_step(rows[i].text + at, n - at, &kind) == rows[i].length, i);
		CHECK_ROW(kind == rows[i].kind, i);
		CHECK_ROW(utf8_valid(rows[i].text, n) == (kind == UTF8_OK), i);
		replaced = utf8_replace(*state, rows[i].text, &n);
		CHECK_ROW(n == strlen(rows[i].replaced), i);
		assert_memory_equal(replaced, rows[i].replaced, n);
	}
	assert_true(utf8_valid("", 0));
	assert_int_equal(utf8_length(TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
	assert_int_equal(utf8_length(TEXT("")), 0);
}

static void test_white_space_is_cut_off_as_in_python(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *expected;
	} rows[] = {
	    {TEXT(""), ""},
	    {TEXT("a"), "a"},
	    {TEXT(" a b "), "a b"},
	    {TEXT("\t\n\v\f\r\x1c\x1d\x1e\x1f a"), "a"},
	    {TEXT("a\xc2\x85\xc2\xa0"), "a"},
	    {TEXT("\xe1\x9a\x80\xe2\x80\x80\xe2\x80\x8a"
		  "a"),
		"a"},
	    {TEXT("a\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaf\xe2\x81\x9f\xe3\x80\x80"), "a"},
	    {TEXT("\xe3\x80\x80 \xc2\xa0"), ""},
	    {TEXT("\xe2\x80\x8b"
		  "a"),
		"\xe2\x80\x8b"
		"a"}, /* zero width is no white space */
	    {TEXT("\x1b"
		  "a\x08"),
		"\x1b"
		"a\x08"},
	    {TEXT(" \xc3\xa9 "), "\xc3\xa9"},
	    {TEXT(" \xff "), "\xff"},
	    {TEXT("\x85"), "\x85"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = rows[i].n;
		const char *trimmed = utf8_trim(rows[i].text, &n);

		CHECK_ROW(n == strlen(rows[i].expected), i);
		CHECK_ROW(memcmp(trimmed, rows[i].expected, n) == 0, i);
	}
}

static void test_ascii(void **state)
{
	assert_true(ascii_equal_nocase("Token", "tOKEN"));
	assert_true(ascii_equal_nocase("", ""));
	assert_false(ascii_equal_nocase("a", "ab"));
	assert_false(ascii_equal_nocase("ab", "a"));
	assert_false(ascii_equal_nocase("@", "`")); /* 32 apart, but no letters */
	assert_false(ascii_equal_nocase("[", "{"));
	assert_false(ascii_equal_nocase("\xc3\x89", "\xc3\xa9"));
	assert_string_equal(ascii_lower(*state, "AZ@[az\xc3\x89"), "az@[az\xc3\x89");
	assert_true(text_starts("abc", "ab"));
	assert_true(text_starts("abc", ""));
	assert_false(text_starts("a", "ab"));
	assert_true(text_ends("abc", "bc"));
	assert_true(text_ends("abc", ""));
	assert_false(text_ends("c", "bc"));
	assert_false(text_ends("abd", "bc"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_int64),
	    TEST(test_hex),
	    TEST(test_numbers_are_printed_as_in_python),
	    TEST(test_uuids_become_canonical),
	    TEST(test_secrets_are_compared_whole),
	    TEST(test_utf8),
	    TEST(test_white_space_is_cut_off_as_in_python),
	    TEST(test_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
