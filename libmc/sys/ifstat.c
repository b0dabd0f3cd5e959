/* ifstat.c - all interfaces: flags, addresses, counters */
#include "kern/nlread.h"
#include "sys/linkdump.h"
#include "sys/netns.h"
#include "sys/why.h"

#include <mc/ifstat.h>
#include <sys/socket.h>
#include <linux/rtnetlink.h>

struct mc_ifstats {
	struct nlsock route;
	VEC(struct mc_ifstat) links;
};

static int open_inside(void *handle)
{
	mc_ifstats *h = handle;

	return nlsock_open(&h->route, NETLINK_ROUTE);
}

int mc_ifstats_open(mc_ifstats **out, const struct mc_ifstats_opts *o, struct mc_why *why)
{
	mc_ifstats *l = calloc(1, sizeof(*l));
	int err;

	*out = NULL;
	if (!l)
		return why_set(why, -ENOMEM, "no memory to read interfaces");
	l->route.fd = -1;
	err = netns_open_inside(o ? o->netns_fd : 0, open_inside, l, "interfaces", why);
	if (err) {
		mc_ifstats_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void mc_ifstats_close(mc_ifstats *l)
{
	if (!l)
		return;
	nlsock_close(&l->route);
	VEC_FREE(&l->links);
	free(l);
}

static int take_link(void *ctx, const struct nl_msg *m)
{
	mc_ifstats *l = ctx;
	struct mc_ifstat link;

	if (!m)
		l->links.n = 0;
	if (!m || !nl_read_link(&link, m))
		return 0;
	return VEC_PUSH(&l->links, link);
}

static int by_index(const void *a, const void *b)
{
	const struct mc_ifstat *x = a, *y = b;

	return (x->iface.index > y->iface.index) - (x->iface.index < y->iface.index);
}

/* The first IPv4 address, a link-local IPv6 one if there is: as mc_iface_get. */
static int take_address(void *ctx, const struct nl_msg *m)
{
	struct mc_ifstat key, *link = NULL;
	mc_ifstats *l = ctx;
	struct mc_addr a;

	if (!m || !nl_read_address(&key.iface.index, &a, m))
		return 0;
	if (l->links.n)
		link = bsearch(&key, l->links.v, l->links.n, sizeof(key), by_index);
	if (!link)
		return 0;
	if (a.family == MC_IPV4 && link->iface.addr4.family == MC_ANY)
		link->iface.addr4 = a;
	if (a.family == MC_IPV6 &&
	    (link->iface.addr6.family == MC_ANY ||
	     (mc_addr_is_link_local(&a) && !mc_addr_is_link_local(&link->iface.addr6))))
		link->iface.addr6 = a;
	return 0;
}

int mc_ifstats_read(const struct mc_ifstat **out, mc_ifstats *l, struct mc_why *why)
{
	struct ifaddrmsg every = { .ifa_family = AF_UNSPEC };
	int err = link_dump(&l->route, true, take_link, l);

	*out = NULL;
	if (!err && l->links.n)
		qsort(l->links.v, l->links.n, sizeof(*l->links.v), by_index);
	if (!err)
		err = nlsock_dump(&l->route, RTM_GETADDR, &every, sizeof(every), take_address, l);
	if (err)
		return why_set(why, err, "cannot read interfaces: %s", mc_strerror(err));
	*out = l->links.v;
	return (int)l->links.n;
}
