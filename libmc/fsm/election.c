/* election.c - which querier should ask, who asks beside it, who disagrees */
#include "state.h"

/* 0.0.0.0 and :: never take part: switches query from them (RFC 4541 2.1.1). */
static bool takes_part(const struct mc_observer *o, const struct asker *a)
{
	struct mc_addr addr = asker_addr(o, a);

	return asker_is_alive(a) && !mc_addr_is_unspecified(&addr);
}

/* RFC 9776 6.6.2, RFC 9777 7.6.2: the lowest address wins. */
static uint32_t lowest(const struct mc_observer *o, uint32_t link)
{
	uint32_t best = NONE;
	struct mc_addr best_addr = { 0 };

	for (uint32_t id = link_at(o, link)->askers; id != NONE; id = asker_at(o, id)->next) {
		const struct asker *a = asker_at(o, id);
		struct mc_addr addr = asker_addr(o, a);

		if (!takes_part(o, a) || (best != NONE && mc_addr_cmp(&addr, &best_addr) > 0))
			continue;
		best = id;
		best_addr = addr;
	}
	return best;
}

void elect(struct mc_observer *o, uint32_t link, int64_t now)
{
	struct link *l = link_at(o, link);
	uint32_t winner = lowest(o, link);

	if (winner == l->elected)
		return;
	if (l->elected != NONE)
		asker_at(o, l->elected)->flags &= (uint8_t)~A_ELECTED;
	l->elected = winner;
	if (winner == NONE)
		return;
	asker_at(o, winner)->flags |= A_ELECTED;
	tell_querier(o, MC_QUERIER_ELECTED, MC_ISSUE_NONE, winner, now);
}

static void tell_of_rivals(struct hearing *h, uint32_t id, uint32_t better, enum mc_issue issue)
{
	struct finding f = finding_of(issue, h->link, h->now);

	f.querier = id;
	f.host = asker_addr(h->o, asker_at(h->o, better));
	tell(h->o, &f);
}

/* Has it spoken since `before`, early enough to be heard by `now`?  Two that
 * speak at the same times hear each other for the next time. */
static bool has_spoken(const struct asker *a, int64_t before, int64_t now)
{
	int64_t last = now - a->last_general > EPS ? a->last_general : a->previous;

	return last > before - EPS && last < now - EPS;
}

/* A loser that queries on after it could hear the winner, again and again, is
 * no accident.  One that restarts may ask a few times before it hears of the
 * winner, and one query may be under way when it does. */
static void judge_defiance(struct hearing *h, uint32_t id, uint32_t better, int64_t before)
{
	struct asker *a = asker_at(h->o, id);
	const struct asker *b = asker_at(h->o, better);
	int64_t interval = asker_interval(a);

	if (before == NO_TIME || h->now - before > interval + interval / 2 + EPS) {
		a->defiant = 0;
		a->flags &= (uint8_t)~A_TWO;
		return;
	}
	if (has_spoken(b, before, h->now))
		a->defiant += a->defiant < 2;
	if (a->defiant < 2 || a->flags & A_TWO)
		return;
	a->flags |= A_TWO;
	tell_of_rivals(h, id, better, MC_ISSUE_TWO_QUERIERS);
}

/* The better one is overdue but not lost, while the other asks: it gave way. */
static void judge_winner(struct hearing *h, uint32_t id, uint32_t better, int64_t before)
{
	struct asker *a = asker_at(h->o, id);
	const struct asker *b = asker_at(h->o, better);
	int64_t interval = asker_interval(b);

	if (before == NO_TIME || b->last_general > before) {
		a->unopposed = 0;
		a->flags &= (uint8_t)~A_WRONG;
	}
	a->unopposed += a->unopposed < 2;
	if (a->unopposed < 2 || a->flags & A_WRONG ||
	    h->now - b->last_general <= interval + interval / 100 + EPS)
		return;
	a->flags |= A_WRONG;
	tell_of_rivals(h, id, better, MC_ISSUE_WRONG_WINNER);
}

/* `before`: its previous general query, NO_TIME when it was lost since. */
void judge_election(struct hearing *h, uint32_t id, int64_t before)
{
	struct asker *a = asker_at(h->o, id);
	uint32_t better = lowest(h->o, h->link);

	if (!takes_part(h->o, a))
		return;
	if (better != id) {
		judge_defiance(h, id, better, before);
		judge_winner(h, id, better, before);
		return;
	}
	a->defiant = a->unopposed = 0;
	a->flags &= (uint8_t) ~(A_TWO | A_WRONG);
}

/* ---- agreement ---- */

/* RFC 9776 8: values other than the defaults must be the same on all routers;
 * 7.3.1: and so must versions.  Whoever is heard counts, 0.0.0.0 too: hosts
 * listen to everybody. */
static void compare(const struct asker *a, const struct asker *b, uint32_t *differs)
{
	if (a->version != b->version)
		*differs |= L_VERSIONS;
	else if (a->qrv != b->qrv || a->qqi != b->qqi || a->max_resp != b->max_resp)
		*differs |= L_TIMERS;
}

static uint32_t differences(const struct mc_observer *o, uint32_t link)
{
	const struct asker *first = NULL;
	uint32_t differs = 0;

	for (uint32_t id = link_at(o, link)->askers; id != NONE; id = asker_at(o, id)->next) {
		const struct asker *a = asker_at(o, id);

		if (!asker_is_alive(a))
			continue;
		if (first)
			compare(first, a, &differs);
		else
			first = a;
	}
	return differs;
}

void judge_agreement(struct mc_observer *o, uint32_t link, uint32_t asker, int64_t now)
{
	struct link *l = link_at(o, link);
	uint32_t differs = differences(o, link), fresh = differs & ~l->flags;

	l->flags = (l->flags & ~(uint32_t)(L_VERSIONS | L_TIMERS)) | differs;
	if (asker == NONE)
		return;
	if (fresh & L_VERSIONS)
		tell_querier(o, MC_OBSERVED_ISSUE, MC_ISSUE_QUERIER_VERSIONS, asker, now);
	if (fresh & L_TIMERS)
		tell_querier(o, MC_OBSERVED_ISSUE, MC_ISSUE_QUERIER_TIMERS, asker, now);
}
