/* test_page.c: limit and offset of a list, whatever stands in the query. */
#include "unit.h"

#include "api/page.h"

#include <string.h>

#define USUAL 50
#define MOST 1000
#define FAR (INT64_MAX / 4)

static void read_query(struct arena *a, const char *query, int64_t *limit, int64_t *offset)
{
	static const struct config config = {.paginate_count = USUAL, .max_page_size = MOST};
	struct request r = {.arena = a, .config = &config};

	assert_true(params_parse(a, query, strlen(query), &r.query));
	page_read(&r, limit, offset);
}

static void test_limit_and_offset(void **state)
{
	static const struct {
		const char *text;
		int64_t limit, offset;
	} rows[] = {
	    {"", USUAL, 0},
	    {"limit=2&offset=3", 2, 3},
	    {"offset=3&limit=2", 2, 3},
	    {"limit=1", 1, 0},
	    {"limit=1000", 1000, 0},
	    {"limit=1001", MOST, 0},
	    {"limit=0", MOST, 0},
	    {"limit=-0", MOST, 0},
	    {"limit=-1", USUAL, 0},
	    {"limit=-9223372036854775809", USUAL, 0},
	    {"limit=9223372036854775808", MOST, 0},
	    {"limit=99999999999999999999999999", MOST, 0},
	    {"limit=1&limit=x", USUAL, 0},
	    {"limit=x&limit=1", 1, 0},
	    {"LIMIT=1", USUAL, 0},
	    {"offset=-1", USUAL, 0},
	    {"offset=-0", USUAL, 0},
	    {"offset=9223372036854775807", USUAL, FAR},
	    {"offset=18446744073709551616", USUAL, FAR},
	    {"offset=-18446744073709551616", USUAL, 0},
	    {"offset=1&offset=", USUAL, 0},
	};
	int64_t limit, offset;

	for (size_t i = 0; i < COUNT(rows); i++) {
		read_query(*state, rows[i].text, &limit, &offset);
		CHECK_ROW(limit == rows[i].limit, i);
		CHECK_ROW(offset == rows[i].offset, i);
	}
}

/* As Python's int(); 0 stands for what that refuses, since none of the good ones is 0. */
static void test_numbers_are_read_as_python_reads_them(void **state)
{
	static const struct {
		const char *text;
		int64_t offset;
	} rows[] = {
	    {"7", 7},
	    {"007", 7},
	    {"%2B7", 7},
	    {"+7", 7}, /* "+" is a blank */
	    {"7+", 7},
	    {"%09%0A7%0D%0C", 7},
	    {"%C2%A07%E3%80%80", 7},
	    {"1_000", 1000},
	    {"1_0_0", 100},
	    {"0_7", 7},
	    {"%2B1_0", 10},
	    {"", 0},
	    {"%20", 0},
	    {"%2B", 0},
	    {"-", 0},
	    {"--7", 0},
	    {"%2B-7", 0},
	    {"-%2B7", 0},
	    {"%2B%2B7", 0},
	    {"%2B+7", 0},
	    {"7+7", 0},
	    {"_7", 0},
	    {"7_", 0},
	    {"7__7", 0},
	    {"%2B_7", 0},
	    {"_", 0},
	    {"7.0", 0},
	    {"7e1", 0},
	    {"0x7", 0},
	    {"7,000", 0},
	    {"7'", 0},
	    {"%00", 0},
	    {"7%00", 0},
	    {"7%007", 0},
	    {"%FF", 0},
	    {"%EF%BF%BD7", 0},
	    {"seven", 0},
	    {"None", 0},
	};
	int64_t limit, offset;

	for (size_t i = 0; i < COUNT(rows); i++) {
		read_query(
		    *state, arena_printf(*state, "offset=%s", rows[i].text), &limit, &offset);
		CHECK_ROW(offset == rows[i].offset, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_limit_and_offset),
	    TEST(test_numbers_are_read_as_python_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
