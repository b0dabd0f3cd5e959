/* links.h - the interfaces: what comes in, what is sent, what happens to them */
#ifndef MCQUERY_LINKS_H
#define MCQUERY_LINKS_H

#include <mc/capture.h>
#include <mc/inject.h>

#include "mcquery/mcquery.h"
#include "mcquery/settings.h"

#define SENT_KEPT 16384 /* a power of two: counters run over */

/* Number n of run.links is number n of the router's interfaces. */
struct link {
	struct run *r;
	struct mc_iface iface;
	struct settings set;
	mc_cap *cap;
	mc_inject *inject;
	uint32_t linktype;
	struct mc_mac mac;
	bool has_mac, gone;
	uint32_t sent[SENT_KEPT]; /* hashes of what was sent, to know it again; 0: it came */
	unsigned sent_first, n_sent;
	int send_error; /* of the last query; 0: it left */
	uint64_t not_sent;
	bool told_twin; /* of another querier with our address */
	int locks[2];	/* one for each family served */
	unsigned n_locks;
};

/* Opens those of the command line, or the default one; settings included.  0 or
 * the exit status. */
int links_open(struct run *r);
void links_close(struct run *r);

/* Hands the links to the router. */
int links_start(struct run *r);

/* The version that is spoken, 0: none. */
unsigned link_version(const struct link *l, enum mc_family family);

/* The source of queries as things are now; MC_ANY: none. */
struct mc_addr link_address(const struct link *l, enum mc_family family);

/* For mc_router_opts. */
void links_send(void *data, const struct mc_router_query *q);

uint64_t links_dropped(const struct run *r);

/* Queries that could not be sent. */
uint64_t links_not_sent(const struct run *r);

#endif
