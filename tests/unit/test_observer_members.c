/* test_observer_members.c - memberships as reports, leaves and silence tell them */
#include "observe.h"

#define G  "239.1.1.1"
#define H  "10.0.0.5"
#define Q  "10.0.0.1"
#define G6 "ff15::1"
#define H6 "fe80::5"
#define Q6 "fe80::1"

static void assert_source(const struct mc_member *m, unsigned i, const char *text)
{
	struct mc_addr a = addr(text);

	assert_true(i < m->n_sources);
	assert_int_equal(mc_addr_cmp(&m->sources[i], &a), 0);
}

/* ---- older versions ---- */

static void test_v2_join_and_leave(void **state)
{
	struct mc_member m;

	(void)state;
	report(H, 2, G);
	assert_int_equal(events_told(MC_MEMBER_JOINED), 1);
	m = last_told(MC_MEMBER_JOINED, MC_ISSUE_NONE)->member;
	assert_int_equal(m.link, 7);
	assert_int_equal(m.version, 2);
	assert_int_equal(m.mode, MC_EXCLUDE);
	assert_int_equal(m.n_sources, 0);
	assert_int_equal(m.reports, 1);
	assert_int_equal(m.first_seen.ns, world.now);
	assert_int_equal(m.expires.ns, world.now + 270 * SEC);
	assert_true(m.answered_after.ns < 0);
	assert_true(m.has_mac);
	pass(5 * SEC);
	report(H, 2, G);
	m = member(G, H);
	assert_int_equal(m.reports, 2);
	assert_int_equal(m.first_seen.ns, world.now - 5 * SEC);
	assert_int_equal(m.last_seen.ns, world.now);
	leave(H, G);
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
	assert_true(last_told(MC_MEMBER_LEFT, MC_ISSUE_NONE)->o.latency.ns < 0);
	assert_int_equal(member(G, H).version, 0);
	assert_int_equal(world.n_told, 2);
}

static void test_leave_of_one_host_leaves_the_others(void **state)
{
	(void)state;
	report(H, 2, G);
	report("10.0.0.6", 2, G);
	report(H, 2, "239.1.1.2");
	leave(H, G);
	assert_int_equal(member(G, H).version, 0);
	assert_int_equal(member(G, "10.0.0.6").version, 2);
	assert_int_equal(member("239.1.1.2", H).version, 2);
	leave("10.0.0.77", G); /* of a host that was not heard before */
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
	assert_int_equal(stats().members, 2);
	assert_int_equal(stats().hosts, 2);
	assert_int_equal(stats().groups, 2);
}

static void test_v1_and_mld1(void **state)
{
	(void)state;
	report(H, 1, G);
	assert_int_equal(member(G, H).version, 1);
	report(H6, 1, G6);
	assert_int_equal(member(G6, H6).version, 1);
	leave(H6, G6);
	assert_int_equal(member(G6, H6).version, 0);
	assert_int_equal(events_told(MC_MEMBER_JOINED), 2);
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
}

static void test_another_version_is_a_change(void **state)
{
	(void)state;
	record(H, MC_REC_TO_EX, G, NULL);
	record(H, MC_REC_TO_EX, G, NULL);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 0);
	report(H, 2, G);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 1);
	assert_int_equal(member(G, H).version, 2);
}

/* ---- IGMPv3 and MLDv2 ---- */

static void test_asm_join_and_leave(void **state)
{
	(void)state;
	record(H, MC_REC_TO_EX, G, NULL);
	assert_int_equal(member(G, H).mode, MC_EXCLUDE);
	assert_int_equal(member(G, H).version, 3);
	record(H, MC_REC_IS_EX, G, NULL);
	assert_int_equal(world.n_told, 1);
	record(H, MC_REC_TO_IN, G, NULL);
	record(H, MC_REC_TO_IN, G, NULL); /* said twice */
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
	assert_int_equal(world.n_told, 2);
}

static void test_ssm_join_and_leave(void **state)
{
	struct mc_member m;

	(void)state;
	record(H6, MC_REC_ALLOW, "ff35::1", "2001:db8::2", "2001:db8::1", NULL);
	m = member("ff35::1", H6);
	assert_int_equal(m.mode, MC_INCLUDE);
	assert_int_equal(m.n_sources, 2);
	assert_source(&m, 0, "2001:db8::1");
	assert_source(&m, 1, "2001:db8::2");
	record(H6, MC_REC_BLOCK, "ff35::1", "2001:db8::1", NULL);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 1);
	assert_true(wanted("2001:db8::2", "ff35::1"));
	assert_false(wanted("2001:db8::1", "ff35::1"));
	record(H6, MC_REC_BLOCK, "ff35::1", "2001:db8::2", NULL);
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
	assert_int_equal(stats().members, 0);
}

static void test_allow_and_block_in_exclude_mode(void **state)
{
	struct mc_member m;

	(void)state;
	record(H, MC_REC_TO_EX, G, "192.0.2.1", "192.0.2.2", NULL);
	assert_false(wanted("192.0.2.1", G));
	assert_true(wanted("192.0.2.9", G));
	record(H, MC_REC_BLOCK, G, "192.0.2.3", NULL);
	record(H, MC_REC_ALLOW, G, "192.0.2.1", "192.0.2.8", NULL);
	m = member(G, H);
	assert_int_equal(m.mode, MC_EXCLUDE);
	assert_int_equal(m.n_sources, 2);
	assert_source(&m, 0, "192.0.2.2");
	assert_source(&m, 1, "192.0.2.3");
	record(H, MC_REC_ALLOW, G, "192.0.2.2", "192.0.2.3", NULL);
	assert_int_equal(member(G, H).n_sources, 0); /* takes all, and stays */
	assert_int_equal(events_told(MC_MEMBER_LEFT), 0);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 3);
}

static void test_modes_replace_each_other(void **state)
{
	struct mc_member m;

	(void)state;
	record(H, MC_REC_ALLOW, G, "192.0.2.1", NULL);
	record(H, MC_REC_TO_EX, G, "192.0.2.2", NULL);
	assert_true(wanted("192.0.2.1", G));
	assert_false(wanted("192.0.2.2", G));
	record(H, MC_REC_TO_IN, G, "192.0.2.3", NULL);
	pass(SEC);
	record(H, MC_REC_IS_IN, G, "192.0.2.4", NULL);
	m = member(G, H);
	assert_int_equal(m.mode, MC_INCLUDE);
	assert_int_equal(m.n_sources, 1);
	assert_source(&m, 0, "192.0.2.4");
	record(H, MC_REC_IS_IN, G, NULL); /* never sent, means nothing */
	assert_int_equal(member(G, H).n_sources, 1);
}

/* Parts of one answer follow each other at once, the next answer replaces it. */
static void test_split_lists(void **state)
{
	(void)state;
	record(H, MC_REC_TO_IN, G, "192.0.2.1", "192.0.2.2", NULL);
	pass(MSEC);
	record(H, MC_REC_TO_IN, G, "192.0.2.3", NULL);
	assert_int_equal(member(G, H).n_sources, 3);
	pass(125 * SEC);
	record(H, MC_REC_IS_IN, G, "192.0.2.1", NULL);
	assert_int_equal(member(G, H).n_sources, 1);
	pass(MSEC);
	record(H, MC_REC_IS_IN, G, "192.0.2.2", NULL);
	assert_int_equal(member(G, H).n_sources, 2);
}

/* RFC 9776 5.2: what is asked about sources is answered about these only. */
static void test_answers_about_sources(void **state)
{
	struct mc_member m;

	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_ALLOW, G, "192.0.2.1", "192.0.2.2", NULL);
	record("10.0.0.6", MC_REC_TO_EX, G, "192.0.2.2", NULL);
	pass(SEC);
	ask(Q, 3, G, "192.0.2.1");
	pass(SEC / 2);
	record(H, MC_REC_IS_IN, G, "192.0.2.1", NULL);
	record("10.0.0.6", MC_REC_IS_IN, G, "192.0.2.1", NULL);
	assert_int_equal(member(G, H).n_sources, 2);
	m = member(G, "10.0.0.6");
	assert_int_equal(m.mode, MC_EXCLUDE);
	assert_int_equal(m.n_sources, 1);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 0);
	pass(SEC);
	record(H, MC_REC_IS_IN, G, "192.0.2.1", NULL); /* too late to be an answer to that */
	assert_int_equal(member(G, H).n_sources, 1);
}

static void test_more_sources_than_are_kept(void **state)
{
	struct mc_gm_record_spec r = { .type = MC_REC_ALLOW };
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 3 };
	struct mc_addr sources[100];
	struct mc_member m;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		sources[i] = addr("192.0.2.0");
		sources[i].bytes[3] = (uint8_t)(100 - i);
	}
	r.group = addr(G);
	r.sources = sources;
	r.n_sources = 100;
	s.records = &r;
	s.n_records = 1;
	hear(H, &s);
	m = member(G, H);
	assert_true(m.more_sources);
	assert_int_equal(m.n_sources, 32);
	assert_true(wanted("192.0.2.100", G));
	assert_true(wanted("192.0.2.1", G)); /* nobody can know, so yes */
	hear(H, &s);
	assert_int_equal(world.n_told, 1);
	r.type = MC_REC_BLOCK;
	r.n_sources = 32;
	hear(H, &s);
	assert_int_equal(member(G, H).n_sources, 0);
	assert_int_equal(events_told(MC_MEMBER_LEFT), 0); /* there were more */
	record(H, MC_REC_TO_IN, G, NULL);
	assert_int_equal(events_told(MC_MEMBER_LEFT), 1);
}

static void test_records_without_effect(void **state)
{
	uint8_t buf[64] = { 0 };
	struct mc_frame f = { .ttl = 1, .router_alert = true };
	struct mc_gm gm = { .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 3, .n_records = 1 };

	(void)state;
	record(H, MC_REC_BLOCK, G, "192.0.2.1", NULL);
	record(H, MC_REC_ALLOW, G, NULL);
	record(H, MC_REC_IS_IN, G, NULL);
	record(H, MC_REC_TO_IN, G, NULL);
	record(H, MC_REC_TO_EX, "224.0.0.1", NULL);
	record(H6, MC_REC_TO_EX, "ff02::1", NULL);
	assert_int_equal(stats().members, 0);
	buf[0] = 77; /* no type that is known */
	memcpy(buf + 4, addr(G).bytes, 4);
	f.src = addr(H);
	gm.records = (struct mc_span){ buf, 8 };
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	buf[0] = MC_REC_TO_EX;
	buf[4] = 10; /* no group */
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	assert_int_equal(world.n_told, 0);
	buf[4] = 239;
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	assert_int_equal(world.n_told, 1);
}

/* ---- time ---- */

static void test_expiry(void **state)
{
	(void)state;
	report(H, 2, G);
	pass(269 * SEC);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 0);
	pass(2 * SEC);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 1);
	assert_int_equal(last_told(MC_MEMBER_EXPIRED, MC_ISSUE_NONE)->o.when.ns, 1270 * SEC);
	assert_int_equal(stats().members, 0);
	assert_int_equal(stats().hosts, 0);
}

static void test_refresh_puts_expiry_off(void **state)
{
	(void)state;
	query(Q, 2, 0);
	for (unsigned i = 0; i < 40; i++) {
		report(H, 2, G);
		pass(125 * SEC);
		query(Q, 2, 0);
		pass(3 * SEC);
	}
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 0);
	assert_int_equal(all_issues(), 0);
	assert_int_equal(member(G, H).reports, 40);
	assert_int_equal(member(G, H).answered_after.ns, 3 * SEC);
}

/* RFC 9776 8.4: robustness 2 times 20 s, and twice 10 s to answer. */
static void test_interval_is_the_queriers(void **state)
{
	(void)state;
	query(Q, 3, 20);
	record(H, MC_REC_TO_EX, G, NULL);
	assert_int_equal(member(G, H).expires.ns, world.now + 60 * SEC);
	pass(61 * SEC);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 1);
}

static void test_answers_are_timed(void **state)
{
	(void)state;
	query(Q, 3, 125);
	pass(4 * SEC);
	record(H, MC_REC_TO_EX, G, NULL); /* a join is no answer */
	assert_true(member(G, H).answered_after.ns < 0);
	pass(SEC);
	record(H, MC_REC_IS_EX, G, NULL);
	assert_true(member(G, H).answered_after.ns < 0); /* heard since the query */
	pass(120 * SEC);
	query(Q, 3, 125);
	pass(2 * SEC);
	record(H, MC_REC_IS_EX, G, NULL);
	assert_int_equal(member(G, H).answered_after.ns, 2 * SEC);
	pass(10 * SEC);
	ask(Q, 3, G, NULL);
	pass(SEC / 4);
	record(H, MC_REC_IS_EX, G, NULL);
	assert_int_equal(member(G, H).answered_after.ns, SEC / 4);
}

static void test_clock_that_goes_back(void **state)
{
	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	world.now -= 500 * SEC;
	report("10.0.0.6", 2, G);
	mc_observer_tick(world.o, (mc_nsec){ world.now });
	assert_int_equal(member(G, "10.0.0.6").first_seen.ns, 1000 * SEC);
	assert_true(mc_observer_deadline(world.o).ns > 1000 * SEC);
	world.now = 1000 * SEC;
	pass(269 * SEC);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 0);
	pass(2 * SEC);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 2);
}

static void test_ends_of_time(void **state)
{
	(void)state;
	world.now = -5 * SEC;
	report(H, 2, G);
	assert_int_equal(member(G, H).first_seen.ns, 0);
	world.now = INT64_MAX;
	query(Q, 3, 31744);
	report(H, 2, G);
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 1);
	assert_int_equal(stats().members, 1);
	assert_true(mc_observer_deadline(world.o).ns > INT64_MAX / 2);
}

/* ---- who counts ---- */

static void test_hosts_without_an_address(void **state)
{
	(void)state;
	set_mac("\2\0\0\0\0\1");
	report("0.0.0.0", 2, G);
	set_mac("\2\0\0\0\0\2");
	report("0.0.0.0", 2, G);
	assert_int_equal(stats().members, 2);
	leave("0.0.0.0", G);
	assert_int_equal(stats().members, 1);
	assert_int_equal(all_issues(), 0);
	record("::", MC_REC_TO_EX, G6, NULL); /* routers drop it */
	assert_int_equal(stats().members, 1);
}

static void test_messages_that_nobody_heeds(void **state)
{
	(void)state;
	world.bad_checksum = true;
	report(H, 2, G);
	world.bad_checksum = false;
	world.ttl = 2;
	report(H6, 1, G6);
	world.ttl = 1;
	world.no_router_alert = true;
	report(H6, 1, G6);
	world.no_router_alert = false;
	report("2001:db8::5", 1, G6);
	report("255.255.255.255", 2, G);
	report("239.1.1.1", 2, G);
	assert_int_equal(stats().members, 0);
	world.no_router_alert = true;
	world.ttl = 64;
	report(H, 2, G); /* IGMP is heard all the same */
	assert_int_equal(stats().members, 1);
}

static void test_foreign_messages(void **state)
{
	struct mc_frame f = { .ttl = 1 };
	struct mc_gm gm = { .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 4 };

	(void)state;
	f.src = addr(H);
	gm.group = addr(G);
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	gm.version = 0;
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	gm.version = 2;
	gm.kind = MC_GM_OTHER;
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	gm.kind = MC_GM_REPORT;
	f.src = addr(H6);
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	assert_int_equal(stats().members, 0);
	f.src = addr(H);
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	assert_int_equal(stats().members, 1);
	assert_false(last_told(MC_MEMBER_JOINED, MC_ISSUE_NONE)->member.has_mac);
}

static void test_links_are_apart(void **state)
{
	(void)state;
	report(H, 2, G);
	world.link = 8;
	report(H, 2, G);
	assert_int_equal(stats().members, 2);
	assert_int_equal(stats().hosts, 2);
	leave(H, G);
	assert_int_equal(last_told(MC_MEMBER_LEFT, MC_ISSUE_NONE)->o.link, 8);
	assert_false(wanted("192.0.2.1", G));
	world.link = 7;
	assert_true(wanted("192.0.2.1", G));
	world.link = 9;
	assert_false(wanted("192.0.2.1", G));
}

/* ---- data ---- */

static void test_join_latency(void **state)
{
	(void)state;
	data("192.0.2.1", G); /* nobody's */
	record(H, MC_REC_ALLOW, G, "192.0.2.1", NULL);
	pass(20 * MSEC);
	data("192.0.2.9", G); /* not what it asked for */
	pass(10 * MSEC);
	data("192.0.2.1", G);
	assert_int_equal(events_told(MC_DATA_STARTED), 1);
	assert_int_equal(last_told(MC_DATA_STARTED, MC_ISSUE_NONE)->o.latency.ns, 30 * MSEC);
	data("192.0.2.1", G);
	assert_int_equal(events_told(MC_DATA_STARTED), 1);
}

static void test_leave_latency(void **state)
{
	(void)state;
	report(H, 2, G);
	report("10.0.0.6", 2, G);
	for (unsigned i = 0; i < 10; i++) {
		data("192.0.2.1", G);
		pass(100 * MSEC);
	}
	leave(H, G);
	pass(10 * SEC);
	data("192.0.2.1", G);
	leave("10.0.0.6", G);
	for (unsigned i = 0; i < 20; i++) {
		pass(100 * MSEC);
		data("192.0.2.1", G);
	}
	pass(4 * SEC);
	assert_int_equal(events_told(MC_DATA_STOPPED), 0);
	pass(2 * SEC);
	assert_int_equal(events_told(MC_DATA_STOPPED), 1);
	assert_int_equal(last_told(MC_DATA_STOPPED, MC_ISSUE_NONE)->o.latency.ns, 2 * SEC);
	assert_int_equal(events_told(MC_DATA_STARTED), 1);
	assert_int_equal(stats().groups, 0);
}

static void test_leave_latency_of_nothing(void **state)
{
	(void)state;
	report(H, 2, G); /* never had data */
	leave(H, G);
	pass(10 * SEC);
	report(H, 2, G); /* data stopped long before */
	data("192.0.2.1", G);
	pass(20 * SEC);
	leave(H, G);
	pass(10 * SEC);
	assert_int_equal(events_told(MC_DATA_STOPPED), 0);
	report(H, 2, G);
	data("192.0.2.1", G);
	leave(H, G); /* and joins again */
	pass(SEC);
	report(H, 2, G);
	pass(SEC);
	data("192.0.2.1", G);
	assert_int_equal(last_told(MC_DATA_STARTED, MC_ISSUE_NONE)->o.latency.ns, SEC);
	pass(20 * SEC);
	assert_int_equal(events_told(MC_DATA_STOPPED), 0);
}

static void test_data_that_never_stops(void **state)
{
	(void)state;
	report(H, 2, G);
	data("192.0.2.1", G);
	leave(H, G);
	for (unsigned i = 0; i < 400; i++) {
		pass(SEC);
		data("192.0.2.1", G);
	}
	assert_int_equal(events_told(MC_DATA_STOPPED), 0);
	pass(10 * SEC);
	assert_int_equal(events_told(MC_DATA_STOPPED), 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(mc_observed_name(MC_MEMBER_JOINED), "member-joined");
	assert_string_equal(mc_observed_name(MC_MEMBER_CHANGED), "member-changed");
	assert_string_equal(mc_observed_name(MC_MEMBER_LEFT), "member-left");
	assert_string_equal(mc_observed_name(MC_MEMBER_EXPIRED), "member-expired");
	assert_string_equal(mc_observed_name(MC_QUERIER_ELECTED), "querier-elected");
	assert_string_equal(mc_observed_name(MC_QUERIER_LOST), "querier-lost");
	assert_string_equal(mc_observed_name(MC_QUERIER_CHANGED), "querier-changed");
	assert_string_equal(mc_observed_name(MC_DATA_STARTED), "data-started");
	assert_string_equal(mc_observed_name(MC_DATA_STOPPED), "data-stopped");
	assert_string_equal(mc_observed_name(MC_OBSERVED_ISSUE), "issue");
	assert_string_equal(mc_observed_name((enum mc_observed)99), "unknown");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_v2_join_and_leave),
		TEST(test_leave_of_one_host_leaves_the_others),
		TEST(test_v1_and_mld1),
		TEST(test_another_version_is_a_change),
		TEST(test_asm_join_and_leave),
		TEST(test_ssm_join_and_leave),
		TEST(test_allow_and_block_in_exclude_mode),
		TEST(test_modes_replace_each_other),
		TEST(test_split_lists),
		TEST(test_answers_about_sources),
		TEST(test_more_sources_than_are_kept),
		TEST(test_records_without_effect),
		TEST(test_expiry),
		TEST(test_refresh_puts_expiry_off),
		TEST(test_interval_is_the_queriers),
		TEST(test_answers_are_timed),
		TEST(test_clock_that_goes_back),
		TEST(test_ends_of_time),
		TEST(test_hosts_without_an_address),
		TEST(test_messages_that_nobody_heeds),
		TEST(test_foreign_messages),
		TEST(test_links_are_apart),
		TEST(test_join_latency),
		TEST(test_leave_latency),
		TEST(test_leave_latency_of_nothing),
		TEST(test_data_that_never_stops),
		TEST(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
