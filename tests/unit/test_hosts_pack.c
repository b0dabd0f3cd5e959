/* test_hosts_pack.c - reports fill the MTU and do not exceed it (RFC 9776 4.2.17) */
#include "hosts.h"

#define G "239.1.1.1"

static const char *group_here(void)
{
	return world.opts.family == MC_IPV4 ? G : "ff15::1";
}

static const char *source_here(void)
{
	return world.opts.family == MC_IPV4 ? "10.0.0.1" : "2001:db8::1";
}

static uint8_t newest(void)
{
	return world.opts.family == MC_IPV4 ? 3 : 2;
}

static void with_mtu(unsigned mtu)
{
	world.opts.mtu = mtu;
	reopen();
	add_hosts(1, newest());
}

static void join_many(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct mc_addr g = nth(group_here(), i);

		assert_int_equal(mc_hosts_join(world.p, now(), 0, &g), 0);
	}
}

static void ask(void)
{
	run(20 * SEC);
	forget_log();
	query(newest(), NULL, SEC);
	run(SEC);
}

/* n records in reports of `most`, the rest in the last. */
static void expect_filled(unsigned n, unsigned most)
{
	unsigned reports = (n + most - 1) / most;

	assert_int_equal(world.n_logged, reports);
	for (unsigned i = 0; i < reports; i++)
		assert_int_equal(logged(i)->n_records, i + 1 < reports ? most : n - i * most);
}

static void check_records(unsigned mtu, unsigned most)
{
	with_mtu(mtu);
	join_many(most);
	tick();
	expect_filled(most, most);
	ask();
	expect_filled(most, most);
	join_many(2 * most + 1);
	ask();
	expect_filled(2 * most + 1, most);
}

static void test_records_igmp(void **state)
{
	(void)state;
	check_records(1500, 183);
	check_records(576, 68);
	check_records(9000, 1121);
}

static void test_records_mld(void **state)
{
	(void)state;
	check_records(1500, 72);
	check_records(1280, 61);
}

/* ---- lists of sources ---- */

/* The reports of a change of n sources that fit `most` at a time. */
static void expect_pieces(uint8_t type, unsigned n, unsigned most)
{
	unsigned reports = (n + most - 1) / most;

	assert_int_equal(world.n_logged, reports);
	for (unsigned i = 0; i < reports; i++) {
		assert_int_equal(logged(i)->n_records, 1);
		assert_int_equal(logged(i)->n_sources, i + 1 < reports ? most : n - i * most);
		assert_memory_equal(logged(i)->text, mc_record_short(type),
				    strlen(mc_record_short(type)));
	}
	forget_log();
}

static void expect_truncated(uint8_t type, unsigned most)
{
	assert_int_equal(world.n_logged, 1);
	assert_int_equal(logged(0)->n_sources, most);
	assert_memory_equal(logged(0)->text, mc_record_short(type), strlen(mc_record_short(type)));
	forget_log();
}

static void set_sources(enum mc_filter_mode mode, unsigned n)
{
	forget_log();
	assert_int_equal(set_many(0, group_here(), mode, source_here(), n), 0);
	tick();
}

static void check_sources(unsigned mtu, unsigned most)
{
	with_mtu(mtu);
	set_sources(MC_INCLUDE, most);
	expect_pieces(MC_REC_ALLOW, most, most);
	ask();
	expect_pieces(MC_REC_IS_IN, most, most);
	set_sources(MC_INCLUDE, 0);
	expect_pieces(MC_REC_BLOCK, most, most);
	run(20 * SEC);
	set_sources(MC_INCLUDE, 3 * most + 7);
	expect_pieces(MC_REC_ALLOW, 3 * most + 7, most);
	ask();
	expect_pieces(MC_REC_IS_IN, 3 * most + 7, most);
	set_sources(MC_EXCLUDE, most + 1);
	expect_truncated(MC_REC_TO_EX, most);
	ask();
	expect_truncated(MC_REC_IS_EX, most);
	set_sources(MC_INCLUDE, most + 1);
	expect_pieces(MC_REC_TO_IN, most + 1, most);
}

static void test_sources_igmp(void **state)
{
	(void)state;
	check_sources(1500, 365);
	check_sources(576, 134);
}

static void test_sources_mld(void **state)
{
	(void)state;
	check_sources(1500, 89);
}

/* The same subset each time, so that routers do not take it for a change. */
static void test_truncated_alike(void **state)
{
	char first[160];

	(void)state;
	with_mtu(576);
	set_sources(MC_EXCLUDE, 200);
	memcpy(first, logged(0)->text, sizeof(first));
	run(5 * SEC);
	assert_string_equal(logged(1)->text, first);
	ask();
	assert_string_equal(logged(0)->text + strlen("is_ex"), first + strlen("to_ex"));
}

/* No source is lost or told twice, whatever is packed with it. */
static void check_union(unsigned n)
{
	struct mc_addr other = nth(group_here(), 1), last = nth(group_here(), 2);
	unsigned sources = 0, records = 0;

	with_mtu(576);
	assert_int_equal(mc_hosts_join(world.p, now(), 0, &last), 0);
	assert_int_equal(set_many(0, group_here(), MC_INCLUDE, source_here(), n), 0);
	assert_int_equal(mc_hosts_join(world.p, now(), 0, &other), 0);
	ask();
	for (unsigned i = 0; i < world.n_logged; i++) {
		assert_true(logged(i)->bytes <= 576);
		sources += logged(i)->n_sources;
		records += logged(i)->n_records;
	}
	assert_int_equal(sources, n);
	assert_true(records >= 3 && records <= 2 + n / 134 + 2);
}

static void test_nothing_is_lost(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 700; n += 3)
		check_union(n);
}

/* The short report that the MTU leaves room for is not sent before its time. */
static void test_record_that_does_not_fit_is_not_cut(void **state)
{
	struct mc_addr other = nth(G, 1);

	(void)state;
	with_mtu(576);
	assert_int_equal(set_many(0, G, MC_INCLUDE, "10.0.0.1", 100), 0);
	run(20 * SEC);
	forget_log();
	assert_int_equal(mc_hosts_set(world.p, now(), 0, 0, &other, MC_INCLUDE,
				      (struct mc_addr[]){ addr("10.0.0.1") }, 1),
			 0);
	assert_int_equal(set_many(0, "239.1.1.3", MC_INCLUDE, "10.0.0.1", 100), 0);
	ask();
	assert_int_equal(world.n_logged, 2);
	assert_int_equal(logged(0)->n_sources + logged(1)->n_sources, 201);
	assert_true(logged(0)->n_sources >= 100 && logged(0)->n_sources <= 101);
}

#define IGMP(test) cmocka_unit_test_setup_teardown(test, open_igmp, close_hosts)
#define MLD(test)  cmocka_unit_test_setup_teardown(test, open_mld, close_hosts)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IGMP(test_records_igmp),
		MLD(test_records_mld),
		IGMP(test_sources_igmp),
		MLD(test_sources_mld),
		IGMP(test_truncated_alike),
		IGMP(test_nothing_is_lost),
		IGMP(test_record_that_does_not_fit_is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
