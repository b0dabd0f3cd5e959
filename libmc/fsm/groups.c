/* groups.c - what is expected of a group: answers, queries after leaves, data */
#include "state.h"
#include <string.h>

#define SILENCE	 (5 * SECOND) /* data that stopped; above the last member query time */
#define ASK_COST 1000	      /* ns a member by which judging answers is put off */
#define FETCHED	 8	      /* members that memory is asked for at once */
#define LOOKED	 16	      /* members asked whether they take a packet */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* By a version whose reports spare others theirs. */
bool group_was_reported(const struct group *g, int64_t since)
{
	return later(g->last_v1, g->last_v2) >= since;
}

static void rearm(struct mc_observer *o, uint32_t id)
{
	const struct group *g = group_at(o, id);
	int64_t due = WHEEL_NEVER;

	if (g->flags & G_ASKED)
		due = g->asked_until;
	if (g->flags & G_LEFT)
		due = earlier(due, g->left_due);
	if (g->flags & G_LINGERS)
		due = earlier(due, later(g->since, g->last_data) + SILENCE);
	set_timer(o, TIMER_GROUP, id, due);
}

/* ---- answers to group-specific queries ---- */

/* Repeated queries are one question; who answers any of them has answered.
 * A million members are not looked at for every query of a flood. */
static void expect_answers(struct hearing *h, struct group *g, int64_t mrt)
{
	if (!(g->flags & G_ASKED))
		g->asked_at = h->now;
	g->flags |= G_ASKED;
	g->asked_late = h->now + mrt + EPS;
	g->asked_until = g->asked_late + later(mrt, SECOND) + (int64_t)g->n_members * ASK_COST;
	g->asked_rank = h->rank;
	g->asker = h->host;
}

void group_asked(struct hearing *h, const struct mc_gm *gm)
{
	uint32_t id = group_find(h->o, h->link, &gm->group);
	struct group *g;

	if (id == NONE)
		return;
	g = group_at(h->o, id);
	g->flags &= (uint8_t) ~(G_LEFT | G_UNQUERIED);
	if (gm->n_sources) /* who must answer depends on sources that may not be kept */
		g->sources_until = h->now + gm->max_resp.ns + EPS;
	else
		expect_answers(h, g, gm->max_resp.ns);
	rearm(h->o, id);
}

/* IGMPv1 hosts know only general queries; below IGMPv3 and MLDv2, and by hosts
 * that fell back for the query, a report of somebody else is enough. */
static bool owes_answer(const struct group *g, const struct member *m)
{
	uint8_t rank = rank_of(g->family, m->version);

	if (m->last_seen >= g->asked_at || rank < 2)
		return false;
	if (rank == 3 && g->asked_rank == 3)
		return true;
	return !group_was_reported(g, g->asked_at);
}

/* Before the report counts as heard. */
void group_answered(struct hearing *h, const struct found *w, uint8_t type)
{
	const struct group *g = w->g;
	struct member *m = w->m;
	struct finding f;

	if (!(g->flags & G_ASKED) || !owes_answer(g, m))
		return;
	if (h->rank == 3 && type != MC_REC_IS_IN && type != MC_REC_IS_EX)
		return;
	if (h->now <= g->asked_late) {
		m->flags &= (uint8_t) ~(M_LATE | M_MISSING);
		return;
	}
	if (m->flags & M_LATE)
		return;
	m->flags |= M_LATE;
	f = finding_of(MC_ISSUE_LATE_ANSWER, h->link, h->now);
	f.member = w->id;
	f.latency = h->now - (g->asked_late - EPS);
	tell(h->o, &f);
}

/* Members of a group lie all over memory, but not what chains them. */
static uint32_t fetch_ahead(const struct mc_observer *o, uint32_t id, unsigned n)
{
	for (; id != NONE && n; n--) {
		__builtin_prefetch(member_at(o, id));
		id = beside_at(o, id)->next;
	}
	return id;
}

static void judge_answers(struct mc_observer *o, struct group *g, int64_t due)
{
	struct finding f = finding_of(MC_ISSUE_NO_ANSWER, g->link, due);
	uint32_t fetched = fetch_ahead(o, g->head, FETCHED);

	g->flags &= (uint8_t)~G_ASKED;
	for (uint32_t id = g->head; id != NONE; id = beside_at(o, id)->next) {
		struct member *m = member_at(o, id);

		fetched = fetch_ahead(o, fetched, 1);
		if (!owes_answer(g, m) || m->host == g->asker || m->flags & M_MISSING)
			continue;
		m->flags |= M_MISSING;
		f.member = id;
		tell(o, &f);
	}
}

/* ---- leaves ---- */

static bool is_recent(int64_t t, int64_t now, int64_t interval)
{
	return t != NO_TIME && now - t <= interval;
}

/* Must the querier ask whether anybody is left?  RFC 9776 6.4.2 and 7.3.2: not
 * in version 1 mode; BLOCK is nothing in version 2 mode, and in EXCLUDE mode
 * concerns sources that may be blocked already. */
static bool asks_after(const struct hearing *h, const struct group *g, uint8_t type,
		       bool was_member)
{
	const struct link *l = link_at(h->o, h->link);
	const struct asker *a;

	if (l->elected == NONE || !g->n_members)
		return false;
	a = asker_at(h->o, l->elected);
	if (rank_of((uint8_t)l->family, a->version) < 2 || a->host == h->host)
		return false;
	if (is_recent(g->last_v1, h->now, l->interval) ||
	    (g->flags & G_ASKED && h->now <= g->asked_late))
		return false;
	if (type != MC_REC_BLOCK)
		return was_member || h->rank < 3;
	return was_member && !g->n_exclude && !is_recent(g->last_v2, h->now, l->interval) &&
	       g->sources_until < h->now;
}

/* While the one that leaves is still counted. */
void group_left(struct hearing *h, uint32_t id, uint8_t type, bool was_member)
{
	struct group *g = group_at(h->o, id);

	if (g->flags & G_LEFT || !asks_after(h, g, type, was_member))
		return;
	g->flags |= G_LEFT;
	g->left_at = h->now;
	g->left_due = h->now + LMQI * link_at(h->o, h->link)->rv + EPS;
	memcpy(g->leaver, h->f->src.bytes, sizeof(g->leaver));
	rearm(h->o, id);
}

static void judge_leave(struct mc_observer *o, struct group *g, int64_t due)
{
	struct finding f = finding_of(MC_ISSUE_LEAVE_UNQUERIED, g->link, due);

	g->flags &= (uint8_t)~G_LEFT;
	if (g->flags & G_UNQUERIED)
		return;
	g->flags |= G_UNQUERIED;
	f.group = group_addr(g);
	f.host = mc_addr_from_bytes((enum mc_family)g->family, g->leaver);
	f.querier = link_at(o, g->link)->elected;
	f.latency = due - g->left_at;
	tell(o, &f);
}

/* ---- members and data come and go ---- */

void group_joined(struct mc_observer *o, uint32_t id, int64_t now)
{
	struct group *g = group_at(o, id);

	if (g->flags & G_LINGERS)
		o->lingering--;
	g->flags &= (uint8_t) ~(G_LINGERS | G_DATA);
	g->flags |= G_WAITS;
	g->since = now;
	rearm(o, id);
}

/* After a leave the group is kept until its data has stopped. */
void group_emptied(struct mc_observer *o, uint32_t id, int64_t now, bool by_leave)
{
	struct group *g = group_at(o, id);

	if (g->n_members)
		return;
	if (!by_leave || o->lingering == LINGERING) {
		group_free(o, id);
		return;
	}
	o->lingering++;
	g->flags &= (uint8_t)~G_WAITS;
	g->flags |= G_LINGERS;
	g->since = now;
	rearm(o, id);
}

static bool is_taken(const struct mc_observer *o, const struct group *g,
		     const struct mc_addr *source, uint32_t *taker)
{
	unsigned n = LOOKED;

	for (*taker = g->head; *taker != NONE && n; n--) {
		if (member_takes(o, *taker, source))
			return true;
		*taker = beside_at(o, *taker)->next;
	}
	return false;
}

void group_data(struct mc_observer *o, uint32_t id, const struct mc_addr *source, int64_t now)
{
	struct group *g = group_at(o, id);
	uint32_t taker;

	g->last_data = now;
	if (!(g->flags & G_WAITS) || !is_taken(o, g, source, &taker))
		return;
	g->flags &= (uint8_t)~G_WAITS;
	g->flags |= G_DATA;
	tell_member(o, MC_DATA_STARTED, taker, now, now - g->since);
}

/* Data that goes on for the whole membership interval was not for members. */
static bool has_ended(struct mc_observer *o, const struct group *g, int64_t due)
{
	struct finding f = finding_of(MC_ISSUE_NONE, g->link, due);

	if (due < later(g->since, g->last_data) + SILENCE)
		return due - g->since > link_at(o, g->link)->interval;
	f.what = MC_DATA_STOPPED;
	f.group = group_addr(g);
	f.latency = later(g->since, g->last_data) - g->since;
	if (g->flags & G_DATA && g->last_data > g->since - SECOND)
		tell(o, &f);
	return true;
}

void group_timer(struct mc_observer *o, uint32_t id, int64_t due)
{
	struct group *g = group_at(o, id);

	if (g->flags & G_ASKED && due >= g->asked_until)
		judge_answers(o, g, due);
	if (g->flags & G_LEFT && due >= g->left_due)
		judge_leave(o, g, due);
	if (g->flags & G_LINGERS && has_ended(o, g, due))
		group_free(o, id);
	else
		rearm(o, id);
}
