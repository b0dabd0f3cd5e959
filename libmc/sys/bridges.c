/* bridges.c - bridges as multicast switches: settings, router ports, database */
#include "kern/nlread.h"
#include "sys/linkdump.h"
#include "sys/netns.h"
#include "sys/why.h"

#include <mc/bridge.h>
#include <sys/socket.h>
#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>

struct mc_bridges {
	struct nlsock route;
	struct nlwatch watch;
	struct nl_mdb event; /* of a notification, with entries still to tell */
	VEC(struct mc_bridge) bridges;
	VEC(struct mc_bridge_port) ports;
	VEC(struct mc_mdb_entry) entries;
	VEC(struct mc_mdb_source) sources;
};

static int open_inside(void *handle)
{
	mc_bridges *b = handle;
	int err = nlsock_open(&b->route, NETLINK_ROUTE);

	if (!err)
		err = nlwatch_open(&b->watch);
	return err ? err : nlwatch_join(&b->watch, RTNLGRP_MDB);
}

int mc_bridges_open(mc_bridges **out, const struct mc_bridges_opts *o, struct mc_why *why)
{
	mc_bridges *b = calloc(1, sizeof(*b));
	int err;

	*out = NULL;
	if (!b)
		return why_set(why, -ENOMEM, "no memory to read bridges");
	b->route.fd = b->watch.fd = -1;
	err = netns_open_inside(o ? o->netns_fd : 0, open_inside, b, "bridges", why);
	if (err) {
		mc_bridges_close(b);
		return err;
	}
	*out = b;
	return 0;
}

void mc_bridges_close(mc_bridges *b)
{
	if (!b)
		return;
	nlsock_close(&b->route);
	nlwatch_close(&b->watch);
	VEC_FREE(&b->bridges);
	VEC_FREE(&b->ports);
	VEC_FREE(&b->entries);
	VEC_FREE(&b->sources);
	free(b);
}

static int take_link(void *ctx, const struct nl_msg *m)
{
	struct mc_bridge_port port;
	struct mc_bridge bridge;
	mc_bridges *b = ctx;

	if (!m) {
		b->bridges.n = b->ports.n = 0;
		return 0;
	}
	if (nl_read_bridge(&bridge, m) && VEC_PUSH(&b->bridges, bridge) < 0)
		return -ENOMEM;
	if (nl_read_port(&port, m) && VEC_PUSH(&b->ports, port) < 0)
		return -ENOMEM;
	return 0;
}

static void take_router(mc_bridges *b, const struct mc_bridge_port *r)
{
	for (unsigned i = 0; i < b->ports.n; i++) {
		struct mc_bridge_port *p = &b->ports.v[i];

		if (p->ifindex != r->ifindex || p->bridge != r->bridge)
			continue;
		p->is_router = true;
		p->router_timer = r->router_timer;
		p->router_timers = r->router_timers;
		p->router_timer4 = r->router_timer4;
		p->router_timer6 = r->router_timer6;
	}
}

static int take_mdb(void *ctx, const struct nl_msg *m)
{
	struct mc_bridge_port router;
	struct mc_mdb_source source;
	struct mc_mdb_entry entry;
	struct mc_span sources;
	mc_bridges *b = ctx;
	struct nl_mdb in;

	if (!m) {
		b->entries.n = b->sources.n = 0;
		return 0;
	}
	if (!nl_read_mdb(&in, m))
		return 0;
	while (nl_mdb_next(&entry, &sources, &in)) {
		if (VEC_PUSH(&b->entries, entry) < 0)
			return -ENOMEM;
		while (nl_mdb_source_next(&source, &sources))
			if (VEC_PUSH(&b->sources, source) < 0)
				return -ENOMEM;
	}
	while (nl_router_next(&router, &in))
		take_router(b, &router);
	return 0;
}

static int bridge_cmp(const void *a, const void *b)
{
	const struct mc_bridge *x = a, *y = b;

	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static int port_cmp(const void *a, const void *b)
{
	const struct mc_bridge_port *x = a, *y = b;

	if (x->bridge != y->bridge)
		return x->bridge < y->bridge ? -1 : 1;
	return (x->ifindex > y->ifindex) - (x->ifindex < y->ifindex);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct mc_mdb_entry *x = a, *y = b;
	int c;

	if (x->bridge != y->bridge)
		return x->bridge < y->bridge ? -1 : 1;
	if (x->vlan != y->vlan)
		return x->vlan < y->vlan ? -1 : 1;
	c = mc_addr_cmp(&x->group, &y->group);
	if (!c)
		c = memcmp(&x->mac, &y->mac, sizeof(x->mac));
	if (!c)
		c = mc_addr_cmp(&x->source, &y->source);
	return c ? c : (x->port > y->port) - (x->port < y->port);
}

/* Pointers are set when nothing moves any more. */
static void tidy(mc_bridges *b)
{
	unsigned at = 0;

	for (unsigned i = 0; i < b->entries.n; i++) {
		b->entries.v[i].sources = b->entries.v[i].n_sources ? b->sources.v + at : NULL;
		at += b->entries.v[i].n_sources;
	}
	if (b->bridges.n)
		qsort(b->bridges.v, b->bridges.n, sizeof(*b->bridges.v), bridge_cmp);
	if (b->ports.n)
		qsort(b->ports.v, b->ports.n, sizeof(*b->ports.v), port_cmp);
	if (b->entries.n)
		qsort(b->entries.v, b->entries.n, sizeof(*b->entries.v), entry_cmp);
}

int mc_bridges_read(struct mc_bridges_view *out, mc_bridges *b, struct mc_why *why)
{
	struct br_port_msg all = { .family = AF_BRIDGE };
	int err;

	memset(out, 0, sizeof(*out));
	b->entries.n = b->sources.n = 0;
	err = link_dump(&b->route, false, take_link, b);
	if (!err && b->bridges.n)
		err = nlsock_dump(&b->route, RTM_GETMDB, &all, sizeof(all), take_mdb, b);
	if (err && err != -EOPNOTSUPP)
		return why_set(why, err, "cannot read bridges: %s", mc_strerror(err));
	tidy(b);
	out->n_bridges = b->bridges.n;
	out->bridges = b->bridges.v;
	out->n_ports = b->ports.n;
	out->ports = b->ports.v;
	out->n_entries = b->entries.n;
	out->entries = b->entries.v;
	return 0;
}

int mc_bridges_fd(const mc_bridges *b)
{
	return b->watch.fd;
}

int mc_bridges_next(struct mc_mdb_event *out, mc_bridges *b)
{
	struct mc_mdb_entry entry;
	struct mc_span sources;
	struct nl_msg msg;
	int n;

	memset(out, 0, sizeof(*out));
	while (!nl_mdb_next(&entry, &sources, &b->event)) {
		n = nlwatch_next(&msg, &b->watch);
		if (n <= 0)
			return n;
		if (!nl_read_mdb(&b->event, &msg))
			memset(&b->event, 0, sizeof(b->event));
	}
	out->added = b->event.added;
	out->bridge = entry.bridge;
	out->port = entry.port;
	out->vlan = entry.vlan;
	out->group = entry.group;
	out->source = entry.source;
	return 1;
}
