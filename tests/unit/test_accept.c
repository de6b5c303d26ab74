/* test_accept.c: which renderer, which indent, which kind of body. */
#include "unit.h"

#include "http/accept.h"

#include <string.h>

static void test_the_renderer_is_negotiated(void **state)
{
	enum expected { JSON, HTML, NO_FORMAT, NEITHER };
	static const struct {
		const char *text; /* Accept; "(none)" when absent */
		const char *format;
		enum expected expected; /* for a resource that has a page, too */
		int indent;
	} rows[] = {
	    {"(none)", NULL, JSON, 0},
	    {"", NULL, NEITHER, 0},
	    {" ", NULL, NEITHER, 0},
	    {"*/*", NULL, JSON, 0},
	    {"application/json", NULL, JSON, 0},
	    {"application/json;", NULL, JSON, 0},
	    {"APPLICATION/Json", NULL, JSON, 0},
	    {"text/html", NULL, HTML, 0},
	    {"text/*", NULL, HTML, 0},
	    {"application/*", NULL, JSON, 0},
	    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", NULL, HTML, 0},
	    {"text/html, application/json", NULL, JSON, 0},
	    {"text/html, application/json;q=0", NULL, JSON, 0},
	    {"application/json;q=0.1, text/html;level=1", NULL, HTML, 0},
	    {"text/html;charset=utf-8", NULL, HTML, 0},
	    {"application/json;version=1.3", NULL, JSON, 0},
	    {"text/*, */*", NULL, HTML, 0},
	    {"text/*, application/*", NULL, JSON, 0},
	    {"image/png", NULL, NEITHER, 0},
	    {"application", NULL, NEITHER, 0},
	    {"*", NULL, NEITHER, 0},
	    {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", NULL, HTML, 0},
	    {"application/jsonx, application/xjson, xapplication/json", NULL, NEITHER, 0},
	    {",,application/json,,", NULL, JSON, 0},
	    /* indent: of the range that was accepted, 0 to 8 */
	    {"application/json; indent=4", NULL, JSON, 4},
	    {"application/json;INDENT=4", NULL, JSON, 4},
	    {"*/*; indent=4", NULL, JSON, 4},
	    {"application/*;indent=2", NULL, JSON, 2},
	    {"application/json; indent=\"4\"", NULL, JSON, 4},
	    {"application/json; indent= 4 ", NULL, JSON, 4},
	    {"application/json; indent=+4", NULL, JSON, 4},
	    {"application/json; indent=8", NULL, JSON, 8},
	    {"application/json; indent=9", NULL, JSON, 8},
	    {"application/json; indent=99999999999999999999999", NULL, JSON, 8},
	    {"application/json; indent=0", NULL, JSON, 0},
	    {"application/json; indent=-4", NULL, JSON, 0},
	    {"application/json; indent=4x", NULL, JSON, 0},
	    {"application/json; indent=", NULL, JSON, 0},
	    {"application/json; indent", NULL, JSON, 0},
	    {"application/json; indent=2; indent=4", NULL, JSON, 4},
	    {"application/json; x=\"a;indent=2\"; indent=4", NULL, JSON, 4},
	    {"application/json, */*; indent=4", NULL, JSON, 0},
	    {"application/json, application/json; indent=4", NULL, JSON, 4},
	    {"application/json; indent=2, application/json; indent=4", NULL, JSON, 2},
	    {"text/html; indent=2, application/json", NULL, HTML, 2},
	    /* format filters, Accept must still match */
	    {"(none)", "", JSON, 0},
	    {"(none)", "json", JSON, 0},
	    {"(none)", "api", HTML, 0},
	    {"(none)", "csv", NO_FORMAT, 0},
	    {"(none)", "JSON", NO_FORMAT, 0},
	    {"image/png", "csv", NO_FORMAT, 0},
	    {"*/*;indent=4", "api", HTML, 4},
	    {"text/html", "json", NEITHER, 0},
	    {"application/json", "api", NEITHER, 0},
	    {"text/html, */*; indent=4", "json", JSON, 4},
	};
	static const enum accept_result results[] = {
	    [JSON] = ACCEPT_OK,
	    [HTML] = ACCEPT_OK,
	    [NO_FORMAT] = ACCEPT_BAD_FORMAT,
	    [NEITHER] = ACCEPT_NOT_ACCEPTABLE,
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *accept = strcmp(rows[i].text, "(none)") == 0 ? NULL : rows[i].text;
		enum renderer renderer = RENDER_JSON;
		int indent = 0;

		CHECK_ROW(accept_negotiate(*state, accept, rows[i].format, true, &renderer,
			      &indent) == results[rows[i].expected],
		    i);
		CHECK_ROW((renderer == RENDER_HTML) == (rows[i].expected == HTML), i);
		CHECK_ROW(indent == rows[i].indent, i);
	}
}

static void test_a_resource_without_a_page_is_never_html(void **state)
{
	enum renderer renderer = RENDER_HTML;
	int indent = 9;

	assert_int_equal(
	    accept_negotiate(*state, "text/html, */*;q=0.1", NULL, false, &renderer, &indent),
	    ACCEPT_OK);
	assert_int_equal(renderer, RENDER_JSON);
	assert_int_equal(indent, 0);
	assert_int_equal(accept_negotiate(*state, "text/html", NULL, false, &renderer, &indent),
	    ACCEPT_NOT_ACCEPTABLE);
	assert_int_equal(
	    accept_negotiate(*state, NULL, "api", false, &renderer, &indent), ACCEPT_BAD_FORMAT);
}

static void test_the_kind_of_body_is_read_from_its_type(void **state)
{
	static const struct {
		const char *text; /* Content-Type */
		enum body_type type;
		const char *parameter; /* boundary or charset */
	} rows[] = {
	    {"", BODY_NONE, NULL},
	    {" ", BODY_NONE, NULL},
	    {"application/json", BODY_JSON, NULL},
	    {"application/json;", BODY_JSON, NULL},
	    {" Application/JSON ; charset=latin-1; x=y", BODY_JSON, "latin-1"},
	    {"application/json;charset=\"UTF-16\"", BODY_JSON, "UTF-16"},
	    {"application/json; charset=", BODY_JSON, NULL},
	    {"*/*; charset=a; boundary=b", BODY_JSON, "a"},
	    {"application/*", BODY_JSON, NULL},
	    {"*/*", BODY_JSON, NULL},
	    {"application/x-www-form-urlencoded", BODY_FORM, NULL},
	    {"application/x-www-form-urlencoded; charset=UTF-8", BODY_FORM, NULL},
	    {"multipart/form-data", BODY_MULTIPART, NULL},
	    {"multipart/form-data; boundary=", BODY_MULTIPART, NULL},
	    {"multipart/form-data; boundary=----WebKit7MA4", BODY_MULTIPART, "----WebKit7MA4"},
	    {"Multipart/Form-Data;BOUNDARY=\"a;b c\";x=1", BODY_MULTIPART, "a;b c"},
	    {"multipart/form-data; xboundary=a", BODY_MULTIPART, NULL},
	    {"multipart/form-data; boundary=\"\"", BODY_MULTIPART, NULL},
	    {"multipart/form-data; boundary=\"", BODY_MULTIPART, "\""},
	    {"multipart/form-data; boundary=a\"", BODY_MULTIPART, "a\""},
	    {"multipart/mixed; boundary=a", BODY_UNSUPPORTED, NULL},
	    {"text/plain", BODY_UNSUPPORTED, NULL},
	    {"application/jsonp", BODY_UNSUPPORTED, NULL},
	    {"application/json, text/plain", BODY_UNSUPPORTED, NULL},
	    {"json", BODY_UNSUPPORTED, NULL},
	    {";", BODY_UNSUPPORTED, NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct content_type type = content_type_parse(*state, rows[i].text);
		const char *parameter = type.boundary ? type.boundary : type.charset;

		CHECK_ROW(type.body == rows[i].type, i);
		CHECK_ROW(!type.boundary || !type.charset, i);
		CHECK_ROW((parameter == NULL) == (rows[i].parameter == NULL), i);
		if (parameter)
			assert_string_equal(parameter, rows[i].parameter);
	}
	assert_int_equal(content_type_parse(*state, NULL).body, BODY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_the_renderer_is_negotiated),
	    TEST(test_a_resource_without_a_page_is_never_html),
	    TEST(test_the_kind_of_body_is_read_from_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
