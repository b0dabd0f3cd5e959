/* router_check.h - what must hold of a router's memory at any time
 *
 * For tests: they look behind the interface, and abort where it is broken. */
#ifndef UNIT_ROUTER_CHECK_H
#define UNIT_ROUTER_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include "fsm/router_state.h"

#define HOLDS(what)                                                                                \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "router_check: %s:%d: %s\n", __FILE__, __LINE__, #what);   \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static inline void check_wheel_node(const struct wheel_node *n, bool set)
{
	HOLDS(wheel_is_set(n) == set);
}

/* A list is linked both ways, ends, and has as many records as are counted. */
static inline void check_ring(mc_router *r, const struct ring *l, hook_at_fn *at, uint64_t n)
{
	uint32_t last = NONE;

	for (uint32_t id = l->first; id != NONE; id = at(r, id)->next) {
		HOLDS(at(r, id)->prev == last);
		HOLDS(n-- > 0);
		last = id;
	}
	HOLDS(l->last == last && n == 0);
}

static inline struct hook *check_member_hook(void *owner, uint32_t id)
{
	return &rt_member_at(owner, id)->in_group;
}

static inline void check_source(mc_router *r, uint32_t id, uint32_t *asking)
{
	const struct rt_source *s = rt_source_at(r, id);
	const struct rt_group *g = rt_group_at(r, s->group);
	struct mc_addr a = rt_addr(id & 1 ? MC_IPV6 : MC_IPV4, s->addr);

	HOLDS(pool_is_live(&r->sources[id & 1], id >> 1));
	HOLDS(g->family == a.family && !(s->flags & RT_NAMED));
	HOLDS(rt_source_find(r, s->group, &a) == id); /* so it is there once */
	check_wheel_node(&s->timer, !(s->flags & RT_BLOCKED));
	HOLDS(!(s->flags & RT_BLOCKED) || g->flags & RT_EXCLUDE);
	HOLDS(!s->asking || !(s->flags & RT_BLOCKED));
	*asking += s->asking > 0;
}

static inline void check_group(mc_router *r, uint32_t id)
{
	struct rt_group *g = rt_group_at(r, id);
	struct mc_addr a = rt_addr(g->family, g->addr);
	uint32_t asking = 0;

	HOLDS(pool_is_live(&r->ifaces, g->iface) && rt_iface_of(r, g)->family == g->family);
	HOLDS(rt_iface_of(r, g)->state != MC_ROUTER_DOWN);
	HOLDS(rt_group_find(r, g->iface, &a) == id);
	check_ring(r, &g->members, check_member_hook, g->n_members);
	check_ring(r, &g->sources, rt_source_hook, g->n_sources);
	for (uint32_t s = g->sources.first; s != NONE; s = rt_source_at(r, s)->in_group.next) {
		HOLDS(rt_source_at(r, s)->group == id);
		check_source(r, s, &asking);
	}
	for (uint32_t m = g->members.first; m != NONE; m = rt_member_at(r, m)->in_group.next) {
		HOLDS(rt_member_at(r, m)->group == id);
		HOLDS(rt_host_at(r, rt_member_at(r, m)->host)->iface == g->iface);
		HOLDS(rt_member_find(r, id, rt_member_at(r, m)->host) == m);
	}
	HOLDS(g->n_asking == asking);
	HOLDS((g->asking > 0) == (g->query_at != RT_NEVER));
	HOLDS(!asking || g->sources_at != RT_NEVER);
	HOLDS(!g->asking || g->flags & RT_EXCLUDE);
	HOLDS(!(g->flags & RT_GONE) || (!g->n_sources && !(g->flags & RT_EXCLUDE)));
	/* whatever may happen to it by itself has its timer */
	if (g->flags & RT_EXCLUDE)
		HOLDS(wheel_is_set(&g->timer) && g->timer.due <= g->expires);
	else if (!g->n_sources)
		HOLDS(wheel_is_set(&g->timer));
	if (g->query_at != RT_NEVER || g->sources_at != RT_NEVER)
		HOLDS(wheel_is_set(&g->timer) &&
		      g->timer.due <= rt_min(g->query_at, g->sources_at));
}

static inline void check_querier(const struct rt_iface *f)
{
	bool other = f->other.addr.family != MC_ANY, rival = f->rival.addr.family != MC_ANY;

	HOLDS((f->state == MC_ROUTER_NON_QUERIER) == other);
	HOLDS(!other || !mc_addr_is_unspecified(&f->other.addr));
	if (other && (f->opts.mode == MC_ROUTER_SERVE || f->opts.mode == MC_ROUTER_FORCE) &&
	    !mc_addr_is_unspecified(&f->opts.addr))
		HOLDS(mc_addr_cmp(&f->other.addr, &f->opts.addr) < 0);
	HOLDS(!rival || (other && mc_addr_cmp(&f->other.addr, &f->rival.addr) < 0));
	HOLDS(f->state != MC_ROUTER_QUERIER || f->query_at != RT_NEVER);
	HOLDS(f->state != MC_ROUTER_QUERIER || f->opts.mode != MC_ROUTER_LISTEN_ONLY);
	HOLDS(f->state != MC_ROUTER_DOWN || (!f->n_groups && !f->n_members && !f->n_sources));
}

static inline void check_iface(mc_router *r, uint32_t id)
{
	struct rt_iface *f = rt_iface_at(r, id);
	uint64_t gone = 0;
	uint32_t seen = 0;
	int64_t due = rt_min(f->query_at, f->aging_at);

	check_querier(f);
	for (uint32_t g = f->groups.first; g != NONE; g = rt_group_at(r, g)->age.next)
		gone += (rt_group_at(r, g)->flags & RT_GONE) != 0;
	check_ring(r, &f->groups, rt_group_age, f->n_groups + gone);
	check_ring(r, &f->sources, rt_source_age, f->n_sources);
	check_ring(r, &f->members, rt_member_age, f->n_members);
	for (uint32_t m = f->members.first; m != NONE; m = rt_member_at(r, m)->age.next) {
		HOLDS(m == f->members.first || (int32_t)(rt_member_at(r, m)->seen - seen) >= 0);
		seen = rt_member_at(r, m)->seen;
	}
	HOLDS(f->members.first == NONE || f->aging_at != RT_NEVER);
	if (f->other.addr.family != MC_ANY)
		due = rt_min(due, f->other.until);
	check_wheel_node(&f->timer, due != RT_NEVER);
	HOLDS(due == RT_NEVER || f->timer.due <= due);
}

/* Every record is in its lists, every list has its records, and all are found. */
static inline void router_check(mc_router *r)
{
	uint64_t groups = 0, gone = 0, sources = 0, members = 0, kept = 0, refs = 0, held = 0;

	for (uint32_t id = 0; id < r->ifaces.used; id++)
		if (pool_is_live(&r->ifaces, id)) {
			check_iface(r, id);
			groups += rt_iface_at(r, id)->n_groups;
			sources += rt_iface_at(r, id)->n_sources;
			members += rt_iface_at(r, id)->n_members;
		}
	for (uint32_t id = 0; id < r->groups.used; id++)
		if (pool_is_live(&r->groups, id)) {
			check_group(r, id);
			gone += (rt_group_at(r, id)->flags & RT_GONE) != 0;
			refs += rt_group_at(r, id)->reporter != NONE;
		}
	for (uint32_t id = 0; id < r->members.used; id++)
		if (pool_is_live(&r->members, id)) {
			kept += rt_member_at(r, id)->n_sources;
			refs++;
		}
	for (uint32_t id = 0; id < r->hosts.used; id++)
		if (pool_is_live(&r->hosts, id)) {
			HOLDS(rt_host_at(r, id)->refs > 0);
			held += rt_host_at(r, id)->refs;
		}
	HOLDS(groups + gone == r->groups.live && gone == r->gone);
	HOLDS(sources == (uint64_t)r->sources[0].live + r->sources[1].live);
	HOLDS(members == r->members.live && kept == r->kept && kept <= r->max_kept);
	HOLDS(held == refs);
	HOLDS(r->groups.live <= r->max_entries && members <= r->max_entries);
	HOLDS(sources <= r->max_entries);
}

#endif
