/* test_pepper.c: the pepper file: what is one, what is none, who may read it; and what it signs. */
#include "unit.h"

#include "base/text.h"
#include "model/pepper.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ONE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TWO "FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210FEDCBA9876543210"
#define NONE "0000000000000000000000000000000000000000000000000000000000000000"

/* A file with this text; its path. */
static const char *write_file(struct arena *a, const char *text, size_t n, mode_t mode)
{
	char *path = arena_strdup(a, "/tmp/postern-pepper-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static struct peppers *load(
    struct arena *a, const char *text, size_t n, mode_t mode, const char **problem)
{
	const char *path = write_file(a, text, n, mode);
	struct peppers *p = peppers_load(path, problem);

	if (!p) /* it tells which file, and nothing of what is in it */
		assert_true(text_starts(*problem, path) && !strstr(*problem, "abcdef"));
	unlink(path);
	return p;
}

static void test_files_that_are_read(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		int newest;
		size_t count;
	} rows[] = {
	    {TEXT("1 " ONE "\n"), 1, 1},
	    {TEXT("1 " ONE), 1, 1},
	    {TEXT("32767 " TWO "\n"), 32767, 1},
	    {TEXT("001 " ONE "\n"), 1, 1},
	    {TEXT("1 " ONE "\n2 " TWO "\n"), 2, 2},
	    {TEXT("2 " ONE "\n1 " TWO "\n"), 2, 2},
	    {TEXT("2 " ONE "\n3 " TWO "\n1 " TWO "\n"), 3, 3},
	    {TEXT("# made by hand\n\n1 " ONE "\n\n# the end\n"), 1, 1},
	    {TEXT("\n\n1 " ONE), 1, 1},
	};
	static const unsigned char key[KEY_BYTES] = {1};
	const char *problem, *digests;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct peppers *p = load(*state, rows[i].text, rows[i].n, 0600, &problem);
		size_t count = 0;

		CHECK_ROW(p, i);
		CHECK_ROW(peppers_newest(p) == rows[i].newest, i);
		for (digests = peppers_digests(p, *state, key); (digests = strstr(digests, "\\x"));
		     digests++)
			count++;
		CHECK_ROW(count == rows[i].count, i);
		peppers_free(p);
	}
}

static void test_files_that_are_refused(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} rows[] = {
	    {TEXT("")},
	    {TEXT("\n")},
	    {TEXT("# 1 " ONE "\n")},
	    {TEXT("1\n")},
	    {TEXT("1 \n")},
	    {TEXT(ONE "\n")},
	    {TEXT(" " ONE "\n")},
	    {TEXT("0 " ONE "\n")},
	    {TEXT("-1 " ONE "\n")},
	    {TEXT("+1 " ONE "\n")},
	    {TEXT("32768 " ONE "\n")},
	    {TEXT("4294967297 " ONE "\n")},
	    {TEXT("18446744073709551617 " ONE "\n")},
	    {TEXT("1.0 " ONE "\n")},
	    {TEXT("0x1 " ONE "\n")},
	    {TEXT("x " ONE "\n")},
	    {TEXT(" 1 " ONE "\n")},
	    {TEXT("1  " ONE "\n")},
	    {TEXT("1\t" ONE "\n")},
	    {TEXT("1=" ONE "\n")},
	    {TEXT("1 " ONE " \n")},
	    {TEXT("1 " ONE "\r\n")},
	    {TEXT("1 " ONE "00\n")},
	    {TEXT("1 " ONE " # mine\n")},
	    {TEXT("1 0123456789abcdef\n")},
	    {TEXT("1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n")},
	    {TEXT("1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg\n")},
	    {TEXT("1 0x23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")},
	    {TEXT("1 " NONE "\n")},
	    {TEXT("1 " ONE "\n1 " TWO "\n")},
	    {TEXT("1 " ONE "\n2 " TWO "\n01 " TWO "\n")},
	    {TEXT("1 " ONE "\nnonsense\n")},
	    {TEXT("\xef\xbb\xbf"
		  "1 " ONE "\n")},
	};
	const char *problem;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct peppers *p = load(*state, rows[i].text, rows[i].n, 0600, &problem);

		CHECK_ROW(!p, i);
		CHECK_ROW(strstr(problem, "64 hex digits"), i);
	}
}

/* n peppers, numbered from 1. */
static const char *many(struct arena *a, int n)
{
	const char *text = "";

	for (int i = 1; i <= n; i++)
		text = arena_printf(a, "%s%d " ONE "\n", text, i);
	return text;
}

static void test_sixteen_peppers_and_no_more(void **state)
{
	const char *problem, *text = many(*state, 16);
	struct peppers *p = load(*state, text, strlen(text), 0600, &problem);

	assert_non_null(p);
	assert_int_equal(peppers_newest(p), 16);
	peppers_free(p);
	text = many(*state, 17);
	assert_null(load(*state, text, strlen(text), 0600, &problem));
}

static void test_a_long_file_is_refused_whole(void **state)
{
	char *text = arena_alloc(*state, 8192);
	const char *problem;

	memset(text, '#', 8191);
	memcpy(text, "1 " ONE "\n", sizeof("1 " ONE "\n") - 1);
	assert_null(load(*state, text, 8191, 0600, &problem));
	assert_true(text_ends(problem, "is too long"));
	assert_null(peppers_load("/nonexistent/pepper", &problem));
	assert_true(text_starts(problem, "/nonexistent/pepper: "));
	assert_null(peppers_load("/tmp", &problem));
}

static void test_a_file_that_others_can_read_or_change_is_refused(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		bool good;
	} rows[] = {
	    {"owner", 0600, true},
	    {"owner reads", 0400, true},
	    {"group reads", 0640, true},
	    {"group changes", 0660, false},
	    {"all read", 0644, false},
	    {"all change", 0602, false},
	    {"all run", 0601, false},
	};
	const char *problem;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct peppers *p = load(*state, TEXT("1 " ONE "\n"), rows[i].mode, &problem);

		CHECK_ROW(!p == !rows[i].good, i);
		CHECK_ROW(p || strstr(problem, "chmod"), i);
		if (p)
			peppers_free(p);
	}
}

static void test_the_newest_signs_unless_another_is_followed(void **state)
{
	static const unsigned char key[KEY_BYTES] = {1, 2, 3};
	unsigned char first[DIGEST_BYTES], second[DIGEST_BYTES], secret[32], wanted[DIGEST_BYTES];
	const char *problem;
	struct peppers *p = load(*state, TEXT("1 " ONE "\n2 " TWO "\n"), 0600, &problem);
	_Atomic int followed = 1;
	int number;

	assert_non_null(p);
	peppers_sign(p, key, second, &number);
	assert_int_equal(number, 2);
	assert_true(parse_hex(TWO, secret, sizeof(secret)));
	crypto_auth_hmacsha256(wanted, key, sizeof(key), secret);
	assert_memory_equal(second, wanted, sizeof(wanted));
	peppers_follow(p, &followed);
	peppers_sign(p, key, first, &number);
	assert_int_equal(number, 1);
	assert_memory_not_equal(first, second, sizeof(first));
	followed = 3; /* not there */
	peppers_sign(p, key, first, &number);
	assert_int_equal(number, 2);
	assert_memory_equal(first, second, sizeof(first));
	peppers_free(p);
}

static void test_a_file_that_was_made_can_be_read_and_is_never_made_again(void **state)
{
	const char *path = write_file(*state, "", 0, 0600), *problem;
	struct peppers *p;
	struct stat st;

	unlink(path);
	assert_true(peppers_create(path, "", &problem));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	p = peppers_load(path, &problem);
	assert_non_null(p);
	assert_int_equal(peppers_newest(p), 1);
	peppers_free(p);
	assert_false(peppers_create(path, "", &problem));
	assert_true(text_starts(problem, path));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_files_that_are_read),
	    TEST(test_files_that_are_refused),
	    TEST(test_sixteen_peppers_and_no_more),
	    TEST(test_a_long_file_is_refused_whole),
	    TEST(test_a_file_that_others_can_read_or_change_is_refused),
	    TEST(test_the_newest_signs_unless_another_is_followed),
	    TEST(test_a_file_that_was_made_can_be_read_and_is_never_made_again),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
