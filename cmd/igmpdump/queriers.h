/* queriers.h - the hosts that query, elected ones first */
#ifndef IGMPDUMP_QUERIERS_H
#define IGMPDUMP_QUERIERS_H

#include "igmpdump/views.h"

#define QUERIERS_MAX 256

struct queriers {
	struct mc_querier v[QUERIERS_MAX];
	unsigned n;
	uint64_t more; /* that found no room */

	/* private */
	const struct dump *d;
};

/* 0 or -ENOMEM. */
int queriers_collect(struct queriers *q, const struct state *s);

#endif
