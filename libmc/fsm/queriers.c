/* queriers.c - hosts that send queries: their timers, announced and measured */
#include "state.h"

#define LINK_ASKERS 64 /* of one link */
#define ODD	    3  /* wrong intervals in a row that are believed */
#define FLAPS	    3  /* changes of version within the group membership interval */
#define LONG_AGO    (3600 * SECOND)

struct mc_addr asker_addr(const struct mc_observer *o, const struct asker *a)
{
	return host_addr(host_at(o, a->host));
}

void show_querier(const struct mc_observer *o, uint32_t id, struct mc_querier *out)
{
	const struct asker *a = asker_at(o, id);
	const struct host *h = host_at(o, a->host);

	*out = (struct mc_querier){
		.link = link_at(o, a->link)->number,
		.addr = host_addr(h),
		.mac = h->mac,
		.has_mac = h->flags & H_MAC,
		.elected = a->flags & A_ELECTED,
		.lost = !asker_is_alive(a),
		.version = a->version,
		.qrv = a->qrv,
		.qqi = { a->qqi },
		.max_resp = { a->max_resp },
		.measured = { a->measured },
		.first_seen = { a->first_seen },
		.last_seen = { a->last_seen },
		.lost_at = { a->general ? asker_lost_at(a) : 0 },
		.general = a->general,
		.specific = a->specific,
	};
}

/* Versions without a QQI are known by what they do, if it is slower than the
 * default; the shorter intervals at startup say nothing. */
int64_t asker_interval(const struct asker *a)
{
	if (a->qqi)
		return a->qqi;
	return a->measured > DEFAULT_QI ? a->measured : DEFAULT_QI;
}

/* Other querier present interval: RFC 9776 8.5, RFC 9777 9.5. */
int64_t asker_lost_at(const struct asker *a)
{
	int64_t rv = a->qrv ? a->qrv : DEFAULT_RV;

	return a->last_general + rv * asker_interval(a) + a->max_resp / 2;
}

bool asker_is_alive(const struct asker *a)
{
	return a->general && !(a->flags & A_LOST);
}

/* ---- records ---- */

static uint32_t asker_find(const struct mc_observer *o, uint32_t link, uint32_t host)
{
	uint32_t id = host == NONE ? NONE : link_at(o, link)->askers;

	while (id != NONE && asker_at(o, id)->host != host)
		id = asker_at(o, id)->next;
	return id;
}

static void asker_free(struct mc_observer *o, uint32_t id)
{
	struct asker *a = asker_at(o, id);
	struct link *l = link_at(o, a->link);

	if (a->prev == NONE)
		l->askers = a->next;
	else
		asker_at(o, a->prev)->next = a->next;
	if (a->next != NONE)
		asker_at(o, a->next)->prev = a->prev;
	l->n_askers--;
	set_timer(o, TIMER_ASKER, id, WHEEL_NEVER);
	host_release(o, a->host);
	pool_free(&o->askers, id);
}

/* Room for one more on the link, at the cost of who was silent for longest and
 * is not in charge. */
static bool make_room(struct mc_observer *o, uint32_t link)
{
	const struct link *l = link_at(o, link);
	uint32_t worst = NONE;

	if (l->n_askers < LINK_ASKERS && o->askers.live < MAX_ASKERS)
		return true;
	for (uint32_t id = l->askers; id != NONE; id = asker_at(o, id)->next)
		if (id != l->elected &&
		    (worst == NONE || asker_at(o, id)->last_seen < asker_at(o, worst)->last_seen))
			worst = id;
	if (worst == NONE)
		return false;
	asker_free(o, worst);
	return true;
}

static uint32_t asker_new(struct hearing *h)
{
	struct mc_observer *o = h->o;
	struct link *l = link_at(o, h->link);
	struct asker *a;
	uint32_t id;

	if (!make_room(o, h->link) || host_get(h) == NONE)
		return NONE;
	id = pool_new(&o->askers);
	if (id == NONE) {
		if (!host_at(o, h->host)->refs) {
			host_release(o, h->host);
			h->host = NONE;
		}
		return NONE;
	}
	host_at(o, h->host)->refs++;
	a = asker_at(o, id);
	*a = (struct asker){ .host = h->host, .link = h->link, .prev = NONE, .next = l->askers };
	if (l->askers != NONE)
		asker_at(o, l->askers)->prev = id;
	l->askers = id;
	l->n_askers++;
	a->first_seen = a->changes_from = h->now;
	a->last_general = a->previous = NO_TIME;
	wheel_node_init(&a->timer);
	return id;
}

/* ---- what a query says ---- */

static bool is_near(int64_t measured, int64_t expected)
{
	int64_t off = measured - expected;

	return (off < 0 ? -off : off) <= EPS + expected / 100;
}

/* RFC 9776 8.6 and 8.7: as many queries as the robustness variable says follow
 * each other after a quarter of the interval, at startup. */
static bool is_startup(const struct asker *a, int64_t gap)
{
	return is_near(gap, a->qqi / 4) && a->quick < (a->qrv > DEFAULT_RV ? a->qrv : DEFAULT_RV);
}

static void judge_interval(struct hearing *h, uint32_t id, int64_t gap)
{
	struct asker *a = asker_at(h->o, id);

	if (is_near(gap, a->qqi)) {
		a->odd = a->quick = 0;
		a->flags &= (uint8_t)~A_INTERVAL;
	} else if (is_startup(a, gap)) {
		a->quick++;
		return;
	} else if (a->odd < ODD) {
		a->odd++;
	}
	a->measured = gap;
	if (a->odd < ODD || a->flags & A_INTERVAL)
		return;
	a->flags |= A_INTERVAL;
	tell_querier(h->o, MC_OBSERVED_ISSUE, MC_ISSUE_QUERY_INTERVAL, id, h->now);
}

static void measure(struct hearing *h, uint32_t id)
{
	struct asker *a = asker_at(h->o, id);
	int64_t gap = a->general ? h->now - a->last_general : 0;

	if (!gap || gap > LONG_AGO)
		return;
	if (!a->qqi)
		a->measured = gap;
	else if (!(a->flags & A_LOST))
		judge_interval(h, id, gap);
}

static void judge_version(struct hearing *h, uint32_t id)
{
	struct asker *a = asker_at(h->o, id);
	int64_t interval = link_at(h->o, h->link)->interval;

	if (h->now - a->changes_from > interval) {
		a->changes = 0;
		a->flags &= (uint8_t)~A_FLAPS;
	}
	if (!a->general || a->version == h->version)
		return;
	if (!a->changes)
		a->changes_from = h->now;
	if (++a->changes < FLAPS)
		return;
	a->changes = FLAPS;
	a->changes_from = h->now;
	if (a->flags & A_FLAPS)
		return;
	a->flags |= A_FLAPS;
	tell_querier(h->o, MC_OBSERVED_ISSUE, MC_ISSUE_VERSION_FLAP, id, h->now);
}

/* True when something announced before is different now. */
static bool adopt(struct asker *a, const struct mc_gm *gm)
{
	bool announces = rank_of((uint8_t)gm->family, gm->version) == 3;
	uint8_t qrv = announces ? gm->qrv : 0;
	int64_t qqi = announces ? (gm->qqi.ns ? gm->qqi.ns : DEFAULT_QI) : 0;
	bool changed = a->general && (a->version != gm->version || a->qrv != qrv || a->qqi != qqi ||
				      a->max_resp != gm->max_resp.ns);

	if (a->qqi != qqi)
		a->odd = a->quick = 0;
	a->version = gm->version;
	a->qrv = qrv;
	a->qqi = qqi;
	a->max_resp = gm->max_resp.ns;
	return changed;
}

static void hear_general(struct hearing *h, const struct mc_gm *gm, uint32_t id)
{
	struct mc_observer *o = h->o;
	struct asker *a = asker_at(o, id);
	int64_t before = a->flags & A_LOST ? NO_TIME : a->last_general;
	bool changed;

	measure(h, id);
	judge_version(h, id);
	changed = adopt(a, gm);
	a->general++;
	a->previous = a->last_general;
	a->last_general = h->now;
	a->flags &= (uint8_t)~A_LOST;
	set_timer(o, TIMER_ASKER, id, asker_lost_at(a));
	if (changed)
		tell_querier(o, MC_QUERIER_CHANGED, MC_ISSUE_NONE, id, h->now);
	judge_election(h, id, before);
	elect(o, h->link, h->now);
	judge_agreement(o, h->link, id, h->now);
}

void hear_query(struct hearing *h, const struct mc_gm *gm)
{
	bool general = mc_addr_is_unspecified(&gm->group);
	uint32_t id = asker_find(h->o, h->link, h->host);

	if (general ? gm->n_sources > 0 : !mc_addr_is_multicast(&gm->group))
		return;
	host_heard(h, false);
	if (id == NONE)
		id = asker_new(h);
	if (id != NONE) {
		asker_at(h->o, id)->last_seen = h->now;
		if (general)
			hear_general(h, gm, id);
		else
			asker_at(h->o, id)->specific++;
	}
	if (general)
		link_queried(h, gm, id);
	else
		group_asked(h, gm);
}

/* ---- silence ---- */

void asker_timer(struct mc_observer *o, uint32_t id, int64_t due)
{
	struct asker *a = asker_at(o, id);

	a->odd = a->quick = a->defiant = a->unopposed = 0;
	a->flags &= (uint8_t) ~(A_TWO | A_WRONG | A_INTERVAL);
	a->flags |= A_LOST;
	if (a->flags & A_ELECTED) {
		tell_querier(o, MC_QUERIER_LOST, MC_ISSUE_NONE, id, due);
		tell_querier(o, MC_OBSERVED_ISSUE, MC_ISSUE_QUERIER_LOST, id, due);
		elect(o, a->link, due);
	}
	judge_agreement(o, a->link, NONE, due);
}
