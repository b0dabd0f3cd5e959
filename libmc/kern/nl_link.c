/* nl_link.c - rtnetlink: interfaces, their counters and addresses, memberships */
#include "kern/nlread.h"

#include <net/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define ATTR_ALLMULTI 61 /* IFLA_ALLMULTI, Linux 6.0 */

int nl_read_group(struct mc_membership_event *out, const struct nl_msg *m)
{
	struct mc_span rest = m->body;
	struct ifaddrmsg head;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (m->type != NL_NEWMULTICAST && m->type != NL_DELMULTICAST && m->type != RTM_GETMULTICAST)
		return 0;
	if (!nl_head(&head, sizeof(head), &rest))
		return 0;
	while (nl_attr_next(&a, &rest))
		if (a.type == IFA_MULTICAST)
			out->group = nl_addr(&a);
	if (!mc_addr_is_multicast(&out->group)) {
		memset(out, 0, sizeof(*out));
		return 0;
	}
	out->ifindex = head.ifa_index;
	out->joined = m->type != NL_DELMULTICAST;
	return 1;
}

static void take_stats(struct mc_ifstat *out, const struct nl_attr *a)
{
	struct rtnl_link_stats64 s = { 0 };

	memcpy(&s, a->body.p, a->body.len < sizeof(s) ? a->body.len : sizeof(s));
	out->rx_packets = s.rx_packets;
	out->rx_bytes = s.rx_bytes;
	out->tx_packets = s.tx_packets;
	out->tx_bytes = s.tx_bytes;
	out->rx_multicast = s.multicast;
	out->rx_dropped = s.rx_dropped;
	out->tx_dropped = s.tx_dropped;
	out->rx_errors = s.rx_errors;
	out->tx_errors = s.tx_errors;
	out->rx_missed = s.rx_missed_errors;
}

static void take_kind(struct mc_ifstat *out, struct mc_span info)
{
	struct nl_attr a;

	while (nl_attr_next(&a, &info))
		if (a.type == IFLA_INFO_KIND)
			nl_text(out->kind, sizeof(out->kind), &a);
}

static void take_link_attr(struct mc_ifstat *out, const struct nl_attr *a)
{
	switch (a->type) {
	case IFLA_IFNAME:
		nl_text(out->iface.name, sizeof(out->iface.name), a);
		break;
	case IFLA_ADDRESS:
		out->has_mac = a->body.len == sizeof(out->mac);
		if (out->has_mac)
			memcpy(&out->mac, a->body.p, sizeof(out->mac));
		break;
	case IFLA_MTU:
		out->iface.mtu = (unsigned)nl_uint(a);
		break;
	case IFLA_MASTER:
		out->master = (unsigned)nl_uint(a);
		break;
	case IFLA_PROMISCUITY: /* the flags show what ip(8) set, these all users */
		out->promiscuous |= nl_uint(a) > 0;
		break;
	case ATTR_ALLMULTI:
		out->allmulti |= nl_uint(a) > 0;
		break;
	case IFLA_STATS64:
		take_stats(out, a);
		break;
	case IFLA_LINKINFO:
		take_kind(out, a->body);
		break;
	default:
		break;
	}
}

int nl_read_link(struct mc_ifstat *out, const struct nl_msg *m)
{
	struct mc_span rest = m->body;
	struct ifinfomsg head;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (m->type != RTM_NEWLINK || !nl_head(&head, sizeof(head), &rest) ||
	    head.ifi_family != AF_UNSPEC)
		return 0;
	out->iface.index = (unsigned)head.ifi_index;
	out->iface.up = head.ifi_flags & IFF_UP;
	out->iface.running = head.ifi_flags & IFF_RUNNING;
	out->iface.multicast = head.ifi_flags & IFF_MULTICAST;
	out->iface.loopback = head.ifi_flags & IFF_LOOPBACK;
	out->allmulti = head.ifi_flags & IFF_ALLMULTI;
	out->promiscuous = head.ifi_flags & IFF_PROMISC;
	while (nl_attr_next(&a, &rest))
		take_link_attr(out, &a);
	return 1;
}

/* IFA_LOCAL is the own address; IFA_ADDRESS the peer's on point-to-point links,
 * and the own one where there is no IFA_LOCAL. */
int nl_read_address(unsigned *ifindex, struct mc_addr *out, const struct nl_msg *m)
{
	struct mc_addr local = { 0 };
	struct mc_span rest = m->body;
	struct ifaddrmsg head;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	*ifindex = 0;
	if (m->type != RTM_NEWADDR || !nl_head(&head, sizeof(head), &rest))
		return 0;
	while (nl_attr_next(&a, &rest)) {
		if (a.type == IFA_LOCAL)
			local = nl_addr(&a);
		else if (a.type == IFA_ADDRESS)
			*out = nl_addr(&a);
	}
	if (local.family != MC_ANY)
		*out = local;
	*ifindex = head.ifa_index;
	return out->family != MC_ANY;
}
