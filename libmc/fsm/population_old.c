/* population_old.c - members of IGMPv1, IGMPv2 and MLDv1
 *
 * A report of a group ends the timers of all its members that hear it.  Nobody
 * visits them: each finds out when its timer ends or something else happens to
 * it, by the time of the group's last report. */
#include "population.h"

#define V1_MAX_RESP (10 * SECOND) /* RFC 1112 Appendix I */

/* RFC 1112 Appendix I, RFC 2236 6, RFC 2710 5: what is not listed is ignored. */
const struct old_cell pop_old_table[2][3][OLD_EVENTS] = {
	{
		[MC_NON_MEMBER] = {
			[OLD_JOIN] = { OLD_SEND | OLD_START, MC_DELAYING_MEMBER },
			[OLD_LEAVE] = { 0, MC_NON_MEMBER },
			[OLD_QUERY] = { 0, MC_NON_MEMBER },
			[OLD_REPORT] = { 0, MC_NON_MEMBER },
			[OLD_TIMER] = { 0, MC_NON_MEMBER },
		},
		[MC_DELAYING_MEMBER] = {
			[OLD_JOIN] = { 0, MC_DELAYING_MEMBER },
			[OLD_LEAVE] = { OLD_STOP, MC_NON_MEMBER },
			[OLD_QUERY] = { 0, MC_DELAYING_MEMBER },
			[OLD_REPORT] = { OLD_STOP, MC_IDLE_MEMBER },
			[OLD_TIMER] = { OLD_SEND, MC_IDLE_MEMBER },
		},
		[MC_IDLE_MEMBER] = {
			[OLD_JOIN] = { 0, MC_IDLE_MEMBER },
			[OLD_LEAVE] = { 0, MC_NON_MEMBER },
			[OLD_QUERY] = { OLD_START, MC_DELAYING_MEMBER },
			[OLD_REPORT] = { 0, MC_IDLE_MEMBER },
			[OLD_TIMER] = { 0, MC_IDLE_MEMBER },
		},
	},
	{
		[MC_NON_MEMBER] = {
			[OLD_JOIN] = { OLD_SEND | OLD_SET_FLAG | OLD_START, MC_DELAYING_MEMBER },
			[OLD_LEAVE] = { 0, MC_NON_MEMBER },
			[OLD_QUERY] = { 0, MC_NON_MEMBER },
			[OLD_REPORT] = { 0, MC_NON_MEMBER },
			[OLD_TIMER] = { 0, MC_NON_MEMBER },
		},
		[MC_DELAYING_MEMBER] = {
			[OLD_JOIN] = { 0, MC_DELAYING_MEMBER },
			[OLD_LEAVE] = { OLD_STOP | OLD_SEND_LEAVE, MC_NON_MEMBER },
			[OLD_QUERY] = { OLD_SHORTEN, MC_DELAYING_MEMBER },
			[OLD_REPORT] = { OLD_STOP | OLD_CLEAR_FLAG, MC_IDLE_MEMBER },
			[OLD_TIMER] = { OLD_SEND | OLD_SET_FLAG, MC_IDLE_MEMBER },
		},
		[MC_IDLE_MEMBER] = {
			[OLD_JOIN] = { 0, MC_IDLE_MEMBER },
			[OLD_LEAVE] = { OLD_SEND_LEAVE, MC_NON_MEMBER },
			[OLD_QUERY] = { OLD_START, MC_DELAYING_MEMBER },
			[OLD_REPORT] = { 0, MC_IDLE_MEMBER },
			[OLD_TIMER] = { 0, MC_IDLE_MEMBER },
		},
	},
};

/* ---- hearing each other ---- */

static bool is_igmpv1(const struct mc_hosts *p, uint8_t version)
{
	return p->family == MC_IPV4 && version == 1;
}

bool pop_old_reported_since(const struct mc_hosts *p, const struct member *m, uint64_t seq)
{
	const struct group *g = group_of(p, m);

	/* IGMPv1 hosts know one type of report. */
	return (is_igmpv1(p, station_at(p, m->host)->version) ? g->heard_v1 : g->heard) > seq;
}

/* Its timer runs no longer, though it does not know yet. */
static bool is_suppressed(const struct mc_hosts *p, const struct member *m)
{
	const struct delay *d = delay_at(p, m->delay);
	uint32_t age = (uint32_t)p->seq - d->seq; /* far below 2^32 while a timer runs */

	return pop_old_reported_since(p, m, p->seq - age);
}

void pop_old_heard(struct mc_hosts *p, uint32_t group, uint8_t version)
{
	struct group *g = group_at(p, group);

	g->heard = ++p->seq;
	if (is_igmpv1(p, version))
		g->heard_v1 = p->seq;
}

enum mc_hosts_state pop_old_state(const struct mc_hosts *p, const struct member *m)
{
	if (!pop_member_is_in(p, m))
		return MC_NON_MEMBER;
	if (m->delay == NONE || is_suppressed(p, m))
		return MC_IDLE_MEMBER;
	return MC_DELAYING_MEMBER;
}

/* ---- actions ---- */

static void send_old(struct mc_hosts *p, const struct member *m, enum mc_gm_kind kind,
		     const struct cause *cause)
{
	uint8_t speaks = station_at(p, m->host)->speaks;
	struct mc_gm_spec spec = { .kind = kind,
				   .family = p->family,
				   .version = speaks,
				   .group = pop_group_addr(p, group_of(p, m)) };

	pop_send_message(p, m->host, &spec, cause);
	if (kind == MC_GM_REPORT && !p->isolated)
		pop_old_heard(p, m->group, speaks);
}

static void send_leave(struct mc_hosts *p, const struct member *m, const struct cause *cause)
{
	/* RFC 2236 6: an IGMPv1 router would not know it. */
	if (m->flags & M_FLAG && !is_igmpv1(p, station_at(p, m->host)->speaks))
		send_old(p, m, MC_GM_LEAVE, cause);
}

/* Without memory there is no timer, and the report is missing. */
static void start(struct mc_hosts *p, uint32_t id, const struct cause *cause, int64_t due,
		  uint32_t flags)
{
	struct delay *d = pop_delay_get(p, id);

	if (!d)
		return;
	d->seq = (uint32_t)p->seq;
	d->asked_at = cause->asked_at;
	d->asked_ms = cause->asked_ms & 0xfffffff;
	d->flags = flags & 15;
	wheel_clear(&p->wheel, member_at(p, id)->delay | TIMER_DELAY);
	wheel_set(&p->wheel, member_at(p, id)->delay | TIMER_DELAY, due);
}

/* The time within which this host answers. */
static int64_t max_resp(const struct mc_hosts *p, const struct station *s, const struct query *q)
{
	if (is_igmpv1(p, s->version))
		return V1_MAX_RESP;
	return is_newest(p, s->version) ? q->max_resp : q->linear;
}

static void start_answer(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	const struct station *s = station_at(p, member_at(p, id)->host);
	int64_t max = max_resp(p, s, q);
	struct cause cause = { .asked_at = q->at, .asked_ms = (uint32_t)(max / MILLISECOND) };

	start(p, id, &cause, q->at + pop_random_delay(p, s, max),
	      q->group == NONE ? 0 : D_SPECIFIC);
}

static void start_repeat(struct mc_hosts *p, uint32_t id)
{
	struct cause none = { 0 };

	start(p, id, &none, p->now + pop_random_delay(p, NULL, p->unsolicited_old), D_UNSOLICITED);
}

static void shorten(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	const struct member *m = member_at(p, id);

	if (max_resp(p, station_at(p, m->host), q) < delay_at(p, m->delay)->timer.due - p->now)
		start_answer(p, id, q);
}

/* The query is NULL but for OLD_QUERY. */
static void step(struct mc_hosts *p, uint32_t id, enum mc_hosts_state state, enum old_event event,
		 const struct query *q, const struct cause *cause)
{
	struct member *m = member_at(p, id);
	const struct station *s = station_at(p, m->host);
	struct old_cell cell = pop_old_table[!is_igmpv1(p, s->version)][state][event];

	if (cell.actions & OLD_STOP)
		pop_delay_end(p, id);
	if (cell.actions & OLD_SEND)
		send_old(p, m, MC_GM_REPORT, cause);
	if (cell.actions & OLD_SEND_LEAVE)
		send_leave(p, m, cause);
	if (cell.actions & OLD_SET_FLAG)
		m->flags |= M_FLAG;
	if (cell.actions & OLD_CLEAR_FLAG || cell.next == MC_NON_MEMBER)
		m->flags &= (uint8_t)~M_FLAG;
	if (cell.actions & OLD_SHORTEN && q)
		shorten(p, id, q);
	if (cell.actions & OLD_START && q)
		start_answer(p, id, q);
	else if (cell.actions & OLD_START)
		start_repeat(p, id);
}

/* ---- events ---- */

/* Tells a member what it has heard since it set its timer. */
static enum mc_hosts_state catch_up(struct mc_hosts *p, uint32_t id)
{
	const struct member *m = member_at(p, id);

	if (m->delay == NONE)
		return MC_IDLE_MEMBER;
	if (!is_suppressed(p, m))
		return MC_DELAYING_MEMBER;
	p->count.suppressed += !(delay_at(p, m->delay)->flags & D_UNSOLICITED);
	step(p, id, MC_DELAYING_MEMBER, OLD_REPORT, NULL, NULL);
	return MC_IDLE_MEMBER;
}

void pop_old_join(struct mc_hosts *p, uint32_t id)
{
	struct cause cause = { .reason = MC_SENT_CHANGE, .due = p->now };

	if (!is_silent(p, member_at(p, id)))
		step(p, id, MC_NON_MEMBER, OLD_JOIN, NULL, &cause);
}

void pop_old_leave(struct mc_hosts *p, uint32_t id)
{
	struct cause cause = { .reason = MC_SENT_CHANGE, .due = p->now };

	if (!is_silent(p, member_at(p, id)))
		step(p, id, catch_up(p, id), OLD_LEAVE, NULL, &cause);
}

void pop_old_asked(struct mc_hosts *p, uint32_t id, const struct query *q)
{
	const struct member *m = member_at(p, id);

	if (is_silent(p, m) || !pop_member_is_in(p, m))
		return;
	/* IGMPv1 hosts know queries of all groups only. */
	if (is_igmpv1(p, station_at(p, m->host)->version) && (q->group != NONE || !q->to_all))
		return;
	if (catch_up(p, id) == MC_IDLE_MEMBER && pop_old_reported_since(p, m, q->seq))
		return; /* in the time it took to hand the query on */
	step(p, id, m->delay == NONE ? MC_IDLE_MEMBER : MC_DELAYING_MEMBER, OLD_QUERY, q, NULL);
}

void pop_old_timer(struct mc_hosts *p, uint32_t id)
{
	const struct member *m = member_at(p, id);
	const struct delay *d = delay_at(p, m->delay);
	struct cause cause = { .due = d->timer.due,
			       .asked_at = d->asked_at,
			       .asked_ms = d->asked_ms };

	cause.reason = d->flags & D_UNSOLICITED ? MC_SENT_AGAIN
		       : d->flags & D_SPECIFIC	? MC_SENT_ANSWER_SPECIFIC
						: MC_SENT_ANSWER;
	if (catch_up(p, id) == MC_IDLE_MEMBER)
		return;
	pop_delay_end(p, id);
	step(p, id, MC_DELAYING_MEMBER, OLD_TIMER, NULL, &cause);
}
