/* test_router_querier.c - startup, election, adoption, modes: RFC 9776 6.6.2, 7.3.1, 8 */
#include "route.h"

static const struct {
	enum mc_family family;
	uint8_t version;
} versions[] = { { MC_IPV4, 1 }, { MC_IPV4, 2 }, { MC_IPV4, 3 }, { MC_IPV6, 1 }, { MC_IPV6, 2 } };
#define VERSIONS (sizeof(versions) / sizeof(versions[0]))

/* RFC 9776 8.6, 8.7: startup queries, then one each query interval. */
static void test_startup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < VERSIONS; i++) {
		open_world(versions[i].family, versions[i].version);
		assert_string_equal(world.events, "querier-elected 100; ");
		pass_beyond(300 * SEC);
		assert_string_equal(world.queries, "0.0 Q(); 31.2 Q(); 156.2 Q(); 281.2 Q(); ");
		assert_int_equal(world.n_events[MC_ROUTER_QUERY_SENT], 4);
		assert_int_equal(stats().counts.general_sent, 4);
		assert_int_equal(iface().state, MC_ROUTER_QUERIER);
		assert_true(iface().self);
		close_world();
	}
}

static void test_query_fields(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_addr all;

	(void)state;
	for (unsigned i = 0; i < VERSIONS; i++) {
		bool v3 = versions[i].version == (versions[i].family == MC_IPV4 ? 3 : 2);
		bool v1 = versions[i].family == MC_IPV4 && versions[i].version == 1;

		open_world(versions[i].family, versions[i].version);
		all = addr(versions[i].family == MC_IPV4 ? "224.0.0.1" : "ff02::1");
		assert_int_equal(mc_addr_cmp(&world.last_dst, &all), 0);
		assert_int_equal(world.last_src.bytes[versions[i].family == MC_IPV4 ? 3 : 15],
				 SELF);
		assert_int_equal(world.last.version, versions[i].version);
		assert_int_equal(world.last.max_resp.ns, v1 ? 0 : 10 * SEC);
		assert_int_equal(world.last.qrv, v3 ? 2 : 0);
		assert_int_equal(world.last.qqi.ns, v3 ? 125 * SEC : 0);
		assert_false(world.last.s);
		close_world();
	}
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.vars.robustness = 8; /* RFC 9776 4.1.6: more than three bits say */
	add_iface(&o);
	assert_int_equal(world.last.qrv, 0);
	assert_int_equal(iface().startup_left, 7);
	close_world();
}

/* Numeric order, whatever the order of bytes in memory. */
static void test_election_by_number(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_addr low, high, querier;
	struct mc_gm_spec s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_empty(MC_IPV4, 3, 0);
		low = addr("10.0.0.200"); /* as a little-endian word the greater one */
		high = addr("10.0.1.1");
		o = iface_opts();
		o.addr = i ? low : high;
		add_iface(&o);
		s = query_spec(3);
		hear(i ? &high : &low, &s);
		assert_int_equal(iface().state, i ? MC_ROUTER_QUERIER : MC_ROUTER_NON_QUERIER);
		querier = iface().querier;
		assert_int_equal(mc_addr_cmp(&querier, &low), 0);
		close_world();
	}
}

/* Lost, silent for the other querier present interval, and back. */
static void test_lost_and_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < VERSIONS; i++) {
		open_world(versions[i].family, versions[i].version);
		pass(10 * SEC);
		forget();
		general(1, versions[i].version);
		assert_string_equal(world.events, "querier-lost 100; querier-elected 1; ");
		assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
		assert_int_equal(iface().querier_expires.ns, world.now + 255 * SEC);
		pass_beyond(200 * SEC);
		general(1, versions[i].version);
		pass(254 * SEC);
		assert_string_equal(world.queries, "");
		forget();
		pass_beyond(SEC);
		assert_string_equal(world.events, "querier-lost 1; querier-elected 100; ");
		pass_beyond(125 * SEC);
		/* no startup queries this time */
		assert_string_equal(world.queries, "465.0 Q(); 590.0 Q(); ");
		close_world();
	}
}

static void test_not_elected(void **state)
{
	struct mc_addr zero;
	struct mc_gm_spec s;

	(void)state;
	open_world(MC_IPV4, 3);
	general(101, 3); /* higher */
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	general(SELF, 3); /* its own */
	assert_int_equal(world.dropped, MC_ROUTER_OWN);
	specific(1, "", false); /* RFC 9776 6.6.2: general queries only */
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	zero = mc_addr_unspecified(MC_IPV4); /* RFC 4541 2.1.1 */
	s = query_spec(3);
	hear(&zero, &s);
	assert_int_equal(world.dropped, MC_ROUTER_TAKEN);
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	pass_beyond(160 * SEC);
	assert_string_equal(world.queries, "0.0 Q(); 31.2 Q(); 156.2 Q(); ");
	close_world();
}

/* Without an address it gives way to those that have one, not to its like. */
static void test_without_address(void **state)
{
	struct mc_addr zero = mc_addr_unspecified(MC_IPV4);
	struct mc_router_iface_opts o;
	struct mc_gm_spec s;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.addr = (struct mc_addr){ 0 };
	o.has_mac = true;
	o.mac.bytes[0] = 2; /* as that of 0.0.0.0 in hear() */
	add_iface(&o);
	assert_true(mc_addr_is_unspecified(&world.last_src));
	s = query_spec(3);
	hear(&zero, &s);
	assert_int_equal(world.dropped, MC_ROUTER_OWN);
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	general(200, 3);
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	close_world();
}

/* The next lowest takes over at once when the lowest is silent. */
static void test_rivals(void **state)
{
	(void)state;
	open_world(MC_IPV6, 2);
	general(50, 2);
	pass(10 * SEC);
	general(20, 2);
	assert_int_equal(iface().querier.bytes[15], 20);
	pass(100 * SEC);
	general(60, 2);
	general(40, 2); /* does not know better */
	assert_int_equal(iface().querier.bytes[15], 20);
	forget();
	pass_beyond(155 * SEC);
	assert_string_equal(world.events, "querier-lost 20; querier-elected 40; ");
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	forget();
	pass_beyond(100 * SEC);
	assert_string_equal(world.events, "querier-lost 40; querier-elected 100; ");
	close_world();
}

/* RFC 9776 4.1.6, 4.1.7: the elected querier's variables, until it is lost. */
static void test_adoption(void **state)
{
	struct mc_gm_spec s;
	struct mc_addr from;

	(void)state;
	for (unsigned n = 0; n < 2; n++) {
		open_world(n ? MC_IPV6 : MC_IPV4, n ? 2 : 3);
		from = host(1);
		s = query_spec(world.version);
		s.qrv = 4;
		s.qqi.ns = 20 * SEC;
		hear(&from, &s);
		assert_int_equal(iface().vars.robustness, 4);
		assert_int_equal(iface().vars.query_interval.ns, 20 * SEC);
		assert_int_equal(iface().vars.group_membership_interval.ns, 100 * SEC);
		assert_int_equal(iface().vars.last_member_query_count, 4);
		assert_int_equal(iface().configured.robustness, 2);
		assert_int_equal(iface().querier_expires.ns, world.now + 85 * SEC);
		s.qrv = 0; /* says nothing */
		s.qqi.ns = 0;
		hear(&from, &s);
		assert_int_equal(iface().vars.robustness, 2);
		assert_int_equal(iface().vars.query_interval.ns, 125 * SEC);
		s.qrv = 3;
		s.qqi.ns = 30 * SEC;
		hear(&from, &s);
		record(5, MC_REC_TO_EX, "");
		assert_string_equal(state_text(), "EX/110");
		pass_beyond(95 * SEC);
		assert_int_equal(iface().state, MC_ROUTER_QUERIER);
		assert_int_equal(iface().vars.robustness, 2);
		assert_int_equal(iface().vars.query_interval.ns, 125 * SEC);
		close_world();
	}
}

/* What is configured beside the formulas stays. */
static void test_adoption_keeps_overrides(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_gm_spec s;
	struct mc_addr from;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.vars.group_membership_interval.ns = 400 * SEC;
	add_iface(&o);
	from = host(1);
	s = query_spec(3);
	s.qrv = 5;
	hear(&from, &s);
	assert_int_equal(iface().vars.group_membership_interval.ns, 400 * SEC);
	assert_int_equal(iface().vars.other_querier_present_interval.ns, 630 * SEC);
	close_world();
}

/* RFC 9776 7.3.1: told, rarely, and nothing else happens. */
static void test_other_version(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	forget();
	general(101, 2);
	general(101, 2);
	assert_string_equal(world.events, "other-version-querier 101; ");
	assert_int_equal(iface().version, 3);
	pass(61 * SEC);
	general(102, 1);
	assert_int_equal(world.n_events[MC_ROUTER_OTHER_VERSION], 2);
	general(1, 2); /* takes part all the same */
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	assert_int_equal(iface().querier_version, 2);
	assert_int_equal(iface().vars.robustness, 2);
	close_world();
}

static void test_listen_first(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	for (unsigned heard = 0; heard < 2; heard++) {
		open_empty(MC_IPV4, 3, 0);
		o = iface_opts();
		o.listen_first = true;
		add_iface(&o);
		assert_int_equal(iface().state, MC_ROUTER_LISTENING);
		pass(9 * SEC);
		assert_string_equal(world.queries, "");
		general(heard ? 1 : 101, 3); /* a higher one is no reason to wait */
		pass_beyond(2 * SEC);
		assert_int_equal(iface().state, heard ? MC_ROUTER_NON_QUERIER : MC_ROUTER_QUERIER);
		assert_string_equal(world.queries, heard ? "" : "10.0 Q(); ");
		close_world();
	}
}

static void test_listen_only(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.mode = MC_ROUTER_LISTEN_ONLY;
	add_iface(&o);
	pass(1000 * SEC);
	assert_int_equal(iface().state, MC_ROUTER_LISTENING);
	general(200, 3);
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	assert_string_equal(world.events, "querier-elected 200; ");
	record(5, MC_REC_TO_EX, "");
	record(5, MC_REC_TO_IN, "");
	assert_string_equal(state_text(), "EX/270");
	pass_beyond(255 * SEC);
	assert_int_equal(iface().state, MC_ROUTER_LISTENING);
	assert_int_equal(iface().querier.family, MC_ANY);
	assert_string_equal(world.queries, "");
	assert_int_equal(stats().counts.general_sent + stats().counts.specific_sent, 0);
	close_world();
}

/* Only where nobody else does, whatever its address. */
static void test_if_none(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.mode = MC_ROUTER_IF_NONE;
	add_iface(&o);
	pass(100 * SEC);
	general(200, 3);
	pass(254 * SEC);
	assert_string_equal(world.queries, "");
	pass_beyond(SEC);
	assert_string_equal(world.queries, "355.0 Q(); ");
	general(200, 3);
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	close_world();

	open_empty(MC_IPV4, 3, 0);
	add_iface(&o);
	pass_beyond(260 * SEC); /* nobody */
	assert_string_equal(world.queries, "255.0 Q(); ");
	close_world();
}

static void test_force(void **state)
{
	struct mc_router_iface_opts o;
	struct mc_gm_spec s;
	struct mc_addr from;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.mode = MC_ROUTER_FORCE;
	add_iface(&o);
	from = host(1);
	s = query_spec(3);
	s.qrv = 7;
	hear(&from, &s);
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	assert_int_equal(iface().vars.robustness, 2); /* its own */
	record(5, MC_REC_TO_EX, "");
	pass(40 * SEC);
	record(5, MC_REC_TO_IN, "");
	pass_beyond(130 * SEC);
	assert_string_equal(world.queries, "0.0 Q(); 31.2 Q(); 40.0 Q(G); 41.0 Q(G); 156.2 Q(); ");
	forget();
	pass_beyond(90 * SEC); /* the other is silent: nothing extra */
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	assert_string_equal(world.queries, "");
	close_world();
}

/* RFC 2236 3: what has begun goes on. */
static void test_loss_while_checking(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(5, MC_REC_TO_EX, "");
	pass(40 * SEC);
	forget();
	record(5, MC_REC_TO_IN, "");
	general(1, 3);
	pass_beyond(3 * SEC);
	assert_string_equal(world.queries, "40.0 Q(G); 41.0 Q(G); ");
	assert_string_equal(state_text(), "");
	close_world();
}

static void test_down_and_up(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(5, MC_REC_TO_EX, "");
	record(6, MC_REC_IS_IN, "A");
	forget();
	assert_int_equal(mc_router_iface_up(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, false),
			 0);
	assert_string_equal(world.events, "member-expired 5; member-expired 6; group-expired; "
					  "querier-lost 100; ");
	assert_int_equal(stats().groups + stats().members + stats().hosts + stats().sources, 0);
	record(5, MC_REC_TO_EX, "");
	assert_int_equal(world.dropped, MC_ROUTER_NO_IFACE);
	assert_int_equal(mc_router_deadline(world.r).ns, INT64_MAX);
	pass(100 * SEC);
	forget();
	for (unsigned i = 0; i < 2; i++) /* the second time nothing happens */
		assert_int_equal(
			mc_router_iface_up(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, true), 0);
	pass_beyond(40 * SEC);
	assert_string_equal(world.queries, "100.0 Q(); 131.2 Q(); ");
	assert_int_equal(mc_router_iface_remove(world.r, (mc_nsec){ world.now }, IF, MC_IPV4), 0);
	assert_int_equal(mc_router_iface_remove(world.r, (mc_nsec){ world.now }, IF, MC_IPV4),
			 -ENOENT);
	assert_int_equal(mc_router_iface_up(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, true),
			 -ENOENT);
	close_world();
}

/* Another address: the election starts again, memberships stay. */
static void test_address_change(void **state)
{
	struct mc_addr low, group_addr = addr("239.1.1.1");

	(void)state;
	open_world(MC_IPV4, 3);
	record(5, MC_REC_TO_EX, "");
	general(1, 3);
	low = addr("9.0.0.1");
	forget();
	assert_int_equal(mc_router_iface_addr(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &low),
			 0);
	assert_string_equal(world.queries, "0.0 Q(); ");
	assert_int_equal(mc_addr_cmp(&world.last_src, &low), 0);
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	general(1, 3);
	assert_int_equal(iface().state, MC_ROUTER_QUERIER);
	assert_string_equal(state_text(), "EX/270");
	assert_int_equal(
		mc_router_iface_addr(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &group_addr),
		-EINVAL);
	close_world();
}

static void test_several_interfaces(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_world(MC_IPV4, 3);
	o = iface_opts();
	assert_int_equal(mc_router_iface_add(world.r, (mc_nsec){ world.now }, &o), -EEXIST);
	o.family = MC_IPV6;
	assert_int_equal(mc_router_iface_add(world.r, (mc_nsec){ world.now }, &o), -EINVAL);
	o.version = 2;
	o.addr = addr("fe80::64");
	o.down = true;
	add_iface(&o);
	assert_int_equal(stats().ifaces, 2);
	general(1, 3);
	assert_int_equal(iface().state, MC_ROUTER_NON_QUERIER);
	world.family = MC_IPV6;
	assert_int_equal(iface().state, MC_ROUTER_DOWN);
	close_world();
}

/* Asked by the caller, beside the protocol: no timer comes down. */
static void test_ask(void **state)
{
	struct mc_addr g, a[2], six;

	(void)state;
	open_world(MC_IPV4, 3);
	g = group(G);
	a[0] = source('A');
	a[1] = source('B');
	record(5, MC_REC_TO_EX, "");
	forget();
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, NULL, NULL, 0, false),
		0);
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &g, NULL, 0, false), 0);
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &g, a, 2, true), 0);
	assert_string_equal(world.queries, "0.0 Q(); 0.0 Q(G); 0.0 Q(G,A B)S; ");
	assert_string_equal(state_text(), "EX/270");
	six = addr("ff0e::1");
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &six, NULL, 0, false),
		-EINVAL);
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, NULL, a, 2, false),
		-EINVAL);
	assert_int_equal(mc_router_ask(world.r, (mc_nsec){ world.now }, IF + 1, MC_IPV4, NULL, NULL,
				       0, false),
			 -ENOENT);
	close_world();
	open_world(MC_IPV4, 1);
	assert_int_equal(
		mc_router_ask(world.r, (mc_nsec){ world.now }, IF, MC_IPV4, &g, NULL, 0, false),
		-EINVAL);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_startup),
		cmocka_unit_test(test_query_fields),
		cmocka_unit_test(test_election_by_number),
		cmocka_unit_test(test_lost_and_back),
		cmocka_unit_test(test_not_elected),
		cmocka_unit_test(test_without_address),
		cmocka_unit_test(test_rivals),
		cmocka_unit_test(test_adoption),
		cmocka_unit_test(test_adoption_keeps_overrides),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_listen_first),
		cmocka_unit_test(test_listen_only),
		cmocka_unit_test(test_if_none),
		cmocka_unit_test(test_force),
		cmocka_unit_test(test_loss_while_checking),
		cmocka_unit_test(test_down_and_up),
		cmocka_unit_test(test_address_change),
		cmocka_unit_test(test_several_interfaces),
		cmocka_unit_test(test_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
