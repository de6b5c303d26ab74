/* test_template.c: every template of the program can be filled, and what it is filled with is escaped. */
#include "unit.h"

#include <json-c/json.h>
#include <string.h>

#include "base/embed.h"
#include "web/template.h"

/* A template's name without ".html". */
static char *name_of(struct arena *a, const struct embedded *e)
{
	return arena_strndup(a, e->name, strlen(e->name) - strlen(".html"));
}

static const char *filled(struct arena *a, const char *name, const char *json)
{
	struct buf b = BUF(a);

	template_render(&b, name, arena_own_json(a, json_tokener_parse(json)), NULL);
	return buf_str(&b);
}

static void all_can_be_filled_from_nothing(void **state)
{
	for (const struct embedded *e = embedded_templates; e->name; e++)
		assert_non_null(filled(*state, name_of(*state, e), "{}"));
}

/* Every name that any template uses, at any depth, as hostile text and as a section. */
static void none_lets_markup_through(void **state)
{
	struct buf json = BUF(*state);

	buf_adds(&json, "{\"messages\": [{\"text\": \"<script>\", \"new_key\": \"<script>\", "
			"\"level\": \"\\\"><script>\"}]");
	for (const struct embedded *e = embedded_templates; e->name; e++)
		for (const char *p = e->data; (p = strstr(p, "{{")); p += 2) {
			const char *word = p + 2 + (strchr("#^/>!", p[2]) != NULL);
			int n = (int)strcspn(word, "}");

			if (p[2] != '>' && p[2] != '!' && *word != '.' &&
			    strncmp(word, "messages", 8) != 0)
				buf_addf(&json, ", \"%.*s\": \"<script>\\\"'\"", n, word);
		}
	buf_addc(&json, '}');
	for (const struct embedded *e = embedded_templates; e->name; e++) {
		const char *html = filled(*state, name_of(*state, e), buf_str(&json));

		while ((html = strstr(html, "<script"))) {
			assert_memory_equal(html, "<script src=\"", 13);
			html++;
		}
	}
}

static void values_are_escaped(void **state)
{
	const char *html = filled(*state, "profile",
	    "{\"full_name\": \"<script>\\\"'&</script>\", \"prefix\": \"/auth\"}");

	assert_non_null(strstr(html, "&lt;script&gt;&quot;&#x27;&amp;&lt;/script&gt;"));
	assert_null(strstr(html, "<script>"));
}

static void sections_follow_their_value(void **state)
{
	assert_non_null(
	    strstr(filled(*state, "profile", "{\"is_superuser\": true}"), "<dd>Yes</dd>"));
	assert_non_null(
	    strstr(filled(*state, "profile", "{\"is_superuser\": false}"), "<dd>No</dd>"));
	assert_non_null(strstr(filled(*state, "profile", "{\"groups\": \"\"}"), "None"));
	assert_non_null(strstr(filled(*state, "tokens", "{\"tokens\": []}"), "do not have any"));
	assert_null(strstr(filled(*state, "tokens", "{\"tokens\": [{}]}"), "do not have any"));
}

static void arrays_repeat_with_their_own_names_first(void **state)
{
	const char *html = filled(*state, "sessions",
	    "{\"device\": \"outer\", \"sessions\": [{\"device\": \"one\"}, {\"device\": \"two\"}, "
	    "{}]}");
	const char *one = strstr(html, ">one<"), *two = strstr(html, ">two<");

	assert_non_null(one);
	assert_non_null(two);
	assert_true(one < two);
	assert_non_null(strstr(two, ">outer<"));
}

static void site_answers_for_what_data_lacks(void **state)
{
	struct buf b = BUF(*state);

	template_render(&b, "home",
	    arena_own_json(*state, json_tokener_parse("{\"title\": \"T\"}")),
	    arena_own_json(
		*state, json_tokener_parse("{\"title\": \"no\", \"prefix\": \"/auth\"}")));
	assert_non_null(strstr(buf_str(&b), "<title>T - Postern</title>"));
	assert_non_null(strstr(buf_str(&b), "href=\"/auth/login/\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(all_can_be_filled_from_nothing),
	    TEST(none_lets_markup_through),
	    TEST(values_are_escaped),
	    TEST(sections_follow_their_value),
	    TEST(arrays_repeat_with_their_own_names_first),
	    TEST(site_answers_for_what_data_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
