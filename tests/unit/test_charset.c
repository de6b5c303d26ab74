/* test_charset.c: JSON bodies in other character sets. */
#include "unit.h"

#include "http/charset.h"

#include <string.h>

#define ACUTE "\xc3\xa9" /* é */
#define GRIN "\xf0\x9f\x98\x80" /* U+1F600 */

static void test_text_becomes_utf8(void **state)
{
	static const struct {
		const char *charset, *text;
		size_t n;
		const char *expected; /* NULL: not in that set */
	} rows[] = {
	    {NULL, TEXT("a\xe9"), "a\xe9"},
	    {"utf-8", TEXT("\xc3\xa9"), ACUTE},
	    {"nonsense", TEXT("\xc3\xa9"), ACUTE},
	    {"", TEXT("\xc3\xa9"), ACUTE},
	    {"utf-1", TEXT("\xc3\xa9"), ACUTE},
	    {"utf-16x", TEXT("\xc3\xa9"), ACUTE},
	    {"latin-1", TEXT(""), ""},
	    {"latin-1", TEXT("a\xe9\x80\xff"), "a" ACUTE "\xc2\x80\xc3\xbf"},
	    {"ISO-8859-1", TEXT("\xe9"), ACUTE},
	    {"iso_8859-1", TEXT("\xe9"), ACUTE},
	    {"Latin1", TEXT("\xe9"), ACUTE},
	    {"us-ascii", TEXT("a\x7f"), "a\x7f"},
	    {"ASCII", TEXT("a\x80"), NULL},
	    {"utf-16le", TEXT("a\0\xe9\0\x3d\xd8\0\xde"), "a" ACUTE GRIN},
	    {"UTF-16BE", TEXT("\0a\0\xe9\xd8\x3d\xde\0"), "a" ACUTE GRIN},
	    {"utf-16", TEXT("\xff\xfe\xac\x20"), "\xe2\x82\xac"},
	    {"utf_16", TEXT("\xfe\xff\x20\xac"), "\xe2\x82\xac"},
	    {"utf-16", TEXT("\xff\xfe"), ""},
	    {"utf-16", TEXT(""), NULL},
	    {"utf-16", TEXT("a\0"), NULL},
	    {"utf-16", TEXT("\xff"), NULL},
	    {"utf-16le", TEXT("a\0b"), NULL},
	    {"utf-16le", TEXT("\x3d\xd8"), NULL},
	    {"utf-16le", TEXT("\x3d\xd8\x3d\xd8\0\xde"), NULL},
	    {"utf-16le", TEXT("\x3d\xd8z\0"), NULL},
	    {"utf-16be", TEXT("\xde\0\xd8\x3d"), NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *error = NULL;
		size_t n = rows[i].n;
		const char *out =
		    charset_to_utf8(*state, rows[i].charset, rows[i].text, &n, &error);

		CHECK_ROW((out == NULL) == (rows[i].expected == NULL), i);
		CHECK_ROW((out == NULL) == (error != NULL), i);
		if (out)
			CHECK_ROW(
			    n == strlen(rows[i].expected) && memcmp(out, rows[i].expected, n) == 0,
			    i);
	}
}

static void test_problems_are_told_as_in_python(void **state)
{
	static const struct {
		const char *charset, *text;
		size_t n;
		const char *error;
	} rows[] = {
	    {"ascii", TEXT("{\"\xc3"),
		"'ascii' codec can't decode byte 0xc3 in position 2: ordinal not in range(128)"},
	    {"utf-16", TEXT("{}"), "UTF-16 stream does not start with BOM"},
	    {"utf-16-le", TEXT("{\0}"),
		"'utf-16-le' codec can't decode byte 0x7d in position 2: truncated data"},
	    {"utf-16-be", TEXT("\0{\xd8\0"),
		"'utf-16-be' codec can't decode byte 0xd8 in position 2: illegal UTF-16 surrogate"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *error = NULL;
		size_t n = rows[i].n;

		assert_null(charset_to_utf8(*state, rows[i].charset, rows[i].text, &n, &error));
		assert_string_equal(error, rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_text_becomes_utf8),
	    TEST(test_problems_are_told_as_in_python),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
