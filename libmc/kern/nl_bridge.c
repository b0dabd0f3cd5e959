/* nl_bridge.c - rtnetlink: bridges, their ports and multicast databases */
#include "kern/nlread.h"

#include <net/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

/* Younger than the oldest kernel headers that this is built with. */
enum {
	ATTR_MULTI_BOOLOPT = 46, /* IFLA_BR_MULTI_BOOLOPT, 5.0 */
	ATTR_QUERIER_STATE = 47, /* IFLA_BR_MCAST_QUERIER_STATE, 5.15 */
	QUERIER_ADDR4 = 1,	 /* BRIDGE_QUERIER_ ... */
	QUERIER_PORT4 = 2,
	QUERIER_TIMER4 = 3,
	QUERIER_ADDR6 = 5,
	QUERIER_PORT6 = 6,
	QUERIER_TIMER6 = 7,
	BOOLOPT_VLAN_SNOOPING = 1, /* bit of struct br_boolopt_multi, 5.15 */
	EATTR_SRC_LIST = 2,	   /* MDBA_MDB_EATTR_ ..., 5.10 */
	EATTR_GROUP_MODE = 3,
	EATTR_SOURCE = 4,
	PATTR_TIMER4 = 3, /* MDBA_ROUTER_PATTR_ ..., 5.13 */
	PATTR_TIMER6 = 4,
	ENTRY_STAR_EXCL = 1 << 2, /* MDB_FLAGS_ ..., 5.10 */
	ENTRY_BLOCKED = 1 << 3,
};

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd

static void take_querier(struct mc_bridge *out, struct mc_span in)
{
	struct nl_attr a;

	while (nl_attr_next(&a, &in)) {
		struct mc_bridge_querier *q =
			a.type < QUERIER_ADDR6 ? &out->querier4 : &out->querier6;

		switch (a.type) {
		case QUERIER_ADDR4:
		case QUERIER_ADDR6:
			q->addr = nl_addr(&a);
			q->known = q->addr.family != MC_ANY;
			break;
		case QUERIER_PORT4:
		case QUERIER_PORT6:
			q->port = (unsigned)nl_uint(&a);
			break;
		case QUERIER_TIMER4:
		case QUERIER_TIMER6:
			q->expires = nl_ticks(&a);
			break;
		default:
			break;
		}
	}
}

/* struct br_boolopt_multi: values, then which of them are valid. */
static bool boolopt(const struct nl_attr *a, unsigned bit)
{
	uint32_t value;

	if (a->body.len < sizeof(value))
		return false;
	memcpy(&value, a->body.p, sizeof(value));
	return value & 1u << bit;
}

static void take_interval(struct mc_bridge *out, const struct nl_attr *a)
{
	switch (a->type) {
	case IFLA_BR_MCAST_LAST_MEMBER_INTVL:
		out->last_member_interval = nl_ticks(a);
		break;
	case IFLA_BR_MCAST_MEMBERSHIP_INTVL:
		out->membership_interval = nl_ticks(a);
		break;
	case IFLA_BR_MCAST_QUERIER_INTVL:
		out->querier_interval = nl_ticks(a);
		break;
	case IFLA_BR_MCAST_QUERY_INTVL:
		out->query_interval = nl_ticks(a);
		break;
	case IFLA_BR_MCAST_QUERY_RESPONSE_INTVL:
		out->query_response_interval = nl_ticks(a);
		break;
	default:
		break;
	}
}

static void take_bridge_attr(struct mc_bridge *out, const struct nl_attr *a)
{
	switch (a->type) {
	case IFLA_BR_MCAST_ROUTER:
		out->router = (enum mc_bridge_router)(nl_uint(a) & 3);
		break;
	case IFLA_BR_MCAST_SNOOPING:
		out->snooping = nl_uint(a);
		break;
	case IFLA_BR_MCAST_QUERY_USE_IFADDR:
		out->use_ifaddr = nl_uint(a);
		break;
	case IFLA_BR_MCAST_QUERIER:
		out->querier = nl_uint(a);
		break;
	case IFLA_BR_MCAST_HASH_MAX:
		out->hash_max = (uint32_t)nl_uint(a);
		break;
	case IFLA_BR_MCAST_IGMP_VERSION:
		out->igmp_version = (uint8_t)nl_uint(a);
		break;
	case IFLA_BR_MCAST_MLD_VERSION:
		out->mld_version = (uint8_t)nl_uint(a);
		break;
	case ATTR_MULTI_BOOLOPT:
		out->vlan_snooping = boolopt(a, BOOLOPT_VLAN_SNOOPING);
		break;
	case ATTR_QUERIER_STATE:
		take_querier(out, a->body);
		break;
	default:
		take_interval(out, a);
		break;
	}
}

/* What a link message says of being a bridge or a port of one. */
struct linkinfo {
	struct ifinfomsg head;
	struct nl_attr name, kind, slave_kind;
	struct mc_span data, slave_data;
	unsigned master;
};

static bool linkinfo_read(struct linkinfo *out, const struct nl_msg *m)
{
	struct mc_span rest = m->body, info = { 0 };
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (m->type != RTM_NEWLINK || !nl_head(&out->head, sizeof(out->head), &rest) ||
	    out->head.ifi_family != AF_UNSPEC)
		return false;
	while (nl_attr_next(&a, &rest)) {
		if (a.type == IFLA_IFNAME)
			out->name = a;
		else if (a.type == IFLA_MASTER)
			out->master = (unsigned)nl_uint(&a);
		else if (a.type == IFLA_LINKINFO)
			info = a.body;
	}
	while (nl_attr_next(&a, &info)) {
		if (a.type == IFLA_INFO_KIND)
			out->kind = a;
		else if (a.type == IFLA_INFO_DATA)
			out->data = a.body;
		else if (a.type == IFLA_INFO_SLAVE_KIND)
			out->slave_kind = a;
		else if (a.type == IFLA_INFO_SLAVE_DATA)
			out->slave_data = a.body;
	}
	return out->name.body.len > 0;
}

static bool is_bridge(const struct nl_attr *kind)
{
	char text[16] = "";

	if (kind->body.len)
		nl_text(text, sizeof(text), kind);
	return strcmp(text, "bridge") == 0;
}

int nl_read_bridge(struct mc_bridge *out, const struct nl_msg *m)
{
	struct linkinfo l;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (!linkinfo_read(&l, m) || !is_bridge(&l.kind))
		return 0;
	out->ifindex = (unsigned)l.head.ifi_index;
	out->up = l.head.ifi_flags & IFF_UP;
	nl_text(out->ifname, sizeof(out->ifname), &l.name);
	while (nl_attr_next(&a, &l.data))
		take_bridge_attr(out, &a);
	/* The kernel names the bridge's own address, too, with the bridge for a port. */
	if (out->querier4.port == out->ifindex)
		out->querier4.port = 0;
	if (out->querier6.port == out->ifindex)
		out->querier6.port = 0;
	return 1;
}

static void take_port_attr(struct mc_bridge_port *out, const struct nl_attr *a)
{
	switch (a->type) {
	case IFLA_BRPORT_STATE:
		out->forwarding = nl_uint(a) == BR_STATE_FORWARDING;
		break;
	case IFLA_BRPORT_FAST_LEAVE:
		out->fast_leave = nl_uint(a);
		break;
	case IFLA_BRPORT_MULTICAST_ROUTER:
		out->router = (enum mc_bridge_router)(nl_uint(a) & 3);
		break;
	case IFLA_BRPORT_MCAST_FLOOD:
		out->flood = nl_uint(a);
		break;
	case IFLA_BRPORT_MCAST_TO_UCAST:
		out->to_unicast = nl_uint(a);
		break;
	default:
		break;
	}
}

int nl_read_port(struct mc_bridge_port *out, const struct nl_msg *m)
{
	struct linkinfo l;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (!linkinfo_read(&l, m) || !l.master || !is_bridge(&l.slave_kind))
		return 0;
	out->bridge = l.master;
	out->ifindex = (unsigned)l.head.ifi_index;
	nl_text(out->ifname, sizeof(out->ifname), &l.name);
	while (nl_attr_next(&a, &l.slave_data))
		take_port_attr(out, &a);
	return 1;
}

int nl_read_mdb(struct nl_mdb *out, const struct nl_msg *m)
{
	struct mc_span rest = m->body;
	struct br_port_msg head;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	if (m->type != RTM_NEWMDB && m->type != RTM_DELMDB && m->type != RTM_GETMDB)
		return 0;
	if (!nl_head(&head, sizeof(head), &rest))
		return 0;
	out->bridge = head.ifindex;
	out->added = m->type != RTM_DELMDB;
	while (nl_attr_next(&a, &rest)) {
		if (a.type == MDBA_MDB)
			out->groups = a.body;
		else if (a.type == MDBA_ROUTER)
			out->routers = a.body;
	}
	return 1;
}

static void take_entry_head(struct mc_mdb_entry *out, const struct br_mdb_entry *e)
{
	uint16_t proto = __builtin_bswap16(e->addr.proto);

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	proto = e->addr.proto;
#endif
	out->port = e->ifindex;
	out->vlan = e->vid;
	out->permanent = e->state == MDB_PERMANENT;
	out->offloaded = e->flags & MDB_FLAGS_OFFLOAD;
	out->fast_leave = e->flags & MDB_FLAGS_FAST_LEAVE;
	out->star_excl = e->flags & ENTRY_STAR_EXCL;
	out->blocked = e->flags & ENTRY_BLOCKED;
	if (proto == ETHERTYPE_IPV4)
		out->group = mc_addr_from_bytes(MC_IPV4, &e->addr.u.ip4);
	else if (proto == ETHERTYPE_IPV6)
		out->group = mc_addr_from_bytes(MC_IPV6, &e->addr.u.ip6);
	else
		memcpy(&out->mac, e->addr.u.mac_addr, sizeof(out->mac));
}

static void take_entry_attr(struct mc_mdb_entry *out, struct mc_span *sources,
			    const struct nl_attr *a)
{
	struct mc_mdb_source s;
	struct mc_span list;

	switch (a->type) {
	case MDBA_MDB_EATTR_TIMER:
		out->timer = nl_ticks(a);
		break;
	case EATTR_GROUP_MODE:
		out->has_mode = true;
		out->mode = nl_uint(a) ? MC_INCLUDE : MC_EXCLUDE;
		break;
	case EATTR_SOURCE:
		out->source = nl_addr(a);
		break;
	case EATTR_SRC_LIST:
		*sources = list = a->body;
		out->n_sources = 0;
		while (nl_mdb_source_next(&s, &list))
			out->n_sources++;
		break;
	default:
		break;
	}
}

int nl_mdb_next(struct mc_mdb_entry *out, struct mc_span *sources, struct nl_mdb *in)
{
	struct br_mdb_entry e;
	struct nl_attr a;

	memset(out, 0, sizeof(*out));
	*sources = (struct mc_span){ 0 };
	for (;;) {
		while (!nl_attr_next(&a, &in->group)) {
			if (!nl_attr_next(&a, &in->groups))
				return 0;
			if (a.type == MDBA_MDB_ENTRY)
				in->group = a.body;
		}
		if (a.type != MDBA_MDB_ENTRY_INFO || !nl_head(&e, sizeof(e), &a.body))
			continue;
		struct mc_span rest = a.body;

		out->bridge = in->bridge;
		take_entry_head(out, &e);
		while (nl_attr_next(&a, &rest))
			take_entry_attr(out, sources, &a);
		return 1;
	}
}

int nl_mdb_source_next(struct mc_mdb_source *out, struct mc_span *sources)
{
	struct nl_attr entry, a;

	memset(out, 0, sizeof(*out));
	while (nl_attr_next(&entry, sources)) {
		if (entry.type != MDBA_MDB_SRCLIST_ENTRY)
			continue;
		while (nl_attr_next(&a, &entry.body)) {
			if (a.type == MDBA_MDB_SRCATTR_ADDRESS)
				out->addr = nl_addr(&a);
			else if (a.type == MDBA_MDB_SRCATTR_TIMER)
				out->timer = nl_ticks(&a);
		}
		return 1;
	}
	return 0;
}

int nl_router_next(struct mc_bridge_port *out, struct nl_mdb *in)
{
	struct nl_attr entry, a;
	uint32_t ifindex;

	memset(out, 0, sizeof(*out));
	while (nl_attr_next(&entry, &in->routers)) {
		if (entry.type != MDBA_ROUTER_PORT ||
		    !nl_head(&ifindex, sizeof(ifindex), &entry.body))
			continue;
		out->bridge = in->bridge;
		out->ifindex = ifindex;
		out->is_router = true;
		while (nl_attr_next(&a, &entry.body)) {
			if (a.type == MDBA_ROUTER_PATTR_TIMER)
				out->router_timer = nl_ticks(&a);
			else if (a.type == PATTR_TIMER4)
				out->router_timer4 = nl_ticks(&a);
			else if (a.type == PATTR_TIMER6)
				out->router_timer6 = nl_ticks(&a);
			out->router_timers |= a.type == PATTR_TIMER4 || a.type == PATTR_TIMER6;
		}
		return 1;
	}
	return 0;
}
