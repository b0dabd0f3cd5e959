/* router_group.c - groups of an interface: reports, older hosts, timers */
#include <mc/group.h>
#include "router_state.h"

/* RFC 9776 7.3.2, RFC 9777 8.3.2: a group is as old as its oldest hosts. */
uint8_t rt_group_rank(const mc_router *r, const struct rt_group *g)
{
	uint8_t rank = g->v1_until > r->now ? 1 : g->v2_until > r->now ? 2 : 3;
	uint8_t most = rt_iface_of(r, g)->rank;

	return rank < most ? rank : most;
}

void rt_group_arm(mc_router *r, uint32_t id)
{
	const struct rt_group *g = rt_group_at(r, id);
	int64_t due = rt_min(g->query_at, g->sources_at);

	if (g->flags & RT_GONE || (!(g->flags & RT_EXCLUDE) && !g->n_sources))
		due = r->now;
	else if (g->flags & RT_EXCLUDE)
		due = rt_min(due, g->expires);
	rt_set_timer(r, RT_TIMER_GROUP, id, due);
}

/* ---- the end ---- */

void rt_source_remove(mc_router *r, uint32_t id, int64_t when)
{
	rt_tell_source(r, MC_ROUTER_SOURCE_REMOVED, id, when);
	rt_source_free(r, id);
}

/* Frees what is left of a group, as far as the budget goes. */
static void bury(mc_router *r, uint32_t id, int64_t when, unsigned *budget)
{
	struct rt_group *g = rt_group_at(r, id);

	for (; g->members.first != NONE && *budget; --*budget)
		rt_member_drop(r, g->members.first, MC_ROUTER_MEMBER_EXPIRED, when);
	if (g->members.first == NONE)
		rt_group_free(r, id);
	else
		rt_group_arm(r, id);
}

static void group_gone(mc_router *r, uint32_t id, int64_t when, unsigned *budget)
{
	struct rt_group *g = rt_group_at(r, id);

	rt_tell_group(r, MC_ROUTER_GROUP_EXPIRED, id, when);
	rt_iface_of(r, g)->n_groups--;
	r->gone++;
	g->flags = (uint8_t)((g->flags & ~RT_EXCLUDE) | RT_GONE);
	g->query_at = g->sources_at = RT_NEVER;
	g->v1_until = g->v2_until = RT_LONG_AGO;
	g->asking = 0;
	bury(r, id, when, budget);
}

static void revive(mc_router *r, struct rt_group *g)
{
	g->flags &= (uint8_t)~RT_GONE;
	g->since = r->now;
	rt_iface_of(r, g)->n_groups++;
	r->gone--;
}

/* RFC 9776 6.5: EXCLUDE(X,Y) becomes INCLUDE(X). */
static void group_timer_ends(mc_router *r, uint32_t id, int64_t when, unsigned *budget)
{
	struct rt_group *g = rt_group_at(r, id);
	uint32_t source = g->sources.first, next;

	for (; source != NONE; source = next) {
		next = rt_source_at(r, source)->in_group.next;
		if (rt_source_at(r, source)->flags & RT_BLOCKED)
			rt_source_remove(r, source, when);
	}
	if (!g->n_sources) {
		group_gone(r, id, when, budget);
		return;
	}
	g->flags &= (uint8_t)~RT_EXCLUDE;
	g->asking = 0;
	g->query_at = RT_NEVER;
	rt_tell_group(r, MC_ROUTER_MODE_CHANGED, id, when);
	rt_group_arm(r, id);
}

void rt_group_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget)
{
	struct rt_group *g = rt_group_at(r, id);

	if (g->flags & RT_GONE) {
		bury(r, id, due, budget);
		return;
	}
	rt_ask_again(r, id, due);
	if (g->flags & RT_EXCLUDE && g->expires <= due)
		group_timer_ends(r, id, due, budget);
	else if (!(g->flags & RT_EXCLUDE) && !g->n_sources)
		group_gone(r, id, due, budget);
	else
		rt_group_arm(r, id);
}

/* RFC 9776 6.5: in INCLUDE mode the source goes, in EXCLUDE it is blocked. */
void rt_source_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget)
{
	struct rt_source *s = rt_source_at(r, id);
	uint32_t group = s->group;
	struct rt_group *g = rt_group_at(r, group);

	if (g->flags & RT_EXCLUDE) {
		g->n_asking -= s->asking > 0;
		s->asking = 0;
		s->flags |= RT_BLOCKED;
		rt_tell_source(r, MC_ROUTER_SOURCE_CHANGED, id, due);
		return;
	}
	rt_source_remove(r, id, due);
	if (!g->n_sources)
		group_gone(r, group, due, budget);
}

/* ---- reports ---- */

/* Never reported, and dropped if they are: RFC 9776 5, RFC 9777 6. */
static bool is_reportable(const struct mc_addr *group)
{
	static const uint8_t all_hosts[16] = { 224, 0, 0, 1 };
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };

	if (!mc_addr_is_multicast(group))
		return false;
	if (group->family == MC_IPV4)
		return memcmp(group->bytes, all_hosts, 16) != 0;
	return (group->bytes[1] & 15) > 1 && memcmp(group->bytes, all_nodes, 16) != 0;
}

static bool is_ssm(const mc_router *r, uint32_t id, const struct mc_addr *group)
{
	struct mc_group_info info;

	if (id != NONE)
		return rt_group_at(r, id)->flags & RT_SSM;
	return mc_group_classify(&info, group) == 0 && info.ssm;
}

/* What INCLUDE() becomes something by. */
static bool makes_state(const struct mc_record *rec)
{
	if (rec->type == MC_REC_IS_EX || rec->type == MC_REC_TO_EX)
		return true;
	return rec->type != MC_REC_BLOCK && rec->n_sources > 0;
}

static enum mc_router_drop judge(struct rt_hearing *h, const struct mc_record *rec, uint32_t id)
{
	bool any = rec->type == MC_REC_IS_EX || rec->type == MC_REC_TO_EX || h->rank < 3;

	if (rec->type < MC_REC_IS_IN || rec->type > MC_REC_BLOCK)
		return MC_ROUTER_UNKNOWN_RECORD;
	if (any && !rt_iface_at(h->r, h->iface)->opts.ssm_any_source &&
	    is_ssm(h->r, id, &rec->group))
		return MC_ROUTER_SSM_GROUP;
	return MC_ROUTER_TAKEN;
}

static uint32_t make_group(struct rt_hearing *h, const struct mc_record *rec)
{
	uint32_t id = rt_group_new(h->r, h->iface, &rec->group);

	if (id == NONE)
		rt_drop(h->r, h->iface, MC_ROUTER_NO_MEMORY);
	else if (is_ssm(h->r, NONE, &rec->group))
		rt_group_at(h->r, id)->flags |= RT_SSM;
	return id;
}

static void note_reporter(struct rt_hearing *h, uint32_t id, const struct mc_record *rec)
{
	mc_router *r = h->r;
	struct rt_group *g = rt_group_at(r, id);
	struct rt_iface *f = rt_iface_at(r, h->iface);
	int64_t until = r->now + f->vars.older_host_present_interval.ns;

	if (!makes_state(rec))
		return;
	g->seen = r->now;
	ring_to_end(&f->groups, rt_group_age, r, id);
	if (g->reporter != h->host) {
		rt_host_release(r, g->reporter);
		g->reporter = h->host;
		rt_host_at(r, h->host)->refs++;
	}
	if (rec->type != MC_REC_IS_EX)
		return;
	if (h->rank == 1)
		g->v1_until = until;
	else if (h->rank == 2)
		g->v2_until = until;
}

/* RFC 9776 7.3.2, RFC 9777 8.3.2.  A router of IGMPv1 knows no leaves. */
static bool is_ignored(uint8_t type, uint8_t rank)
{
	return (type == MC_REC_BLOCK && rank < 3) || (type == MC_REC_TO_IN && rank == 1);
}

/* The group that a record is about, NONE when nothing comes of it. */
static uint32_t group_for(struct rt_hearing *h, const struct mc_record *rec, uint32_t id,
			  bool *fresh)
{
	*fresh = id == NONE || rt_group_at(h->r, id)->flags & RT_GONE;
	if (!*fresh)
		return id;
	if (!makes_state(rec))
		return NONE;
	if (is_ignored(rec->type, rt_iface_at(h->r, h->iface)->rank)) {
		rt_drop(h->r, h->iface, MC_ROUTER_IGNORED);
		return NONE;
	}
	if (id == NONE)
		return make_group(h, rec);
	revive(h->r, rt_group_at(h->r, id));
	return id;
}

static void hear_record(struct rt_hearing *h, const struct mc_record *rec)
{
	mc_router *r = h->r;
	enum mc_router_drop why = MC_ROUTER_BAD_GROUP;
	uint32_t id = NONE;
	uint8_t rank;
	bool fresh;

	if (is_reportable(&rec->group)) {
		id = rt_group_find(r, h->iface, &rec->group);
		why = judge(h, rec, id);
	}
	if (why) {
		rt_drop(r, h->iface, why);
		return;
	}
	id = group_for(h, rec, id, &fresh);
	if (id == NONE)
		return;
	rank = rt_group_rank(r, rt_group_at(r, id));
	if (is_ignored(rec->type, rank)) {
		rt_drop(r, h->iface, MC_ROUTER_IGNORED);
	} else {
		note_reporter(h, id, rec);
		rt_apply(r, id, rec, rank, fresh);
	}
	rt_track(h, id, rec);
}

static void hear_records(struct rt_hearing *h, const struct mc_gm *gm)
{
	struct mc_record rec;
	size_t pos = 0;

	while (mc_gm_next(gm, &pos, &rec) == 1) {
		h->r->counts.records++;
		rt_iface_at(h->r, h->iface)->counts.records++;
		hear_record(h, &rec);
	}
}

/* The host is held while its message is heard, whatever is forgotten. */
void rt_hear_report(struct rt_hearing *h, const struct mc_gm *gm)
{
	struct mc_record rec = { .type = gm->kind == MC_GM_LEAVE ? MC_REC_TO_IN : MC_REC_IS_EX,
				 .group = gm->group };
	struct rt_host *host;

	h->host = rt_host_get(h->r, h->iface, h->f);
	if (h->host == NONE) {
		rt_drop(h->r, h->iface, MC_ROUTER_NO_MEMORY);
		return;
	}
	host = rt_host_at(h->r, h->host);
	if (h->f->has_src_mac && !mc_addr_is_unspecified(&h->f->src)) {
		host->mac = h->f->src_mac;
		host->flags |= RT_HAS_MAC;
	}
	if (gm->kind == MC_GM_LEAVE || h->rank < 3)
		hear_record(h, &rec);
	else
		hear_records(h, gm);
	rt_host_release(h->r, h->host);
}
