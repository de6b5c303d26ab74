/* test_json.c: JSON in and out. The expected errors are those that json of Python 3.11 reports for
 * the same text. */
#include "unit.h"

#include "http/json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static const char *compact(struct arena *a, struct json_object *o)
{
	struct buf b = BUF(a);

	json_write(&b, o, 0);
	return buf_str(&b);
}

static void test_malformed_text_is_named_in_pythons_words(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *error;
	} rows[] = {
	    {TEXT(""), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT(" "), "Expecting value: line 1 column 2 (char 1)"},
	    {TEXT("{a"),
		"Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
	    {TEXT("{"),
		"Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
	    {TEXT("{ "),
		"Expecting property name enclosed in double quotes: line 1 column 3 (char 2)"},
	    {TEXT("}"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("{}x"), "Extra data: line 1 column 3 (char 2)"},
	    {TEXT("{} x"), "Extra data: line 1 column 4 (char 3)"},
	    {TEXT("{\"a\""), "Expecting ':' delimiter: line 1 column 5 (char 4)"},
	    {TEXT("{\"a\" 1}"), "Expecting ':' delimiter: line 1 column 6 (char 5)"},
	    {TEXT("{\"a\":"), "Expecting value: line 1 column 6 (char 5)"},
	    {TEXT("{\"a\":}"), "Expecting value: line 1 column 6 (char 5)"},
	    {TEXT("{\"a\":1"), "Expecting ',' delimiter: line 1 column 7 (char 6)"},
	    {TEXT("{\"a\":1,"),
		"Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
	    {TEXT("{\"a\":1,}"),
		"Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
	    {TEXT("{\"a\":1 \"b\":2}"), "Expecting ',' delimiter: line 1 column 8 (char 7)"},
	    {TEXT("{'a':1}"),
		"Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
	    {TEXT("{1:2}"),
		"Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
	    {TEXT("["), "Expecting value: line 1 column 2 (char 1)"},
	    {TEXT("[1"), "Expecting ',' delimiter: line 1 column 3 (char 2)"},
	    {TEXT("[1,"), "Expecting value: line 1 column 4 (char 3)"},
	    {TEXT("[1,]"), "Expecting value: line 1 column 4 (char 3)"},
	    {TEXT("[,1]"), "Expecting value: line 1 column 2 (char 1)"},
	    {TEXT("[1 2]"), "Expecting ',' delimiter: line 1 column 4 (char 3)"},
	    {TEXT("[1}"), "Expecting ',' delimiter: line 1 column 3 (char 2)"},
	    {TEXT("1 2"), "Extra data: line 1 column 3 (char 2)"},
	    {TEXT("nul"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("True"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("None"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("undefined"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("-"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("+1"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT(".5"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("1."), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("01"), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("-01"), "Extra data: line 1 column 3 (char 2)"},
	    {TEXT("1e"), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("1e+"), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("0x10"), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("1_0"), "Extra data: line 1 column 2 (char 1)"},
	    {TEXT("NaN"), "Out of range float values are not JSON compliant: 'NaN'"},
	    {TEXT("Infinity"), "Out of range float values are not JSON compliant: 'Infinity'"},
	    {TEXT("-Infinity"), "Out of range float values are not JSON compliant: '-Infinity'"},
	    {TEXT("[1, NaN]"), "Out of range float values are not JSON compliant: 'NaN'"},
	    {TEXT("-Inf"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("\""), "Unterminated string starting at: line 1 column 1 (char 0)"},
	    {TEXT("\"abc"), "Unterminated string starting at: line 1 column 1 (char 0)"},
	    {TEXT("\"\\"), "Unterminated string starting at: line 1 column 1 (char 0)"},
	    {TEXT("\"\\\""), "Unterminated string starting at: line 1 column 1 (char 0)"},
	    {TEXT("\"\\x\""), "Invalid \\escape: line 1 column 2 (char 1)"},
	    {TEXT("\"a\\u\""), "Invalid \\uXXXX escape: line 1 column 4 (char 3)"},
	    {TEXT("\"\\u12\""), "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
	    {TEXT("\"\\u12g4\""), "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
	    {TEXT("\"\\u1234"), "Invalid \\uXXXX escape: line 1 column 3 (char 2)"},
	    {TEXT("\"\\ud800\\u12\""), "Invalid \\uXXXX escape: line 1 column 9 (char 8)"},
	    {TEXT("\"\\ud800\\u12g4\""), "Invalid \\uXXXX escape: line 1 column 9 (char 8)"},
	    {TEXT("\"a\nb\""), "Invalid control character at: line 1 column 3 (char 2)"},
	    {TEXT("\"a\tb\""), "Invalid control character at: line 1 column 3 (char 2)"},
	    {TEXT("\"\000\""), "Invalid control character at: line 1 column 2 (char 1)"},
	    {TEXT("\000"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("'a'"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("\357\273\277{}"),
		"Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"},
	    {TEXT("\357\273\277"),
		"Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"},
	    {TEXT("{\"\303\251\": x}"), "Expecting value: line 1 column 7 (char 6)"},
	    {TEXT("{\"\303\251\":\n \"\360\237\230\200\", x}"),
		"Expecting property name enclosed in double quotes: line 2 column 7 (char 12)"},
	    {TEXT("\n\n  \303\251"), "Expecting value: line 3 column 3 (char 4)"},
	    {TEXT("[\"a\",\r\n x]"), "Expecting value: line 2 column 2 (char 8)"},
	    {TEXT("{\"description\":\"\377\"}"),
		"'utf-8' codec can't decode byte 0xff in position 16: invalid start byte"},
	    {TEXT("\377"),
		"'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"},
	    {TEXT("\"\200\""),
		"'utf-8' codec can't decode byte 0x80 in position 1: invalid start byte"},
	    {TEXT("\"\303\""),
		"'utf-8' codec can't decode byte 0xc3 in position 1: invalid continuation byte"},
	    {TEXT("\"\303"),
		"'utf-8' codec can't decode byte 0xc3 in position 1: unexpected end of data"},
	    {TEXT("\"\342\200\""),
		"'utf-8' codec can't decode bytes in position 1-2: invalid continuation byte"},
	    {TEXT("\"\342\200"),
		"'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"},
	    {TEXT("\"\355\240\200\""),
		"'utf-8' codec can't decode byte 0xed in position 1: invalid continuation byte"},
	    {TEXT("\"\360\237\230\""),
		"'utf-8' codec can't decode bytes in position 1-3: invalid continuation byte"},
	    {TEXT("\"\360\237\230"),
		"'utf-8' codec can't decode bytes in position 1-3: unexpected end of data"},
	    {TEXT("\"\364\220\200\200\""),
		"'utf-8' codec can't decode byte 0xf4 in position 1: invalid continuation byte"},
	    {TEXT("\"\300\257\""),
		"'utf-8' codec can't decode byte 0xc0 in position 1: invalid start byte"},
	    {TEXT("\"\340\200\200\""),
		"'utf-8' codec can't decode byte 0xe0 in position 1: invalid continuation byte"},
	    {TEXT("\"\370\210\200\200\200\""),
		"'utf-8' codec can't decode byte 0xf8 in position 1: invalid start byte"},
	    {TEXT("{\"a\": \351}"),
		"'utf-8' codec can't decode byte 0xe9 in position 6: invalid continuation byte"},
	    {TEXT("[[]"), "Expecting ',' delimiter: line 1 column 4 (char 3)"},
	    {TEXT("[]]"), "Extra data: line 1 column 3 (char 2)"},
	    {TEXT("{}{}"), "Extra data: line 1 column 3 (char 2)"},
	    {TEXT("/* a */ 1"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("[1] // a"), "Extra data: line 1 column 5 (char 4)"},
	    {TEXT("\"a\" \"b\""), "Extra data: line 1 column 5 (char 4)"},
	    {TEXT("null null"), "Extra data: line 1 column 6 (char 5)"},
	    {TEXT("tru"), "Expecting value: line 1 column 1 (char 0)"},
	    {TEXT("falsey"), "Extra data: line 1 column 6 (char 5)"},
	    {TEXT("{\"a\":1;\"b\":2}"), "Expecting ',' delimiter: line 1 column 7 (char 6)"},
	    {TEXT("{\"a\"=1}"), "Expecting ':' delimiter: line 1 column 5 (char 4)"},
	};
	struct json_object *o;
	const char *error;

	for (size_t i = 0; i < COUNT(rows); i++) {
		CHECK_ROW(!json_read(*state, rows[i].text, rows[i].n, &o, &error), i);
		assert_string_equal(error, rows[i].error);
	}
}

static void test_valid_text_is_printed_compact(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *printed;
	} rows[] = {
	    {TEXT("null"), "null"},
	    {TEXT(" true\n"), "true"},
	    {TEXT("\tfalse\r"), "false"},
	    {TEXT("[ ]"), "[]"},
	    {TEXT("{ }"), "{}"},
	    {TEXT("{\"b\" : 1 , \"a\":[ 1,\"x\",null ]}"), "{\"b\":1,\"a\":[1,\"x\",null]}"},
	    {TEXT("\"/ < > & ' \\/\""), "\"/ < > & ' /\""},
	    {TEXT("\"\\b\\f\\n\\r\\t\\\"\\\\\""), "\"\\b\\f\\n\\r\\t\\\"\\\\\""},
	    {TEXT("\"\\u0001\\u001f\\u007f\""), "\"\\u0001\\u001f\x7f\""},
	    {TEXT("\"a\\u0000b\""), "\"a\\u0000b\""},
	    {TEXT("\"\xc3\xa9\\u00e9\""), "\"\xc3\xa9\xc3\xa9\""},
	    {TEXT("\"\\u20AC\\ud83d\\ude00\""), "\"\xe2\x82\xac\xf0\x9f\x98\x80\""},
	    {TEXT("\"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\""), "\"\\u2028\\u2029\xe2\x80\xaa\""},
	    {TEXT("\"\\u2028\""), "\"\\u2028\""},
	    {TEXT("\"\xed\x9f\xbf\xee\x80\x80\""), "\"\xed\x9f\xbf\xee\x80\x80\""},
	    {TEXT("\"\\ud800\""), "\"\\ud800\""},
	    {TEXT("\"\\udc00\\ud800\""), "\"\\udc00\\ud800\""},
	    {TEXT("\"\\ud800\\udc00\\udbff\\udfff\""), "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""},
	    {TEXT("\"\\ud7ff\\udc00\\ue000\""), "\"\xed\x9f\xbf\\udc00\xee\x80\x80\""},
	    {TEXT("\"\\ud800\\ud83d\\ude00\""), "\"\\ud800\xf0\x9f\x98\x80\""},
	    {TEXT("\"\\ud800x\\udc00\""), "\"\\ud800x\\udc00\""},
	    {TEXT("{\"\\u00e9\\\"\":0}"), "{\"\xc3\xa9\\\"\":0}"},
	    {TEXT("0"), "0"},
	    {TEXT("-0"), "0"},
	    {TEXT("9223372036854775807"), "9223372036854775807"},
	    {TEXT("-9223372036854775808"), "-9223372036854775808"},
	    {TEXT("9223372036854775808"), "9223372036854775808"},
	    {TEXT("-123456789012345678901234567890"), "-123456789012345678901234567890"},
	    {TEXT("1.5"), "1.5"},
	    {TEXT("1.50"), "1.50"},
	    {TEXT("0.1"), "0.1"},
	    {TEXT("-0.0"), "-0.0"},
	    {TEXT("1E+2"), "1E+2"},
	    {TEXT("1e400000000000000000000"), NULL},
	    {TEXT("-1e999"), NULL},
	    {TEXT("1e-999"), "1e-999"},
	};
	struct json_object *o;
	const char *error;

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool good = json_read(*state, rows[i].text, rows[i].n, &o, &error);

		CHECK_ROW(good == (rows[i].printed != NULL), i);
		if (good)
			assert_string_equal(compact(*state, o), rows[i].printed);
		else
			assert_non_null(strstr(error, "Out of range float values are not JSON"));
	}
}

static void test_whole_numbers_have_no_end(void **state)
{
	char digits[402];
	struct json_object *o;
	const char *error;

	memset(digits, '9', sizeof(digits) - 1);
	digits[0] = '-';
	digits[sizeof(digits) - 1] = '\0';
	assert_true(json_read(*state, TEXT(digits), &o, &error));
	assert_string_equal(compact(*state, o), digits);
	assert_true(json_object_get_double(o) < -1e308);
	digits[400] = '.';
	assert_true(json_read(*state, digits, 400, &o, &error));
	memcpy(digits + 399, ".5", 3);
	assert_false(json_read(*state, digits, 401, &o, &error));
}

static struct json_object *read_ok(struct arena *a, const char *text)
{
	struct json_object *o;
	const char *error;

	if (!json_read(a, text, strlen(text), &o, &error))
		fail_msg("%s: %s", text, error);
	return o;
}

static void test_types_are_those_of_the_text(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} rows[] = {
	    {"1", json_type_int},
	    {"1.0", json_type_double},
	    {"1e0", json_type_double},
	    {"9223372036854775808", json_type_double},
	    {"true", json_type_boolean},
	    {"\"1\"", json_type_string},
	    {"null", json_type_null},
	    {"[]", json_type_array},
	    {"{}", json_type_object},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(json_object_get_type(read_ok(*state, rows[i].text)) == rows[i].type, i);
}

static void test_the_last_of_repeated_members_wins(void **state)
{
	struct json_object *o = read_ok(*state, "{\"a\":1,\"b\":2,\"a\":{\"c\":3}}");

	assert_string_equal(compact(*state, o), "{\"a\":{\"c\":3},\"b\":2}");
}

static void test_a_nul_stays_in_a_value_and_is_refused_in_a_name(void **state)
{
	static const char name[] = "{\"ok\":1,\n \"a\\u0000b\":2}";
	struct json_object *o = read_ok(*state, "\"a\\u0000b\"");
	const char *error;

	assert_int_equal(json_object_get_string_len(o), 3);
	assert_memory_equal(json_object_get_string(o), "a\0b", 3);
	assert_false(json_read(*state, TEXT(name), &o, &error));
	assert_string_equal(error, "Null character in a property name: line 2 column 2 (char 10)");
}

static void test_a_lone_surrogate_is_kept_in_three_bytes(void **state)
{
	struct json_object *o = read_ok(*state, "\"\\uD800\"");

	assert_int_equal(json_object_get_string_len(o), 3);
	assert_memory_equal(json_object_get_string(o), "\xed\xa0\x80", 3);
}

/* n brackets open and closed again, with something before each. */
static const char *nested(struct arena *a, size_t n, const char *open, const char *close)
{
	struct buf b = BUF(a);

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, open);
	buf_adds(&b, "1");
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, close);
	return buf_str(&b);
}

static void test_nesting_ends_at_the_limit(void **state)
{
	struct json_object *o;
	const char *error, *text;

	read_ok(*state, nested(*state, JSON_MAX_DEPTH, "[", "]"));
	read_ok(*state, nested(*state, JSON_MAX_DEPTH, "{\"a\":", "}"));
	text = nested(*state, JSON_MAX_DEPTH + 1, "[", "]");
	assert_false(json_read(*state, text, strlen(text), &o, &error));
	assert_string_equal(error, "Nesting deeper than 32 levels: line 1 column 33 (char 32)");
	text = nested(*state, 100000, "[\n", "]");
	assert_false(json_read(*state, text, strlen(text), &o, &error));
	assert_string_equal(error, "Nesting deeper than 32 levels: line 33 column 1 (char 64)");
}

static void test_a_text_without_a_nul_behind_it_is_read_to_its_end_only(void **state)
{
	static const char *const texts[] = {"[1,22]", "\"abc\"", "true", "-12.5e7", "{\"a\":null}"};
	struct json_object *o;
	const char *error;

	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t n = strlen(texts[i]);
		char *bare = malloc(n); /* the sanitizer watches its end */

		assert_non_null(bare);
		memcpy(bare, texts[i], n);
		assert_true(json_read(*state, bare, n, &o, &error));
		free(bare);
		assert_string_equal(compact(*state, o), texts[i]);
	}
}

static void test_indented_text_has_one_item_a_line(void **state)
{
	static const char text[] =
	    "{\"count\":1,\"next\":null,\"results\":[{\"a\":[],\"b\":{}},2]}";
	struct buf b = BUF(*state);

	json_write(&b, read_ok(*state, text), 4);
	assert_string_equal(buf_str(&b), "{\n"
					 "    \"count\": 1,\n"
					 "    \"next\": null,\n"
					 "    \"results\": [\n"
					 "        {\n"
					 "            \"a\": [],\n"
					 "            \"b\": {}\n"
					 "        },\n"
					 "        2\n"
					 "    ]\n"
					 "}");
}

static void test_deep_indents_are_blanks_only(void **state)
{
	const char *line;
	struct buf b = BUF(*state);

	json_write(&b, read_ok(*state, nested(*state, JSON_MAX_DEPTH, "[", "]")), 8);
	line = strchr(buf_str(&b), '1');
	assert_non_null(line);
	for (size_t i = 1; i <= 8 * JSON_MAX_DEPTH; i++)
		assert_int_equal(line[-(ptrdiff_t)i], ' ');
	assert_int_equal(line[-8 * JSON_MAX_DEPTH - 1], '\n');
}

static void test_each_indent_from_1_to_8_is_that_wide(void **state)
{
	for (int indent = 1; indent <= 8; indent++) {
		struct buf b = BUF(*state);

		json_write(&b, read_ok(*state, "[0]"), indent);
		assert_string_equal(buf_str(&b), arena_printf(*state, "[\n%*s0\n]", indent, ""));
	}
}

static void test_objects_made_by_hand_are_printed(void **state)
{
	struct json_object *o = arena_own_json(*state, json_object_new_array());

	json_object_array_add(o, json_object_new_double(2.5));
	json_object_array_add(o, json_object_new_double(1.0 / 0.0));
	json_object_array_add(o, json_object_new_string("\x1f\"\\"));
	json_object_array_add(o, NULL);
	assert_string_equal(compact(*state, o), "[2.5,null,\"\\u001f\\\"\\\\\",null]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_malformed_text_is_named_in_pythons_words),
	    TEST(test_valid_text_is_printed_compact),
	    TEST(test_whole_numbers_have_no_end),
	    TEST(test_types_are_those_of_the_text),
	    TEST(test_the_last_of_repeated_members_wins),
	    TEST(test_a_nul_stays_in_a_value_and_is_refused_in_a_name),
	    TEST(test_a_lone_surrogate_is_kept_in_three_bytes),
	    TEST(test_nesting_ends_at_the_limit),
	    TEST(test_a_text_without_a_nul_behind_it_is_read_to_its_end_only),
	    TEST(test_indented_text_has_one_item_a_line),
	    TEST(test_deep_indents_are_blanks_only),
	    TEST(test_each_indent_from_1_to_8_is_that_wide),
	    TEST(test_objects_made_by_hand_are_printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
