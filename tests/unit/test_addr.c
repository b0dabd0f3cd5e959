/* test_addr.c - addresses and MACs: text, order, arithmetic */
#include <mc/addr.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static void assert_text(const struct mc_addr *a, const char *text)
{
	char buf[MC_ADDR_TEXT];

	assert_ptr_equal(mc_addr_format(a, buf), buf);
	assert_string_equal(buf, text);
}

static void assert_all_zero(const void *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(((const uint8_t *)p)[i], 0);
}

static void parses_and_formats_canonically(void **state)
{
	static const struct {
		const char *text, *canonical;
		int family;
	} rows[] = {
		{ "0.0.0.0", "0.0.0.0", MC_IPV4 },
		{ "192.0.2.1", "192.0.2.1", MC_IPV4 },
		{ "255.255.255.255", "255.255.255.255", MC_IPV4 },
		{ "::", "::", MC_IPV6 },
		{ "::1", "::1", MC_IPV6 },
		{ "2001:DB8::1", "2001:db8::1", MC_IPV6 },
		{ "2001:0db8:0:0:0:0:0:0001", "2001:db8::1", MC_IPV6 },
		/* RFC 5952 4.2.2: one zero field is not shortened; 4.2.3: the longest
		 * run is, and the first of two alike. */
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", MC_IPV6 },
		{ "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", MC_IPV6 },
		{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", MC_IPV6 },
		{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", MC_IPV6 },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", MC_IPV6 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MC_IPV6 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].text);

		assert_int_equal(a.family, rows[i].family);
		assert_text(&a, rows[i].canonical);
	}
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const rows[] = {
		"",
		"1",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"01.2.3.4",
		"0x1.2.3.4",
		" 1.2.3.4",
		"1.2.3.4 ",
		"1.2.3.4/8",
		"1.2.3.4:80",
		":",
		":::",
		"1::2::3",
		"12345::",
		"fe80::1%eth0",
		"[::1]",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"localhost",
		"0000:0000:0000:0000:0000:0000:0000:0000:000000",
		"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a;

		memset(&a, 0xff, sizeof(a));
		assert_int_equal(mc_addr_parse(&a, rows[i]), -MC_EBADADDR);
		assert_all_zero(&a, sizeof(a));
	}
}

static void parses_text_without_nul(void **state)
{
	/* Exact allocations, so that a sanitizer sees a byte too far. */
	char *text = malloc(9);
	struct mc_addr a;

	(void)state;
	assert_non_null(text);
	memcpy(text, "192.0.2.1", 9);
	assert_int_equal(mc_addr_parse_n(&a, text, 9), 0);
	assert_text(&a, "192.0.2.1");
	assert_int_equal(mc_addr_parse_n(&a, text, 7), -MC_EBADADDR);
	assert_int_equal(mc_addr_parse_n(&a, text, 0), -MC_EBADADDR);
	free(text);
	assert_int_equal(mc_addr_parse_n(&a, "192.0.2.1\0", 10), -MC_EBADADDR);
	assert_int_equal(mc_addr_parse_n(&a, "::1\0", 4), -MC_EBADADDR);
	assert_all_zero(&a, sizeof(a));
}

static void equal_addresses_are_equal_bytes(void **state)
{
	static const uint8_t bytes[16] = { 192, 0, 2, 1, 9, 9 };
	struct mc_addr parsed = addr("192.0.2.1");
	struct mc_addr built = mc_addr_from_bytes(MC_IPV4, bytes);
	struct mc_addr six = addr("c000:201:909::");
	struct mc_addr six_built = mc_addr_from_bytes(MC_IPV6, bytes);

	(void)state;
	assert_memory_equal(&parsed, &built, sizeof(parsed));
	assert_memory_equal(&six, &six_built, sizeof(six));
	built = mc_addr_from_bytes(MC_ANY, bytes);
	assert_all_zero(&built, sizeof(built));
	assert_text(&built, "-");
}

static void unspecified_is_zero_of_a_family(void **state)
{
	struct mc_addr none = mc_addr_unspecified(MC_ANY), four = mc_addr_unspecified(MC_IPV4);
	struct mc_addr six = mc_addr_unspecified(MC_IPV6), other = addr("::1");

	(void)state;
	assert_text(&four, "0.0.0.0");
	assert_text(&six, "::");
	assert_true(mc_addr_is_unspecified(&four));
	assert_true(mc_addr_is_unspecified(&six));
	assert_false(mc_addr_is_unspecified(&none));
	assert_false(mc_addr_is_unspecified(&other));
}

static void sorts_numerically_ipv4_first(void **state)
{
	static const char *const rising[] = {
		"0.0.0.0",    "9.255.0.0",	 "10.0.0.0",	 "10.0.0.1",
		"224.0.0.1",  "255.255.255.255", "::",		 "::1",
		"2001:db8::", "fe80::7fff:ffff", "fe80::8000:0", "ff02::1"
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rising); i++) {
		for (size_t j = 0; j < COUNT(rising); j++) {
			struct mc_addr a = addr(rising[i]), b = addr(rising[j]);
			int sign = mc_addr_cmp(&a, &b);

			assert_int_equal((sign > 0) - (sign < 0), (i > j) - (i < j));
		}
	}
}

static void tells_kinds_apart(void **state)
{
	enum { MULTICAST = 1, LINK_LOCAL = 2, BROADCAST = 4 };
	static const struct {
		const char *text;
		int kind;
	} rows[] = {
		{ "223.255.255.255", 0 },
		{ "224.0.0.0", MULTICAST },
		{ "239.255.255.255", MULTICAST },
		{ "240.0.0.0", 0 },
		{ "169.253.255.255", 0 },
		{ "169.254.0.0", LINK_LOCAL },
		{ "169.254.255.255", LINK_LOCAL },
		{ "169.255.0.0", 0 },
		{ "255.255.255.254", 0 },
		{ "255.255.255.255", BROADCAST },
		{ "feff:ffff::", 0 },
		{ "ff00::", MULTICAST },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MULTICAST },
		{ "fe7f:ffff::", 0 },
		{ "fe80::", LINK_LOCAL },
		{ "febf:ffff::", LINK_LOCAL },
		{ "fec0::", 0 },
		{ "e000::1", 0 },
	};
	struct mc_addr none = mc_addr_unspecified(MC_ANY);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].text);

		assert_int_equal(mc_addr_is_multicast(&a), rows[i].kind == MULTICAST);
		assert_int_equal(mc_addr_is_link_local(&a), rows[i].kind == LINK_LOCAL);
		assert_int_equal(mc_addr_is_broadcast(&a), rows[i].kind == BROADCAST);
	}
	assert_false(mc_addr_is_multicast(&none));
	assert_false(mc_addr_is_link_local(&none));
	assert_false(mc_addr_is_broadcast(&none));
}

static void adds_with_carry(void **state)
{
	static const struct {
		const char *a;
		uint64_t n;
		const char *sum; /* NULL: past the end */
	} rows[] = {
		{ "239.1.1.1", 0, "239.1.1.1" },
		{ "239.1.1.255", 1, "239.1.2.0" },
		{ "239.0.255.255", 0x10001, "239.2.0.0" },
		{ "0.0.0.0", 0xffffffff, "255.255.255.255" },
		{ "0.0.0.1", 0xffffffff, NULL },
		{ "255.255.255.255", 1, NULL },
		{ "0.0.0.0", 0x100000000, NULL },
		{ "0.0.0.0", UINT64_MAX, NULL },
		{ "ff3e::ffff:ffff", 1, "ff3e::1:0:0" },
		{ "ff3e::", UINT64_MAX, "ff3e::ffff:ffff:ffff:ffff" },
		{ "ff3e::1", UINT64_MAX, "ff3e:0:0:1::" },
		{ "ff3e::ffff:ffff:ffff:ffff", UINT64_MAX, "ff3e::1:ffff:ffff:ffff:fffe" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, NULL },
		{ "ffff:ffff:ffff:ffff:0:0:0:1", UINT64_MAX, NULL },
	};
	struct mc_addr none = mc_addr_unspecified(MC_ANY), out;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].a), keep = a;
		int rc = mc_addr_add(&a, &keep, rows[i].n);
		uint64_t back;

		if (rows[i].sum) {
			assert_int_equal(rc, 0);
			assert_text(&a, rows[i].sum);
			assert_int_equal(mc_addr_distance(&back, &keep, &a), 0);
			assert_true(back == rows[i].n);
		} else {
			assert_int_equal(rc, -ERANGE);
			assert_all_zero(&a, sizeof(a));
		}
	}
	out = addr("1.2.3.4");
	assert_int_equal(mc_addr_add(&out, &out, 1), 0); /* in place */
	assert_text(&out, "1.2.3.5");
	assert_int_equal(mc_addr_add(&out, &none, 0), 0);
	assert_int_equal(mc_addr_add(&out, &none, 1), -ERANGE);
}

static void refuses_distances_that_do_not_fit(void **state)
{
	static const struct {
		const char *a, *b;
	} rows[] = {
		{ "1.2.3.5", "1.2.3.4" }, { "::2", "::1" },	  { "1.2.3.4", "::1" },
		{ "::1", "1.2.3.4" },	  { "::", "0:0:0:1::" },  { "::", "8000::" },
		{ "::1", "::" },	  { "0:0:0:1::", "::1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].a), b = addr(rows[i].b);
		uint64_t out = 7;

		assert_int_equal(mc_addr_distance(&out, &a, &b), -ERANGE);
		assert_true(out == 0);
	}
}

static void masks_at_any_bit(void **state)
{
	static const struct {
		const char *a;
		unsigned bits;
		const char *masked;
	} rows[] = {
		{ "255.255.255.255", 0, "0.0.0.0" },	 { "255.255.255.255", 1, "128.0.0.0" },
		{ "255.255.255.255", 7, "254.0.0.0" },	 { "255.255.255.255", 8, "255.0.0.0" },
		{ "255.255.255.255", 9, "255.128.0.0" }, { "239.1.2.3", 31, "239.1.2.2" },
		{ "239.1.2.3", 32, "239.1.2.3" },	 { "239.1.2.3", 99, "239.1.2.3" },
		{ "ff3e:ffff::1", 20, "ff3e:f000::" },	 { "ff3e::ffff", 127, "ff3e::fffe" },
		{ "ff3e::ffff", 128, "ff3e::ffff" },	 { "ff3e::ffff", 0, "::" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].a), kept = mc_addr_masked(&a, rows[i].bits);

		assert_int_equal(kept.family, a.family);
		assert_text(&kept, rows[i].masked);
	}
}

static void reads_and_writes_macs(void **state)
{
	static const struct {
		const char *text, *canonical; /* NULL: no MAC */
	} rows[] = {
		{ "01:00:5e:00:00:fb", "01:00:5e:00:00:fb" },
		{ "33-33-FF-aB-Cd-09", "33:33:ff:ab:cd:09" },
		{ "00:00:00:00:00:00", "00:00:00:00:00:00" },
		{ "", NULL },
		{ "0", NULL },
		{ "01", NULL },
		{ "01:", NULL },
		{ "01:00:5e:00:00", NULL },
		{ "01:00:5e:00:00:", NULL },
		{ "01:00:5e:00:00:f", NULL },
		{ "01:00:5e:00:00:fb:", NULL },
		{ "01:00:5e:00:00:fbb", NULL },
		{ "01:00:5e:00:00:fb ", NULL },
		{ "1:0:5e:0:0:fb", NULL },
		{ "01005e0000fb", NULL },
		{ "01.00.5e.00.00.fb", NULL },
		{ "0g:00:5e:00:00:fb", NULL },
		{ "01:00:5G:00:00:fb", NULL },
		{ "/1:00:5e:00:00:fb", NULL },
	};
	char buf[MC_MAC_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_mac m;

		memset(&m, 0xff, sizeof(m));
		if (rows[i].canonical) {
			assert_int_equal(mc_mac_parse(&m, rows[i].text), 0);
			assert_string_equal(mc_mac_format(&m, buf), rows[i].canonical);
		} else {
			assert_int_equal(mc_mac_parse(&m, rows[i].text), -MC_EBADADDR);
			assert_all_zero(&m, sizeof(m));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_formats_canonically),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(parses_text_without_nul),
		cmocka_unit_test(equal_addresses_are_equal_bytes),
		cmocka_unit_test(unspecified_is_zero_of_a_family),
		cmocka_unit_test(sorts_numerically_ipv4_first),
		cmocka_unit_test(tells_kinds_apart),
		cmocka_unit_test(adds_with_carry),
		cmocka_unit_test(refuses_distances_that_do_not_fit),
		cmocka_unit_test(masks_at_any_bit),
		cmocka_unit_test(reads_and_writes_macs),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
