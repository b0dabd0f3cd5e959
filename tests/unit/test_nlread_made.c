/* test_nlread_made.c - netlink messages put together here, in this machine's byte order
 *
 * Beside the recorded ones: what that lab did not show, messages about something else,
 * and numbers of widths that no kernel sent so far. */
#include "kern/nlread.h"
#include "kern_sample.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

static struct {
	uint8_t bytes[1024];
	size_t len;
} made;

static void put(const void *p, size_t len)
{
	assert_true(made.len + len + NLA_ALIGNTO <= sizeof(made.bytes));
	memcpy(made.bytes + made.len, p, len);
	made.len += len;
	while (made.len % NLA_ALIGNTO)
		made.bytes[made.len++] = 0;
}

static void begin(const void *head, size_t len)
{
	made.len = 0;
	put(head, len);
}

static void attr(unsigned type, const void *p, size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(sizeof(a) + len), .nla_type = (uint16_t)type };

	put(&a, sizeof(a));
	put(p, len);
}

static void attr_u32(unsigned type, uint32_t value)
{
	attr(type, &value, sizeof(value));
}

static void attr_u8(unsigned type, uint8_t value)
{
	attr(type, &value, sizeof(value));
}

static void attr_text(unsigned type, const char *text)
{
	attr(type, text, strlen(text) + 1);
}

static void attr_addr(unsigned type, const char *text)
{
	struct mc_addr a = addr(text);

	attr(type, a.bytes, a.family == MC_IPV4 ? 4 : 16);
}

/* nest, attributes, close: an attribute of attributes. */
static size_t nest(unsigned type)
{
	size_t at = made.len;

	attr(type | NLA_F_NESTED, "", 0);
	return at;
}

static void close_nest(size_t at)
{
	uint16_t len = (uint16_t)(made.len - at);

	memcpy(made.bytes + at, &len, sizeof(len));
}

static struct nl_msg made_msg(uint16_t type)
{
	return (struct nl_msg){ .type = type, .body = { made.bytes, made.len } };
}

static void begin_link(int index)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC,
				  .ifi_index = index,
				  .ifi_flags = IFF_UP | IFF_RUNNING };

	begin(&head, sizeof(head));
}

/* Another bridge is the querier, seen on a port; its timers run. */
static void a_bridge_that_hears_a_querier(void **state)
{
	uint32_t bools[2] = { 1 << 1, 1 << 1 };
	uint64_t ticks = 12000; /* 120 s in hundredths */
	size_t info, data, q;
	struct mc_bridge b;
	struct nl_msg m;

	(void)state;
	begin_link(5);
	attr_text(IFLA_IFNAME, "br7");
	info = nest(IFLA_LINKINFO);
	attr_text(IFLA_INFO_KIND, "bridge");
	data = nest(IFLA_INFO_DATA);
	attr(46, bools, sizeof(bools)); /* IFLA_BR_MULTI_BOOLOPT: VLAN snooping */
	attr(IFLA_BR_MCAST_QUERIER_INTVL, &ticks, sizeof(ticks));
	q = nest(47); /* IFLA_BR_MCAST_QUERIER_STATE */
	attr_addr(1, "10.0.0.9");
	attr_u32(2, 8);
	attr(3, &ticks, sizeof(ticks));
	attr_addr(5, "fe80::9");
	attr_u32(6, 5); /* the bridge itself */
	attr(7, &ticks, sizeof(ticks));
	close_nest(q);
	close_nest(data);
	close_nest(info);
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_bridge(&b, &m), 1);
	assert_string_equal(b.ifname, "br7");
	assert_true(b.ifindex == 5 && b.up && b.vlan_snooping);
	assert_int_equal(b.querier_interval.ns, INT64_C(120000000000));
	assert_true(b.querier4.known && b.querier4.port == 8);
	assert_addr(&b.querier4.addr, "10.0.0.9");
	assert_int_equal(b.querier4.expires.ns, INT64_C(120000000000));
	assert_true(b.querier6.known && b.querier6.port == 0);
	assert_int_equal(b.querier6.expires.ns, INT64_C(120000000000));
	m.type = RTM_DELLINK;
	assert_int_equal(nl_read_bridge(&b, &m), 0);
	assert_int_equal(b.ifindex, 0);
}

static void a_port_with_everything_on(void **state)
{
	struct mc_bridge_port p;
	size_t info, data;
	struct nl_msg m;

	(void)state;
	begin_link(6);
	attr_text(IFLA_IFNAME, "p1");
	attr_u32(IFLA_MASTER, 5);
	info = nest(IFLA_LINKINFO);
	attr_text(IFLA_INFO_SLAVE_KIND, "bridge");
	data = nest(IFLA_INFO_SLAVE_DATA);
	attr_u8(IFLA_BRPORT_STATE, BR_STATE_BLOCKING);
	attr_u8(IFLA_BRPORT_FAST_LEAVE, 1);
	attr_u8(IFLA_BRPORT_MCAST_TO_UCAST, 1);
	attr_u8(IFLA_BRPORT_MULTICAST_ROUTER, MC_ROUTER_PERMANENT);
	close_nest(data);
	close_nest(info);
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_port(&p, &m), 1);
	assert_true(p.ifindex == 6 && p.bridge == 5);
	assert_true(!p.forwarding && p.fast_leave && p.to_unicast && !p.flood);
	assert_int_equal(p.router, MC_ROUTER_PERMANENT);
	begin_link(6); /* the same name and no master */
	attr_text(IFLA_IFNAME, "p1");
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_port(&p, &m), 0);
}

static void put_entry(const struct br_mdb_entry *e)
{
	size_t entry = nest(MDBA_MDB_ENTRY), info = made.len;

	attr(MDBA_MDB_ENTRY_INFO, e, sizeof(*e));
	close_nest(info);
	close_nest(entry);
}

/* An IPv6 group, one of layer 2, and what is no entry between them. */
static void a_database_of_all_kinds(void **state)
{
	static const uint8_t mac[6] = { 1, 0, 0x5e, 1, 2, 3 };
	struct br_port_msg head = { .ifindex = 5 };
	struct br_mdb_entry six = { .ifindex = 6, .state = MDB_PERMANENT, .vid = 20 };
	struct br_mdb_entry two = { .ifindex = 7, .flags = MDB_FLAGS_OFFLOAD };
	struct mc_addr g = addr("ff05::42");
	struct mc_span sources;
	struct mc_mdb_entry e;
	struct nl_mdb in;
	struct nl_msg m;
	size_t all;

	(void)state;
	memcpy(&six.addr.u.ip6, g.bytes, 16);
	six.addr.proto = htons(0x86dd);
	memcpy(two.addr.u.mac_addr, mac, sizeof(mac));
	begin(&head, sizeof(head));
	all = nest(MDBA_MDB);
	put_entry(&six);
	attr_u32(MDBA_MDB_ENTRY + 7, 1);
	put_entry(&two);
	close_nest(all);
	m = made_msg(RTM_DELMDB);
	assert_int_equal(nl_read_mdb(&in, &m), 1);
	assert_false(in.added);
	assert_int_equal(nl_mdb_next(&e, &sources, &in), 1);
	assert_addr(&e.group, "ff05::42");
	assert_true(e.bridge == 5 && e.port == 6 && e.vlan == 20 && e.permanent && !e.offloaded);
	assert_int_equal(nl_mdb_next(&e, &sources, &in), 1);
	assert_int_equal(e.group.family, MC_ANY);
	assert_memory_equal(&e.mac, mac, sizeof(mac));
	assert_true(e.port == 7 && e.offloaded && !e.permanent);
	assert_int_equal(nl_mdb_next(&e, &sources, &in), 0);
	m.type = RTM_NEWLINK;
	assert_int_equal(nl_read_mdb(&in, &m), 0);
	m = made_msg(RTM_NEWMDB);
	m.body.len = sizeof(head) - 1;
	assert_int_equal(nl_read_mdb(&in, &m), 0);
}

/* Router ports by family, each with a timer of its own. */
static void a_router_port_with_timers(void **state)
{
	struct br_port_msg head = { .ifindex = 5 };
	uint32_t port = 6, four = 500, six = 700;
	struct mc_bridge_port p;
	size_t all, entry;
	struct nl_mdb in;
	struct nl_msg m;

	(void)state;
	begin(&head, sizeof(head));
	all = nest(MDBA_ROUTER);
	attr_u32(MDBA_ROUTER_PORT + 9, 1);
	entry = nest(MDBA_ROUTER_PORT);
	put(&port, sizeof(port));
	attr(3, &four, sizeof(four)); /* MDBA_ROUTER_PATTR_INET_TIMER */
	attr(4, &six, sizeof(six));
	close_nest(entry);
	close_nest(all);
	m = made_msg(RTM_NEWMDB);
	assert_int_equal(nl_read_mdb(&in, &m), 1);
	assert_int_equal(nl_router_next(&p, &in), 1);
	assert_true(p.ifindex == 6 && p.bridge == 5 && p.router_timers);
	assert_int_equal(p.router_timer4.ns, INT64_C(5000000000));
	assert_int_equal(p.router_timer6.ns, INT64_C(7000000000));
	assert_int_equal(nl_router_next(&p, &in), 0);
}

/* A link of a bridge's family is not one; odd lengths are no values. */
static void links_with_oddities(void **state)
{
	struct ifinfomsg bridge = { .ifi_family = AF_BRIDGE, .ifi_index = 3 };
	uint64_t wide = 9000;
	struct mc_ifstat i;
	struct nl_msg m;

	(void)state;
	begin(&bridge, sizeof(bridge));
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_link(&i, &m), 0);
	begin_link(3);
	attr(IFLA_ADDRESS, "\1\2\3\4\5\6\7\10", 8); /* InfiniBand's are longer yet */
	attr(IFLA_MTU, &wide, sizeof(wide));
	attr_u32(IFLA_MASTER, 4);
	attr_u32(IFLA_PROMISCUITY, 2);
	attr_u32(61, 1); /* IFLA_ALLMULTI */
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_link(&i, &m), 1);
	assert_true(!i.has_mac && i.iface.mtu == 9000 && i.master == 4);
	assert_true(i.promiscuous && i.allmulti);
	begin_link(3);
	attr(IFLA_MTU, "\1\2\3", 3);
	attr(IFLA_MASTER, "\7\7", 2);
	m = made_msg(RTM_NEWLINK);
	assert_int_equal(nl_read_link(&i, &m), 1);
	assert_int_equal(i.iface.mtu, 0);
	assert_int_equal(i.master, 0x0707);
}

/* Neither a group nor an address: a unicast one, none, and one of three bytes. */
static void addresses_that_are_none(void **state)
{
	struct ifaddrmsg head = { .ifa_family = AF_INET, .ifa_index = 2 };
	struct mc_membership_event ev;
	struct mc_addr a;
	unsigned ifindex;
	struct nl_msg m;

	(void)state;
	begin(&head, sizeof(head));
	attr_addr(IFA_MULTICAST, "10.0.0.1");
	m = made_msg(NL_NEWMULTICAST);
	assert_int_equal(nl_read_group(&ev, &m), 0);
	assert_int_equal(ev.ifindex, 0);
	begin(&head, sizeof(head) - 4);
	m = made_msg(NL_NEWMULTICAST);
	assert_int_equal(nl_read_group(&ev, &m), 0);
	begin(&head, sizeof(head));
	attr(IFA_ADDRESS, "\12\0\0", 3);
	m = made_msg(RTM_NEWADDR);
	assert_int_equal(nl_read_address(&ifindex, &a, &m), 0);
	/* On a point-to-point link the peer has another one. */
	begin(&head, sizeof(head));
	attr_addr(IFA_ADDRESS, "10.0.0.2");
	attr_addr(IFA_LOCAL, "10.0.0.1");
	m = made_msg(RTM_NEWADDR);
	assert_int_equal(nl_read_address(&ifindex, &a, &m), 1);
	assert_addr(&a, "10.0.0.1");
	assert_int_equal(ifindex, 2);
}

/* A route not resolved yet has nowhere to go; a next hop that lies ends the list. */
static void routes_without_an_end(void **state)
{
	struct rtmsg head = { .rtm_family = RTNL_FAMILY_IPMR, .rtm_flags = RTNH_F_UNRESOLVED };
	struct rtnexthop hop = { .rtnh_len = sizeof(hop), .rtnh_hops = 3, .rtnh_ifindex = 9 };
	struct mc_mroute_oif oif;
	struct mc_span hops;
	struct mc_mroute r;
	struct nl_msg m;
	size_t list;

	(void)state;
	begin(&head, sizeof(head));
	attr_addr(RTA_DST, "239.1.1.1");
	attr_u32(RTA_TABLE, 1000);
	list = nest(RTA_MULTIPATH);
	put(&hop, sizeof(hop));
	hop.rtnh_len = 200;
	put(&hop, sizeof(hop));
	close_nest(list);
	m = made_msg(RTM_NEWROUTE);
	assert_int_equal(nl_read_route(&r, &hops, &m), 1);
	assert_true(!r.resolved && r.table == 1000 && r.n_oifs == 1);
	assert_int_equal(nl_hop_next(&oif, &hops), 1);
	assert_true(oif.ifindex == 9 && oif.ttl == 3);
	assert_int_equal(nl_hop_next(&oif, &hops), 0);
	head.rtm_family = AF_INET; /* a unicast route */
	begin(&head, sizeof(head));
	m = made_msg(RTM_NEWROUTE);
	assert_int_equal(nl_read_route(&r, &hops, &m), 0);
}

static void sockets_of_two_kinds(void **state)
{
	struct inet_diag_msg d = { .idiag_family = AF_INET6,
				   .idiag_inode = 77,
				   .idiag_uid = 1000,
				   .id = { .idiag_sport = htons(5000), .idiag_if = 4 } };
	uint32_t mem[SK_MEMINFO_VARS] = { [SK_MEMINFO_RMEM_ALLOC] = 10,
					  [SK_MEMINFO_RCVBUF] = 20,
					  [SK_MEMINFO_OPTMEM] = 96,
					  [SK_MEMINFO_DROPS] = 30 };
	struct mc_socket s;
	uint32_t optmem;
	struct nl_msg m;

	(void)state;
	begin(&d, sizeof(d));
	attr(INET_DIAG_SKMEMINFO, mem, sizeof(mem));
	m = made_msg(SOCK_DIAG_BY_FAMILY);
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 1);
	assert_true(s.family == MC_IPV6 && s.inode == 77 && s.uid == 1000 && s.ifindex == 4);
	assert_true(s.port == 5000 && s.counted && optmem == 96);
	assert_true(s.queued_bytes == 10 && s.rcvbuf_bytes == 20 && s.drops == 30);
	begin(&d, sizeof(d)); /* a kernel that counts less */
	attr(INET_DIAG_SKMEMINFO, mem, 2 * sizeof(mem[0]));
	m = made_msg(SOCK_DIAG_BY_FAMILY);
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 1);
	assert_true(!s.counted && optmem == UINT32_MAX);
	d.idiag_family = AF_UNIX;
	begin(&d, sizeof(d));
	m = made_msg(SOCK_DIAG_BY_FAMILY);
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 0);
	m.type = RTM_NEWLINK;
	assert_int_equal(nl_read_socket(&s, &optmem, &m), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bridge_that_hears_a_querier),
		cmocka_unit_test(a_port_with_everything_on),
		cmocka_unit_test(a_database_of_all_kinds),
		cmocka_unit_test(a_router_port_with_timers),
		cmocka_unit_test(links_with_oddities),
		cmocka_unit_test(addresses_that_are_none),
		cmocka_unit_test(routes_without_an_end),
		cmocka_unit_test(sockets_of_two_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
