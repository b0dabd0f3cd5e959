/* test_router_hosts.c - hosts, each by itself; older hosts; messages that are dropped */
#include "route.h"

struct found {
	unsigned n;
	struct mc_router_host h[8];
	struct mc_addr sources[8][FILTER_KEPT];
};

static void keep(void *data, const struct mc_router_host *h)
{
	struct found *f = data;

	assert_true(f->n < 8);
	f->h[f->n] = *h;
	memcpy(f->sources[f->n], h->sources, h->n_sources * sizeof(*h->sources));
	f->h[f->n].sources = f->sources[f->n];
	f->n++;
}

static const struct found *hosts(void)
{
	static struct found f;
	struct mc_addr g = group(G);

	f.n = 0;
	assert_int_equal(mc_router_hosts(world.r, IF, &g, keep, &f), 0);
	return &f;
}

static void check_host(unsigned i, unsigned n, enum mc_filter_mode mode, const char *sources)
{
	const struct mc_router_host *h = &hosts()->h[i];

	assert_int_equal(h->addr.bytes[world.family == MC_IPV4 ? 3 : 15], n);
	assert_int_equal(h->mac.bytes[5], n);
	assert_true(h->has_mac);
	assert_int_equal(h->mode, mode);
	assert_int_equal(h->n_sources, strlen(sources));
	for (unsigned s = 0; s < h->n_sources; s++)
		assert_int_equal(source_name(&h->sources[s]), sources[s]);
}

/* The group knows the sum; each host keeps what it said. */
static void test_each_host(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(i ? MC_IPV6 : MC_IPV4, i ? 2 : 3);
		record(3, MC_REC_TO_EX, "");
		record(1, MC_REC_ALLOW, "BA");
		record(2, MC_REC_TO_EX, "CDEFG");
		assert_int_equal(hosts()->n, 3);
		check_host(0, 1, MC_INCLUDE, "AB");
		check_host(1, 2, MC_EXCLUDE, "CDEFG");
		check_host(2, 3, MC_EXCLUDE, "");
		record(1, MC_REC_BLOCK, "A");
		record(2, MC_REC_ALLOW, "D");
		check_host(0, 1, MC_INCLUDE, "B");
		check_host(1, 2, MC_EXCLUDE, "CEFG");
		record(3, MC_REC_TO_IN, "X");
		check_host(2, 3, MC_INCLUDE, "X");
		close_world();
	}
}

static void test_events(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	forget();
	record(1, MC_REC_ALLOW, "A");
	record(1, MC_REC_ALLOW, "A");
	assert_string_equal(world.events, "group-joined; source-added A; member-joined 1; ");
	forget();
	record(1, MC_REC_TO_EX, "B");
	assert_string_equal(world.events, "mode-changed; source-added B blocked; source-removed A; "
					  "member-changed 1; ");
	forget();
	record(2, MC_REC_IS_IN, "B");
	assert_string_equal(world.events, "source-changed B; member-joined 2; ");
	forget();
	record(2, MC_REC_BLOCK, "B"); /* one of two leaves: told, and asked about */
	assert_string_equal(world.events, "member-left 2; ");
	assert_int_equal(stats().members, 1);
	assert_int_equal(stats().groups, 1);
	forget();
	pass(3 * SEC);
	assert_string_equal(world.events, "source-changed B blocked; ");
	close_world();
}

static void test_silence(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	record(1, MC_REC_TO_EX, "");
	pass(100 * SEC);
	record(2, MC_REC_TO_EX, "");
	forget();
	pass(169 * SEC);
	assert_string_equal(world.events, "");
	pass_beyond(SEC);
	assert_string_equal(world.events, "member-expired 1; ");
	assert_true(hosts()->h[0].expires.ns >= world.now + 99 * SEC);
	pass_beyond(100 * SEC);
	assert_int_equal(stats().members + stats().groups + stats().hosts, 0);
	close_world();
}

static void test_response_delay(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	pass(SEC);
	record(1, MC_REC_TO_EX, "");
	assert_true(hosts()->h[0].answered_after.ns < 0); /* a change is no answer */
	pass(2 * SEC);
	record(1, MC_REC_IS_EX, "");
	assert_int_equal(hosts()->h[0].answered_after.ns, 3 * SEC);
	pass(2 * SEC);
	record(1, MC_REC_IS_EX, ""); /* again: not an answer to the same */
	assert_int_equal(hosts()->h[0].answered_after.ns, 3 * SEC);
	pass(5200 * MSEC);
	record(2, MC_REC_IS_EX, ""); /* too late */
	assert_true(hosts()->h[1].answered_after.ns < 0);
	record(2, MC_REC_TO_IN, "");
	pass(250 * MSEC);
	record(1, MC_REC_IS_EX, ""); /* to Q(G) */
	assert_int_equal(hosts()->h[0].answered_after.ns, 250 * MSEC);
	close_world();
}

/* Reports from 0.0.0.0 count (RFC 9776 4.2.14); their hosts are told apart. */
static void test_without_address(void **state)
{
	struct mc_gm_record_spec rec = { .type = MC_REC_TO_EX };
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 3 };
	uint8_t buf[64];
	struct mc_frame f = { .has_src_mac = true, .protocol = MC_PROTO_IGMP };
	struct mc_gm gm;
	int len;

	(void)state;
	open_world(MC_IPV4, 3);
	rec.group = group(G);
	s.records = &rec;
	s.n_records = 1;
	f.src = mc_addr_unspecified(MC_IPV4);
	f.dst = addr("224.0.0.22");
	len = mc_gm_build(buf, sizeof(buf), &s, NULL, NULL);
	assert_true(len > 0);
	f.l4 = (struct mc_span){ buf, (size_t)len };
	assert_int_equal(mc_gm_parse(&gm, &f, NULL), 0);
	for (unsigned i = 0; i < 6; i++) {
		f.src_mac.bytes[5] = (uint8_t)(i / 2);
		assert_int_equal(mc_router_message(world.r, IF, (mc_nsec){ world.now }, &f, &gm),
				 0);
	}
	assert_int_equal(hosts()->n, 3);
	assert_int_equal(hosts()->h[2].mac.bytes[5], 2);
	close_world();
}

/* ---- older hosts: RFC 9776 7.3.2, RFC 9777 8.3.2 ---- */

static uint8_t seen_version;

static void note_version(void *data, const struct mc_router_group *g)
{
	(void)data;
	seen_version = g->version;
}

static uint8_t compatibility(void)
{
	seen_version = 0;
	assert_int_equal(mc_router_groups(world.r, note_version, NULL), 0);
	return seen_version;
}

static void test_v2_hosts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		uint8_t old = i ? 1 : 2, new = i ? 2 : 3;

		open_world(i ? MC_IPV6 : MC_IPV4, new);
		record(1, MC_REC_TO_EX, "");
		assert_int_equal(compatibility(), new);
		older(2, MC_GM_REPORT, old);
		assert_int_equal(compatibility(), old);
		forget();
		record(1, MC_REC_BLOCK, "A"); /* ignored */
		assert_int_equal(stats().counts.dropped[MC_ROUTER_IGNORED], 1);
		record(1, MC_REC_TO_EX, "A"); /* as TO_EX() */
		assert_string_equal(state_text(), "EX/270");
		assert_string_equal(world.queries, "");
		record(1, MC_REC_IS_EX, "A"); /* current state is believed */
		assert_string_equal(state_text(), "EX/270 A:270");
		forget();
		older(2, MC_GM_LEAVE, old); /* as TO_IN() */
		assert_string_equal(world.queries, "0.0 Q(G,A); 0.0 Q(G); ");
		assert_int_equal(world.last.version, new); /* it queries as before */
		record(1, MC_REC_IS_EX, "");
		pass(259 * SEC);
		record(1, MC_REC_IS_EX, "");
		assert_int_equal(compatibility(), old);
		pass_beyond(SEC);
		assert_int_equal(compatibility(), new);
		forget();
		record(1, MC_REC_BLOCK, "A");
		assert_string_equal(world.queries, "260.0 Q(G,A); ");
		close_world();
	}
}

static void test_v1_hosts(void **state)
{
	(void)state;
	open_world(MC_IPV4, 3);
	older(2, MC_GM_REPORT, 1);
	older(3, MC_GM_REPORT, 2);
	assert_int_equal(compatibility(), 1);
	forget();
	older(3, MC_GM_LEAVE, 2); /* ignored by the group, but the host has left */
	record(3, MC_REC_TO_IN, "");
	record(3, MC_REC_TO_IN, "A");
	record(3, MC_REC_BLOCK, "A");
	assert_string_equal(world.queries, "");
	assert_string_equal(state_text(), "EX/270");
	assert_int_equal(stats().counts.dropped[MC_ROUTER_IGNORED], 4);
	assert_int_equal(world.n_events[MC_ROUTER_MEMBER_LEFT], 2);
	pass(200 * SEC);
	older(3, MC_GM_REPORT, 2);
	pass_beyond(60 * SEC);
	assert_int_equal(compatibility(), 2);
	older(3, MC_GM_LEAVE, 2);
	assert_string_equal(world.queries + strlen(world.queries) - 12, "260.0 Q(G); ");
	close_world();
}

/* A router of IGMPv1 knows no leaves and asks about no group. */
static void test_v1_router(void **state)
{
	(void)state;
	open_world(MC_IPV4, 1);
	older(2, MC_GM_REPORT, 1);
	older(3, MC_GM_REPORT, 2);
	record(4, MC_REC_TO_EX, "");
	forget();
	older(3, MC_GM_LEAVE, 2);
	record(4, MC_REC_TO_IN, "");
	assert_string_equal(world.queries, "");
	assert_string_equal(state_text(), "EX/260");
	record(5, MC_REC_TO_IN, "A");
	assert_int_equal(hosts()->n, 2);
	close_world();
	open_world(MC_IPV4, 1);
	record(5, MC_REC_TO_IN, "A"); /* of nothing */
	assert_string_equal(state_text(), "");
	assert_int_equal(stats().counts.dropped[MC_ROUTER_IGNORED], 1);
	close_world();
}

/* ---- what routers drop ---- */

static void expect_drop(enum mc_router_drop why)
{
	assert_int_equal(world.dropped, why);
	assert_int_equal(stats().counts.dropped[why], 1);
	assert_int_equal(iface().counts.dropped[why], 1);
	assert_int_equal(stats().groups, 0);
	assert_string_not_equal(mc_router_drop_name(why), "unknown");
}

static void test_dropped_igmp(void **state)
{
	struct mc_addr from = addr("224.1.1.1"), g;
	struct mc_gm_spec s;

	(void)state;
	open_world(MC_IPV4, 3);
	world.bad_checksum = true;
	record(1, MC_REC_TO_EX, "");
	expect_drop(MC_ROUTER_BAD_CHECKSUM);
	world.bad_checksum = false;
	s = (struct mc_gm_spec){ .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 2 };
	s.group = group(G);
	hear(&from, &s);
	expect_drop(MC_ROUTER_BAD_SOURCE);
	world.ttl = 64; /* a rule for those who send */
	g = addr("224.0.0.1");
	record_for(1, &g, MC_REC_TO_EX, "");
	assert_int_equal(stats().counts.dropped[MC_ROUTER_BAD_GROUP], 1);
	g = addr("224.0.0.251"); /* of the link, reported as any other */
	record_for(1, &g, MC_REC_TO_EX, "");
	assert_int_equal(stats().groups, 1);
	assert_int_equal(stats().counts.records, 2);
	close_world();
}

static void test_dropped_mld(void **state)
{
	struct mc_addr from, g;
	struct mc_gm_spec s;

	(void)state;
	open_world(MC_IPV6, 2);
	world.ttl = 2;
	record(1, MC_REC_TO_EX, "");
	expect_drop(MC_ROUTER_HOP_LIMIT);
	world.ttl = 1;
	world.no_router_alert = true;
	record(1, MC_REC_TO_EX, "");
	expect_drop(MC_ROUTER_NO_ROUTER_ALERT);
	world.no_router_alert = false;
	from = mc_addr_unspecified(MC_IPV6);
	s = (struct mc_gm_spec){ .kind = MC_GM_REPORT, .family = MC_IPV6, .version = 1 };
	s.group = group(G);
	hear(&from, &s);
	expect_drop(MC_ROUTER_NOT_LINK_LOCAL);
	from = addr("2001:db8::9");
	s = query_spec(2);
	hear(&from, &s);
	assert_int_equal(stats().counts.dropped[MC_ROUTER_NOT_LINK_LOCAL], 2);
	for (unsigned i = 0; i < 4; i++) {
		static const char *const never[] = { "ff02::1", "ff01::5", "ff00::5", "ff11::5" };

		g = addr(never[i]);
		record_for(1, &g, MC_REC_TO_EX, "");
	}
	assert_int_equal(stats().counts.dropped[MC_ROUTER_BAD_GROUP], 4);
	g = addr("ff02::1:ff00:1");
	record_for(1, &g, MC_REC_TO_EX, "");
	assert_int_equal(stats().groups, 1);
	close_world();
}

static void test_router_alert_required(void **state)
{
	struct mc_router_iface_opts o;

	(void)state;
	open_empty(MC_IPV4, 3, 0);
	o = iface_opts();
	o.require_router_alert = true;
	add_iface(&o);
	world.no_router_alert = true;
	record(1, MC_REC_TO_EX, "");
	expect_drop(MC_ROUTER_NO_ROUTER_ALERT);
	older(1, MC_GM_REPORT, 1); /* IGMPv1 has none */
	assert_int_equal(stats().groups, 1);
	close_world();
}

/* Unknown records are passed over, the others of the report count. */
static void test_records(void **state)
{
	struct mc_gm_record_spec recs[3] = { { .type = 7 },
					     { .type = MC_REC_TO_EX },
					     { .type = 9 } };
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 3 };
	struct mc_addr from;

	(void)state;
	open_world(MC_IPV4, 3);
	for (unsigned i = 0; i < 3; i++)
		recs[i].group = group(i + 1);
	s.records = recs;
	s.n_records = 3;
	from = host(1);
	hear(&from, &s);
	assert_int_equal(world.dropped, MC_ROUTER_TAKEN);
	assert_int_equal(stats().groups, 1);
	assert_int_equal(stats().counts.dropped[MC_ROUTER_UNKNOWN_RECORD], 2);
	assert_int_equal(stats().counts.records, 3);
	assert_int_equal(stats().counts.reports, 1);
	close_world();
}

/* RFC 9776 6.4: groups of the SSM block are wanted with sources. */
static void test_ssm(void **state)
{
	static const char *const groups[] = { "232.1.1.1", "ff3e::8000:1" };
	struct mc_router_iface_opts o;
	struct mc_gm_spec s;
	struct mc_addr from, g;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		open_world(i ? MC_IPV6 : MC_IPV4, i ? 2 : 3);
		g = addr(groups[i]);
		record_for(1, &g, MC_REC_TO_EX, "");
		record_for(1, &g, MC_REC_IS_EX, "A");
		s = (struct mc_gm_spec){ .kind = MC_GM_REPORT, .version = i ? 1 : 2, .group = g };
		s.family = world.family;
		from = host(1);
		hear(&from, &s);
		assert_int_equal(stats().counts.dropped[MC_ROUTER_SSM_GROUP], 3);
		assert_int_equal(stats().groups, 0);
		record_for(1, &g, MC_REC_ALLOW, "A");
		record_for(1, &g, MC_REC_TO_EX, "");
		assert_int_equal(stats().counts.dropped[MC_ROUTER_SSM_GROUP], 4);
		assert_string_equal(state_text(), "IN A:270");
		close_world();
		open_empty(world.family, world.version, 0);
		o = iface_opts();
		o.ssm_any_source = true;
		add_iface(&o);
		record_for(1, &g, MC_REC_TO_EX, "");
		assert_string_equal(state_text(), "EX/270");
		close_world();
	}
}

static void test_unreadable_and_elsewhere(void **state)
{
	struct mc_frame f = { 0 };

	(void)state;
	open_world(MC_IPV4, 3);
	f.src = host(1);
	assert_int_equal(mc_router_message(world.r, IF, (mc_nsec){ world.now }, &f, NULL),
			 MC_ROUTER_UNREADABLE);
	assert_int_equal(mc_router_message(world.r, IF + 1, (mc_nsec){ world.now }, &f, NULL),
			 MC_ROUTER_NO_IFACE);
	assert_int_equal(stats().counts.dropped[MC_ROUTER_UNREADABLE], 1);
	assert_int_equal(stats().counts.dropped[MC_ROUTER_NO_IFACE], 1);
	close_world();
}

/* Longer than 32 bits of milliseconds. */
static void test_a_member_for_months(void **state)
{
	enum { DAYS = 60 };
	int64_t joined;

	(void)state;
	open_world(MC_IPV4, 3);
	pass(3 * SEC);
	joined = world.now;
	for (int64_t t = 0; t <= DAYS * 86400 * SEC; t += 250 * SEC) {
		record(1, MC_REC_IS_EX, "");
		forget();
		pass(250 * SEC);
	}
	assert_int_equal(hosts()->n, 1);
	assert_true(hosts()->h[0].first_seen.ns <= joined);
	assert_true(hosts()->h[0].first_seen.ns > joined - SEC / 100);
	close_world();
}

/* As when the machine slept: who was heard before is long gone, also after as long as
 * the ticks take to begin again. */
static void test_a_pause_of_months(void **state)
{
	const int64_t again = INT64_C(1) << (32 + WHEEL_TICK_LOG);

	(void)state;
	for (int64_t pause = again / 8 + 10 * SEC; pause < 4 * again; pause += again / 8) {
		open_world(MC_IPV6, 2);
		record(1, MC_REC_IS_EX, "");
		pass(100 * SEC);
		record(2, MC_REC_IS_EX, "");
		world.now += pause;
		record(3, MC_REC_IS_EX, "");
		assert_int_equal(hosts()->n, 1);
		assert_int_equal(hosts()->h[0].mac.bytes[5], 3);
		router_check(world.r);
		close_world();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_host),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_response_delay),
		cmocka_unit_test(test_without_address),
		cmocka_unit_test(test_v2_hosts),
		cmocka_unit_test(test_v1_hosts),
		cmocka_unit_test(test_v1_router),
		cmocka_unit_test(test_dropped_igmp),
		cmocka_unit_test(test_dropped_mld),
		cmocka_unit_test(test_router_alert_required),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_ssm),
		cmocka_unit_test(test_unreadable_and_elsewhere),
		cmocka_unit_test(test_a_member_for_months),
		cmocka_unit_test(test_a_pause_of_months),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
