/* events.c - what changes, as lines of text or JSON */
#include "mcquery/events.h"

#include <time.h>

#include "common/out.h"
#include "common/term.h"
#include "mcquery/facts.h"
#include "mcquery/serve.h"

#define NAME_WIDTH 16

/* --- text ---------------------------------------------------------------- */

static void put_stamp(const struct run *r, mc_nsec when)
{
	mc_nsec wall = run_wall(r, when);
	time_t seconds = (time_t)(wall.ns / 1000000000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	out_printf("%02d:%02d:%02d.%06ld ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		   (long)(wall.ns % 1000000000 / 1000));
}

static void put_head(const struct run *r, mc_nsec when, const char *ifname, const char *name)
{
	put_stamp(r, when);
	out_printf("%s %s%-*s%s ", ifname, out_style(STYLE_BOLD), NAME_WIDTH, name,
		   out_style(STYLE_RESET));
}

static void put_querier(const struct mc_router_event *e)
{
	char addr[MC_ADDR_TEXT], protocol[16];

	out_printf("%s%s, %s", mc_addr_format(&e->querier, addr), e->self ? " (this host)" : "",
		   facts_protocol(protocol, e->family, e->version));
}

static void put_group(const struct run *r, const struct mc_router_event *e)
{
	char text[128], protocol[16];

	out_printf("%s", facts_group(text, r, &e->group->addr));
	if (e->what == MC_ROUTER_GROUP_JOINED || e->what == MC_ROUTER_MODE_CHANGED)
		out_printf(", %s, %s", e->group->mode == MC_INCLUDE ? "include" : "exclude",
			   facts_protocol(protocol, e->family, e->group->version));
}

static void put_source(const struct run *r, const struct mc_router_event *e)
{
	char text[128], addr[MC_ADDR_TEXT];

	out_printf("%s of %s%s", mc_addr_format(&e->source->addr, addr),
		   facts_group(text, r, &e->group->addr),
		   e->what == MC_ROUTER_SOURCE_REMOVED ? ""
		   : e->source->blocked		       ? ", blocked"
						       : ", requested");
}

static void put_member(const struct run *r, const struct mc_router_event *e)
{
	const struct mc_router_host *h = e->host;
	char text[128], addr[MC_ADDR_TEXT], filter[FILTER_TEXT], protocol[16], ago[UNITS_TEXT];

	out_printf("%s by %s, %s", facts_group(text, r, &e->group->addr),
		   mc_addr_format(&h->addr, addr), facts_protocol(protocol, e->family, h->version));
	if (e->what == MC_ROUTER_MEMBER_JOINED || e->what == MC_ROUTER_MEMBER_CHANGED)
		out_printf(", %s", facts_filter(filter, h));
	if (e->what == MC_ROUTER_MEMBER_EXPIRED)
		out_printf(", not heard for %s",
			   format_duration(ago, (mc_nsec){ e->when.ns - h->last_seen.ns }));
}

static void put_query(const struct run *r, const struct mc_router_query *q)
{
	char text[128], addr[MC_ADDR_TEXT], wait[UNITS_TEXT];

	out_printf("%s", mc_router_query_name(q->kind));
	if (q->kind == MC_ROUTER_GROUP || q->kind == MC_ROUTER_GROUP_SOURCE)
		out_printf(" %s", facts_group(text, r, &q->gm->group));
	if (q->gm->n_sources)
		out_printf(", %llu %s", UNITS_N(q->gm->n_sources, "source"));
	out_printf(" from %s, answers within %s%s", mc_addr_format(&q->src, addr),
		   format_duration(wait, q->gm->max_resp), q->gm->s ? ", suppress" : "");
}

static void text_event(struct run *r, const struct mc_router_event *e)
{
	put_head(r, e->when, facts_ifname(r, e->iface), mc_router_what_name(e->what));
	if (e->query)
		put_query(r, e->query);
	else if (e->host && e->what != MC_ROUTER_GROUP_JOINED)
		put_member(r, e);
	else if (e->source)
		put_source(r, e);
	else if (e->group)
		put_group(r, e);
	else
		put_querier(e);
	out_puts("\n");
}

/* --- JSON ---------------------------------------------------------------- */

static void json_source(struct json *w, const struct run *r, const struct mc_router_source *s)
{
	json_addr(w, "source", &s->addr);
	json_bool(w, "blocked", s->blocked);
	facts_left(w, "expires_ns", r, s->expires);
}

static void json_event(struct run *r, const struct mc_router_event *e)
{
	struct json *w = &r->json;

	json_event_begin(w, mc_router_what_name(e->what), run_wall(r, e->when));
	facts_json_link(w, r, e->iface, e->family);
	if (e->query) {
		facts_json_query(w, e->query);
		json_str(w, "error",
			 r->links[e->iface].send_error ? mc_strerror(r->links[e->iface].send_error)
						       : NULL);
	} else if (e->group) {
		facts_json_group(w, r, e->group);
		if (e->source)
			json_source(w, r, e->source);
		else if (e->host && e->what != MC_ROUTER_GROUP_JOINED)
			facts_json_host(w, r, e->host);
	} else {
		json_addr(w, "querier", &e->querier);
		json_bool(w, "self", e->self);
		json_u64(w, "version", e->version);
	}
	json_event_end(w);
}

/* --- both ---------------------------------------------------------------- */

/* Queries are what a querier does all day: only JSON and -v tell each. */
static bool is_shown(const struct run *r, const struct mc_router_event *e)
{
	if (serve_has_screen(r) || r->c->common.quiet)
		return false;
	switch (e->what) {
	case MC_ROUTER_QUERY_SENT:
	case MC_ROUTER_SOURCE_ADDED:
	case MC_ROUTER_SOURCE_CHANGED:
	case MC_ROUTER_SOURCE_REMOVED:
		return r->c->common.verbose > 0;
	default:
		return true;
	}
}

void events_router(struct run *r, const struct mc_router_event *e)
{
	if (r->c->common.json)
		json_event(r, e);
	else if (is_shown(r, e))
		text_event(r, e);
}

void events_link(struct link *l, const char *what, const struct mc_addr *address)
{
	struct run *r = l->r;
	char text[MC_ADDR_TEXT];

	r->changed = true;
	if (!r->c->serve)
		return;
	if (r->c->common.json) {
		json_event_begin(&r->json, what, run_wall(r, r->now));
		json_str(&r->json, "interface", l->iface.name);
		if (address)
			json_addr(&r->json, "address", address);
		json_event_end(&r->json);
	} else if (!serve_has_screen(r) && !r->c->common.quiet) {
		put_head(r, r->now, l->iface.name, what);
		out_printf("%s\n", address ? mc_addr_format(address, text) : "");
	}
}

void events_clock(struct run *r, mc_nsec step)
{
	char text[UNITS_TEXT];

	if (r->c->common.json && r->c->serve) {
		json_event_begin(&r->json, "clock-stepped", run_wall(r, r->now));
		json_ns(&r->json, "step_ns", step);
		json_event_end(&r->json);
	} else if (!serve_has_screen(r)) {
		warn_msg("this host's clock stepped by %s; timers do not mind",
			 format_duration(text, step));
	}
}
