/* own.c - memberships of this host, which does not hear its own queries */
#include "mcquery/own.h"

#include <string.h>

#include <mc/membership.h>

#include "mcquery/links.h"

#define SOURCES_MAX 1024

struct own {
	struct run *r;
	const struct mc_gm_interface *speaks;
	int n_speaks;
	void (*fn)(void *, const struct mc_router_group *, const struct mc_router_host *);
	void *data;
};

static const struct link *link_of(const struct run *r, unsigned ifindex)
{
	for (unsigned i = 0; i < r->n_links; i++)
		if (r->links[i].iface.index == ifindex && !r->links[i].gone)
			return &r->links[i];
	return NULL;
}

/* RFC 9776 5 and RFC 9777 6 name these as never reported. */
static bool is_reported(const struct mc_addr *group)
{
	static const uint8_t all_hosts[] = { 224, 0, 0, 1 };
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };

	if (group->family == MC_IPV4)
		return memcmp(group->bytes, all_hosts, sizeof(all_hosts)) != 0;
	return (group->bytes[1] & 0xf) > 1 &&
	       memcmp(group->bytes, all_nodes, sizeof(all_nodes)) != 0;
}

static uint8_t version_of(const struct own *o, const struct mc_interface_state *s)
{
	for (int i = 0; i < o->n_speaks; i++)
		if (o->speaks[i].ifindex == s->ifindex &&
		    o->speaks[i].family == (enum mc_family)s->group.family)
			return (uint8_t)o->speaks[i].speaks.version;
	return s->group.family == MC_IPV4 ? 3 : 2;
}

static unsigned take_sources(struct mc_addr *out, const struct mc_interface_state *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->n_sources && n < SOURCES_MAX; i++)
		if (s->mode == MC_INCLUDE ? s->sources[i].including > 0
					  : s->sources[i].excluding > 0)
			out[n++] = s->sources[i].addr;
	return n;
}

static void tell(const struct own *o, const struct link *l, const struct mc_interface_state *s)
{
	static struct mc_addr sources[SOURCES_MAX];
	enum mc_family family = (enum mc_family)s->group.family;
	struct mc_router_group g = { .iface = (uint32_t)(l - o->r->links),
				     .addr = s->group,
				     .mode = s->mode,
				     .version = version_of(o, s),
				     .expires = { INT64_MAX } };
	struct mc_router_host h = { .addr = family == MC_IPV4 ? l->iface.addr4 : l->iface.addr6,
				    .mac = l->mac,
				    .has_mac = l->has_mac,
				    .version = g.version,
				    .mode = s->mode,
				    .sources = sources,
				    .last_seen = o->r->now,
				    .expires = { INT64_MAX },
				    .answered_after = { -1 } };

	h.n_sources = take_sources(sources, s);
	o->fn(o->data, &g, &h);
}

static int read_all(struct own *o, mc_memberships *m, struct mc_why *why)
{
	const struct mc_interface_state *s;
	int n = mc_memberships_read(&s, m, MC_MEMBERSHIPS_FILTERS, why);

	if (n < 0)
		return n;
	o->n_speaks = mc_memberships_interfaces(&o->speaks, m);
	for (int i = 0; i < n; i++) {
		const struct link *l = link_of(o->r, s[i].ifindex);

		if (l && link_version(l, (enum mc_family)s[i].group.family) &&
		    is_reported(&s[i].group))
			tell(o, l, &s[i]);
	}
	return 0;
}

int own_members(struct run *r,
		void (*fn)(void *, const struct mc_router_group *, const struct mc_router_host *),
		void *data, struct mc_why *why)
{
	struct mc_memberships_opts opts = { .sz = sizeof(opts) };
	struct own o = { .r = r, .fn = fn, .data = data };
	mc_memberships *m;
	int err = mc_memberships_open(&m, &opts, why);

	if (!err) {
		err = read_all(&o, m, why);
		mc_memberships_close(m);
	}
	return err;
}
