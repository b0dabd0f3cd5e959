/* router_show.c - the router's state as others see it: events and lists */
#include <errno.h>
#include "order.h"
#include "router_state.h"

static struct mc_addr host_addr(const struct rt_host *h)
{
	return rt_addr(h->family, h->addr);
}

static void show_group(const mc_router *r, uint32_t id, struct mc_router_group *out)
{
	const struct rt_group *g = rt_group_at(r, id);
	const struct rt_iface *f = rt_iface_of(r, g);

	*out = (struct mc_router_group){
		.iface = f->number,
		.addr = rt_addr(g->family, g->addr),
		.mode = g->flags & RT_EXCLUDE ? MC_EXCLUDE : MC_INCLUDE,
		.version = rt_version(f->family, rt_group_rank(r, g)),
		.asking = g->asking,
		.n_sources = g->n_sources,
		.n_hosts = g->n_members,
		.first_seen = { g->since },
		.last_seen = { g->seen },
		.expires = { g->flags & RT_EXCLUDE ? g->expires : RT_NEVER },
	};
	if (g->reporter != NONE)
		out->reporter = host_addr(rt_host_at(r, g->reporter));
}

static void show_source(const mc_router *r, uint32_t id, struct mc_router_source *out)
{
	const struct rt_source *s = rt_source_at(r, id);

	*out = (struct mc_router_source){
		.addr = rt_addr(id & 1 ? MC_IPV6 : MC_IPV4, s->addr),
		.blocked = s->flags & RT_BLOCKED,
		.asking = s->asking,
		.expires = { s->flags & RT_BLOCKED ? RT_NEVER : s->timer.due },
	};
}

/* A host as the caller sees it, and the sources it points to. */
struct shown {
	struct mc_router_host h;
	struct mc_addr sources[FILTER_KEPT];
};

static void show_member(const mc_router *r, uint32_t id, struct shown *out)
{
	struct rt_member *m = rt_member_at(r, id);
	const struct rt_group *g = rt_group_at(r, m->group);
	const struct rt_host *h = rt_host_at(r, m->host);
	int64_t gmi = rt_iface_of(r, g)->vars.group_membership_interval.ns;
	const uint8_t *bytes =
		kept_bytes(m->sources, sizeof(m->sources), m->n_sources * kept_each(g->family));

	out->h = (struct mc_router_host){
		.addr = host_addr(h),
		.mac = h->mac,
		.has_mac = h->flags & RT_HAS_MAC,
		.version = m->version,
		.mode = m->flags & RT_EXCLUDE ? MC_EXCLUDE : MC_INCLUDE,
		.sources = out->sources,
		.n_sources = m->n_sources,
		.more_sources = m->flags & RT_MORE,
		.first_seen = { rt_since(r, m) },
		.last_seen = { rt_time(r, m->seen) },
		.expires = { rt_expiry(r, m, gmi) },
		.answered_after = { m->answered ? (m->answered - INT64_C(1)) * 1000 : -1 },
	};
	for (unsigned i = 0; i < m->n_sources; i++)
		out->sources[i] = kept_at(g->family, bytes, i);
}

void rt_show_iface(const mc_router *r, uint32_t id, struct mc_router_iface *out)
{
	const struct rt_iface *f = rt_iface_at(r, id);
	bool self = f->state == MC_ROUTER_QUERIER;

	*out = (struct mc_router_iface){
		.iface = f->number,
		.family = (enum mc_family)f->family,
		.version = f->opts.version,
		.mode = f->opts.mode,
		.state = f->state,
		.addr = f->opts.addr,
		.querier = self ? f->opts.addr : f->other.addr,
		.querier_version = self ? f->opts.version : f->other.version,
		.self = self,
		.querier_since = { self ? f->self_since : f->other.since },
		.querier_expires = { self || f->other.addr.family == MC_ANY ? RT_NEVER
									    : f->other.until },
		.next_query = { f->query_at },
		.startup_left = f->startup_left,
		.configured = f->opts.vars,
		.vars = f->vars,
		.groups = f->n_groups,
		.sources = f->n_sources,
		.members = f->n_members,
		.counts = f->counts,
	};
}

int mc_router_iface(const mc_router *r, struct mc_router_iface *out, uint32_t iface,
		    enum mc_family family)
{
	uint32_t id = rt_iface_find(r, iface, family);

	*out = (struct mc_router_iface){ 0 };
	if (id == NONE)
		return -ENOENT;
	rt_show_iface(r, id, out);
	return 0;
}

/* ---- events ---- */

static void tell(mc_router *r, struct mc_router_event *e, uint32_t iface, int64_t when)
{
	const struct rt_iface *f = rt_iface_at(r, iface);

	e->when.ns = when;
	e->iface = f->number;
	e->family = (enum mc_family)f->family;
	r->event(r->data, e);
}

void rt_tell_querier(mc_router *r, enum mc_router_what what, uint32_t iface,
		     const struct mc_addr *addr, uint8_t version, int64_t when)
{
	const struct rt_iface *f = rt_iface_at(r, iface);
	struct mc_router_event e = { .what = what, .querier = *addr, .version = version };

	if (!r->event)
		return;
	e.self = what != MC_ROUTER_OTHER_VERSION && f->state == MC_ROUTER_QUERIER &&
		 mc_addr_cmp(addr, &f->opts.addr) == 0;
	tell(r, &e, iface, when);
}

void rt_tell_query(mc_router *r, const struct mc_router_query *q, enum mc_family family)
{
	struct mc_router_event e = { .what = MC_ROUTER_QUERY_SENT, .when = q->when };

	if (!r->event)
		return;
	e.iface = q->iface;
	e.family = family;
	e.version = q->gm->version;
	e.query = q;
	r->event(r->data, &e);
}

void rt_tell_group(mc_router *r, enum mc_router_what what, uint32_t id, int64_t when)
{
	const struct rt_group *g = rt_group_at(r, id);
	struct mc_router_event e = { .what = what };
	struct mc_router_group group;

	if (!r->event)
		return;
	show_group(r, id, &group);
	e.group = &group;
	e.version = group.version;
	tell(r, &e, g->iface, when);
}

void rt_tell_source(mc_router *r, enum mc_router_what what, uint32_t id, int64_t when)
{
	uint32_t g = rt_source_at(r, id)->group;
	struct mc_router_event e = { .what = what };
	struct mc_router_group group;
	struct mc_router_source source;

	if (!r->event)
		return;
	show_group(r, g, &group);
	show_source(r, id, &source);
	e.group = &group;
	e.source = &source;
	tell(r, &e, rt_group_at(r, g)->iface, when);
}

void rt_tell_member(mc_router *r, enum mc_router_what what, uint32_t id, int64_t when)
{
	uint32_t g = rt_member_at(r, id)->group;
	struct mc_router_event e = { .what = what };
	struct mc_router_group group;
	struct shown host;

	if (!r->event)
		return;
	show_group(r, g, &group);
	show_member(r, id, &host);
	e.group = &group;
	e.host = &host.h;
	e.version = host.h.version;
	tell(r, &e, rt_group_at(r, g)->iface, when);
}

/* ---- lists ---- */

static int groups_order(const void *r, uint32_t a, uint32_t b)
{
	return memcmp(rt_group_at(r, a)->addr, rt_group_at(r, b)->addr, 16);
}

static int sources_order(const void *r, uint32_t a, uint32_t b)
{
	return memcmp(rt_source_at(r, a)->addr, rt_source_at(r, b)->addr, a & 1 ? 16 : 4);
}

static int members_order(const void *r, uint32_t a, uint32_t b)
{
	const struct rt_host *x = rt_host_at(r, rt_member_at(r, a)->host);
	const struct rt_host *y = rt_host_at(r, rt_member_at(r, b)->host);
	int order = memcmp(x->addr, y->addr, sizeof(x->addr));

	return order ? order : memcmp(&x->mac, &y->mac, sizeof(x->mac));
}

static int ifaces_order(const void *r, uint32_t a, uint32_t b)
{
	return (int)rt_iface_at(r, a)->family - (int)rt_iface_at(r, b)->family;
}

int mc_router_ifaces(const mc_router *r, void (*fn)(void *, const struct mc_router_iface *),
		     void *data)
{
	struct mc_router_iface view;
	struct order l;
	int rc = order_open(&l, r->alloc, r, ifaces_order, r->ifaces.live);

	if (rc < 0)
		return rc;
	for (uint32_t id = 0; id < r->ifaces.used; id++)
		if (pool_is_live(&r->ifaces, id))
			l.items[l.n++] = (struct item){ rt_iface_at(r, id)->number, id };
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		rt_show_iface(r, l.items[i].id, &view);
		fn(data, &view);
	}
	order_close(&l);
	return 0;
}

int mc_router_groups(const mc_router *r, void (*fn)(void *, const struct mc_router_group *),
		     void *data)
{
	struct mc_router_group view;
	struct order l;
	int rc = order_open(&l, r->alloc, r, groups_order, r->groups.live);

	if (rc < 0)
		return rc;
	for (uint32_t id = 0; id < r->groups.used; id++) {
		const struct rt_group *g = rt_group_at(r, id);

		if (pool_is_live(&r->groups, id) && !(g->flags & RT_GONE))
			l.items[l.n++] =
				(struct item){ order_key(rt_iface_of(r, g)->number, g->addr), id };
	}
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_group(r, l.items[i].id, &view);
		fn(data, &view);
	}
	order_close(&l);
	return 0;
}

static uint32_t find_group(const mc_router *r, uint32_t iface, const struct mc_addr *group)
{
	uint32_t id = rt_iface_find(r, iface, group->family);

	if (id != NONE)
		id = rt_group_find(r, id, group);
	return id != NONE && rt_group_at(r, id)->flags & RT_GONE ? NONE : id;
}

int mc_router_sources(const mc_router *r, uint32_t iface, const struct mc_addr *group,
		      void (*fn)(void *, const struct mc_router_source *), void *data)
{
	uint32_t id = find_group(r, iface, group), s;
	struct mc_router_source view;
	struct order l;

	if (id == NONE)
		return -ENOENT;
	if (order_open(&l, r->alloc, r, sources_order, rt_group_at(r, id)->n_sources) < 0)
		return -ENOMEM;
	for (s = rt_group_at(r, id)->sources.first; s != NONE;
	     s = rt_source_at(r, s)->in_group.next)
		l.items[l.n++] = (struct item){ order_key(0, rt_source_at(r, s)->addr), s };
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_source(r, l.items[i].id, &view);
		fn(data, &view);
	}
	order_close(&l);
	return 0;
}

int mc_router_hosts(const mc_router *r, uint32_t iface, const struct mc_addr *group,
		    void (*fn)(void *, const struct mc_router_host *), void *data)
{
	uint32_t id = find_group(r, iface, group), m;
	struct shown view;
	struct order l;

	if (id == NONE)
		return -ENOENT;
	if (order_open(&l, r->alloc, r, members_order, rt_group_at(r, id)->n_members) < 0)
		return -ENOMEM;
	for (m = rt_group_at(r, id)->members.first; m != NONE;
	     m = rt_member_at(r, m)->in_group.next) {
		const struct rt_host *h = rt_host_at(r, rt_member_at(r, m)->host);

		l.items[l.n++] = (struct item){ order_key(0, h->addr), m };
	}
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_member(r, l.items[i].id, &view);
		fn(data, &view.h);
	}
	order_close(&l);
	return 0;
}

bool mc_router_wanted(const mc_router *r, uint32_t iface, const struct mc_addr *source,
		      const struct mc_addr *group)
{
	uint32_t id = find_group(r, iface, group), s;

	if (id == NONE || source->family != group->family)
		return false;
	s = rt_source_find(r, id, source);
	if (s == NONE)
		return rt_group_at(r, id)->flags & RT_EXCLUDE;
	return !(rt_source_at(r, s)->flags & RT_BLOCKED);
}
