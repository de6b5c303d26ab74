/* test_authorization.c: one Authorization header, every row of the documented tables. */
#include "unit.h"

#include "auth/authorization.h"

#include <string.h>

#define KEY "0123456789abcdef0123456789abcdef01234567"
#define KEY_UPPER "0123456789ABCDEF0123456789ABCDEF01234567"

#define TOKEN_MISSING "Invalid token header. No credentials provided."
#define TOKEN_SPACES "Invalid token header. Token string should not contain spaces."
#define TOKEN_INVALID "Invalid token header. Token string should not contain invalid characters."
#define BASIC_MISSING "Invalid basic header. No credentials provided."
#define BASIC_SPACES "Invalid basic header. Credentials string should not contain spaces."
#define BASIC_BASE64 "Invalid basic header. Credentials not correctly base64 encoded."

static const unsigned char key_bytes[20] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01,
    0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67};

static void test_a_key_is_read_behind_its_scheme_word(void **state)
{
	static const struct {
		const char *text;
	} rows[] = {
	    {"Token " KEY},
	    {"token " KEY},
	    {"TOKEN " KEY},
	    {"tOkEn " KEY},
	    {"Bearer " KEY},
	    {"bearer " KEY},
	    {"Token  " KEY},
	    {"Token\t" KEY},
	    {" Token " KEY " "},
	    {"\tToken \t" KEY "\t "},
	    {"Token " KEY_UPPER},
	};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, strlen(rows[i].text), false, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_TOKEN, i);
		CHECK_ROW(out.token_is_key, i);
		CHECK_ROW(strlen(out.token) == 40, i);
		assert_memory_equal(out.key, key_bytes, sizeof(key_bytes));
	}
}

static void test_other_words_are_tokens_but_not_keys(void **state)
{
	static const struct {
		const char *text, *token;
	} rows[] = {
	    {"Token abc", "abc"},
	    {"Token None", "None"},
	    {"Token " KEY "," KEY, KEY "," KEY},
	    {"Token " KEY "0", KEY "0"},
	    {"Token \"" KEY "\"", "\"" KEY "\""},
	    {"Token 0123456789abcdef0123456789abcdef0123456g",
		"0123456789abcdef0123456789abcdef0123456g"},
	    {"Token \xc3\xa9", "\xc3\xa9"},
	    {"Token abc\xc2\xa0"
	     "def",
		"abc\xc2\xa0"
		"def"},
	};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, strlen(rows[i].text), true, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_TOKEN, i);
		CHECK_ROW(!out.token_is_key, i);
		assert_string_equal(out.token, rows[i].token);
	}
}

static void test_malformed_credentials_are_refused_with_the_documented_text(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *error;
	} rows[] = {
	    {TEXT("Token"), TOKEN_MISSING},
	    {TEXT("Token "), TOKEN_MISSING},
	    {TEXT("Bearer\t"), TOKEN_MISSING},
	    {TEXT("Token abc def"), TOKEN_SPACES},
	    {TEXT("Token " KEY ", Token " KEY), TOKEN_SPACES},
	    {TEXT("Token " KEY ",Token " KEY), TOKEN_SPACES},
	    {TEXT("Token " KEY ", Basic YTpi"), TOKEN_SPACES},
	    {TEXT("Bearer " KEY ", Bearer " KEY), TOKEN_SPACES},
	    {TEXT("Token " KEY " x y z"), TOKEN_SPACES},
	    {TEXT("Token \xe9"), TOKEN_INVALID},
	    {TEXT("Token abc\xa0xyz"), TOKEN_INVALID},
	    {TEXT("Token " KEY "\0"), TOKEN_INVALID},
	    {TEXT("Token \0" KEY), TOKEN_INVALID},
	    {TEXT("Token \x01" KEY), TOKEN_INVALID},
	    {TEXT("Token " KEY "\x7f"), TOKEN_INVALID},
	    {TEXT("Token\n" KEY), TOKEN_INVALID},
	    {TEXT("Token " KEY "\r\n"), TOKEN_INVALID},
	    {TEXT("Token\v" KEY), TOKEN_INVALID},
	    {TEXT("Basic"), BASIC_MISSING},
	    {TEXT("basic  "), BASIC_MISSING},
	    {TEXT("Basic a b"), BASIC_SPACES},
	    {TEXT("Basic YTpi, Token " KEY), BASIC_SPACES},
	    {TEXT("Basic YTpi, Basic YTpi"), BASIC_SPACES},
	    {TEXT("Basic abc"), BASIC_BASE64},
	    {TEXT("Basic a"), BASIC_BASE64},
	    {TEXT("Basic YTpiYQ"), BASIC_BASE64},
	    {TEXT("Basic YTpiYQ="), BASIC_BASE64},
	    {TEXT("Basic YTpi\x01"), BASIC_BASE64},
	    {TEXT("Basic YTpi\0"), BASIC_BASE64},
	    /* a NUL in the name, in the password */
	    {TEXT("Basic AGE6Yg=="), BASIC_BASE64},
	    {TEXT("Basic YTpiAA=="), BASIC_BASE64},
	};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, rows[i].n, true, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_BAD, i);
		CHECK_ROW(!out.token && !out.username && !out.token_is_key && !out.bare_key, i);
		assert_string_equal(out.error, rows[i].error);
	}
}

static void test_what_is_not_ours_is_anonymous(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		bool bare_key;
	} rows[] = {
	    {TEXT(""), false},
	    {TEXT("  \t"), false},
	    {TEXT("Digest username=\"x\""), false},
	    {TEXT("Digest x, Token " KEY), false},
	    {TEXT(", Token " KEY), false},
	    {TEXT("Token=" KEY), false},
	    {TEXT("Token:" KEY), false},
	    {TEXT("Tokens " KEY), false},
	    {TEXT("Token\x01 " KEY), false},
	    {TEXT("Token\xa0" KEY), false},
	    {TEXT("Token" KEY), false},
	    {TEXT(KEY), true},
	    {TEXT(" " KEY_UPPER " "), true},
	    {TEXT(KEY "0"), false},
	    {TEXT(KEY " " KEY), false},
	    {TEXT("g123456789abcdef0123456789abcdef01234567"), false},
	};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, rows[i].n, true, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_NONE, i);
		CHECK_ROW(out.bare_key == rows[i].bare_key, i);
	}
	authorization_parse(*state, NULL, 0, true, &out);
	assert_int_equal(out.scheme, AUTHORIZATION_NONE);
	assert_false(out.bare_key);
}

static void test_basic_credentials_are_decoded_as_python_does(void **state)
{
	static const struct {
		const char *text, *username, *password;
	} rows[] = {
	    {"Basic aGFua2hpbGw6STwzQzNIOA==", "hankhill", "I<3C3H8"},
	    {"bAsIc\taGFua2hpbGw6STwzQzNIOA==", "hankhill", "I<3C3H8"},
	    {"Basic YTpiOmM6", "a", "b:c:"},
	    {"Basic Og==", "", ""},
	    {"Basic OmI=", "", "b"},
	    {"Basic YTo=", "a", ""},
	    /* no colon: all is the name */
	    {"Basic YWJj", "abc", ""},
	    /* nothing is trimmed */
	    {"Basic IGEgOiBiIA==", " a ", " b "},
	    /* what is no digit does not count */
	    {"Basic !!!!", "", ""},
	    {"Basic ====", "", ""},
	    {"Basic =YTpi", "a", "b"},
	    {"Basic Y!T-p_i", "a", "b"},
	    {"Basic \xe9YTpi", "a", "b"},
	    {"Basic YTpi=", "a", "b"},
	    /* a pad ends the text only where it completes a group */
	    {"Basic YT=pi", "a", "b"},
	    {"Basic YTo=YWJj", "a", ""},
	    {"Basic YTo==YWJj", "a", ""},
	    /* UTF-8; Latin-1; both, which is Latin-1 */
	    {"Basic w6k6w7w=", "\xc3\xa9", "\xc3\xbc"},
	    {"Basic 6Tr8", "\xc3\xa9", "\xc3\xbc"},
	    {"Basic w6k6/w==", "\xc3\x83\xc2\xa9", "\xc3\xbf"},
	    /* every digit */
	    {"Basic ePo6ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210/+",
		"x\303\272",
		"e\302\205\303\226UD\303\222E\003\303\2164\303\202\303\212$\302\201\303\206\024@"
		"\303\202\004\014\303\262\303\207\013\303\256\302\266\303\212\303\252\302\246\302"
		"\211\303\246\302\226H\303\242\302\206\007\303\236u\303\206\303\232\303\267\303\216"
		"\303\272\303\247\302\215\303\266\303\227O\303\276"},
	};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, strlen(rows[i].text), true, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_BASIC, i);
		assert_string_equal(out.username, rows[i].username);
		assert_string_equal(out.password, rows[i].password);
		CHECK_ROW(out.password_len == strlen(rows[i].password), i);
	}
}

static void test_basic_is_anonymous_where_it_is_not_known(void **state)
{
	static const struct {
		const char *text;
	} rows[] = {{"Basic YTpi"}, {"Basic"}, {"Basic abc"}, {"basic a b"}};
	struct authorization out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		authorization_parse(*state, rows[i].text, strlen(rows[i].text), false, &out);
		CHECK_ROW(out.scheme == AUTHORIZATION_NONE, i);
		CHECK_ROW(!out.username, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_key_is_read_behind_its_scheme_word),
	    TEST(test_other_words_are_tokens_but_not_keys),
	    TEST(test_malformed_credentials_are_refused_with_the_documented_text),
	    TEST(test_what_is_not_ours_is_anonymous),
	    TEST(test_basic_credentials_are_decoded_as_python_does),
	    TEST(test_basic_is_anonymous_where_it_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
