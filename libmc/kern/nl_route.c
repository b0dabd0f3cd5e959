/* nl_route.c - rtnetlink: multicast routes */
#include "kern/nlread.h"

#include <sys/socket.h>
#include <linux/rtnetlink.h>

static void take_stats(struct mc_mroute *out, const struct nl_attr *a)
{
	struct rta_mfc_stats s = { 0 };

	memcpy(&s, a->body.p, a->body.len < sizeof(s) ? a->body.len : sizeof(s));
	out->packets = s.mfcs_packets;
	out->bytes = s.mfcs_bytes;
	out->wrong_if = s.mfcs_wrong_if;
}

static void take_hops(struct mc_mroute *out, struct mc_span *hops, struct mc_span list)
{
	struct mc_mroute_oif oif;

	*hops = list;
	out->n_oifs = 0;
	while (nl_hop_next(&oif, &list))
		out->n_oifs++;
}

static void take_attr(struct mc_mroute *out, struct mc_span *hops, const struct nl_attr *a)
{
	switch (a->type) {
	case RTA_DST:
		out->group = nl_addr(a);
		break;
	case RTA_SRC:
		out->source = nl_addr(a);
		break;
	case RTA_IIF:
		out->iif = (unsigned)nl_uint(a);
		break;
	case RTA_TABLE:
		out->table = (uint32_t)nl_uint(a);
		break;
	case RTA_EXPIRES:
		out->last_used = nl_ticks(a);
		break;
	case RTA_MFC_STATS:
		take_stats(out, a);
		break;
	case RTA_MULTIPATH:
		take_hops(out, hops, a->body);
		break;
	default:
		break;
	}
}

int nl_read_route(struct mc_mroute *out, struct mc_span *hops, const struct nl_msg *m)
{
	struct mc_span rest = m->body;
	struct nl_attr a;
	struct rtmsg head;

	memset(out, 0, sizeof(*out));
	*hops = (struct mc_span){ 0 };
	if (m->type != RTM_NEWROUTE || !nl_head(&head, sizeof(head), &rest) ||
	    (head.rtm_family != RTNL_FAMILY_IPMR && head.rtm_family != RTNL_FAMILY_IP6MR))
		return 0;
	out->group = out->source =
		mc_addr_unspecified(head.rtm_family == RTNL_FAMILY_IPMR ? MC_IPV4 : MC_IPV6);
	out->table = head.rtm_table;
	out->resolved = !(head.rtm_flags & RTNH_F_UNRESOLVED);
	out->offloaded = head.rtm_flags & RTNH_F_OFFLOAD;
	while (nl_attr_next(&a, &rest))
		take_attr(out, hops, &a);
	return 1;
}

int nl_hop_next(struct mc_mroute_oif *out, struct mc_span *hops)
{
	struct rtnexthop h;

	memset(out, 0, sizeof(*out));
	if (hops->len < sizeof(h))
		return 0;
	memcpy(&h, hops->p, sizeof(h));
	if (h.rtnh_len < sizeof(h) || h.rtnh_len > hops->len)
		return 0;
	nl_skip(hops, RTNH_ALIGN((size_t)h.rtnh_len));
	out->ifindex = (unsigned)h.rtnh_ifindex;
	out->ttl = h.rtnh_hops;
	return 1;
}
