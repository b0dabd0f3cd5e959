/* live.c - the receiving loop */
#include "common/out.h"
#include "common/sig.h"
#include "mcrecv/report.h"
#include "mcrecv/session.h"
#include "mcrecv/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

/* After a read that found this much, the next packets are on their way: a nap
 * lets them gather, and spares the sender's side the wake-up of a waiting
 * process.  Arrival times are the kernel's and do not suffer.  A wake-up costs
 * as much as ten packets, so naps are as long as the buffer allows. */
#define BUSY_PACKETS 8
#define NAP_MIN_NS   250000
#define NAP_MAX_NS   4000000
#define NAP_FILL     10 /* percent of the buffer that may be in use after one */
/* A wall clock that moves by more against the monotonic one was set. */
#define STEP_NS	     50000000
#define HOUSEKEEP_NS 100000000

struct loop {
	struct mc_packet packets[MC_RX_BATCH];
	int64_t start, now; /* monotonic */
	int64_t report_at, housekeep_at;
	int64_t end_at, leave_at, leave_end_at; /* INT64_MAX: never */
	int64_t offset;				/* wall minus monotonic */
	int64_t nap;
};

static int64_t clock_now(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void read_clocks(struct session *s, struct loop *l)
{
	l->now = clock_now(CLOCK_MONOTONIC);
	s->elapsed.ns = l->now - l->start;
	s->wall.ns = clock_now(CLOCK_REALTIME);
}

static void check_clock(struct session *s, struct loop *l)
{
	int64_t offset = s->wall.ns - l->now;
	int64_t step = offset - l->offset;
	char text[UNITS_TEXT];

	l->offset = offset;
	if (step < STEP_NS && step > -STEP_NS)
		return;
	s->clock_steps++;
	s->clock_step.ns = step;
	warn_msg("this host's clock stepped by %s: delays before and after do not compare",
		 format_duration(text, s->clock_step));
}

static void iface_gone(struct session *s, struct join_iface *f)
{
	struct mc_rx_stats stats;
	unsigned n;

	f->gone = true;
	n = mc_rx_forget_iface(s->rx, f->iface.index);
	mc_rx_stats(s->rx, &stats);
	err_msg("%s: the interface is gone, and %u memberships with it", f->iface.name, n);
	s->no_iface_left = stats.memberships == 0;
}

static void iface_back(struct session *s, unsigned iface)
{
	warn_msg("%s: the link is back", s->joins.ifaces[iface].iface.name);
	if (!s->leave.done)
		(void)joins_renew(&s->joins, iface, s->rx);
}

/* The kernel keeps memberships while an interface is down, most of them whole. */
static void iface_event(struct session *s, const struct mc_iface_event *e)
{
	for (unsigned i = 0; i < s->joins.n_ifaces; i++) {
		struct join_iface *f = &s->joins.ifaces[i];

		if (f->iface.index != e->index || f->gone)
			continue;
		if (e->change == MC_IFACE_GONE)
			iface_gone(s, f);
		else if (e->change == MC_IFACE_DOWN && f->iface.running)
			warn_msg("%s: no link", f->iface.name);
		else if (e->change == MC_IFACE_UP && !f->iface.running)
			iface_back(s, i);
		f->iface.running = e->change == MC_IFACE_UP;
	}
}

/* After lost announcements: look for oneself. */
static void recheck_ifaces(struct session *s)
{
	struct mc_iface now;

	for (unsigned i = 0; i < s->joins.n_ifaces; i++)
		if (!s->joins.ifaces[i].gone &&
		    mc_iface_get_index(&now, s->joins.ifaces[i].iface.index, NULL) < 0)
			iface_gone(s, &s->joins.ifaces[i]);
}

static void housekeep(struct session *s, struct loop *l)
{
	struct mc_iface_event e;
	int ret;

	l->housekeep_at = l->now + HOUSEKEEP_NS;
	check_clock(s, l);
	while ((ret = mc_ifwatch_next(s->watch, &e)) == 1)
		iface_event(s, &e);
	if (ret == -ENOBUFS)
		recheck_ifaces(s);
	leave_watch(&s->leave, &s->joins);
	sinks_flush(&s->sinks);
}

static void on_time(struct session *s, struct loop *l)
{
	if (l->now >= l->housekeep_at)
		housekeep(s, l);
	if (l->now >= l->leave_at) {
		leave_now(&s->leave, &s->joins, s->rx, s->wall);
		l->leave_at = INT64_MAX;
		l->leave_end_at = l->now + s->c->leave_wait.ns;
		report_left(s);
	}
	if (l->now >= l->report_at) {
		report_interval(s);
		l->report_at += s->c->interval.ns;
		if (l->report_at <= l->now)
			l->report_at = l->now + s->c->interval.ns;
	}
	if (sig_take_interim())
		report_interim(s);
}

static bool time_is_up(struct session *s, const struct loop *l)
{
	if (s->leave.done) {
		s->leave.silent = leave_silent(&s->leave, s->wall);
		return s->leave.silent || l->now >= l->leave_end_at;
	}
	return l->now >= l->end_at;
}

static int64_t earliest(const struct loop *l)
{
	int64_t t[] = { l->housekeep_at, l->report_at, l->end_at, l->leave_at, l->leave_end_at };
	int64_t first = t[0];

	for (unsigned i = 1; i < sizeof(t) / sizeof(t[0]); i++)
		if (t[i] < first)
			first = t[i];
	return first;
}

/* Sleeps, and learns from what it found how long the next nap may be. */
static void nap(struct session *s, struct loop *l, int64_t at_most)
{
	unsigned fill;

	sig_sleep((mc_nsec){ at_most < l->nap ? at_most : l->nap });
	fill = mc_rx_fill(s->rx);
	if (fill > NAP_FILL)
		l->nap /= 2;
	else if (fill < NAP_FILL / 2)
		l->nap += l->nap / 4;
	if (l->nap < NAP_MIN_NS)
		l->nap = NAP_MIN_NS;
	if (l->nap > NAP_MAX_NS)
		l->nap = NAP_MAX_NS;
}

static void wait_for_packets(struct session *s, struct loop *l, uint64_t got)
{
	struct pollfd fds[] = { { .fd = mc_rx_fd(s->rx), .events = POLLIN },
				{ .fd = mc_ifwatch_fd(s->watch), .events = POLLIN } };
	mc_nsec timeout = { earliest(l) - clock_now(CLOCK_MONOTONIC) };

	if (timeout.ns <= 0)
		return;
	if (got >= BUSY_PACKETS)
		nap(s, l, timeout.ns);
	else
		sig_ppoll(fds, 2, &timeout);
}

/* Reads until nothing is left, but no longer than until the next thing is due;
 * the number of packets, or -errno. */
static int64_t drain(struct session *s, struct loop *l)
{
	uint64_t before = s->counted;
	bool more = true;

	while (more && !session_over(s)) {
		int n = mc_rx_read(s->rx, l->packets, MC_RX_BATCH, &more);

		if (n < 0)
			return n;
		for (int i = 0; i < n; i++)
			session_packet(s, &l->packets[i]);
		if (more && clock_now(CLOCK_MONOTONIC) >= earliest(l))
			break;
	}
	return (int64_t)(s->counted - before);
}

static int loop(struct session *s, struct loop *l)
{
	while (!session_over(s) && !s->no_iface_left && !time_is_up(s, l)) {
		int64_t got = drain(s, l);

		if (got < 0) {
			err_msg("cannot receive: %s", mc_strerror((int)got));
			return EXIT_ENV;
		}
		read_clocks(s, l);
		on_time(s, l);
		if (!session_over(s) && !time_is_up(s, l))
			wait_for_packets(s, l, (uint64_t)got);
		read_clocks(s, l);
	}
	return s->no_iface_left ? EXIT_ENV : 0;
}

static int64_t after(const struct loop *l, mc_nsec d)
{
	return d.ns ? l->start + d.ns : INT64_MAX;
}

static void set_times(struct session *s, struct loop *l)
{
	mc_nsec deadline = verdict_deadline(s->c);

	l->start = l->now = clock_now(CLOCK_MONOTONIC);
	read_clocks(s, l);
	l->offset = s->wall.ns - l->now;
	l->nap = NAP_MIN_NS;
	l->report_at = after(l, s->c->interval);
	l->housekeep_at = l->now + HOUSEKEEP_NS;
	l->end_at = after(l, s->c->duration);
	if (after(l, deadline) < l->end_at)
		l->end_at = after(l, deadline);
	l->leave_at = after(l, s->c->leave_after);
	l->leave_end_at = INT64_MAX;
}

int live_run(struct session *s)
{
	struct loop *l = calloc(1, sizeof(*l));
	int status;

	if (!l)
		return err_why(NULL, -ENOMEM, NULL);
	set_times(s, l);
	status = loop(s, l);
	free(l);
	return status;
}
