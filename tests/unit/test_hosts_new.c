/* test_hosts_new.c - hosts of IGMPv3 and MLDv2: merging, changes, answers */
#include <errno.h>
#include "hosts.h"

#define G  "239.1.1.1"
#define H  "239.1.1.2"
#define S1 "10.0.0.1"
#define S2 "10.0.0.2"
#define S3 "10.0.0.3"
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

static void again(void)
{
	reopen();
	add_hosts(1, world.opts.family == MC_IPV4 ? 3 : 2);
}

/* Sets a filter, lets all of its reports pass, forgets them. */
static void settle(const char *group, const char *filter)
{
	set(0, 0, group, filter);
	run(20 * SEC);
	forget_log();
}

/* ---- sockets (RFC 9776 3.2) ---- */

static void expect_state(const char *group, enum mc_filter_mode mode, const char *list)
{
	struct mc_hosts_member m = member(0, group);
	char text[256] = "", a[MC_ADDR_TEXT];

	assert_int_equal(m.mode, mode);
	for (unsigned i = 0; i < m.n_sources; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "%s%s", i ? "," : "",
			 mc_addr_format(&m.sources[i], a));
	}
	assert_string_equal(text, list);
}

/* The example of RFC 9776 3.2. */
static void test_sockets_are_merged(void **state)
{
	(void)state;
	set(0, 1, G, "ex 10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4");
	set(0, 2, G, "ex 10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5");
	set(0, 3, G, "in 10.0.0.4,10.0.0.5,10.0.0.6");
	expect_state(G, MC_EXCLUDE, "10.0.0.2,10.0.0.3");
	set(0, 4, G, "ex");
	expect_state(G, MC_EXCLUDE, "");
	join(0, G);
	set(0, 4, G, "in");
	expect_state(G, MC_EXCLUDE, "");
	leave(0, G);
	expect_state(G, MC_EXCLUDE, "10.0.0.2,10.0.0.3");
	run(10 * SEC);
	forget_log();
	set(0, 1, G, "in");
	set(0, 2, G, "in");
	tick();
	expect("to_in 239.1.1.1 {10.0.0.4,10.0.0.5,10.0.0.6}");
	expect_state(G, MC_INCLUDE, "10.0.0.4,10.0.0.5,10.0.0.6");
	run(10 * SEC);
	forget_log();
	set(0, 3, G, "in");
	tick();
	expect("block 239.1.1.1 {10.0.0.4,10.0.0.5,10.0.0.6}");
	assert_int_equal(stats().members, 0);
}

static void test_what_is_wanted(void **state)
{
	struct mc_addr g = addr(G), s1 = addr(S1), s2 = addr(S2);

	(void)state;
	assert_false(mc_hosts_wants(world.p, 0, &s1, &g));
	set(0, 0, G, "in " S1);
	assert_true(mc_hosts_wants(world.p, 0, &s1, &g));
	assert_false(mc_hosts_wants(world.p, 0, &s2, &g));
	set(0, 0, G, "ex " S1);
	assert_false(mc_hosts_wants(world.p, 0, &s1, &g));
	assert_true(mc_hosts_wants(world.p, 0, &s2, &g));
	assert_false(mc_hosts_wants(world.p, 1, &s2, &g));
}

static void test_sources_in_any_order(void **state)
{
	(void)state;
	set(0, 0, G, "in 10.0.0.3,10.0.0.1,10.0.0.3,10.0.0.2");
	expect_state(G, MC_INCLUDE, "10.0.0.1,10.0.0.2,10.0.0.3");
}

static void test_what_is_refused(void **state)
{
	struct mc_addr g = addr(G), unicast = addr(S1), six = addr(G6);
	struct mc_addr sources[] = { addr(S1), addr("239.1.1.1") };

	(void)state;
	assert_int_equal(mc_hosts_join(world.p, now(), 1, &g), -EINVAL);
	assert_int_equal(mc_hosts_join(world.p, now(), 0, &unicast), -MC_ENOTGROUP);
	assert_int_equal(mc_hosts_join(world.p, now(), 0, &six), -MC_ENOTGROUP);
	assert_int_equal(mc_hosts_leave(world.p, now(), 0, &six), -MC_ENOTGROUP);
	assert_int_equal(mc_hosts_leave(world.p, now(), 1, &g), -EINVAL);
	assert_int_equal(mc_hosts_leave(world.p, now(), 0, &g), -MC_ENOTMEMBER);
	assert_int_equal(mc_hosts_leave_all(world.p, now(), 1), -EINVAL);
	assert_int_equal(mc_hosts_set(world.p, now(), 0, 0, &g, MC_INCLUDE, sources, 2), -EINVAL);
	assert_int_equal(set_many(0, G, MC_INCLUDE, S1, MC_HOSTS_SOURCES + 1), -ENOBUFS);
	assert_int_equal(set_many(0, G, MC_INCLUDE, S1, MC_HOSTS_SOURCES), 0);
	set(0, 7, H, "ex");
	assert_int_equal(mc_hosts_leave(world.p, now(), 0, &(struct mc_addr){ 0 }), -MC_ENOTGROUP);
	g = addr(H);
	assert_int_equal(mc_hosts_leave(world.p, now(), 0, &g), -MC_ENOTMEMBER);
	assert_int_equal(mc_hosts_set(world.p, now(), 0, 7, &g, MC_INCLUDE, NULL, 0), 0);
	assert_int_equal(mc_hosts_set_flags(world.p, 1, 0), -EINVAL);
	assert_int_equal(mc_hosts_set_flags(world.p, 0, 64), -EINVAL);
	assert_int_equal(mc_hosts_add(world.p, 1, 4, 0), -EINVAL);
	assert_int_equal(mc_hosts_add(world.p, 1, 0, 0), -EINVAL);
	assert_int_equal(mc_hosts_add(world.p, MC_HOSTS_MAX, 3, 0), -ENOBUFS);
}

static void test_open_refuses(void **state)
{
	struct mc_hosts_opts o = world.opts;
	mc_hosts *p;

	(void)state;
	o.mtu = MC_HOSTS_MTU_MIN - 1;
	assert_int_equal(mc_hosts_open(&p, &o), -EINVAL);
	assert_null(p);
	o = world.opts;
	o.alloc = NULL;
	assert_int_equal(mc_hosts_open(&p, &o), -EINVAL);
	o = world.opts;
	o.fn = NULL;
	assert_int_equal(mc_hosts_open(&p, &o), -EINVAL);
	o = world.opts;
	o.family = MC_ANY;
	assert_int_equal(mc_hosts_open(&p, &o), -EINVAL);
	mc_hosts_close(NULL);
}

/* ---- changes (RFC 9776 5.1) ---- */

struct transition {
	const char *before, *after, *sends;
};

/* All of the table, "in" being no state. */
static const struct transition transitions[] = {
	{ "in", "ex", "to_ex 239.1.1.1" },
	{ "ex", "in", "to_in 239.1.1.1" },
	{ "in", "in 10.0.0.1", "allow 239.1.1.1 {10.0.0.1}" },
	{ "in 10.0.0.1", "in", "block 239.1.1.1 {10.0.0.1}" },
	{ "in", "ex 10.0.0.1", "to_ex 239.1.1.1 {10.0.0.1}" },
	{ "ex 10.0.0.1", "in", "to_in 239.1.1.1" },
	{ "in 10.0.0.1", "in 10.0.0.1,10.0.0.2", "allow 239.1.1.1 {10.0.0.2}" },
	{ "in 10.0.0.1,10.0.0.2", "in 10.0.0.1", "block 239.1.1.1 {10.0.0.2}" },
	{ "in 10.0.0.1", "in 10.0.0.2", "allow 239.1.1.1 {10.0.0.2}; block 239.1.1.1 {10.0.0.1}" },
	{ "ex", "ex 10.0.0.1", "block 239.1.1.1 {10.0.0.1}" },
	{ "ex 10.0.0.1", "ex", "allow 239.1.1.1 {10.0.0.1}" },
	{ "ex 10.0.0.1", "ex 10.0.0.2", "allow 239.1.1.1 {10.0.0.1}; block 239.1.1.1 {10.0.0.2}" },
	{ "in 10.0.0.1", "ex", "to_ex 239.1.1.1" },
	{ "in 10.0.0.1", "ex 10.0.0.1", "to_ex 239.1.1.1 {10.0.0.1}" },
	{ "ex", "in 10.0.0.1", "to_in 239.1.1.1 {10.0.0.1}" },
	{ "ex 10.0.0.1,10.0.0.2", "in 10.0.0.2", "to_in 239.1.1.1 {10.0.0.2}" },
	{ "ex 10.0.0.1", "ex 10.0.0.1", "" },
	{ "in 10.0.0.1", "in 10.0.0.1", "" },
};

static void test_every_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(transitions) / sizeof(transitions[0]); i++) {
		const struct transition *t = &transitions[i];

		again();
		settle(G, t->before);
		set(0, 0, G, t->after);
		expect("");
		tick();
		expect(t->sends);
		run(SEC);
		expect(t->sends);
		run(60 * SEC);
		expect("");
		assert_int_equal(stats().pending, 0);
	}
}

/* RFC 9776 5.1, 8.11: as often as the querier says, within a second each. */
static void test_repeated_by_robustness(void **state)
{
	(void)state;
	for (uint8_t qrv = 1; qrv <= 7; qrv++) {
		struct mc_gm_spec spec = query_spec(3, NULL, SEC);
		struct mc_addr g = nth(G, qrv);

		spec.qrv = qrv;
		hear(NULL, &spec);
		run(2 * SEC);
		forget_log();
		assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
		run(20 * SEC);
		assert_int_equal(world.n_logged, qrv);
		for (unsigned i = 0; i < qrv; i++) {
			assert_string_equal(logged(i)->text, logged(0)->text);
			assert_int_equal(logged(i)->reason, i ? MC_SENT_AGAIN : MC_SENT_CHANGE);
			if (i)
				assert_in_range(logged(i)->when - logged(i - 1)->when, 1, SEC);
		}
		forget_log();
	}
	query(3, NULL, SEC); /* QRV 0: the default */
	run(2 * SEC);
	forget_log();
	join(0, "239.2.2.2");
	run(20 * SEC);
	assert_int_equal(world.n_logged, 2);
}

/* The mode goes RV times, even if only sources change meanwhile. */
static void test_sources_change_while_the_mode_is_told(void **state)
{
	(void)state;
	join(0, G);
	tick();
	expect("to_ex 239.1.1.1");
	set(0, 0, G, "ex " S1);
	tick();
	expect("to_ex 239.1.1.1 {10.0.0.1}");
	run(20 * SEC);
	expect("block 239.1.1.1 {10.0.0.1}");
}

/* The mode changes back: only where it is now counts. */
static void test_mode_changes_twice(void **state)
{
	(void)state;
	join(0, G);
	tick();
	expect("to_ex 239.1.1.1");
	leave(0, G);
	tick();
	expect("to_in 239.1.1.1");
	run(20 * SEC);
	expect("to_in 239.1.1.1");
	assert_int_equal(stats().groups, 0);
	join(0, G);
	leave(0, G); /* before anything was said */
	run(20 * SEC);
	expect("to_in 239.1.1.1 | to_in 239.1.1.1");
}

/* Each changed source is in RV reports. */
static void test_changes_of_sources_are_merged(void **state)
{
	(void)state;
	set(0, 0, G, "in " S1);
	tick();
	expect("allow 239.1.1.1 {10.0.0.1}");
	set(0, 0, G, "in " S1 "," S2);
	tick();
	expect("allow 239.1.1.1 {10.0.0.1,10.0.0.2}");
	run(20 * SEC);
	expect("allow 239.1.1.1 {10.0.0.2}");
	set(0, 0, G, "in " S2 "," S3);
	tick();
	expect("allow 239.1.1.1 {10.0.0.3}; block 239.1.1.1 {10.0.0.1}");
	set(0, 0, G, "in " S1 "," S2);
	tick();
	expect("allow 239.1.1.1 {10.0.0.1}; block 239.1.1.1 {10.0.0.3}");
	run(20 * SEC);
	expect("allow 239.1.1.1 {10.0.0.1}; block 239.1.1.1 {10.0.0.3}");
	/* A mode takes its place, with the whole list. */
	set(0, 0, G, "in");
	tick();
	expect("block 239.1.1.1 {10.0.0.1,10.0.0.2}");
	set(0, 0, G, "ex " S1);
	run(20 * SEC);
	expect("to_ex 239.1.1.1 {10.0.0.1} | to_ex 239.1.1.1 {10.0.0.1}");
}

static void test_groups_share_reports(void **state)
{
	(void)state;
	join(0, G);
	join(0, H);
	set(0, 0, "232.1.1.1", "in " S1);
	run(20 * SEC);
	expect("to_ex 239.1.1.1; to_ex 239.1.1.2; allow 232.1.1.1 {10.0.0.1} | "
	       "to_ex 239.1.1.1; to_ex 239.1.1.2; allow 232.1.1.1 {10.0.0.1}");
	set(0, 5, G, "in " S1);
	assert_int_equal(mc_hosts_leave_all(world.p, now(), 0), 0);
	tick();
	assert_int_equal(world.n_logged, 1);
	assert_int_equal(logged(0)->n_records, 3);
	assert_int_equal(stats().members, 0);
	run(20 * SEC);
	assert_int_equal(mc_hosts_leave_all(world.p, now(), 0), 0);
}

/* ---- answers (RFC 9776 5.2) ---- */

static void test_general_answer(void **state)
{
	(void)state;
	settle(G, "ex");
	settle(H, "in " S1);
	query(3, NULL, 10 * SEC);
	run(10 * SEC);
	assert_int_equal(logged(0)->reason, MC_SENT_ANSWER);
	assert_int_equal(logged(0)->max_resp, 10 * SEC);
	expect("is_in 239.1.1.2 {10.0.0.1}; is_ex 239.1.1.1");
	leave(0, G);
	leave(0, H);
	tick();
	forget_log();
	query(3, NULL, SEC); /* what is being left has no state */
	run(10 * SEC);
	expect("to_in 239.1.1.1; block 239.1.1.2 {10.0.0.1}");
}

static void test_hosts_without_groups_are_silent(void **state)
{
	(void)state;
	query(3, NULL, SEC);
	query(3, G, SEC);
	query_sources(G, SEC, S1);
	run(20 * SEC);
	expect("");
	assert_int_equal(stats().pending, 0);
}

static void test_group_answer(void **state)
{
	(void)state;
	settle(G, "ex " S1);
	settle(H, "in " S1);
	query(3, H, SEC);
	run(SEC);
	assert_int_equal(logged(0)->reason, MC_SENT_ANSWER_SPECIFIC);
	expect("is_in 239.1.1.2 {10.0.0.1}");
	query(3, G, 0);
	run(2 * MSEC);
	expect("is_ex 239.1.1.1 {10.0.0.1}");
}

/* 5.2, table: of the sources asked about, those that are taken. */
static void test_source_answers(void **state)
{
	(void)state;
	settle(G, "in " S1 "," S2);
	query_sources(G, SEC, S1 "," S3);
	run(SEC);
	expect("is_in 239.1.1.1 {10.0.0.1}");
	query_sources(G, SEC, S3);
	run(SEC);
	expect("");
	settle(G, "ex " S1);
	query_sources(G, SEC, S1 "," S2 "," S3);
	run(SEC);
	expect("is_in 239.1.1.1 {10.0.0.2,10.0.0.3}");
	query_sources(G, SEC, S1);
	run(SEC);
	expect("");
	settle(G, "ex");
	query_sources(G, SEC, S1);
	run(SEC);
	expect("is_in 239.1.1.1 {10.0.0.1}");
	assert_int_equal(stats().pending, 0);
}

/* The state is that of the answer, not of the question. */
static void test_source_answer_after_a_change(void **state)
{
	(void)state;
	settle(G, "ex");
	query_sources(G, 10 * SEC, S1);
	set(0, 0, G, "ex " S1);
	run(20 * SEC);
	expect("block 239.1.1.1 {10.0.0.1} | block 239.1.1.1 {10.0.0.1}");
}

/* Rule 1: an answer to a general query that comes sooner will do. */
static void test_rule_1(void **state)
{
	unsigned both = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		world.opts.seed = i;
		again();
		settle(G, "ex");
		query(3, NULL, SEC);
		query(3, G, 100 * SEC);
		run(120 * SEC);
		both += world.n_logged - 1;
	}
	assert_in_range(both, 0, 4); /* one in two hundred */
}

/* Rule 2: a general query moves the answer ahead, never back. */
static void test_rule_2(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		world.opts.seed = i;
		again();
		settle(G, "ex");
		query(3, NULL, 100 * SEC);
		query(3, NULL, SEC);
		run(SEC);
		expect("is_ex 239.1.1.1");
		query(3, NULL, SEC);
		query(3, NULL, 100 * SEC);
		run(SEC);
		expect("is_ex 239.1.1.1");
		run(200 * SEC);
		expect("");
	}
}

/* Rule 4: a query of the whole group overrides one of sources, the sooner counts. */
static void test_rule_4(void **state)
{
	(void)state;
	settle(G, "ex");
	query_sources(G, 100 * SEC, S1);
	query(3, G, SEC);
	run(SEC);
	expect("is_ex 239.1.1.1");
	run(200 * SEC);
	expect("");
	query(3, G, SEC);
	query_sources(G, 100 * SEC, S1);
	run(SEC);
	expect("is_ex 239.1.1.1");
	run(200 * SEC);
	expect("");
}

/* Rule 5: sources of both are answered, by the sooner time. */
static void test_rule_5(void **state)
{
	(void)state;
	settle(G, "ex");
	query_sources(G, 100 * SEC, S2 "," S1);
	query_sources(G, SEC, S3 "," S1);
	run(SEC);
	expect("is_in 239.1.1.1 {10.0.0.1,10.0.0.2,10.0.0.3}");
	query_sources(G, SEC, S3);
	query_sources(G, 100 * SEC, S2);
	run(SEC);
	expect("is_in 239.1.1.1 {10.0.0.2,10.0.0.3}");
	run(200 * SEC);
	expect("");
}

/* ---- messages that hosts drop ---- */

static void test_bad_queries(void **state)
{
	struct mc_gm_spec spec = query_spec(3, NULL, SEC);
	struct mc_gm gm = { .kind = MC_GM_QUERY,
			    .family = MC_IPV4,
			    .version = 3,
			    .group = { .family = MC_IPV4 },
			    .max_resp = { SEC },
			    .bad_checksum = true };

	(void)state;
	settle(G, "ex");
	mc_hosts_message(world.p, now(), NULL, &gm);
	gm.bad_checksum = false;
	gm.n_sources = 1;
	mc_hosts_message(world.p, now(), NULL, &gm);
	gm.n_sources = 0;
	gm.group = addr(S1);
	mc_hosts_message(world.p, now(), NULL, &gm);
	gm.group = addr(G);
	gm.family = MC_IPV6;
	mc_hosts_message(world.p, now(), NULL, &gm);
	run(10 * SEC);
	expect("");
	assert_int_equal(stats().queries, 0);
	hear(NULL, &spec);
	assert_int_equal(stats().queries, 1);
}

/* RFC 9777 6.2 */
static void test_mld_queries_that_are_dropped(void **state)
{
	const struct mc_frame good = {
		.src = addr("fe80::1"), .dst = addr("ff02::1"), .ttl = 1, .router_alert = true
	};
	struct mc_gm_spec spec = query_spec(2, NULL, SEC);

	(void)state;
	settle(G6, "ex");
	for (unsigned i = 0; i < 5; i++) {
		struct mc_frame f = good;

		f.ttl = i == 0 ? 2 : 1;
		f.router_alert = i != 1;
		f.router_alert_value = i == 2;
		if (i >= 3)
			f.src = addr(i == 3 ? "2001:db8::1" : "::");
		hear(&f, &spec);
	}
	run(10 * SEC);
	expect("");
	hear(&good, &spec);
	run(SEC);
	expect("is_ex ff15::1");
}

/* RFC 9776 4.1.12, 4.1.5: any address of the interface, and the S flag is for routers. */
static void test_queries_that_are_not(void **state)
{
	struct mc_frame f = { .dst = addr("192.0.2.9"), .src = addr("0.0.0.0"), .ttl = 64 };
	struct mc_gm_spec spec = query_spec(3, G, SEC);

	(void)state;
	settle(G, "ex");
	spec.s = true;
	hear(&f, &spec);
	run(SEC);
	expect("is_ex 239.1.1.1");
}

#define IGMP(test) cmocka_unit_test_setup_teardown(test, open_one, close_hosts)
#define MLD(test)  cmocka_unit_test_setup_teardown(test, open_one_mld, close_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IGMP(test_sockets_are_merged),
		IGMP(test_what_is_wanted),
		IGMP(test_sources_in_any_order),
		IGMP(test_what_is_refused),
		IGMP(test_open_refuses),
		IGMP(test_every_change),
		IGMP(test_repeated_by_robustness),
		IGMP(test_sources_change_while_the_mode_is_told),
		IGMP(test_mode_changes_twice),
		IGMP(test_changes_of_sources_are_merged),
		IGMP(test_groups_share_reports),
		IGMP(test_general_answer),
		IGMP(test_hosts_without_groups_are_silent),
		IGMP(test_group_answer),
		IGMP(test_source_answers),
		IGMP(test_source_answer_after_a_change),
		IGMP(test_rule_1),
		IGMP(test_rule_2),
		IGMP(test_rule_4),
		IGMP(test_rule_5),
		IGMP(test_bad_queries),
		MLD(test_mld_queries_that_are_dropped),
		IGMP(test_queries_that_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
