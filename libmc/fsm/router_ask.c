/* router_ask.c - queries for a group and its sources: RFC 9776 6.6.1 and 6.6.3, RFC
 * 9777 7.6.1 and 7.6.3, RFC 2236 7, RFC 2710 7 */
#include "router_state.h"
#include <errno.h>

#define MOST_SOURCES 366 /* in one query: IGMPv3 in 1,500 bytes */

void rt_send(mc_router *r, uint32_t iface, struct mc_router_query *q, struct mc_gm_spec *gm)
{
	struct rt_iface *f = rt_iface_at(r, iface);
	bool general = q->kind <= MC_ROUTER_STARTUP;

	gm->kind = MC_GM_QUERY;
	gm->family = (enum mc_family)f->family;
	gm->version = f->opts.version;
	if (general)
		gm->group = mc_addr_unspecified(gm->family);
	if (f->rank == 1)
		gm->max_resp.ns = 0; /* IGMPv1 has none, and its hosts take 10 s */
	if (f->rank == 3) {
		/* RFC 9776 4.1.6: what does not fit is not said */
		gm->qrv = (uint8_t)(f->vars.robustness <= 7 ? f->vars.robustness : 0);
		gm->qqi = f->vars.query_interval;
	}
	q->iface = f->number;
	q->src = f->opts.addr;
	q->gm = gm;
	if (mc_gm_destination(&q->dst, gm) < 0)
		return;
	f->counts.general_sent += general;
	f->counts.specific_sent += !general;
	r->counts.general_sent += general;
	r->counts.specific_sent += !general;
	if (r->send)
		r->send(r->data, q);
	rt_tell_query(r, q, gm->family);
}

/* RFC 9776 6.6.3: the querier asks.  One that loses the election goes on with what
 * it has begun (RFC 2236 3). */
bool rt_may_ask(const mc_router *r, const struct rt_group *g)
{
	const struct rt_iface *f = rt_iface_of(r, g);

	if (f->rank == 1)
		return false;
	if (f->opts.mode == MC_ROUTER_FORCE && f->state == MC_ROUTER_NON_QUERIER)
		return true;
	return f->state == MC_ROUTER_QUERIER;
}

static int64_t lmqt(const mc_router *r, const struct rt_group *g)
{
	return rt_iface_of(r, g)->vars.last_member_query_time.ns;
}

static int64_t lmqi(const mc_router *r, const struct rt_group *g)
{
	return rt_iface_of(r, g)->vars.last_member_query_interval.ns;
}

static void note_asked(struct rt_group *g, int64_t when, int64_t max_resp, bool sources)
{
	g->asked_at = when;
	g->answers_until = when + max_resp + RT_EPS;
	if (sources)
		g->sources_until = g->answers_until;
}

/* ---- Q(G) ---- */

static void send_group(mc_router *r, uint32_t id, int64_t when, bool again)
{
	struct rt_group *g = rt_group_at(r, id);
	struct mc_gm_spec gm = { .group = rt_addr(g->family, g->addr), .max_resp = { lmqi(r, g) } };
	struct mc_router_query q = { .kind = MC_ROUTER_GROUP,
				     .when = { when },
				     .retransmission = again };

	/* Older versions have no S flag. */
	gm.s = rt_iface_of(r, g)->rank == 3 && g->expires - when > lmqt(r, g);
	g->asking--;
	g->query_at = g->asking ? when + lmqi(r, g) : RT_NEVER;
	note_asked(g, when, lmqi(r, g), false);
	rt_send(r, g->iface, &q, &gm);
}

/* RFC 9776 6.6.3.1.  Before IGMPv3 and MLDv2, one who is checking a membership
 * does not begin again (RFC 2236 7). */
void rt_ask_group(mc_router *r, uint32_t id, int64_t when)
{
	struct rt_group *g = rt_group_at(r, id);
	int64_t end = when + lmqt(r, g);

	if (!rt_may_ask(r, g) || (rt_group_rank(r, g) < 3 && g->expires <= end))
		return;
	g->expires = rt_min(g->expires, end);
	g->asking = (uint8_t)rt_iface_of(r, g)->vars.last_member_query_count;
	send_group(r, id, when, false);
}

/* ---- Q(G,S) ---- */

/* One that is to be asked about comes first in the list, where
 * rt_ask_sources finds it.  False when its timer ends soon anyway. */
bool rt_ask_source(mc_router *r, uint32_t group, uint32_t id)
{
	struct rt_group *g = rt_group_at(r, group);
	struct rt_source *s = rt_source_at(r, id);
	int64_t end = r->now + lmqt(r, g);

	if (s->flags & RT_BLOCKED || s->timer.due <= end || !rt_may_ask(r, g) ||
	    rt_iface_of(r, g)->rank < 3)
		return false;
	rt_set_timer(r, RT_TIMER_SOURCE, id, end);
	g->n_asking += !s->asking;
	s->asking = (uint8_t)rt_iface_of(r, g)->vars.last_member_query_count;
	ring_remove(&g->sources, rt_source_hook, r, id);
	ring_prepend(&g->sources, rt_source_hook, r, id);
	return true;
}

struct batch {
	mc_router *r;
	uint32_t group;
	int64_t when;
	bool s, again;
	uint16_t n;
	struct mc_addr sources[MOST_SOURCES];
};

static void flush(struct batch *b)
{
	struct rt_group *g = rt_group_at(b->r, b->group);
	struct mc_gm_spec gm = { .group = rt_addr(g->family, g->addr),
				 .max_resp = { lmqi(b->r, g) },
				 .s = b->s,
				 .sources = b->sources,
				 .n_sources = b->n };
	struct mc_router_query q = { .kind = MC_ROUTER_GROUP_SOURCE,
				     .when = { b->when },
				     .retransmission = b->again };

	if (b->n)
		rt_send(b->r, g->iface, &q, &gm);
	b->n = 0;
}

static uint16_t most_sources(const mc_router *r, const struct rt_group *g)
{
	return rt_iface_of(r, g)->opts.max_sources;
}

/* One of the two queries: about sources whose timer is above the last member
 * query time, which somebody has reported again, or about the others. */
static void collect(struct batch *b)
{
	struct rt_group *g = rt_group_at(b->r, b->group);
	int64_t end = b->when + lmqt(b->r, g);
	uint32_t id = g->sources.first, left = g->n_asking;

	for (; left && id != NONE; id = rt_source_at(b->r, id)->in_group.next) {
		const struct rt_source *s = rt_source_at(b->r, id);

		left -= s->asking > 0;
		if (!s->asking || (s->timer.due > end) != b->s)
			continue;
		b->sources[b->n++] = rt_addr(g->family, s->addr);
		if (b->n == most_sources(b->r, g))
			flush(b);
	}
	flush(b);
}

static void count_down(mc_router *r, struct rt_group *g)
{
	uint32_t id = g->sources.first, left = g->n_asking;

	for (; left && id != NONE; id = rt_source_at(r, id)->in_group.next) {
		struct rt_source *s = rt_source_at(r, id);

		if (!s->asking)
			continue;
		left--;
		if (!--s->asking)
			g->n_asking--;
	}
}

static void send_sources(mc_router *r, uint32_t id, int64_t when, bool again)
{
	struct rt_group *g = rt_group_at(r, id);
	struct batch b = { .r = r, .group = id, .when = when, .s = true, .again = again };

	note_asked(g, when, lmqi(r, g), true);
	collect(&b);
	b.s = false;
	collect(&b);
	count_down(r, g);
	g->sources_at = g->n_asking ? when + lmqi(r, g) : RT_NEVER;
}

/* RFC 9776 6.6.3.2: sources that are being asked about are asked about again
 * with the new ones. */
void rt_ask_sources(mc_router *r, uint32_t group, int64_t when)
{
	send_sources(r, group, when, false);
}

/* ---- retransmissions ---- */

void rt_ask_again(mc_router *r, uint32_t id, int64_t when)
{
	struct rt_group *g = rt_group_at(r, id);

	if (g->sources_at <= when)
		send_sources(r, id, when, true);
	if (g->query_at <= when)
		send_group(r, id, when, true);
}

/* ---- asked by others, and by the caller ---- */

static void lower_source(mc_router *r, uint32_t group, const struct mc_addr *a, int64_t end)
{
	uint32_t id = rt_source_find(r, group, a);

	if (id == NONE || rt_source_at(r, id)->flags & RT_BLOCKED ||
	    rt_source_at(r, id)->timer.due <= end)
		return;
	rt_set_timer(r, RT_TIMER_SOURCE, id, end);
}

/* RFC 9776 6.6.1, RFC 2236 7: timers come down for queries without the S flag, to
 * what the querier's response time makes of the last member query time. */
void rt_heard_specific(mc_router *r, uint32_t iface, const struct mc_gm *gm)
{
	const struct mc_router_vars *v = &rt_iface_at(r, iface)->vars;
	int64_t max_resp = gm->max_resp.ns ? gm->max_resp.ns : v->last_member_query_interval.ns;
	int64_t end = r->now + max_resp * v->last_member_query_count;
	uint32_t id = rt_group_find(r, iface, &gm->group);
	struct rt_group *g;

	if (id == NONE || rt_group_at(r, id)->flags & RT_GONE)
		return;
	g = rt_group_at(r, id);
	note_asked(g, r->now, max_resp, gm->n_sources > 0);
	if (gm->s)
		return;
	for (unsigned i = 0; i < gm->n_sources; i++) {
		struct mc_addr a = mc_gm_source(gm->family, &gm->sources, i);

		lower_source(r, id, &a, end);
	}
	if (!gm->n_sources && g->flags & RT_EXCLUDE)
		g->expires = rt_min(g->expires, end);
	rt_group_arm(r, id);
}

static int ask_general(mc_router *r, uint32_t iface, bool s)
{
	struct rt_iface *f = rt_iface_at(r, iface);
	struct mc_gm_spec gm = { .max_resp = f->vars.query_response_interval, .s = s };
	struct mc_router_query q = { .kind = MC_ROUTER_GENERAL, .when = { r->now } };

	f->asked_at = r->now;
	f->answers_until = r->now + gm.max_resp.ns + RT_EPS;
	rt_send(r, iface, &q, &gm);
	return 0;
}

int mc_router_ask(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family,
		  const struct mc_addr *group, const struct mc_addr *sources, uint16_t n_sources,
		  bool s)
{
	struct mc_gm_spec gm = { .sources = sources, .n_sources = n_sources, .s = s };
	struct mc_router_query q = { .kind = MC_ROUTER_GROUP };
	uint32_t id = rt_iface_find(r, iface, family), known;
	const struct rt_iface *f;

	mc_router_tick(r, now, RT_STEPS);
	if (id == NONE || rt_iface_at(r, id)->state == MC_ROUTER_DOWN)
		return -ENOENT;
	f = rt_iface_at(r, id);
	if ((f->rank < 3 && (s || n_sources)) || (!group && n_sources) ||
	    (group && (f->rank == 1 || group->family != family || !mc_addr_is_multicast(group))) ||
	    n_sources > f->opts.max_sources)
		return -EINVAL;
	if (!group)
		return ask_general(r, id, s);
	gm.group = *group;
	gm.max_resp = f->vars.last_member_query_interval;
	q.when.ns = r->now;
	if (n_sources)
		q.kind = MC_ROUTER_GROUP_SOURCE;
	known = rt_group_find(r, id, group);
	if (known != NONE)
		note_asked(rt_group_at(r, known), r->now, gm.max_resp.ns, n_sources > 0);
	rt_send(r, id, &q, &gm);
	return 0;
}
