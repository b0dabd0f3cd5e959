/* router_table.c - what a record does to a group: the tables of RFC 9776 6.4 and
 * RFC 9777 7.4 */
#include "router_state.h"

/* One record on its way through the table. */
struct change {
	mc_router *r;
	uint32_t group;
	const struct mc_record *rec;
	bool was_exclude;
	bool asks;   /* some source has been lowered for a query to come */
	int64_t gmi; /* when a timer set to it ends */
	int64_t gt;  /* when the group timer ended, before the record */
};

static bool is_exclude(uint8_t type)
{
	return type == MC_REC_IS_EX || type == MC_REC_TO_EX;
}

static void run_until(struct change *c, uint32_t id, int64_t due)
{
	struct rt_source *s = rt_source_at(c->r, id);
	bool was_blocked = s->flags & RT_BLOCKED;

	s->flags &= (uint8_t)~RT_BLOCKED;
	rt_set_timer(c->r, RT_TIMER_SOURCE, id, due);
	if (was_blocked)
		rt_tell_source(c->r, MC_ROUTER_SOURCE_CHANGED, id, c->r->now);
}

static uint32_t add(struct change *c, const struct mc_addr *a, int64_t due)
{
	uint32_t id = rt_source_new(c->r, c->group, a);

	if (id == NONE) {
		rt_drop(c->r, rt_group_at(c->r, c->group)->iface, MC_ROUTER_NO_MEMORY);
		return NONE;
	}
	if (due == RT_NEVER)
		rt_source_at(c->r, id)->flags |= RT_BLOCKED;
	else
		rt_set_timer(c->r, RT_TIMER_SOURCE, id, due);
	rt_tell_source(c->r, MC_ROUTER_SOURCE_ADDED, id, c->r->now);
	return id;
}

/* IS_IN, ALLOW and TO_IN, in either mode: (A)=GMI. */
static void requested(struct change *c, uint32_t id, const struct mc_addr *a)
{
	if (id == NONE)
		id = add(c, a, c->gmi);
	else
		run_until(c, id, c->gmi);
	if (id != NONE && c->rec->type == MC_REC_TO_IN)
		rt_source_at(c->r, id)->flags |= RT_NAMED;
}

static void ask(struct change *c, uint32_t id)
{
	c->asks |= rt_ask_source(c->r, c->group, id);
}

/* IS_EX and TO_EX.  From INCLUDE, what was not requested is blocked; from
 * EXCLUDE, what was not listed gets a chance: (A-X-Y)=GMI, and after TO_EX (A-X-Y)
 * = group timer. */
static void excluded(struct change *c, uint32_t id, const struct mc_addr *a)
{
	bool to = c->rec->type == MC_REC_TO_EX;

	if (id == NONE)
		id = add(c, a, !c->was_exclude ? RT_NEVER : to ? c->gt : c->gmi);
	if (id == NONE)
		return;
	rt_source_at(c->r, id)->flags |= RT_NAMED;
	if (to)
		ask(c, id);
}

/* BLOCK: in EXCLUDE (A-X-Y)=group timer. */
static void blocked(struct change *c, uint32_t id, const struct mc_addr *a)
{
	if (id == NONE && c->was_exclude)
		id = add(c, a, c->gt);
	if (id != NONE)
		ask(c, id);
}

static void apply_source(struct change *c, const struct mc_addr *a)
{
	uint32_t id;

	if (mc_addr_is_multicast(a) || mc_addr_is_unspecified(a))
		return; /* nothing comes from there */
	id = rt_source_find(c->r, c->group, a);
	if (is_exclude(c->rec->type))
		excluded(c, id, a);
	else if (c->rec->type == MC_REC_BLOCK)
		blocked(c, id, a);
	else
		requested(c, id, a);
}

/* Those the record does not name: IS_EX and TO_EX delete them, TO_IN asks. */
static void apply_others(struct change *c)
{
	struct rt_group *g = rt_group_at(c->r, c->group);
	uint32_t id = g->sources.first, next;

	for (; id != NONE; id = next) {
		struct rt_source *s = rt_source_at(c->r, id);
		bool named = s->flags & RT_NAMED;

		next = s->in_group.next;
		s->flags &= (uint8_t)~RT_NAMED;
		if (named)
			continue;
		if (is_exclude(c->rec->type))
			rt_source_remove(c->r, id, c->r->now);
		else
			ask(c, id);
	}
}

static void apply_mode(struct change *c, bool fresh)
{
	struct rt_group *g = rt_group_at(c->r, c->group);
	bool to_exclude = is_exclude(c->rec->type);

	if (to_exclude) {
		g->flags |= RT_EXCLUDE;
		g->expires = c->gmi;
	}
	if (fresh)
		rt_tell_group(c->r, MC_ROUTER_GROUP_JOINED, c->group, c->r->now);
	else if (to_exclude && !c->was_exclude)
		rt_tell_group(c->r, MC_ROUTER_MODE_CHANGED, c->group, c->r->now);
}

/* `fresh`: the group had no state before. */
void rt_apply(mc_router *r, uint32_t group, const struct mc_record *rec, uint8_t rank, bool fresh)
{
	struct rt_group *g = rt_group_at(r, group);
	struct change c = { .r = r, .group = group, .rec = rec };
	unsigned n = rec->n_sources;

	if (rec->type == MC_REC_TO_EX && rank < 3)
		n = 0; /* RFC 9776 7.3.2 */
	c.was_exclude = g->flags & RT_EXCLUDE;
	c.gt = g->expires;
	c.gmi = r->now + rt_iface_of(r, g)->vars.group_membership_interval.ns;
	apply_mode(&c, fresh);
	for (unsigned i = 0; i < n; i++) {
		struct mc_addr a = mc_gm_source(rec->group.family, &rec->sources, i);

		apply_source(&c, &a);
	}
	if (is_exclude(rec->type) || rec->type == MC_REC_TO_IN)
		apply_others(&c);
	if (c.asks)
		rt_ask_sources(r, group, r->now);
	if (rec->type == MC_REC_TO_IN && c.was_exclude)
		rt_ask_group(r, group, r->now);
	rt_group_arm(r, group);
}
