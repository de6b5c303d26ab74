/* test_names.c: which paths, hosts, request ids and methods are let in. */
#include "unit.h"

#include "http/names.h"

#include <stdbool.h>
#include <string.h>

struct row {
	const char *text;
	bool good;
};

static void test_paths(void **state)
{
	static const struct row rows[] = {
	    {"/", true},
	    {"/api/users/tokens/", true},
	    {"/api/users/tokens.json", true},
	    {"/a/.well-known/x", true},
	    {"/a/..b/...", true},
	    {"/a b/%2e%2e/~", true},
	    {"/\xc3\xa9", true},
	    {"", false},
	    {"api", false},
	    {"*", false},
	    {"//", false},
	    {"/a//b", false},
	    {"/a//", false},
	    {"/.", false},
	    {"/..", false},
	    {"/./", false},
	    {"/a/../b", false},
	    {"/a/./b", false},
	    {"/a/..", false},
	    {"/a\\b", false},
	    {"/a\nb", false},
	    {"/a\x01", false},
	    {"/a\x7f", false},
	    {"/\xff", false},
	    {"/\xc0\xaf", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(path_sane(rows[i].text) == rows[i].good, i);
}

static void test_a_path_has_at_most_2048_bytes(void **state)
{
	char path[2050];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[2048] = '\0';
	assert_true(path_sane(path));
	path[2048] = 'a';
	path[2049] = '\0';
	assert_false(path_sane(path));
}

#define LABEL_63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void test_hosts(void **state)
{
	static const struct row rows[] = {
	    {"localhost", true},
	    {"localhost:8080", true},
	    {"Example.ORG", true},
	    {"example.org.", true},
	    {"my_service:1", true},
	    {"a-b.c", true},
	    {"127.0.0.1", true},
	    {"127.0.0.1:65535", true},
	    {"[::1]", true},
	    {"[::1]:8080", true},
	    {"[2001:db8::1.2.3.4]", true},
	    {LABEL_63, true},
	    {LABEL_63 "a", false},
	    {LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, false},
	    {"", false},
	    {":80", false},
	    {"a:", false},
	    {"a:1", true},
	    {"a:0", false},
	    {"a:65536", false},
	    {"a:-1", false},
	    {"a:80:80", false},
	    {"a:8x", false},
	    {"a:000080", false},
	    {".a", false},
	    {"a..b", false},
	    {".", false},
	    {"a b", false},
	    {"a/b", false},
	    {"a@b", false},
	    {"a,b", false},
	    {"a\r\nb", false},
	    {"\xc3\xa9", false},
	    {"*", false},
	    {"::1", false},
	    {"[::1", false},
	    {"[::1]x", false},
	    {"[]", false},
	    {"[127.0.0.1]", false},
	    {"[fe80::1%eth0]", false},
	    {"[::1]]", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(host_sane(rows[i].text) == rows[i].good, i);
}

static void test_hosts_are_allowed_by_the_list(void **state)
{
	static const struct {
		const char *text, *list;
		bool good;
	} rows[] = {
	    {"example.org", "example.org", true},
	    {"EXAMPLE.org:8080", "example.ORG", true},
	    {"example.org.", "example.org", true},
	    {"b", "a,b", true},
	    {"b", " a , b ", true},
	    {"anything", "a,*", true},
	    {"example.org", ".example.org", true},
	    {"www.example.org", ".example.org", true},
	    {"a.b.example.org:1", ".EXAMPLE.org", true},
	    {"[::1]:80", "localhost,[::1]", true},
	    {"127.0.0.1", "127.0.0.1", true},
	    {"example.org", "", false},
	    {"example.org", " , ", false},
	    {"example.org", "example.com", false},
	    {"www.example.org", "example.org", false},
	    {"badexample.org", ".example.org", false},
	    {"ample.org", ".example.org", false},
	    {"org", ".example.org", false},
	    {"example.org.evil.com", ".example.org", false},
	    {"example.org", "example.orgs", false},
	    {"a", "aa", false},
	    {"b", "a", false},
	    {"b", "*a", false},
	    {"a b", "*", false},
	    {"", "*", false},
	    {"[::2]", "[::1]", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(host_allowed(rows[i].text, rows[i].list) == rows[i].good, i);
}

static void test_request_ids(void **state)
{
	static const struct row rows[] = {
	    {"a", true},
	    {"0b6d4f5e-3c1a-4a52_A.Z9", true},
	    {"0123456789012345678901234567890123456789012345678901234567890123", true},
	    {"01234567890123456789012345678901234567890123456789012345678901234", false},
	    {"", false},
	    {"a b", false},
	    {"a\n", false},
	    {"a\"", false},
	    {"a=b", false},
	    {"\xc3\xa9", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(request_id_sane(rows[i].text) == rows[i].good, i);
}

static void test_safe_methods(void **state)
{
	static const struct row rows[] = {
	    {"GET", true},
	    {"HEAD", true},
	    {"OPTIONS", true},
	    {"POST", false},
	    {"PUT", false},
	    {"PATCH", false},
	    {"DELETE", false},
	    {"TRACE", false},
	    {"get", false},
	    {"GETX", false},
	    {"GE", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(method_safe(rows[i].text) == rows[i].good, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_paths),
	    TEST(test_a_path_has_at_most_2048_bytes),
	    TEST(test_hosts),
	    TEST(test_hosts_are_allowed_by_the_list),
	    TEST(test_request_ids),
	    TEST(test_safe_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
