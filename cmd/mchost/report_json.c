/* report_json.c - what mchost says to programs */
#include "mchost/report.h"

#include "common/loop.h"

void json_start(struct report *r, const struct crowd *w)
{
	struct json *j = &r->json;
	struct mc_mac mac = identity_mac(&w->id, 0);

	json_event_begin(j, "start", loop_wall());
	json_str(j, "interface", w->link->iface.name);
	json_str(j, "path", w->link->bypass ? "xdp" : "packet");
	json_u64(j, "hosts", w->n);
	json_mac(j, "first_mac", &mac);
	for (int f = 0; f < 2; f++) {
		struct mc_addr a = identity_addr(&w->id, 0, f ? MC_IPV6 : MC_IPV4);

		if (!w->hosts[f])
			a.family = MC_ANY;
		json_addr(j, f ? "first_ipv6" : "first_ipv4", &a);
	}
	json_u64(j, "vlan", w->link->vlan);
	json_u64(j, "groups", w->channels.n);
	json_u64(j, "groups_per_host", w->per_host);
	json_u64(j, "seed", r->c->seed);
	json_event_end(j);
}

void json_query(struct report *r, const struct mc_frame *f, const struct mc_gm *gm)
{
	struct mc_addr group = gm->group;
	struct json *j = &r->json;

	if (mc_addr_is_unspecified(&group)) /* a general query */
		group.family = MC_ANY;
	json_event_begin(j, "query", loop_wall());
	json_addr(j, "source", &f->src);
	json_u64(j, "version", gm->version);
	json_addr(j, "group", &group);
	json_array_begin(j, "sources");
	for (unsigned i = 0; i < gm->n_sources; i++) {
		struct mc_addr a = mc_gm_source(gm->family, &gm->sources, i);

		json_addr(j, NULL, &a);
	}
	json_array_end(j);
	json_ns(j, "max_response_ns", gm->max_resp);
	json_event_end(j);
}

static void counts_json(struct json *j, const struct crowd *w, mc_nsec elapsed)
{
	struct mc_hosts_stats s;

	crowd_stats(w, &s);
	json_ns(j, "elapsed_ns", elapsed);
	json_u64(j, "hosts", w->n);
	json_u64(j, "dead", w->dead);
	json_u64(j, "memberships", s.members);
	json_u64(j, "groups", s.groups);
	json_u64(j, "frames", w->link->counts.sent);
	json_u64(j, "bytes", w->link->counts.bytes);
	json_u64(j, "failed", w->link->counts.failed + w->tally.refused);
	json_u64(j, "queries", w->tally.queries);
	json_u64(j, "data_packets", w->watches.packets);
	json_u64(j, "unwanted_packets", w->watches.unwanted);
}

void json_progress(struct report *r, const struct crowd *w, mc_nsec elapsed)
{
	json_event_begin(&r->json, "interval", loop_wall());
	counts_json(&r->json, w, elapsed);
	json_event_end(&r->json);
}

/* --- summary ------------------------------------------------------------- */

static void hist_json(struct json *j, const char *key, const struct mc_hist *h)
{
	static const struct {
		const char *name;
		double q;
	} rows[] = {
		{ "min_ns", 0 },    { "p50_ns", 0.5 },	  { "p95_ns", 0.95 },
		{ "p99_ns", 0.99 }, { "p999_ns", 0.999 }, { "max_ns", 1 },
	};

	if (!h->count) {
		json_null(j, key);
		return;
	}
	json_object_begin(j, key);
	json_u64(j, "count", h->count);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		json_ns(j, rows[i].name, mc_hist_quantile(h, rows[i].q));
	json_object_end(j);
}

static void sent_json(struct json *j, const struct tally *t)
{
	json_object_begin(j, "sent");
	for (unsigned i = 0; i < SENT_KINDS; i++)
		json_u64(j, sent_names[i], t->sent[i]);
	json_u64(j, "records", t->records);
	json_object_end(j);
}

static void queriers_json(struct json *j, const struct tally *t)
{
	json_array_begin(j, "queriers");
	for (unsigned i = 0; i < t->n_queriers; i++) {
		const struct querier *q = &t->queriers[i];

		json_object_begin(j, NULL);
		json_addr(j, "address", &q->addr);
		json_u64(j, "version", q->version);
		json_u64(j, "general", q->general);
		json_u64(j, "group", q->group);
		json_u64(j, "source", q->source);
		json_ns(j, "max_response_ns", q->max_resp);
		json_ns(j, "query_interval_ns", q->qqi);
		json_object_end(j);
	}
	json_array_end(j);
}

static void delivery_json(struct json *j, const struct watches *x, const struct delivery *d)
{
	json_object_begin(j, "delivery");
	json_u64(j, "hosts", d->hosts);
	json_u64(j, "hosts_complete", d->complete);
	json_u64(j, "memberships", d->memberships);
	json_u64(j, "memberships_delivered", d->delivered);
	json_u64(j, "unwanted_packets", d->unwanted);
	json_u64(j, "still_flowing", x->still_flowing);
	json_array_begin(j, "unwanted_groups");
	for (uint32_t i = 0; i < x->n_strangers && i < 100; i++)
		json_addr(j, NULL, &x->strangers[i].group);
	json_array_end(j);
	json_object_end(j);
}

static void errors_json(struct json *j, const struct link_counts *n)
{
	json_array_begin(j, "errors");
	for (unsigned i = 0; i < n->n_errors; i++) {
		json_object_begin(j, NULL);
		json_str(j, "error", mc_strerror(n->errors[i].err));
		json_u64(j, "frames", n->errors[i].frames);
		json_object_end(j);
	}
	json_array_end(j);
}

void json_summary(struct report *r, const char *event, const struct crowd *w,
		  const struct delivery *d, mc_nsec elapsed)
{
	const struct neighbour_counts *n = &w->neighbours.counts;
	struct json *j = &r->json;
	struct mc_hosts_stats s;

	crowd_stats(w, &s);
	json_event_begin(j, event, loop_wall());
	counts_json(j, w, elapsed);
	json_u64(j, "joins", w->joins);
	json_u64(j, "leaves", w->leaves);
	sent_json(j, &w->tally);
	queriers_json(j, &w->tally);
	hist_json(j, "response", &w->tally.response);
	json_array_begin(j, "response_tenths");
	for (int i = 0; i < 10; i++)
		json_u64(j, NULL, w->tally.tenths[i]);
	json_array_end(j);
	json_u64(j, "response_late", w->tally.late);
	json_u64(j, "answers", s.answers + s.answers_specific);
	json_u64(j, "suppressed", s.suppressed);
	hist_json(j, "join", &w->watches.join);
	hist_json(j, "leave", &w->watches.leave);
	hist_json(j, "expiry", &w->watches.expiry);
	delivery_json(j, &w->watches, d);
	json_u64(j, "arp_answered", n->arp);
	json_u64(j, "solicitations_answered", n->solicitations);
	json_u64(j, "pings_answered", n->pings);
	json_u64(j, "memory_bytes", s.memory);
	json_u64(j, "queue_waits", w->link->counts.waits);
	errors_json(j, &w->link->counts);
	json_event_end(j);
}
