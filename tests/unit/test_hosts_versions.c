/* test_hosts_versions.c - hosts with queriers of other versions, and hosts that do not obey */
#include "hosts.h"

#define G  "239.1.1.1"
#define H  "239.1.1.2"
#define S1 "10.0.0.1"
#define S2 "10.0.0.2"
#define G6 "ff15::1"
#define H6 "ff15::2"

static int open_one(void **state)
{
	open_igmp(state);
	add_hosts(1, 3);
	return 0;
}

static int open_one_mld(void **state)
{
	open_mld(state);
	add_hosts(1, 2);
	return 0;
}

/* Sets a filter, lets all of its reports pass, forgets them. */
static void settle(const char *group, const char *filter)
{
	set(0, 0, group, filter);
	run(20 * SEC);
	forget_log();
}

/* ---- older queriers (RFC 9776 7.2.1, 8.12) ---- */

static void expect_version_for(int64_t ns, uint8_t older, uint8_t newest)
{
	run(ns - 10 * MSEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), older);
	run(20 * MSEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), newest);
}

static void test_older_igmp_querier_present(void **state)
{
	struct mc_gm_spec spec = query_spec(3, NULL, 10 * SEC);

	(void)state;
	join(0, G);
	query(2, NULL, 10 * SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 2);
	expect_version_for(350 * SEC, 2, 3);
	query(2, NULL, 5 * SEC); /* the interval is that of the query */
	expect_version_for(300 * SEC, 2, 3);
	query(1, NULL, 0);
	expect_version_for(350 * SEC, 1, 3);
	/* What newer queriers say does not count (default values). */
	spec.qrv = 7;
	spec.qqi.ns = 20 * SEC;
	hear(NULL, &spec);
	query(2, NULL, 10 * SEC);
	hear(NULL, &spec);
	expect_version_for(350 * SEC, 2, 3);
	/* The oldest that is present counts. */
	query(1, NULL, 0);
	run(100 * SEC);
	query(2, NULL, 10 * SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 1);
	expect_version_for(250 * SEC, 1, 2);
	expect_version_for(100 * SEC - 10 * MSEC, 2, 3);
}

/* RFC 9777 9.12: with the interval and robustness of the last query. */
static void test_older_mld_querier_present(void **state)
{
	struct mc_gm_spec spec = query_spec(2, NULL, 10 * SEC);

	(void)state;
	query(1, NULL, 10 * SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 1);
	expect_version_for(260 * SEC, 1, 2);
	spec.qrv = 3;
	spec.qqi.ns = 20 * SEC;
	hear(NULL, &spec);
	query(1, NULL, 10 * SEC);
	expect_version_for(70 * SEC, 1, 2);
}

/* Queries of a group are not from a querier that everybody hears. */
static void test_specific_query_changes_no_version(void **state)
{
	(void)state;
	settle(G, "ex");
	query(2, G, SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 3);
	run(SEC);
	assert_int_equal(logged(0)->version, 3);
	expect("is_ex 239.1.1.1");
}

/* A change of version ends all that was pending. */
static void test_change_of_version(void **state)
{
	(void)state;
	join(0, G);
	settle(H, "in " S1);
	query(3, NULL, 10 * SEC);
	query_sources(G, 10 * SEC, S1);
	set(0, 0, H, "in " S2);
	tick();
	forget_log();
	query(2, NULL, SEC);
	run(20 * SEC);
	assert_int_equal(world.n_logged, 2); /* a report a group, no more */
	assert_int_equal(logged(0)->version, 2);
	assert_int_equal(logged(1)->version, 2);
	forget_log();
	query(3, NULL, 10 * SEC); /* answered in the older way */
	query_sources(G, 10 * SEC, S1);
	run(10 * SEC);
	assert_int_equal(world.n_logged, 2);
	assert_int_equal(logged(0)->version, 2);
	forget_log();
	leave(0, G);
	tick();
	expect("leave 239.1.1.1");
	set(0, 0, H, "in " S1 "," S2); /* nothing to say in IGMPv2 */
	tick();
	expect("");
	query(2, NULL, 10 * SEC);
	run(350 * SEC - 10 * MSEC);
	forget_log();
	query(3, NULL, 10 * SEC); /* in IGMPv2, pending as it ends */
	run(20 * SEC);
	assert_true(world.n_logged <= 1);
	forget_log();
	query(3, NULL, 10 * SEC);
	run(10 * SEC);
	expect("is_in 239.1.1.2 {10.0.0.1,10.0.0.2}");
}

/* A leave that was being told is over with the version. */
static void test_leaving_while_the_version_changes(void **state)
{
	(void)state;
	settle(G, "ex");
	leave(0, G);
	tick();
	expect("to_in 239.1.1.1");
	query(3, G, SEC);
	query(2, NULL, SEC);
	run(20 * SEC);
	expect("");
	assert_int_equal(stats().groups, 0);
	assert_int_equal(stats().pending, 0);
}

static void test_mldv1_querier(void **state)
{
	(void)state;
	settle(G6, "ex");
	query(1, NULL, SEC);
	run(SEC);
	assert_int_equal(logged(0)->version, 1);
	expect("report ff15::1");
	query(1, H6, SEC);
	join(0, H6);
	tick();
	expect("report ff15::2");
	leave(0, H6);
	tick();
	expect("leave ff15::2");
}

/* Overheard reports of older versions spare nobody an IGMPv3 answer. */
static void test_old_reports_do_not_suppress(void **state)
{
	(void)state;
	settle(G, "in " S1);
	query(3, NULL, 10 * SEC);
	query(3, G, SEC);
	other_reports(2, G);
	run(10 * SEC);
	assert_true(world.n_logged >= 1);
}

/* ---- what is never reported, and hosts that do not obey ---- */

static void test_silent_groups(void **state)
{
	const char *silent = world.opts.family == MC_IPV4 ? "224.0.0.1" : "ff02::1";

	(void)state;
	join(0, silent);
	set(0, 0, silent, world.opts.family == MC_IPV4 ? "in 10.0.0.1" : "in 2001:db8::1");
	query(world.opts.family == MC_IPV4 ? 3 : 2, NULL, SEC);
	query(world.opts.family == MC_IPV4 ? 3 : 2, silent, SEC);
	run(10 * SEC);
	assert_int_equal(state_of(0, silent), MC_IDLE_MEMBER);
	set(0, 0, silent, "in");
	run(10 * SEC);
	expect("");
}

static void test_states(void **state)
{
	(void)state;
	assert_int_equal(state_of(0, G), MC_NON_MEMBER);
	join(0, G);
	assert_int_equal(state_of(0, G), MC_DELAYING_MEMBER);
	run(10 * SEC);
	assert_int_equal(state_of(0, G), MC_IDLE_MEMBER);
	query(3, NULL, SEC);
	assert_int_equal(state_of(0, G), MC_DELAYING_MEMBER);
	run(SEC);
	query(3, G, SEC);
	assert_int_equal(state_of(0, G), MC_DELAYING_MEMBER);
	run(SEC);
	leave(0, G);
	assert_int_equal(state_of(0, G), MC_NON_MEMBER);
}

static void test_mute_late_dead(void **state)
{
	(void)state;
	settle(G, "ex");
	settle(H, "ex");
	assert_int_equal(mc_hosts_set_flags(world.p, 0, MC_HOST_MUTE), 0);
	query(3, NULL, SEC);
	query(3, G, SEC);
	run(10 * SEC);
	expect("");
	leave(0, H);
	tick();
	expect("to_in 239.1.1.2");
	assert_int_equal(mc_hosts_set_flags(world.p, 0, MC_HOST_DEAD), 0);
	run(10 * SEC);
	assert_int_equal(stats().groups, 1); /* what was being left is gone */
	leave(0, G);
	join(0, H);
	query(3, NULL, SEC);
	run(10 * SEC);
	expect("");
	assert_int_equal(mc_hosts_set_flags(world.p, 0, MC_HOST_LATE), 0);
	query(3, NULL, SEC);
	run(SEC);
	expect("");
	run(SEC + 2 * MSEC);
	expect("is_ex 239.1.1.2");
}

static void test_keeps_version(void **state)
{
	(void)state;
	assert_int_equal(mc_hosts_set_flags(world.p, 0, MC_HOST_KEEPS_VERSION), 0);
	query(1, NULL, 0);
	join(0, G);
	tick();
	expect("to_ex 239.1.1.1");
	query(2, NULL, SEC);
	run(2 * SEC);
	assert_int_equal(logged(0)->version, 3);
}

#define IGMP(test) cmocka_unit_test_setup_teardown(test, open_one, close_hosts)
#define MLD(test)  cmocka_unit_test_setup_teardown(test, open_one_mld, close_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IGMP(test_older_igmp_querier_present),
		MLD(test_older_mld_querier_present),
		IGMP(test_specific_query_changes_no_version),
		IGMP(test_change_of_version),
		IGMP(test_leaving_while_the_version_changes),
		MLD(test_mldv1_querier),
		IGMP(test_old_reports_do_not_suppress),
		IGMP(test_silent_groups),
		MLD(test_silent_groups),
		IGMP(test_states),
		IGMP(test_mute_late_dead),
		IGMP(test_keeps_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
