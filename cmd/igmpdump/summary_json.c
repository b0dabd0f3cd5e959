/* summary_json.c - the summary for programs */
#include "igmpdump/summary.h"

#include <stdio.h>

#include "igmpdump/facts.h"
#include "igmpdump/members.h"

static void counts(struct json *w, const struct dump *d)
{
	const struct counts *c = &d->counts;

	if (c->frames) {
		json_time(w, "first_time", c->first);
		json_time(w, "last_time", c->last);
	} else {
		json_null(w, "first_time");
		json_null(w, "last_time");
	}
	json_u64(w, "frames", c->frames);
	json_u64(w, "messages", c->messages);
	json_u64(w, "shown", c->shown);
	json_u64(w, "data", c->data);
	json_u64(w, "other", c->other);
	json_u64(w, "unreadable", c->unreadable);
	json_u64(w, "dropped_kernel", c->kernel_drops);
	json_u64(w, "dropped_interface", c->iface_drops);
}

static void messages(struct json *w, const struct kinds *k, const struct counters *c)
{
	json_array_begin(w, "types");
	for (unsigned i = 0; i < k->n; i++) {
		if (!c->n[i])
			continue;
		json_object_begin(w, NULL);
		json_str(w, "protocol", k->v[i].protocol);
		if (k->v[i].version)
			json_u64(w, "version", k->v[i].version);
		else
			json_null(w, "version");
		json_str(w, "type", k->v[i].type);
		json_str(w, "name", k->v[i].name);
		json_u64(w, "count", c->n[i]);
		json_object_end(w);
	}
	json_array_end(w);
}

static void issues(struct json *w, const uint64_t n[MC_ISSUE_MAX])
{
	enum mc_issue found[MC_ISSUE_MAX];
	unsigned kinds = summary_issues(found, n);

	json_array_begin(w, "issues");
	for (unsigned i = 0; i < kinds; i++) {
		json_object_begin(w, NULL);
		facts_issue(w, found[i]);
		json_u64(w, "count", n[found[i]]);
		json_object_end(w);
	}
	json_array_end(w);
}

static void links(struct json *w, const struct state *s)
{
	json_array_begin(w, "links");
	for (uint32_t i = 0; i < s->d->links.n; i++) {
		const struct link_counts *l = &s->links[i];

		json_object_begin(w, NULL);
		facts_link(w, s->d, i);
		json_u64(w, "messages", summary_link_messages(l));
		if (l->first.ns) {
			json_time(w, "first_time", l->first);
			json_time(w, "last_time", l->last);
		} else {
			json_null(w, "first_time");
			json_null(w, "last_time");
		}
		json_bool(w, "general_query_seen", l->queried);
		messages(w, &s->kinds, &l->messages);
		issues(w, l->issues);
		json_object_end(w);
	}
	json_array_end(w);
}

static void queriers(struct json *w, const struct summary *y)
{
	json_array_begin(w, "queriers");
	for (unsigned i = 0; i < y->queriers.n; i++) {
		json_object_begin(w, NULL);
		facts_link(w, y->s->d, y->queriers.v[i].link);
		facts_querier(w, &y->queriers.v[i]);
		json_object_end(w);
	}
	json_array_end(w);
	json_u64(w, "queriers_more", y->queriers.more);
}

static void group(struct json *w, const struct summary *y, const struct top_group *g)
{
	json_object_begin(w, NULL);
	facts_link(w, y->s->d, g->link);
	facts_group(w, y->s->d, &g->group);
	json_u64(w, "members", g->members);
	json_array_begin(w, "hosts");
	for (unsigned i = 0; i < g->n; i++) {
		json_object_begin(w, NULL);
		facts_member(w, &g->v[i].m);
		json_object_end(w);
	}
	json_array_end(w);
	json_u64(w, "hosts_more", g->members - g->n);
	json_object_end(w);
}

static void groups(struct json *w, const struct summary *y)
{
	json_u64(w, "members", y->top.members);
	json_u64(w, "hosts", y->stats.hosts);
	json_u64(w, "members_forgotten", y->stats.forgotten);
	json_array_begin(w, "groups");
	for (unsigned i = 0; i < y->top.n; i++)
		group(w, y, &y->top.v[i]);
	json_array_end(w);
	json_u64(w, "groups_more", y->top.groups - y->top.n);
}

static void latency(struct json *w, const char *key, const struct latency *l)
{
	if (!l->n) {
		json_null(w, key);
		return;
	}
	json_object_begin(w, key);
	json_u64(w, "count", l->n);
	json_ns(w, "min", l->min);
	json_i64(w, "mean", l->sum.ns / (int64_t)l->n);
	json_ns(w, "max", l->max);
	json_object_end(w);
}

static void commands(struct json *w, const struct exec *e)
{
	struct exec_stats x;

	if (!e) {
		json_null(w, "commands");
		return;
	}
	exec_stats(e, &x);
	json_object_begin(w, "commands");
	json_u64(w, "started", x.started);
	json_u64(w, "failed", x.failed);
	json_u64(w, "not_started", x.not_started);
	json_u64(w, "dropped", x.dropped);
	json_u64(w, "running", x.running);
	json_object_end(w);
}

static void stream(struct json *w, const struct state *s, const struct flow *f)
{
	json_event_begin(w, "stream", f->last);
	facts_link(w, s->d, f->link);
	json_addr(w, "source", &f->source);
	facts_group(w, s->d, &f->group);
	if (f->port)
		json_u64(w, "port", f->port);
	else
		json_null(w, "port");
	json_u64(w, "ip_protocol", f->protocol);
	json_u64(w, "packets", f->packets);
	json_u64(w, "bytes", f->bytes);
	json_double(w, "rate_pps", flow_pps(f));
	json_double(w, "rate_bps", flow_bps(f));
	json_u64(w, "ttl_min", f->ttl_min);
	json_u64(w, "ttl_max", f->ttl_max);
	json_array_begin(w, "dscp");
	for (unsigned i = 0; i < 64; i++)
		if (f->dscps >> i & 1)
			json_u64(w, NULL, i);
	json_array_end(w);
	json_str(w, "joined", flow_joined(f));
	json_u64(w, "packets_unwanted", f->unwanted);
	json_time(w, "first_seen", f->first);
	json_time(w, "last_seen", f->last);
	json_event_end(w);
}

static void streams(struct json *w, const struct state *s)
{
	size_t n;
	const struct flow *const *v = census_sorted(s->census, &n);

	for (size_t i = 0; i < n; i++)
		stream(w, s, v[i]);
}

static void stream_totals(struct json *w, const struct census *c)
{
	struct census_totals sum;

	if (!c) {
		json_null(w, "streams");
		return;
	}
	census_totals(c, &sum);
	json_object_begin(w, "streams");
	json_u64(w, "count", sum.streams);
	json_u64(w, "packets", sum.packets);
	json_u64(w, "bytes", sum.bytes);
	json_u64(w, "packets_unwanted", sum.unwanted);
	json_u64(w, "packets_untracked", sum.untracked);
	json_object_end(w);
}

/* Lists without end are lines of their own before the summary. */
void summary_json(const struct summary *y)
{
	const struct state *s = y->s;
	struct json w;

	json_init(&w, stdout);
	w.lazy = true;
	if (s->d->c->members)
		members_json(s, &w);
	if (s->census)
		streams(&w, s);
	json_event_begin(&w, y->final ? "summary" : "interim", s->now);
	counts(&w, s->d);
	messages(&w, &s->kinds, &y->messages);
	queriers(&w, y);
	groups(&w, y);
	latency(&w, "join_latency_ns", &y->join);
	latency(&w, "leave_latency_ns", &y->leave);
	stream_totals(&w, s->census);
	issues(&w, s->d->counts.issues);
	json_u64(&w, "issues_held_back", events_held_back(s->events));
	links(&w, s);
	commands(&w, s->exec);
	w.lazy = false;
	json_event_end(&w);
}
