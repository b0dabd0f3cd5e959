/* test_router_limits.c - bounded memory, memory that ends, odd clocks, steps, vectors */
#include "route.h"
#include "vectors.h"

/* Members, groups and sources: what was heard least recently goes first. */
static void test_oldest_first(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_addr g;

	(void)state;
	open_empty(MC_IPV4, 3, 3);
	o = iface_opts();
	add_iface(&o);
	for (unsigned i = 1; i <= 3; i++) {
		g = group(i);
		record_for(i, &g, MC_REC_IS_IN, "A");
		pass(SEC);
	}
	g = group(1);
	record_for(1, &g, MC_REC_IS_IN, "A"); /* the oldest is the newest again */
	g = group(4);
	record_for(4, &g, MC_REC_TO_EX, "");
	assert_int_equal(stats().groups, 3);
	assert_int_equal(stats().members, 3);
	assert_int_equal(stats().forgotten_groups, 1);
	g = group(2);
	assert_int_equal(mc_router_hosts(world.r, IF, &g, NULL, NULL), -ENOENT);
	g = group(1);
	record_for(9, &g, MC_REC_IS_IN, "A");
	assert_int_equal(stats().members, 3);
	assert_int_equal(stats().forgotten_members, 1);
	record_for(9, &g, MC_REC_IS_IN, "BC"); /* of three sources one goes */
	assert_int_equal(stats().sources, 3);
	assert_int_equal(stats().forgotten_sources, 1);
	record_for(9, &g, MC_REC_IS_IN, "DEFGHIJK");
	assert_int_equal(stats().sources, 3);
	close_world();
}

/* A flood on one interface does not cost another its memberships. */
static void test_each_interface_for_itself(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_addr g;

	(void)state;
	open_empty(MC_IPV4, 3, 10);
	o = iface_opts();
	add_iface(&o);
	record(1, MC_REC_TO_EX, "");
	pass(SEC);
	world.family = MC_IPV6;
	world.version = 2;
	o = iface_opts();
	add_iface(&o);
	for (unsigned i = 1; i <= 100; i++) {
		g = group(i);
		record_for(i, &g, MC_REC_TO_EX, "");
	}
	assert_int_equal(stats().groups, 10);
	assert_int_equal(stats().forgotten_groups, 91);
	assert_int_equal(iface().groups, 9);
	world.family = MC_IPV4;
	assert_int_equal(iface().groups, 1);
	close_world();
}

/* An interface that has nothing yet takes from the one that has most, the oldest first. */
static void test_takes_from_the_crowded(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_addr g;

	(void)state;
	open_empty(MC_IPV4, 3, 5);
	o = iface_opts();
	add_iface(&o);
	for (unsigned i = 1; i <= 5; i++) {
		g = group(i);
		record_for(i, &g, MC_REC_IS_IN, "A");
		pass(SEC);
	}
	world.family = MC_IPV6;
	world.version = 2;
	o = iface_opts();
	add_iface(&o);
	record(9, MC_REC_IS_IN, "B");
	assert_int_equal(stats().forgotten_groups, 1);
	assert_int_equal(iface().groups, 1);
	world.family = MC_IPV4;
	assert_int_equal(iface().groups, 4);
	g = group(1);
	assert_int_equal(mc_router_hosts(world.r, IF, &g, NULL, NULL), -ENOENT);
	close_world();
}

/* Likewise its members and sources, of groups there is room for. */
static void test_takes_members_and_sources(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV4, 3, 5);
	o = iface_opts();
	add_iface(&o);
	for (unsigned i = 1; i <= 5; i++) {
		record(i, MC_REC_IS_IN, "ABCDE");
		pass(SEC);
	}
	assert_int_equal(iface().members, 5);
	world.family = MC_IPV6;
	world.version = 2;
	o = iface_opts();
	add_iface(&o);
	record(9, MC_REC_IS_IN, "F");
	assert_int_equal(stats().forgotten_groups, 0);
	assert_int_equal(stats().forgotten_members, 1);
	assert_int_equal(stats().forgotten_sources, 1);
	assert_true(iface().groups == 1 && iface().members == 1 && iface().sources == 1);
	world.family = MC_IPV4;
	assert_true(iface().groups == 1 && iface().members == 4 && iface().sources == 4);
	close_world();
}

/* Whichever allocation fails, nothing is lost but what it was for. */
static void test_memory_ends(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_router_opts none = { .sz = sizeof(none) };

	(void)state;
	for (int64_t n = 1; n < 40; n++) {
		open_empty(MC_IPV6, 2, 0);
		allocations_left = n;
		o = iface_opts();
		if (mc_router_iface_add(world.r, (mc_nsec){ world.now }, &o) == 0) {
			record(1, MC_REC_IS_EX, "ABCDEFGHIJ");
			record(2, MC_REC_IS_IN, "ABCDEFGHIJKLMNOPQRST");
			record(1, MC_REC_TO_IN, "ABCDE");
		}
		allocations_left = INT64_MAX;
		pass(600 * SEC);
		assert_int_equal(stats().groups + stats().members + stats().hosts, 0);
		close_world();
	}
	assert_int_equal(mc_router_open(&world.r, &none), -EINVAL);
	mc_router_close(NULL);
}

/* Time stands still while a clock is behind, and goes on from where it was. */
static void test_clock_steps_back(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(1, MC_REC_TO_EX, "");
	pass(100 * SEC);
	world.now -= 90 * SEC;
	record(2, MC_REC_IS_EX, "");
	mc_router_tick(world.r, (mc_nsec){ -5 }, 0);
	router_check(world.r);
	world.now += 90 * SEC;
	assert_string_equal(state_text(), "EX/270");
	world.now = INT64_MAX / 2;
	mc_router_tick(world.r, (mc_nsec){ INT64_MAX }, 0);
	router_check(world.r);
	assert_int_equal(stats().groups, 0);
	close_world();
}

/* A program that slept makes up for no query. */
static void test_clock_leaps(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	pass(40 * SEC);
	forget();
	world.now += 100000 * SEC;
	mc_router_tick(world.r, (mc_nsec){ world.now }, 0);
	assert_int_equal(world.n_events[MC_ROUTER_QUERY_SENT], 1);
	assert_int_equal(iface().next_query.ns, world.now + 125 * SEC);
	close_world();
}

/* All expire at once, in steps that are bounded, and none is forgotten. */
static void test_steps(void **state)
{
	const unsigned hosts = 200, budget = 7;
	unsigned steps = 0, before;
	struct mc_addr g;
	bool more;

	(void)state;
	open_world(MC_IPV4, 3);
	for (unsigned i = 1; i <= hosts; i++) {
		record(i, i & 1 ? MC_REC_IS_EX : MC_REC_IS_IN, i & 1 ? "" : "ABC");
		g = group(i + 1);
		record_for(i, &g, MC_REC_IS_IN, "A");
	}
	forget();
	world.now += 300 * SEC;
	do {
		before = world.n_events[MC_ROUTER_MEMBER_EXPIRED];
		more = mc_router_tick(world.r, (mc_nsec){ world.now }, budget);
		router_check(world.r);
		assert_true(world.n_events[MC_ROUTER_MEMBER_EXPIRED] - before <= budget);
		assert_true(++steps < 1000);
		if (!more)
			world.now = mc_router_deadline(world.r).ns;
	} while (stats().members || stats().groups);
	assert_true(steps > 2 * hosts / budget);
	assert_int_equal(world.n_events[MC_ROUTER_MEMBER_EXPIRED], 2 * hosts);
	assert_int_equal(world.n_events[MC_ROUTER_GROUP_EXPIRED], hosts + 1);
	assert_int_equal(stats().hosts, 0);
	close_world();
}

/* A group that is being forgotten comes back with those who are still there. */
static void test_back_in_time(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	for (unsigned i = 1; i <= 200; i++)
		record(i, MC_REC_IS_EX, "");
	pass(100 * SEC);
	for (unsigned i = 1; i <= 200; i++)
		record(i, MC_REC_IS_EX, "");
	record(1, MC_REC_TO_IN, "");
	world.now += 3 * SEC;
	while (!world.n_events[MC_ROUTER_GROUP_EXPIRED])
		mc_router_tick(world.r, (mc_nsec){ world.now }, 10);
	router_check(world.r);
	assert_int_equal(stats().groups, 0);
	assert_true(stats().members > 100);
	assert_string_equal(state_text(), "");
	record(250, MC_REC_IS_EX, "");
	assert_int_equal(stats().groups, 1);
	assert_string_equal(state_text(), "EX/270");
	pass(400 * SEC);
	assert_int_equal(stats().groups + stats().members + stats().hosts, 0);
	close_world();
}

/* Whatever a packet says, the router's memory stays whole. */
static void test_vectors(void **state)
{
	FILE *f = vectors_open(__FILE__);
	struct mc_router_iface_opts o;
	struct vector v;
	char *line = NULL;
	size_t size = 0;
	unsigned n = 0;

	(void)state;
	assert_non_null(f);
	open_world(MC_IPV4, 3);
	world.family = MC_IPV6;
	world.version = 2;
	o = iface_opts();
	add_iface(&o);
	while (vectors_next(f, &v, &line, &size)) {
		struct mc_frame frame;
		struct mc_gm gm;
		uint32_t link = strcmp(v.col[COL_AF], "6") == 0 ? MC_LINK_IPV6 : MC_LINK_IPV4;
		bool read;

		if (mc_frame_parse(&frame, link, v.bytes, v.len) < 0)
			continue;
		read = mc_gm_parse(&gm, &frame, NULL) == 0;
		world.family = (enum mc_family)frame.src.family;
		mc_router_message(world.r, IF, (mc_nsec){ world.now }, &frame, read ? &gm : NULL);
		router_check(world.r);
		n++;
	}
	assert_true(n > 100);
	assert_true(stats().counts.dropped[MC_ROUTER_UNREADABLE] > 10);
	assert_true(stats().counts.reports > 10);
	free(line);
	fclose(f);
	world.now += 100000 * SEC;
	mc_router_tick(world.r, (mc_nsec){ world.now }, 0);
	router_check(world.r);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oldest_first),
		cmocka_unit_test(test_each_interface_for_itself),
		cmocka_unit_test(test_takes_from_the_crowded),
		cmocka_unit_test(test_takes_members_and_sources),
		cmocka_unit_test(test_memory_ends),
		cmocka_unit_test(test_clock_steps_back),
		cmocka_unit_test(test_clock_leaps),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_back_in_time),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
