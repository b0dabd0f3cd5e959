/* mroutes.c - the kernel's multicast routes */
#include "kern/nlread.h"
#include "sys/linkdump.h"
#include "sys/netns.h"
#include "sys/why.h"

#include <mc/mroute.h>
#include <sys/socket.h>
#include <linux/rtnetlink.h>

struct mc_mroutes {
	struct nlsock route;
	ifname_vec names;
	unsigned begin, begin_oifs; /* of the family being dumped */
	VEC(struct mc_mroute) routes;
	VEC(struct mc_mroute_oif) oifs;
};

static int open_inside(void *handle)
{
	mc_mroutes *h = handle;

	return nlsock_open(&h->route, NETLINK_ROUTE);
}

int mc_mroutes_open(mc_mroutes **out, const struct mc_mroutes_opts *o, struct mc_why *why)
{
	mc_mroutes *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (!r)
		return why_set(why, -ENOMEM, "no memory to read multicast routes");
	r->route.fd = -1;
	err = netns_open_inside(o ? o->netns_fd : 0, open_inside, r, "multicast routes", why);
	if (err) {
		mc_mroutes_close(r);
		return err;
	}
	*out = r;
	return 0;
}

void mc_mroutes_close(mc_mroutes *m)
{
	if (!m)
		return;
	nlsock_close(&m->route);
	VEC_FREE(&m->names);
	VEC_FREE(&m->routes);
	VEC_FREE(&m->oifs);
	free(m);
}

static void put_name(char to[MC_IFNAME], const mc_mroutes *r, unsigned ifindex)
{
	const char *name = ifname_of(&r->names, ifindex);

	memcpy(to, name, strnlen(name, MC_IFNAME - 1));
}

static int take_route(void *ctx, const struct nl_msg *m)
{
	struct mc_mroute_oif oif;
	struct mc_mroute route;
	mc_mroutes *r = ctx;
	struct mc_span hops;

	if (!m) {
		r->routes.n = r->begin;
		r->oifs.n = r->begin_oifs;
		return 0;
	}
	if (!nl_read_route(&route, &hops, m))
		return 0;
	put_name(route.iifname, r, route.iif);
	while (nl_hop_next(&oif, &hops)) {
		put_name(oif.ifname, r, oif.ifindex);
		if (VEC_PUSH(&r->oifs, oif) < 0)
			return -ENOMEM;
	}
	return VEC_PUSH(&r->routes, route);
}

/* A kernel without routing of a family hands out all other routes instead. */
static int dump_family(mc_mroutes *r, unsigned char family)
{
	struct rtmsg head = { .rtm_family = family };
	int err;

	r->begin = r->routes.n;
	r->begin_oifs = r->oifs.n;
	err = nlsock_dump(&r->route, RTM_GETROUTE, &head, sizeof(head), take_route, r);
	return err == -EOPNOTSUPP || err == -EAFNOSUPPORT ? 0 : err;
}

static int by_group(const void *a, const void *b)
{
	const struct mc_mroute *x = a, *y = b;
	int c;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	c = mc_addr_cmp(&x->group, &y->group);
	return c ? c : mc_addr_cmp(&x->source, &y->source);
}

int mc_mroutes_read(const struct mc_mroute **out, mc_mroutes *m, struct mc_why *why)
{
	unsigned oif = 0;
	int err;

	*out = NULL;
	m->routes.n = m->oifs.n = 0;
	err = ifnames_read(&m->names, &m->route);
	if (!err)
		err = dump_family(m, RTNL_FAMILY_IPMR);
	if (!err)
		err = dump_family(m, RTNL_FAMILY_IP6MR);
	if (err)
		return why_set(why, err, "cannot read multicast routes: %s", mc_strerror(err));
	for (unsigned i = 0; i < m->routes.n; i++) {
		m->routes.v[i].oifs = m->routes.v[i].n_oifs ? m->oifs.v + oif : NULL;
		oif += m->routes.v[i].n_oifs;
	}
	if (m->routes.n)
		qsort(m->routes.v, m->routes.n, sizeof(*m->routes.v), by_group);
	*out = m->routes.v;
	return (int)m->routes.n;
}
