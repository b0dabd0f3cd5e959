/* test_spec.c - the group notation: meaning, canonical text, every error */
#include <mc/spec.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *text_of(const struct mc_addr *a)
{
	static char buf[MC_ADDR_TEXT];

	return mc_addr_format(a, buf);
}

static struct mc_spec parse(const char *text)
{
	struct mc_spec_error err;
	struct mc_spec s;

	if (mc_spec_parse(&s, text, &err))
		fail_msg("%s: %zu: %s", text, err.offset, err.text);
	assert_int_equal(err.offset, 0);
	assert_string_equal(err.text, "");
	return s;
}

static void assert_specs_equal(const struct mc_spec *a, const struct mc_spec *b)
{
	assert_memory_equal(a, b, sizeof(*a));
}

static void reads_groups_ranges_ports_interfaces(void **state)
{
	static const struct {
		const char *text, *first;
		uint64_t count;
		unsigned port;
		const char *ifname, *canonical; /* canonical NULL: as written */
	} rows[] = {
		{ "239.1.1.1", "239.1.1.1", 1, 0, "", NULL },
		{ "239.1.1.1:5000", "239.1.1.1", 1, 5000, "", NULL },
		{ "239.1.1.1:1", "239.1.1.1", 1, 1, "", NULL },
		{ "239.1.1.1:65535", "239.1.1.1", 1, 65535, "", NULL },
		{ "239.1.1.1:0005000", "239.1.1.1", 1, 5000, "", "239.1.1.1:5000" },
		{ "239.1.1.1%eth1", "239.1.1.1", 1, 0, "eth1", NULL },
		{ "239.1.1.1%a23456789012345", "239.1.1.1", 1, 0, "a23456789012345", NULL },
		{ "239.1.1.1%v-1.2@x,+%", "239.1.1.1", 1, 0, "v-1.2@x,+%", NULL },
		{ "239.1.1.1%...", "239.1.1.1", 1, 0, "...", NULL },
		{ "239.1.1.1+1", "239.1.1.1", 1, 0, "", "239.1.1.1" },
		{ "239.1.0.0+1000:5000%eth1", "239.1.0.0", 1000, 5000, "eth1", NULL },
		{ "224.0.0.0+268435456", "224.0.0.0", 268435456, 0, "", NULL },
		{ "239.255.255.255+1", "239.255.255.255", 1, 0, "", "239.255.255.255" },
		{ "239.1.1.1/32", "239.1.1.1", 1, 0, "", "239.1.1.1" },
		{ "239.1.0.0/16", "239.1.0.0", 65536, 0, "", "239.1.0.0+65536" },
		{ "239.1.2.3/16:9", "239.1.0.0", 65536, 9, "", "239.1.0.0+65536:9" },
		{ "239.1.2.3/4", "224.0.0.0", 268435456, 0, "", "224.0.0.0+268435456" },
		{ "239.1.1.1-239.1.1.9", "239.1.1.1", 9, 0, "", "239.1.1.1+9" },
		{ "239.1.1.1-239.1.1.1:7", "239.1.1.1", 1, 7, "", "239.1.1.1:7" },
		{ "[239.1.1.1]:5000", "239.1.1.1", 1, 5000, "", "239.1.1.1:5000" },
		{ "[239.1.1.1]-239.1.1.2:5", "239.1.1.1", 2, 5, "", "239.1.1.1+2:5" },
		{ "ff3e::1234", "ff3e::1234", 1, 0, "", NULL },
		{ "FF3E:0::1234", "ff3e::1234", 1, 0, "", "ff3e::1234" },
		{ "ff3e::1:5000", "ff3e::1:5000", 1, 0, "", NULL },
		{ "ff0e::ffff:1.2.3.4", "ff0e::ffff:102:304", 1, 0, "", "ff0e::ffff:102:304" },
		{ "[ff3e::1]", "ff3e::1", 1, 0, "", "ff3e::1" },
		{ "[ff3e::1]:5000", "ff3e::1", 1, 5000, "", NULL },
		{ "[ff3e::1]%eth0", "ff3e::1", 1, 0, "eth0", "ff3e::1%eth0" },
		{ "[ff02::1]:5000%eth0", "ff02::1", 1, 5000, "eth0", NULL },
		{ "ff02::1%eth0", "ff02::1", 1, 0, "eth0", NULL },
		{ "ff3e::1+10", "ff3e::1", 10, 0, "", NULL },
		{ "[ff3e::1]+10:5000", "ff3e::1", 10, 5000, "", NULL },
		{ "[ff3e::1+10]:5000", "ff3e::1", 10, 5000, "", "[ff3e::1]+10:5000" },
		{ "[ff3e::1/120]:5000", "ff3e::", 256, 5000, "", "[ff3e::]+256:5000" },
		{ "[ff3e::1]/120:5000", "ff3e::", 256, 5000, "", "[ff3e::]+256:5000" },
		{ "[ff3e::1-ff3e::9]:5000", "ff3e::1", 9, 5000, "", "[ff3e::1]+9:5000" },
		{ "[ff3e::1]-[ff3e::9]:5000", "ff3e::1", 9, 5000, "", "[ff3e::1]+9:5000" },
		{ "ff3e::1-ff3e::9", "ff3e::1", 9, 0, "", "ff3e::1+9" },
		{ "ff3e::1/128", "ff3e::1", 1, 0, "", "ff3e::1" },
		{ "ff3e::1/65", "ff3e::", UINT64_C(1) << 63, 0, "", "ff3e::+9223372036854775808" },
		{ "ff3e::+18446744073709551615", "ff3e::", UINT64_MAX, 0, "", NULL },
		{ "ff3e::1-ff3e::ffff:ffff:ffff:ffff", "ff3e::1", UINT64_MAX, 0, "",
		  "ff3e::1+18446744073709551615" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff+1",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, 0, "",
		  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *canonical = rows[i].canonical ? rows[i].canonical : rows[i].text;
		struct mc_spec s = parse(rows[i].text), again;
		char text[MC_SPEC_TEXT];

		assert_string_equal(text_of(&s.first), rows[i].first);
		assert_true(s.count == rows[i].count);
		assert_int_equal(s.port, rows[i].port);
		assert_string_equal(s.ifname, rows[i].ifname);
		assert_int_equal(s.n_sources, 0);
		assert_int_equal(s.mode, MC_EXCLUDE);
		assert_int_equal(mc_spec_format(&s, text, sizeof(text)), (int)strlen(canonical));
		assert_string_equal(text, canonical);
		again = parse(text);
		assert_specs_equal(&s, &again);
	}
}

static void reads_sources(void **state)
{
	static const struct {
		const char *text;
		int mode;
		unsigned n;
		const char *first, *last;
		const char *canonical; /* NULL: as written */
	} rows[] = {
		{ "10.0.0.1@232.1.1.1:5000", MC_INCLUDE, 1, "10.0.0.1", "10.0.0.1", NULL },
		{ "!10.0.0.9@239.1.1.1", MC_EXCLUDE, 1, "10.0.0.9", "10.0.0.9", NULL },
		{ "10.0.0.1,10.0.0.2,10.0.0.3@232.1.1.1/24", MC_INCLUDE, 3, "10.0.0.1", "10.0.0.3",
		  "10.0.0.1,10.0.0.2,10.0.0.3@232.1.1.0+256" },
		{ "!10.0.0.1,!10.0.0.2@239.1.1.1%lo", MC_EXCLUDE, 2, "10.0.0.1", "10.0.0.2", NULL },
		{ "2001:db8::1@[ff3e::1234]:5000%eth0", MC_INCLUDE, 1, "2001:db8::1", "2001:db8::1",
		  NULL },
		{ "2001:db8::1@ff3e::1234", MC_INCLUDE, 1, "2001:db8::1", "2001:db8::1", NULL },
		{ "![2001:db8::1],!fe80::2@ff1e::1", MC_EXCLUDE, 2, "2001:db8::1", "fe80::2",
		  "!2001:db8::1,!fe80::2@ff1e::1" },
		{ "[10.0.0.1]@232.1.1.1", MC_INCLUDE, 1, "10.0.0.1", "10.0.0.1",
		  "10.0.0.1@232.1.1.1" },
		{ "10.0.0.1@232.1.1.1%if@x", MC_INCLUDE, 1, "10.0.0.1", "10.0.0.1", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *canonical = rows[i].canonical ? rows[i].canonical : rows[i].text;
		struct mc_spec s = parse(rows[i].text), again;
		char text[MC_SPEC_TEXT];

		assert_int_equal(s.mode, rows[i].mode);
		assert_int_equal(s.n_sources, rows[i].n);
		assert_string_equal(text_of(&s.sources[0]), rows[i].first);
		assert_string_equal(text_of(&s.sources[rows[i].n - 1]), rows[i].last);
		assert_int_equal(mc_spec_format(&s, text, sizeof(text)), (int)strlen(canonical));
		assert_string_equal(text, canonical);
		again = parse(text);
		assert_specs_equal(&s, &again);
	}
}

struct mistake {
	const char *text;
	size_t offset;
	const char *message;
};

static const struct mistake mistakes[] = {
	/* groups */
	{ "", 0, "empty: write a group such as 239.1.1.1" },
	{ " 239.1.1.1", 0, "no spaces here" },
	{ "239.1.1.1 ", 9, "no spaces here" },
	{ "239.1.1.1%eth 0", 13, "no spaces here" },
	{ "239.1.1.1\t", 9, "no spaces here" },
	{ "192.0.2.1", 0, "192.0.2.1 is not a multicast group" },
	{ "240.0.0.1:5000", 0, "240.0.0.1 is not a multicast group" },
	{ "2001:db8::1", 0, "2001:db8::1 is not a multicast group" },
	{ "[fe80::1]:5000", 1, "fe80::1 is not a multicast group" },
	{ "10.0.0.1@10.0.0.2", 9, "10.0.0.2 is not a multicast group" },
	{ "239.1.1", 0, "'239.1.1' is not an IPv4 or IPv6 address" },
	{ "239.1.1.256", 0, "'239.1.1.256' is not an IPv4 or IPv6 address" },
	{ "example.com:5000", 0, "'example.com' is not an IPv4 or IPv6 address" },
	{ "ff3e:1", 0, "'ff3e' is not an IPv4 or IPv6 address" },
	{ "ff3e::1::2", 0, "'ff3e::1::2' is not an IPv4 or IPv6 address" },
	{ "\x1b[31m", 0, "'?' is not an IPv4 or IPv6 address" },
	{ "caf\xc3\xa9.test", 0, "'caf??.test' is not an IPv4 or IPv6 address" },
	{ "0123456789012345678901234567890123456789012345", 0,
	  "'012345678901234567890123456789012345678901...' is not an IPv4 or IPv6 address" },
	{ ":5000", 0, "an address is missing here" },
	{ "%eth0", 0, "an address is missing here" },
	{ "[]:5000", 1, "an address is missing here" },
	{ "+5", 0, "an address is missing here" },
	{ "!10.0.0.1", 0, "'!' excludes a source: !SOURCE@GROUP" },
	{ "10.0.0.1@!239.1.1.1", 9, "'!' excludes a source: !SOURCE@GROUP" },
	{ "10.0.0.1@", 9, "a group is missing here" },
	{ "239.1.1.1,239.1.1.2", 9, "unexpected ','" },
	{ "239.1.1.1!", 9, "unexpected '!'" },
	{ "239.1.1.1]", 9, "unexpected ']'" },
	{ "10.0.0.1@239.1.1.1@239.1.1.2", 18, "unexpected '@'" },
	/* brackets */
	{ "[ff3e::1", 0, "'[' is not closed" },
	{ "[ff3e::1+10", 0, "'[' is not closed" },
	{ "10.0.0.1@[239.1.1.1", 9, "'[' is not closed" },
	{ "[ff02::1%eth0]:5000", 8, "the interface goes last: [GROUP]:PORT%IF" },
	{ "[239.1.1.1:5000]", 10, "the port goes behind the bracket: [GROUP]:PORT" },
	{ "[ff3e::1,ff3e::2]", 8, "unexpected ',' inside brackets" },
	{ "[ff3e::1]x", 9, "unexpected 'x'" },
	{ "ff3e:2:3:4:5:6:7:8:5000", 18,
	  "IPv6 group with a port needs brackets: [ff3e:2:3:4:5:6:7:8]:PORT" },
	{ "ff3e::1:50000", 7, "IPv6 group with a port needs brackets: [ff3e::1]:PORT" },
	{ "ff3e::1:", 7, "IPv6 group with a port needs brackets: [ff3e::1]:PORT" },
	{ "ff3e::1+10:5000", 10, "IPv6 group with a port needs brackets: [ff3e::1]:PORT" },
	{ "ff3e::1/120:5000", 11, "IPv6 group with a port needs brackets: [ff3e::1]:PORT" },
	{ "fe80:2:3:4:5:6:7:8:5000", 0,
	  "'fe80:2:3:4:5:6:7:8:5000' is not an IPv4 or IPv6 address" },
	{ "[ff3e::1]-ff3e::9:5000", 10, "the last group needs brackets too: [FIRST]-[LAST]" },
	/* ports */
	{ "239.1.1.1:", 10, "a port number is missing after ':'" },
	{ "239.1.1.1:http", 10, "a port number is missing after ':'" },
	{ "239.1.1.1:-1", 10, "a port number is missing after ':'" },
	{ "239.1.1.1:%eth0", 10, "a port number is missing after ':'" },
	{ "239.1.1.1:0", 10, "port 0 is not a port" },
	{ "[ff3e::1]:000", 10, "port 000 is not a port" },
	{ "239.1.1.1:65536", 10, "port 65536 is above 65535" },
	{ "239.1.1.1:99999999999999999999", 10, "port 99999999999999999999 is above 65535" },
	{ "239.1.1.1:50x", 12, "unexpected 'x'" },
	{ "239.1.1.1:1:2", 11, "unexpected ':'" },
	{ "239.1.1.1:5000+10", 14, "the range goes before the port: GROUP+COUNT:PORT" },
	{ "239.1.1.1:5000/24", 14, "the range goes before the port: GROUP+COUNT:PORT" },
	{ "239.1.1.1:5000-5010", 14, "the range goes before the port: GROUP+COUNT:PORT" },
	/* counts */
	{ "239.1.1.1+", 10, "a number of groups is missing after '+'" },
	{ "239.1.1.1+x", 10, "a number of groups is missing after '+'" },
	{ "239.1.1.1+0", 10, "a range has at least 1 group" },
	{ "ff3e::1+00", 8, "a range has at least 1 group" },
	{ "239.255.255.255+2", 16, "range runs past 239.255.255.255" },
	{ "224.0.0.0+268435457", 10, "range runs past 239.255.255.255" },
	{ "224.0.0.0+18446744073709551615", 10, "range runs past 239.255.255.255" },
	{ "224.0.0.0+18446744073709551616", 10, "range runs past 239.255.255.255" },
	{ "ff3e::+18446744073709551616", 7, "range of more than 18446744073709551615 groups" },
	{ "ff3e::+99999999999999999999999", 7, "range of more than 18446744073709551615 groups" },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff+2", 40,
	  "range runs past ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
	{ "239.1.1.1+5x", 11, "unexpected 'x'" },
	{ "239.1.1.1+5+6", 11, "only one of +COUNT, /PREFIX and -LAST" },
	{ "239.1.1.1/24-239.1.1.9", 12, "only one of +COUNT, /PREFIX and -LAST" },
	{ "239.1.1.1-239.1.1.9/24", 19, "only one of +COUNT, /PREFIX and -LAST" },
	{ "[ff3e::1+5]+6", 11, "only one of +COUNT, /PREFIX and -LAST" },
	/* prefixes */
	{ "239.1.1.1/", 10, "a prefix length is missing after '/'" },
	{ "239.1.1.1/255.0.0.0", 10, "prefix /255 is longer than 32 bits" },
	{ "239.1.1.1/33", 10, "prefix /33 is longer than 32 bits" },
	{ "239.1.1.1/4294967300", 10, "prefix /4294967300 is longer than 32 bits" },
	{ "239.1.1.1/3", 10, "prefix /3 reaches outside 224.0.0.0/4" },
	{ "239.1.1.1/0", 10, "prefix /0 reaches outside 224.0.0.0/4" },
	{ "ff3e::1/129", 8, "prefix /129 is longer than 128 bits" },
	{ "ff3e::1/7", 8, "prefix /7 reaches outside ff00::/8" },
	{ "ff3e::1/8", 8, "prefix /8 holds too many groups to count: /65 is the widest" },
	{ "ff3e::1/64", 8, "prefix /64 holds too many groups to count: /65 is the widest" },
	{ "239.1.1.1/24x", 12, "unexpected 'x'" },
	/* last groups */
	{ "239.1.1.1-", 10, "an address is missing here" },
	{ "239.1.1.1-9", 10, "'9' is not an IPv4 or IPv6 address" },
	{ "239.1.1.1-240.0.0.0", 10, "240.0.0.0 is not a multicast group" },
	{ "239.1.1.9-239.1.1.8", 10, "range ends before it starts" },
	{ "239.1.1.1-ff3e::1", 10, "range mixes IPv4 and IPv6" },
	{ "ff3e::1-239.1.1.1", 8, "range mixes IPv4 and IPv6" },
	{ "ff3e::-ff3e::ffff:ffff:ffff:ffff", 7, "range of more than 18446744073709551615 groups" },
	{ "ff00::-ffff::", 7, "range of more than 18446744073709551615 groups" },
	{ "[ff3e::1]-[ff3e::9:5000", 10, "'[' is not closed after the address" },
	/* sources */
	{ "@239.1.1.1", 0, "a source is missing here" },
	{ ",10.0.0.1@239.1.1.1", 0, "a source is missing here" },
	{ "10.0.0.1,@239.1.1.1", 9, "a source is missing here" },
	{ "10.0.0.1,,10.0.0.2@239.1.1.1", 9, "a source is missing here" },
	{ "!@239.1.1.1", 1, "a source is missing here" },
	{ "!!10.0.0.1@239.1.1.1", 1, "an address is missing here" },
	{ "10.0.0@239.1.1.1", 0, "'10.0.0' is not an IPv4 or IPv6 address" },
	{ "10.0.0.1,host@239.1.1.1", 9, "'host' is not an IPv4 or IPv6 address" },
	{ "239.1.1.1@239.1.1.1", 0, "source 239.1.1.1 is itself a group" },
	{ "!ff02::1@ff02::1", 1, "source ff02::1 is itself a group" },
	{ "0.0.0.0@239.1.1.1", 0, "source 0.0.0.0 is not the address of a host" },
	{ "::@ff3e::1", 0, "source :: is not the address of a host" },
	{ "255.255.255.255@239.1.1.1", 0, "source 255.255.255.255 is not the address of a host" },
	{ "!10.0.0.1,10.0.0.2@239.1.1.1", 10, "mixes '!' and plain sources" },
	{ "10.0.0.1,!10.0.0.2@239.1.1.1", 9, "mixes '!' and plain sources" },
	{ "10.0.0.1,10.0.0.1@239.1.1.1", 9, "duplicate source 10.0.0.1" },
	{ "2001:db8::1,[2001:DB8:0::1]@ff3e::1", 13, "duplicate source 2001:DB8:0::1" },
	{ "10.0.0.1,2001:db8::1@239.1.1.1", 9, "source 2001:db8::1 is IPv6, the first is IPv4" },
	{ "2001:db8::1,10.0.0.1@ff3e::1", 12, "source 10.0.0.1 is IPv4, the first is IPv6" },
	{ "![2001:db8::1]@239.1.1.1", 2, "source 2001:db8::1 is IPv6, the group is IPv4" },
	{ "10.0.0.1@ff3e::1", 0, "source 10.0.0.1 is IPv4, the group is IPv6" },
	{ "10.0.0.1@[ff3e::1]:0", 0, "source 10.0.0.1 is IPv4, the group is IPv6" },
	{ "10.0.0.0/24@239.1.1.1", 8, "a source is one address, not a range" },
	{ "10.0.0.0+4@239.1.1.1", 8, "a source is one address, not a range" },
	{ "10.0.0.0-10.0.0.4@239.1.1.1", 8, "a source is one address, not a range" },
	{ "10.0.0.1:5000@239.1.1.1", 8, "a source has no port" },
	{ "[2001:db8::1]:5000@ff3e::1", 13, "a source has no port" },
	{ "10.0.0.1!@239.1.1.1", 8, "unexpected '!' after a source" },
	{ "[2001:db8::1]x@ff3e::1", 13, "unexpected 'x' after a source" },
	{ "[2001:db8::1@ff3e::1", 0, "'[' is not closed after the address" },
	{ "fe80::1%eth0@ff02::1", 0, "fe80::1 is not a multicast group" },
	/* interfaces */
	{ "239.1.1.1%", 10, "an interface name is missing after '%'" },
	{ "239.1.1.1%a234567890123456", 25, "interface name longer than 15 characters" },
	{ "239.1.1.1%eth0:5000", 14, "the port goes before the interface: GROUP:PORT%IF" },
	{ "239.1.1.1%eth/0", 13, "an interface name has no '/'" },
	{ "239.1.1.1%.", 10, "'.' is not an interface name" },
	{ "239.1.1.1%..", 10, "'..' is not an interface name" },
};

static void points_at_every_mistake(void **state)
{
	static const struct mc_spec zero;

	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		/* An exact allocation, so that a sanitizer sees a byte too far. */
		char *text = strdup(m->text);
		struct mc_spec_error err;
		struct mc_spec s;
		int rc;

		assert_non_null(text);
		memset(&s, 0xff, sizeof(s));
		memset(&err, 0xff, sizeof(err));
		rc = mc_spec_parse(&s, text, &err);
		if (rc != -MC_EBADSPEC || err.offset != m->offset || strcmp(err.text, m->message))
			fail_msg("\"%s\": returned %d, offset %zu: %s", text, rc, err.offset,
				 err.text);
		assert_memory_equal(&s, &zero, sizeof(s));
		assert_int_equal(mc_spec_parse(&s, text, NULL), -MC_EBADSPEC);
		free(text);
	}
}

/* "10.0.0.1,10.0.0.2,...@239.1.1.1" with n sources. */
static size_t many_sources(char *buf, size_t size, unsigned n, const char *sign)
{
	size_t len = 0;

	for (unsigned i = 1; i <= n; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s10.0.0.%u", i > 1 ? "," : "",
					sign, i);
	return len + (size_t)snprintf(buf + len, size - len, "@239.1.1.1");
}

static void takes_64_sources_and_no_more(void **state)
{
	struct mc_spec_error err;
	struct mc_spec s, again;
	char text[MC_SPEC_TEXT], out[MC_SPEC_TEXT];

	(void)state;
	many_sources(text, sizeof(text), MC_SPEC_SOURCES, "!");
	s = parse(text);
	assert_int_equal(s.n_sources, MC_SPEC_SOURCES);
	assert_string_equal(text_of(&s.sources[63]), "10.0.0.64");
	assert_true(mc_spec_format(&s, out, sizeof(out)) > 0);
	assert_string_equal(out, text);
	again = parse(out);
	assert_specs_equal(&s, &again);

	many_sources(text, sizeof(text), MC_SPEC_SOURCES + 1, "");
	assert_int_equal(mc_spec_parse(&s, text, &err), -MC_EBADSPEC);
	assert_string_equal(err.text, "more than 64 sources");
	assert_string_equal(text + err.offset, "10.0.0.65@239.1.1.1");
}

static void the_longest_spec_fits_its_room(void **state)
{
	struct mc_spec s = { .count = UINT64_MAX, .port = 65535, .n_sources = MC_SPEC_SOURCES };
	char text[MC_SPEC_TEXT];

	(void)state;
	assert_int_equal(mc_addr_parse(&s.first, "ff3e:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa"), 0);
	for (unsigned i = 0; i < MC_SPEC_SOURCES; i++)
		assert_int_equal(
			mc_addr_parse(&s.sources[i], "fe80:bbbb:bbbb:bbbb:bbbb:bbbb:bbbb:bbbb"), 0);
	memcpy(s.ifname, "a23456789012345", 16);
	assert_true(mc_spec_format(&s, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, "]+18446744073709551615:65535%a23456789012345"));
}

static void refuses_a_buffer_too_small(void **state)
{
	static const char *const texts[] = { "239.1.1.1", "10.0.0.1,10.0.0.2@232.1.1.1+9:5000%eth0",
					     "!2001:db8::1@[ff3e::1]:1" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t need = strlen(texts[i]) + 1;
		struct mc_spec s = parse(texts[i]);

		for (size_t size = 0; size < need; size++) {
			char *buf = malloc(size ? size : 1);

			assert_non_null(buf);
			buf[0] = 'x';
			assert_int_equal(mc_spec_format(&s, buf, size), -ENOSPC);
			assert_int_equal(buf[0], size ? '\0' : 'x');
			free(buf);
		}
	}
}

static void walks_a_range(void **state)
{
	struct mc_spec s = parse("239.1.0.254+1000000"), end = parse("239.255.255.255");
	struct mc_addr g;

	(void)state;
	g = mc_spec_group(&s, 0);
	assert_string_equal(text_of(&g), "239.1.0.254");
	g = mc_spec_group(&s, 2);
	assert_string_equal(text_of(&g), "239.1.1.0");
	g = mc_spec_group(&s, s.count - 1);
	assert_string_equal(text_of(&g), "239.16.67.61");
	g = mc_spec_group(&end, UINT64_MAX);
	assert_string_equal(text_of(&g), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_groups_ranges_ports_interfaces),
		cmocka_unit_test(reads_sources),
		cmocka_unit_test(points_at_every_mistake),
		cmocka_unit_test(takes_64_sources_and_no_more),
		cmocka_unit_test(the_longest_spec_fits_its_room),
		cmocka_unit_test(refuses_a_buffer_too_small),
		cmocka_unit_test(walks_a_range),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
