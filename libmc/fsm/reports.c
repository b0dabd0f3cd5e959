/* reports.c - reports and leaves: who joins, goes on, changes its mind, leaves */
#include "state.h"

#define STORM_MEMBER 10 /* reports a second for one group from one host */

static bool set_version(struct hearing *h, struct member *m)
{
	struct link *l = h->l;

	if (m->version == h->version)
		return false;
	l->by_rank[m->version ? rank_of((uint8_t)l->family, m->version) : 0]--;
	l->by_rank[h->rank]++;
	m->version = h->version;
	return true;
}

static bool excludes(const struct mc_record *r)
{
	return r->type == MC_REC_IS_EX || r->type == MC_REC_TO_EX;
}

/* What the sources were before does not matter: see filter_apply(). */
static bool replaces_all(const struct mc_record *r, enum filter_context context)
{
	if (context == FILTER_ALONE && (r->type == MC_REC_TO_IN || r->type == MC_REC_IS_IN))
		return r->type == MC_REC_TO_IN || r->n_sources;
	return excludes(r);
}

/* The usual record, which changes nothing: any source, as before. */
static bool is_same(const struct member *m, const struct mc_record *r)
{
	return excludes(r) && !r->n_sources && m->mode == MC_EXCLUDE && !m->n_sources &&
	       !m->more_sources;
}

static void note_older_report(struct hearing *h, struct group *g)
{
	if (h->rank == 1)
		g->last_v1 = h->now;
	else if (h->rank == 2)
		g->last_v2 = h->now;
}

/* How long after the query that it answers, if it is an answer. */
static void note_delay(struct hearing *h, struct member *m, const struct group *g, uint8_t type,
		       int64_t before)
{
	int64_t query = h->l->last_general, late = query + h->l->mrt + EPS;

	if (h->rank == 3 && type != MC_REC_IS_IN && type != MC_REC_IS_EX)
		return;
	if (g->flags & G_ASKED && g->asked_at > query) {
		query = g->asked_at;
		late = g->asked_late;
	}
	if (query == NO_TIME || query <= before || h->now > late)
		return;
	m->answered = (uint32_t)((h->now - query) / 1000 + 1);
}

static void note_storm(struct hearing *h, struct member *m, uint32_t id)
{
	uint32_t level = m->storm;
	bool storm = bucket_add(&level, h->now - m->last_seen, STORM_MEMBER);
	struct finding f;

	m->storm = (uint16_t)level;
	if (level < STORM_MEMBER * 500)
		m->flags &= (uint8_t)~M_STORM;
	if (!storm || m->flags & M_STORM)
		return;
	m->flags |= M_STORM;
	f = finding_of(MC_ISSUE_REPORT_STORM, h->link, h->now);
	f.member = id;
	tell(h->o, &f);
}

static void heard(struct hearing *h, struct member *m, uint32_t id, uint8_t type)
{
	struct mc_observer *o = h->o;
	int64_t due = h->now + h->l->interval;

	m->last_seen = h->now;
	m->turn = o->turn++;
	m->last_type = type;
	m->reports += m->reports < UINT32_MAX;
	if (wheel_is_set(&m->timer) && due >= m->timer.due)
		m->timer.due = due; /* as wheel_set would, a million times */
	else
		set_timer(o, TIMER_MEMBER, id, due);
}

static void leave(struct hearing *h, uint32_t id, uint8_t type)
{
	struct mc_observer *o = h->o;
	uint32_t group = member_at(o, id)->group;

	tell_member(o, MC_MEMBER_LEFT, id, h->now, -1);
	group_left(h, group, type, true);
	member_free(o, id);
	group_emptied(o, group, h->now, true);
	host_is_left(h);
}

/* RFC 9776 4.2.16: a list that is too long for one report is split, and the
 * parts follow each other at once. */
static enum filter_context context_of(const struct hearing *h, const struct member *m,
				      const struct group *g, uint8_t type)
{
	if (type == MC_REC_IS_IN && g->sources_until >= h->now)
		return FILTER_PARTIAL;
	if (type == m->last_type && h->now - m->last_seen <= EPS)
		return FILTER_CONTINUED;
	return FILTER_ALONE;
}

static void refresh(struct hearing *h, uint32_t id, const struct mc_record *r)
{
	struct mc_observer *o = h->o;
	struct found w = found_member(o, id);
	bool changed = false;
	struct filter f;

	if (!is_same(w.m, r)) {
		enum filter_context context = context_of(h, w.m, w.g, r->type);

		member_load(&w, &f, replaces_all(r, context));
		if (!filter_apply(&f, true, r, context)) {
			leave(h, id, r->type);
			return;
		}
		changed = member_store(o, &w, &f);
	}
	note_delay(h, w.m, w.g, r->type, w.m->last_seen);
	if (w.g->flags & G_ASKED)
		group_answered(h, &w, r->type);
	note_older_report(h, w.g);
	note_storm(h, w.m, id);
	heard(h, w.m, id, r->type);
	if (set_version(h, w.m) || changed)
		tell_member(o, MC_MEMBER_CHANGED, id, h->now, -1);
}

static void join(struct hearing *h, uint32_t group, const struct mc_record *r)
{
	struct filter f;
	struct found w;
	uint32_t id;

	f.n = 0;
	if (!filter_apply(&f, false, r, FILTER_ALONE)) {
		if (group != NONE)
			group_left(h, group, r->type, false);
		return;
	}
	id = member_new(h, group, &r->group);
	if (id == NONE)
		return;
	w = found_member(h->o, id);
	member_store(h->o, &w, &f);
	set_version(h, w.m);
	note_delay(h, w.m, w.g, r->type, NO_TIME);
	note_older_report(h, w.g);
	heard(h, w.m, id, r->type);
	tell_member(h->o, MC_MEMBER_JOINED, id, h->now, -1);
	if (w.g->n_members == 1)
		group_joined(h->o, w.m->group, h->now);
}

/* RFC 9776 5, RFC 9777 6: never reported; nobody would ask for them either. */
static bool is_reportable(const struct mc_addr *group)
{
	static const uint8_t all_hosts[16] = { 224, 0, 0, 1 };
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };

	if (!mc_addr_is_multicast(group))
		return false;
	return memcmp(group->bytes, group->family == MC_IPV4 ? all_hosts : all_nodes, 16) != 0;
}

static uint32_t group_of(const struct hearing *h, const struct look *l)
{
	const struct mc_observer *o = h->o;

	if (l->group != NONE && pool_is_live(&o->groups, l->group) &&
	    group_is(group_at(o, l->group), h->link, &l->r.group))
		return l->group;
	return is_reportable(&l->r.group) ? group_find(o, h->link, &l->r.group) : NONE;
}

static uint32_t member_of(const struct hearing *h, const struct look *l, uint32_t group)
{
	const struct mc_observer *o = h->o;
	const struct member *m;

	if (group == NONE || h->host == NONE)
		return NONE;
	if (l->member == NONE)
		return member_find(o, group, h->host);
	m = member_at(o, l->member);
	return m->group == group && m->host == h->host ? l->member : member_find(o, group, h->host);
}

/* What was found ahead may have changed since, but numbers stay numbers of
 * records, which say themselves what they are. */
static void hear_record(struct hearing *h, const struct look *l)
{
	uint32_t group, id;

	if (l->r.type < MC_REC_IS_IN || l->r.type > MC_REC_BLOCK)
		return;
	group = group_of(h, l);
	id = member_of(h, l, group);
	if (id != NONE)
		refresh(h, id, &l->r);
	else if (group != NONE || is_reportable(&l->r.group))
		join(h, group, &l->r);
}

void hear_report(struct hearing *h, const struct mc_gm *gm, struct ahead *a, struct next *n)
{
	host_heard(h, gm->kind == MC_GM_REPORT);
	if (gm->kind == MC_GM_REPORT)
		link_reported(h);
	do {
		for (unsigned i = 0; i < n->n; i++)
			hear_record(h, &n->looks[i]);
	} while (ahead_go_on(a, n, h, gm));
}
