/* census.h - the data itself: every stream, and whether anybody joined it */
#ifndef IGMPDUMP_CENSUS_H
#define IGMPDUMP_CENSUS_H

#include <mc/observer.h>

#include "igmpdump/igmpdump.h"

#define CENSUS_MAX 65536

struct flow {
	uint32_t link;
	struct mc_addr source, group;
	uint16_t port;	  /* 0: not UDP, or a later fragment */
	uint8_t protocol; /* of IP */
	uint8_t ttl_min, ttl_max;
	bool control;	/* never pruned: 224.0.0.x, ff02:: (RFC 4541 2.1.2) */
	uint64_t dscps; /* bit n: DSCP n was seen */
	uint64_t packets, bytes;
	uint64_t unwanted; /* packets of which no member was known */
	mc_nsec first, last;
};

struct census;

struct census_totals {
	uint64_t streams, packets, bytes, unwanted;
	uint64_t untracked; /* packets of streams beyond CENSUS_MAX */
};

int census_open(struct census **out); /* -ENOMEM */
void census_close(struct census *c);  /* NULL is fine */

void census_add(struct census *c, const mc_observer *o, const struct message *m,
		const struct mc_udp *udp);

void census_totals(const struct census *c, struct census_totals *out);

/* All of them, those with the most bytes first; valid until the next packet.
 * NULL without memory, and when there are none. */
const struct flow *const *census_sorted(struct census *c, size_t *n);

/* Packets a second from the first to the last packet; 0 with fewer than two. */
double flow_pps(const struct flow *f);
double flow_bps(const struct flow *f);

/* "yes", "no", "at times", "not needed" */
const char *flow_joined(const struct flow *f);

#endif
