/* summary.h - everything that is known, at the end or in between */
#ifndef IGMPDUMP_SUMMARY_H
#define IGMPDUMP_SUMMARY_H

#include "igmpdump/queriers.h"
#include "igmpdump/top.h"

struct summary {
	struct state *s;
	bool final;
	struct mc_observer_stats stats;
	struct latency join, leave;
	struct queriers queriers;
	struct top top;
	struct counters messages; /* of all links */
	uint8_t order[KINDS_MAX]; /* the kinds, the frequent first */
	bool blind;		  /* a link without a general query has members */
};

void summary_text(const struct summary *y);
void summary_json(const struct summary *y);

/* How many issues of a link, or messages. */
uint64_t summary_link_issues(const struct link_counts *l);
uint64_t summary_link_messages(const struct link_counts *l);

/* Rules that were broken, the severe first, of those the frequent first.
 * Returns their number. */
unsigned summary_issues(enum mc_issue out[MC_ISSUE_MAX], const uint64_t counts[MC_ISSUE_MAX]);

#endif
