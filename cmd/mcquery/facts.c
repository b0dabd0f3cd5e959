/* facts.c - what text and JSON say alike */
#include "mcquery/facts.h"

#include <stdio.h>

#include <mc/group.h>

#include "mcquery/links.h"

#define SOURCES_SHOWN 3

const char *facts_ifname(const struct run *r, uint32_t iface)
{
	return r->links[iface].iface.name;
}

const char *facts_protocol(char buf[16], enum mc_family family, unsigned version)
{
	snprintf(buf, 16, "%sv%u", family == MC_IPV4 ? "IGMP" : "MLD", version);
	return buf;
}

const char *facts_group_name(const struct run *r, const struct mc_addr *group)
{
	const struct mc_known_group *known = r->c->common.no_names ? NULL : mc_group_known(group);

	return known ? known->name : NULL;
}

const char *facts_group(char buf[128], const struct run *r, const struct mc_addr *group)
{
	const char *name = facts_group_name(r, group);
	char text[MC_ADDR_TEXT];

	mc_addr_format(group, text);
	snprintf(buf, 128, name ? "%s (%s)" : "%s", text, name);
	return buf;
}

const char *facts_filter(char buf[FILTER_TEXT], const struct mc_router_host *h)
{
	char addr[MC_ADDR_TEXT];
	int n;

	if (!h->n_sources) {
		snprintf(buf, FILTER_TEXT, h->mode == MC_INCLUDE ? "no source" : "any source");
		return buf;
	}
	n = snprintf(buf, FILTER_TEXT, "%s", h->mode == MC_INCLUDE ? "from" : "not from");
	for (unsigned i = 0; i < h->n_sources && i < SOURCES_SHOWN; i++)
		n += snprintf(buf + n, FILTER_TEXT - (size_t)n, " %s",
			      mc_addr_format(&h->sources[i], addr));
	if (h->n_sources > SOURCES_SHOWN || h->more_sources)
		snprintf(buf + n, FILTER_TEXT - (size_t)n, " ...");
	return buf;
}

void facts_left(struct json *w, const char *key, const struct run *r, mc_nsec when)
{
	if (when.ns == INT64_MAX)
		json_null(w, key);
	else
		json_ns(w, key, (mc_nsec){ when.ns > r->now.ns ? when.ns - r->now.ns : 0 });
}

void facts_json_link(struct json *w, const struct run *r, uint32_t iface, enum mc_family family)
{
	json_str(w, "interface", facts_ifname(r, iface));
	json_u64(w, "family", (uint64_t)family);
}

static const char *mode_name(enum mc_filter_mode mode)
{
	return mode == MC_INCLUDE ? "include" : "exclude";
}

void facts_json_group(struct json *w, const struct run *r, const struct mc_router_group *g)
{
	json_addr(w, "group", &g->addr);
	json_str(w, "name", facts_group_name(r, &g->addr));
	json_str(w, "group_mode", mode_name(g->mode));
	json_u64(w, "compatibility", g->version);
	facts_left(w, "group_expires_ns", r, g->expires);
}

void facts_json_host(struct json *w, const struct run *r, const struct mc_router_host *h)
{
	json_addr(w, "host", &h->addr);
	if (h->has_mac)
		json_mac(w, "mac", &h->mac);
	else
		json_null(w, "mac");
	json_u64(w, "version", h->version);
	json_str(w, "mode", mode_name(h->mode));
	json_addrs(w, "sources", h->sources, h->n_sources);
	json_bool(w, "more_sources", h->more_sources);
	if (h->answered_after.ns < 0)
		json_null(w, "answered_after_ns");
	else
		json_ns(w, "answered_after_ns", h->answered_after);
	facts_left(w, "expires_ns", r, h->expires);
}

void facts_json_query(struct json *w, const struct mc_router_query *q)
{
	const struct mc_gm_spec *gm = q->gm;

	json_str(w, "kind", mc_router_query_name(q->kind));
	json_addr(w, "querier", &q->src);
	json_addr(w, "destination", &q->dst);
	json_u64(w, "version", gm->version);
	if (mc_addr_is_unspecified(&gm->group) || gm->group.family == MC_ANY)
		json_null(w, "group");
	else
		json_addr(w, "group", &gm->group);
	json_addrs(w, "sources", gm->sources, gm->n_sources);
	json_ns(w, "max_response_ns", gm->max_resp);
	json_bool(w, "suppress", gm->s);
	json_bool(w, "retransmission", q->retransmission);
}
