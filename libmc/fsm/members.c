/* members.c - who is a member of what, as reports and silence tell */
#include "state.h"
#include <string.h>

#define BATCH	     16 /* records of a report, looked up together */
#define STORM_MEMBER 10 /* reports a second for one group from one host */

void show_member(const struct mc_observer *o, uint32_t id, struct shown *out)
{
	const struct member *m = member_at(o, id);
	const struct host *h = host_at(o, m->host);
	const struct group *g = group_at(o, m->group);

	out->m = (struct mc_member){
		.link = link_at(o, g->link)->number,
		.group = group_addr(g),
		.host = host_addr(h),
		.mac = h->mac,
		.has_mac = h->flags & H_MAC,
		.version = m->version,
		.mode = (enum mc_filter_mode)m->mode,
		.sources = out->sources,
		.n_sources = m->n_sources,
		.more_sources = m->more_sources,
		.first_seen = { rest_at(o, id)->first_seen },
		.last_seen = { m->last_seen },
		.expires = { m->timer.due },
		.reports = m->reports,
		.answered_after = { m->answered ? (m->answered - INT64_C(1)) * 1000 : -1 },
	};
	for (unsigned i = 0; i < m->n_sources; i++)
		out->sources[i] = kept_at(g->family, member_sources(o, id), i);
}

bool member_takes(const struct mc_observer *o, uint32_t id, const struct mc_addr *source)
{
	const struct member *m = member_at(o, id);

	for (unsigned i = 0; i < m->n_sources; i++)
		if (kept_is(source->family, member_sources(o, id), i, source))
			return m->mode == MC_INCLUDE;
	return m->mode == MC_EXCLUDE || m->more_sources;
}

/* ---- state ---- */

static void load(const struct mc_observer *o, uint32_t id, struct filter *f)
{
	const struct member *m = member_at(o, id);
	const struct group *g = group_at(o, m->group);

	f->mode = m->mode;
	f->more = m->more_sources;
	f->n = m->n_sources;
	kept_load(f, g->family, member_sources(o, id));
}

/* All members together keep a bounded number of sources; the rest is `more`. */
static void fit(const struct mc_observer *o, const struct member *m, struct filter *f)
{
	uint64_t room = o->max_sources - o->n_sources + m->n_sources;

	if (f->n <= room)
		return;
	f->n = (uint8_t)room;
	f->more = true;
}

static void store_sources(struct mc_observer *o, uint32_t id, struct filter *f)
{
	struct member *m = member_at(o, id);
	struct member_rest *r = rest_at(o, id);
	uint8_t family = group_at(o, m->group)->family;
	size_t each = kept_each(family);

	if (!kept_resize(o->alloc, r->sources, sizeof(r->sources), m->n_sources * each,
			 f->n * each)) {
		f->n = f->n < m->n_sources ? f->n : m->n_sources;
		f->more = true;
	}
	o->n_sources += f->n;
	o->n_sources -= m->n_sources;
	m->n_sources = f->n;
	m->more_sources = f->more;
	kept_store(member_sources(o, id), family, f);
}

static bool differs(const struct mc_observer *o, uint32_t id, const struct filter *f)
{
	const struct member *m = member_at(o, id);

	if (m->mode != f->mode || m->more_sources != f->more || m->n_sources != f->n)
		return true;
	return !kept_same(member_sources(o, id), group_at(o, m->group)->family, f);
}

static void store(struct mc_observer *o, uint32_t id, struct filter *f)
{
	struct member *m = member_at(o, id);
	struct group *g = group_at(o, m->group);

	g->n_exclude -= m->mode == MC_EXCLUDE;
	g->n_exclude += f->mode == MC_EXCLUDE;
	m->mode = f->mode;
	store_sources(o, id, f);
}

static bool set_version(struct hearing *h, struct member *m)
{
	struct link *l = link_at(h->o, h->link);

	if (m->version == h->version)
		return false;
	l->by_rank[m->version ? rank_of((uint8_t)l->family, m->version) : 0]--;
	l->by_rank[h->rank]++;
	m->version = h->version;
	return true;
}

/* The usual record, which changes nothing: any source, as before. */
static bool is_same(const struct member *m, const struct mc_record *r)
{
	return (r->type == MC_REC_IS_EX || r->type == MC_REC_TO_EX) && !r->n_sources &&
	       m->mode == MC_EXCLUDE && !m->n_sources && !m->more_sources;
}

/* ---- reports ---- */

static void note_older_report(struct hearing *h, uint32_t group)
{
	struct group *g = group_at(h->o, group);

	if (h->rank == 1)
		g->last_v1 = h->now;
	else if (h->rank == 2)
		g->last_v2 = h->now;
}

/* How long after the query that it answers, if it is an answer. */
static void note_delay(struct hearing *h, struct member *m, uint8_t type, int64_t before)
{
	const struct link *l = link_at(h->o, h->link);
	const struct group *g = group_at(h->o, m->group);
	int64_t query = l->last_general, late = query + l->mrt + EPS;

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

static void note_storm(struct hearing *h, uint32_t id)
{
	struct member *m = member_at(h->o, id);
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

static void heard(struct hearing *h, uint32_t id, uint8_t type)
{
	struct mc_observer *o = h->o;
	struct member *m = member_at(o, id);
	int64_t due;

	m->last_seen = h->now;
	m->last_type = type;
	m->reports += m->reports < UINT32_MAX;
	due = h->now + link_at(o, h->link)->interval;
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
	h->host = host_find(o, h->link, h->f); /* it may have been its last */
}

/* RFC 9776 4.2.16: a list that is too long for one report is split, and the
 * parts follow each other at once. */
static enum filter_context context_of(struct hearing *h, const struct member *m, uint8_t type)
{
	if (type == MC_REC_IS_IN && group_at(h->o, m->group)->sources_until >= h->now)
		return FILTER_PARTIAL;
	if (type == m->last_type && h->now - m->last_seen <= EPS)
		return FILTER_CONTINUED;
	return FILTER_ALONE;
}

static void refresh(struct hearing *h, uint32_t id, const struct mc_record *r)
{
	struct mc_observer *o = h->o;
	struct member *m = member_at(o, id);
	bool changed = false;
	struct filter f;

	if (!is_same(m, r)) {
		load(o, id, &f);
		if (!filter_apply(&f, true, r, context_of(h, m, r->type))) {
			leave(h, id, r->type);
			return;
		}
		fit(o, m, &f);
		changed = differs(o, id, &f);
		if (changed)
			store(o, id, &f);
	}
	note_delay(h, m, r->type, m->last_seen);
	group_answered(h, id, r->type);
	note_older_report(h, m->group);
	note_storm(h, id);
	heard(h, id, r->type);
	member_is_newest(o, id);
	if (set_version(h, m) || changed)
		tell_member(o, MC_MEMBER_CHANGED, id, h->now, -1);
}

static void join(struct hearing *h, uint32_t group, const struct mc_record *r)
{
	struct member *m;
	struct filter f;
	uint32_t id;

	f.n = 0;
	if (!filter_apply(&f, false, r, FILTER_ALONE)) {
		if (group != NONE)
			group_left(h, group, r->type, false);
		return;
	}
	id = member_new(h, &r->group);
	if (id == NONE)
		return;
	m = member_at(h->o, id);
	fit(h->o, m, &f);
	store(h->o, id, &f);
	set_version(h, m);
	note_delay(h, m, r->type, NO_TIME);
	note_older_report(h, m->group);
	heard(h, id, r->type);
	tell_member(h->o, MC_MEMBER_JOINED, id, h->now, -1);
	if (group_at(h->o, m->group)->n_members == 1)
		group_joined(h->o, m->group, h->now);
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

/* `group` is the group, or was when the report began. */
static void hear_record(struct hearing *h, const struct mc_record *r, uint32_t group)
{
	struct mc_observer *o = h->o;
	uint32_t id = NONE;

	if (r->type < MC_REC_IS_IN || r->type > MC_REC_BLOCK || !is_reportable(&r->group))
		return;
	if (group == NONE || !pool_is_live(&o->groups, group) ||
	    !group_is(o, group, h->link, &r->group))
		group = group_find(o, h->link, &r->group);
	if (group != NONE && h->host != NONE)
		id = member_find(o, group, h->host);
	if (id != NONE)
		refresh(h, id, r);
	else
		join(h, group, r);
}

/* RFC 9776 7.3.2: how older messages translate. */
static void hear_older_report(struct hearing *h, const struct mc_gm *gm)
{
	struct mc_record r = { .type = gm->kind == MC_GM_LEAVE ? MC_REC_TO_IN : MC_REC_IS_EX,
			       .group = gm->group };

	hear_record(h, &r, NONE);
}

/* A report names members all over memory.  Everything that will be looked at is
 * asked for first, step by step, so that memory answers it all at once. */
struct batch {
	unsigned n;
	struct mc_record records[BATCH];
	uint32_t hashes[BATCH], groups[BATCH];
};

static void fetch_groups(const struct mc_observer *o, uint32_t link, struct batch *b)
{
	for (unsigned i = 0; i < b->n; i++) {
		b->hashes[i] = group_hash(o, link, &b->records[i].group);
		index_prefetch(&o->by_group, b->hashes[i]);
	}
	for (unsigned i = 0; i < b->n; i++) {
		uint32_t pos = b->hashes[i];

		b->groups[i] = index_next(&o->by_group, b->hashes[i], &pos);
		if (b->groups[i] != NONE)
			__builtin_prefetch(group_at(o, b->groups[i]));
	}
}

static void fetch_members(const struct hearing *h, const struct batch *b)
{
	if (h->host == NONE)
		return;
	for (unsigned i = 0; i < b->n; i++)
		if (b->groups[i] != NONE)
			member_prefetch(h->o, b->groups[i], h->host, false);
	for (unsigned i = 0; i < b->n; i++)
		if (b->groups[i] != NONE)
			member_prefetch(h->o, b->groups[i], h->host, true);
}

static void hear_records(struct hearing *h, const struct mc_gm *gm)
{
	struct batch b;
	size_t pos = 0;

	do {
		for (b.n = 0; b.n < BATCH && mc_gm_next(gm, &pos, &b.records[b.n]) == 1; b.n++)
			;
		fetch_groups(h->o, h->link, &b);
		fetch_members(h, &b);
		for (unsigned i = 0; i < b.n; i++)
			hear_record(h, &b.records[i], b.groups[i]);
	} while (b.n == BATCH);
}

void hear_report(struct hearing *h, const struct mc_gm *gm)
{
	host_heard(h, gm->kind == MC_GM_REPORT);
	if (gm->kind == MC_GM_REPORT)
		link_reported(h);
	if (gm->kind == MC_GM_LEAVE || h->rank < 3)
		hear_older_report(h, gm);
	else
		hear_records(h, gm);
}

/* ---- silence ---- */

/* Silence is the host's fault if it was asked, by another, and was not free to
 * leave the answer to others (RFC 2236 3, RFC 2710 4). */
static bool is_dead(const struct mc_observer *o, const struct member *m)
{
	const struct group *g = group_at(o, m->group);
	const struct link *l = link_at(o, g->link);
	struct mc_addr host = host_addr(host_at(o, m->host));

	if (l->last_general <= m->last_seen || l->speaker == m->host ||
	    mc_addr_is_unspecified(&host))
		return false;
	return rank_of(g->family, m->version) == 3 || !group_was_reported(g, m->last_seen + 1);
}

void member_timer(struct mc_observer *o, uint32_t id, int64_t due)
{
	uint32_t group = member_at(o, id)->group;
	struct finding f = finding_of(MC_ISSUE_MEMBER_EXPIRED, group_at(o, group)->link, due);

	tell_member(o, MC_MEMBER_EXPIRED, id, due, -1);
	f.member = id;
	if (is_dead(o, member_at(o, id)))
		tell(o, &f);
	member_free(o, id);
	group_emptied(o, group, due, false);
}
