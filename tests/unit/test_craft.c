/* test_craft.c - the notation for one message: bytes, and where errors point */
#include <mc/craft.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void parse(struct mc_craft *c, const char *text)
{
	struct mc_spec_error err;

	if (mc_craft_parse(c, text, &err))
		fail_msg("%s: %zu: %s", text, err.offset, err.text);
	assert_string_equal(err.text, "");
}

static const char *hex_of(const uint8_t *buf, int len)
{
	static char text[256];

	for (int i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", buf[i]);
	return text;
}

/* Checksums of IGMP were computed by hand, those of MLD are for fe80::1 to the
 * message's own destination; types and codes are those of the RFCs. */
static void every_message_has_a_name(void **state)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{ "v1-query", "1100eeff00000000" },
		{ "v2-query", "1164ee9b00000000" },
		{ "v2-query 239.1.1.1", "110afef2ef010101" },
		{ "v2-query max-resp=25.5s", "11ffee0000000000" },
		{ "v2-query max-resp-code=255", "11ffee0000000000" },
		{ "v3-query", "1164ec1e00000000027d0000" },
		{ "v3-query s qrv=7 qqic=255", "1164de9c000000000fff0000" },
		{ "v1-report 239.1.1.1", "1200fdfcef010101" },
		{ "v2-report 239.1.1.1", "1600f9fcef010101" },
		{ "v2-leave 239.1.1.1", "1700f8fcef010101" },
		{ "leave  239.1.1.1 ", "1700f8fcef010101" },
		{ "v3-report 239.1.1.1=to_ex()", "2200e9fb0000000104000000ef010101" },
		{ "v3-report 239.1.1.1=to_ex", "2200e9fb0000000104000000ef010101" },
		{ "v3-report 239.1.1.1=9", "2200e4fb0000000109000000ef010101" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_craft c;
		uint8_t buf[100];
		int len;

		parse(&c, rows[i].text);
		assert_false(c.udp);
		len = mc_gm_build(buf, sizeof(buf), &c.gm, NULL, NULL);
		if (len < 0 || strcmp(hex_of(buf, len), rows[i].hex) != 0)
			fail_msg("%s: %s, not %s", rows[i].text,
				 len < 0 ? "refused" : hex_of(buf, len), rows[i].hex);
	}
}

static void addresses_equal(const struct mc_addr *a, const char *text)
{
	char buf[MC_ADDR_TEXT];

	assert_string_equal(mc_addr_format(a, buf), text);
}

static void reports_carry_records_with_sources(void **state)
{
	struct mc_craft c;

	(void)state;
	parse(&c, "v3-report 239.1.1.1=to_in(10.0.0.1,10.0.0.2) 239.1.1.2=is_ex() "
		  "232.1.1.1=block(10.0.0.3)");
	assert_int_equal(c.gm.n_records, 3);
	assert_int_equal(c.gm.records[0].type, MC_REC_TO_IN);
	assert_int_equal(c.gm.records[0].n_sources, 2);
	addresses_equal(&c.gm.records[0].group, "239.1.1.1");
	addresses_equal(&c.gm.records[0].sources[0], "10.0.0.1");
	addresses_equal(&c.gm.records[0].sources[1], "10.0.0.2");
	assert_int_equal(c.gm.records[1].type, MC_REC_IS_EX);
	assert_int_equal(c.gm.records[1].n_sources, 0);
	addresses_equal(&c.gm.records[2].sources[0], "10.0.0.3");
	parse(&c, "mldv2-report ff15::1=allow(2001:db8::1)");
	assert_int_equal(mc_craft_family(&c), MC_IPV6);
	assert_int_equal(c.gm.version, 2);
	addresses_equal(&c.gm.records[0].group, "ff15::1");
	addresses_equal(&c.gm.records[0].sources[0], "2001:db8::1");
}

static void queries_take_fields(void **state)
{
	struct mc_craft c;

	(void)state;
	parse(&c, "v3-query 10.0.0.1,10.0.0.2@239.1.1.1 max-resp=100ms s qrv=3 qqi=31s");
	addresses_equal(&c.gm.group, "239.1.1.1");
	assert_int_equal(c.gm.n_sources, 2);
	addresses_equal(&c.gm.sources[1], "10.0.0.2");
	assert_int_equal(c.gm.max_resp.ns, 100000000);
	assert_true(c.gm.s);
	assert_int_equal(c.gm.qrv, 3);
	assert_int_equal(c.gm.qqi.ns, 31000000000);
	parse(&c, "mldv1-query");
	assert_int_equal(c.gm.max_resp.ns, 10000000000);
	assert_int_equal(c.gm.qrv, 0);
	parse(&c, "mldv2-query ff15::1");
	assert_int_equal(c.gm.max_resp.ns, 1000000000);
	assert_int_equal(c.gm.qrv, 2);
	parse(&c, "mldv2-query max-resp-code=32768");
	assert_int_equal(c.gm.max_resp.ns, 32768 * 1000000LL);
	parse(&c, "mldv1-query max-resp=0");
	assert_int_equal(c.gm.max_resp.ns, 0);
}

static void datagrams_carry_bytes(void **state)
{
	struct mc_craft c;

	(void)state;
	parse(&c, "udp 239.1.1.1:6000 source-port=7 hex=00fFa0");
	assert_true(c.udp);
	assert_int_equal(mc_craft_family(&c), MC_IPV4);
	assert_int_equal(c.port, 6000);
	assert_int_equal(c.source_port, 7);
	assert_int_equal(c.payload_len, 3);
	assert_memory_equal(c.payload, "\0\xff\xa0", 3);
	parse(&c, "udp [ff15::1]:7");
	assert_int_equal(c.port, 7);
	assert_int_equal(c.payload_len, 8);
	parse(&c, "udp 239.1.1.1 text=hello");
	assert_int_equal(c.port, 5000);
	assert_int_equal(c.payload_len, 5);
	assert_memory_equal(c.payload, "hello", 5);
	parse(&c, "udp 239.1.1.1 size=1472");
	assert_int_equal(c.payload_len, 1472);
}

/* The caret under the word, by a line below. */
static void errors_point_at_the_character(void **state)
{
	static const struct {
		const char *text, *caret, *what;
	} rows[] = {
		{ "", "^", "empty" },
		{ "v4-report 239.1.1.1", "^", "no message 'v4-report'" },
		{ "v2-report", "         ^", "a group is missing" },
		{ "v2-report 10.0.0.1", "          ^", "not a multicast group" },
		{ "v2-report 239.1.1.1 x", "                    ^", "unexpected 'x'" },
		{ "v2-report ff15::1", "          ^", "IGMP is about IPv4" },
		{ "mldv1-report 239.1.1.1", "             ^", "MLD is about IPv6" },
		{ "v2-report 239.1.1.1:5", "          ^", "only a datagram has a port" },
		{ "v2-report 239.1.1.1+2", "          ^", "not a range" },
		{ "v2-report 239.1.1.1%e", "          ^", "interface" },
		{ "leave 10.0.0.1@239.1.1.1", "      ^", "no place for sources" },
		{ "v1-query 239.1.1.1", "         ^", "general queries only" },
		{ "v1-query max-resp=1", "         ^", "no fields" },
		{ "v2-query 10.0.0.1@239.1.1.1", "         ^", "query sources" },
		{ "v2-query qrv=1", "         ^", "IGMPv3 and MLDv2" },
		{ "v2-query s", "         ^", "IGMPv3 and MLDv2" },
		{ "v2-query max-resp=50ms", "                  ^", "IGMPv1 query" },
		{ "v2-query max-resp-code=0", "                       ^", "IGMPv1 query" },
		{ "v3-query max-resp-code=256", "                       ^", "0..255" },
		{ "v3-query max-resp=x", "                  ^", "not a time" },
		{ "v3-query max-resp=1.s", "                  ^", "not a time" },
		{ "v3-query qrv=8", "             ^", "0..7" },
		{ "v3-query qqic=", "              ^", "0..255" },
		{ "v3-query color=red", "         ^", "no field of a query" },
		{ "v3-query !10.0.0.1@239.1.1.1", "         ^", "without '!'" },
		{ "v3-query 239.1.1.1 239.1.1.2", "                   ^", "one group" },
		{ "v3-report", "         ^", "a record is missing" },
		{ "v3-report 239.1.1.1", "                   ^", "a record has a type" },
		{ "v3-report 239.1.1.1=to", "                    ^", "no record type" },
		{ "v3-report 239.1.1.1=256", "                    ^", "no record type" },
		{ "v3-report 239.1.1.1=to_in(", "                         ^", "not closed" },
		{ "v3-report 239.1.1.1=to_in(x)", "                          ^", "not an IPv4" },
		{ "v3-report 239.1.1.1=to_in(::1)", "                          ^", "family" },
		{ "v3-report 239.1.1.1=to_in(10.0.0.1,)", "                                   ^",
		  "a source is missing" },
		{ "udp 239.1.1.1 hex=0", "                  ^", "half a byte" },
		{ "udp 239.1.1.1 hex=0g", "                   ^", "not a hex digit" },
		{ "udp 239.1.1.1 size=1473", "                   ^", "0..1472" },
		{ "udp 239.1.1.1 port=3", "              ^", "no part of a datagram" },
		{ "udp 10.0.0.1@239.1.1.1", "    ^", "sender" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static const struct mc_craft zero;
		struct mc_spec_error err;
		struct mc_craft c;

		assert_int_equal(mc_craft_parse(&c, rows[i].text, &err), -MC_EBADSPEC);
		assert_memory_equal(&c, &zero, sizeof(c));
		if (err.offset != strlen(rows[i].caret) - 1 || !strstr(err.text, rows[i].what))
			fail_msg("'%s': at %zu '%s', not '%s'", rows[i].text, err.offset, err.text,
				 rows[i].what);
	}
	assert_int_equal(mc_craft_parse(&(struct mc_craft){ 0 }, "x", NULL), -MC_EBADSPEC);
}

static void what_a_packet_cannot_hold_is_refused(void **state)
{
	char text[16384] = "v3-report";
	struct mc_craft c;
	struct mc_spec_error err;

	(void)state;
	for (int i = 0; i < MC_CRAFT_RECORDS; i++)
		strcat(text, " 239.1.1.1=to_ex");
	parse(&c, text);
	assert_int_equal(c.gm.n_records, MC_CRAFT_RECORDS);
	strcat(text, " 239.1.1.1=to_ex");
	assert_int_equal(mc_craft_parse(&c, text, &err), -MC_EBADSPEC);
	assert_non_null(strstr(err.text, "more records"));
	strcpy(text, "v3-report 239.1.1.1=to_in(10.0.0.1");
	for (int i = 1; i < MC_CRAFT_SOURCES; i++)
		strcat(text, ",10.0.0.1");
	strcat(text, ")");
	parse(&c, text);
	assert_int_equal(c.gm.records[0].n_sources, MC_CRAFT_SOURCES);
	strcpy(strrchr(text, ')'), ",10.0.0.1)");
	assert_int_equal(mc_craft_parse(&c, text, &err), -MC_EBADSPEC);
	assert_non_null(strstr(err.text, "more sources"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_has_a_name),
		cmocka_unit_test(reports_carry_records_with_sources),
		cmocka_unit_test(queries_take_fields),
		cmocka_unit_test(datagrams_carry_bytes),
		cmocka_unit_test(errors_point_at_the_character),
		cmocka_unit_test(what_a_packet_cannot_hold_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
