/* session.c - runs the hosts: time, frames, scenario, until the end */
#include "mchost/session.h"

#include "common/loop.h"
#include "common/out.h"
#include "common/sig.h"

#include <errno.h>

#define TICK_BUDGET  4096
#define FRAME_BUDGET 2048
#define NAP_NS	     1000000	  /* hosts' timers need no finer one */
#define LEAVE_NS     3000000000LL /* retransmissions of leaves, RFC 9776 8.11 twice */

static int open_link(struct session *s, const struct config *c, const char *ifname)
{
	int status = link_open(&s->link, ifname, (uint16_t)c->vlan);

	return status ? status : link_choose_path(&s->link, (enum path_choice)c->path, c->hosts);
}

static int choose_interface(struct session *s, const struct config *c)
{
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	struct mc_addr group;
	int err;

	if (c->common.interfaces.n > 1)
		return usage_error("--interface", "all hosts are on one");
	if (c->common.interfaces.n)
		return open_link(s, c, c->common.interfaces.v[0]);
	group = channel_group(&s->crowd.channels, 0);
	err = mc_iface_default(&iface, &group, &why);
	return err ? err_why(NULL, err, &why) : open_link(s, c, iface.name);
}

int session_open(struct session *s, const struct config *c, const struct opt_args *args)
{
	int status;

	*s = (struct session){ .c = c };
	status = channels_open(&s->crowd.channels, c, args);
	if (!status)
		status = script_open(&s->script, c, &s->crowd.channels);
	if (!status && !s->crowd.channels.n)
		status = usage_error(NULL, "no groups; name some, such as 239.1.1.1");
	if (!status)
		status = choose_interface(s, c);
	if (!status)
		status = crowd_open(&s->crowd, c, &s->link);
	if (!status)
		status = link_listen(&s->link, s->crowd.id.prefix);
	return status;
}

void session_close(struct session *s)
{
	script_close(&s->script);
	crowd_close(&s->crowd);
	link_close(&s->link);
}

/* --- one turn ------------------------------------------------------------ */

static void on_query(void *data, const struct mc_frame *f, const struct mc_gm *gm)
{
	struct session *s = data;

	if (s->teller)
		s->teller->query(s->teller->data, &s->crowd, f, gm);
}

/* True: there may be more. */
static bool hear(struct session *s, mc_nsec now)
{
	struct mc_why why = { "", "" };
	struct mc_cap_frame f;
	struct mc_iface now_there;
	unsigned n = 0;
	int ret = 0;

	while (n < FRAME_BUDGET && (ret = mc_cap_next(s->link.cap, &f, &why)) == 1) {
		mc_nsec when = { f.when.ns - s->wall_offset };

		/* Stamped by the kernel; the ring hands it over a little later. */
		if (when.ns > now.ns)
			when = now;
		crowd_hear(&s->crowd, now, &f, when, on_query, s);
		n++;
	}
	/* Libraries before libpcap 1.10 say the same of an interface that is down. */
	if (ret < 0)
		s->link.gone = mc_iface_get_index(&now_there, s->link.iface.index, NULL) < 0;
	return n == FRAME_BUDGET;
}

/* What hosts say while the cable is out is lost, and they go on. */
static void tell_state(struct session *s)
{
	if (s->link.down == s->told_down || s->link.gone)
		return;
	s->told_down = s->link.down;
	warn_msg("%s: %s", s->link.iface.name, s->link.down ? "no link" : "the link is back");
}

static void wait(struct session *s, mc_nsec until)
{
	struct pollfd fd = { .fd = mc_cap_fd(s->link.cap), .events = POLLIN };
	mc_nsec left = { until.ns - loop_now().ns };

	/* Many timers close together are served together. */
	if (left.ns < NAP_NS)
		left.ns = NAP_NS;
	(void)sig_ppoll(&fd, 1, &left);
}

static mc_nsec earlier(mc_nsec a, mc_nsec b)
{
	return a.ns < b.ns ? a : b;
}

/* One round of everything; waits when there is nothing to do before `until`. */
static int turn(struct session *s, bool scripted, mc_nsec until)
{
	mc_nsec now = loop_now(), next = until;
	bool more = false, busy;
	int status = 0;

	s->wall_offset = loop_wall().ns - now.ns;
	if (scripted) {
		status = script_run(&s->script, now, &more);
		next = earlier(until, script_deadline(&s->script, now));
	}
	busy = crowd_tick(&s->crowd, now, TICK_BUDGET);
	busy |= hear(s, now);
	link_flush(&s->link);
	tell_state(s);
	next = earlier(next, crowd_deadline(&s->crowd));
	if (!status && !more && !busy && !s->link.gone && next.ns > now.ns)
		wait(s, next);
	s->elapsed.ns = loop_now().ns - s->started.ns;
	return status;
}

int session_until(struct session *s, mc_nsec end)
{
	int status = 0;

	while (!status && !sig_stop() && link_works(&s->link) && loop_now().ns < end.ns)
		status = turn(s, false, end);
	return status;
}

/* --- the whole ----------------------------------------------------------- */

static bool finished(const struct session *s, mc_nsec end)
{
	return s->script.ended || s->link.gone || sig_stop() || out_broken() ||
	       loop_now().ns >= end.ns;
}

static void tell(struct session *s, mc_nsec *report)
{
	const struct teller *t = s->teller;

	if (sig_take_interim())
		t->interim(t->data, &s->crowd, s->elapsed);
	if (loop_now().ns < report->ns)
		return;
	t->progress(t->data, &s->crowd, s->elapsed);
	report->ns += s->c->interval.ns;
}

static int live(struct session *s, mc_nsec end)
{
	mc_nsec report = { s->started.ns + s->c->interval.ns };
	int status = 0;

	while (!status && !finished(s, end)) {
		status = turn(s, true, earlier(report, end));
		tell(s, &report);
	}
	return status;
}

/* All leave, and say so as often as the protocol wants it said. */
int session_leave(struct session *s)
{
	mc_nsec now = loop_now(), end = { now.ns + LEAVE_NS };
	struct mc_hosts_stats stats;
	int err = 0;

	for (uint32_t host = 0; host < s->crowd.n && !err; host++)
		err = crowd_depart(&s->crowd, now, host);
	s->crowd.solicited = 0;
	if (err)
		return err_why(NULL, err, NULL);
	do {
		(void)turn(s, false, end);
		crowd_stats(&s->crowd, &stats);
	} while (stats.pending && !s->link.gone && loop_now().ns < end.ns);
	link_settle(&s->link);
	return 0;
}

int session_run(struct session *s, const struct teller *t)
{
	mc_nsec end = { INT64_MAX };
	int status = identity_probe(&s->crowd.id, s->c, &s->link);

	if (status)
		return status;
	s->teller = t;
	s->started = loop_now();
	if (s->c->duration.ns)
		end.ns = s->started.ns + s->c->duration.ns;
	script_start(&s->script, &s->crowd, s->started);
	t->start(t->data, &s->crowd);
	status = crowd_appear(&s->crowd, s->started);
	if (!status)
		status = live(s, end);
	link_settle(&s->link);
	t->leave(t->data, &s->crowd);
	watches_settle(&s->crowd.watches, loop_now());
	if (s->link.gone) {
		err_msg("%s: the interface is gone", s->link.iface.name);
		return EXIT_ENV;
	}
	if (!status && !s->c->die)
		status = session_leave(s);
	return status;
}
