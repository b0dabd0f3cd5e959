/* ask.c - asking once, or again and again: who is a member of what */
#include "mcquery/ask.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/out.h"
#include "common/sig.h"
#include "common/table.h"
#include "common/term.h"
#include "mcquery/facts.h"
#include "mcquery/links.h"
#include "mcquery/own.h"

/* Beyond the max response time: timers of hosts tick every 10 ms at best, and
 * frames wait up to 10 ms in the capture. */
#define MARGIN_NS    200000000
#define REDRAW_NS    100000000
#define CLEAR_SCREEN "\033[H\033[J"

/* What came of one round. */
struct round {
	struct run *r;
	mc_nsec began;
	struct table *table; /* NULL: only count, or JSON */
	bool json;
	const struct mc_router_group *group;
	uint64_t groups, members;
	bool *has_member; /* of each group asked for */
	bool group_counted;
	bool sent; /* any query */
};

/* --- looking --------------------------------------------------------------- */

static bool wants(const struct mc_router_host *h, const struct mc_addr *source)
{
	for (unsigned i = 0; i < h->n_sources; i++)
		if (mc_addr_cmp(&h->sources[i], source) == 0)
			return h->mode == MC_INCLUDE;
	return h->mode == MC_EXCLUDE;
}

static bool wants_any(const struct mc_router_host *h, const struct mc_addr *sources, unsigned n,
		      enum mc_family family)
{
	bool asked = false;

	for (unsigned i = 0; i < n; i++) {
		if (sources[i].family != family)
			continue;
		asked = true;
		if (wants(h, &sources[i]))
			return true;
	}
	return !asked;
}

static bool in_spec(uint64_t *n, const struct mc_spec *s, const struct mc_addr *group)
{
	return mc_addr_distance(n, &s->first, group) == 0 && *n < s->count;
}

/* Is it an answer to what was asked?  Notes who has a member. */
static bool is_answer(const struct round *o, const struct mc_addr *group,
		      const struct mc_router_host *h)
{
	const struct run *r = o->r;
	enum mc_family family = (enum mc_family)group->family;
	bool yes = false;
	uint64_t base = 0, n;

	if (!r->asked.n)
		return wants_any(h, r->sources, r->n_sources, family);
	for (size_t i = 0; i < r->asked.n; base += r->asked.v[i++].count) {
		const struct mc_spec *s = &r->asked.v[i];

		if (!in_spec(&n, s, group) || !wants_any(h, s->sources, s->n_sources, family) ||
		    !wants_any(h, r->sources, r->n_sources, family))
			continue;
		o->has_member[base + n] = true;
		yes = true;
	}
	return yes;
}

static void put_row(struct table *t, const struct run *r, const struct mc_router_group *g,
		    const struct mc_router_host *h, bool self)
{
	char group[128], text[MC_ADDR_TEXT], filter[FILTER_TEXT], after[UNITS_TEXT], version[16];

	if (r->n_links > 1)
		table_cell(t, "%s", facts_ifname(r, g->iface));
	table_cell(t, "%s", facts_group(group, r, &g->addr));
	table_cell(t, "%s%s", mc_addr_format(&h->addr, text), self ? " (this host)" : "");
	table_cell(t, "%s", h->has_mac ? mc_mac_format(&h->mac, text) : "");
	table_cell(t, "%s", facts_protocol(version, (enum mc_family)g->addr.family, h->version));
	table_cell(t, "%s", facts_filter(filter, h));
	table_cell(t, "%s",
		   h->answered_after.ns < 0 ? "" : format_duration(after, h->answered_after));
}

static void put_json(struct run *r, const struct mc_router_group *g, const struct mc_router_host *h,
		     bool self)
{
	json_event_begin(&r->json, "member", run_wall(r, h->last_seen));
	facts_json_link(&r->json, r, g->iface, (enum mc_family)g->addr.family);
	facts_json_group(&r->json, r, g);
	facts_json_host(&r->json, r, h);
	json_bool(&r->json, "self", self);
	json_event_end(&r->json);
}

static void take(struct round *o, const struct mc_router_group *g, const struct mc_router_host *h,
		 bool self)
{
	if (!is_answer(o, &g->addr, h))
		return;
	o->members++;
	o->groups += !o->group_counted;
	o->group_counted = true;
	if (o->table)
		put_row(o->table, o->r, g, h, self);
	if (o->json)
		put_json(o->r, g, h, self);
}

/* A query for a group that was not known yet leaves no trace in the router: all of
 * them left when the round began. */
static mc_nsec delay(const struct round *o, const struct mc_router_host *h)
{
	int64_t after = h->last_seen.ns - o->began.ns;

	if (h->answered_after.ns >= 0 || !o->r->asked.n)
		return h->answered_after;
	return (mc_nsec){ after > 0 ? after : 0 };
}

/* "to about a millisecond": a member seen just before does no harm. */
static void take_host(void *data, const struct mc_router_host *h)
{
	struct round *o = data;
	struct mc_router_host answer = *h;

	if (h->last_seen.ns < o->began.ns - 1000000)
		return;
	answer.answered_after = delay(o, h);
	take(o, o->group, &answer, false);
}

static void take_group(void *data, const struct mc_router_group *g)
{
	struct round *o = data;

	o->group = g;
	o->group_counted = false;
	(void)mc_router_hosts(o->r->router, g->iface, &g->addr, take_host, o);
}

static void skip_host(void *data, const struct mc_router_host *h)
{
	(void)data;
	(void)h;
}

/* A group that others are members of too is counted already. */
static void take_own(void *data, const struct mc_router_group *g, const struct mc_router_host *h)
{
	struct round *o = data;

	o->group_counted = mc_router_hosts(o->r->router, g->iface, &g->addr, skip_host, NULL) == 0;
	take(o, g, h, true);
}

static void look(struct round *o)
{
	struct mc_why why = { "", "" };
	int err;

	o->groups = o->members = 0;
	(void)mc_router_groups(o->r->router, take_group, o);
	err = own_members(o->r, take_own, o, &why);
	if (err && (o->table || o->json))
		warn_why("memberships of this host", err, &why);
}

/* --- asking ---------------------------------------------------------------- */

static int ask_one(struct round *o, const struct link *l, const struct mc_addr *group,
		   const struct mc_spec *s)
{
	struct run *r = o->r;
	struct mc_addr sources[MC_SPEC_SOURCES];
	enum mc_family family = (enum mc_family)group->family;
	uint16_t n = 0;
	int err;

	for (unsigned i = 0; i < s->n_sources; i++)
		sources[n++] = s->sources[i];
	for (unsigned i = 0; i < r->n_sources && n < MC_SPEC_SOURCES; i++)
		if (r->sources[i].family == family)
			sources[n++] = r->sources[i];
	/* S set: routers leave their timers alone (RFC 9776 4.1.5). */
	err = mc_router_ask(r->router, r->now, (uint32_t)(l - r->links), family, group, sources, n,
			    link_version(l, family) == (family == MC_IPV4 ? 3 : 2));
	o->sent |= !err;
	return err;
}

static void complain(const struct link *l, const struct mc_addr *group, int err)
{
	char text[MC_ADDR_TEXT];

	if (err == -EINVAL)
		warn_msg("%s: the version chosen cannot ask for %s alone", l->iface.name,
			 mc_addr_format(group, text));
}

static void ask_groups(struct round *o, const struct link *l)
{
	const struct run *r = o->r;

	for (size_t i = 0; i < r->asked.n; i++) {
		const struct mc_spec *s = &r->asked.v[i];

		if (s->ifname[0] && strcmp(s->ifname, l->iface.name) != 0)
			continue;
		for (uint64_t n = 0; n < s->count; n++) {
			struct mc_addr group = mc_spec_group(s, n);
			int err = ask_one(o, l, &group, s);

			if (err) {
				complain(l, &group, err);
				break;
			}
		}
	}
}

static void ask_all(struct round *o, const struct link *l, enum mc_family family)
{
	o->sent |= mc_router_ask(o->r->router, o->r->now, (uint32_t)(l - o->r->links), family, NULL,
				 NULL, 0, false) == 0;
}

static void send_queries(struct round *o)
{
	struct run *r = o->r;

	for (unsigned i = 0; i < r->n_links; i++) {
		const struct link *l = &r->links[i];

		if (r->asked.n) {
			ask_groups(o, l);
			continue;
		}
		ask_all(o, l, MC_IPV4);
		ask_all(o, l, MC_IPV6);
	}
}

/* The longest that a host may take. */
static mc_nsec response_time(const struct run *r)
{
	mc_nsec longest = { 0 };

	for (unsigned i = 0; i < r->n_links; i++) {
		const struct settings *s = &r->links[i].set;
		mc_nsec t = r->asked.n ? s->vars.last_member_query_interval
				       : s->vars.query_response_interval;

		/* RFC 1112 Appendix I: ten seconds. */
		if (s->igmp == 1)
			t.ns = 10000000000;
		if (t.ns > longest.ns)
			longest = t;
	}
	return longest;
}

static void await(struct round *o, mc_nsec end)
{
	struct run *r = o->r;
	char left[UNITS_TEXT];

	while (!run_over(r) && r->now.ns < end.ns) {
		mc_nsec until = end;

		if (term_live()) {
			look(o);
			term_status("%llu %s of %llu %s, waiting %s", UNITS_N(o->members, "member"),
				    UNITS_N(o->groups, "group"),
				    format_duration(left, (mc_nsec){ end.ns - r->now.ns }));
			if (r->now.ns + REDRAW_NS < end.ns)
				until.ns = r->now.ns + REDRAW_NS;
		}
		run_step(r, until);
	}
	term_clear();
}

/* --- showing --------------------------------------------------------------- */

struct heard {
	struct run *r;
	unsigned n;
};

static bool is_asked(const struct run *r, enum mc_family family)
{
	enum mc_family asked = groups_family(&r->asked);

	return asked == MC_ANY || asked == family;
}

static void other_querier(void *data, const struct mc_router_iface *i)
{
	struct heard *h = data;
	struct json *w = &h->r->json;
	char addr[MC_ADDR_TEXT], protocol[16];

	if (i->querier.family == MC_ANY || i->self || !is_asked(h->r, i->family))
		return;
	h->n++;
	if (h->r->c->common.json) {
		json_event_begin(w, "querier", run_wall(h->r, i->querier_since));
		facts_json_link(w, h->r, i->iface, i->family);
		json_addr(w, "querier", &i->querier);
		json_u64(w, "version", i->querier_version);
		json_event_end(w);
	} else {
		err_msg("%s: the querier is %s, %s", facts_ifname(h->r, i->iface),
			mc_addr_format(&i->querier, addr),
			facts_protocol(protocol, i->family, i->querier_version));
	}
}

static uint64_t asked_total(const struct run *r)
{
	return r->asked.n ? groups_total(&r->asked) : 0;
}

/* Is true what was asked for? */
static bool is_true(const struct round *o)
{
	uint64_t total = asked_total(o->r);

	if (!total)
		return o->members > 0;
	for (uint64_t i = 0; i < total; i++)
		if (!o->has_member[i])
			return false;
	return true;
}

static void result_json(const struct round *o)
{
	struct json *w = &o->r->json;
	uint64_t base = 0;

	json_event_begin(w, "result", run_wall(o->r, o->r->now));
	json_u64(w, "groups", o->groups);
	json_u64(w, "members", o->members);
	json_bool(w, "all_have_members", is_true(o));
	json_array_begin(w, "without_member");
	for (size_t i = 0; i < o->r->asked.n; base += o->r->asked.v[i++].count)
		for (uint64_t n = 0; n < o->r->asked.v[i].count; n++) {
			struct mc_addr g = mc_spec_group(&o->r->asked.v[i], n);

			if (!o->has_member[base + n])
				json_addr(w, NULL, &g);
		}
	json_array_end(w);
	json_event_end(w);
}

/* The first of the groups asked for that has no member, and how many there are. */
static uint64_t without_member(const struct round *o, struct mc_addr *first)
{
	uint64_t base = 0, missing = 0;

	for (size_t i = 0; i < o->r->asked.n; base += o->r->asked.v[i++].count)
		for (uint64_t n = 0; n < o->r->asked.v[i].count; n++)
			if (!o->has_member[base + n] && missing++ == 0)
				*first = mc_spec_group(&o->r->asked.v[i], n);
	return missing;
}

static void result_text(const struct round *o)
{
	struct mc_addr first;
	uint64_t missing = without_member(o, &first);
	char text[MC_ADDR_TEXT];

	if (o->r->c->common.quiet)
		return;
	if (o->members)
		err_msg("%llu %s of %llu %s", UNITS_N(o->members, "member"),
			UNITS_N(o->groups, "group"));
	else if (missing != 1)
		err_msg("nobody answered");
	if (missing == 1)
		err_msg("%s has no member here", mc_addr_format(&first, text));
	else if (missing && o->members)
		err_msg("%s and %llu more have no member here", mc_addr_format(&first, text),
			(unsigned long long)(missing - 1));
}

static void show(struct round *o)
{
	static const struct column cols[] = {
		{ "link", false },	    { "group", false },	  { "host", false },
		{ "MAC", false },	    { "version", false }, { "filter", false },
		{ "answered after", true },
	};
	struct run *r = o->r;
	bool links = r->n_links > 1;
	struct heard heard = { r, 0 };

	if (r->c->common.json) {
		o->json = true;
		look(o);
		(void)mc_router_ifaces(r->router, other_querier, &heard);
		result_json(o);
		return;
	}
	o->table = table_new(links ? cols : cols + 1, links ? 7 : 6);
	look(o);
	if (o->members && r->c->common.quiet < 2)
		table_print(o->table);
	table_free(o->table);
	o->table = NULL;
	out_flush();
	if (!r->c->common.quiet)
		(void)mc_router_ifaces(r->router, other_querier, &heard);
	result_text(o);
}

/* --- rounds ---------------------------------------------------------------- */

static int no_query(const struct run *r)
{
	if (run_over(r))
		return EXIT_ENV;
	err_msg("no query could be sent: no interface is up and has an address of the family");
	return EXIT_ENV;
}

/* A round that is cut short says nothing about members: watching, what the one
 * before found still holds. */
static int one_round(struct run *r, int before)
{
	struct round o = { .r = r };
	mc_nsec end;
	int status;

	o.has_member = calloc(asked_total(r) + 1, sizeof(bool));
	if (!o.has_member)
		return err_why(NULL, -ENOMEM, NULL);
	run_clock(r);
	o.began = r->now;
	send_queries(&o);
	end.ns = o.began.ns + response_time(r).ns + MARGIN_NS;
	status = o.sent ? 0 : no_query(r);
	if (!status)
		await(&o, end);
	if (!status && r->c->watch.ns && r->now.ns < end.ns) {
		status = before;
	} else if (!status) {
		if (r->c->watch.ns && !r->c->common.json && isatty(STDOUT_FILENO))
			out_puts(CLEAR_SCREEN);
		show(&o);
		status = is_true(&o) ? EXIT_TRUE : EXIT_FALSE;
	}
	free(o.has_member);
	return r->status ? r->status : status;
}

static void say_asked(const struct run *r)
{
	uint64_t total = asked_total(r);
	char text[MC_ADDR_TEXT], what[80] = "", wait[UNITS_TEXT];

	if (r->c->common.quiet || r->c->common.json)
		return;
	if (total == 1)
		snprintf(what, sizeof(what), " for %s", mc_addr_format(&r->asked.v[0].first, text));
	else if (total)
		snprintf(what, sizeof(what), " for %llu groups", (unsigned long long)total);
	if (r->n_links == 1)
		err_msg("asking on %s%s, answers within %s", r->links[0].iface.name, what,
			format_duration(wait, response_time(r)));
	else
		err_msg("asking on %u interfaces%s, answers within %s", r->n_links, what,
			format_duration(wait, response_time(r)));
}

int ask(struct run *r)
{
	mc_nsec next = loop_now();
	int status = EXIT_FALSE;

	term_init(STDERR_FILENO, !r->c->common.json && !r->c->common.quiet);
	say_asked(r);
	for (uint64_t n = 1;; n++) {
		next.ns += r->c->watch.ns;
		status = one_round(r, status);
		if (!r->c->watch.ns || n == r->c->count)
			return status;
		while (!run_over(r) && r->now.ns < next.ns)
			run_step(r, next);
		if (run_over(r))
			return r->status ? r->status : status;
	}
}
