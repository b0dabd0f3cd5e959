/* report_json.c - JSON Lines */
#include "mcrecv/report.h"

#include <stdio.h>

static const char *kind_name(enum stream_kind k)
{
	return k == STREAM_PROBE ? "probe" : k == STREAM_RTP ? "rtp" : "foreign";
}

static void ifname(struct session *s, unsigned ifindex)
{
	json_str(&s->json, "interface", ifindex ? joins_ifname(&s->joins, ifindex) : NULL);
}

static void key(struct session *s, const struct stream_key *k)
{
	json_addr(&s->json, "group", &k->group);
	json_u64(&s->json, "port", k->port);
	json_addr(&s->json, "source", &k->source);
	json_u64(&s->json, "source_port", k->source_port);
	ifname(s, k->ifindex);
}

static const struct join_iface *iface_of(const struct session *s, unsigned ifindex)
{
	for (unsigned i = 0; i < s->joins.n_ifaces; i++)
		if (s->joins.ifaces[i].iface.index == ifindex)
			return &s->joins.ifaces[i];
	return NULL;
}

static void protocol(struct session *s, const struct joined *g)
{
	const struct join_iface *f = iface_of(s, g->ifindex);
	bool v4 = g->group.family == MC_IPV4;
	int version = !f ? 0 : v4 ? f->igmp.version : f->mld.version;
	char text[16];

	snprintf(text, sizeof(text), "%sv%d", v4 ? "IGMP" : "MLD", version);
	json_str(&s->json, "protocol", version ? text : NULL);
}

static void json_joined(struct session *s)
{
	struct mc_rx_stats rx;

	mc_rx_stats(s->rx, &rx);
	s->json.lazy = true;
	for (unsigned i = 0; i < s->joins.n; i++) {
		const struct joined *g = &s->joins.v[i];

		json_event_begin(&s->json, "joined", g->joined_at);
		json_addr(&s->json, "group", &g->group);
		json_u64(&s->json, "port", g->port);
		ifname(s, g->ifindex);
		protocol(s, g);
		json_u64(&s->json, "receive_buffer_bytes", rx.rcvbuf);
		json_str(&s->json, "path", rx.ring ? "ring" : "socket");
		s->json.lazy = i + 1 < s->joins.n;
		json_event_end(&s->json);
	}
	s->json.lazy = false;
}

/* A number, or null where it is not known. */
static void maybe(struct json *w, const char *name, bool known, uint64_t v)
{
	if (known)
		json_u64(w, name, v);
	else
		json_null(w, name);
}

static void json_first(struct session *s, const struct stream *st)
{
	json_event_begin(&s->json, "first-packet", st->first);
	key(s, &st->key);
	maybe(&s->json, "join_latency_ns", st->join_latency.ns >= 0, (uint64_t)st->join_latency.ns);
	json_u64(&s->json, "ttl", st->ttl_max);
	maybe(&s->json, "hops", st->hops_max >= 0, (uint64_t)st->hops_max);
	json_str(&s->json, "kind", kind_name(st->kind));
	json_event_end(&s->json);
}

static void sums(struct json *w, const struct stream_totals *t)
{
	json_u64(w, "packets", t->packets);
	json_u64(w, "bytes", t->bytes);
	json_u64(w, "lost", t->lost);
	json_u64(w, "duplicates", t->duplicates);
	json_u64(w, "reordered", t->reordered);
	json_u64(w, "foreign", t->foreign);
}

static void json_interval(struct session *s, const struct interval *i)
{
	struct json *w = &s->json;
	struct stream_totals d = {
		.packets = i->now.packets - i->before.packets,
		.bytes = i->now.bytes - i->before.bytes,
		/* What arrived late takes back what was counted as lost before. */
		.lost = i->now.lost > i->before.lost ? i->now.lost - i->before.lost : 0,
		.duplicates = i->now.duplicates - i->before.duplicates,
		.reordered = i->now.reordered - i->before.reordered,
		.foreign = i->now.foreign - i->before.foreign,
	};

	json_event_begin(w, "interval", s->wall);
	json_ns(w, "elapsed_ns", i->elapsed);
	sums(w, &d);
	json_double(w, "rate_pps", i->pps);
	json_double(w, "rate_bps", i->bps);
	json_u64(w, "dropped_here", i->dropped);
	json_array_begin(w, "streams");
	for (unsigned n = 0; n < s->streams.n; n++) {
		const struct stream *st = s->streams.v[n];
		uint64_t lost = stream_lost(st);

		if (!stream_moved(st))
			continue;
		json_object_begin(w, NULL);
		key(s, &st->key);
		json_u64(w, "packets", st->packets - st->reported_packets);
		json_u64(w, "bytes", st->bytes - st->reported_bytes);
		json_u64(w, "lost", lost > st->reported_lost ? lost - st->reported_lost : 0);
		json_object_end(w);
	}
	json_array_end(w);
	json_event_end(w);
}

static void json_left(struct session *s)
{
	json_event_begin(&s->json, "left", s->leave.at);
	json_u64(&s->json, "groups", s->joins.n);
	json_event_end(&s->json);
}

static void delay(struct json *w, const struct mc_hist *h)
{
	if (!h || !h->count) {
		json_null(w, "delay_ns");
		return;
	}
	json_object_begin(w, "delay_ns");
	json_i64(w, "min", h->min_ns);
	json_ns(w, "mean", mc_hist_mean(h));
	json_ns(w, "p50", mc_hist_quantile(h, 0.5));
	json_ns(w, "p99", mc_hist_quantile(h, 0.99));
	json_ns(w, "p999", mc_hist_quantile(h, 0.999));
	json_i64(w, "max", h->max_ns);
	json_u64(w, "negative", h->negative);
	json_object_end(w);
}

static void sequence(struct json *w, const struct stream *st)
{
	bool known = st->kind != STREAM_FOREIGN;

	maybe(w, "lost", known, stream_lost(st));
	maybe(w, "duplicates", known, st->seq.duplicates);
	maybe(w, "reordered", known, st->seq.reordered);
	maybe(w, "too_late", known, st->seq.too_late);
	maybe(w, "restarts", known, st->seq.restarts);
	maybe(w, "outages", known, st->seq.outages);
	maybe(w, "outage_ns", known, (uint64_t)mc_seq_longest_outage(&st->seq).ns);
	maybe(w, "jitter_ns", st->has_jitter, (uint64_t)mc_jitter_value(&st->jitter).ns);
}

/* As text: many readers of JSON lose integers above 2^53. */
static void session(struct json *w, const struct stream *st)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*llx", st->kind == STREAM_RTP ? 8 : 16,
		 (unsigned long long)st->key.session);
	json_str(w, "session", st->kind == STREAM_FOREIGN ? NULL : text);
}

static void json_stream(struct session *s, const struct stream *st)
{
	struct json *w = &s->json;
	const struct joined *g = &s->joins.v[st->membership];
	double seconds = (double)(st->last.ns - st->first.ns) / 1e9;

	json_object_begin(w, NULL);
	key(s, &st->key);
	json_str(w, "kind", kind_name(st->kind));
	session(w, st);
	json_u64(w, "packets", st->packets);
	json_u64(w, "bytes", st->bytes);
	json_double(w, "rate_pps", seconds > 0 ? (double)(st->packets - 1) / seconds : 0);
	sequence(w, st);
	delay(w, st->delay);
	maybe(w, "hops", st->hops_max >= 0, (uint64_t)st->hops_max);
	json_u64(w, "ttl_min", st->ttl_min);
	json_u64(w, "ttl_max", st->ttl_max);
	json_u64(w, "dscp", st->dscp);
	maybe(w, "dscp_sent", st->kind == STREAM_PROBE, st->dscp_sent);
	json_u64(w, "dscp_remarked", st->remarked);
	json_u64(w, "size_min_bytes", st->size_min);
	json_u64(w, "size_max_bytes", st->size_max);
	json_u64(w, "foreign", st->foreign);
	json_u64(w, "bad_crc", st->bad_crc);
	json_u64(w, "merged", st->merged);
	json_time(w, "first_time", st->first);
	json_time(w, "last_time", st->last);
	maybe(w, "join_latency_ns", st->join_latency.ns >= 0, (uint64_t)st->join_latency.ns);
	maybe(w, "leave_latency_ns", g->left && g->last_after_leave.ns,
	      (uint64_t)(g->last_after_leave.ns - g->left_at.ns));
	json_object_end(w);
}

static void own_side(struct session *s, const struct ending *e)
{
	struct json *w = &s->json;

	json_u64(w, "lost_network", e->lost_network);
	json_u64(w, "dropped_here", e->rx.dropped);
	json_u64(w, "receive_buffer_bytes", e->rx.rcvbuf);
	json_u64(w, "not_asked", e->rx.not_asked);
	if (s->rx) {
		json_str(w, "path", e->rx.ring ? "ring" : "socket");
		json_u64(w, "fragmented", e->rx.fragmented);
		json_u64(w, "damaged", e->rx.damaged);
	}
	json_u64(w, "untracked", s->streams.untracked);
	json_u64(w, "merged", e->totals.merged);
	json_bool(w, "clock_synchronised", e->clock.synchronised);
	json_u64(w, "clock_steps", s->clock_steps);
	json_u64(w, "receivers", e->rx.receivers);
	json_u64(w, "holders", e->rx.holders);
}

static void json_summary(struct session *s, const struct ending *e)
{
	struct json *w = &s->json;

	json_event_begin(w, e->verdict ? "summary" : "interim", s->wall);
	json_ns(w, "elapsed_ns", s->elapsed);
	sums(w, &e->totals);
	own_side(s, e);
	if (!s->rx) {
		json_u64(w, "frames_skipped", s->capture_skipped);
		json_u64(w, "frames_broken", s->capture_broken);
	}
	json_u64(w, "groups", joins_shown(&s->joins));
	json_u64(w, "groups_heard", s->joins.heard);
	json_ns(w, "join_time_ns", s->joins.took);
	if (s->leave.done)
		json_bool(w, "silent_after_leave", s->leave.silent);
	json_array_begin(w, "streams");
	for (unsigned i = 0; i < s->streams.n; i++)
		json_stream(s, s->streams.v[i]);
	json_array_end(w);
	if (e->verdict) {
		json_bool(w, "ok", e->verdict->ok);
		json_str(w, "reason", e->verdict->text);
	}
	json_event_end(w);
}

const struct report_ops report_json = {
	.joined = json_joined,
	.first = json_first,
	.interval = json_interval,
	.left = json_left,
	.summary = json_summary,
};
