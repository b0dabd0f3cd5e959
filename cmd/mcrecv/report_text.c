/* report_text.c - text for people */
#include "common/out.h"
#include "common/table.h"
#include "common/term.h"
#include "mcrecv/report.h"

#include <mc/group.h>
#include <stdio.h>
#include <string.h>

/* More streams than this are shown as a table, not as paragraphs. */
#define PARAGRAPHS 4
/* Rows of that table, unless -v asks for all. */
#define ROWS 40
/* First packets of more groups than this are not announced one by one. */
#define ANNOUNCED 16

#define ULL(x) ((unsigned long long)(x))

#define STREAM_TEXT (2 * MC_ADDR_TEXT + 40)

/* "239.1.1.1:5000", "[ff15::1]:5000" */
static const char *group_text(char *buf, const struct mc_addr *group, uint16_t port)
{
	char text[MC_ADDR_TEXT];
	bool v6 = group->family == MC_IPV6;

	snprintf(buf, STREAM_TEXT, "%s%s%s:%u", v6 ? "[" : "", mc_addr_format(group, text),
		 v6 ? "]" : "", port);
	return buf;
}

/* --- joined, first packet, left ------------------------------------------ */

static void name_text(const struct session *s, const struct mc_addr *group)
{
	const struct mc_known_group *k = mc_group_known(group);

	if (k && !s->c->common.no_names)
		out_printf(" (%s)", k->name);
}

/* Where packets wait for us. */
static const char *buffer_word(const struct mc_rx_stats *rx)
{
	return rx->ring ? "packet ring" : "receive buffer";
}

static void join_line(struct session *s, const struct join_target *t, const struct mc_rx_stats *rx)
{
	const struct join_iface *f = &s->joins.ifaces[t->iface];
	char spec[MC_SPEC_TEXT], buf[UNITS_TEXT];
	struct mc_spec shown = *t->spec;
	bool v4 = shown.first.family == MC_IPV4;
	int version = v4 ? f->igmp.version : f->mld.version;

	shown.ifname[0] = '\0';
	if (mc_spec_format(&shown, spec, sizeof(spec)) < 0)
		return;
	out_printf("joined %s", spec);
	if (shown.count == 1)
		name_text(s, &shown.first);
	out_printf(" on %s", f->iface.name);
	if (version)
		out_printf(", %sv%d%s", v4 ? "IGMP" : "MLD", version,
			   (v4 ? f->igmp.forced : f->mld.forced) ? " (forced)" : "");
	out_printf(", %s %s\n", buffer_word(rx), format_bytes(buf, rx->rcvbuf));
}

static void text_joined(struct session *s)
{
	struct mc_rx_stats rx;
	char buf[UNITS_TEXT];

	if (s->c->common.quiet)
		return;
	mc_rx_stats(s->rx, &rx);
	for (unsigned i = 0; i < s->joins.n_targets; i++)
		join_line(s, &s->joins.targets[i], &rx);
	if (s->joins.n > ANNOUNCED)
		out_printf("%u groups joined in %s on %u sockets\n", s->joins.n,
			   format_duration(buf, s->joins.took), rx.receivers + rx.holders);
	out_flush();
}

static void text_first(struct session *s, const struct stream *st)
{
	char group[STREAM_TEXT], source[MC_ADDR_TEXT], buf[UNITS_TEXT];

	if (s->c->common.quiet || (joins_asked(&s->joins) > ANNOUNCED && !s->c->common.verbose))
		return;
	out_printf("first packet of %s from %s", group_text(group, &st->key.group, st->key.port),
		   mc_addr_format(&st->key.source, source));
	if (st->key.ifindex)
		out_printf(" on %s", joins_ifname(&s->joins, st->key.ifindex));
	if (st->join_latency.ns >= 0)
		out_printf(", %s after the join", format_duration(buf, st->join_latency));
	out_printf("\n");
	out_flush();
}

static void text_left(struct session *s)
{
	char buf[UNITS_TEXT];

	if (!s->c->common.quiet)
		out_printf("left %llu %s after %s, watching the link for silence\n",
			   UNITS_N(s->joins.n, "group"), format_duration(buf, s->elapsed));
	out_flush();
}

/* --- interval ------------------------------------------------------------ */

static void interval_line(char *line, size_t size, const struct session *s,
			  const struct interval *i)
{
	char time[UNITS_TEXT], pps[UNITS_TEXT], bps[UNITS_TEXT];
	int n = snprintf(line, size, "%s: %llu %s, %s, %s, %llu lost, %u of %llu %s",
			 format_duration(time, i->elapsed), UNITS_N(i->now.packets, "packet"),
			 format_pps(pps, i->pps), format_bps(bps, i->bps), ULL(i->now.lost),
			 s->joins.heard, UNITS_N(joins_asked(&s->joins), "group"));

	if (i->dropped && n > 0 && (size_t)n < size)
		snprintf(line + n, size - (size_t)n, ", %llu dropped here", ULL(i->dropped));
}

static void interval_streams(const struct session *s)
{
	char group[STREAM_TEXT], source[MC_ADDR_TEXT];

	for (unsigned n = 0; n < s->streams.n; n++) {
		const struct stream *st = s->streams.v[n];

		if (stream_moved(st))
			out_printf("  %s from %s: %llu %s, %llu lost\n",
				   group_text(group, &st->key.group, st->key.port),
				   mc_addr_format(&st->key.source, source),
				   UNITS_N(st->packets - st->reported_packets, "packet"),
				   ULL(stream_lost(st)));
	}
}

static void text_interval(struct session *s, const struct interval *i)
{
	char line[256];

	interval_line(line, sizeof(line), s, i);
	if (term_live()) {
		term_status("%s", line);
		return;
	}
	out_printf("%s\n", line);
	if (s->c->common.verbose)
		interval_streams(s);
	out_flush();
}

/* --- one stream as a paragraph ------------------------------------------- */

static double seconds_of(const struct stream *st)
{
	return (double)(st->last.ns - st->first.ns) / 1e9;
}

static double pps_of(const struct stream *st)
{
	return seconds_of(st) > 0 ? (double)(st->packets - 1) / seconds_of(st) : 0;
}

static double bps_of(const struct stream *st)
{
	return st->packets ? pps_of(st) * (double)st->bytes * 8 / (double)st->packets : 0;
}

static void received_line(const struct stream *st)
{
	char pps[UNITS_TEXT], bps[UNITS_TEXT], time[UNITS_TEXT];
	mc_nsec span = { st->last.ns - st->first.ns };

	out_printf("  received  %llu %s, %llu %s", UNITS_N(st->packets, "packet"),
		   UNITS_N(st->bytes, "byte"));
	if (st->size_min == st->size_max)
		out_printf(" (%u each)", st->size_min);
	else
		out_printf(" (%u to %u each)", st->size_min, st->size_max);
	if (st->packets > 1)
		out_printf(" in %s: %s, %s", format_duration(time, span),
			   format_pps(pps, pps_of(st)), format_bps(bps, bps_of(st)));
	out_printf("\n");
}

static void lost_line(const struct stream *st)
{
	uint64_t lost = stream_lost(st);
	char share[UNITS_TEXT], longest[UNITS_TEXT];

	if (st->kind == STREAM_FOREIGN) {
		out_printf("  lost      unknown: no sequence numbers that we know\n");
		return;
	}
	out_printf("  %slost      %llu (%s)%s", lost ? out_style(STYLE_RED) : "", ULL(lost),
		   format_percent(share, stream_loss(st)), out_style(STYLE_RESET));
	if (st->seq.outages)
		out_printf(" in %llu %s, the longest %s", UNITS_N(st->seq.outages, "outage"),
			   format_duration(longest, mc_seq_longest_outage(&st->seq)));
	out_printf("; %llu %s, %llu reordered", UNITS_N(st->seq.duplicates, "duplicate"),
		   ULL(st->seq.reordered));
	if (st->seq.too_late)
		out_printf(", %llu too late to tell", ULL(st->seq.too_late));
	if (st->seq.restarts)
		out_printf(", sender restarted %llu %s", UNITS_N(st->seq.restarts, "time"));
	out_printf("\n");
}

static void delay_line(const struct stream *st)
{
	const struct mc_hist *h = st->delay;
	char a[UNITS_TEXT], b[UNITS_TEXT], c[UNITS_TEXT], d[UNITS_TEXT];

	if (h && h->count)
		out_printf("  delay     min %s, median %s, 99 %% %s, max %s",
			   format_duration(a, (mc_nsec){ h->min_ns }),
			   format_duration(b, mc_hist_quantile(h, 0.5)),
			   format_duration(c, mc_hist_quantile(h, 0.99)),
			   format_duration(d, (mc_nsec){ h->max_ns }));
	if (st->has_jitter)
		out_printf("%sjitter %s", h && h->count ? "; " : "  timing    ",
			   format_duration(a, mc_jitter_value(&st->jitter)));
	if ((h && h->count) || st->has_jitter)
		out_printf("\n");
	if (h && h->negative)
		out_printf("  %sclocks    %llu packets seem to arrive before they were sent: the "
			   "clocks differ, only jitter is true%s\n",
			   out_style(STYLE_YELLOW), ULL(h->negative), out_style(STYLE_RESET));
}

static void dscp_text(char *buf, size_t size, unsigned dscp)
{
	const char *name = dscp_name(dscp);

	if (name)
		snprintf(buf, size, "%u (%s)", dscp, name);
	else
		snprintf(buf, size, "%u", dscp);
}

static void path_line(const struct stream *st)
{
	char now[24], sent[24];

	out_printf("  path      ");
	if (st->hops_max >= 0)
		out_printf("%d %s, ", st->hops_max, st->hops_max == 1 ? "hop" : "hops");
	if (st->ttl_min == st->ttl_max)
		out_printf("TTL %u on arrival", st->ttl_min);
	else
		out_printf("TTL %u to %u on arrival", st->ttl_min, st->ttl_max);
	dscp_text(now, sizeof(now), st->dscp);
	dscp_text(sent, sizeof(sent), st->dscp_sent);
	if (st->remarked)
		out_printf(", %sDSCP %s remarked to %s on the way%s", out_style(STYLE_YELLOW), sent,
			   now, out_style(STYLE_RESET));
	else
		out_printf(", DSCP %s", now);
	out_printf("\n");
}

static void membership_line(const struct session *s, const struct stream *st)
{
	const struct joined *g = &s->joins.v[st->membership];
	char join[UNITS_TEXT], leave[UNITS_TEXT];
	mc_nsec latency = { g->last_after_leave.ns - g->left_at.ns };

	if (st->join_latency.ns >= 0)
		out_printf("  join      first packet %s after the join\n",
			   format_duration(join, st->join_latency));
	if (!g->left)
		return;
	if (!s->leave.silent)
		out_printf("  leave     still flowing %s after the leave\n",
			   format_duration(leave, latency));
	else if (g->last_after_leave.ns)
		out_printf("  leave     last packet %s after the leave\n",
			   format_duration(leave, latency));
	else
		out_printf("  leave     nothing came after the leave\n");
}

static void oddities_line(const struct stream *st)
{
	if (st->foreign && st->kind != STREAM_FOREIGN)
		out_printf("  foreign   %llu packets without our numbers among them\n",
			   ULL(st->foreign));
	if (st->bad_crc)
		out_printf("  %sdamaged   %llu packets with a wrong CRC, their numbers "
			   "count as lost%s\n",
			   out_style(STYLE_RED), ULL(st->bad_crc), out_style(STYLE_RESET));
	if (st->merged)
		out_printf("  merged    %llu packets came merged by the kernel and share arrival "
			   "times (--no-gro)\n",
			   ULL(st->merged));
}

static void paragraph(const struct session *s, const struct stream *st)
{
	char group[STREAM_TEXT], source[STREAM_TEXT];

	out_printf("%s%s from %s%s", out_style(STYLE_BOLD),
		   group_text(group, &st->key.group, st->key.port),
		   group_text(source, &st->key.source, st->key.source_port),
		   out_style(STYLE_RESET));
	if (st->key.ifindex)
		out_printf(" on %s", joins_ifname(&s->joins, st->key.ifindex));
	out_printf("%s\n", st->kind == STREAM_RTP	? ", RTP"
			   : st->kind == STREAM_FOREIGN ? ", foreign"
							: "");
	received_line(st);
	lost_line(st);
	delay_line(st);
	path_line(st);
	membership_line(s, st);
	oddities_line(st);
}

/* --- many streams as a table --------------------------------------------- */

static const struct column columns[] = {
	{ "group", false }, { "source", false }, { "if", false },	   { "packets", true },
	{ "rate", true },   { "lost", true },	 { "dup", true },	   { "reord", true },
	{ "outage", true }, { "jitter", true },	 { "median delay", true }, { "hops", true },
};

static void sequence_cells(struct table *t, const struct stream *st)
{
	char b[UNITS_TEXT];

	table_cell_style(t, stream_lost(st) ? STYLE_RED : STYLE_RESET, "%llu",
			 ULL(stream_lost(st)));
	table_cell(t, "%llu", ULL(st->seq.duplicates));
	table_cell(t, "%llu", ULL(st->seq.reordered));
	table_cell(t, "%s",
		   st->seq.outages ? format_duration(b, mc_seq_longest_outage(&st->seq)) : "");
	table_cell(t, "%s",
		   st->has_jitter && st->packets > 1
			   ? format_duration(b, mc_jitter_value(&st->jitter))
			   : "");
	table_cell(t, "%s", st->delay ? format_duration(b, mc_hist_quantile(st->delay, 0.5)) : "");
	if (st->hops_max >= 0)
		table_cell(t, "%d", st->hops_max);
	else
		table_cell(t, "%s", "");
}

static void stream_cells(struct table *t, const struct session *s, const struct stream *st)
{
	char a[STREAM_TEXT], b[UNITS_TEXT];

	table_cell(t, "%s", group_text(a, &st->key.group, st->key.port));
	table_cell(t, "%s", mc_addr_format(&st->key.source, a));
	table_cell(t, "%s", joins_ifname(&s->joins, st->key.ifindex));
	table_cell(t, "%llu", ULL(st->packets));
	table_cell(t, "%s", st->packets > 1 ? format_pps(b, pps_of(st)) : "");
	if (st->kind != STREAM_FOREIGN) {
		sequence_cells(t, st);
		return;
	}
	for (int i = 0; i < 7; i++)
		table_cell(t, "%s", "");
}

static bool imperfect(const struct stream *st)
{
	return stream_lost(st) || st->seq.duplicates || st->seq.reordered || st->bad_crc;
}

/* Those with something to say first, when there are too many. */
static void streams_table(const struct session *s)
{
	struct table *t = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	unsigned room = s->c->common.verbose || s->streams.n <= ROWS ? s->streams.n : ROWS;
	unsigned left = room;

	for (int good = 0; good < 2; good++)
		for (unsigned i = 0; i < s->streams.n && left; i++) {
			if (room < s->streams.n && imperfect(s->streams.v[i]) == good)
				continue;
			if (room == s->streams.n && good)
				continue;
			stream_cells(t, s, s->streams.v[i]);
			left--;
		}
	table_print(t);
	table_free(t);
	if (room < s->streams.n)
		out_printf("and %u more streams, with fewer problems or none; -v shows all\n",
			   s->streams.n - room);
}

/* --- the end ------------------------------------------------------------- */

static void own_side(const struct session *s, const struct ending *e)
{
	char buf[UNITS_TEXT];

	if (!s->rx)
		return;
	if (!e->rx.dropped) {
		out_printf("  this host dropped nothing (%s %s)\n", buffer_word(&e->rx),
			   format_bytes(buf, e->rx.rcvbuf));
		return;
	}
	out_printf("  %sthis host dropped %s%llu itself: the %s of %s was full%s\n",
		   out_style(STYLE_YELLOW), e->totals.merged ? "at least " : "", ULL(e->rx.dropped),
		   buffer_word(&e->rx), format_bytes(buf, e->rx.rcvbuf), out_style(STYLE_RESET));
	out_printf("  lost before this host: %s%llu\n", e->totals.merged ? "at most " : "",
		   ULL(e->lost_network));
}

static void clock_line(const struct session *s, const struct ending *e)
{
	bool any = false;

	for (unsigned i = 0; i < s->streams.n; i++)
		any |= s->streams.v[i]->delay != NULL;
	if (!any || !s->rx)
		return;
	if (e->clock.synchronised)
		out_printf("  delays need both clocks to agree: this host's is synchronised, "
			   "look at the sender's too\n");
	else
		out_printf("  delays need both clocks to agree: this host's is not synchronised "
			   "(true only when the sender is this host)\n");
}

static void counters(const struct session *s, const struct ending *e)
{
	if (e->rx.not_asked)
		out_printf("  %llu packets were delivered that nobody asked for here\n",
			   ULL(e->rx.not_asked));
	if (e->rx.fragmented)
		out_printf("  %llu datagrams came in fragments, which a packet ring does not put "
			   "together: not received\n",
			   ULL(e->rx.fragmented));
	if (e->rx.damaged)
		out_printf("  %llu packets with a wrong checksum were not received\n",
			   ULL(e->rx.damaged));
	if (s->streams.untracked)
		out_printf("  %llu packets of more than %d streams were not measured\n",
			   ULL(s->streams.untracked), STREAMS_MAX);
	if (!s->rx && (s->capture_skipped || s->capture_broken))
		out_printf("  %llu frames of the capture are not of these groups, %llu of them "
			   "cannot be read\n",
			   ULL(s->capture_skipped), ULL(s->capture_broken));
}

static void totals_line(const struct session *s, const struct ending *e)
{
	uint64_t asked = joins_shown(&s->joins);
	char time[UNITS_TEXT];

	out_printf("%s%llu %s of %llu %s in %u of %llu %s in %s%s: %llu lost, %llu %s, "
		   "%llu reordered\n",
		   out_style(STYLE_BOLD), UNITS_N(e->totals.packets, "packet"),
		   UNITS_N(s->streams.n, "stream"), s->joins.heard, UNITS_N(asked, "group"),
		   format_duration(time, s->elapsed), out_style(STYLE_RESET), ULL(e->totals.lost),
		   UNITS_N(e->totals.duplicates, "duplicate"), ULL(e->totals.reordered));
}

static void verdict_line(const struct verdict *v)
{
	if (v->ok)
		out_printf("%sok%s: %s\n", out_style(STYLE_GREEN), out_style(STYLE_RESET), v->text);
	else
		out_printf("%sFAIL%s: %s\n", out_style(STYLE_RED), out_style(STYLE_RESET), v->text);
}

static void text_summary(struct session *s, const struct ending *e)
{
	if (s->c->common.quiet < 2 && s->streams.n <= PARAGRAPHS)
		for (unsigned i = 0; i < s->streams.n; i++)
			paragraph(s, s->streams.v[i]);
	else if (s->c->common.quiet < 2)
		streams_table(s);
	if (s->c->common.quiet < 2) {
		totals_line(s, e);
		own_side(s, e);
		clock_line(s, e);
		counters(s, e);
	}
	if (e->verdict)
		verdict_line(e->verdict);
}

const struct report_ops report_text = {
	.joined = text_joined,
	.first = text_first,
	.interval = text_interval,
	.left = text_left,
	.summary = text_summary,
};
