/* population.c - hosts of a link: their clock, timers and messages */
#include "population.h"
#include <errno.h>
#include <string.h>

#define DEFAULT_RV 2
#define TICK	   (INT64_C(1) << WHEEL_TICK_LOG)
#define PER_TICK   16384 /* hosts that a query is handed to in a tick */

/* IP header with Router Alert, or with a hop-by-hop header, and the report's. */
#define HEAD_IPV4 (24 + 8)
#define HEAD_IPV6 (48 + 8)

/* ---- opening ---- */

static struct wheel_node *timer_at(void *owner, uint32_t id)
{
	const struct mc_hosts *p = owner;

	return id & TIMER_DELAY ? &delay_at(p, id & ~TIMER_DELAY)->timer
				: &station_at(p, id)->timer;
}

static int64_t or_default(mc_nsec t, int64_t value)
{
	return t.ns > 0 ? t.ns : value;
}

static void set_values(struct mc_hosts *p, const struct mc_hosts_opts *o)
{
	unsigned mtu = o->mtu ? o->mtu : MC_HOSTS_MTU;

	p->alloc = o->alloc;
	p->fn = o->fn;
	p->data = o->data;
	p->family = o->family;
	p->isolated = o->isolated;
	p->newest = o->family == MC_IPV4 ? 3 : 2;
	p->default_rv = p->rv = o->robustness ? o->robustness : DEFAULT_RV;
	p->unsolicited_old = or_default(o->unsolicited, 10 * SECOND);
	p->unsolicited_new = or_default(o->unsolicited, SECOND);
	p->qqi = 125 * SECOND;
	p->random = o->seed;
	p->urgent = p->urgent_last = NONE;
	p->pack.space = mtu - (o->family == MC_IPV4 ? HEAD_IPV4 : HEAD_IPV6);
}

/* The longest report, and the list that is always there. */
static bool make_room(struct mc_hosts *p)
{
	unsigned records = p->pack.space / (p->family == MC_IPV4 ? 8 : 20);
	unsigned sources = p->pack.space / (p->family == MC_IPV4 ? 4 : 16);

	p->pack.records = p->alloc(NULL, records * sizeof(*p->pack.records));
	p->pack.sources = p->alloc(NULL, sources * sizeof(*p->pack.sources));
	p->extra += records * sizeof(*p->pack.records) + sources * sizeof(*p->pack.sources);
	if (!p->pack.records || !p->pack.sources || pool_new(&p->lists) != NO_SOURCES)
		return false;
	*list_at(p, NO_SOURCES) = (struct list){ .refs = 1 };
	return true;
}

static bool opts_ok(const struct mc_hosts_opts *o)
{
	if (o->sz < sizeof(*o) || !o->alloc || !o->fn)
		return false;
	if (o->family != MC_IPV4 && o->family != MC_IPV6)
		return false;
	return o->robustness <= 7 && (!o->mtu || (o->mtu >= MC_HOSTS_MTU_MIN && o->mtu <= 65535));
}

int mc_hosts_open(mc_hosts **out, const struct mc_hosts_opts *o)
{
	struct mc_hosts *p;

	*out = NULL;
	if (!opts_ok(o))
		return -EINVAL;
	p = o->alloc(NULL, sizeof(*p));
	if (!p)
		return -ENOMEM;
	memset(p, 0, sizeof(*p));
	set_values(p, o);
	pop_records_open(p);
	wheel_init(&p->wheel, timer_at, p);
	wheel_widen(&p->wheel);
	if (!make_room(p)) {
		mc_hosts_close(p);
		return -ENOMEM;
	}
	*out = p;
	return 0;
}

void mc_hosts_close(mc_hosts *p)
{
	if (!p)
		return;
	pop_records_close(p);
	if (p->pack.records)
		p->alloc(p->pack.records, 0);
	if (p->pack.sources)
		p->alloc(p->pack.sources, 0);
	p->alloc(p, 0);
}

/* ---- hosts ---- */

static bool behaviour_ok(unsigned flags)
{
	return !(flags &
		 ~(unsigned)(MC_HOST_MUTE | MC_HOST_LATE | MC_HOST_DEAD | MC_HOST_KEEPS_VERSION));
}

static bool add_one(struct mc_hosts *p, uint8_t version, unsigned flags)
{
	uint32_t id = pool_new(&p->stations);
	struct station *s;

	if (id == NONE)
		return false;
	s = station_at(p, id);
	*s = (struct station){ .head = NONE,
			       .answer_due = NEVER,
			       .change_due = NEVER,
			       .changes = NONE,
			       .urgent = NONE,
			       .version = version,
			       .behaviour = (uint8_t)flags };
	wheel_node_init(&s->timer);
	s->speaks = pop_version_spoken(p, s, p->now);
	p->n_stations++;
	return true;
}

int mc_hosts_add(mc_hosts *p, uint32_t n, uint8_t version, unsigned flags)
{
	if (version < 1 || version > p->newest || !behaviour_ok(flags))
		return -EINVAL;
	if (n > MC_HOSTS_MAX - p->n_stations)
		return -ENOBUFS;
	for (uint32_t i = 0; i < n; i++)
		if (!add_one(p, version, flags))
			return -ENOMEM;
	return 0;
}

int mc_hosts_set_flags(mc_hosts *p, uint32_t host, unsigned flags)
{
	if (host >= p->n_stations || !behaviour_ok(flags))
		return -EINVAL;
	station_at(p, host)->behaviour = (uint8_t)flags;
	if (flags & MC_HOST_DEAD)
		pop_station_forget(p, host);
	return 0;
}

uint8_t mc_hosts_version(const mc_hosts *p, mc_nsec now, uint32_t host)
{
	return host < p->n_stations ? pop_version_spoken(p, station_at(p, host), now.ns) : 0;
}

unsigned mc_hosts_flags(const mc_hosts *p, uint32_t host)
{
	return host < p->n_stations ? station_at(p, host)->behaviour : 0;
}

/* ---- chance ---- */

/* A counter and a mixer: as good as it has to be, and short. */
static uint64_t random_next(struct mc_hosts *p)
{
	p->random += UINT64_C(0x9e3779b97f4a7c15);
	return mix(p->random, p->random >> 32 | p->random << 32);
}

int64_t pop_random_below(struct mc_hosts *p, int64_t n)
{
	return (int64_t)wide_mul(random_next(p), (uint64_t)n).high;
}

/* Two ticks less than allowed, so that none is late for the wheel's sake. */
int64_t pop_random_delay(struct mc_hosts *p, const struct station *s, int64_t max)
{
	if (max <= 0)
		return 0;
	if (s && s->behaviour & MC_HOST_LATE)
		return max + 1 + pop_random_below(p, max);
	return 1 + pop_random_below(p, max > 16 * TICK ? max - 2 * TICK : max);
}

/* ---- clock and timers ---- */

/* Time never goes back, nor so far that adding to it overflows. */
void pop_clock_set(struct mc_hosts *p, mc_nsec now)
{
	int64_t t = now.ns < MAX_TIME ? now.ns : MAX_TIME;

	if (t > p->now)
		p->now = t;
}

void pop_station_arm(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);
	int64_t change = s->flags & S_URGENT ? NEVER : s->change_due;
	int64_t due = s->answer_due < change ? s->answer_due : change;

	p->armed -= wheel_is_set(&s->timer);
	if (due == NEVER)
		wheel_clear(&p->wheel, station);
	else
		wheel_set(&p->wheel, station, due);
	p->armed += wheel_is_set(&s->timer);
}

void pop_station_is_urgent(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);

	s->change_due = p->now;
	if (s->flags & S_URGENT)
		return;
	s->flags |= S_URGENT;
	s->urgent = NONE;
	*(p->urgent == NONE ? &p->urgent : &station_at(p, p->urgent_last)->urgent) = station;
	p->urgent_last = station;
}

void pop_station_forget(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);

	s->answer_due = s->change_due = NEVER;
	s->changes = NONE;
	for (uint32_t id = s->head, next; id != NONE; id = next) {
		struct member *m = member_at(p, id);
		struct want *w = m->want == NONE ? NULL : want_at(p, m->want);

		next = m->host_next;
		m->flags &= (uint8_t)~M_FLAG;
		pop_delay_end(p, id);
		pop_forget_asked(p, m);
		if (w)
			pop_want_settle(p, w);
		pop_member_trim(p, id);
	}
	pop_station_arm(p, station);
}

static void urgent_run(struct mc_hosts *p, unsigned budget)
{
	while (p->urgent != NONE && p->sent < budget) {
		uint32_t id = p->urgent;

		p->urgent = station_at(p, id)->urgent;
		pop_new_station_timer(p, id);
	}
}

static void delay_timer(struct mc_hosts *p, uint32_t member)
{
	uint32_t station = member_at(p, member)->host;

	if (pop_station_follow(p, station)) /* the delay is no more */
		return;
	if (is_newest(p, station_at(p, station)->speaks))
		pop_new_member_timer(p, member);
	else
		pop_old_timer(p, member);
}

static void station_timer(struct mc_hosts *p, uint32_t id)
{
	p->armed--;
	pop_new_station_timer(p, id);
}

/* What a timer ahead needs, its membership being here already. */
static void fetch_rest(const struct mc_hosts *p, uint32_t timer)
{
	const struct member *m;

	if (timer & TIMER_DELAY) {
		m = member_at(p, timer & ~TIMER_DELAY);
		__builtin_prefetch(station_at(p, m->host));
		__builtin_prefetch(group_of(p, m));
	} else if (station_at(p, timer)->head != NONE) {
		__builtin_prefetch(member_at(p, station_at(p, timer)->head));
	}
}

/* Timers that end together lie anywhere in memory, and so do the records they are of:
 * what is due in some rounds comes nearer, each round by a step. */
static void fetch_ahead(struct mc_hosts *p)
{
	uint32_t timer = wheel_ahead(&p->wheel), next;

	if (timer == WHEEL_NONE)
		return;
	next = timer_at(p, timer)->next;
	if (next != WHEEL_NONE && next & TIMER_DELAY)
		__builtin_prefetch(member_at(p, next & ~TIMER_DELAY), 1);
	fetch_rest(p, timer);
}

unsigned mc_hosts_tick(mc_hosts *p, mc_nsec now, unsigned budget)
{
	uint32_t id;

	pop_clock_set(p, now);
	p->sent = 0;
	pop_sweep_run(p, PER_TICK);
	urgent_run(p, budget);
	while (p->sent < budget && (id = wheel_pop(&p->wheel, p->now)) != WHEEL_NONE) {
		fetch_ahead(p);
		if (id & TIMER_DELAY)
			delay_timer(p, id & ~TIMER_DELAY);
		else
			station_timer(p, id);
	}
	return p->sent;
}

mc_nsec mc_hosts_deadline(const mc_hosts *p)
{
	if (p->sweep.runs || p->urgent != NONE)
		return (mc_nsec){ p->now };
	return (mc_nsec){ wheel_deadline(&p->wheel) };
}

/* ---- messages ---- */

static void count_message(struct mc_hosts *p, const struct mc_gm_spec *spec,
			  const struct cause *cause)
{
	struct mc_hosts_stats *n = &p->count;

	n->reports += spec->kind == MC_GM_REPORT;
	n->leaves += spec->kind == MC_GM_LEAVE;
	n->changes += cause->reason == MC_SENT_CHANGE;
	n->again += cause->reason == MC_SENT_AGAIN;
	n->answers += cause->reason == MC_SENT_ANSWER;
	n->answers_specific += cause->reason == MC_SENT_ANSWER_SPECIFIC;
	n->by_version[spec->version]++;
}

void pop_send_message(struct mc_hosts *p, uint32_t station, const struct mc_gm_spec *spec,
		      const struct cause *cause)
{
	bool answers = cause->reason == MC_SENT_ANSWER || cause->reason == MC_SENT_ANSWER_SPECIFIC;
	struct mc_hosts_sent sent = { .host = station,
				      .reason = cause->reason,
				      .when = { p->now },
				      .due = { cause->due },
				      .spec = spec };

	if (answers) {
		sent.delay.ns = cause->due - cause->asked_at;
		sent.max_resp.ns = cause->asked_ms * MILLISECOND;
	}
	p->sent++;
	count_message(p, spec, cause);
	p->fn(p->data, &sent);
}
