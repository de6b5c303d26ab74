/* test_net.c: addresses, networks and lists of networks, good and bad. */
#include "unit.h"

#include "base/net.h"

#include <stdbool.h>
#include <string.h>

/* Whether two texts are equal, or both NULL. */
static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void test_addresses_become_canonical(void **state)
{
	static const struct {
		const char *text, *address; /* NULL: none */
	} rows[] = {
	    {"192.0.2.1", "192.0.2.1"},
	    {"0.0.0.0", "0.0.0.0"},
	    {"255.255.255.255", "255.255.255.255"},
	    {"192.0.2.1:80", "192.0.2.1"},
	    {"192.0.2.1:0", "192.0.2.1"},
	    {"192.0.2.1:65535", "192.0.2.1"},
	    {"::", "::"},
	    {"::1", "::1"},
	    {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
	    {"2001:0db8::0001", "2001:db8::1"},
	    {"[::1]", "::1"},
	    {"[::1]:80", "::1"},
	    {"[192.0.2.1]", "192.0.2.1"},
	    {"::ffff:192.0.2.1", "192.0.2.1"},
	    {"::FFFF:c000:201", "192.0.2.1"},
	    {"[::ffff:192.0.2.1]:80", "192.0.2.1"},
	    {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
	    {"", NULL},
	    {" ", NULL},
	    {" 192.0.2.1", NULL},
	    {"192.0.2.1 ", NULL},
	    {"192.0.2.1\n", NULL},
	    {"192.0.2", NULL},
	    {"192.0.2.1.", NULL},
	    {"192.0.2.1.5", NULL},
	    {"192.0.2.256", NULL},
	    {"192.0.2.-1", NULL},
	    {"192.0.2.01", NULL},
	    {"0300.0.2.1", NULL},
	    {"0xc0.0.2.1", NULL},
	    {"3221225985", NULL},
	    {"192.0.2.x", NULL},
	    {"192.0.2.1/32", NULL},
	    {"192.0.2.1,192.0.2.2", NULL},
	    {"192.0.2.1:", NULL},
	    {"192.0.2.1:x", NULL},
	    {"192.0.2.1:-1", NULL},
	    {"192.0.2.1:65536", NULL},
	    {"192.0.2.1:80:80", NULL},
	    {":80", NULL},
	    {":", NULL},
	    {":::", NULL},
	    {"::1::", NULL},
	    {"1:2:3:4:5:6:7", NULL},
	    {"1:2:3:4:5:6:7:8:9", NULL},
	    {"12345::", NULL},
	    {"g::", NULL},
	    {"::1%lo", NULL},
	    {"fe80::1%25eth0", NULL},
	    {"::ffff:192.0.2.256", NULL},
	    {"[", NULL},
	    {"[]", NULL},
	    {"[::1", NULL},
	    {"::1]", NULL},
	    {"[[::1]]", NULL},
	    {"[localhost]", NULL},
	    {"localhost", NULL},
	    {"unknown", NULL},
	    {"unix:", NULL},
	    {"1\xef\xbc\x8e"
	     "2.3.4",
		NULL},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(same(address_parse(*state, rows[i].text), rows[i].address), i);
}

static void test_networks_become_canonical(void **state)
{
	static const struct {
		const char *text, *network; /* NULL: none */
		bool host_bits;
	} rows[] = {
	    {"10.0.0.0/8", "10.0.0.0/8", false},
	    {"10.1.2.3/8", "10.1.2.3/8", true},
	    {"10.1.2.3", "10.1.2.3/32", false},
	    {"10.1.2.3/32", "10.1.2.3/32", false},
	    {"10.1.2.3/31", "10.1.2.3/31", true},
	    {"0.0.0.0/0", "0.0.0.0/0", false},
	    {"0.0.0.1/0", "0.0.0.1/0", true},
	    {"192.0.2.0/23", "192.0.2.0/23", false},
	    {"192.0.3.0/23", "192.0.3.0/23", true},
	    {"2001:DB8::/32", "2001:db8::/32", false},
	    {"2001:db8::1/32", "2001:db8::1/32", true},
	    {"::1", "::1/128", false},
	    {"::/0", "::/0", false},
	    {"2001:db8::8000/113", "2001:db8::8000/113", false},
	    {"2001:db8::8000/112", "2001:db8::8000/112", true},
	    {"::ffff:10.0.0.0/104", "10.0.0.0/8", false},
	    {"::ffff:10.0.0.1/104", "10.0.0.1/8", true},
	    {"::ffff:10.0.0.1", "10.0.0.1/32", false},
	    {"::ffff:10.0.0.1/128", "10.0.0.1/32", false},
	    {"::ffff:0.0.0.0/96", "0.0.0.0/0", false},
	    {"::ffff:10.0.0.0/95", NULL, false},
	    {"", NULL, false},
	    {"/", NULL, false},
	    {"/8", NULL, false},
	    {"10.0.0.0/", NULL, false},
	    {"10.0.0.0/33", NULL, false},
	    {"10.0.0.0/-1", NULL, false},
	    {"10.0.0.0/+8", NULL, false},
	    {"10.0.0.0/ 8", NULL, false},
	    {"10.0.0.0 /8", NULL, false},
	    {"10.0.0.0/8 ", NULL, false},
	    {"10.0.0.0/x", NULL, false},
	    {"10.0.0.0/8/8", NULL, false},
	    {"10.0.0.0/255.0.0.0", NULL, false},
	    {"10.0.0.0/4294967304", NULL, false},
	    {"10.0.0.0/18446744073709551624", NULL, false},
	    {"10/8", NULL, false},
	    {"10.0.0/8", NULL, false},
	    {"10.0.0.0-10.0.0.9", NULL, false},
	    {"2001:db8::/129", NULL, false},
	    {"2001:db8::/", NULL, false},
	    {"[2001:db8::]/32", NULL, false},
	    {"fe80::%eth0/64", NULL, false},
	    {"*", NULL, false},
	    {"all", NULL, false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool host_bits = true;

		CHECK_ROW(
		    same(network_parse(*state, rows[i].text, &host_bits), rows[i].network), i);
		CHECK_ROW(host_bits == rows[i].host_bits, i);
	}
}

static void test_lists_of_networks(void **state)
{
	static const struct {
		const char *text; /* the list */
		const char *address;
		bool listed;
	} rows[] = {
	    {"10.0.0.0/8", "10.255.255.255", true},
	    {"10.0.0.0/8", "11.0.0.0", false},
	    {"10.1.2.3/8", "10.9.9.9", true},
	    {"192.0.2.128/25", "192.0.2.128", true},
	    {"192.0.2.128/25", "192.0.2.127", false},
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.11", false},
	    {"192.0.2.1/32", "192.0.2.0", false},
	    {"192.0.2.0/31", "192.0.2.1", true},
	    {"0.0.0.0/0", "192.0.2.1", true},
	    {"127.0.0.1,10.0.0.0/8", "10.0.0.1", true},
	    {"127.0.0.1, 10.0.0.0/8", "10.0.0.1", true},
	    {"127.0.0.1 10.0.0.0/8", "10.0.0.1", true},
	    {" ,, 10.0.0.0/8 ,", "10.0.0.1", true},
	    {"2001:db8::/33", "2001:db8:7fff::1", true},
	    {"2001:db8::/33", "2001:db8:8000::1", false},
	    {"2001:db8::1", "2001:0DB8:0::1", true},
	    /* each family by itself, IPv4-mapped ones are IPv4 */
	    {"0.0.0.0/0", "::1", false},
	    {"::/0", "192.0.2.1", false},
	    {"::/0", "::ffff:192.0.2.1", false},
	    {"192.0.2.0/24", "::ffff:192.0.2.1", true},
	    {"::ffff:192.0.2.0/120", "192.0.2.1", true},
	    {"::ffff:0.0.0.0/95", "192.0.2.1", false},
	    /* nothing, and what is none */
	    {"", "192.0.2.1", false},
	    {" , ,", "192.0.2.1", false},
	    {"*", "192.0.2.1", false},
	    {"x,192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.0/33", "192.0.2.1", false},
	    {"192.0.2.0/", "192.0.2.0", false},
	    {"/0", "192.0.2.1", false},
	    {"192.0.2.1;192.0.2.2", "192.0.2.1", false},
	    {"192.0.2.1\t", "192.0.2.1", false},
	    {"192.0.2.1:80", "192.0.2.1", false},
	    {"0.0.0.0/0,::/0", "", false},
	    {"0.0.0.0/0,::/0", "unix:", false},
	    {"0.0.0.0/0,::/0", "192.0.2", false},
	    {"0.0.0.0/0,::/0", "192.0.2.1,10.0.0.1", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_ROW(
		    address_listed(*state, rows[i].address, rows[i].text) == rows[i].listed, i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_addresses_become_canonical),
	    TEST(test_networks_become_canonical),
	    TEST(test_lists_of_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
