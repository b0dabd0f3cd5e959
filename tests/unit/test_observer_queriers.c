/* test_observer_queriers.c - who queries a link, and what is wrong with it
 *
 * Every issue comes with a case that raises it and one that nearly does. */
#include "observe.h"

#define LOW   "10.0.0.1"
#define HIGH  "10.0.0.2"
#define LOW6  "fe80::1"
#define HIGH6 "fe80::2"
#define H     "10.0.0.5"
#define G     "239.1.1.1"

/* ---- election ---- */

static void test_first_querier(void **state)
{
	struct mc_querier q;

	(void)state;
	query(LOW, 3, 125);
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 1);
	q = querier(LOW);
	assert_true(q.elected);
	assert_false(q.lost);
	assert_int_equal(q.link, 7);
	assert_int_equal(q.version, 3);
	assert_int_equal(q.qrv, 2);
	assert_int_equal(q.qqi.ns, 125 * SEC);
	assert_int_equal(q.max_resp.ns, 10 * SEC);
	assert_int_equal(q.general, 1);
	assert_int_equal(q.measured.ns, 0);
	assert_int_equal(q.lost_at.ns, world.now + 255 * SEC); /* RFC 9776 8.5 */
	ask(LOW, 3, G, NULL);
	assert_int_equal(querier(LOW).specific, 1);
	assert_int_equal(stats().queriers, 1);
	assert_int_equal(world.n_told, 1);
}

static void test_lower_address_takes_over(void **state)
{
	(void)state;
	query(HIGH, 3, 125);
	pass(10 * SEC);
	query(LOW, 3, 125);
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 2);
	assert_true(querier(LOW).elected);
	assert_false(querier(HIGH).elected);
	query(HIGH6, 2, 125); /* another election */
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 3);
	query(LOW6, 2, 125);
	assert_true(querier(LOW6).elected);
	assert_true(querier(LOW).elected);
	assert_int_equal(all_issues(), 0);
}

static void test_lost_and_replaced(void **state)
{
	(void)state;
	query(HIGH, 3, 125);
	query(LOW, 3, 125);
	pass(255 * SEC + SEC / 2);
	assert_int_equal(events_told(MC_QUERIER_LOST), 1);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_LOST), 1);
	assert_int_equal(last_told(MC_QUERIER_LOST, MC_ISSUE_NONE)->o.when.ns, 1255 * SEC);
	assert_true(querier(LOW).lost);
	query(HIGH, 3, 125);
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 3);
	assert_true(querier(HIGH).elected);
	assert_int_equal(stats().queriers, 1);
	assert_int_equal(issues_told(MC_ISSUE_WRONG_WINNER), 0);
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
}

static void test_not_lost_yet(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		query(LOW, 2, 0);
		pass(254 * SEC);
	}
	assert_int_equal(events_told(MC_QUERIER_LOST), 0);
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 1);
}

/* A slow querier of a version that announces nothing is known once measured. */
static void test_slow_querier_without_qqi(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		query(LOW, 2, 0);
		pass(300 * SEC);
	}
	assert_int_equal(events_told(MC_QUERIER_LOST), 1);
	assert_int_equal(querier(LOW).measured.ns, 300 * SEC);
	assert_false(querier(LOW).lost);
}

/* RFC 4541 2.1.1: switches without an address query from 0.0.0.0. */
static void test_unspecified_never_takes_part(void **state)
{
	(void)state;
	query("0.0.0.0", 2, 0);
	query("::", 1, 0); /* nobody heeds it */
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 0);
	query(HIGH, 2, 0);
	assert_true(querier(HIGH).elected);
	assert_false(querier("0.0.0.0").elected);
	pass(300 * SEC);
	assert_int_equal(events_told(MC_QUERIER_LOST), 1);
}

static void test_specific_queries_elect_nobody(void **state)
{
	(void)state;
	ask(LOW, 3, G, NULL);
	assert_int_equal(events_told(MC_QUERIER_ELECTED), 0);
	assert_true(querier(LOW).lost);
	assert_int_equal(stats().queriers, 0);
	query(HIGH, 3, 125);
	assert_true(querier(HIGH).elected);
}

static void test_broken_queries(void **state)
{
	struct mc_frame f = { .ttl = 1 };
	struct mc_gm gm = { .kind = MC_GM_QUERY, .family = MC_IPV4, .version = 3, .n_sources = 1 };

	(void)state;
	f.src = addr(LOW);
	gm.group = mc_addr_unspecified(MC_IPV4);
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	gm.n_sources = 0;
	gm.group = addr("10.1.1.1");
	mc_observer_message(world.o, 7, (mc_nsec){ world.now }, &f, &gm);
	assert_int_equal(stats().hosts, 0);
	assert_int_equal(world.n_told, 0);
}

static void test_changes_are_told(void **state)
{
	(void)state;
	query(LOW, 3, 125);
	query(LOW, 3, 125);
	assert_int_equal(events_told(MC_QUERIER_CHANGED), 0);
	query(LOW, 3, 60);
	query(LOW, 2, 0);
	assert_int_equal(events_told(MC_QUERIER_CHANGED), 2);
	assert_int_equal(querier(LOW).version, 2);
	assert_int_equal(querier(LOW).qqi.ns, 0);
	assert_int_equal(querier(LOW).qrv, 0);
}

/* ---- two-queriers ---- */

static void test_two_queriers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		query(HIGH, 3, 125);
		pass(60 * SEC);
		query(LOW, 3, 125);
		pass(65 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_TWO_QUERIERS)->o.when.ns,
			 (1000 + 2 * 125) * SEC);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_TWO_QUERIERS)->querier.addr.bytes[3],
			 2);
	assert_int_equal(all_issues(), 1);
}

/* One query slips out after losing; then it is silent. */
static void test_loser_gives_way(void **state)
{
	(void)state;
	query(HIGH, 3, 125);
	pass(60 * SEC);
	query(LOW, 3, 125);
	pass(65 * SEC);
	query(HIGH, 3, 125);
	for (unsigned i = 0; i < 6; i++) {
		pass(60 * SEC);
		query(LOW, 3, 125);
		pass(65 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
	assert_int_equal(issues_told(MC_ISSUE_WRONG_WINNER), 0);
}

/* A router that restarts asks before it can have heard of the other. */
static void test_loser_restarts_often(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		query(LOW, 3, 125);
		pass(5 * SEC);
		if (i % 5 == 0) {
			query(HIGH, 3, 125);
			pass(31250 * MSEC);
			query(HIGH, 3, 125);
			pass(88750 * MSEC);
		} else {
			pass(120 * SEC);
		}
	}
	assert_int_equal(all_issues(), 0);
}

/* Each time some seconds before it would count as lost. */
static void test_loser_restarts_soon(void **state)
{
	(void)state;
	query(LOW, 3, 125);
	for (unsigned i = 0; i < 20; i++) {
		pass(5 * SEC);
		query(HIGH, 3, 125);
		pass(45 * SEC);
		query(HIGH, 3, 125);
		pass(75 * SEC);
		query(LOW, 3, 125);
		pass(125 * SEC);
		query(LOW, 3, 125);
	}
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
}

static void test_two_queriers_in_step(void **state)
{
	(void)state;
	query(LOW, 2, 0);
	query(HIGH, 2, 0); /* not at fault: they start together */
	pass(125 * SEC);
	query(HIGH, 2, 0);
	pass(20 * MSEC);
	query(LOW, 2, 0);
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
	pass(125 * SEC);
	query(LOW, 2, 0);
	pass(20 * MSEC);
	query(HIGH, 2, 0);
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 1);
}

static void test_two_queriers_clear_and_return(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 6; i++) {
			query(LOW, 3, 125);
			pass(60 * SEC);
			query(HIGH, 3, 125);
			pass(65 * SEC);
		}
		for (unsigned i = 0; i < 6; i++) {
			query(LOW, 3, 125);
			pass(125 * SEC);
		}
	}
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 2);
}

/* ---- election-not-lowest ---- */

static void test_the_better_one_gives_way(void **state)
{
	(void)state;
	query(HIGH, 3, 125);
	pass(100 * SEC);
	query(LOW, 3, 125);
	for (unsigned i = 0; i < 3; i++) {
		pass(25 * SEC);
		query(HIGH, 3, 125);
		pass(100 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_WRONG_WINNER), 1);
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
}

/* A query is late by a few seconds, and just then another router starts. */
static void test_a_late_query_is_no_defeat(void **state)
{
	(void)state;
	query(LOW, 3, 125);
	pass(130 * SEC);
	query(HIGH, 3, 125);
	pass(5 * SEC);
	query(LOW, 3, 125);
	pass(125 * SEC);
	query(LOW, 3, 125);
	assert_int_equal(issues_told(MC_ISSUE_WRONG_WINNER), 0);
}

/* The better one dies, the other takes over after the proper time. */
static void test_takeover_in_good_time(void **state)
{
	(void)state;
	query(HIGH, 3, 125);
	query(LOW, 3, 125);
	pass(255 * SEC + 2 * MSEC);
	for (unsigned i = 0; i < 4; i++) {
		query(HIGH, 3, 125);
		pass(125 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_WRONG_WINNER), 0);
}

/* ---- versions and timers that differ ---- */

static void test_versions_differ(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		query(LOW, 3, 125);
		query(HIGH, 2, 0);
		pass(125 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_VERSIONS), 1);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_TIMERS), 0);
	for (unsigned i = 0; i < 3; i++) {
		query(LOW, 3, 125);
		pass(125 * SEC);
	}
	query(HIGH, 2, 0); /* again, after it was forgotten */
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_VERSIONS), 2);
}

static void test_versions_agree(void **state)
{
	(void)state;
	query(HIGH, 2, 0);
	query(LOW, 2, 0);
	query(LOW6, 1, 0); /* another protocol */
	world.link = 8;
	query(LOW, 3, 125); /* another link */
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_VERSIONS), 0);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_TIMERS), 0);
}

static void test_timers_differ(void **state)
{
	(void)state;
	query(LOW, 3, 125);
	query(HIGH, 3, 60);
	query(LOW, 3, 125);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_TIMERS), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_QUERIER_TIMERS)->o.host.bytes[3], 2);
	query(HIGH, 3, 125); /* it adopts the winner's */
	query(LOW, 3, 125);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_TIMERS), 1);
}

static void test_timers_agree(void **state)
{
	(void)state;
	query(LOW, 3, 60);
	query(HIGH, 3, 60);
	assert_int_equal(issues_told(MC_ISSUE_QUERIER_TIMERS), 0);
}

/* ---- query-interval-differs ---- */

static void test_interval_differs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		query(LOW, 3, 125);
		pass(60 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_QUERY_INTERVAL), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_QUERY_INTERVAL)->querier.measured.ns,
			 60 * SEC);
	query(LOW, 3, 60); /* announces what it does, from now on */
	for (unsigned i = 0; i < 5; i++) {
		pass(60 * SEC);
		query(LOW, 3, 60);
	}
	assert_int_equal(issues_told(MC_ISSUE_QUERY_INTERVAL), 1);
	assert_int_equal(querier(LOW).measured.ns, 60 * SEC);
}

/* Startup (twice a quarter), jitter, a query that was lost, one that was extra. */
static void test_interval_is_near_enough(void **state)
{
	static const int64_t gaps[] = { 31250, 31250,  125000, 126300, 123700, 250000, 125000,
					40000, 85000,  125000, 31250,  125000, 3,      124997,
					31200, 125000, 125100, 31250,  93750,  125000 };

	(void)state;
	query(LOW, 3, 125);
	for (unsigned i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		pass(gaps[i] * MSEC);
		query(LOW, 3, 125);
	}
	assert_int_equal(issues_told(MC_ISSUE_QUERY_INTERVAL), 0);
	assert_int_equal(querier(LOW).measured.ns, 125 * SEC);
}

/* A quarter of the interval for ever is no startup. */
static void test_startup_that_never_ends(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		query(LOW, 3, 100);
		pass(25 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_QUERY_INTERVAL), 1);
}

static void test_interval_of_version_2_is_measured(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		query(LOW, 2, 0);
		pass(20 * SEC);
	}
	assert_int_equal(querier(LOW).measured.ns, 20 * SEC);
	assert_int_equal(all_issues(), 0);
	pass(5000 * SEC);
	query(LOW, 2, 0); /* came back after more than an hour */
	assert_int_equal(querier(LOW).measured.ns, 20 * SEC);
}

/* ---- no-querier ---- */

static void test_no_querier(void **state)
{
	(void)state;
	report(H, 2, G);
	pass(250 * SEC);
	assert_int_equal(all_issues(), 0);
	pass(SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_NO_QUERIER)->o.latency.ns,
			 250 * SEC + SEC / 10);
	for (unsigned i = 0; i < 10; i++) {
		report(H, 2, G);
		pass(100 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
	query(LOW, 2, 0);
	report(H, 2, G);
	pass(260 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 2);
}

static void test_querier_just_in_time(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		report(H, 2, G);
		pass(249 * SEC);
		query(LOW, 2, 0);
		pass(SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 0);
}

static void test_nobody_needs_a_querier(void **state)
{
	(void)state;
	query(LOW, 2, 0);
	pass(1000 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 0);
	report(H, 2, G); /* now somebody does */
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
	report(H, 2, G);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
}

/* Two intervals as announced; and a switch at 0.0.0.0 keeps memberships alive. */
static void test_no_querier_by_announced_interval(void **state)
{
	(void)state;
	query(LOW, 3, 20);
	pass(SEC);
	record(H, MC_REC_IS_EX, G, NULL);
	pass(40 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
	world.link = 8;
	for (unsigned i = 0; i < 5; i++) {
		query("0.0.0.0", 2, 0);
		pass(SEC);
		report(H, 2, G);
		pass(124 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_NO_QUERIER), 1);
}

/* ---- version-flapping ---- */

static void test_querier_flaps(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		query(LOW, i % 2 ? 2 : 3, 125);
		pass(60 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_VERSION_FLAP), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_VERSION_FLAP)->querier.general, 3);
}

static void test_querier_is_reconfigured(void **state)
{
	(void)state;
	query(LOW, 2, 0);
	pass(10 * SEC);
	query(LOW, 3, 125);
	pass(10 * SEC);
	query(LOW, 2, 0); /* and a mistake is undone */
	pass(300 * SEC);
	query(LOW, 3, 125);
	assert_int_equal(issues_told(MC_ISSUE_VERSION_FLAP), 0);
	assert_int_equal(events_told(MC_QUERIER_CHANGED), 3);
}

static void test_querier_with_two_macs(void **state)
{
	(void)state;
	query(LOW, 3, 125);
	pass(125 * SEC);
	set_mac("\2\0\0\0\0\1");
	query(LOW, 3, 125);
	assert_int_equal(issues_told(MC_ISSUE_TWO_MACS), 1);
}

/* ---- more queriers than are kept ---- */

static void test_flood_of_queriers(void **state)
{
	char from[MC_ADDR_TEXT];

	(void)state;
	query(LOW, 3, 125);
	for (unsigned i = 0; i < 500; i++) {
		pass(10 * MSEC);
		snprintf(from, sizeof(from), "10.1.%u.%u", i / 200, i % 200 + 1);
		query(from, 3, 125);
	}
	assert_int_equal(stats().queriers, 64);
	assert_int_equal(stats().hosts, 64);
	assert_true(querier(LOW).elected);
	assert_true(querier("10.1.2.100").general == 1);
	assert_int_equal(issues_told(MC_ISSUE_TWO_QUERIERS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_querier),
		TEST(test_lower_address_takes_over),
		TEST(test_lost_and_replaced),
		TEST(test_not_lost_yet),
		TEST(test_slow_querier_without_qqi),
		TEST(test_unspecified_never_takes_part),
		TEST(test_specific_queries_elect_nobody),
		TEST(test_broken_queries),
		TEST(test_changes_are_told),
		TEST(test_two_queriers),
		TEST(test_loser_gives_way),
		TEST(test_loser_restarts_often),
		TEST(test_loser_restarts_soon),
		TEST(test_two_queriers_in_step),
		TEST(test_two_queriers_clear_and_return),
		TEST(test_the_better_one_gives_way),
		TEST(test_a_late_query_is_no_defeat),
		TEST(test_takeover_in_good_time),
		TEST(test_versions_differ),
		TEST(test_versions_agree),
		TEST(test_timers_differ),
		TEST(test_timers_agree),
		TEST(test_interval_differs),
		TEST(test_interval_is_near_enough),
		TEST(test_startup_that_never_ends),
		TEST(test_interval_of_version_2_is_measured),
		TEST(test_no_querier),
		TEST(test_querier_just_in_time),
		TEST(test_nobody_needs_a_querier),
		TEST(test_no_querier_by_announced_interval),
		TEST(test_querier_flaps),
		TEST(test_querier_is_reconfigured),
		TEST(test_querier_with_two_macs),
		TEST(test_flood_of_queriers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
