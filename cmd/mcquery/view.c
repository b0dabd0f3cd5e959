/* view.c - the state: interfaces, groups, members, as text and JSON */
#include "mcquery/view.h"

#include <stdio.h>

#include "common/out.h"
#include "common/table.h"
#include "mcquery/facts.h"
#include "mcquery/links.h"

#define SOURCES_SHOWN 3

/* --- interfaces ------------------------------------------------------------ */

static void put_state(const struct run *r, const struct mc_router_iface *i)
{
	char addr[MC_ADDR_TEXT], left[UNITS_TEXT];

	out_printf("%s%s%s", out_style(STYLE_BOLD), mc_router_state_name(i->state),
		   out_style(STYLE_RESET));
	if (i->self)
		out_printf(" at %s", mc_addr_format(&i->addr, addr));
	else if (i->querier.family)
		out_printf(", the querier is %s", mc_addr_format(&i->querier, addr));
	if (!i->self && i->querier_expires.ns != INT64_MAX && i->querier_expires.ns > r->now.ns)
		out_printf(", for %s more unless it asks again",
			   format_duration(left, (mc_nsec){ i->querier_expires.ns - r->now.ns }));
	if (i->next_query.ns != INT64_MAX && i->next_query.ns >= r->now.ns)
		out_printf(", next query in %s",
			   format_duration(left, (mc_nsec){ i->next_query.ns - r->now.ns }));
}

static void put_iface(void *data, const struct mc_router_iface *i)
{
	struct run *r = data;
	char protocol[16];

	out_printf("%s %s: ", facts_ifname(r, i->iface),
		   facts_protocol(protocol, i->family, i->version));
	put_state(r, i);
	out_printf("; %llu %s, %llu %s\n", UNITS_N(i->groups, "group"),
		   UNITS_N(i->members, "member"));
}

void view_interfaces(struct run *r)
{
	(void)mc_router_ifaces(r->router, put_iface, r);
}

/* --- groups ---------------------------------------------------------------- */

struct listing {
	struct run *r;
	struct table *table;
	struct json *json;
	const struct mc_router_group *group;
	uint64_t rows, shown, all; /* rows 0: all */
	char sources[SOURCES_SHOWN * (MC_ADDR_TEXT + 2) + 8];
	size_t used;
	unsigned n_sources;
};

static void add_source(void *data, const struct mc_router_source *s)
{
	struct listing *l = data;
	char addr[MC_ADDR_TEXT];

	if (l->n_sources++ < SOURCES_SHOWN)
		l->used += (size_t)snprintf(l->sources + l->used, sizeof(l->sources) - l->used,
					    "%s%s%s", l->used ? " " : "", s->blocked ? "!" : "",
					    mc_addr_format(&s->addr, addr));
	else if (l->n_sources == SOURCES_SHOWN + 1)
		snprintf(l->sources + l->used, sizeof(l->sources) - l->used, " ...");
}

static void cell_left(struct table *t, const struct run *r, mc_nsec when)
{
	char text[UNITS_TEXT];

	if (when.ns == INT64_MAX)
		table_cell(t, "%s", "");
	else
		table_cell(
			t, "%s",
			format_duration(
				text, (mc_nsec){ when.ns > r->now.ns ? when.ns - r->now.ns : 0 }));
}

static void add_group(void *data, const struct mc_router_group *g)
{
	struct listing *l = data;
	struct run *r = l->r;
	char text[128], addr[MC_ADDR_TEXT];

	l->all++;
	if (l->rows && l->shown == l->rows)
		return;
	l->shown++;
	l->used = l->n_sources = 0;
	l->sources[0] = '\0';
	(void)mc_router_sources(r->router, g->iface, &g->addr, add_source, l);
	if (r->n_links > 1)
		table_cell(l->table, "%s", facts_ifname(r, g->iface));
	table_cell(l->table, "%s", facts_group(text, r, &g->addr));
	table_cell(l->table, "%s", g->mode == MC_INCLUDE ? "include" : "exclude");
	table_cell(l->table, "%s", l->sources);
	table_cell(l->table, "%u", g->n_hosts);
	table_cell(l->table, "%s", mc_addr_format(&g->reporter, addr));
	table_cell(l->table, "v%u", g->version);
	cell_left(l->table, r, g->expires);
}

void view_groups(struct run *r, uint64_t rows)
{
	static const struct column cols[] = {
		{ "link", false },    { "group", false },     { "mode", false },
		{ "sources", false }, { "members", true },    { "last report by", false },
		{ "version", false }, { "expires in", true },
	};
	bool links = r->n_links > 1;
	struct listing l = { .r = r, .rows = rows };

	l.table = table_new(links ? cols : cols + 1, links ? 8 : 7);
	(void)mc_router_groups(r->router, add_group, &l);
	if (l.shown)
		table_print(l.table);
	table_free(l.table);
	if (l.shown < l.all)
		out_printf("and %llu more\n", (unsigned long long)(l.all - l.shown));
}

/* --- members --------------------------------------------------------------- */

static void add_member(void *data, const struct mc_router_host *h)
{
	struct listing *l = data;
	char text[128], addr[MC_ADDR_TEXT], filter[FILTER_TEXT], protocol[16];
	const struct mc_router_group *g = l->group;

	if (l->r->n_links > 1)
		table_cell(l->table, "%s", facts_ifname(l->r, g->iface));
	table_cell(l->table, "%s", facts_group(text, l->r, &g->addr));
	table_cell(l->table, "%s", mc_addr_format(&h->addr, addr));
	table_cell(l->table, "%s", h->has_mac ? mc_mac_format(&h->mac, addr) : "");
	table_cell(l->table, "%s",
		   facts_protocol(protocol, (enum mc_family)g->addr.family, h->version));
	table_cell(l->table, "%s", facts_filter(filter, h));
	cell_left(l->table, l->r, h->expires);
	l->shown++;
}

static void add_members(void *data, const struct mc_router_group *g)
{
	struct listing *l = data;

	l->group = g;
	(void)mc_router_hosts(l->r->router, g->iface, &g->addr, add_member, l);
}

void view_members(struct run *r)
{
	static const struct column cols[] = {
		{ "link", false },    { "group", false },  { "host", false },	   { "MAC", false },
		{ "version", false }, { "filter", false }, { "expires in", true },
	};
	bool links = r->n_links > 1;
	struct listing l = { .r = r };

	l.table = table_new(links ? cols : cols + 1, links ? 7 : 6);
	(void)mc_router_groups(r->router, add_members, &l);
	if (l.shown)
		table_print(l.table);
	table_free(l.table);
}

/* --- JSON ------------------------------------------------------------------ */

static void vars_json(struct json *w, const struct mc_router_vars *v)
{
	json_object_begin(w, "variables");
	json_u64(w, "robustness", v->robustness);
	json_ns(w, "query_interval_ns", v->query_interval);
	json_ns(w, "query_response_interval_ns", v->query_response_interval);
	json_ns(w, "group_membership_interval_ns", v->group_membership_interval);
	json_ns(w, "other_querier_present_interval_ns", v->other_querier_present_interval);
	json_ns(w, "startup_query_interval_ns", v->startup_query_interval);
	json_u64(w, "startup_query_count", v->startup_query_count);
	json_ns(w, "last_member_query_interval_ns", v->last_member_query_interval);
	json_u64(w, "last_member_query_count", v->last_member_query_count);
	json_ns(w, "last_member_query_time_ns", v->last_member_query_time);
	json_ns(w, "older_host_present_interval_ns", v->older_host_present_interval);
	json_object_end(w);
}

static void counts_json(struct json *w, const struct mc_router_counts *c)
{
	json_object_begin(w, "counts");
	json_u64(w, "general_queries_sent", c->general_sent);
	json_u64(w, "specific_queries_sent", c->specific_sent);
	json_u64(w, "queries", c->queries);
	json_u64(w, "reports", c->reports);
	json_u64(w, "leaves", c->leaves);
	json_u64(w, "records", c->records);
	json_array_begin(w, "dropped");
	for (int i = 1; i < MC_ROUTER_DROPS; i++) {
		if (!c->dropped[i])
			continue;
		json_object_begin(w, NULL);
		json_str(w, "reason", mc_router_drop_name((enum mc_router_drop)i));
		json_u64(w, "messages", c->dropped[i]);
		json_object_end(w);
	}
	json_array_end(w);
	json_object_end(w);
}

static void iface_json(void *data, const struct mc_router_iface *i)
{
	struct listing *l = data;
	struct json *w = l->json;

	json_event_begin(w, "interface", run_wall(l->r, l->r->now));
	facts_json_link(w, l->r, i->iface, i->family);
	json_u64(w, "version", i->version);
	json_str(w, "mode", mc_router_mode_name(i->mode));
	json_str(w, "state", mc_router_state_name(i->state));
	json_addr(w, "address", &i->addr);
	json_addr(w, "querier", &i->querier);
	json_bool(w, "self", i->self);
	facts_left(w, "querier_expires_ns", l->r, i->querier_expires);
	facts_left(w, "next_query_ns", l->r, i->next_query);
	json_u64(w, "groups", i->groups);
	json_u64(w, "sources", i->sources);
	json_u64(w, "members", i->members);
	vars_json(w, &i->vars);
	counts_json(w, &i->counts);
	json_event_end(w);
}

static void source_json(void *data, const struct mc_router_source *s)
{
	struct listing *l = data;

	json_object_begin(l->json, NULL);
	json_addr(l->json, "source", &s->addr);
	json_bool(l->json, "blocked", s->blocked);
	facts_left(l->json, "expires_ns", l->r, s->expires);
	json_object_end(l->json);
}

static void host_json(void *data, const struct mc_router_host *h)
{
	struct listing *l = data;

	json_object_begin(l->json, NULL);
	facts_json_host(l->json, l->r, h);
	json_object_end(l->json);
}

static void group_json(void *data, const struct mc_router_group *g)
{
	struct listing *l = data;
	struct json *w = l->json;

	json_event_begin(w, "group", run_wall(l->r, l->r->now));
	facts_json_link(w, l->r, g->iface, (enum mc_family)g->addr.family);
	facts_json_group(w, l->r, g);
	json_addr(w, "reporter", &g->reporter);
	json_array_begin(w, "sources");
	(void)mc_router_sources(l->r->router, g->iface, &g->addr, source_json, l);
	json_array_end(w);
	json_array_begin(w, "members");
	(void)mc_router_hosts(l->r->router, g->iface, &g->addr, host_json, l);
	json_array_end(w);
	json_event_end(w);
}

void view_json(struct run *r, struct json *w)
{
	struct listing l = { .r = r, .json = w };

	(void)mc_router_ifaces(r->router, iface_json, &l);
	(void)mc_router_groups(r->router, group_json, &l);
}
