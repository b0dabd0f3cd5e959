/* facts.c - members and queriers as members of a JSON object */
#include "igmpdump/facts.h"

#include "igmpdump/views.h"

void facts_ns(struct json *w, const char *key, mc_nsec t)
{
	if (t.ns < 0)
		json_null(w, key);
	else
		json_ns(w, key, t);
}

void facts_link(struct json *w, const struct dump *d, uint32_t link)
{
	const struct link *l = &d->links.v[link];

	json_str(w, "interface", l->iface[0] ? l->iface : NULL);
	json_str(w, "link", l->name);
	json_array_begin(w, "vlans");
	for (unsigned i = 0; i < l->n_vlans; i++)
		json_u64(w, NULL, l->vlans[i]);
	json_array_end(w);
}

void facts_group(struct json *w, const struct dump *d, const struct mc_addr *group)
{
	json_addr(w, "group", group);
	json_str(w, "group_name", group->family == MC_ANY ? NULL : group_name(d, group));
}

static void facts_mac(struct json *w, bool has, const struct mc_mac *mac)
{
	if (has)
		json_mac(w, "mac", mac);
	else
		json_null(w, "mac");
}

void facts_member(struct json *w, const struct mc_member *m)
{
	json_addr(w, "host", &m->host);
	facts_mac(w, m->has_mac, &m->mac);
	json_str(w, "protocol", protocol_name((enum mc_family)m->group.family));
	json_u64(w, "version", m->version);
	json_str(w, "mode", m->mode == MC_INCLUDE ? "include" : "exclude");
	json_addrs(w, "sources", m->sources, m->n_sources);
	json_bool(w, "more_sources", m->more_sources);
	json_time(w, "first_seen", m->first_seen);
	json_time(w, "last_seen", m->last_seen);
	json_time(w, "expires", m->expires);
	json_u64(w, "reports", m->reports);
	facts_ns(w, "answered_after_ns", m->answered_after);
}

/* What older versions do not announce, and what is not measured yet, is 0. */
static void known_ns(struct json *w, const char *key, mc_nsec t)
{
	facts_ns(w, key, t.ns ? t : (mc_nsec){ -1 });
}

void facts_querier(struct json *w, const struct mc_querier *q)
{
	bool announces = q->version >= (q->addr.family == MC_IPV4 ? 3 : 2);

	json_addr(w, "querier", &q->addr);
	facts_mac(w, q->has_mac, &q->mac);
	json_str(w, "protocol", protocol_name((enum mc_family)q->addr.family));
	json_u64(w, "version", q->version);
	json_bool(w, "elected", q->elected);
	json_bool(w, "lost", q->lost);
	known_ns(w, "query_interval_ns", q->qqi);
	known_ns(w, "measured_interval_ns", q->measured);
	known_ns(w, "max_resp_ns", q->max_resp);
	if (announces)
		json_u64(w, "qrv", q->qrv);
	else
		json_null(w, "qrv");
	json_u64(w, "general_queries", q->general);
	json_u64(w, "specific_queries", q->specific);
	json_time(w, "first_seen", q->first_seen);
	json_time(w, "last_seen", q->last_seen);
	json_time(w, "lost_at", q->lost_at);
}

void facts_issue(struct json *w, enum mc_issue i)
{
	const struct mc_issue_row *row = mc_issue_row(i);

	json_str(w, "id", row->id);
	json_str(w, "severity", mc_severity_name(row->severity));
	json_str(w, "text", row->text);
	json_str(w, "rfc", row->rfc);
}
