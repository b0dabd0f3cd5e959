/* router_election.c - who queries a link: RFC 9776 6.6.2, RFC 9777 7.6.2
 *
 * Of all that may query instead of this router the lowest address is the other
 * querier; the next lowest is kept in mind, should the first fall silent. */
#include "router_state.h"

#define VERSION_PAUSE (60 * RT_SECOND) /* between complaints */

static bool is_known(const struct rt_querier *q)
{
	return q->addr.family != MC_ANY;
}

/* ---- the variables in effect ---- */

/* A forced one sends its own whoever is elected. */
static bool adopts(const struct rt_iface *f)
{
	return f->state != MC_ROUTER_QUERIER && f->opts.mode != MC_ROUTER_FORCE &&
	       is_known(&f->other);
}

/* RFC 9776 4.1.6 and 4.1.7: a non-querier adopts the robustness variable and the
 * query interval of the last query, unless it says 0. */
static void set_vars(mc_router *r, uint32_t id)
{
	struct rt_iface *f = rt_iface_at(r, id);
	int64_t before = f->vars.group_membership_interval.ns;
	struct mc_router_vars v = f->opts.vars;

	if (adopts(f) && f->qrv)
		v.robustness = f->qrv;
	if (adopts(f) && f->qqi)
		v.query_interval.ns = f->qqi;
	mc_router_vars_derive(&f->vars, &v, (enum mc_family)f->family, f->opts.version);
	if (f->members.first != NONE && f->vars.group_membership_interval.ns != before)
		f->aging_at = r->now;
}

/* ---- states ---- */

static void tell_of(mc_router *r, uint32_t id, enum mc_router_what what, const struct rt_querier *q,
		    int64_t when)
{
	rt_tell_querier(r, what, id, &q->addr, q->version, when);
}

static void tell_self(mc_router *r, uint32_t id, enum mc_router_what what, int64_t when)
{
	const struct rt_iface *f = rt_iface_at(r, id);

	rt_tell_querier(r, what, id, &f->opts.addr, f->opts.version, when);
}

void rt_be_querier(mc_router *r, uint32_t id, int64_t when, bool startup)
{
	struct rt_iface *f = rt_iface_at(r, id);
	bool goes_on = f->state == MC_ROUTER_NON_QUERIER && f->opts.mode == MC_ROUTER_FORCE;

	f->state = MC_ROUTER_QUERIER;
	f->self_since = when;
	set_vars(r, id);
	tell_self(r, id, MC_ROUTER_QUERIER_ELECTED, when);
	if (goes_on)
		return;
	f->startup_left = startup ? f->vars.startup_query_count : 0;
	rt_send_general(r, id, when);
}

/* Up, or with another address. */
void rt_iface_start(mc_router *r, uint32_t id, int64_t when)
{
	struct rt_iface *f = rt_iface_at(r, id);

	f->other = f->rival = (struct rt_querier){ 0 };
	f->qrv = 0;
	f->qqi = 0;
	f->query_at = RT_NEVER;
	f->startup_left = 0;
	f->version_told = RT_LONG_AGO;
	f->state = MC_ROUTER_LISTENING;
	set_vars(r, id);
	if (f->opts.mode == MC_ROUTER_IF_NONE) /* nobody else's query may be on its way */
		f->query_at = when + f->vars.other_querier_present_interval.ns;
	else if (f->opts.mode != MC_ROUTER_LISTEN_ONLY && f->opts.listen_first)
		f->query_at = when + f->vars.query_response_interval.ns;
	else if (f->opts.mode != MC_ROUTER_LISTEN_ONLY)
		rt_be_querier(r, id, when, true);
	rt_iface_arm(r, id);
}

void rt_iface_stop(mc_router *r, uint32_t id, int64_t when)
{
	struct rt_iface *f = rt_iface_at(r, id);

	if (f->state == MC_ROUTER_QUERIER)
		tell_self(r, id, MC_ROUTER_QUERIER_LOST, when);
	else if (is_known(&f->other))
		tell_of(r, id, MC_ROUTER_QUERIER_LOST, &f->other, when);
	f->state = MC_ROUTER_DOWN;
	f->other = f->rival = (struct rt_querier){ 0 };
	f->query_at = RT_NEVER;
	f->startup_left = 0;
	rt_iface_arm(r, id);
}

/* ---- queries of others ---- */

/* Numerically, and never 0.0.0.0 or :: (RFC 4541 2.1.1). */
static bool may_win(const struct rt_iface *f, const struct mc_addr *a)
{
	if (mc_addr_is_unspecified(a))
		return false;
	if (f->opts.mode == MC_ROUTER_LISTEN_ONLY || f->opts.mode == MC_ROUTER_IF_NONE ||
	    mc_addr_is_unspecified(&f->opts.addr))
		return true;
	return mc_addr_cmp(a, &f->opts.addr) < 0;
}

/* RFC 9776 4.1.6, 4.1.7: only these versions announce anything. */
static void adopt(mc_router *r, uint32_t id, const struct mc_gm *gm)
{
	struct rt_iface *f = rt_iface_at(r, id);
	bool announces = rt_rank(f->family, gm->version) == 3;

	f->qrv = announces ? gm->qrv : 0;
	f->qqi = announces ? gm->qqi.ns : 0;
	set_vars(r, id);
}

static void yield_to(mc_router *r, uint32_t id, const struct rt_querier *winner)
{
	struct rt_iface *f = rt_iface_at(r, id);

	if (f->state == MC_ROUTER_QUERIER)
		tell_self(r, id, MC_ROUTER_QUERIER_LOST, r->now);
	else if (is_known(&f->other))
		tell_of(r, id, MC_ROUTER_QUERIER_LOST, &f->other, r->now);
	if (is_known(&f->other) && f->other.until > r->now)
		f->rival = f->other;
	f->other = *winner;
	f->state = MC_ROUTER_NON_QUERIER;
	if (f->opts.mode != MC_ROUTER_FORCE) {
		f->query_at = RT_NEVER;
		f->startup_left = 0;
	} else if (f->query_at == RT_NEVER) {
		f->query_at = r->now;
	}
}

/* `q` is what this query makes of its sender, but for the timer. */
static void compete(mc_router *r, uint32_t id, struct rt_querier *q, const struct mc_gm *gm)
{
	struct rt_iface *f = rt_iface_at(r, id);
	int order = is_known(&f->other) ? mc_addr_cmp(&q->addr, &f->other.addr) : -1;
	bool elected = order < 0;

	if (order > 0) {
		q->until = r->now + f->vars.other_querier_present_interval.ns;
		if (!is_known(&f->rival) || f->rival.until <= r->now ||
		    mc_addr_cmp(&q->addr, &f->rival.addr) <= 0)
			f->rival = *q;
		return;
	}
	q->since = elected ? r->now : f->other.since;
	if (elected)
		yield_to(r, id, q);
	else
		f->other = *q;
	adopt(r, id, gm);
	f->other.until = r->now + f->vars.other_querier_present_interval.ns;
	if (elected)
		tell_of(r, id, MC_ROUTER_QUERIER_ELECTED, &f->other, r->now);
	rt_iface_arm(r, id);
}

/* RFC 9776 7.3.1: it is for the administrator to make versions agree. */
static void judge_version(mc_router *r, uint32_t id, const struct rt_querier *q)
{
	struct rt_iface *f = rt_iface_at(r, id);

	if (q->version == f->opts.version ||
	    (f->version_told != RT_LONG_AGO && r->now - f->version_told < VERSION_PAUSE))
		return;
	f->version_told = r->now;
	tell_of(r, id, MC_ROUTER_OTHER_VERSION, q, r->now);
}

void rt_hear_query(struct rt_hearing *h, const struct mc_gm *gm)
{
	mc_router *r = h->r;
	struct rt_iface *f = rt_iface_at(r, h->iface);
	struct rt_querier q = { .addr = h->f->src, .version = gm->version };
	bool general = mc_addr_is_unspecified(&gm->group);

	judge_version(r, h->iface, &q);
	if (general) {
		f->asked_at = r->now;
		f->answers_until = r->now + gm->max_resp.ns + RT_EPS;
		if (may_win(f, &q.addr))
			compete(r, h->iface, &q, gm);
		return;
	}
	if (is_known(&f->other) && mc_addr_cmp(&q.addr, &f->other.addr) == 0) {
		adopt(r, h->iface, gm);
		rt_iface_arm(r, h->iface);
	}
	rt_heard_specific(r, h->iface, gm);
}

/* The other querier is silent. */
void rt_other_timer(mc_router *r, uint32_t id, int64_t due)
{
	struct rt_iface *f = rt_iface_at(r, id);
	struct rt_querier lost = f->other, next = f->rival;

	f->other = f->rival = (struct rt_querier){ 0 };
	f->qrv = 0;
	f->qqi = 0;
	tell_of(r, id, MC_ROUTER_QUERIER_LOST, &lost, due);
	if (is_known(&next) && next.until > due) {
		f->other = next;
		f->other.since = due;
		set_vars(r, id);
		tell_of(r, id, MC_ROUTER_QUERIER_ELECTED, &f->other, due);
	} else if (f->opts.mode == MC_ROUTER_LISTEN_ONLY) {
		f->state = MC_ROUTER_LISTENING;
		set_vars(r, id);
	} else {
		rt_be_querier(r, id, due, false);
	}
}
