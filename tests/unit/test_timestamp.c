/* test_timestamp.c: times read and written, always shown as UTC. */
#include "unit.h"

#include "base/timestamp.h"

#include <string.h>
#include <time.h>

#define FORMAT "FORMAT"
#define RANGE "RANGE"

static void test_the_formats_of_expires(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {"2021-06-11T20:09:13.339367Z", "2021-06-11T20:09:13.339367Z"},
	    {"2099-01-01T00:00:00Z", "2099-01-01T00:00:00Z"},
	    {"2099-01-01 00:00", "2099-01-01T00:00:00Z"},
	    {"2099-1-2T3:4:5", "2099-01-02T03:04:05Z"},
	    {"2099-01-01T00:00Z", "2099-01-01T00:00:00Z"},
	    {"2099-01-01T00:00:00.5", "2099-01-01T00:00:00.500000Z"},
	    {"2099-01-01T00:00:00,000001", "2099-01-01T00:00:00.000001Z"},
	    {"2099-01-01T00:00:00.000000", "2099-01-01T00:00:00Z"},
	    {"2099-01-01T00:00:00.1234569999Z", "2099-01-01T00:00:00.123456Z"},
	    {"2099-01-01T00:00:00+02:00", "2098-12-31T22:00:00Z"},
	    {"2099-01-01T00:00:00-0230", "2099-01-01T02:30:00Z"},
	    {"2099-01-01T00:00+02", "2098-12-31T22:00:00Z"},
	    {"2099-01-01T00:00:00.25-23:59", "2099-01-01T23:59:00.250000Z"},
	    {"2099-01-01T00:00:00-00:00", "2099-01-01T00:00:00Z"},
	    {"2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"},
	    {"2000-02-29T00:00Z", "2000-02-29T00:00:00Z"},
	    {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"},
	    {"0001-01-01T00:00Z", "0001-01-01T00:00:00Z"},
	    {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
	    /* out of the calendar once the zone is taken off */
	    {"0001-01-01T00:00+00:01", RANGE},
	    {"9999-12-31T23:59-00:01", RANGE},
	    /* refused */
	    {"", FORMAT},
	    {"2099-01-01", FORMAT},
	    {"2099-01-01T", FORMAT},
	    {"2099-01-01T00", FORMAT},
	    {"2099-01-01t00:00", FORMAT},
	    {"2099-01-01T00:00z", FORMAT},
	    {"20990101T000000Z", FORMAT},
	    {"2099-01-01T24:00", FORMAT},
	    {"2099-01-01T23:60", FORMAT},
	    {"2099-01-01T23:59:60", FORMAT},
	    {"2099-01-01T00:00:00.", FORMAT},
	    {"2099-01-01T00:00.5", FORMAT},
	    {" 2099-01-01T00:00", FORMAT},
	    {"2099-01-01T00:00 ", FORMAT},
	    {"2099-01-01T00:00 Z", FORMAT},
	    {"2099-01-01  00:00", FORMAT},
	    {"2099-01-01T00:00\n", FORMAT},
	    {"2023-02-29T00:00", FORMAT},
	    {"1900-02-29T00:00", FORMAT},
	    {"2099-04-31T00:00", FORMAT},
	    {"2099-13-01T00:00", FORMAT},
	    {"2099-00-01T00:00", FORMAT},
	    {"2099-01-00T00:00", FORMAT},
	    {"0000-01-01T00:00", FORMAT},
	    {"99-01-01T00:00", FORMAT},
	    {"12099-01-01T00:00", FORMAT},
	    {"-2099-01-01T00:00", FORMAT},
	    {"2099-001-01T00:00", FORMAT},
	    {"2099-01-001T00:00", FORMAT},
	    {"2099-01-01T000:00", FORMAT},
	    {"2099-01-01T00:000", FORMAT},
	    {"2099-01-01T00:00:000", FORMAT},
	    {"2099-01-01T00:00+001:00", FORMAT},
	    {"2099-01-01T00:00+01:000", FORMAT},
	    {"2099-01-01T00:00+24:00", FORMAT},
	    {"2099-01-01T00:00+01:60", FORMAT},
	    {"2099-01-01T00:00+1", FORMAT},
	    {"2099-01-01T00:00+01:", FORMAT},
	    {"2099-01-01T00:00+01:3", FORMAT},
	    {"2099-01-01T00:00ZZ", FORMAT},
	    {"tomorrow", FORMAT},
	};
	static const char *const errors[] = {
	    [TIMESTAMP_FORMAT] = FORMAT, [TIMESTAMP_RANGE] = RANGE};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t t = 0;
		enum timestamp_error e = timestamp_parse(rows[i].text, &t);
		const char *got = e == TIMESTAMP_OK ? timestamp_iso(*state, t) : errors[e];

		if (strcmp(got, rows[i].expected) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, got, rows[i].expected);
	}
}

static void test_the_formats_of_date_filters(void **state)
{
	static const struct {
		const char *text, *expected; /* NULL: refused */
	} rows[] = {
	    {"2020-01-02", "2020-01-02T00:00:00Z"},
	    {"2020-1-2", "2020-01-02T00:00:00Z"},
	    {"2020-01-02 03:04", "2020-01-02T03:04:00Z"},
	    {"2020-01-02 03:04:05.5", "2020-01-02T03:04:05.500000Z"},
	    {"2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"},
	    {"2020-01-02T03:04:05+01:00", "2020-01-02T02:04:05Z"},
	    {"01/02/2020", "2020-01-02T00:00:00Z"},
	    {"1/2/2020 3:04", "2020-01-02T03:04:00Z"},
	    {"01/02/2020 03:04:05", "2020-01-02T03:04:05Z"},
	    {"01/02/2020 03:04:05.000001", "2020-01-02T03:04:05.000001Z"},
	    {"01/02/68", "2068-01-02T00:00:00Z"},
	    {"01/02/69 03:04", "1969-01-02T03:04:00Z"},
	    {"01/02/20 03:04:05", "2020-01-02T03:04:05Z"},
	    {"01/02/20 03:04:05.5", "2020-01-02T03:04:05.500000Z"},
	    {"Jan 1 2020", "2020-01-01T00:00:00Z"},
	    {"jan 1, 2020", "2020-01-01T00:00:00Z"},
	    {"1 Jan 2020", "2020-01-01T00:00:00Z"},
	    {"1 January 2020", "2020-01-01T00:00:00Z"},
	    {"31 DECEMBER, 2020", "2020-12-31T00:00:00Z"},
	    {"January 1, 2020", "2020-01-01T00:00:00Z"},
	    {"May 9 2020", "2020-05-09T00:00:00Z"},
	    {"", NULL},
	    {"2020", NULL},
	    {"2020-13-01", NULL},
	    {"2021-02-29", NULL},
	    {"13/01/2020", NULL},
	    {"01/02/202", NULL},
	    {"01/02/2020T03:04", NULL},
	    {"Sept 1 2020", NULL},
	    {"Janu 1 2020", NULL},
	    {"Jan 32 2020", NULL},
	    {"Jan 1", NULL},
	    {"Jan 1 20", NULL},
	    {"2020-01-02Z", NULL},
	    {"9999-12-31T23:59-00:01", NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t t = 0;
		bool good = timestamp_parse_filter(rows[i].text, &t);

		CHECK_ROW(good == (rows[i].expected != NULL), i);
		if (good)
			assert_string_equal(timestamp_iso(*state, t), rows[i].expected);
	}
}

static void test_every_day_of_400_years_is_the_next_one(void **state)
{
	const time_t end = (time_t)86400 * 200 * 365;

	for (time_t day = -end; day < end; day += 86400) {
		char expected[32];
		struct tm tm;
		char *got = timestamp_iso(*state, (int64_t)day * 1000000);
		int64_t back;

		gmtime_r(&day, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", &tm);
		if (strcmp(got, expected) != 0)
			fail_msg("%s, not %s", got, expected);
		assert_int_equal(timestamp_parse(got, &back), TIMESTAMP_OK);
		assert_true(back == (int64_t)day * 1000000);
		arena_reset(*state);
	}
}

static void test_any_number_can_be_shown(void **state)
{
	assert_string_equal(timestamp_iso(*state, INT64_MAX), "294247-01-10T04:00:54.775807Z");
	assert_string_equal(timestamp_iso(*state, INT64_MIN + 1), "-290308-12-21T19:59:05.224193Z");
}

static void test_no_time_has_no_text(void **state)
{
	assert_null(timestamp_iso(*state, TIMESTAMP_NONE));
}

static void test_the_clocks_run(void **state)
{
	int64_t before = (int64_t)time(NULL) * 1000000, now = timestamp_now(), ms = monotonic_ms();
	const struct timespec pause = {0, 20000000};

	(void)state;
	assert_true(now >= before && now < before + 60000000);
	nanosleep(&pause, NULL);
	assert_true(monotonic_ms() >= ms + 20);
	assert_true(monotonic_ms() < ms + 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_the_formats_of_expires),
	    TEST(test_the_formats_of_date_filters),
	    TEST(test_every_day_of_400_years_is_the_next_one),
	    TEST(test_any_number_can_be_shown),
	    TEST(test_no_time_has_no_text),
	    TEST(test_the_clocks_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
