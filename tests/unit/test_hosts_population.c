/* test_hosts_population.c - many hosts: suppression, spreading, memory, slices, chance */
#include <errno.h>
#include "hosts.h"

#define G    "239.1.0.0"
#define BINS 100

static uint64_t seed = 7;

static uint32_t below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

static void join_nth(uint32_t host, unsigned group)
{
	struct mc_addr g = nth(world.opts.family == MC_IPV4 ? G : "ff15::", group);

	assert_int_equal(mc_hosts_join(world.p, now(), host, &g), 0);
}

/* Hosts whose messages are only counted, each in the groups given, settled. */
static void populate(uint32_t hosts, uint8_t version, unsigned first, unsigned groups)
{
	uint32_t from = (uint32_t)stats().hosts;

	add_hosts(hosts, version);
	for (uint32_t i = 0; i < hosts; i++)
		for (unsigned g = 0; g < groups; g++)
			join_nth(from + i, first + g);
	run(20 * SEC);
	forget_log();
}

/* ---- spreading ---- */

static struct {
	unsigned bins[BINS];
	unsigned n;
	int64_t first, last, sum;
} spread;

static void measure(void *data, const struct mc_hosts_sent *sent)
{
	(void)data;
	world.sent++;
	if (!sent->max_resp.ns)
		return;
	assert_in_range(sent->delay.ns, 0, sent->max_resp.ns - 1);
	spread.bins[sent->delay.ns * BINS / sent->max_resp.ns]++;
	spread.n++;
	spread.sum += sent->delay.ns;
	if (spread.n == 1 || sent->delay.ns < spread.first)
		spread.first = sent->delay.ns;
	if (sent->delay.ns > spread.last)
		spread.last = sent->delay.ns;
}

static void open_measured(enum mc_family family, bool isolated)
{
	world.opts.fn = measure;
	world.opts.family = family;
	world.opts.isolated = isolated;
	memset(&spread, 0, sizeof(spread));
	reopen();
}

/* Chi-square with 99 degrees of freedom: 148.2 is exceeded once in a thousand. */
static void expect_even(unsigned n, int64_t max_resp)
{
	double expected = (double)n / BINS, chi = 0;

	assert_int_equal(spread.n, n);
	for (unsigned i = 0; i < BINS; i++)
		chi += (spread.bins[i] - expected) * (spread.bins[i] - expected) / expected;
	assert_true(chi < 148.2);
	assert_true(chi > 50); /* even, but by chance */
	assert_true(spread.last < max_resp && spread.last > max_resp - max_resp / 50);
	assert_in_range(spread.sum / n, max_resp * 48 / 100, max_resp * 52 / 100);
}

static void test_igmpv3_answers_are_spread(void **state)
{
	(void)state;
	open_measured(MC_IPV4, false);
	populate(20000, 3, 0, 2);
	query(3, NULL, 10 * SEC);
	run(10 * SEC);
	expect_even(20000, 10 * SEC);
	assert_int_equal(stats().answers, 20000);
	assert_int_equal(world.sent, 20000);
}

static void test_mldv2_answers_are_spread(void **state)
{
	(void)state;
	open_measured(MC_IPV6, false);
	populate(10000, 2, 0, 1);
	query(2, NULL, SEC);
	run(SEC);
	expect_even(10000, SEC);
}

/* Hosts that do not hear each other answer for each of their groups. */
static void test_isolated_igmpv2_answers_are_spread(void **state)
{
	(void)state;
	open_measured(MC_IPV4, true);
	populate(5000, 2, 0, 4);
	query(2, NULL, 10 * SEC);
	run(10 * SEC);
	expect_even(20000, 10 * SEC);
	assert_int_equal(stats().suppressed, 0);
}

static void test_specific_answers_are_spread(void **state)
{
	(void)state;
	open_measured(MC_IPV4, false);
	populate(10000, 3, 0, 2);
	query(3, G, SEC);
	run(SEC);
	expect_even(10000, SEC);
	assert_int_equal(stats().answers_specific, 10000);
}

/* One host's delays, from one query to the next. */
static void test_one_host_is_random(void **state)
{
	(void)state;
	open_measured(MC_IPV4, false);
	populate(1, 3, 0, 1);
	for (unsigned i = 0; i < 10000; i++) {
		query(3, NULL, 10 * SEC);
		run(10 * SEC);
	}
	expect_even(10000, 10 * SEC);
}

/* ---- suppression ---- */

/* In each group the first speaks for all, after a time that shrinks with them. */
static void check_suppression(uint8_t version, unsigned members)
{
	unsigned groups = 400;

	populate(members, version, 0, groups);
	query(version, NULL, 10 * SEC);
	run(10 * SEC);
	/* Two whose timers end in the same millisecond do not meet: time is exact. */
	assert_int_equal(spread.n, groups);
	assert_int_equal(world.sent, groups);
	assert_int_equal(stats().suppressed, (members - 1) * groups);
	/* The mean of the least of n is a part in n + 1; its deviation about as much,
	 * and a twentieth of that for 400. */
	assert_in_range(spread.sum / groups, 10 * SEC / (members + 1) * 80 / 100,
			10 * SEC / (members + 1) * 120 / 100);
	assert_int_equal(stats().pending, 0);
}

static void test_igmpv1_suppression(void **state)
{
	(void)state;
	open_measured(MC_IPV4, false);
	check_suppression(1, 9);
}

static void test_igmpv2_suppression(void **state)
{
	(void)state;
	open_measured(MC_IPV4, false);
	check_suppression(2, 49);
}

static void test_mldv1_suppression(void **state)
{
	(void)state;
	open_measured(MC_IPV6, false);
	check_suppression(1, 20);
}

/* The last to report leaves, the others go quietly. */
static void test_only_the_last_reporter_leaves(void **state)
{
	unsigned reporters = 0;

	(void)state;
	populate(100, 2, 0, 1);
	query(2, NULL, 10 * SEC);
	run(10 * SEC);
	assert_int_equal(world.n_logged, 1);
	for (uint32_t i = 0; i < 100; i++) {
		bool was = member(i, G).last_reporter;

		reporters += was;
		assert_true(!was || i == logged(0)->host);
		leave(i, G);
	}
	assert_int_equal(reporters, 1);
	assert_int_equal(stats().leaves, 1);
	assert_int_equal(stats().groups, 0);
}

/* Of mixed versions each obeys its own rules. */
static void test_mixed_versions(void **state)
{
	(void)state;
	add_hosts(10, 1);
	add_hosts(10, 2);
	add_hosts(10, 3);
	for (uint32_t i = 0; i < 30; i++)
		join(i, G);
	run(20 * SEC);
	forget_log();
	query(3, NULL, 10 * SEC);
	run(10 * SEC);
	assert_in_range(world.n_logged, 11, 12); /* IGMPv1 hosts do not hear IGMPv2 */
	assert_int_equal(stats().members, 30);
	forget_log();
	query(1, NULL, 0);
	run(10 * SEC);
	expect("report " G);
}

static void test_mixed_versions_igmpv1_hears_igmpv1(void **state)
{
	(void)state;
	add_hosts(50, 1);
	add_hosts(1, 2);
	for (uint32_t i = 0; i < 51; i++)
		join(i, G);
	run(20 * SEC);
	forget_log();
	query(2, NULL, 10 * SEC);
	run(10 * SEC);
	assert_in_range(world.n_logged, 1, 2);
	assert_int_equal(logged(0)->version == 1 || world.n_logged == 2, 1);
}

/* ---- memory ---- */

#define MANY 100000

static void test_memory_of_a_population(void **state)
{
	int64_t hosts, idle;

	(void)state;
	world.opts.fn = count_only;
	reopen();
	add_hosts(MANY, 2);
	hosts = bytes_out;
	assert_true(hosts <= 80 * (int64_t)MANY);
	for (uint32_t i = 0; i < MANY; i++)
		for (unsigned g = 0; g < 10; g++)
			join_nth(i, (i * 7 + g * 1009) % 1024);
	assert_int_equal(stats().members, 10 * MANY);
	assert_int_equal(stats().groups, 1024);
	assert_int_equal(stats().memory, bytes_out);
	/* A timer each while they repeat their joins: it stays for the next time. */
	assert_true(bytes_out <= 90 * 10 * (int64_t)MANY);
	run(20 * SEC);
	idle = bytes_out;
	query(2, NULL, 10 * SEC);
	run(10 * SEC);
	assert_int_equal(bytes_out, idle);
	assert_int_equal(stats().pending, 0);
	assert_true(bytes_out < INT64_C(200) << 20);
}

/* Idle members of any source that have never had a timer: what is kept of them. */
static void test_memory_of_a_membership(void **state)
{
	(void)state;
	world.opts.fn = count_only;
	reopen();
	assert_int_equal(mc_hosts_add(world.p, MANY, 3, MC_HOST_DEAD), 0);
	for (uint32_t i = 0; i < MANY; i++)
		for (unsigned g = 0; g < 10; g++)
			join_nth(i, (i * 7 + g * 1009) % 1024);
	assert_int_equal(stats().members, 10 * MANY);
	assert_true(bytes_out <= 40 * 10 * (int64_t)MANY);
	assert_int_equal(stats().memory, bytes_out);
}

/* Equal lists of sources are kept once. */
static void test_memory_of_sources(void **state)
{
	int64_t before;

	(void)state;
	world.opts.fn = count_only;
	reopen();
	add_hosts(1000, 3);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(set_many(i, G, MC_INCLUDE, "10.0.0.1", 60), 0);
	run(20 * SEC);
	before = bytes_out;
	assert_true(before < 1000 * 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(set_many(i, G, MC_INCLUDE, "10.9.0.1", 60), 0);
	run(20 * SEC);
	assert_int_equal(bytes_out, before);
	assert_int_equal(stats().memory, bytes_out);
	for (uint32_t i = 0; i < 1000; i++)
		set(i, 0, G, "in");
	run(20 * SEC);
	assert_int_equal(stats().groups, 0);
}

/* ---- slices ---- */

static void test_a_query_is_handed_on_in_slices(void **state)
{
	unsigned ticks = 0;

	(void)state;
	open_measured(MC_IPV4, true);
	populate(60000, 2, 0, 2);
	query(2, NULL, 10 * SEC);
	assert_in_range(stats().pending, 1, 10000);
	while (mc_hosts_deadline(world.p).ns <= world.now) {
		tick();
		ticks++;
	}
	assert_in_range(ticks, 4, 12);
	assert_int_equal(stats().pending, 120000);
	run(10 * SEC);
	expect_even(120000, 10 * SEC);
	query(3, G, SEC); /* of one group too */
	assert_in_range(stats().pending, 1, 10000);
	run(SEC);
	assert_int_equal(stats().answers_specific, 60000);
}

/* What happens while a query is being handed on. */
static void test_changes_between_slices(void **state)
{
	struct mc_addr g = addr(G);

	(void)state;
	world.opts.fn = count_only;
	reopen();
	populate(20000, 3, 0, 1);
	query(3, G, SEC);
	for (uint32_t i = 0; i < 20000; i += 2)
		assert_int_equal(mc_hosts_leave(world.p, now(), i, &g), 0);
	run(3 * SEC);
	assert_int_equal(stats().answers_specific, 10000);
	query(3, G, SEC);
	for (uint32_t i = 1; i < 20000; i += 2)
		assert_int_equal(mc_hosts_set_flags(world.p, i, MC_HOST_DEAD), 0);
	for (uint32_t i = 1; i < 20000; i += 2)
		assert_int_equal(mc_hosts_leave(world.p, now(), i, &g), 0);
	assert_int_equal(stats().groups, 0);
	run(3 * SEC);
	assert_int_equal(stats().answers_specific, 10000);
	assert_int_equal(mc_hosts_deadline(world.p).ns, INT64_MAX);
}

/* A second query makes everybody hear the first. */
static void test_queries_in_a_row(void **state)
{
	(void)state;
	world.opts.fn = count_only;
	reopen();
	populate(20000, 2, 0, 2);
	query(2, G, SEC);
	query(2, "239.1.0.1", SEC);
	query(2, NULL, 10 * SEC);
	query(2, NULL, 10 * SEC);
	run(20 * SEC);
	assert_int_equal(world.sent, 2);
	assert_int_equal(stats().queries, 4);
}

/* All hear the first of two queries, and those that leave meanwhile lose no one. */
static void test_nobody_is_passed_over(void **state)
{
	struct mc_addr g = addr(G);

	(void)state;
	open_measured(MC_IPV4, true);
	populate(20000, 2, 0, 2);
	query(2, G, SEC);
	query(2, "239.1.0.1", SEC);
	run(SEC);
	assert_int_equal(stats().answers_specific, 40000);
	query(2, G, SEC);
	for (uint32_t i = 1; i < 20000; i += 2) /* also the next to be asked */
		assert_int_equal(mc_hosts_leave(world.p, now(), i, &g), 0);
	run(SEC);
	assert_int_equal(stats().answers_specific, 50000);
}

/* Hosts that come and go leave nothing behind. */
static void test_memory_does_not_grow(void **state)
{
	int64_t before = 0;

	(void)state;
	world.opts.fn = count_only;
	reopen();
	populate(1, 2, 1, 100); /* enough to be looked up in the index */
	for (unsigned i = 0; i < 20000; i++) {
		struct mc_addr g = nth(G, 1 + i % 500);

		if (i == 1000)
			before = bytes_out;
		(void)!mc_hosts_leave(world.p, now(), 0, &g);
		join_nth(0, 1 + i % 500);
		g = nth(G, 1 + (i + 400) % 500);
		(void)!mc_hosts_leave(world.p, now(), 0, &g);
	}
	assert_int_equal(bytes_out, before);
}

/* One that hears a report before it has heard the query. */
static void test_report_between_slices(void **state)
{
	(void)state;
	world.opts.fn = count_only;
	reopen();
	populate(20000, 2, 0, 1);
	query(2, NULL, 10 * SEC);
	other_reports(2, G);
	run(10 * SEC);
	assert_int_equal(world.sent, 0);
}

static void test_budget(void **state)
{
	unsigned n = 0, sent;

	(void)state;
	world.opts.fn = count_only;
	reopen();
	add_hosts(1000, 3);
	for (uint32_t i = 0; i < 1000; i++)
		join(i, G);
	while ((sent = mc_hosts_tick(world.p, now(), 7))) {
		assert_true(sent <= 7);
		n += sent;
		assert_true(n == 1000 || mc_hosts_deadline(world.p).ns <= world.now);
	}
	assert_int_equal(n, 1000);
	world.now += 2 * SEC;
	assert_int_equal(mc_hosts_tick(world.p, now(), 300), 300);
	assert_true(mc_hosts_deadline(world.p).ns <= world.now);
	assert_int_equal(mc_hosts_tick(world.p, now(), 0), 0);
	assert_int_equal(mc_hosts_tick(world.p, now(), 1000), 700);
	assert_true(mc_hosts_deadline(world.p).ns > world.now);
}

/* ---- chance ---- */

static uint64_t history(uint64_t chance)
{
	uint64_t sum = 0;

	forget_log();
	world.opts.seed = chance;
	world.now = 1000 * SEC;
	reopen();
	seed = 7;
	add_hosts(5, 1);
	add_hosts(10, 2);
	add_hosts(10, 3);
	for (unsigned i = 0; i < 300; i++) {
		join_nth(below(25), below(8));
		if (below(9) == 0) {
			uint8_t version = (uint8_t)(1 + below(3));

			query(version, NULL, version > 1 ? SEC : 0);
		}
		run(below(3000) * MSEC);
	}
	assert_true(world.n_logged > 300 && world.n_logged < LOGGED);
	for (unsigned i = 0; i < world.n_logged; i++)
		for (const char *c = world.log[i].text; *c; c++)
			sum = sum * 31 + (uint64_t)*c + (uint64_t)world.log[i].when +
			      world.log[i].host;
	return sum;
}

static void test_same_seed_same_history(void **state)
{
	uint64_t one = history(1);

	(void)state;
	assert_true(history(2) != one);
	assert_true(history(1) == one);
}

/* ---- lists ---- */

#define MODEL_HOSTS  12
#define MODEL_GROUPS 300

static struct {
	bool in[MODEL_HOSTS][MODEL_GROUPS];
	unsigned seen, group_sum;
} model;

static unsigned number_of(const struct mc_addr *group)
{
	return group->bytes[2] * 256u + group->bytes[3];
}

static void see_member(void *data, const struct mc_hosts_member *m)
{
	(void)data;
	assert_true(model.in[m->host][number_of(&m->group)]);
	assert_int_equal(m->mode, MC_EXCLUDE);
	model.seen++;
}

static void see_group(void *data, const struct mc_addr *group, uint32_t members)
{
	unsigned n = 0;

	(void)data;
	for (unsigned i = 0; i < MODEL_HOSTS; i++)
		n += model.in[i][number_of(group)];
	assert_int_equal(n, members);
	model.group_sum += members;
}

static void check_model(void)
{
	unsigned total = 0;

	model.seen = model.group_sum = 0;
	for (unsigned i = 0; i < MODEL_HOSTS; i++)
		for (unsigned g = 0; g < MODEL_GROUPS; g++) {
			struct mc_addr group = nth(G, g);
			struct mc_hosts_member m;

			total += model.in[i][g];
			assert_int_equal(mc_hosts_member(world.p, &m, i, &group), model.in[i][g]);
		}
	for (unsigned i = 0; i < MODEL_HOSTS; i++)
		mc_hosts_of_host(world.p, i, see_member, NULL);
	assert_int_equal(model.seen, total);
	for (unsigned g = 0; g < MODEL_GROUPS; g++) {
		struct mc_addr group = nth(G, g);

		mc_hosts_of_group(world.p, &group, see_member, NULL);
	}
	assert_int_equal(model.seen, 2 * total);
	mc_hosts_groups(world.p, see_group, NULL);
	assert_int_equal(model.group_sum, total);
	assert_int_equal(stats().members, total);
}

/* Hosts of few groups and of many, which are found in different ways. */
static void test_random_memberships(void **state)
{
	(void)state;
	memset(&model, 0, sizeof(model));
	seed = 9;
	world.opts.fn = count_only;
	reopen();
	add_hosts(MODEL_HOSTS / 2, 2);
	add_hosts(MODEL_HOSTS / 2, 3);
	for (unsigned i = 0; i < 40000; i++) {
		unsigned host = below(MODEL_HOSTS), group = below(host % 2 ? MODEL_GROUPS : 20);
		struct mc_addr g = nth(G, group);
		bool more = below(1000) < (i / 4000 % 2 ? 350 : 700);

		if (more)
			assert_int_equal(mc_hosts_join(world.p, now(), host, &g), 0);
		else
			assert_int_equal(mc_hosts_leave(world.p, now(), host, &g),
					 model.in[host][group] ? 0 : -MC_ENOTMEMBER);
		model.in[host][group] = more;
		run(below(40) * MSEC);
		if (i % 4000 == 0)
			check_model();
	}
	check_model();
	for (unsigned i = 0; i < MODEL_HOSTS; i++)
		assert_int_equal(mc_hosts_leave_all(world.p, now(), i), 0);
	memset(&model, 0, sizeof(model));
	check_model();
	run(20 * SEC);
	assert_int_equal(stats().pending, 0);
	assert_int_equal(stats().groups, 0);
}

/* ---- no memory, odd clocks ---- */

/* Each allocation fails once; what failed can be done later. */
static void test_without_memory(void **state)
{
	struct mc_addr g = addr(G);
	unsigned failed = 0;

	(void)state;
	for (int64_t after = 0; after < 200; after++) {
		int rc;

		mc_hosts_close(world.p);
		assert_int_equal(blocks_out, 0);
		allocations_left = after;
		rc = mc_hosts_open(&world.p, &world.opts);
		if (rc == 0)
			rc = mc_hosts_add(world.p, 10, 3, 0);
		for (uint32_t i = 0; rc == 0 && i < 10; i++)
			for (unsigned k = 0; rc == 0 && k < 5; k++) {
				struct mc_addr sources[] = { nth("10.0.0.1", i),
							     nth("10.0.0.9", k) };

				rc = mc_hosts_set(world.p, now(), i, k, &g,
						  k % 2 ? MC_EXCLUDE : MC_INCLUDE, sources, 2);
			}
		failed += rc < 0;
		assert_true(rc == 0 || rc == -ENOMEM);
		if (world.p) {
			struct mc_gm_spec spec = query_spec(3, G, SEC);

			hear(NULL, &spec);
			run(10 * SEC);
		}
		allocations_left = INT64_MAX;
		if (rc == 0 || !world.p)
			continue;
		(void)!mc_hosts_add(world.p, 10, 3, 0);
		assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
		assert_int_equal(member(0, G).mode, MC_EXCLUDE);
		assert_int_equal(mc_hosts_leave_all(world.p, now(), 0), 0);
		assert_int_equal(member(0, G).group.family, MC_ANY);
		run(10 * SEC);
	}
	assert_in_range(failed, 20, 190);
	assert_non_null(world.p);
}

/* A host gets an index of its memberships at the 65th; that, too, may find no memory. */
static void test_index_without_memory(void **state)
{
	unsigned failed = 0;

	(void)state;
	for (int64_t after = 0; after < 12; after++) {
		reopen();
		assert_int_equal(mc_hosts_add(world.p, 1, 3, 0), 0);
		for (unsigned i = 0; i < 60; i++) {
			struct mc_addr g = nth(G, i);

			assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
		}
		allocations_left = after;
		for (unsigned i = 60; i < 200; i++) {
			struct mc_addr g = nth(G, i);
			int rc = mc_hosts_join(world.p, now(), 0, &g);

			assert_true(rc == 0 || rc == -ENOMEM);
			failed += rc < 0;
		}
		allocations_left = INT64_MAX;
		for (unsigned i = 0; i < 200; i++) {
			struct mc_addr g = nth(G, i);

			assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
		}
		assert_int_equal(stats().members, 200);
		assert_int_equal(mc_hosts_leave_all(world.p, now(), 0), 0);
		run(10 * SEC);
		assert_int_equal(stats().members, 0);
	}
	assert_true(failed > 100);
}

static void test_time_stands_still_when_it_steps_back(void **state)
{
	(void)state;
	add_hosts(1, 3);
	join(0, G);
	tick();
	forget_log();
	world.now -= 500 * SEC;
	run(100 * SEC);
	expect("");
	world.now += 500 * SEC;
	run(0);
	expect("to_ex " G);
	world.now = INT64_MAX;
	join(0, "239.1.0.1");
	tick();
	forget_log();
	query(3, NULL, SEC);
	assert_true(mc_hosts_deadline(world.p).ns > 0);
}

#define IGMP(test) cmocka_unit_test_setup_teardown(test, open_igmp, close_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IGMP(test_igmpv3_answers_are_spread),
		IGMP(test_mldv2_answers_are_spread),
		IGMP(test_isolated_igmpv2_answers_are_spread),
		IGMP(test_specific_answers_are_spread),
		IGMP(test_one_host_is_random),
		IGMP(test_igmpv1_suppression),
		IGMP(test_igmpv2_suppression),
		IGMP(test_mldv1_suppression),
		IGMP(test_only_the_last_reporter_leaves),
		IGMP(test_mixed_versions),
		IGMP(test_mixed_versions_igmpv1_hears_igmpv1),
		IGMP(test_memory_of_a_population),
		IGMP(test_memory_of_a_membership),
		IGMP(test_memory_of_sources),
		IGMP(test_a_query_is_handed_on_in_slices),
		IGMP(test_changes_between_slices),
		IGMP(test_queries_in_a_row),
		IGMP(test_nobody_is_passed_over),
		IGMP(test_memory_does_not_grow),
		IGMP(test_report_between_slices),
		IGMP(test_budget),
		IGMP(test_same_seed_same_history),
		IGMP(test_random_memberships),
		IGMP(test_without_memory),
		IGMP(test_index_without_memory),
		IGMP(test_time_stands_still_when_it_steps_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
