/* test_fcgi.c: what of a connection's bytes is a whole and sane request, however they arrive, and the records of an answer. */
#include "unit.h"

#include "http/request.h"
#include "server/fcgi.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN(role_) "\1\1\0\1\0\10\0\0\0" role_ "\0\0\0\0\0\0"
#define RESPONDER BEGIN("\1")
#define AUTHORIZER BEGIN("\2")
#define A_IS_BC "\1\4\0\1\0\5\0\0\1\2ABC" /* one pair: A=BC */
#define GATE "\1\4\0\1\0\22\0\0\14\4POSTERN_ROLEgate"
#define NO_MORE_PARAMS "\1\4\0\1\0\0\0\0"
#define BODY "\1\5\0\1\0\3\0\0xyz"
#define NO_MORE_BODY "\1\5\0\1\0\0\0\0"
#define ABORT "\1\2\0\1\0\0\0\0"

static const struct {
	const char *text, *bytes;
	size_t n;
	enum fcgi_state state;
} rows[] = {
    {"whole", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS NO_MORE_BODY), FCGI_WHOLE},
    {"with a body", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS BODY BODY NO_MORE_BODY), FCGI_WHOLE},
    {"no parameter", TEXT(RESPONDER NO_MORE_PARAMS NO_MORE_BODY), FCGI_WHOLE},
    {"body missing", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS), FCGI_MORE},
    {"body without end", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS BODY), FCGI_MORE},
    {"parameters without end", TEXT(RESPONDER A_IS_BC), FCGI_MORE},
    {"an authorizer waits for no body", TEXT(AUTHORIZER A_IS_BC NO_MORE_PARAMS), FCGI_WHOLE},
    {"a gate question waits for no body", TEXT(RESPONDER GATE NO_MORE_PARAMS), FCGI_WHOLE},
    {"padding", TEXT(RESPONDER "\1\4\0\1\0\5\3\0\1\2ABC???" NO_MORE_PARAMS "\1\5\0\1\0\0\1\0?"),
	FCGI_WHOLE},
    {"a pair over two records",
	TEXT(RESPONDER "\1\4\0\1\0\1\0\0\1\1\4\0\1\0\4\0\0\2ABC" NO_MORE_PARAMS NO_MORE_BODY),
	FCGI_WHOLE},
    {"a length of four bytes",
	TEXT(RESPONDER "\1\4\0\1\0\10\0\0\1\200\0\0\2ABC" NO_MORE_PARAMS NO_MORE_BODY), FCGI_WHOLE},
    {"a name of 2 GiB", TEXT(RESPONDER "\1\4\0\1\0\5\0\0\377\377\377\377\1" NO_MORE_PARAMS),
	FCGI_BAD},
    {"a value of 2 GiB", TEXT(RESPONDER "\1\4\0\1\0\6\0\0\1\377\377\377\377A" NO_MORE_PARAMS),
	FCGI_BAD},
    {"a cut length", TEXT(RESPONDER "\1\4\0\1\0\3\0\0\1\200\0" NO_MORE_PARAMS), FCGI_BAD},
    {"a cut value", TEXT(RESPONDER "\1\4\0\1\0\4\0\0\1\2AB" NO_MORE_PARAMS), FCGI_BAD},
    {"no name", TEXT(RESPONDER "\1\4\0\1\0\3\0\0\0\1A" NO_MORE_PARAMS), FCGI_BAD},
    {"a NUL in a name", TEXT(RESPONDER "\1\4\0\1\0\5\0\0\2\1A\0B" NO_MORE_PARAMS), FCGI_NUL},
    {"a NUL in a value", TEXT(RESPONDER "\1\4\0\1\0\5\0\0\1\2AB\0" NO_MORE_PARAMS), FCGI_NUL},
    {"another version", TEXT("\2\1\0\1\0\10\0\0"), FCGI_BAD},
    {"parameters first", TEXT(A_IS_BC), FCGI_BAD},
    {"begun twice", TEXT(RESPONDER RESPONDER), FCGI_BAD},
    {"a body among the parameters", TEXT(RESPONDER A_IS_BC BODY), FCGI_BAD},
    {"parameters in the body", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS A_IS_BC), FCGI_BAD},
    {"another request in between", TEXT(RESPONDER "\1\4\0\2\0\5\0\0\1\2ABC"), FCGI_BAD},
    {"a short beginning", TEXT("\1\1\0\1\0\2\0\0\0\1"), FCGI_BAD},
    {"a padded beginning", TEXT("\1\1\0\1\0\10\1\0\0\1\0\0\0\0\0\0?"), FCGI_BAD},
    {"a padded end of parameters", TEXT(RESPONDER A_IS_BC "\1\4\0\1\0\0\1\0?"), FCGI_BAD},
    {"taken back", TEXT(RESPONDER A_IS_BC ABORT), FCGI_ABORTED},
    {"taken back in its body", TEXT(RESPONDER A_IS_BC NO_MORE_PARAMS BODY ABORT), FCGI_ABORTED},
    {"a management record", TEXT("\1\11\0\0\0\0\0\0"), FCGI_MANAGEMENT},
    {"HTTP", TEXT("GET / HTTP/1.1\r\n\r\n"), FCGI_BAD},
};

static void judges_bytes_that_are_all_here(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fcgi_scan s = {0};

		CHECK_ROW(
		    fcgi_look(&s, (const unsigned char *)rows[i].bytes, rows[i].n) == rows[i].state,
		    i);
	}
}

/* Each time from memory that holds no byte more, so that a sanitizer sees any look beyond. */
static void judges_the_same_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fcgi_scan s = {0};
		enum fcgi_state last = FCGI_MORE;

		for (size_t n = 1; n <= rows[i].n && last == FCGI_MORE; n++) {
			unsigned char *part = malloc(n);

			assert_non_null(part);
			memcpy(part, rows[i].bytes, n);
			last = fcgi_look(&s, part, n);
			free(part);
		}
		CHECK_ROW(last == rows[i].state, i);
	}
}

/* What was seen on the socket may be taken from it in part only, when memory is short. */
static void waits_when_there_is_less_than_before(void **state)
{
	static const char all[] = RESPONDER A_IS_BC NO_MORE_PARAMS NO_MORE_BODY;
	size_t seen = sizeof(RESPONDER A_IS_BC) - 1;

	(void)state;
	for (size_t n = 1; n < seen; n++) {
		struct fcgi_scan s = {0};
		unsigned char *part = malloc(n);

		assert_non_null(part);
		memcpy(part, all, n);
		assert_int_equal(fcgi_look(&s, (const unsigned char *)all, seen), FCGI_MORE);
		assert_int_equal(fcgi_look(&s, part, n), FCGI_MORE);
		assert_int_equal(
		    fcgi_look(&s, (const unsigned char *)all, sizeof(all) - 1), FCGI_WHOLE);
		free(part);
	}
}

static void knows_whether_anything_will_follow(void **state)
{
	static const char now[] = RESPONDER GATE NO_MORE_PARAMS NO_MORE_BODY,
			  later[] = RESPONDER GATE NO_MORE_PARAMS;
	struct fcgi_scan s = {0}, t = {0};

	(void)state;
	assert_int_equal(fcgi_look(&s, (const unsigned char *)now, sizeof(now) - 1), FCGI_WHOLE);
	assert_true(s.gate && s.ended);
	assert_int_equal(
	    fcgi_look(&t, (const unsigned char *)later, sizeof(later) - 1), FCGI_WHOLE);
	assert_true(t.gate && !t.ended);
}

/* A record of the given type with n bytes. */
static void put_record(struct buf *b, char type, size_t n)
{
	const char header[] = {1, type, 0, 1, (char)(n >> 8), (char)n, 0, 0};

	buf_add(b, header, sizeof(header));
	while (n--)
		buf_addc(b, 'x');
}

static void refuses_parameters_over_their_limit_before_they_have_come(void **state)
{
	struct buf b = BUF(*state);
	struct fcgi_scan s = {0};

	buf_add(&b, RESPONDER, sizeof(RESPONDER) - 1);
	put_record(&b, 4, 0xffff);
	put_record(&b, 4, 1);
	assert_int_equal(fcgi_look(&s, (const unsigned char *)b.data, b.len), FCGI_MORE);
	buf_add(&b, "\1\4\0\1\0\1\0\0", 8);
	assert_int_equal(fcgi_look(&s, (const unsigned char *)b.data, b.len), FCGI_TOO_LARGE);
}

static void waits_for_no_more_of_a_body_over_its_limit(void **state)
{
	struct buf b = BUF(*state);
	struct fcgi_scan s = {0};

	buf_add(&b, RESPONDER NO_MORE_PARAMS, sizeof(RESPONDER NO_MORE_PARAMS) - 1);
	for (size_t n = 0; n < REQUEST_BODY_MAX; n += 0x8000)
		put_record(&b, 5, 0x8000);
	assert_int_equal(fcgi_look(&s, (const unsigned char *)b.data, b.len), FCGI_MORE);
	put_record(&b, 5, 1);
	assert_int_equal(fcgi_look(&s, (const unsigned char *)b.data, b.len), FCGI_WHOLE);
	assert_false(s.ended);
}

static void writes_a_short_answer_in_one_record(void **state)
{
	static const char wanted[] =
	    "\1\6\1\2\0\5\0\0ABCDE\1\6\1\2\0\0\0\0\1\3\1\2\0\10\0\0\0\0\0\0\0\0\0";
	struct buf b = BUF(*state);

	fcgi_reply(&b, 258, "AB", 2, "CDE", 3);
	/* the last zero is the literal's own NUL */
	assert_int_equal(b.len, sizeof(wanted));
	assert_memory_equal(b.data, wanted, b.len);
}

static void cuts_a_long_answer_into_records(void **state)
{
	char *body = arena_alloc(*state, 200000);
	struct buf b = BUF(*state);
	size_t found = 0;
	int records = 0;

	memset(body, 'y', 200000);
	fcgi_reply(&b, 1, "AB", 2, body, 200000);
	for (size_t at = 0; at < b.len; records++) {
		const unsigned char *h = (const unsigned char *)b.data + at;
		size_t n = (size_t)h[4] << 8 | h[5];

		found += h[1] == 6 ? n : 0;
		at += 8 + n + h[6];
	}
	assert_int_equal(found, 200002);
	assert_int_equal(records, 1 + 4 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(judges_bytes_that_are_all_here),
	    TEST(judges_the_same_byte_by_byte),
	    TEST(waits_when_there_is_less_than_before),
	    TEST(knows_whether_anything_will_follow),
	    TEST(refuses_parameters_over_their_limit_before_they_have_come),
	    TEST(waits_for_no_more_of_a_body_over_its_limit),
	    TEST(writes_a_short_answer_in_one_record),
	    TEST(cuts_a_long_answer_into_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
