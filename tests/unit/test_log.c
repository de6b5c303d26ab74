/* test_log.c: log lines: each is one line, whole and in its form, whatever the values are. */
#include "unit.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define E_ACUTE "\xc3\xa9"
#define CLEF "\xf0\x9d\x84\x9e" /* U+1D11E, four bytes */
#define REPLACED "\xef\xbf\xbd"
#define CUT "\xe2\x80\xa6"

static int kept_stderr;

static void begin(bool json)
{
	int fd = memfd_create("log", 0);

	assert_true(fd >= 0);
	kept_stderr = dup(STDERR_FILENO);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	close(fd);
	log_init(json, LOG_LEVEL_DEBUG);
}

/* What was written since, one line without its end. */
static const char *written(struct arena *a)
{
	char *line = arena_alloc(a, 10000);
	ssize_t n = pread(STDERR_FILENO, line, 9999, 0);

	dup2(kept_stderr, STDERR_FILENO);
	close(kept_stderr);
	assert_in_range(n, 1, 4096);
	assert_int_equal(line[n - 1], '\n');
	line[n - 1] = '\0';
	for (const char *p = line; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
	assert_true(utf8_valid(line, strlen(line)));
	return line;
}

/* The line of an event. */
#define LOGGED(json_, ...) (begin(json_), log_info(__VA_ARGS__), written(*state))

static struct json_object *parsed(struct arena *a, const char *text, size_t n)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;

	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, text, (int)n);
	if (json_tokener_get_error(t) != json_tokener_success || json_tokener_get_parse_end(t) != n)
		fail_msg(
		    "%s: %.*s", json_tokener_error_desc(json_tokener_get_error(t)), (int)n, text);
	json_tokener_free(t);
	return arena_own_json(a, o);
}

static const char *in_json(struct arena *a, const char *line, const char *key)
{
	struct json_object *o = parsed(a, line, strlen(line));

	assert_true(json_object_is_type(o, json_type_object));
	return json_object_get_string(json_object_object_get(o, key));
}

/* The bytes of a value in quotes, with both of them. */
static size_t quoted_length(const char *s)
{
	size_t n = 1;

	while (s[n] && s[n] != '"')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	assert_int_equal(s[n], '"');
	return n + 1;
}

/* The value of a key; every pair of the line is looked at. */
static const char *in_text(struct arena *a, const char *line, const char *key)
{
	const char *found = NULL;

	while (*line) {
		size_t k = strcspn(line, "= \""), n;
		bool wanted = k == strlen(key) && strncmp(line, key, k) == 0, quoted;

		assert_int_equal(line[k], '=');
		line += k + 1;
		quoted = *line == '"';
		n = quoted ? quoted_length(line) : strcspn(line, " \"");
		if (wanted)
			found = quoted ? json_object_get_string(parsed(a, line, n))
				       : arena_strndup(a, line, n);
		line += n;
		assert_true(!*line || *line == ' ');
		line += *line == ' ';
	}
	return found;
}

static const char *value_of(struct arena *a, bool json, const char *line, const char *key)
{
	return json ? in_json(a, line, key) : in_text(a, line, key);
}

static void test_values_come_back_as_they_were(void **state)
{
	static const struct {
		const char *text, *read; /* read: when it is another text */
	} rows[] = {
	    {"hank", NULL},
	    {"", NULL},
	    {"j\xc3\xb6rg", NULL},
	    {"\xe6\x97\xa5\xe6\x9c\xac", NULL},
	    {CLEF, NULL},
	    {"a b", NULL},
	    {"a=b", NULL},
	    {"say \"hi\"", NULL},
	    {"back\\slash", NULL},
	    {"\\", NULL},
	    {"\"", NULL},
	    {"line\nlevel=error event=forged", NULL},
	    {"\r\t\b\x01\x1f\x7f", NULL},
	    {"\x1b[2J", NULL},
	    {"\xc2\x9b"
	     "2J",
		NULL},
	    {"\xc2\x85", NULL},
	    {"\xe2\x80\xa8\xe2\x80\xa9", NULL},
	    {"\xe2\x80\xaegnp.exe", NULL},
	    {"\xff", REPLACED},
	    {"a\xc3", "a" REPLACED},
	    {"\xc3(", REPLACED "("},
	    {"\xe2\x82", REPLACED},
	    {"\xed\xa0\x80", REPLACED REPLACED REPLACED},
	    {"\xc0\xaf", REPLACED REPLACED},
	    {"\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int json = 0; json < 2; json++) {
			const char *line =
			    LOGGED(json, "tried", "user", rows[i].text, "status", "200");
			const char *user = value_of(*state, json, line, "user");

			CHECK_ROW(strcmp(user, rows[i].read ? rows[i].read : rows[i].text) == 0, i);
			assert_string_equal(value_of(*state, json, line, "status"), "200");
			assert_string_equal(value_of(*state, json, line, "event"), "tried");
			assert_string_equal(value_of(*state, json, line, "level"), "info");
		}
}

static void test_text_is_written_as_it_is_and_what_commands_a_terminal_is_not(void **state)
{
	static const struct {
		const char *text, *written;
	} rows[] = {
	    {"j\xc3\xb6rg", "j\xc3\xb6rg"},
	    {CLEF, CLEF},
	    {"\xc2\xa0", "\xc2\xa0"},
	    {"\xff", REPLACED},
	    {"\"\\", "\\\"\\\\"},
	    {"\n", "\\u000a"},
	    {"\x1b[2J", "\\u001b[2J"},
	    {"\x7f", "\\u007f"},
	    {"\xc2\x80\xc2\x9f", "\\u0080\\u009f"},
	    {"\xd8\x9c", "\\u061c"},
	    {"\xe2\x80\x8e\xe2\x80\x8f", "\\u200e\\u200f"},
	    {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},
	    {"\xe2\x80\xaa\xe2\x80\xae", "\\u202a\\u202e"},
	    {"\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf"},
	    {"\xe2\x81\xa6\xe2\x81\xa9", "\\u2066\\u2069"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = LOGGED(false, "tried", "user", rows[i].text);
		const char *json = LOGGED(true, "tried", "user", rows[i].text);

		CHECK_ROW(
		    text_ends(text, arena_printf(*state, " user=\"%s\"", rows[i].written)), i);
		CHECK_ROW(
		    text_ends(json, arena_printf(*state, ",\"user\":\"%s\"}", rows[i].written)), i);
	}
}

static const char *repeated(struct arena *a, const char *unit, size_t count)
{
	struct buf b = BUF(a);

	while (count--)
		buf_adds(&b, unit);
	return buf_str(&b);
}

static void test_no_pair_is_lost_behind_long_values(void **state)
{
	static const struct {
		const char *text; /* of which long values are made */
		size_t path, user;
	} rows[] = {
	    {E_ACUTE, 256, 150},
	    {E_ACUTE, 60000, 150},
	    {"a", 60000, 60000},
	    {"a", 3900, 150},
	    {"\x01", 60000, 150},
	    {"\"", 511, 600},
	    {"\\", 60000, 60000},
	    {"\xff", 60000, 60000},
	    {CLEF, 60000, 60000},
	    {"a b", 60000, 60000},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int json = 0; json < 2; json++) {
			const char *path = repeated(*state, rows[i].text, rows[i].path);
			const char *user = repeated(*state, rows[i].text, rows[i].user);
			const char *line =
			    LOGGED(json, "request", "method", path, "path", path, "status", "404",
				"ms", "7", "address", path, "user", user, "token", "the-token");

			CHECK_ROW(value_of(*state, json, line, "method"), i);
			CHECK_ROW(value_of(*state, json, line, "path"), i);
			CHECK_ROW(value_of(*state, json, line, "user"), i);
			assert_string_equal(value_of(*state, json, line, "status"), "404");
			assert_string_equal(value_of(*state, json, line, "ms"), "7");
			assert_string_equal(value_of(*state, json, line, "token"), "the-token");
			arena_reset(*state);
		}
}

/* Each length, so that each byte of the line is once the one that does not fit. */
static void test_lines_are_whole_at_every_length(void **state)
{
	for (size_t n = 0; n < 1200; n++)
		for (int json = 0; json < 2; json++) {
			const char *x = repeated(*state, n % 2 ? "\n" : "x", n);
			const char *line = LOGGED(
			    json, "tried", "a", x, "b", x, "c", x, "d", x, "e", x, "last", "here");

			assert_string_equal(value_of(*state, json, line, "last"), "here");
			arena_reset(*state);
		}
}

static void test_a_cut_shows_and_is_between_characters(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		bool cut;
	} rows[] = {
	    {CLEF, 150, false},
	    {E_ACUTE, 512, false},
	    {E_ACUTE, 513, true},
	    {"a", 1024, false},
	    {"a", 1025, true},
	    {"\n", 170, false},
	    {"\n", 171, true},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int json = 0; json < 2; json++) {
			const char *value = repeated(*state, rows[i].text, rows[i].count);
			const char *line = LOGGED(json, "tried", "user", value);
			const char *user = value_of(*state, json, line, "user");
			size_t kept = strlen(user) - (rows[i].cut ? strlen(CUT) : 0);

			CHECK_ROW(text_ends(user, CUT) == rows[i].cut, i);
			CHECK_ROW(strncmp(user, value, kept) == 0, i);
			CHECK_ROW(kept % strlen(rows[i].text) == 0, i);
			CHECK_ROW(rows[i].cut || strlen(user) == strlen(value), i);
		}
}

static void test_context_begins_every_line_until_it_is_taken_out(void **state)
{
	for (int json = 0; json < 2; json++) {
		const char *line;

		log_context("worker", "3");
		log_context("request", "abc");
		line = LOGGED(json, "tried", "user", "hank", "token", (const char *)NULL);
		assert_string_equal(value_of(*state, json, line, "worker"), "3");
		assert_string_equal(value_of(*state, json, line, "request"), "abc");
		assert_null(value_of(*state, json, line, "token"));
		log_context("request", NULL);
		line = LOGGED(json, "tried");
		assert_string_equal(value_of(*state, json, line, "worker"), "3");
		assert_null(value_of(*state, json, line, "request"));
		log_context("worker", NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_values_come_back_as_they_were),
	    TEST(test_text_is_written_as_it_is_and_what_commands_a_terminal_is_not),
	    TEST(test_no_pair_is_lost_behind_long_values),
	    TEST(test_lines_are_whole_at_every_length),
	    TEST(test_a_cut_shows_and_is_between_characters),
	    TEST(test_context_begins_every_line_until_it_is_taken_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
