/* test_hosts_old.c - hosts of IGMPv1, IGMPv2 and MLDv1: every cell of their machine */
#include "hosts.h"
#include "fsm/population.h"

#define G  "239.1.1.1"
#define H  "239.1.1.2"
#define G6 "ff15::1"

static const char *group_here(void)
{
	return world.opts.family == MC_IPV4 ? G : G6;
}

/* ---- the table, as RFC 1112 Appendix I, RFC 2236 6 and RFC 2710 5 have it ---- */

struct expected {
	enum mc_hosts_state state;
	enum old_event event;
	enum mc_hosts_state next;
	const char *sends; /* report, leave, or nothing */
	bool timer;	   /* runs afterwards */
	bool flag;	   /* is set afterwards, given that it was when we reported last */
};

/* Before the event, a delaying or idle member was the last to report. */
static const struct expected igmpv1[] = {
	{ MC_NON_MEMBER, OLD_JOIN, MC_DELAYING_MEMBER, "report", true, false },
	{ MC_NON_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_QUERY, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_REPORT, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_TIMER, MC_NON_MEMBER, "", false, false },
	{ MC_DELAYING_MEMBER, OLD_JOIN, MC_DELAYING_MEMBER, "", true, false },
	{ MC_DELAYING_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "", false, false },
	{ MC_DELAYING_MEMBER, OLD_QUERY, MC_DELAYING_MEMBER, "", true, false },
	{ MC_DELAYING_MEMBER, OLD_REPORT, MC_IDLE_MEMBER, "", false, false },
	{ MC_DELAYING_MEMBER, OLD_TIMER, MC_IDLE_MEMBER, "report", false, false },
	{ MC_IDLE_MEMBER, OLD_JOIN, MC_IDLE_MEMBER, "", false, false },
	{ MC_IDLE_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "", false, false },
	{ MC_IDLE_MEMBER, OLD_QUERY, MC_DELAYING_MEMBER, "", true, false },
	{ MC_IDLE_MEMBER, OLD_REPORT, MC_IDLE_MEMBER, "", false, false },
	{ MC_IDLE_MEMBER, OLD_TIMER, MC_IDLE_MEMBER, "", false, false },
};

static const struct expected igmpv2[] = {
	{ MC_NON_MEMBER, OLD_JOIN, MC_DELAYING_MEMBER, "report", true, true },
	{ MC_NON_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_QUERY, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_REPORT, MC_NON_MEMBER, "", false, false },
	{ MC_NON_MEMBER, OLD_TIMER, MC_NON_MEMBER, "", false, false },
	{ MC_DELAYING_MEMBER, OLD_JOIN, MC_DELAYING_MEMBER, "", true, true },
	{ MC_DELAYING_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "leave", false, false },
	{ MC_DELAYING_MEMBER, OLD_QUERY, MC_DELAYING_MEMBER, "", true, true },
	{ MC_DELAYING_MEMBER, OLD_REPORT, MC_IDLE_MEMBER, "", false, false },
	{ MC_DELAYING_MEMBER, OLD_TIMER, MC_IDLE_MEMBER, "report", false, true },
	{ MC_IDLE_MEMBER, OLD_JOIN, MC_IDLE_MEMBER, "", false, true },
	{ MC_IDLE_MEMBER, OLD_LEAVE, MC_NON_MEMBER, "leave", false, false },
	{ MC_IDLE_MEMBER, OLD_QUERY, MC_DELAYING_MEMBER, "", true, true },
	{ MC_IDLE_MEMBER, OLD_REPORT, MC_IDLE_MEMBER, "", false, true },
	{ MC_IDLE_MEMBER, OLD_TIMER, MC_IDLE_MEMBER, "", false, true },
};

static void enter(enum mc_hosts_state state, uint8_t version)
{
	forget_log();
	reopen();
	add_hosts(1, version);
	if (state != MC_NON_MEMBER)
		join(0, group_here());
	if (state == MC_IDLE_MEMBER)
		run(11 * SEC);
	assert_int_equal(state_of(0, group_here()), state);
	forget_log();
}

static void happen(enum old_event event, uint8_t version)
{
	struct mc_addr g = addr(group_here());
	enum mc_hosts_state before;

	switch (event) {
	case OLD_JOIN:
		join(0, group_here());
		break;
	case OLD_LEAVE: /* of a non-member it is refused */
		before = state_of(0, group_here());
		assert_int_equal(mc_hosts_leave(world.p, now(), 0, &g),
				 before == MC_NON_MEMBER ? -MC_ENOTMEMBER : 0);
		break;
	case OLD_QUERY:
		query(version, NULL, 10 * SEC);
		break;
	case OLD_REPORT:
		other_reports(version, group_here());
		break;
	default:
		run(10 * SEC + 2 * MSEC);
	}
}

static void check_cell(const struct expected *e, uint8_t version)
{
	char text[80] = "";

	enter(e->state, version);
	happen(e->event, version);
	if (*e->sends)
		snprintf(text, sizeof(text), "%s %s", e->sends, group_here());
	expect(text);
	assert_int_equal(state_of(0, group_here()), e->next);
	assert_int_equal(member(0, group_here()).last_reporter, e->flag);
	run(10 * SEC + 2 * MSEC);
	assert_int_equal(world.n_logged, e->timer);
}

static void check_machine(const struct expected *cells, size_t n, uint8_t version)
{
	bool visited[3][OLD_EVENTS] = { { false } };
	const struct old_cell(*table)[OLD_EVENTS] = pop_old_table[cells != igmpv1];

	assert_int_equal(n, 3 * OLD_EVENTS);
	for (size_t i = 0; i < n; i++) {
		check_cell(&cells[i], version);
		assert_int_equal(table[cells[i].state][cells[i].event].next, cells[i].next);
		assert_false(visited[cells[i].state][cells[i].event]);
		visited[cells[i].state][cells[i].event] = true;
	}
}

static void test_every_cell_igmpv1(void **state)
{
	(void)state;
	check_machine(igmpv1, sizeof(igmpv1) / sizeof(igmpv1[0]), 1);
}

static void test_every_cell_igmpv2(void **state)
{
	(void)state;
	check_machine(igmpv2, sizeof(igmpv2) / sizeof(igmpv2[0]), 2);
}

static void test_every_cell_mldv1(void **state)
{
	(void)state;
	check_machine(igmpv2, sizeof(igmpv2) / sizeof(igmpv2[0]), 1);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(mc_hosts_state_name(MC_NON_MEMBER), "non-member");
	assert_string_equal(mc_hosts_state_name(MC_DELAYING_MEMBER), "delaying-member");
	assert_string_equal(mc_hosts_state_name(MC_IDLE_MEMBER), "idle-member");
	assert_string_equal(mc_hosts_state_name((enum mc_hosts_state)9), "unknown");
	assert_string_equal(mc_hosts_reason_name(MC_SENT_AGAIN), "retransmission");
	assert_string_equal(mc_hosts_reason_name((enum mc_hosts_reason)0), "unknown");
}

/* ---- timers ---- */

/* RFC 2236 3: a running timer is set anew only if it has longer to run. */
static void test_shorter_query_wins(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		world.opts.seed = i;
		enter(MC_IDLE_MEMBER, 2);
		query(2, NULL, 20 * SEC);
		run(10 * MSEC);
		query(2, G, SEC);
		run(SEC);
		expect("report " G);
		run(30 * SEC);
		expect("");
	}
}

static void test_longer_query_does_not_delay(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		world.opts.seed = i;
		enter(MC_IDLE_MEMBER, 2);
		query(2, G, SEC);
		query(2, NULL, 20 * SEC);
		run(SEC);
		expect("report " G);
		run(30 * SEC);
		expect("");
	}
}

/* RFC 1112 Appendix I: always ten seconds; and queries of a group, or sent to one,
 * are none to an IGMPv1 host. */
static void test_igmpv1_host_knows_general_queries_only(void **state)
{
	struct mc_frame f = { .dst = addr(G), .ttl = 1 };
	struct mc_gm_spec spec = query_spec(1, NULL, 0);
	int64_t longest = 0;

	(void)state;
	enter(MC_IDLE_MEMBER, 1);
	query(2, G, SEC);
	hear(&f, &spec);
	run(20 * SEC);
	expect("");
	for (unsigned i = 0; i < 50; i++) {
		query(2, NULL, SEC);
		run(20 * SEC);
		assert_int_equal(world.n_logged, 1);
		assert_true(logged(0)->delay <= 10 * SEC);
		if (logged(0)->delay > longest)
			longest = logged(0)->delay;
		forget_log();
	}
	assert_true(longest > 8 * SEC);
	f.dst = addr("224.0.0.1");
	hear(&f, &spec);
	run(10 * SEC);
	expect("report " G);
}

/* An IGMPv1 host does not know the IGMPv2 report that spares others theirs. */
static void test_igmpv1_host_hears_igmpv1_reports_only(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 1);
	query(1, NULL, 0);
	other_reports(2, G);
	assert_int_equal(state_of(0, G), MC_DELAYING_MEMBER);
	run(10 * SEC);
	expect("report " G);
	enter(MC_IDLE_MEMBER, 2);
	query(2, NULL, 10 * SEC);
	other_reports(1, G);
	assert_int_equal(state_of(0, G), MC_IDLE_MEMBER);
	run(10 * SEC);
	expect("");
}

/* RFC 1112 Appendix I: what is sent elsewhere is not about this group. */
static void test_report_to_another_group_is_not_heard(void **state)
{
	struct mc_frame f = { .dst = addr(H), .ttl = 1 };
	struct mc_gm_spec spec = {
		.kind = MC_GM_REPORT, .family = MC_IPV4, .version = 2, .group = addr(G)
	};

	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	query(2, NULL, 10 * SEC);
	hear(&f, &spec);
	assert_int_equal(state_of(0, G), MC_DELAYING_MEMBER);
	f.dst = addr(G);
	hear(&f, &spec);
	assert_int_equal(state_of(0, G), MC_IDLE_MEMBER);
}

/* RFC 2710 4: a delay of 0 is an answer at once. */
static void test_mldv1_answers_at_once(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 1);
	query(1, NULL, 0);
	run(2 * MSEC);
	expect("report " G6);
	assert_int_equal(stats().answers, 1);
}

static void test_specific_query_is_for_its_group(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	join(0, H);
	run(11 * SEC);
	forget_log();
	query(2, G, SEC);
	query(2, "239.9.9.9", SEC);
	run(SEC);
	assert_int_equal(logged(0)->reason, MC_SENT_ANSWER_SPECIFIC);
	assert_int_equal(logged(0)->max_resp, SEC);
	assert_in_range(logged(0)->delay, 1, SEC);
	expect("report " G);
	query(3, H, SEC); /* read as IGMPv2 */
	run(SEC);
	expect("report " H);
}

/* RFC 2236 5: the first report, and once more within ten seconds. */
static void test_join_is_reported_twice(void **state)
{
	int64_t sum = 0;

	(void)state;
	add_hosts(1, 2);
	for (unsigned i = 0; i < 200; i++) {
		struct mc_addr g = nth(G, i);
		int64_t start = world.now;

		assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
		assert_int_equal(world.n_logged, 1);
		assert_int_equal(logged(0)->when, start);
		assert_int_equal(logged(0)->reason, MC_SENT_CHANGE);
		run(10 * SEC);
		assert_int_equal(world.n_logged, 2);
		assert_int_equal(logged(1)->reason, MC_SENT_AGAIN);
		sum += logged(1)->when - start;
		forget_log();
		run(20 * SEC);
		expect("");
	}
	assert_in_range(sum / 200, 45 * SEC / 10, 55 * SEC / 10);
}

/* ---- who is never reported ---- */

static void check_silent(const char *group, uint8_t version)
{
	reopen();
	add_hosts(1, version);
	join(0, group);
	run(20 * SEC);
	query(version, NULL, 10 * SEC);
	query(version, world.opts.family == MC_IPV6 || version > 1 ? group : NULL, 10 * SEC);
	run(20 * SEC);
	assert_int_equal(state_of(0, group), MC_IDLE_MEMBER);
	assert_int_equal(stats().members, 1);
	leave(0, group);
	run(20 * SEC);
	expect("");
	assert_int_equal(stats().members, 0);
}

static void test_all_systems_is_never_reported(void **state)
{
	(void)state;
	for (uint8_t version = 1; version <= 3; version++)
		check_silent("224.0.0.1", version);
	reopen();
	add_hosts(1, 2);
	join(0, "224.0.0.2");
	expect("report 224.0.0.2");
}

static void test_all_nodes_is_never_reported(void **state)
{
	static const char *const silent[] = { "ff02::1", "ff01::5", "ff00::5", "ff11::5" };

	(void)state;
	for (uint8_t version = 1; version <= 2; version++)
		for (unsigned i = 0; i < 4; i++)
			check_silent(silent[i], version);
	reopen();
	add_hosts(1, 1);
	join(0, "ff12::5");
	expect("report ff12::5");
}

/* ---- other versions on the link ---- */

/* RFC 2236 4, 6: reports of IGMPv1, no leave, for 400 s after the last query. */
static void test_igmpv2_host_with_igmpv1_router(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	query(1, NULL, 0);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 1);
	run(10 * SEC);
	assert_int_equal(logged(0)->version, 1);
	expect("report " G);
	query(2, NULL, 10 * SEC); /* does not change it back */
	run(10 * SEC);
	assert_int_equal(logged(0)->version, 1);
	expect("report " G);
	leave(0, G);
	expect("");
	run(379 * SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 1);
	run(2 * SEC);
	assert_int_equal(mc_hosts_version(world.p, now(), 0), 2);
	join(0, G);
	assert_int_equal(logged(0)->version, 2);
	forget_log();
	leave(0, G);
	expect("leave " G);
}

/* What was asked before the IGMPv1 router came is answered still. */
static void test_igmpv2_host_keeps_its_timers(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	query(2, NULL, 10 * SEC);
	query(1, NULL, 0);
	run(10 * SEC);
	assert_int_equal(logged(0)->version, 1);
	expect("report " G);
}

/* An IGMPv2 host reads the code of an IGMPv3 query as tenths of seconds. */
static void test_igmpv2_host_reads_igmpv3_queries(void **state)
{
	int64_t longest = 0;

	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	for (unsigned i = 0; i < 100; i++) {
		query(3, NULL, 60 * SEC); /* code 0xa2, or 162 */
		run(17 * SEC);
		assert_int_equal(world.n_logged, 1);
		if (logged(0)->delay > longest)
			longest = logged(0)->delay;
		forget_log();
	}
	assert_in_range(longest, 15 * SEC, 162 * SEC / 10);
}

/* ---- hosts that do not obey ---- */

static void test_mute(void **state)
{
	(void)state;
	reopen();
	assert_int_equal(mc_hosts_add(world.p, 1, 2, MC_HOST_MUTE), 0);
	join(0, G);
	run(20 * SEC);
	expect("report " G " | report " G);
	query(2, NULL, 10 * SEC);
	query(2, G, SEC);
	run(20 * SEC);
	expect("");
	leave(0, G);
	expect("leave " G);
	assert_int_equal(mc_hosts_flags(world.p, 0), MC_HOST_MUTE);
}

static void test_late(void **state)
{
	(void)state;
	assert_int_equal(mc_hosts_add(world.p, 1, 2, MC_HOST_LATE), 0);
	join(0, G);
	run(20 * SEC);
	forget_log();
	for (unsigned i = 0; i < 50; i++) {
		query(2, NULL, 10 * SEC);
		run(10 * SEC);
		expect("");
		run(10 * SEC + 2 * MSEC);
		assert_true(logged(0)->delay > logged(0)->max_resp);
		expect("report " G);
	}
}

static void test_dead(void **state)
{
	(void)state;
	enter(MC_IDLE_MEMBER, 2);
	query(2, NULL, 10 * SEC);
	assert_int_equal(mc_hosts_set_flags(world.p, 0, MC_HOST_DEAD), 0);
	run(20 * SEC);
	query(2, NULL, 10 * SEC);
	join(0, H);
	leave(0, H);
	run(20 * SEC);
	expect("");
	assert_int_equal(stats().members, 1);
	assert_int_equal(mc_hosts_set_flags(world.p, 0, 0), 0);
	query(2, NULL, 10 * SEC);
	run(10 * SEC);
	expect("report " G);
}

static void test_keeps_version(void **state)
{
	(void)state;
	assert_int_equal(mc_hosts_add(world.p, 1, 2, MC_HOST_KEEPS_VERSION), 0);
	query(1, NULL, 0);
	join(0, G);
	assert_int_equal(logged(0)->version, 2);
	forget_log();
	leave(0, G);
	expect("leave " G);
}

#define IGMP(test) cmocka_unit_test_setup_teardown(test, open_igmp, close_hosts)
#define MLD(test)  cmocka_unit_test_setup_teardown(test, open_mld, close_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IGMP(test_every_cell_igmpv1),
		IGMP(test_every_cell_igmpv2),
		MLD(test_every_cell_mldv1),
		cmocka_unit_test(test_names),
		IGMP(test_shorter_query_wins),
		IGMP(test_longer_query_does_not_delay),
		IGMP(test_igmpv1_host_knows_general_queries_only),
		IGMP(test_igmpv1_host_hears_igmpv1_reports_only),
		IGMP(test_report_to_another_group_is_not_heard),
		MLD(test_mldv1_answers_at_once),
		IGMP(test_specific_query_is_for_its_group),
		IGMP(test_join_is_reported_twice),
		IGMP(test_all_systems_is_never_reported),
		MLD(test_all_nodes_is_never_reported),
		IGMP(test_igmpv2_host_with_igmpv1_router),
		IGMP(test_igmpv2_host_keeps_its_timers),
		IGMP(test_igmpv2_host_reads_igmpv3_queries),
		IGMP(test_mute),
		IGMP(test_late),
		IGMP(test_dead),
		IGMP(test_keeps_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
