/* test_router_ask.c - specific queries: retransmission, S flag, lowered timers, RFC 9776
 * 6.6.1 and 6.6.3, RFC 9777 7.6.1 and 7.6.3, RFC 2236 7, RFC 2710 7 */
#include "route.h"

static const struct {
	enum mc_family family;
	uint8_t version;
} newest[] = { { MC_IPV4, 3 }, { MC_IPV6, 2 } };

/* Time begins anew, so that queries are logged from 0. */
static void begin(void)
{
	forget();
	world.start = world.now;
}

static void test_group_retransmission(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(newest[i].family, newest[i].version);
		record(1, MC_REC_TO_EX, "");
		pass(40 * SEC);
		begin();
		record(1, MC_REC_TO_IN, "");
		assert_int_equal(mc_addr_cmp(&world.last_dst, &world.last.group), 0);
		assert_int_equal(world.last.max_resp.ns, SEC);
		pass(1900 * MSEC); /* traffic flows until the end */
		assert_string_equal(state_text(), "EX/0");
		pass_beyond(100 * MSEC);
		assert_string_equal(state_text(), "");
		pass(10 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G); 1.0 Q(G); ");
		assert_string_equal(world.events, "member-left 1; group-expired; ");
		close_world();
	}
}

/* Someone answers: the second query goes out with the S flag, and the group stays. */
static void test_group_answered(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(newest[i].family, newest[i].version);
		record(1, MC_REC_TO_EX, "");
		record(2, MC_REC_TO_EX, "");
		pass(40 * SEC);
		begin();
		record(1, MC_REC_TO_IN, "");
		pass(400 * MSEC);
		record(2, MC_REC_IS_EX, "");
		pass(5 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G); 1.0 Q(G)S; ");
		assert_string_equal(world.events, "member-left 1; ");
		assert_string_equal(state_text(), "EX/265");
		close_world();
	}
}

/* Each leave asks again, and the series starts anew. */
static void test_group_asked_twice(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(1, MC_REC_TO_EX, "");
	record(2, MC_REC_TO_EX, "");
	pass(40 * SEC);
	begin();
	record(1, MC_REC_TO_IN, "");
	pass(600 * MSEC);
	record(2, MC_REC_TO_IN, "");
	pass_beyond(1400 * MSEC);
	assert_string_equal(world.queries, "0.0 Q(G); 0.6 Q(G); 1.6 Q(G); ");
	assert_string_equal(state_text(), ""); /* the timer only comes down */
	close_world();
}

static void test_source_retransmission(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(newest[i].family, newest[i].version);
		record(1, MC_REC_ALLOW, "AB");
		pass(40 * SEC);
		begin();
		record(1, MC_REC_BLOCK, "A");
		pass_beyond(3 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G,A); 1.0 Q(G,A); ");
		assert_string_equal(state_text(), "IN B:227");
		close_world();
	}
}

/* RFC 9776 6.6.3.2: two queries, of what has been reported again and the rest. */
static void test_source_split(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(newest[i].family, newest[i].version);
		record(1, MC_REC_ALLOW, "ABC");
		pass(40 * SEC);
		begin();
		record(1, MC_REC_BLOCK, "AB");
		pass(300 * MSEC);
		record(2, MC_REC_IS_IN, "A");
		pass_beyond(4 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G,B A); 1.0 Q(G,A)S; 1.0 Q(G,B); ");
		assert_string_equal(state_text(), "IN A:266 C:226");
		close_world();
	}
}

/* What is asked about later joins those that are being asked about. */
static void test_source_merge(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(1, MC_REC_ALLOW, "ABC");
	pass(40 * SEC);
	begin();
	record(1, MC_REC_BLOCK, "A");
	pass(500 * MSEC);
	record(1, MC_REC_BLOCK, "B");
	pass_beyond(3 * SEC);
	assert_string_equal(world.queries, "0.0 Q(G,A); 0.5 Q(G,B A); 1.5 Q(G,B); ");
	assert_string_equal(state_text(), "IN C:226");
	close_world();
}

/* A source whose timer is at or below the last member query time is not asked
 * about again, nor is one that is blocked. */
static void test_source_not_asked(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(1, MC_REC_ALLOW, "A");
	pass(40 * SEC);
	begin();
	record(1, MC_REC_BLOCK, "A");
	record(2, MC_REC_BLOCK, "A");
	pass_beyond(2 * SEC);
	assert_string_equal(world.queries, "0.0 Q(G,A); 1.0 Q(G,A); ");
	assert_string_equal(state_text(), "");
	close_world();
}

/* Long lists go out in as many queries as they need. */
static void test_source_lists(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.max_sources = 2;
	add_iface(&o);
	record(1, MC_REC_ALLOW, "ABCDE");
	begin();
	record(1, MC_REC_BLOCK, "EDCBA");
	assert_string_equal(world.queries, "0.0 Q(G,A B); 0.0 Q(G,C D); 0.0 Q(G,E); ");
	close_world();
}

static void test_count_and_interval(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV6, 2, 0);
	o = iface_opts();
	o.vars.last_member_query_count = 4;
	o.vars.last_member_query_interval.ns = 500 * MSEC;
	add_iface(&o);
	record(1, MC_REC_TO_EX, "");
	record(1, MC_REC_ALLOW, "A");
	begin();
	record(1, MC_REC_TO_IN, "");
	assert_string_equal(state_text(), "EX/2 A:2");
	pass_beyond(3 * SEC);
	assert_string_equal(world.queries,
			    "0.0 Q(G,A); 0.0 Q(G); 0.5 Q(G,A); 0.5 Q(G); 1.0 Q(G,A); 1.0 Q(G); "
			    "1.5 Q(G,A); 1.5 Q(G); ");
	assert_string_equal(state_text(), "");
	close_world();
}

/* Of IGMPv2 and MLDv1: who is checking a membership does not begin again. */
static void test_older_versions(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(i ? MC_IPV6 : MC_IPV4, i ? 1 : 2);
		older(1, MC_GM_LEAVE, i ? 1 : 2); /* for no group that is known */
		older(1, MC_GM_REPORT, i ? 1 : 2);
		assert_string_equal(state_text(), "EX/260");
		pass(40 * SEC);
		begin();
		older(1, MC_GM_LEAVE, i ? 1 : 2);
		assert_int_equal(world.last.version, i ? 1 : 2);
		pass(500 * MSEC);
		older(2, MC_GM_LEAVE, i ? 1 : 2);
		pass_beyond(4 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G); 1.0 Q(G); ");
		assert_string_equal(state_text(), "");
		older(1, MC_GM_REPORT, i ? 1 : 2);
		begin();
		older(1, MC_GM_LEAVE, i ? 1 : 2);
		pass(500 * MSEC);
		older(2, MC_GM_REPORT, i ? 1 : 2);
		pass(4 * SEC);
		assert_string_equal(world.queries, "0.0 Q(G); 1.0 Q(G); "); /* they know no S */
		assert_string_equal(state_text(), "EX/256");
		close_world();
	}
}

/* Routers of older versions ask about groups only. */
static void test_older_versions_know_no_sources(void **state)
{
	(void)state;
	open_world(MC_IPV4, 2);
	record(1, MC_REC_ALLOW, "AB");
	begin();
	record(1, MC_REC_TO_IN, "");
	assert_string_equal(world.queries, "");
	assert_string_equal(state_text(), "IN A:260 B:260");
	close_world();
}

/* ---- queries of others ---- */

/* RFC 9776 6.6.1: down to the last member query count times the response time, but
 * for those with the S flag. */
static void test_lowered_by_others(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(newest[i].family, newest[i].version);
		general(1, newest[i].version);
		record(5, MC_REC_IS_IN, "A");
		record(5, MC_REC_IS_EX, "AB");
		specific(1, "", true);
		specific(1, "AB", true);
		assert_string_equal(state_text(), "EX/270 A:270 B:-");
		specific(1, "AB", false);
		assert_string_equal(state_text(), "EX/270 A:2 B:-");
		specific(1, "", false);
		assert_string_equal(state_text(), "EX/2 A:2 B:-");
		pass(SEC);
		specific(1, "", false); /* not up again */
		assert_string_equal(state_text(), "EX/1 A:1 B:-");
		pass_beyond(SEC);
		assert_string_equal(state_text(), "");
		assert_string_equal(world.queries, "0.0 Q(); ");
		close_world();
	}
}

static void test_lowered_by_older_versions(void **state)
{
	struct mc_gm_spec s;
	struct mc_addr from;

	(void)state;
	open_world(MC_IPV4, 2);
	general(1, 2);
	older(5, MC_GM_REPORT, 2);
	s = query_spec(2);
	s.group = group(G);
	s.max_resp.ns = 3 * SEC;
	from = host(1);
	hear(&from, &s);
	assert_string_equal(state_text(), "EX/6");
	older(5, MC_GM_LEAVE, 2); /* non-queriers ignore leaves, RFC 2236 3 */
	assert_string_equal(state_text(), "EX/6");
	s.group = group(9); /* nobody's */
	hear(&from, &s);
	assert_int_equal(world.dropped, MC_ROUTER_TAKEN);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group_retransmission),
		cmocka_unit_test(test_group_answered),
		cmocka_unit_test(test_group_asked_twice),
		cmocka_unit_test(test_source_retransmission),
		cmocka_unit_test(test_source_split),
		cmocka_unit_test(test_source_merge),
		cmocka_unit_test(test_source_not_asked),
		cmocka_unit_test(test_source_lists),
		cmocka_unit_test(test_count_and_interval),
		cmocka_unit_test(test_older_versions),
		cmocka_unit_test(test_older_versions_know_no_sources),
		cmocka_unit_test(test_lowered_by_others),
		cmocka_unit_test(test_lowered_by_older_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
