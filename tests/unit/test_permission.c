/* test_permission.c: methods, object types and exemptions. */
#include "unit.h"

#include "auth/permission.h"

static const struct {
	const char *list, *type;
	bool exempt;
} exemptions[] = {
    {"", "dcim.site", false},
    {"dcim.site", "dcim.site", true},
    {"ipam.prefix, dcim.site", "dcim.site", true},
    {"dcim.sites", "dcim.site", false},
    {"dcim.sit", "dcim.site", false},
    {"*", "dcim.site", true},
    {"dcim.rack,*", "dcim.site", true},
    /* Postern's own never, not even by name */
    {"*", "users.token", false},
    {"users.token", "users.token", false},
    {"users.token,*", "users.user", false},
};

static void exemption_is_by_whole_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(exemptions) / sizeof(exemptions[0]); i++)
		assert_int_equal(permission_view_exempt(exemptions[i].list, exemptions[i].type),
		    exemptions[i].exempt);
}

static void type_is_two_words(void **state)
{
	static const char *const good[] = {"a.b", "dcim.site", "d_1.s_2"};
	static const char *const bad[] = {"", ".", "a", "a.", ".b", "a.b.c", "A.b", "a.B", "1a.b",
	    "a.1b", "_a.b", "a b.c", "a.b ", " a.b", "a..b", "a.b\n", "*", "a.*", "\xc3\xa4.b"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(permission_type_sane(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(permission_type_sane(bad[i]));
}

static void method_gives_the_action(void **state)
{
	static const char *const known[][2] = {{"GET", "view"}, {"HEAD", "view"}, {"POST", "add"},
	    {"PUT", "change"}, {"PATCH", "change"}, {"DELETE", "delete"}};
	static const char *const none[] = {"", "get", "TRACE", "CONNECT", "GETX", "GE"};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_string_equal(permission_action(known[i][0]), known[i][1]);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_string_equal(permission_action(none[i]), "");
	assert_null(permission_action("OPTIONS"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exemption_is_by_whole_name),
	    cmocka_unit_test(type_is_two_words),
	    cmocka_unit_test(method_gives_the_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
