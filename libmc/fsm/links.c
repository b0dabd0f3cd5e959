/* links.c - what holds for a link as a whole: its timers, silence, fallback */
#include "state.h"

#define STORM_LINK 1000 /* reports a second; where switches begin to drop them */
#define SWEEP_COST 1000 /* ns a member by which judging fallback is put off */

static void rearm(struct mc_observer *o, uint32_t id)
{
	const struct link *l = link_at(o, id);
	int64_t due = l->flags & L_FALLBACK ? l->fallback_due : WHEEL_NEVER;

	if (!(l->flags & (L_NO_QUERIER | L_OVERDUE)) && l->quiet_due < due)
		due = l->quiet_due;
	set_timer(o, TIMER_LINK, id, due);
}

/* RFC 9776 8.2 to 8.4.  The group membership interval has two query response
 * intervals, 270 s by default; RFC 3376 had one, 260 s, and so have many
 * routers.  Members expire after the longer one, when both agree. */
static void adopt_timers(struct link *l, const struct mc_gm *gm, const struct asker *a)
{
	bool announced = rank_of((uint8_t)l->family, gm->version) == 3;

	l->rv = announced && gm->qrv ? gm->qrv : DEFAULT_RV;
	l->qi = a ? asker_interval(a) : DEFAULT_QI;
	l->mrt = gm->max_resp.ns;
	l->interval = l->rv * l->qi + 2 * l->mrt;
}

/* Does anybody have to fall back for this query (RFC 9776 7.2.1)? */
static bool has_newer_members(const struct link *l, uint8_t rank)
{
	for (unsigned r = rank + 1u; r <= 3; r++)
		if (l->by_rank[r])
			return true;
	return false;
}

void link_queried(struct hearing *h, const struct mc_gm *gm, uint32_t asker)
{
	struct link *l = h->l;

	adopt_timers(l, gm, asker == NONE ? NULL : asker_at(h->o, asker));
	l->flags &= ~(uint32_t)(L_NO_QUERIER | L_OVERDUE);
	l->last_general = l->quiet_since = h->now;
	l->speaker = h->host;
	l->quiet_due = h->now + 2 * l->qi + EPS;
	if (!(l->flags & L_FALLBACK) && has_newer_members(l, h->rank)) {
		l->flags |= L_FALLBACK;
		l->fallback_rank = h->rank;
		l->fallback_at = h->now;
		l->fallback_due = h->now + l->mrt + EPS + (int64_t)h->o->members.live * SWEEP_COST;
	}
	rearm(h->o, h->link);
}

static void tell_no_querier(struct mc_observer *o, uint32_t id, int64_t now)
{
	struct link *l = link_at(o, id);
	struct finding f = finding_of(MC_ISSUE_NO_QUERIER, id, now);

	l->flags |= L_NO_QUERIER;
	f.latency = now - l->quiet_since;
	tell(o, &f);
}

static void judge_storm(struct hearing *h, struct link *l)
{
	int64_t elapsed = l->last_report == NO_TIME ? WHEEL_NEVER : h->now - l->last_report;
	bool storm = bucket_add(&l->storm, elapsed, STORM_LINK);
	struct finding f;

	if (l->storm < STORM_LINK * 500)
		l->flags &= ~(uint32_t)L_STORM;
	if (!storm || l->flags & L_STORM)
		return;
	l->flags |= L_STORM;
	f = finding_of(MC_ISSUE_REPORT_STORM, h->link, h->now);
	tell(h->o, &f);
}

void link_reported(struct hearing *h)
{
	struct link *l = h->l;

	judge_storm(h, l);
	l->last_report = h->now;
	if ((l->flags & (L_OVERDUE | L_NO_QUERIER)) == L_OVERDUE)
		tell_no_querier(h->o, h->link, h->now);
}

/* Without a report since the last query there is nobody to miss it, yet. */
static void judge_silence(struct mc_observer *o, uint32_t id, int64_t due)
{
	struct link *l = link_at(o, id);

	l->flags |= L_OVERDUE;
	if (l->last_report >= l->quiet_since)
		tell_no_querier(o, id, due);
}

static bool reported_older(const struct group *g, uint8_t rank, int64_t since)
{
	return g->last_v1 >= since || (rank >= 2 && g->last_v2 >= since);
}

static void judge_member(struct mc_observer *o, uint32_t link, uint32_t id, int64_t due)
{
	const struct link *l = link_at(o, link);
	const struct member *m = member_at(o, id);
	const struct group *g = group_at(o, m->group);
	struct host *h = host_at(o, m->host);
	struct finding f = finding_of(MC_ISSUE_FALLBACK_SILENT, link, due);

	if (g->link != link || rank_of(g->family, m->version) <= l->fallback_rank ||
	    m->first_seen >= l->fallback_at || m->host == l->speaker || h->flags & H_NO_FALLBACK)
		return;
	if (reported_older(g, l->fallback_rank, l->fallback_at))
		return;
	h->flags |= H_NO_FALLBACK;
	f.member = id;
	tell(o, &f);
}

/* A host that reports nothing in the older version is invisible to the router
 * that asked, whether it is silent or answers in the newer one. */
static void judge_fallback(struct mc_observer *o, uint32_t link, int64_t due)
{
	link_at(o, link)->flags &= ~(uint32_t)L_FALLBACK;
	for (uint32_t id = 0; id < o->members.used; id++)
		if (pool_is_live(&o->members, id))
			judge_member(o, link, id, due);
}

void link_timer(struct mc_observer *o, uint32_t id, int64_t due)
{
	struct link *l = link_at(o, id);

	if (!(l->flags & (L_NO_QUERIER | L_OVERDUE)) && due >= l->quiet_due)
		judge_silence(o, id, due);
	if (l->flags & L_FALLBACK && due >= l->fallback_due)
		judge_fallback(o, id, due);
	rearm(o, id);
}
