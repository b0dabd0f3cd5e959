/* summary_text.c - the summary for people */
#include "igmpdump/summary.h"

#include <stdio.h>

#include "common/out.h"
#include "common/table.h"
#include "igmpdump/members.h"

#define TEXT_ROWS  40
#define LIST_ROWS  1000
#define LINKS_ROWS 20

static void title(const char *text)
{
	out_printf("\n%s%s%s\n", out_style(STYLE_BOLD), text, out_style(STYLE_RESET));
}

static void cell_count(struct table *t, uint64_t n)
{
	table_cell(t, "%llu", (unsigned long long)n);
}

/* "-" where nothing is known. */
static void cell_time(struct table *t, mc_nsec d)
{
	char text[UNITS_TEXT];

	table_cell(t, "%s", d.ns > 0 ? format_duration(text, d) : "");
}

static void and_more(uint64_t n)
{
	if (n)
		out_printf("and %llu more\n", (unsigned long long)n);
}

/* --- counts -------------------------------------------------------------- */

static void say_frames(const struct dump *d)
{
	const struct counts *c = &d->counts;
	char span[UNITS_TEXT], first[UNITS_TEXT], last[UNITS_TEXT];

	out_printf("%llu %s: %llu %s, %llu data, %llu other; %llu unreadable\n",
		   UNITS_N(c->frames, "frame"), UNITS_N(c->messages, "message"),
		   (unsigned long long)c->data, (unsigned long long)c->other,
		   (unsigned long long)c->unreadable);
	if (c->frames)
		out_printf("from %s to %s: %s\n", format_time(first, c->first),
			   format_time(last, c->last),
			   format_duration(span, (mc_nsec){ c->last.ns - c->first.ns }));
	if (d->filter.n)
		out_printf("%llu messages pass the filter; queriers, groups and issues are those "
			   "that do\n",
			   (unsigned long long)c->shown);
	if (d->live || c->kernel_drops || c->iface_drops)
		out_printf("%slost before they were seen: %llu by the kernel, %llu by the "
			   "interface%s\n",
			   c->kernel_drops || c->iface_drops ? out_style(STYLE_RED) : "",
			   (unsigned long long)c->kernel_drops, (unsigned long long)c->iface_drops,
			   c->kernel_drops || c->iface_drops ? out_style(STYLE_RESET) : "");
}

static void messages(const struct summary *y)
{
	static const struct column cols[] = { { "protocol", false },
					      { "message", false },
					      { "count", true } };
	struct table *t;

	if (!y->s->kinds.n)
		return;
	title("Messages");
	t = table_new(cols, 3);
	for (unsigned i = 0; i < y->s->kinds.n; i++) {
		const struct kind *kind = &y->s->kinds.v[y->order[i]];

		table_cell(t, "%s", kind->protocol);
		table_cell(t, "%s", kind->name);
		cell_count(t, y->messages.n[y->order[i]]);
	}
	table_print(t);
	table_free(t);
}

static void links(const struct summary *y)
{
	static const struct column cols[] = {
		{ "link", false }, { "messages", true }, { "issues", true }, { "querier", false }
	};
	const struct dump *d = y->s->d;
	uint32_t n = d->links.n < LINKS_ROWS ? d->links.n : LINKS_ROWS;
	struct table *t;

	if (d->links.n < 2)
		return;
	title("Links");
	t = table_new(cols, 4);
	for (uint32_t i = 0; i < n; i++) {
		table_cell(t, "%s", d->links.v[i].name);
		cell_count(t, summary_link_messages(&y->s->links[i]));
		cell_count(t, summary_link_issues(&y->s->links[i]));
		table_cell(t, y->s->links[i].queried ? "seen" : "none seen");
	}
	table_print(t);
	table_free(t);
	and_more(d->links.n - n);
}

/* --- queriers and members ------------------------------------------------ */

static void querier(struct table *t, const struct summary *y, const struct mc_querier *q)
{
	char text[MC_ADDR_TEXT], ago[UNITS_TEXT];

	if (y->s->d->links.n > 1)
		table_cell(t, "%s", y->s->d->links.v[q->link].name);
	table_cell(t, "%s", mc_addr_format(&q->addr, text));
	table_cell(t, "%s", q->has_mac ? mc_mac_format(&q->mac, text) : "");
	table_cell(t, "%sv%u", protocol_title((enum mc_family)q->addr.family), q->version);
	table_cell_style(t, q->elected ? STYLE_GREEN : STYLE_RESET, "%s",
			 q->elected ? "yes"
			 : q->lost  ? "no, silent"
				    : "no");
	cell_time(t, q->qqi);
	cell_time(t, q->measured);
	cell_time(t, q->max_resp);
	if (q->qrv)
		table_cell(t, "%u", q->qrv);
	else
		table_cell(t, "%s", "");
	table_cell(t, "%llu+%llu", (unsigned long long)q->general, (unsigned long long)q->specific);
	table_cell(t, "%s", format_duration(ago, (mc_nsec){ y->s->now.ns - q->last_seen.ns }));
}

static void queriers(const struct summary *y)
{
	static const struct column cols[] = {
		{ "link", false },    { "querier", false },	{ "MAC", false },
		{ "version", false }, { "elected", false },	{ "announces", true },
		{ "measured", true }, { "max response", true }, { "robustness", true },
		{ "queries", true },  { "last heard", false },
	};
	bool many = y->s->d->links.n > 1;
	unsigned n = y->queriers.n < TEXT_ROWS ? y->queriers.n : TEXT_ROWS;
	struct table *t;

	title("Queriers");
	if (!n) {
		out_puts("none\n");
		return;
	}
	t = table_new(many ? cols : cols + 1, many ? 11 : 10);
	for (unsigned i = 0; i < n; i++)
		querier(t, y, &y->queriers.v[i]);
	table_print(t);
	table_free(t);
	and_more(y->queriers.n - n + y->queriers.more);
}

static void groups(const struct summary *y)
{
	static const struct column cols[] = {
		{ "link", false }, { "group", false }, { "name", false }, { "members", true }
	};
	bool many = y->s->d->links.n > 1;
	struct table *t = table_new(many ? cols : cols + 1, many ? 4 : 3);
	char text[MC_ADDR_TEXT];

	for (unsigned i = 0; i < y->top.n && i < TEXT_ROWS; i++) {
		const struct top_group *g = &y->top.v[i];
		const char *name = group_name(y->s->d, &g->group);

		if (many)
			table_cell(t, "%s", y->s->d->links.v[g->link].name);
		table_cell(t, "%s", mc_addr_format(&g->group, text));
		table_cell(t, "%s", name ? name : "");
		cell_count(t, g->members);
	}
	table_print(t);
	table_free(t);
	and_more(y->top.groups - (y->top.n < TEXT_ROWS ? y->top.n : TEXT_ROWS));
	out_puts("\n");
}

static void members(const struct summary *y)
{
	unsigned rows = y->s->d->c->members ? LIST_ROWS : TEXT_ROWS;

	title("Members");
	out_printf("%llu %s of %llu %s\n", UNITS_N(y->top.members, "membership"),
		   UNITS_N(y->top.groups, "group"));
	if (y->stats.forgotten)
		out_printf("%s%llu more were forgotten, those not heard for longest "
			   "(--max-members)%s\n",
			   out_style(STYLE_YELLOW), (unsigned long long)y->stats.forgotten,
			   out_style(STYLE_RESET));
	if (y->blind)
		out_puts("no general query was seen on a link: who joined earlier is not known\n");
	if (y->top.members > rows)
		groups(y);
	if (y->top.members)
		members_table(y->s, &y->top, rows);
}

static void latency(const char *name, const struct latency *l)
{
	char min[UNITS_TEXT], max[UNITS_TEXT], mean[UNITS_TEXT];

	if (l->n)
		out_printf("%s: %s to %s, mean %s, of %llu\n", name, format_duration(min, l->min),
			   format_duration(max, l->max),
			   format_duration(mean, (mc_nsec){ l->sum.ns / (int64_t)l->n }),
			   (unsigned long long)l->n);
}

/* --- issues -------------------------------------------------------------- */

static void issues(const struct dump *d)
{
	static const struct column cols[] = { { "count", true },
					      { "severity", false },
					      { "issue", false },
					      { "what", false },
					      { "source", false } };
	static const enum style styles[] = {
		[MC_NOTE] = STYLE_DIM, [MC_WARNING] = STYLE_YELLOW, [MC_ERROR] = STYLE_RED
	};
	enum mc_issue found[MC_ISSUE_MAX];
	unsigned n = summary_issues(found, d->counts.issues);
	struct table *t;

	title("Issues");
	if (!n) {
		out_puts("none\n");
		return;
	}
	t = table_new(cols, 5);
	for (unsigned i = 0; i < n; i++) {
		const struct mc_issue_row *row = mc_issue_row(found[i]);

		cell_count(t, d->counts.issues[found[i]]);
		table_cell_style(t, styles[row->severity], "%s", mc_severity_name(row->severity));
		table_cell(t, "%s", row->id);
		table_cell(t, "%s", row->text);
		table_cell(t, "%s", row->rfc);
	}
	table_print(t);
	table_free(t);
}

/* --- streams and commands ------------------------------------------------ */

static void dscps(struct table *t, uint64_t set)
{
	unsigned dscp = (unsigned)__builtin_ctzll(set);
	const char *name = dscp_name(dscp);

	if (set & (set - 1))
		table_cell(t, "%s", "several");
	else if (name)
		table_cell(t, "%s", name);
	else
		table_cell(t, "%u", dscp);
}

static void stream(struct table *t, const struct state *s, const struct flow *f)
{
	char text[MC_ADDR_TEXT], rate[UNITS_TEXT];
	bool flooded = !f->control && f->unwanted;

	if (s->d->links.n > 1)
		table_cell(t, "%s", s->d->links.v[f->link].name);
	table_cell(t, "%s", mc_addr_format(&f->source, text));
	table_cell(t, "%s", mc_addr_format(&f->group, text));
	if (f->port)
		table_cell(t, "%u", f->port);
	else
		table_cell(t, "%s", "");
	cell_count(t, f->packets);
	table_cell(t, "%s", format_bytes(rate, f->bytes));
	table_cell(t, "%s", format_pps(rate, flow_pps(f)));
	table_cell(t, "%s", format_bps(rate, flow_bps(f)));
	if (f->ttl_min == f->ttl_max)
		table_cell(t, "%u", f->ttl_min);
	else
		table_cell(t, "%u-%u", f->ttl_min, f->ttl_max);
	dscps(t, f->dscps);
	table_cell_style(t, flooded ? STYLE_YELLOW : STYLE_RESET, "%s", flow_joined(f));
}

static void streams(const struct summary *y)
{
	static const struct column cols[] = {
		{ "link", false },   { "source", false }, { "group", false },  { "port", true },
		{ "packets", true }, { "bytes", true },	  { "rate", true },    { "bits", true },
		{ "TTL", true },     { "DSCP", false },	  { "joined", false },
	};
	const struct state *s = y->s;
	bool many = s->d->links.n > 1;
	struct census_totals sum;
	size_t n;
	const struct flow *const *v = census_sorted(s->census, &n);
	struct table *t = table_new(many ? cols : cols + 1, many ? 11 : 10);

	census_totals(s->census, &sum);
	title("Streams");
	out_printf("%llu, with %llu %s; %llu %s came while nobody was known to have joined\n",
		   (unsigned long long)sum.streams, UNITS_N(sum.packets, "packet"),
		   UNITS_N(sum.unwanted, "packet"));
	for (size_t i = 0; i < n && i < TEXT_ROWS; i++)
		stream(t, s, v[i]);
	if (n)
		table_print(t);
	table_free(t);
	and_more(n > TEXT_ROWS ? n - TEXT_ROWS : 0);
	if (sum.untracked)
		out_printf("%llu %s of further streams\n", UNITS_N(sum.untracked, "packet"));
}

static void commands(const struct state *s)
{
	struct exec_stats x;

	exec_stats(s->exec, &x);
	title("Commands");
	out_printf("%llu run, %llu of them failed; %llu could not be started, %llu were left out; "
		   "%u still run\n",
		   (unsigned long long)x.started, (unsigned long long)x.failed,
		   (unsigned long long)x.not_started, (unsigned long long)x.dropped, x.running);
}

void summary_text(const struct summary *y)
{
	const struct state *s = y->s;

	say_frames(s->d);
	messages(y);
	links(y);
	if (y->final || !s->d->c->members)
		queriers(y);
	members(y);
	latency("first data after joins", &y->join);
	latency("last data after leaves", &y->leave);
	if (s->census)
		streams(y);
	issues(s->d);
	if (s->exec)
		commands(s);
}
