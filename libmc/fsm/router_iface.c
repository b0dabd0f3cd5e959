/* router_iface.c - interfaces of a router: up and down, general queries, timers */
#include "router_state.h"
#include <errno.h>

#define MOST4 366 /* sources in a query of 1,500 bytes */
#define MOST6 89

void rt_iface_arm(mc_router *r, uint32_t id)
{
	const struct rt_iface *f = rt_iface_at(r, id);
	int64_t due = rt_min(f->query_at, f->aging_at);

	if (f->other.addr.family != MC_ANY)
		due = rt_min(due, f->other.until);
	rt_set_timer(r, RT_TIMER_IFACE, id, due);
}

void rt_send_general(mc_router *r, uint32_t id, int64_t when)
{
	struct rt_iface *f = rt_iface_at(r, id);
	struct mc_gm_spec gm = { .max_resp = f->vars.query_response_interval };
	struct mc_router_query q = { .kind = MC_ROUTER_GENERAL, .when = { when } };
	int64_t next = f->vars.query_interval.ns;

	if (f->startup_left) {
		q.kind = MC_ROUTER_STARTUP;
		if (--f->startup_left)
			next = f->vars.startup_query_interval.ns;
	}
	/* Queries that a stopped clock or a sleeping program missed are not made up. */
	f->query_at = (when + next > r->now ? when : r->now) + next;
	f->asked_at = when;
	f->answers_until = when + gm.max_resp.ns + RT_EPS;
	rt_send(r, id, &q, &gm);
}

static void query_timer(mc_router *r, uint32_t id, int64_t due)
{
	struct rt_iface *f = rt_iface_at(r, id);

	if (f->state == MC_ROUTER_LISTENING)
		rt_be_querier(r, id, due, true);
	else
		rt_send_general(r, id, due);
}

void rt_iface_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget)
{
	struct rt_iface *f = rt_iface_at(r, id);

	if (f->other.addr.family != MC_ANY && f->other.until <= due)
		rt_other_timer(r, id, due);
	if (f->query_at <= due)
		query_timer(r, id, due);
	if (f->aging_at <= due)
		rt_age_members(r, id, budget);
	rt_iface_arm(r, id);
}

/* ---- added, removed, up, down ---- */

static bool is_valid(const struct mc_router_iface_opts *o)
{
	if (o->sz < sizeof(*o) || (o->family != MC_IPV4 && o->family != MC_IPV6))
		return false;
	if (o->version < 1 || o->version > (o->family == MC_IPV6 ? 2 : 3))
		return false;
	if (o->mode > MC_ROUTER_FORCE || mc_addr_is_multicast(&o->addr))
		return false;
	if (o->addr.family != MC_ANY && o->addr.family != o->family)
		return false;
	return !mc_router_vars_check(&o->vars, o->family, o->version);
}

static void set_addr(struct rt_iface *f, const struct mc_addr *addr)
{
	f->opts.addr =
		addr->family == MC_ANY ? mc_addr_unspecified((enum mc_family)f->family) : *addr;
}

int mc_router_iface_add(mc_router *r, mc_nsec now, const struct mc_router_iface_opts *o)
{
	uint16_t most = o->family == MC_IPV6 ? MOST6 : MOST4;
	struct rt_iface *f;
	uint32_t id;
	int rc;

	mc_router_tick(r, now, RT_STEPS);
	if (!is_valid(o))
		return -EINVAL;
	if (rt_iface_find(r, o->iface, o->family) != NONE)
		return -EEXIST;
	rc = rt_iface_new(r, &id, o->iface, o->family);
	if (rc < 0)
		return rc;
	f = rt_iface_at(r, id);
	f->opts = *o;
	if (!f->opts.max_sources || f->opts.max_sources > most)
		f->opts.max_sources = most;
	set_addr(f, &o->addr);
	f->rank = rt_rank(f->family, o->version);
	f->query_at = f->aging_at = RT_NEVER;
	f->asked_at = f->answers_until = f->version_told = RT_LONG_AGO;
	mc_router_vars_derive(&f->vars, &o->vars, o->family, o->version);
	if (!o->down)
		rt_iface_start(r, id, r->now);
	return 0;
}

static uint32_t find(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family)
{
	mc_router_tick(r, now, RT_STEPS);
	return rt_iface_find(r, iface, family);
}

static void go_down(mc_router *r, uint32_t id)
{
	if (rt_iface_at(r, id)->state == MC_ROUTER_DOWN)
		return;
	rt_groups_drop(r, id, r->now);
	rt_iface_at(r, id)->aging_at = RT_NEVER;
	rt_iface_stop(r, id, r->now);
}

int mc_router_iface_remove(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family)
{
	uint32_t id = find(r, now, iface, family);

	if (id == NONE)
		return -ENOENT;
	go_down(r, id);
	rt_iface_free(r, id);
	return 0;
}

int mc_router_iface_up(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family, bool up)
{
	uint32_t id = find(r, now, iface, family);

	if (id == NONE)
		return -ENOENT;
	if (!up)
		go_down(r, id);
	else if (rt_iface_at(r, id)->state == MC_ROUTER_DOWN)
		rt_iface_start(r, id, r->now);
	return 0;
}

int mc_router_iface_addr(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family,
			 const struct mc_addr *addr)
{
	uint32_t id = find(r, now, iface, family);
	struct rt_iface *f;

	if (id == NONE)
		return -ENOENT;
	if (mc_addr_is_multicast(addr) || (addr->family != MC_ANY && addr->family != family))
		return -EINVAL;
	f = rt_iface_at(r, id);
	if (f->state == MC_ROUTER_DOWN) {
		set_addr(f, addr);
		return 0;
	}
	rt_iface_stop(r, id, r->now);
	set_addr(f, addr);
	rt_iface_start(r, id, r->now);
	return 0;
}
