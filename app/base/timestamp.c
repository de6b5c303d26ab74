/* timestamp.c: points in time, read and written. Before: nothing. After: tokens, filters, JSON,
 * pages. */
#include "base/timestamp.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

/* A time on the wall, before its zone is taken off. */
struct wall {
	int year, month, day, hour, minute, second, micro;
	int offset; /* minutes east of Greenwich */
};

int64_t timestamp_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

int64_t monotonic_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the
 * last one, and come in groups of 400, which all have 146 097 days. */
static int64_t days_from_date(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t group = (y >= 0 ? y : y - 399) / 400, of_group = y - group * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return group * 146097 + of_group * 365 + of_group / 4 - of_group / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, struct wall *out)
{
	int64_t z = days + 719468;
	int64_t group = (z >= 0 ? z : z - 146096) / 146097, of_group = z - group * 146097;
	int64_t y = (of_group - of_group / 1460 + of_group / 36524 - of_group / 146096) / 365;
	int64_t of_year = of_group - (365 * y + y / 4 - y / 100);
	int64_t month = (5 * of_year + 2) / 153;

	out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	out->month = (int)(month < 10 ? month + 3 : month - 9);
	out->year = (int)(y + group * 400 + (out->month <= 2));
}

char *timestamp_iso(struct arena *a, int64_t t)
{
	int64_t days = t / DAY - (t % DAY < 0), rest = (t % DAY + DAY) % DAY;
	struct wall w;
	char micro[16] = "";

	if (t == TIMESTAMP_NONE)
		return NULL;
	date_from_days(days, &w);
	if (rest % SECOND)
		snprintf(micro, sizeof(micro), ".%06d", (int)(rest % SECOND));
	rest /= SECOND;
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", w.year, w.month, w.day,
	    (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60), micro);
}

/* Between least and most decimal digits; returns how many. */
static size_t scan_digits(const char *s, size_t least, size_t most, int *out)
{
	size_t n = 0;

	*out = 0;
	for (; n < most && s[n] >= '0' && s[n] <= '9'; n++)
		*out = *out * 10 + (s[n] - '0');
	return n >= least ? n : 0;
}

/* A point or a comma and digits, of which six count. */
static size_t scan_fraction(const char *s, int *out)
{
	size_t n = *s == '.' || *s == ',' ? scan_digits(s + 1, 1, 6, out) : 0;

	if (n == 0)
		return 0;
	for (size_t i = n; i < 6; i++)
		*out *= 10;
	return 1 + n + strspn(s + 1 + n, "0123456789");
}

/* Z or +-HH[[:]MM]. */
static size_t scan_zone(const char *s, int *out)
{
	int hours, minutes = 0;
	size_t n = 3, more;

	*out = 0;
	if (*s == 'Z')
		return 1;
	if ((*s != '+' && *s != '-') || !scan_digits(s + 1, 2, 2, &hours))
		return 0;
	more = s[n] == ':';
	if (scan_digits(s + n + more, 2, 2, &minutes))
		n += more + 2;
	if (hours > 23 || minutes > 59)
		return 0;
	*out = (*s == '-' ? -1 : 1) * (hours * 60 + minutes);
	return n;
}

/* The name of a month, whole or its first three letters. */
static size_t scan_month(const char *s, int *out)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
	    "July", "August", "September", "October", "November", "December"};

	for (int i = 0; i < 12; i++) {
		size_t n = strlen(months[i]);

		if (strncasecmp(s, months[i], 3) != 0)
			continue;
		*out = i + 1;
		return strncasecmp(s, months[i], n) == 0 ? n : 3;
	}
	return 0;
}

/* Two digits: 69 to 99 belong to the twentieth century (POSIX strptime). */
static size_t scan_short_year(const char *s, int *out)
{
	size_t n = scan_digits(s, 2, 2, out);

	*out += *out < 69 ? 2000 : 1900;
	return n;
}

/* Reads the one thing that a letter of a form stands for; 0 bytes when it is not there. */
static size_t scan_one(const char *s, char letter, struct wall *w)
{
	switch (letter) {
	case 'Y':
		return scan_digits(s, 4, 4, &w->year);
	case 'y':
		return scan_short_year(s, &w->year);
	case 'M':
		return scan_digits(s, 1, 2, &w->month);
	case 'B':
		return scan_month(s, &w->month);
	case 'D':
		return scan_digits(s, 1, 2, &w->day);
	case 'h':
		return scan_digits(s, 1, 2, &w->hour);
	case 'm':
		return scan_digits(s, 1, 2, &w->minute);
	case 's':
		return scan_digits(s, 1, 2, &w->second);
	case 'f':
		return scan_fraction(s, &w->micro);
	case 'z':
		return scan_zone(s, &w->offset);
	case 'T':
		return *s == 'T' || *s == ' ';
	default:
		return *s == letter;
	}
}

/* Whether all of s has that form. */
static bool scan(const char *s, const char *form, struct wall *w)
{
	*w = (struct wall){.month = 1, .day = 1};
	for (; *form; form++) {
		size_t n = scan_one(s, *form, w);

		if (n == 0)
			return false;
		s += n;
	}
	return *s == '\0';
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static enum timestamp_error to_utc(const struct wall *w, int64_t *out)
{
	int64_t minutes;

	if (w->year < 1 || w->month < 1 || w->month > 12 || w->day < 1 ||
	    w->day > month_days(w->year, w->month) || w->hour > 23 || w->minute > 59 ||
	    w->second > 59)
		return TIMESTAMP_FORMAT;
	minutes = days_from_date(w->year, w->month, w->day) * 1440 + w->hour * INT64_C(60) +
		  w->minute - w->offset;
	if (minutes < days_from_date(1, 1, 1) * 1440 ||
	    minutes >= days_from_date(10000, 1, 1) * 1440)
		return TIMESTAMP_RANGE;
	*out = (minutes * 60 + w->second) * SECOND + w->micro;
	return TIMESTAMP_OK;
}

/* The first form that fits decides; the list ends with NULL. */
static enum timestamp_error scan_forms(const char *s, const char *const *forms, int64_t *out)
{
	struct wall w;

	for (; *forms; forms++)
		if (scan(s, *forms, &w))
			return to_utc(&w, out);
	return TIMESTAMP_FORMAT;
}

enum timestamp_error timestamp_parse(const char *s, int64_t *out)
{
	static const char *const forms[] = {"Y-M-DTh:m", "Y-M-DTh:mz", "Y-M-DTh:m:s",
	    "Y-M-DTh:m:sz", "Y-M-DTh:m:sf", "Y-M-DTh:m:sfz", NULL};

	return scan_forms(s, forms, out);
}

bool timestamp_parse_filter(const char *s, int64_t *out)
{
	static const char *const forms[] = {"Y-M-D", "M/D/Y", "M/D/Y h:m", "M/D/Y h:m:s",
	    "M/D/Y h:m:sf", "M/D/y", "M/D/y h:m", "M/D/y h:m:s", "M/D/y h:m:sf", "B D Y", "B D, Y",
	    "D B Y", "D B, Y", NULL};

	return timestamp_parse(s, out) == TIMESTAMP_OK || scan_forms(s, forms, out) == TIMESTAMP_OK;
}
