/* metrics.c - the state as OpenMetrics text */
#include "mcquery/metrics.h"

#include "mcquery/facts.h"
#include "mcquery/links.h"
#include "mcquery/whole.h"

/* OpenMetrics wants the samples of a metric together: the interfaces are walked
 * once for each. */
struct writer {
	struct run *r;
	FILE *f;
	const char *name;
	void (*samples)(struct writer *, const struct mc_router_iface *);
	uint64_t (*value)(const struct mc_router_iface *);
};

struct metric {
	const char *name, *type, *help;
	void (*samples)(struct writer *, const struct mc_router_iface *);
	uint64_t (*value)(const struct mc_router_iface *);
};

/* Names of interfaces may hold a quote or a backslash. */
static void put_label(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', f);
		putc(*text, f);
	}
}

static void begin_sample(struct writer *w, const struct mc_router_iface *i, const char *suffix)
{
	fprintf(w->f, "%s%s{interface=\"", w->name, suffix);
	put_label(w->f, facts_ifname(w->r, i->iface));
	fprintf(w->f, "\",protocol=\"%s\"", i->family == MC_IPV4 ? "igmp" : "mld");
}

static void gauge(struct writer *w, const struct mc_router_iface *i)
{
	begin_sample(w, i, "");
	fprintf(w->f, "} %llu\n", (unsigned long long)w->value(i));
}

static void counter(struct writer *w, const struct mc_router_iface *i)
{
	begin_sample(w, i, "_total");
	fprintf(w->f, "} %llu\n", (unsigned long long)w->value(i));
}

static void state(struct writer *w, const struct mc_router_iface *i)
{
	for (int s = MC_ROUTER_DOWN; s <= MC_ROUTER_NON_QUERIER; s++) {
		begin_sample(w, i, "");
		fprintf(w->f, ",%s=\"%s\"} %d\n", w->name,
			mc_router_state_name((enum mc_router_state)s), (int)i->state == s);
	}
}

static void querier(struct writer *w, const struct mc_router_iface *i)
{
	char addr[MC_ADDR_TEXT];

	if (i->querier.family == MC_ANY)
		return;
	begin_sample(w, i, "_info");
	fprintf(w->f, ",address=\"%s\",self=\"%s\",version=\"%u\"} 1\n",
		mc_addr_format(&i->querier, addr), i->self ? "yes" : "no", i->querier_version);
}

static void sent(struct writer *w, const struct mc_router_iface *i)
{
	begin_sample(w, i, "_total");
	fprintf(w->f, ",kind=\"general\"} %llu\n", (unsigned long long)i->counts.general_sent);
	begin_sample(w, i, "_total");
	fprintf(w->f, ",kind=\"specific\"} %llu\n", (unsigned long long)i->counts.specific_sent);
}

static void dropped(struct writer *w, const struct mc_router_iface *i)
{
	for (int d = 1; d < MC_ROUTER_DROPS; d++) {
		begin_sample(w, i, "_total");
		fprintf(w->f, ",reason=\"%s\"} %llu\n", mc_router_drop_name((enum mc_router_drop)d),
			(unsigned long long)i->counts.dropped[d]);
	}
}

#define VALUE(name, expression)                                                                    \
	static uint64_t name(const struct mc_router_iface *i)                                      \
	{                                                                                          \
		return expression;                                                                 \
	}

VALUE(groups, i->groups)
VALUE(sources, i->sources)
VALUE(members, i->members)
VALUE(queries, i->counts.queries)
VALUE(reports, i->counts.reports)
VALUE(leaves, i->counts.leaves)
VALUE(records, i->counts.records)

static const struct metric metrics[] = {
	{ "mcquery_state", "stateset", "What the interface does.", state, NULL },
	{ "mcquery_querier", "info", "The elected querier.", querier, NULL },
	{ "mcquery_groups", "gauge", "Groups with a member.", gauge, groups },
	{ "mcquery_sources", "gauge", "Sources requested or blocked.", gauge, sources },
	{ "mcquery_members", "gauge", "Hosts in groups.", gauge, members },
	{ "mcquery_queries_sent", "counter",
	  "Queries handed to the kernel, which refused those of mcquery_queries_not_sent.", sent,
	  NULL },
	{ "mcquery_queries_received", "counter", "Queries of others.", counter, queries },
	{ "mcquery_reports_received", "counter", "Reports taken.", counter, reports },
	{ "mcquery_leaves_received", "counter", "Leaves taken.", counter, leaves },
	{ "mcquery_records_received", "counter", "Group records taken.", counter, records },
	{ "mcquery_dropped", "counter", "Messages or records not taken.", dropped, NULL },
};

static void put_samples(void *data, const struct mc_router_iface *i)
{
	struct writer *w = data;

	w->samples(w, i);
}

static void put_metric(struct writer *w, const struct metric *m)
{
	w->name = m->name;
	w->samples = m->samples;
	w->value = m->value;
	fprintf(w->f, "# TYPE %s %s\n# HELP %s %s\n", m->name, m->type, m->name, m->help);
	(void)mc_router_ifaces(w->r->router, put_samples, w);
}

static void put_total(FILE *f, const char *name, const char *help, uint64_t value)
{
	fprintf(f, "# TYPE %s counter\n# HELP %s %s\n%s_total %llu\n", name, name, help, name,
		(unsigned long long)value);
}

int metrics_write(struct run *r, const char *path)
{
	struct whole file;
	struct writer w = { .r = r };
	struct mc_router_stats stats;
	int err = whole_begin(&file, path);

	if (err)
		return err;
	w.f = file.f;
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		put_metric(&w, &metrics[i]);
	mc_router_stats(r->router, &stats);
	put_total(w.f, "mcquery_forgotten", "Entries dropped for want of room.",
		  stats.forgotten_groups + stats.forgotten_sources + stats.forgotten_members);
	put_total(w.f, "mcquery_queries_not_sent", "Queries that the kernel refused.",
		  links_not_sent(r));
	put_total(w.f, "mcquery_frames_lost", "Frames that the capture lost.", links_dropped(r));
	fputs("# EOF\n", w.f);
	return whole_end(&file);
}
