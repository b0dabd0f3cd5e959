/* fuzz_netlink.c - any bytes as messages of rtnetlink and sock_diag */
#include "kern/nlread.h"

#include <stdlib.h>

#include "input.h"

static void read_mdb(const struct nl_msg *m)
{
	struct mc_bridge_port port;
	struct mc_mdb_source source;
	struct mc_mdb_entry entry;
	struct mc_span sources;
	struct nl_mdb in;
	unsigned n;

	if (!nl_read_mdb(&in, m))
		return;
	while (nl_mdb_next(&entry, &sources, &in)) {
		for (n = 0; nl_mdb_source_next(&source, &sources); n++)
			;
		require(n == entry.n_sources);
		require(entry.timer.ns >= 0);
	}
	while (nl_router_next(&port, &in))
		require(port.is_router);
}

static void read_route(const struct nl_msg *m)
{
	struct mc_mroute_oif oif;
	struct mc_mroute route;
	struct mc_span hops;
	unsigned n;

	if (!nl_read_route(&route, &hops, m))
		return;
	for (n = 0; nl_hop_next(&oif, &hops); n++)
		;
	require(n == route.n_oifs);
}

static void read_links(const struct nl_msg *m)
{
	struct mc_bridge_port port;
	struct mc_bridge bridge;
	struct mc_ifstat link;
	struct mc_addr a;
	unsigned ifindex;

	if (nl_read_link(&link, m))
		require(!link.iface.name[MC_IFNAME - 1] && !link.kind[sizeof(link.kind) - 1]);
	if (nl_read_bridge(&bridge, m))
		require(!bridge.ifname[MC_IFNAME - 1] && bridge.router <= MC_ROUTER_TEMPORARY);
	if (nl_read_port(&port, m))
		require(!port.ifname[MC_IFNAME - 1] && port.bridge);
	if (nl_read_address(&ifindex, &a, m))
		require(a.family != MC_ANY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mc_span all = { data, size };
	struct mc_membership_event ev;
	struct mc_socket sock;
	uint32_t optmem;
	struct nl_msg m;

	while (nl_msg_next(&m, &all)) {
		require(m.body.p + m.body.len <= data + size);
		if (nl_read_group(&ev, &m))
			require(mc_addr_is_multicast(&ev.group));
		if (nl_read_socket(&sock, &optmem, &m))
			require(sock.family == MC_IPV4 || sock.family == MC_IPV6);
		read_links(&m);
		read_mdb(&m);
		read_route(&m);
	}
	return 0;
}
