/* test_next.c: where signing in may lead to. */
#include "unit.h"

#include <string.h>

#include "web/next.h"

static void follows_places_of_this_site(void **state)
{
	static const struct {
		const char *text, *location;
	} rows[] = {
	    {"/", "/"},
	    {"/user/api-tokens/", "/user/api-tokens/"},
	    {"/app/?q=a//b&c=http://x/", "/app/?q=a//b&c=http://x/"},
	    {"/a#//b", "/a#//b"},
	    {"user/profile", "user/profile"},
	    {"http://host.example:8080/a", "http://host.example:8080/a"},
	    {"https://host.example:8080/a", "https://host.example:8080/a"},
	    {"http://host.example:8080", "http://host.example:8080"},
	    {"/gr\xc3\xbc\xc3\x9f", "/gr%C3%BC%C3%9F"},
	    {"/a b", "/a%20b"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *got = next_safe(*state, "host.example:8080", rows[i].text);

		CHECK_ROW(got && strcmp(got, rows[i].location) == 0, i);
	}
}

static void refuses_other_places(void **state)
{
	static const struct {
		const char *text;
	} rows[] = {
	    {""},
	    {" "},
	    {"//evil.example"},
	    {"///evil.example"},
	    {"/\\evil.example"},
	    {"\\\\evil.example"},
	    {"/%2fevil.example"},
	    {"/%2Fevil.example"},
	    {"/%5cevil.example"},
	    {"/%252fevil.example"},
	    {"/\tevil"},
	    {"/\n/evil.example"},
	    {"/a\r\nSet-Cookie: a=b"},
	    {"\x01/evil"},
	    {" /evil"},
	    {"/..//evil.example"},
	    {"/./a"},
	    {"/%00"},
	    {"javascript:alert(1)"},
	    {"data:text/html,x"},
	    {"https://evil.example/"},
	    {"http:///evil.example"},
	    {"http:/evil.example"},
	    {"https:evil.example"},
	    {"HTTP://host.example:8080/"},
	    {"http://host.example:8080@evil.example/"},
	    {"http://host.example:8080.evil.example/"},
	    {"http://host.example:80801/"},
	    {"http://host.example/"},
	    {"http://host.example:8080//evil.example"},
	    {"http://user@host.example:8080/"},
	    {"?a"},
	    {"#a"},
	    {"a%3a//b"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(!next_safe(*state, "host.example:8080", rows[i].text), i);
	assert_null(next_safe(*state, "host.example:8080", NULL));
}

static void refuses_what_is_too_long(void **state)
{
	char next[4000];

	memset(next, 'a', sizeof(next));
	next[0] = '/';
	next[2040] = '\0';
	assert_non_null(next_safe(*state, "h", next));
	memset(next + 100, '<', 5); /* two bytes more each in the header */
	assert_null(next_safe(*state, "h", next));
	next[2040] = 'a';
	next[sizeof(next) - 1] = '\0';
	assert_null(next_safe(*state, "h", next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(follows_places_of_this_site),
	    TEST(refuses_other_places),
	    TEST(refuses_what_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
