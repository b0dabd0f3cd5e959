/* test_nlread.c - rtnetlink and sock_diag messages, recorded in a lab */
#include "kern/nlread.h"
#include "kern_sample.h"

/* The n-th message of a sample, which stays until the next one. */
static struct nl_msg message(const char *name, int n)
{
	struct mc_span s = sample(name);
	struct nl_msg m = { .type = 0 };

	do
		assert_int_equal(nl_msg_next(&m, &s), 1);
	while (n-- > 0);
	return m;
}

static void groups_of_both_families(void **state)
{
	static const char *const want4[] = { "224.0.0.1", "239.1.1.9", "239.1.1.2",
					     "232.1.1.1", "239.1.1.1", "224.0.0.1" };
	struct mc_membership_event ev;
	struct nl_msg m;

	(void)state;
	for (int i = 0; i < 6; i++) {
		m = message("netlink/groups4", i);
		assert_int_equal(nl_read_group(&ev, &m), 1);
		assert_addr(&ev.group, want4[i]);
		assert_int_equal(ev.ifindex, i ? 2 : 1);
		assert_true(ev.joined);
	}
	m = message("netlink/groups6", 2);
	assert_int_equal(nl_read_group(&ev, &m), 1);
	assert_addr(&ev.group, "ff3e::1");
	m.type = NL_DELMULTICAST;
	assert_int_equal(nl_read_group(&ev, &m), 1);
	assert_false(ev.joined);
	m = message("netlink/addresses", 0);
	assert_int_equal(nl_read_group(&ev, &m), 0);
}

static void an_interface(void **state)
{
	struct nl_msg m = message("netlink/interface", 0);
	struct mc_bridge bridge;
	struct mc_ifstat i;
	char mac[MC_MAC_TEXT];

	(void)state;
	assert_int_equal(nl_read_link(&i, &m), 1);
	assert_string_equal(i.iface.name, "eth0");
	assert_string_equal(i.kind, "veth");
	assert_int_equal(i.iface.index, 2);
	assert_int_equal(i.iface.mtu, 1500);
	assert_true(i.iface.up && i.iface.running && i.iface.multicast && !i.iface.loopback);
	assert_true(!i.allmulti && !i.promiscuous && i.has_mac && i.master == 0);
	assert_string_equal(mc_mac_format(&i.mac, mac), "02:00:00:00:00:01");
	assert_true(i.rx_packets > 0 && i.tx_packets > 0 && i.rx_bytes > i.rx_packets);
	assert_int_equal(nl_read_bridge(&bridge, &m), 0);
}

static void addresses(void **state)
{
	static const char *const want[] = { "127.0.0.1", "10.0.0.1", "::1", "fd00::1", "fe80::1" };
	struct mc_addr a;
	unsigned ifindex;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct nl_msg m = message("netlink/addresses", i);
		bool seen = false;

		assert_int_equal(nl_read_address(&ifindex, &a, &m), 1);
		for (int k = 0; k < 5; k++) {
			struct mc_addr w = addr(want[k]);

			seen |= mc_addr_cmp(&a, &w) == 0 && ifindex == (k % 2 || k == 4 ? 2u : 1u);
		}
		assert_true(seen);
	}
}

/* As the lab sets it: a query each second, answers within 0.2 s. */
static void a_bridge_and_its_port(void **state)
{
	struct nl_msg m = message("netlink/bridge", 0);
	struct mc_bridge_port p;
	struct mc_bridge b;

	(void)state;
	assert_int_equal(nl_read_port(&p, &m), 0);
	assert_int_equal(nl_read_bridge(&b, &m), 1);
	assert_string_equal(b.ifname, "br0");
	assert_true(b.up && b.snooping && b.querier && b.use_ifaddr && !b.vlan_snooping);
	assert_int_equal(b.igmp_version, 3);
	assert_int_equal(b.mld_version, 2);
	assert_int_equal(b.hash_max, 4096);
	assert_int_equal(b.router, MC_ROUTER_AUTO);
	assert_int_equal(b.query_interval.ns, 1000000000);
	assert_int_equal(b.query_response_interval.ns, 200000000);
	assert_int_equal(b.last_member_interval.ns, 200000000);
	assert_int_equal(b.membership_interval.ns, 2200000000);
	assert_true(b.querier4.known && b.querier4.port == 0);
	assert_addr(&b.querier4.addr, "10.0.0.254");
	assert_addr(&b.querier6.addr, "fe80::254");
	m = message("netlink/port", 0);
	assert_int_equal(nl_read_bridge(&b, &m), 0);
	assert_int_equal(nl_read_port(&p, &m), 1);
	assert_string_equal(p.ifname, "p2");
	assert_int_equal(p.bridge, 2);
	assert_true(p.forwarding && p.flood && !p.fast_leave && !p.to_unicast);
	assert_int_equal(p.router, MC_ROUTER_PERMANENT);
}

static const struct mc_mdb_entry *find_entry(struct mc_mdb_entry *e, struct mc_span *sources,
					     unsigned port, const char *group, const char *source)
{
	struct nl_msg m = message("netlink/mdb", 0);
	struct mc_addr g = addr(group), s = { 0 };
	struct nl_mdb in;

	if (source)
		s = addr(source);
	assert_int_equal(nl_read_mdb(&in, &m), 1);
	while (nl_mdb_next(e, sources, &in))
		if (e->port == port && mc_addr_cmp(&e->group, &g) == 0 &&
		    mc_addr_cmp(&e->source, &s) == 0)
			return e;
	return NULL;
}

static void the_multicast_database(void **state)
{
	struct mc_mdb_source src;
	struct mc_span sources;
	struct mc_mdb_entry e;

	(void)state;
	assert_non_null(find_entry(&e, &sources, 3, "239.1.1.1", NULL));
	assert_true(e.bridge == 2 && e.has_mode && e.mode == MC_EXCLUDE && !e.permanent);
	assert_true(e.n_sources == 0 && e.timer.ns > 0);
	assert_non_null(find_entry(&e, &sources, 3, "232.1.1.1", NULL));
	assert_true(e.mode == MC_INCLUDE && e.n_sources == 1 && e.timer.ns == 0);
	assert_int_equal(nl_mdb_source_next(&src, &sources), 1);
	assert_addr(&src.addr, "10.0.0.2");
	assert_true(src.timer.ns > 0);
	assert_int_equal(nl_mdb_source_next(&src, &sources), 0);
	assert_non_null(find_entry(&e, &sources, 3, "239.1.1.2", NULL));
	assert_true(e.mode == MC_EXCLUDE && e.n_sources == 1);
	assert_int_equal(nl_mdb_source_next(&src, &sources), 1);
	assert_addr(&src.addr, "10.0.0.9");
	assert_int_equal(src.timer.ns, 0);
	assert_non_null(find_entry(&e, &sources, 3, "239.1.1.2", "10.0.0.9"));
	assert_true(e.blocked);
	assert_non_null(find_entry(&e, &sources, 4, "232.1.1.1", "10.0.0.3"));
	assert_non_null(find_entry(&e, &sources, 3, "ff3e::1", "fd00::2"));
	assert_non_null(find_entry(&e, &sources, 2, "ff02::6a", NULL));
	assert_false(e.has_mode);
	assert_null(find_entry(&e, &sources, 4, "239.1.1.2", NULL));
}

static void router_ports(void **state)
{
	struct nl_msg m = message("netlink/mdb", 0);
	struct mc_bridge_port p;
	struct nl_mdb in;

	(void)state;
	assert_int_equal(nl_read_mdb(&in, &m), 1);
	assert_int_equal(nl_router_next(&p, &in), 1);
	assert_true(p.bridge == 2 && p.ifindex == 4 && p.is_router && p.router_timer.ns == 0);
	assert_int_equal(nl_router_next(&p, &in), 0);
}

static void multicast_routes(void **state)
{
	struct nl_msg m = message("netlink/routes4", 0);
	struct mc_mroute_oif oif;
	struct mc_span hops;
	struct mc_mroute r;

	(void)state;
	assert_int_equal(nl_read_route(&r, &hops, &m), 1);
	assert_addr(&r.group, "239.1.1.1");
	assert_addr(&r.source, "0.0.0.0");
	assert_true(r.resolved && r.packets == 5 && r.bytes == 145 && r.wrong_if == 2);
	assert_int_equal(r.n_oifs, 2);
	assert_int_equal(nl_hop_next(&oif, &hops), 1);
	assert_int_equal(oif.ifindex, r.iif);
	assert_int_equal(oif.ttl, 1);
	assert_int_equal(nl_hop_next(&oif, &hops), 1);
	assert_int_equal(nl_hop_next(&oif, &hops), 0);
	m = message("netlink/routes4", 1);
	assert_int_equal(nl_read_route(&r, &hops, &m), 1);
	assert_addr(&r.source, "10.0.1.1");
	assert_int_equal(r.n_oifs, 1);
	m = message("netlink/routes6", 0);
	assert_int_equal(nl_read_route(&r, &hops, &m), 1);
	assert_addr(&r.group, "ff1e::1");
	assert_int_equal(r.packets, 2);
}

static void sockets(void **state)
{
	struct nl_msg m = message("netlink/sockets4", 0);
	struct mc_socket s;
	uint32_t optmem;

	(void)state;
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 1);
	assert_true(s.family == MC_IPV4 && s.counted && s.inode > 0);
	assert_true(s.port >= 5001 && s.port <= 5005);
	assert_int_equal(s.rcvbuf_bytes, 8388608);
	assert_true(optmem >= 48 && optmem != UINT32_MAX); /* at least one membership */
	m = message("netlink/sockets6", 0);
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 1);
	assert_true(s.family == MC_IPV6 && (s.port == 5003 || s.port == 5004));
}

/* A header cut short, and a length beyond what is there. */
static void cut_messages(void **state)
{
	static const char *const names[] = { "netlink/mdb", "netlink/bridge", "netlink/routes4",
					     "netlink/sockets4" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct mc_span all = sample(names[i]), part;
		struct nl_msg m;

		for (size_t n = 0; n < 16; n++) {
			part = (struct mc_span){ all.p, n };
			assert_int_equal(nl_msg_next(&m, &part), 0);
		}
		part = (struct mc_span){ all.p, 20 };
		assert_int_equal(nl_msg_next(&m, &part), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_of_both_families),
		cmocka_unit_test(an_interface),
		cmocka_unit_test(addresses),
		cmocka_unit_test(a_bridge_and_its_port),
		cmocka_unit_test(the_multicast_database),
		cmocka_unit_test(router_ports),
		cmocka_unit_test(multicast_routes),
		cmocka_unit_test(sockets),
		cmocka_unit_test(cut_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
