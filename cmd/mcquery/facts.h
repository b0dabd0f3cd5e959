/* facts.h - what text and JSON say alike */
#ifndef MCQUERY_FACTS_H
#define MCQUERY_FACTS_H

#include "mcquery/mcquery.h"

#define FILTER_TEXT 256

const char *facts_ifname(const struct run *r, uint32_t iface);

/* "IGMPv3" */
const char *facts_protocol(char buf[16], enum mc_family family, unsigned version);

/* The registered name of a group, NULL: none, or not wanted. */
const char *facts_group_name(const struct run *r, const struct mc_addr *group);

/* "239.1.1.1", "224.0.0.251 (mDNS)" */
const char *facts_group(char buf[128], const struct run *r, const struct mc_addr *group);

/* "any source", "from 10.0.0.9 10.0.0.8", "not from 10.0.0.7 ..." */
const char *facts_filter(char buf[FILTER_TEXT], const struct mc_router_host *h);

/* Time from now on; null when there is none. */
void facts_left(struct json *w, const char *key, const struct run *r, mc_nsec when);

/* Members of an object. */
void facts_json_link(struct json *w, const struct run *r, uint32_t iface, enum mc_family family);
void facts_json_group(struct json *w, const struct run *r, const struct mc_router_group *g);
void facts_json_host(struct json *w, const struct run *r, const struct mc_router_host *h);
void facts_json_query(struct json *w, const struct mc_router_query *q);

#endif
