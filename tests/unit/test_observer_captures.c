/* test_observer_captures.c - real protocol speakers through the observer */
#include <limits.h>
#include "observe.h"
#include <mc/frame.h>

/* Little endian and microseconds, as tcpdump wrote them; false at the end. */
static bool read_words(FILE *f, uint32_t *words, size_t n)
{
	uint8_t b[4];

	for (size_t i = 0; i < n; i++) {
		if (fread(b, sizeof(b), 1, f) != 1)
			return false;
		words[i] = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
	}
	return true;
}

static FILE *open_capture(const char *name, uint32_t *linktype)
{
	char path[PATH_MAX];
	uint32_t head[6];
	FILE *f;

	snprintf(path, sizeof(path), "%.*s/../golden/captures/%s.pcap",
		 (int)(strrchr(__FILE__, '/') - __FILE__), __FILE__, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_true(read_words(f, head, 6));
	assert_int_equal(head[0], 0xa1b2c3d4);
	*linktype = head[5];
	return f;
}

static void hear_packet(const struct mc_frame *f)
{
	struct mc_udp udp;
	struct mc_gm gm;

	if (mc_gm_parse(&gm, f, NULL) == 0)
		mc_observer_message(world.o, world.link, (mc_nsec){ world.now }, f, &gm);
	else if (mc_udp_parse(&udp, f) == 0 && mc_addr_is_multicast(&f->dst))
		mc_observer_data(world.o, world.link, (mc_nsec){ world.now }, &f->src, &f->dst);
}

static int64_t start; /* of the capture */

static void play(const char *name)
{
	uint32_t linktype, head[4];
	uint8_t bytes[65536];
	FILE *f = open_capture(name, &linktype);
	struct mc_frame frame;
	unsigned n = 0;

	while (read_words(f, head, 4)) {
		assert_true(head[2] <= sizeof(bytes));
		assert_int_equal(fread(bytes, 1, head[2], f), head[2]);
		world.now = head[0] * SEC + head[1] * INT64_C(1000);
		if (!n++)
			start = world.now;
		if (mc_frame_parse(&frame, linktype, bytes, head[2]) == 0)
			hear_packet(&frame);
	}
	assert_true(n > 5);
	fclose(f);
}

/* Timers run until nothing is left, as if the capture had gone on in silence. */
static void let_all_expire(void)
{
	pass(400 * SEC);
	assert_int_equal(stats().members, 0);
	assert_int_equal(stats().groups, 0);
	assert_int_equal(stats().queriers, 0);
}

#define BRIDGE6 "fe80::64fb:bff:feb1:8fc3"
#define HOST	"10.10.0.1"
#define HOST6	"fe80::ff:fe00:102"

static unsigned joins_and_leaves(const char *group, const char *host)
{
	struct mc_addr g = addr(group), h = addr(host);
	unsigned n = 0;

	for (unsigned i = 0; i < world.n_told; i++) {
		const struct mc_observation *o = &world.told[i].o;

		if (mc_addr_cmp(&o->group, &g) || mc_addr_cmp(&o->host, &h))
			continue;
		n += o->what == MC_MEMBER_JOINED ? 1 : o->what == MC_MEMBER_LEFT ? 10 : 0;
	}
	return n;
}

/* A version 1 host never leaves; the bridge queries from 0.0.0.0. */
static void test_host_v1(void **state)
{
	(void)state;
	play("host_v1");
	assert_int_equal(member("239.1.1.1", HOST).version, 1);
	assert_int_equal(member("232.1.1.1", HOST).reports, 2);
	assert_int_equal(joins_and_leaves("239.1.1.1", HOST), 1);
	assert_int_equal(joins_and_leaves("ff15::1:1", HOST6), 11);
	assert_int_equal(joins_and_leaves("ff35::1", HOST6), 11);
	assert_int_equal(stats().members, 4); /* two are solicited nodes */
	assert_false(querier("0.0.0.0").elected);
	assert_int_equal(querier("0.0.0.0").version, 2);
	assert_int_equal(querier("0.0.0.0").general, 3);
	assert_int_equal(querier("0.0.0.0").measured.ns / MSEC, 4095);
	assert_true(querier("fe80::ec64:2dff:fed8:3852").elected);
	assert_int_equal(querier("fe80::ec64:2dff:fed8:3852").specific, 2);
	assert_int_equal(all_issues(), 0);
	let_all_expire();
}

static void test_host_v2(void **state)
{
	(void)state;
	play("host_v2");
	assert_int_equal(joins_and_leaves("239.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("232.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("ff15::1:1", HOST6), 11);
	assert_int_equal(querier("0.0.0.0").specific, 2);
	assert_int_equal(stats().members, 2);
	assert_int_equal(all_issues(), 0);
	let_all_expire();
}

static void test_host_v3(void **state)
{
	(void)state;
	play("host_v3");
	assert_int_equal(joins_and_leaves("239.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("232.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("ff15::1:1", HOST6), 11);
	assert_int_equal(joins_and_leaves("ff35::1", HOST6), 11);
	assert_int_equal(member("224.0.0.106", "0.0.0.0").version, 3);
	assert_int_equal(member("ff02::6a", BRIDGE6).version, 2);
	assert_int_equal(querier(BRIDGE6).qqi.ns, 4 * SEC);
	assert_int_equal(querier(BRIDGE6).qrv, 2);
	assert_int_equal(querier(BRIDGE6).max_resp.ns, SEC);
	assert_int_equal(member("ff02::1:ff00:2", "fe80::ff:fe00:202").answered_after.ns / MSEC,
			 352);
	assert_int_equal(all_issues(), 0);
	let_all_expire();
}

/* All of the filter's moves: ALLOW, BLOCK, EXCLUDE lists, and back. */
static void test_host_ssm(void **state)
{
	const struct told *t;

	(void)state;
	play("host_ssm");
	assert_int_equal(joins_and_leaves("232.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("239.1.1.1", HOST), 11);
	assert_int_equal(joins_and_leaves("ff35::1", HOST6), 11);
	assert_int_equal(joins_and_leaves("ff15::1", HOST6), 11);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 2 + 5 + 2 + 4);
	t = last_told(MC_MEMBER_CHANGED, MC_ISSUE_NONE);
	assert_int_equal(t->member.mode, MC_EXCLUDE);
	assert_int_equal(t->member.n_sources, 1);
	assert_int_equal(stats().members, 0);
	assert_int_equal(all_issues(), 0);
}

/* Everybody falls back to MLDv1, the bridge itself to IGMPv2. */
static void test_bridge_querier_v2(void **state)
{
	(void)state;
	play("bridge_querier_v2");
	assert_int_equal(member("ff02::1:ff00:102", HOST6).version, 1);
	assert_int_equal(member("224.0.0.106", "0.0.0.0").version, 2);
	assert_int_equal(querier("0.0.0.0").version, 2);
	assert_int_equal(querier("0.0.0.0").general, 4);
	assert_int_equal(all_issues(), 0);
	let_all_expire();
}

static void test_bridge_querier_v3(void **state)
{
	(void)state;
	play("bridge_querier_v3");
	assert_true(querier("10.10.0.254").elected);
	assert_int_equal(querier("10.10.0.254").qqi.ns, 4 * SEC);
	assert_int_equal(querier("10.10.0.254").measured.ns / MSEC, 4259);
	assert_int_equal(member("ff02::1:ff00:2", "fe80::ff:fe00:202").version, 2);
	assert_int_equal(all_issues(), 0);
	let_all_expire();
}

/* The better bridge is taken away, its rival returns after 9.2 s.  That nobody
 * asked for more than two intervals is true; so is the end of the address that
 * a port had before it was part of a bridge. */
static void test_election(void **state)
{
	(void)state;
	play("election_bridges_ifaddr1");
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 4);
	assert_int_equal(events_told(MC_QUERIER_LOST), 1);
	assert_true(querier("10.10.0.200").elected);
	assert_true(querier("10.10.0.100").lost);
	assert_true(querier("fe80::3426:8dff:fe12:aed5").elected);
	assert_int_equal(last_told(MC_QUERIER_LOST, MC_ISSUE_NONE)->o.host.bytes[3], 100);
	assert_int_equal((last_told(MC_QUERIER_LOST, MC_ISSUE_NONE)->o.when.ns - start) / MSEC,
			 17648);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_LOST), 1);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
	assert_int_equal(issues_told(MC_ISSUE_MEMBER_EXPIRED), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_MEMBER_EXPIRED)->o.host.bytes[15],
			 2);
	assert_int_equal(all_issues(), 3);
}

static void test_frr(void **state)
{
	(void)state;
	play("frr_igmp");
	assert_int_equal(joins_and_leaves("232.1.1.1", "10.2.0.11"), 11);
	assert_int_equal(joins_and_leaves("239.1.1.1", "10.2.0.11"), 11);
	assert_int_equal(joins_and_leaves("239.2.2.2", "10.2.0.12"), 11);
	assert_int_equal(joins_and_leaves("239.3.3.3", "10.2.0.12"), 1);
	assert_int_equal(member("239.3.3.3", "10.2.0.12").version, 1);
	assert_int_equal(member("224.0.0.13", "10.2.0.1").version, 3);
	assert_true(querier("10.2.0.1").elected);
	assert_int_equal(querier("10.2.0.1").specific, 15);
	assert_int_equal(all_issues(), 0);
}

/* Nobody queries; the datagrams come 78 ms after the proxy's report. */
static void test_igmpproxy(void **state)
{
	(void)state;
	play("igmpproxy_lan1");
	assert_int_equal(events_told(MC_DATA_STARTED), 1);
	assert_int_equal(last_told(MC_DATA_STARTED, MC_ISSUE_NONE)->o.latency.ns / MSEC, 78);
	assert_true(wanted("10.1.0.2", "239.1.1.1"));
	assert_int_equal(all_issues(), 0);
	assert_int_equal(stats().members, 8);
	pass(400 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 2); /* IGMP, MLD */
	assert_int_equal(all_issues(), 2);
}

/* Timers of pimd have a grain of five seconds: it announces 8 s and asks after
 * 5.6, 4.4 and 10.7. */
static void test_pimd(void **state)
{
	(void)state;
	play("pimd_bsr_lan1");
	assert_true(querier("10.1.0.1").elected);
	assert_int_equal(querier("10.1.0.2").general, 1);
	assert_int_equal(issues_told(MC_ISSUE_QUERY_INTERVAL), 1);
	assert_int_equal(all_issues(), 1);
}

static void test_other_routers(void **state)
{
	static const char *const names[] = { "frr_mtrace", "mrouted_dvmrp_lan1", "pim6sd_lan1" };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		close_world();
		open_world(0);
		play(names[i]);
		assert_true(stats().members >= 10);
		assert_int_equal(all_issues(), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_host_v1),	      TEST(test_host_v2),
		TEST(test_host_v3),	      TEST(test_host_ssm),
		TEST(test_bridge_querier_v2), TEST(test_bridge_querier_v3),
		TEST(test_election),	      TEST(test_frr),
		TEST(test_igmpproxy),	      TEST(test_pimd),
		TEST(test_other_routers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
