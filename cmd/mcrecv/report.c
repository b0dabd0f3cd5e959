/* report.c - gathers the facts for a report and hands them to text or JSON */
#include "mcrecv/report.h"

#include "common/out.h"
#include "common/term.h"

#include <unistd.h>

static const struct report_ops *ops(const struct session *s)
{
	return s->c->common.json ? &report_json : &report_text;
}

void report_init(struct session *s)
{
	json_init(&s->json, stdout);
	term_init(STDOUT_FILENO, !s->c->common.json && !s->c->common.quiet);
}

void report_joined(struct session *s)
{
	ops(s)->joined(s);
}

void report_first(struct session *s, const struct stream *st)
{
	ops(s)->first(s, st);
}

void report_left(struct session *s)
{
	ops(s)->left(s);
}

bool stream_moved(const struct stream *st)
{
	return st->packets != st->reported_packets;
}

void report_interval(struct session *s)
{
	struct mc_rx_stats rx = { 0 };
	struct interval i = { .elapsed = s->elapsed, .before = s->reported_totals };
	double seconds = (double)(s->elapsed.ns - s->reported.ns) / 1e9;

	if (s->c->common.quiet && !s->c->common.json)
		return;
	if (s->rx)
		mc_rx_stats(s->rx, &rx);
	i.dropped = rx.dropped;
	i.now = streams_total(&s->streams);
	if (seconds > 0) {
		i.pps = (double)(i.now.packets - i.before.packets) / seconds;
		i.bps = (double)(i.now.bytes - i.before.bytes) * 8 / seconds;
	}
	ops(s)->interval(s, &i);
	for (unsigned n = 0; n < s->streams.n; n++) {
		struct stream *st = s->streams.v[n];

		st->reported_packets = st->packets;
		st->reported_bytes = st->bytes;
		st->reported_lost = stream_lost(st);
	}
	s->reported_totals = i.now;
	s->reported = s->elapsed;
}

static void summary(struct session *s, const struct verdict *v)
{
	struct ending e = { .totals = streams_total(&s->streams), .verdict = v };

	/* This host's clock says nothing about those of a capture. */
	if (s->rx) {
		mc_rx_stats(s->rx, &e.rx);
		mc_clock_sync_get(&e.clock);
	}
	e.lost_network = e.totals.lost > e.rx.dropped ? e.totals.lost - e.rx.dropped : 0;
	ops(s)->summary(s, &e);
	out_flush();
}

void report_interim(struct session *s)
{
	summary(s, NULL);
}

void report_summary(struct session *s, const struct verdict *v)
{
	summary(s, v);
}
