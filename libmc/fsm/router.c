/* router.c - the router's side of IGMP and MLD: see mc/router.h */
#include "router_state.h"
#include <errno.h>

#define DEFAULT_ENTRIES 1000000
#define MOST_ENTRIES	(UINT64_C(1) << 27)
#define SOURCES_EACH	4 /* kept of members on average, at most */

int mc_router_open(mc_router **out, const struct mc_router_opts *o)
{
	mc_router *r;

	*out = NULL;
	if (!o->alloc || o->sz < sizeof(*o))
		return -EINVAL;
	r = o->alloc(NULL, sizeof(*r));
	if (!r)
		return -ENOMEM;
	*r = (struct mc_router){
		.alloc = o->alloc, .event = o->event, .send = o->send, .data = o->data
	};
	r->max_entries = o->max_entries ? o->max_entries : DEFAULT_ENTRIES;
	if (r->max_entries > MOST_ENTRIES)
		r->max_entries = MOST_ENTRIES;
	r->max_kept = r->max_entries * SOURCES_EACH;
	rt_records_open(r);
	*out = r;
	return 0;
}

void mc_router_close(mc_router *r)
{
	if (!r)
		return;
	rt_records_close(r);
	r->alloc(r, 0);
}

/* ---- time ---- */

static void run_timer(mc_router *r, uint32_t timer, unsigned *budget)
{
	uint32_t id = timer & ((1u << RT_TIMER_SHIFT) - 1);

	switch ((enum rt_timer)(timer >> RT_TIMER_SHIFT)) {
	case RT_TIMER_GROUP:
		rt_group_timer(r, id, rt_group_at(r, id)->timer.due, budget);
		break;
	case RT_TIMER_SOURCE:
		rt_source_timer(r, id, rt_source_at(r, id)->timer.due, budget);
		break;
	case RT_TIMER_IFACE:
		rt_iface_timer(r, id, rt_iface_at(r, id)->timer.due, budget);
		break;
	}
}

/* Times that leave no room for the longest interval above them come from broken
 * clocks only. */
bool mc_router_tick(mc_router *r, mc_nsec now, unsigned budget)
{
	int64_t t = now.ns > INT64_MAX / 2 ? INT64_MAX / 2 : now.ns;
	uint32_t timer;

	if (!budget)
		budget = UINT32_MAX;
	if (t > r->now && (uint64_t)t - (uint64_t)r->now > RT_PAUSE)
		rt_members_pause(r, t);
	if (t > r->now)
		r->now = t;
	if (!wheel_is_due(&r->wheel, r->now))
		return false;
	while ((timer = wheel_pop_some(&r->wheel, r->now, &budget)) != WHEEL_NONE)
		run_timer(r, timer, &budget);
	return budget == 0;
}

mc_nsec mc_router_deadline(const mc_router *r)
{
	return (mc_nsec){ wheel_deadline(&r->wheel) };
}

/* ---- hearing ---- */

/* RFC 9777 6.2, 7.4: strict.  IGMP is heard whatever its TTL (most routers do). */
static enum mc_router_drop judge_mld(const struct mc_frame *f)
{
	if (!mc_addr_is_link_local(&f->src))
		return MC_ROUTER_NOT_LINK_LOCAL;
	if (f->ttl != 1)
		return MC_ROUTER_HOP_LIMIT;
	if (!f->router_alert || f->router_alert_value != 0)
		return MC_ROUTER_NO_ROUTER_ALERT;
	return MC_ROUTER_TAKEN;
}

static enum mc_router_drop judge_frame(const struct rt_iface *i, const struct mc_frame *f,
				       const struct mc_gm *gm)
{
	if (gm->kind == MC_GM_OTHER || gm->version < 1 ||
	    gm->version > (gm->family == MC_IPV6 ? 2 : 3))
		return MC_ROUTER_NOT_MEMBERSHIP;
	if (gm->bad_checksum)
		return MC_ROUTER_BAD_CHECKSUM;
	if (f->src.family != gm->family || mc_addr_is_multicast(&f->src) ||
	    mc_addr_is_broadcast(&f->src))
		return MC_ROUTER_BAD_SOURCE;
	if (gm->family == MC_IPV6)
		return judge_mld(f);
	if (i->opts.require_router_alert && !f->router_alert && gm->version > 1)
		return MC_ROUTER_NO_ROUTER_ALERT;
	return MC_ROUTER_TAKEN;
}

/* Others may query from 0.0.0.0 too: then it is the MAC that tells. */
static bool is_own(const struct rt_iface *i, const struct mc_frame *f)
{
	if (i->opts.mode == MC_ROUTER_LISTEN_ONLY || mc_addr_cmp(&f->src, &i->opts.addr) != 0)
		return false;
	if (!mc_addr_is_unspecified(&f->src))
		return true;
	return i->opts.has_mac && f->has_src_mac &&
	       memcmp(&i->opts.mac, &f->src_mac, sizeof(f->src_mac)) == 0;
}

static enum mc_router_drop judge_query(const struct rt_iface *i, const struct mc_frame *f,
				       const struct mc_gm *gm)
{
	if (is_own(i, f))
		return MC_ROUTER_OWN;
	if (mc_addr_is_unspecified(&gm->group) ? gm->n_sources > 0
					       : !mc_addr_is_multicast(&gm->group))
		return MC_ROUTER_BAD_QUERY;
	return MC_ROUTER_TAKEN;
}

static enum mc_router_drop hear(mc_router *r, uint32_t id, const struct mc_frame *f,
				const struct mc_gm *gm)
{
	struct rt_iface *i = rt_iface_at(r, id);
	struct rt_hearing h = { .r = r, .f = f, .iface = id, .host = NONE };
	enum mc_router_drop why = judge_frame(i, f, gm);

	if (!why && gm->kind == MC_GM_QUERY)
		why = judge_query(i, f, gm);
	if (why)
		return why;
	h.version = gm->version;
	h.rank = rt_rank(i->family, gm->version);
	r->counts.queries += gm->kind == MC_GM_QUERY;
	r->counts.reports += gm->kind == MC_GM_REPORT;
	r->counts.leaves += gm->kind == MC_GM_LEAVE;
	i->counts.queries += gm->kind == MC_GM_QUERY;
	i->counts.reports += gm->kind == MC_GM_REPORT;
	i->counts.leaves += gm->kind == MC_GM_LEAVE;
	if (gm->kind == MC_GM_QUERY)
		rt_hear_query(&h, gm);
	else
		rt_hear_report(&h, gm);
	return MC_ROUTER_TAKEN;
}

enum mc_router_drop mc_router_message(mc_router *r, uint32_t iface, mc_nsec now,
				      const struct mc_frame *f, const struct mc_gm *gm)
{
	uint32_t family = gm ? gm->family : f->src.family, id;
	enum mc_router_drop why;

	mc_router_tick(r, now, RT_STEPS);
	id = rt_iface_find(r, iface, family);
	if (id == NONE || rt_iface_at(r, id)->state == MC_ROUTER_DOWN) {
		r->counts.dropped[MC_ROUTER_NO_IFACE]++;
		return MC_ROUTER_NO_IFACE;
	}
	why = gm ? hear(r, id, f, gm) : MC_ROUTER_UNREADABLE;
	if (why)
		rt_drop(r, id, why);
	return why;
}

void mc_router_stats(const mc_router *r, struct mc_router_stats *out)
{
	*out = (struct mc_router_stats){
		.ifaces = r->ifaces.live,
		.groups = r->groups.live - r->gone,
		.sources = (uint64_t)r->sources[0].live + r->sources[1].live,
		.members = r->members.live,
		.hosts = r->hosts.live,
		.forgotten_groups = r->forgotten_groups,
		.forgotten_sources = r->forgotten_sources,
		.forgotten_members = r->forgotten_members,
		.counts = r->counts,
	};
}
