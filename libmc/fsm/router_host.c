/* router_host.c - hosts of a group, each tracked by itself
 *
 * Beside the protocol, which knows only the sum of all hosts: what each wants,
 * by the reports of its own.  A host that is silent for the group membership
 * interval is forgotten; before IGMPv3 and MLDv2 it may have left the answers to
 * others. */
#include "router_state.h"

static void load(const mc_router *r, uint32_t id, struct filter *f)
{
	struct rt_member *m = rt_member_at(r, id);
	uint8_t family = rt_group_at(r, m->group)->family;

	f->mode = m->flags & RT_EXCLUDE ? MC_EXCLUDE : MC_INCLUDE;
	f->more = m->flags & RT_MORE;
	f->n = m->n_sources;
	kept_load(f, family, m->sources, sizeof(m->sources));
}

static bool differs(const mc_router *r, uint32_t id, const struct filter *f)
{
	struct rt_member *m = rt_member_at(r, id);
	uint8_t family = rt_group_at(r, m->group)->family;

	if ((m->flags & RT_EXCLUDE) != (f->mode == MC_EXCLUDE ? RT_EXCLUDE : 0) ||
	    !(m->flags & RT_MORE) != !f->more || m->n_sources != f->n)
		return true;
	return !kept_same(m->sources, sizeof(m->sources), family, f);
}

/* All members together keep a bounded number of sources; the rest is `more`. */
static void fit(const mc_router *r, const struct rt_member *m, struct filter *f)
{
	uint64_t room = r->max_kept - r->kept + m->n_sources;

	if (f->n <= room)
		return;
	f->n = (uint8_t)room;
	f->more = true;
}

static void store(mc_router *r, uint32_t id, struct filter *f)
{
	struct rt_member *m = rt_member_at(r, id);
	uint8_t family = rt_group_at(r, m->group)->family;
	size_t each = kept_each(family);

	if (!kept_resize(r->alloc, m->sources, sizeof(m->sources), m->n_sources * each,
			 f->n * each)) {
		f->n = f->n < m->n_sources ? f->n : m->n_sources;
		f->more = true;
	}
	r->kept += f->n;
	r->kept -= m->n_sources;
	m->n_sources = f->n;
	m->flags = (uint8_t)((f->mode == MC_EXCLUDE ? RT_EXCLUDE : 0) | (f->more ? RT_MORE : 0));
	kept_store(m->sources, sizeof(m->sources), family, f);
}

/* The usual record, which changes nothing: any source, as before. */
static bool is_same(const struct rt_member *m, const struct mc_record *rec)
{
	return (rec->type == MC_REC_IS_EX || rec->type == MC_REC_TO_EX) && !rec->n_sources &&
	       m->flags == RT_EXCLUDE && !m->n_sources;
}

/* How long after the query that it answers, if it is an answer. */
static void note_delay(struct rt_hearing *h, struct rt_member *m, uint8_t type)
{
	mc_router *r = h->r;
	const struct rt_group *g = rt_group_at(r, m->group);
	const struct rt_iface *f = rt_iface_of(r, g);
	int64_t asked = f->asked_at, until = f->answers_until;

	if (h->rank == 3 && type != MC_REC_IS_IN && type != MC_REC_IS_EX)
		return;
	if (g->asked_at > asked) {
		asked = g->asked_at;
		until = g->answers_until;
	}
	if (asked == RT_LONG_AGO || r->now > until)
		return;
	if (m->answered && rt_time(r, m->seen) > asked)
		return; /* it has answered that one */
	m->answered = (uint32_t)((r->now - asked) / 1000 + 1);
}

/* RFC 9776 4.2.16: a list that is too long for one report is split, and the
 * parts follow each other at once. */
static enum filter_context context_of(struct rt_hearing *h, const struct rt_member *m, uint8_t type)
{
	if (type == MC_REC_IS_IN && rt_group_at(h->r, m->group)->sources_until >= h->r->now)
		return FILTER_PARTIAL;
	if (type == m->last_type && h->r->now - rt_time(h->r, m->seen) <= RT_EPS)
		return FILTER_CONTINUED;
	return FILTER_ALONE;
}

static void heard(struct rt_hearing *h, uint32_t id, uint8_t type)
{
	mc_router *r = h->r;
	struct rt_member *m = rt_member_at(r, id);
	struct rt_iface *f = rt_iface_at(r, h->iface);

	note_delay(h, m, type);
	m->seen = rt_ticks(r->now);
	m->last_type = type & 15;
	m->version = h->version & 15;
	ring_to_end(&f->members, rt_member_age, r, id);
	if (f->aging_at != RT_NEVER)
		return;
	f->aging_at = r->now + f->vars.group_membership_interval.ns;
	rt_iface_arm(r, h->iface);
}

static void refresh(struct rt_hearing *h, uint32_t id, const struct mc_record *rec)
{
	mc_router *r = h->r;
	struct rt_member *m = rt_member_at(r, id);
	bool changed = m->version != h->version;
	struct filter f;

	if (!is_same(m, rec)) {
		load(r, id, &f);
		if (!filter_apply(&f, true, rec, context_of(h, m, rec->type))) {
			rt_member_drop(r, id, MC_ROUTER_MEMBER_LEFT, r->now);
			return;
		}
		fit(r, m, &f);
		if (differs(r, id, &f)) {
			store(r, id, &f);
			changed = true;
		}
	}
	heard(h, id, rec->type);
	if (changed)
		rt_tell_member(r, MC_ROUTER_MEMBER_CHANGED, id, r->now);
}

static void join(struct rt_hearing *h, uint32_t group, const struct mc_record *rec)
{
	mc_router *r = h->r;
	struct filter f;
	uint32_t id;

	f.n = 0;
	if (!filter_apply(&f, false, rec, FILTER_ALONE))
		return;
	id = rt_member_new(r, group, h->host);
	if (id == NONE) {
		rt_drop(r, h->iface, MC_ROUTER_NO_MEMORY);
		return;
	}
	fit(r, rt_member_at(r, id), &f);
	store(r, id, &f);
	heard(h, id, rec->type);
	rt_tell_member(r, MC_ROUTER_MEMBER_JOINED, id, r->now);
}

void rt_track(struct rt_hearing *h, uint32_t group, const struct mc_record *rec)
{
	uint32_t id = rt_member_find(h->r, group, h->host);

	if (id != NONE)
		refresh(h, id, rec);
	else
		join(h, group, rec);
}

void rt_member_drop(mc_router *r, uint32_t id, enum mc_router_what what, int64_t when)
{
	rt_tell_member(r, what, id, when);
	rt_member_free(r, id);
}

/* Ticks cannot tell how long ago it was that a member was heard before a long pause:
 * longer than any interval will do. */
void rt_members_pause(mc_router *r, int64_t now)
{
	uint32_t seen = rt_ticks(now) - RT_PAUSE_TICKS;

	for (uint32_t id = 0; id < r->members.used; id++)
		if (pool_is_live(&r->members, id))
			rt_member_at(r, id)->seen = seen;
}

/* Members are listed by when they were heard, so the first is due first. */
void rt_age_members(mc_router *r, uint32_t iface, unsigned *budget)
{
	struct rt_iface *f = rt_iface_at(r, iface);
	int64_t gmi = f->vars.group_membership_interval.ns;

	for (; f->members.first != NONE && *budget; --*budget) {
		uint32_t id = f->members.first;
		int64_t due = rt_expiry(r, rt_member_at(r, id), gmi);

		if (due > r->now) {
			f->aging_at = due;
			return;
		}
		rt_member_drop(r, id, MC_ROUTER_MEMBER_EXPIRED, due);
	}
	f->aging_at = f->members.first == NONE ? RT_NEVER : r->now;
}
