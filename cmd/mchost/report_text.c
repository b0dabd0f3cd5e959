/* report_text.c - what mchost says to people */
#include "mchost/report.h"

#include "common/out.h"
#include "common/term.h"

#include <stdio.h>

static unsigned long long u(uint64_t n)
{
	return n;
}

static void put_addresses(const struct crowd *w, enum mc_family f)
{
	struct mc_addr first = identity_addr(&w->id, 0, f),
		       last = identity_addr(&w->id, w->n - 1, f);
	char a[MC_ADDR_TEXT], b[MC_ADDR_TEXT];

	mc_addr_format(&first, a);
	mc_addr_format(&last, b);
	out_printf(w->n > 1 ? ", %s to %s" : ", %s", a, b);
}

void text_start(const struct report *r, const struct crowd *w)
{
	struct mc_mac mac = identity_mac(&w->id, 0);
	char text[MC_MAC_TEXT], vlan[16] = "";

	if (r->c->vlan)
		snprintf(vlan, sizeof(vlan), " VLAN %u", (unsigned)r->c->vlan);
	out_printf("%u %s on %s%s: %s%s", w->n, w->n == 1 ? "host" : "hosts", w->link->iface.name,
		   vlan, mc_mac_format(&mac, text), w->n > 1 ? " and on" : "");
	for (int f = 0; f < 2; f++)
		if (w->hosts[f])
			put_addresses(w, f ? MC_IPV6 : MC_IPV4);
	out_printf("; %llu of %llu %s each\n", u(w->per_host), UNITS_N(w->channels.n, "group"));
	if (w->link->bypass)
		out_printf("sending through AF_XDP: captures on this host do not see the frames\n");
}

static const char *query_name(const struct mc_gm *gm)
{
	if (gm->n_sources)
		return "group-and-source-specific";
	return mc_addr_is_unspecified(&gm->group) ? "general" : "group-specific";
}

void text_query(const struct report *r, const struct mc_frame *f, const struct mc_gm *gm)
{
	char from[MC_ADDR_TEXT], group[MC_ADDR_TEXT], resp[UNITS_TEXT];

	(void)r;
	out_printf("query from %s: %sv%u %s%s%s, to be answered within %s\n",
		   mc_addr_format(&f->src, from), gm->family == MC_IPV4 ? "IGMP" : "MLD",
		   gm->version, query_name(gm),
		   gm->n_sources || mc_addr_is_multicast(&gm->group) ? " " : "",
		   mc_addr_is_multicast(&gm->group) ? mc_addr_format(&gm->group, group) : "",
		   format_duration(resp, gm->max_resp));
	out_flush();
}

void text_progress(const struct report *r, const struct crowd *w, mc_nsec elapsed)
{
	double s = (double)(elapsed.ns - r->last.ns) / 1e9;
	char time[UNITS_TEXT], pps[UNITS_TEXT], line[200];
	struct mc_hosts_stats stats;

	crowd_stats(w, &stats);
	snprintf(line, sizeof(line),
		 "%s: %llu %s in %llu %s, %llu %s sent, %s, %llu %s heard, %llu data %s",
		 format_duration(time, elapsed), UNITS_N(stats.members, "membership"),
		 UNITS_N(stats.groups, "group"), UNITS_N(w->link->counts.sent, "frame"),
		 format_pps(pps, s > 0 ? (double)(w->link->counts.sent - r->last_frames) / s : 0),
		 u(w->tally.queries), w->tally.queries == 1 ? "query" : "queries",
		 UNITS_N(w->watches.packets + w->watches.unwanted, "packet"));
	if (term_live()) {
		term_status("%s", line);
		return;
	}
	out_printf("%s\n", line);
	out_flush();
}

/* --- summary ------------------------------------------------------------- */

static void sent_text(const struct crowd *w)
{
	const struct link_counts *n = &w->link->counts;
	char bytes[UNITS_TEXT];
	const char *comma = ": ";

	out_printf("  sent        %llu %s, %s", UNITS_N(n->sent, "frame"),
		   format_bytes(bytes, n->bytes));
	for (unsigned i = 0; i < SENT_KINDS; i++) {
		if (!w->tally.sent[i])
			continue;
		out_printf("%s%llu %s", comma, u(w->tally.sent[i]), sent_names[i]);
		comma = ", ";
	}
	if (w->tally.records)
		out_printf(" (%llu %s)", UNITS_N(w->tally.records, "record"));
	out_printf("\n");
}

/* The packet socket goes without saying, unless something else was tried. */
static void path_text(const struct link *l)
{
	if (l->bypass)
		out_printf("  path        AF_XDP, past captures on this host\n");
	else if (l->path.what[0])
		out_printf("  path        packet socket; %s\n", l->path.what);
}

static void queriers_text(const struct crowd *w)
{
	if (!w->tally.n_queriers)
		out_printf("  queries     none heard\n");
	for (unsigned i = 0; i < w->tally.n_queriers; i++) {
		const struct querier *q = &w->tally.queriers[i];
		char from[MC_ADDR_TEXT], qqi[UNITS_TEXT];

		out_printf("  queries     %llu general, %llu group, %llu source, from %s (%sv%u",
			   u(q->general), u(q->group), u(q->source), mc_addr_format(&q->addr, from),
			   q->addr.family == MC_IPV4 ? "IGMP" : "MLD", q->version);
		if (q->qqi.ns)
			out_printf(", every %s", format_duration(qqi, q->qqi));
		out_printf(")\n");
	}
}

/* "median 5.01 s, 95 % 9.2 s, 99 % 9.9 s, worst 9.99 s" */
static void quantiles_text(const char *name, const struct mc_hist *h)
{
	static const double q[] = { 0.5, 0.95, 0.99, 1 };
	char t[4][UNITS_TEXT];

	if (!h->count)
		return;
	for (int i = 0; i < 4; i++)
		format_duration(t[i], mc_hist_quantile(h, q[i]));
	out_printf("  %-11s %llu: median %s, 95 %% %s, 99 %% %s, worst %s", name, u(h->count), t[0],
		   t[1], t[2], t[3]);
}

static void responses_text(const struct crowd *w)
{
	const struct tally *t = &w->tally;

	if (!t->response.count)
		return;
	quantiles_text("answers", &t->response);
	out_printf("%s, %llu late%s\n", t->late ? out_style(STYLE_RED) : "", u(t->late),
		   t->late ? out_style(STYLE_RESET) : "");
	out_printf("  spread      by tenths of the time allowed:");
	for (int i = 0; i < 10; i++)
		out_printf(" %.1f", 100.0 * (double)t->tenths[i] / (double)t->response.count);
	out_printf(" %%\n");
}

static void suppression_text(const struct mc_hosts_stats *s)
{
	uint64_t all = s->suppressed + s->answers + s->answers_specific;
	char share[UNITS_TEXT];

	if (s->suppressed)
		out_printf("  suppressed  %llu of %llu %s (%s), another member had answered\n",
			   u(s->suppressed), UNITS_N(all, "answer"),
			   format_percent(share, (double)s->suppressed / (double)all));
}

static void latency_text(const struct watches *x)
{
	if (x->join.count) {
		quantiles_text("join", &x->join);
		out_printf(" from report to data\n");
	}
	if (x->leave.count) {
		quantiles_text("leave", &x->leave);
		out_printf(" from leave to last data\n");
	}
	if (x->expiry.count) {
		quantiles_text("expiry", &x->expiry);
		out_printf(" from death to last data\n");
	}
	if (x->still_flowing)
		out_printf("  %sflowing     %llu %s that all have left%s\n", out_style(STYLE_RED),
			   UNITS_N(x->still_flowing, "group"), out_style(STYLE_RESET));
}

static void delivery_text(const struct report *r, const struct crowd *w, const struct delivery *d)
{
	bool bad = d->delivered < d->memberships || d->unwanted;

	if (!r->c->verify && !w->watches.packets && !d->unwanted)
		return;
	out_printf("  %sdelivery    %llu of %llu %s got data of all their groups, %llu of %llu "
		   "memberships%s\n",
		   r->c->verify && bad ? out_style(STYLE_RED) : "", u(d->complete),
		   UNITS_N(d->hosts, "host"), u(d->delivered), u(d->memberships),
		   r->c->verify && bad ? out_style(STYLE_RESET) : "");
	if (!d->unwanted)
		return;
	out_printf("  unwanted    %llu data %s of groups without a member here", u(d->unwanted),
		   d->unwanted == 1 ? "packet" : "packets");
	for (uint32_t i = 0; i < w->watches.n_strangers && i < 3; i++) {
		char text[MC_ADDR_TEXT];

		out_printf("%s%s", i ? ", " : ": ",
			   mc_addr_format(&w->watches.strangers[i].group, text));
	}
	out_printf("%s\n", w->watches.n_strangers > 3 ? " ..." : "");
}

static void errors_text(const struct crowd *w)
{
	const struct link_counts *n = &w->link->counts;

	if (n->waits)
		out_printf("  waits       %llu for this host's queue, nothing lost\n", u(n->waits));
	for (unsigned i = 0; i < n->n_errors; i++)
		out_printf("  %snot sent    %llu %s: %s%s\n", out_style(STYLE_RED),
			   UNITS_N(n->errors[i].frames, "frame"), mc_strerror(n->errors[i].err),
			   out_style(STYLE_RESET));
	if (w->tally.refused)
		out_printf("  not built   %llu %s\n", UNITS_N(w->tally.refused, "message"));
}

void text_summary(const struct report *r, const struct crowd *w, const struct delivery *d,
		  mc_nsec elapsed)
{
	const struct neighbour_counts *n = &w->neighbours.counts;
	struct mc_hosts_stats stats;
	char time[UNITS_TEXT];

	crowd_stats(w, &stats);
	out_printf("%s%u %s in %s: %llu %s, %llu left", out_style(STYLE_BOLD), w->n,
		   w->n == 1 ? "host" : "hosts", format_duration(time, elapsed),
		   UNITS_N(w->joins, "membership"), u(w->leaves));
	if (w->dead)
		out_printf(", %u died", w->dead);
	out_printf("%s\n", out_style(STYLE_RESET));
	sent_text(w);
	path_text(w->link);
	queriers_text(w);
	responses_text(w);
	suppression_text(&stats);
	latency_text(&w->watches);
	delivery_text(r, w, d);
	if (n->arp + n->solicitations + n->pings)
		out_printf("  neighbours  %llu ARP requests, %llu solicitations, %llu pings "
			   "answered\n",
			   u(n->arp), u(n->solicitations), u(n->pings));
	errors_text(w);
}
