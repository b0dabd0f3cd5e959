/* test_judge.c - the judge: one change to a clean message, one issue */
#include "samples.h"

static void test_clean(void **state)
{
	(void)state;
	for (enum sample n = V1_QUERY; n < SAMPLES; n++) {
		put_sample(n);
		EXPECT(MC_ISSUE_NONE);
	}
}

/* ---- the envelope ---- */

static void test_any_envelope(void **state)
{
	(void)state;
	for (enum sample n = V1_QUERY; n < SAMPLES; n++) {
		put_sample(n);
		packet.f.ttl = 2;
		EXPECT(MC_ISSUE_TTL);
		packet.f.ttl = 0;
		EXPECT(MC_ISSUE_TTL);
		put_sample(n);
		packet.f.bad_header_sum = true;
		EXPECT(MC_ISSUE_IP_CHECKSUM);
		put_sample(n);
		packet.f.router_alert = true;
		packet.f.router_alert_value = 1;
		EXPECT(MC_ISSUE_ROUTER_ALERT_VALUE);
		put_sample(n);
		packet.bytes[2] ^= 1;
		EXPECT(MC_ISSUE_CHECKSUM);
		put_sample(n);
		packet.f.dst_mac.bytes[5] ^= 1;
		EXPECT(MC_ISSUE_MAC);
		packet.f.has_dst_mac = false;
		EXPECT(MC_ISSUE_NONE);
		put_sample(n);
		packet.f.fragment = true;
		EXPECT(MC_ISSUE_FRAGMENT);
	}
}

static void test_router_alert(void **state)
{
	(void)state;
	for (enum sample n = V1_QUERY; n < SAMPLES; n++) {
		bool old = n == V1_QUERY || n == V1_REPORT;

		put_sample(n);
		packet.f.router_alert = false;
		EXPECT(old ? MC_ISSUE_NONE : MC_ISSUE_NO_ROUTER_ALERT);
		put_sample(n);
		packet.f.tos = 0xb8;
		EXPECT(n == V3_QUERY || n == V3_SPECIFIC || n == V3_REPORT ? MC_ISSUE_TOS
									   : MC_ISSUE_NONE);
	}
}

/* RFC 6085: IPv6 multicast may go to one station. */
static void test_unicast_mac(void **state)
{
	(void)state;
	put_sample(MLD2_REPORT);
	packet.f.dst_mac = (struct mc_mac){ { 2, 0, 0, 0, 0, 1 } };
	EXPECT(MC_ISSUE_NONE);
	put_sample(V3_REPORT);
	packet.f.dst_mac = (struct mc_mac){ { 2, 0, 0, 0, 0, 1 } };
	EXPECT(MC_ISSUE_MAC);
}

static void test_sender(void **state)
{
	static const struct {
		enum sample sample;
		const char *src;
		enum mc_issue issue;
	} rows[] = {
		{ V3_QUERY, "0.0.0.0", MC_ISSUE_QUERY_SOURCE_ZERO },
		{ V3_REPORT, "0.0.0.0", MC_ISSUE_NONE },
		{ V2_LEAVE, "0.0.0.0", MC_ISSUE_NONE },
		{ V3_REPORT, "255.255.255.255", MC_ISSUE_SOURCE_NOT_UNICAST },
		{ V2_QUERY, "224.0.0.1", MC_ISSUE_SOURCE_NOT_UNICAST },
		{ MLD2_QUERY, "::", MC_ISSUE_SOURCE_NOT_LINK_LOCAL },
		{ MLD2_QUERY, "2001:db8::1", MC_ISSUE_SOURCE_NOT_LINK_LOCAL },
		{ MLD2_QUERY, "ff02::1", MC_ISSUE_SOURCE_NOT_UNICAST },
		{ MLD2_REPORT, "::", MC_ISSUE_NONE },
		{ MLD_REPORT, "::", MC_ISSUE_NONE },
		{ MLD_DONE, "::", MC_ISSUE_NONE },
		{ MLD2_REPORT, "2001:db8::1", MC_ISSUE_SOURCE_NOT_LINK_LOCAL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_sample(rows[i].sample);
		packet.f.src = addr(rows[i].src);
		resum();
		EXPECT(rows[i].issue);
	}
}

/* ---- destinations ---- */

static void test_destination(void **state)
{
	static const struct {
		enum sample sample;
		const char *dst;
		enum mc_issue issue;
	} rows[] = {
		{ V1_QUERY, "224.0.0.2", MC_ISSUE_DESTINATION },
		{ V3_QUERY, "192.0.2.9", MC_ISSUE_DESTINATION },
		{ MLD2_QUERY, "ff02::2", MC_ISSUE_DESTINATION },
		{ V3_REPORT, "224.0.0.2", MC_ISSUE_DESTINATION },
		{ MLD2_REPORT, "ff02::2", MC_ISSUE_DESTINATION },
		{ V2_SPECIFIC, "224.0.0.1", MC_ISSUE_GROUP_DESTINATION },
		{ V3_SPECIFIC, "224.0.0.1", MC_ISSUE_GROUP_DESTINATION },
		{ MLD2_SPECIFIC, "ff02::1", MC_ISSUE_GROUP_DESTINATION },
		{ V1_REPORT, "224.0.0.22", MC_ISSUE_GROUP_DESTINATION },
		{ V2_REPORT, "233.252.1.6", MC_ISSUE_GROUP_DESTINATION },
		{ MLD_REPORT, "ff02::16", MC_ISSUE_GROUP_DESTINATION },
		{ V2_LEAVE, "233.252.1.5", MC_ISSUE_LEAVE_DESTINATION },
		{ MLD_DONE, "ff15::db8:1:5", MC_ISSUE_LEAVE_DESTINATION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_sample(rows[i].sample);
		set_destination(rows[i].dst);
		resum();
		EXPECT(rows[i].issue);
	}
}

/* ---- queries ---- */

static void put_query(enum sample n, int64_t max_resp, int64_t qqi, uint8_t qrv)
{
	struct mc_gm_spec s = spec_of(n, NULL);

	s.max_resp.ns = max_resp;
	s.qqi.ns = qqi;
	s.qrv = qrv;
	put_message(&s);
}

static void test_query_timers(void **state)
{
	static const struct {
		enum sample sample;
		int64_t tenths, qqi_s;
		uint8_t qrv;
		enum mc_issue issue;
	} rows[] = {
		{ V2_QUERY, 255, 0, 0, MC_ISSUE_NONE },
		{ MLD_QUERY, 0, 0, 0, MC_ISSUE_MAX_RESP },
		{ MLD_QUERY, 600, 0, 0, MC_ISSUE_NONE },
		{ MLD_QUERY, 601, 0, 0, MC_ISSUE_MAX_RESP },
		{ V3_QUERY, 0, 125, 2, MC_ISSUE_MAX_RESP },
		{ V3_QUERY, 600, 125, 2, MC_ISSUE_NONE },
		{ V3_QUERY, 640, 125, 2, MC_ISSUE_MAX_RESP },
		{ V3_SPECIFIC, 640, 125, 2, MC_ISSUE_MAX_RESP },
		{ V3_QUERY, 100, 0, 2, MC_ISSUE_QQI },
		{ V3_QUERY, 100, 1728, 2, MC_ISSUE_NONE }, /* codes go in steps here */
		{ V3_QUERY, 100, 1856, 2, MC_ISSUE_QQI },
		{ V3_QUERY, 100, 125, 0, MC_ISSUE_QRV },
		{ V3_QUERY, 100, 125, 1, MC_ISSUE_QRV },
		{ V3_QUERY, 100, 125, 7, MC_ISSUE_NONE },
		{ V3_QUERY, 100, 10, 2, MC_ISSUE_MRT_NOT_BELOW_QQI },
		{ V3_QUERY, 100, 11, 2, MC_ISSUE_NONE },
		{ V3_SPECIFIC, 100, 10, 2, MC_ISSUE_NONE },
		{ MLD2_QUERY, 100, 10, 2, MC_ISSUE_MRT_NOT_BELOW_QQI },
		{ MLD2_QUERY, 100, 1856, 2, MC_ISSUE_QQI },
		{ MLD2_QUERY, 100, 125, 1, MC_ISSUE_QRV },
		{ MLD2_QUERY, 0, 125, 2, MC_ISSUE_MAX_RESP },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_query(rows[i].sample, rows[i].tenths * (SECOND / 10), rows[i].qqi_s * SECOND,
			  rows[i].qrv);
		EXPECT(rows[i].issue);
	}
	put_sample(V2_SPECIFIC); /* with code 0 */
	set_byte(1, 0);
	EXPECT(MC_ISSUE_MAX_RESP);
}

static void test_query_sources(void **state)
{
	struct mc_addr sources[2] = { addr("198.51.100.1"), addr("198.51.100.2") };
	struct mc_gm_spec s = spec_of(V3_SPECIFIC, NULL);

	(void)state;
	s.sources = sources;
	s.n_sources = 2;
	put_message(&s);
	EXPECT(MC_ISSUE_NONE);
	sources[1] = addr("0.0.0.0");
	put_message(&s);
	EXPECT(MC_ISSUE_RECORD_SOURCE);
	sources[1] = addr("198.51.100.2");
	put_message(&s);
	memset(packet.bytes + 4, 0, 4); /* the group */
	set_destination("224.0.0.1");
	resum();
	EXPECT(MC_ISSUE_QUERY_SOURCES);
}

/* ---- bits and bytes ---- */

static void test_reserved(void **state)
{
	static const struct {
		enum sample sample;
		size_t at;
		uint8_t value;
		bool wrong;
	} rows[] = {
		{ V1_REPORT, 1, 1, true },	{ V2_REPORT, 1, 1, true },
		{ V2_LEAVE, 1, 1, true },	{ V3_REPORT, 1, 1, true },
		{ V3_REPORT, 5, 1, true },	{ V3_REPORT, 4, 0x40, true },
		{ V3_QUERY, 8, 0x72, true },	{ V3_QUERY, 8, 0x0a, false },
		{ MLD_QUERY, 1, 1, true },	{ MLD_QUERY, 7, 1, true },
		{ MLD2_QUERY, 1, 1, true },	{ MLD2_QUERY, 6, 1, true },
		{ MLD2_QUERY, 24, 0x12, true }, { MLD_REPORT, 4, 1, true },
		{ MLD_DONE, 5, 1, true },	{ MLD2_REPORT, 1, 1, true },
		{ MLD2_REPORT, 5, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_sample(rows[i].sample);
		set_byte(rows[i].at, rows[i].value);
		EXPECT(rows[i].wrong ? MC_ISSUE_RESERVED_BITS : MC_ISSUE_NONE);
	}
}

static void test_extra(void **state)
{
	(void)state;
	for (enum sample n = V1_QUERY; n < SAMPLES; n++) {
		put_sample(n);
		if (n == V1_QUERY || n == V2_QUERY || n == V2_SPECIFIC || n == MLD_QUERY)
			continue; /* would be of another version */
		memset(packet.bytes + packet.f.l4.len, 0, 4);
		packet.f.l4.len += 4;
		resum();
		EXPECT(MC_ISSUE_TRAILING);
	}
	put_sample(V3_QUERY);
	set_byte(8, 0x82); /* E, and nothing behind it */
	EXPECT(MC_ISSUE_EXTENSION);
	packet.f.l4.len += 4;
	resum();
	EXPECT(MC_ISSUE_NONE);
	set_byte(15, 9);
	EXPECT(MC_ISSUE_EXTENSION);
	put_sample(MLD2_REPORT);
	set_byte(4, 0x80);
	EXPECT(MC_ISSUE_EXTENSION);
}

/* ---- what is cut off ---- */

static void test_cut_messages(void **state)
{
	static const struct {
		enum sample sample;
		size_t len;
		enum mc_issue issue;
	} rows[] = {
		{ V2_QUERY, 7, MC_ISSUE_TRUNCATED },	 { V3_QUERY, 9, MC_ISSUE_QUERY_LENGTH },
		{ V3_QUERY, 11, MC_ISSUE_QUERY_LENGTH }, { MLD2_QUERY, 27, MC_ISSUE_QUERY_LENGTH },
		{ MLD_DONE, 23, MC_ISSUE_TRUNCATED },	 { V3_REPORT, 15, MC_ISSUE_RECORD_COUNT },
		{ V3_REPORT, 7, MC_ISSUE_TRUNCATED },	 { MLD2_REPORT, 27, MC_ISSUE_RECORD_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_sample(rows[i].sample);
		packet.f.l4.len = rows[i].len;
		EXPECT(rows[i].issue);
		/* The envelope is judged all the same. */
		packet.f.ttl = 3;
		judge();
		assert_true(mc_issues_has(&packet.issues, rows[i].issue));
		assert_true(mc_issues_has(&packet.issues, MC_ISSUE_TTL));
	}
	put_sample(V3_REPORT);
	set_byte(11, 1);
	EXPECT(MC_ISSUE_SOURCE_COUNT);
	put_sample(V3_REPORT);
	set_byte(9, 1);
	EXPECT(MC_ISSUE_TRUNCATED);
	put_sample(V3_SPECIFIC);
	set_byte(11, 1);
	EXPECT(MC_ISSUE_SOURCE_COUNT);
	put_sample(V2_QUERY); /* too short to tell whether it needs Router Alert */
	packet.f.l4.len = 1;
	packet.f.router_alert = false;
	EXPECT(MC_ISSUE_TRUNCATED);
}

/* ---- other protocols in IGMP and ICMPv6 ---- */

static void put_other(enum mc_family family, uint8_t type, const char *dst)
{
	put_sample(family == MC_IPV4 ? V2_REPORT : MLD_REPORT);
	packet.f.l4.len = 8;
	memset(packet.bytes, 0, 8);
	set_destination(dst);
	set_byte(0, type);
}

static void test_other_protocols(void **state)
{
	static const struct {
		uint8_t type;
		const char *dst;
		enum mc_issue issue;
	} rows[] = {
		{ MC_IGMP_DVMRP, "224.0.0.4", MC_ISSUE_NONE },
		{ MC_IGMP_PIMV1, "224.0.0.2", MC_ISSUE_NONE },
		{ 0x15, "224.0.0.2", MC_ISSUE_NONE },
		{ MC_IGMP_MTRACE, "224.0.0.2", MC_ISSUE_NONE },
		{ MC_IGMP_MTRACE_RESPONSE, "192.0.2.9", MC_ISSUE_NONE },
		{ MC_IGMP_MRD_ADV, "224.0.0.106", MC_ISSUE_NONE },
		{ MC_IGMP_MRD_ADV, "224.0.0.1", MC_ISSUE_DESTINATION },
		{ MC_IGMP_MRD_SOL, "224.0.0.2", MC_ISSUE_NONE },
		{ MC_IGMP_MRD_SOL, "224.0.0.106", MC_ISSUE_DESTINATION },
		{ MC_IGMP_MRD_TERM, "224.0.0.106", MC_ISSUE_NONE },
		{ 0x33, "224.0.0.106", MC_ISSUE_UNKNOWN_TYPE },
		{ 0x99, "224.0.0.2", MC_ISSUE_UNKNOWN_TYPE },
		{ 0xfd, "224.0.0.25", MC_ISSUE_NONE },
		{ 0xfd, "224.0.0.2", MC_ISSUE_UNKNOWN_TYPE },
		{ 0xfb, "224.0.0.25", MC_ISSUE_UNKNOWN_TYPE },
		{ MC_MLD_MRD_ADV, "ff02::6a", MC_ISSUE_NONE },
		{ MC_MLD_MRD_SOL, "ff02::2", MC_ISSUE_NONE },
		{ MC_MLD_MRD_TERM, "ff02::1", MC_ISSUE_DESTINATION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_other((enum mc_family)addr(rows[i].dst).family, rows[i].type, rows[i].dst);
		EXPECT(rows[i].issue);
	}
}

/* mtrace is routed, the others stay; MRD needs the option, the others do not. */
static void test_other_envelopes(void **state)
{
	(void)state;
	put_other(MC_IPV4, MC_IGMP_MTRACE_RESPONSE, "192.0.2.9");
	packet.f.ttl = 64;
	packet.f.router_alert = false;
	packet.f.src = addr("0.0.0.0");
	EXPECT(MC_ISSUE_NONE);
	put_other(MC_IPV4, 0xfd, "224.0.0.25");
	packet.f.router_alert = false;
	EXPECT(MC_ISSUE_NONE);
	packet.f.ttl = 64;
	EXPECT(MC_ISSUE_TTL);
	put_other(MC_IPV4, MC_IGMP_MRD_ADV, "224.0.0.106");
	packet.f.router_alert = false;
	EXPECT(MC_ISSUE_NO_ROUTER_ALERT);
	put_other(MC_IPV6, MC_MLD_MRD_ADV, "ff02::6a");
	packet.f.ttl = 64;
	EXPECT(MC_ISSUE_TTL);
	packet.f.ttl = 1;
	packet.f.src = addr("2001:db8::1");
	resum();
	EXPECT(MC_ISSUE_SOURCE_NOT_LINK_LOCAL);
}

/* Nothing is said about what is neither IGMP nor MLD. */
static void test_not_ours(void **state)
{
	(void)state;
	put_sample(V2_QUERY);
	packet.f.protocol = 17;
	packet.f.ttl = 64;
	packet.f.bad_header_sum = true;
	EXPECT(MC_ISSUE_NONE);
	put_sample(MLD2_QUERY);
	packet.f.ttl = 255;
	set_byte(0, 135); /* neighbour solicitation */
	EXPECT(MC_ISSUE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),		cmocka_unit_test(test_any_envelope),
		cmocka_unit_test(test_router_alert),	cmocka_unit_test(test_unicast_mac),
		cmocka_unit_test(test_sender),		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_query_timers),	cmocka_unit_test(test_query_sources),
		cmocka_unit_test(test_reserved),	cmocka_unit_test(test_extra),
		cmocka_unit_test(test_cut_messages),	cmocka_unit_test(test_other_protocols),
		cmocka_unit_test(test_other_envelopes), cmocka_unit_test(test_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
