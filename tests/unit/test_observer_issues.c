/* test_observer_issues.c - what members and groups do wrong, and nearly wrong */
#include "observe.h"

#define Q  "10.0.0.1"
#define Q6 "fe80::1"
#define H  "10.0.0.5"
#define H2 "10.0.0.6"
#define H6 "fe80::5"
#define G  "239.1.1.1"
#define G6 "ff15::1"

/* ---- answer-late, answer-missing ---- */

static void test_answer_missing(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H2, MC_REC_TO_EX, G, NULL);
	pass(10 * SEC);
	ask(Q, 3, G, NULL);
	pass(SEC / 2);
	record(H2, MC_REC_IS_EX, G, NULL); /* IGMPv3: everybody answers */
	pass(5 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_ANSWER), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_NO_ANSWER)->o.host.bytes[3], 5);
	ask(Q, 3, G, NULL);
	pass(SEC / 2);
	record(H2, MC_REC_IS_EX, G, NULL);
	pass(5 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_ANSWER), 1); /* is still so */
	ask(Q, 3, G, NULL);
	record(H, MC_REC_IS_EX, G, NULL);
	record(H2, MC_REC_IS_EX, G, NULL);
	pass(5 * SEC);
	ask(Q, 3, G, NULL);
	record(H2, MC_REC_IS_EX, G, NULL);
	pass(5 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_ANSWER), 2); /* again */
	assert_int_equal(all_issues(), 2);
}

static void test_answer_late(void **state)
{
	const struct told *t;

	(void)state;
	query(Q6, 2, 125);
	record(H6, MC_REC_TO_EX, G6, NULL);
	pass(10 * SEC);
	ask(Q6, 2, G6, NULL);
	pass(1500 * MSEC);
	record(H6, MC_REC_IS_EX, G6, NULL);
	pass(20 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LATE_ANSWER), 1);
	t = last_told(MC_OBSERVED_ISSUE, MC_ISSUE_LATE_ANSWER);
	assert_int_equal(t->o.latency.ns, 500 * MSEC);
	assert_int_equal(t->member.version, 2);
	ask(Q6, 2, G6, NULL);
	pass(1500 * MSEC);
	record(H6, MC_REC_IS_EX, G6, NULL);
	pass(20 * SEC);
	assert_int_equal(all_issues(), 1); /* once, while it lasts */
}

static void test_answer_in_time(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H2, MC_REC_TO_EX, G, NULL);
	pass(10 * SEC);
	for (unsigned i = 0; i < 3; i++) {
		ask(Q, 3, G, NULL);
		pass(1090 * MSEC);
		record(H, MC_REC_IS_EX, G, NULL);
		record(H2, MC_REC_TO_IN, G, NULL); /* leaves instead */
		pass(10 * SEC);
	}
	record(H2, MC_REC_TO_EX, G, NULL);
	ask(Q, 3, G, NULL);
	pass(500 * MSEC);
	record(H, MC_REC_IS_EX, G, NULL);
	record("10.0.0.7", MC_REC_TO_EX, G, NULL); /* joined since: owes nothing */
	pass(1000 * MSEC);
	record(H2, MC_REC_TO_EX, G, NULL); /* a change of state is no answer, but heard */
	pass(10 * SEC);
	assert_int_equal(all_issues(), 0);
}

/* RFC 2236 3: the report of another is enough. */
static void test_suppressed_answer(void **state)
{
	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	report(H2, 2, G);
	pass(10 * SEC);
	ask(Q, 2, G, NULL);
	pass(500 * MSEC);
	report(H2, 2, G);
	pass(1000 * MSEC);
	report(H, 2, G); /* of its own accord */
	pass(10 * SEC);
	assert_int_equal(all_issues(), 0);
	ask(Q, 2, G, NULL);
	pass(10 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_ANSWER), 2);
}

/* A repeated query is one question, wherever it is answered. */
static void test_answer_between_queries(void **state)
{
	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	report(H2, 2, G);
	pass(10 * SEC);
	leave(H2, G);
	ask(Q, 2, G, NULL);
	pass(900 * MSEC);
	report(H, 2, G);
	pass(100 * MSEC);
	ask(Q, 2, G, NULL);
	pass(10 * SEC);
	assert_int_equal(all_issues(), 0);
}

/* Version 1 hosts know no group-specific queries; nobody asks about sources in
 * a way that an observer could judge; the querier does not hear itself. */
static void test_who_owes_no_answer(void **state)
{
	(void)state;
	query(Q, 3, 125);
	report(H, 1, G);
	record(H2, MC_REC_ALLOW, "232.1.1.1", "192.0.2.1", NULL);
	record(Q, MC_REC_TO_EX, "239.1.1.2", NULL);
	pass(10 * SEC);
	ask(Q, 3, G, NULL);
	ask(Q, 3, "232.1.1.1", "192.0.2.9");
	ask(Q, 3, "239.1.1.2", NULL);
	ask(Q, 3, "239.1.1.3", NULL);
	pass(10 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_NO_ANSWER), 0);
}

/* ---- leave-without-query ---- */

static void test_leave_unqueried(void **state)
{
	const struct told *t;

	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	leave(H, G);
	pass(3 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 1);
	t = last_told(MC_OBSERVED_ISSUE, MC_ISSUE_LEAVE_UNQUERIED);
	assert_int_equal(t->o.host.bytes[3], 5);
	assert_int_equal(t->o.group.bytes[0], 239);
	assert_int_equal(t->querier.addr.bytes[3], 1);
	assert_int_equal(t->o.latency.ns, 2100 * MSEC);
}

static void test_leave_unqueried_once(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record("10.0.0.9", MC_REC_TO_EX, G, NULL);
	for (unsigned i = 0; i < 3; i++) {
		record(H, MC_REC_TO_EX, G, NULL);
		pass(SEC);
		record(H, MC_REC_TO_IN, G, NULL);
		pass(3 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 1);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H, MC_REC_TO_IN, G, NULL);
	ask(Q, 3, G, NULL);
	record("10.0.0.9", MC_REC_IS_EX, G, NULL);
	pass(10 * SEC);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H, MC_REC_TO_IN, G, NULL);
	pass(3 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 2);
}

static void test_leave_is_queried(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_ALLOW, "232.1.1.1", "192.0.2.1", NULL);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H2, MC_REC_TO_EX, G, NULL);
	pass(SEC);
	record(H, MC_REC_BLOCK, "232.1.1.1", "192.0.2.1", NULL);
	pass(1900 * MSEC);
	ask(Q, 3, "232.1.1.1", "192.0.2.1");
	record(H, MC_REC_TO_IN, G, NULL);
	pass(20 * MSEC);
	ask(Q, 3, G, NULL);
	pass(10 * MSEC);
	record(H2, MC_REC_TO_IN, G, NULL); /* in the middle of the querier's questions */
	pass(10 * SEC);
	leave("10.0.0.9", "239.9.9.9"); /* a group without members */
	pass(10 * SEC);
	assert_int_equal(all_issues(), 0);
}

static void test_block_is_queried(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_ALLOW, "232.1.1.1", "192.0.2.1", NULL);
	pass(SEC);
	record(H, MC_REC_BLOCK, "232.1.1.1", "192.0.2.1", NULL);
	pass(3 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 1);
}

/* Suppressed hosts that nobody heard of leave too. */
static void test_leave_of_a_silent_member(void **state)
{
	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	leave(H2, G);
	pass(3 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 1);
}

/* Where the rules ask for no query: RFC 9776 7.3.2 and 6.4.2. */
static void test_leave_without_need_of_a_query(void **state)
{
	(void)state;
	report(H, 2, G); /* nobody queries at all */
	leave(H, G);
	pass(3 * SEC);
	query(Q, 1, 0); /* a version 1 querier knows no leaves */
	report(H, 1, G);
	report(H2, 2, G);
	leave(H2, G);
	pass(3 * SEC);
	query(Q, 2, 0);
	report(H2, 2, G); /* a version 1 member is there */
	leave(H2, G);
	pass(3 * SEC);
	query(Q, 3, 125);
	record(H, MC_REC_TO_EX, "239.2.2.2", NULL);
	record(H2, MC_REC_ALLOW, "239.2.2.2", "192.0.2.1", NULL);
	record(H2, MC_REC_BLOCK, "239.2.2.2", "192.0.2.1", NULL); /* somebody takes all */
	record(Q, MC_REC_TO_EX, "239.3.3.3", NULL);
	record(Q, MC_REC_TO_IN, "239.3.3.3", NULL); /* the querier itself */
	pass(3 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_LEAVE_UNQUERIED), 0);
}

/* ---- member-expired ---- */

static void test_host_dies(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		query(Q, 3, 125);
		pass(SEC);
		if (i == 0)
			record(H, MC_REC_TO_EX, G, NULL);
		pass(124 * SEC);
	}
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 1);
	assert_int_equal(issues_told(MC_ISSUE_MEMBER_EXPIRED), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_MEMBER_EXPIRED)->o.when.ns,
			 1271 * SEC);
	assert_int_equal(all_issues(), 1);
}

static void test_silence_that_is_no_death(void **state)
{
	(void)state;
	record(H, MC_REC_TO_EX, G, NULL); /* nobody asked */
	pass(300 * SEC);
	report(H, 2, G);
	set_mac("\2\0\0\0\0\1");
	report("0.0.0.0", 2, "239.1.1.2"); /* got its address meanwhile */
	world.has_mac = false;
	for (unsigned i = 0; i < 4; i++) {
		query(Q, 2, 0);
		pass(SEC);
		report(H2, 2, G); /* always first: H need not report */
		pass(124 * SEC);
	}
	report(Q, 2, "239.1.1.3"); /* the querier does not answer itself */
	for (unsigned i = 0; i < 4; i++) {
		pass(125 * SEC);
		query(Q, 2, 0);
	}
	assert_int_equal(events_told(MC_MEMBER_EXPIRED), 5);
	assert_int_equal(issues_told(MC_ISSUE_MEMBER_EXPIRED), 1); /* H2, which did stop */
}

/* ---- fallback-without-report ---- */

static void test_no_fallback(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H, MC_REC_TO_EX, "239.1.1.2", NULL);
	pass(60 * SEC);
	query(Q, 2, 0);
	pass(5 * SEC);
	record(H, MC_REC_IS_EX, G, NULL); /* in a version that the querier ignores */
	pass(6 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_FALLBACK_SILENT), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_FALLBACK_SILENT)->member.version, 3);
	pass(100 * SEC);
	query(Q, 2, 0);
	pass(20 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_FALLBACK_SILENT), 1); /* of the host, once */
	report(H, 2, G);
	record(H, MC_REC_TO_EX, "239.1.1.2", NULL);
	query(Q, 2, 0);
	pass(20 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_FALLBACK_SILENT), 2);
}

static void test_fallback(void **state)
{
	(void)state;
	query(Q, 3, 125);
	record(H, MC_REC_TO_EX, G, NULL);
	record(H2, MC_REC_TO_EX, G, NULL);
	record(Q, MC_REC_TO_EX, "239.1.1.4", NULL); /* does not hear itself */
	world.link = 8;
	record(H2, MC_REC_TO_EX, G, NULL); /* elsewhere */
	world.link = 7;
	pass(60 * SEC);
	query(Q, 2, 0);
	pass(10 * SEC);
	report(H, 2, G);				     /* and H2 may stay silent */
	record("10.0.0.7", MC_REC_TO_EX, "239.1.1.3", NULL); /* has not heard the query */
	pass(20 * SEC);
	assert_int_equal(all_issues(), 0);
}

static void test_fallback_to_version_1(void **state)
{
	(void)state;
	query(Q, 2, 0);
	report(H, 2, G);
	report(H2, 2, "239.1.1.2");
	pass(60 * SEC);
	query(Q, 1, 0);
	pass(SEC);
	report(H, 1, G);
	report(H2, 2, "239.1.1.2");
	pass(20 * SEC);
	assert_int_equal(issues_told(MC_ISSUE_FALLBACK_SILENT), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_FALLBACK_SILENT)->o.host.bytes[3],
			 6);
}

/* ---- version-flapping ---- */

static void test_host_flaps(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		if (i % 2)
			report(H, 2, G);
		else
			record(H, MC_REC_IS_EX, G, NULL);
		pass(60 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_VERSION_FLAP), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_VERSION_FLAP)->o.host.bytes[3], 5);
}

static void test_host_falls_back_and_returns(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		record(H, MC_REC_IS_EX, G, NULL);
		pass(20 * SEC);
		report(H, 2, G);
		pass(255 * SEC);
		record(H, MC_REC_IS_EX, G, NULL);
		pass(265 * SEC);
	}
	assert_true(events_told(MC_MEMBER_CHANGED) >= 5);
	assert_int_equal(issues_told(MC_ISSUE_VERSION_FLAP), 0);
}

/* ---- report-storm ---- */

static void test_storm_of_a_member(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		report(H, 2, G);
		pass(20 * MSEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_REPORT_STORM), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_REPORT_STORM)->member.version, 2);
	pass(10 * SEC);
	for (unsigned i = 0; i < 20; i++)
		report(H, 2, G);
	assert_int_equal(issues_told(MC_ISSUE_REPORT_STORM), 2);
}

static void test_lively_member(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		if (i % 10 == 0)
			pass(SEC);
		report(H, 2, G);
	}
	assert_int_equal(issues_told(MC_ISSUE_REPORT_STORM), 0);
}

static void test_storm_of_a_host(void **state)
{
	char group[MC_ADDR_TEXT];

	(void)state;
	for (unsigned i = 0; i < 200; i++) { /* could be in one or two reports */
		snprintf(group, sizeof(group), "239.1.1.%u", i + 1);
		record(H, MC_REC_TO_EX, group, NULL);
		pass(MSEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_REPORT_STORM), 1);
	assert_int_equal(last_told(MC_OBSERVED_ISSUE, MC_ISSUE_REPORT_STORM)->o.group.family,
			 MC_ANY);
}

/* One report a group is all that IGMPv2 can do. */
static void test_busy_host(void **state)
{
	char group[MC_ADDR_TEXT];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		snprintf(group, sizeof(group), "239.1.1.%u", i + 1);
		report(H, 2, group);
		pass(MSEC);
	}
	for (unsigned i = 0; i < 90; i++)
		record(H2, MC_REC_TO_EX, "239.2.2.2", NULL), pass(100 * MSEC);
	assert_int_equal(issues_told(MC_ISSUE_REPORT_STORM), 0);
}

static void storm_of_hosts(int64_t gap)
{
	char host[MC_ADDR_TEXT];

	for (unsigned i = 0; i < 3000; i++) {
		snprintf(host, sizeof(host), "10.1.%u.%u", i / 250, i % 250 + 1);
		report(host, 2, G);
		pass(gap);
	}
}

static unsigned storms_of_links(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < world.n_told; i++)
		n += world.told[i].o.issue == MC_ISSUE_REPORT_STORM && !world.told[i].o.member &&
		     world.told[i].o.host.family == MC_ANY;
	return n;
}

static void test_storm_of_a_link(void **state)
{
	(void)state;
	storm_of_hosts(MSEC / 4);
	assert_int_equal(storms_of_links(), 1);
	forget_told();
	pass(10 * SEC);
	storm_of_hosts(MSEC);
	assert_int_equal(storms_of_links(), 0);
}

/* ---- source-with-two-macs ---- */

static void test_two_macs(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		set_mac(i % 2 ? "\2\0\0\0\0\1" : "\2\0\0\0\0\2");
		report(H, 2, G);
		pass(10 * SEC);
	}
	assert_int_equal(issues_told(MC_ISSUE_TWO_MACS), 1);
	for (unsigned i = 0; i < 6; i++) {
		report(H, 2, G);
		pass(100 * SEC);
	}
	set_mac("\2\0\0\0\0\3");
	report(H, 2, G);
	assert_int_equal(issues_told(MC_ISSUE_TWO_MACS), 2); /* had cleared */
}

static void test_macs_that_may_differ(void **state)
{
	static const char *const virtual[] = { "\0\0\x5e\0\1\7",   "\0\0\x5e\0\2\7",
					       "\0\0\x0c\7\xac\1", "\0\0\x0c\x9f\xf0\1",
					       "\0\5\x73\xa0\0\1", "\0\7\xb4\0\1\1" };

	(void)state;
	for (unsigned i = 0; i < 6; i++) { /* routers that share an address */
		set_mac("\2\0\0\0\0\1");
		report(H, 2, G);
		set_mac(virtual[i]);
		report(H, 2, G);
		pass(SEC);
	}
	set_mac("\2\0\0\0\0\1");
	query("0.0.0.0", 2, 0);
	set_mac("\2\0\0\0\0\2");
	query("0.0.0.0", 2, 0);
	assert_int_equal(issues_told(MC_ISSUE_TWO_MACS), 0);
}

static void test_new_network_card(void **state)
{
	(void)state;
	set_mac("\2\0\0\0\0\1");
	query(Q, 2, 0);
	pass(3600 * SEC);
	set_mac("\2\0\0\0\0\2");
	query(Q, 2, 0);
	assert_int_equal(issues_told(MC_ISSUE_TWO_MACS), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_answer_missing),
		TEST(test_answer_late),
		TEST(test_answer_in_time),
		TEST(test_suppressed_answer),
		TEST(test_answer_between_queries),
		TEST(test_who_owes_no_answer),
		TEST(test_leave_unqueried),
		TEST(test_leave_unqueried_once),
		TEST(test_leave_is_queried),
		TEST(test_block_is_queried),
		TEST(test_leave_of_a_silent_member),
		TEST(test_leave_without_need_of_a_query),
		TEST(test_host_dies),
		TEST(test_silence_that_is_no_death),
		TEST(test_no_fallback),
		TEST(test_fallback),
		TEST(test_fallback_to_version_1),
		TEST(test_host_flaps),
		TEST(test_host_falls_back_and_returns),
		TEST(test_storm_of_a_member),
		TEST(test_lively_member),
		TEST(test_storm_of_a_host),
		TEST(test_busy_host),
		TEST(test_storm_of_a_link),
		TEST(test_two_macs),
		TEST(test_macs_that_may_differ),
		TEST(test_new_network_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
