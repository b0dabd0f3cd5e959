/* lane.h - IGMP or MLD, each followed by an observer of its own
 *
 * The two have nothing to do with each other: neither hosts nor groups nor queriers.
 * So threads may follow them, one each; a lane belongs to one thread at a time. */
#ifndef IGMPDUMP_LANE_H
#define IGMPDUMP_LANE_H

#include <mc/observer.h>

#include "igmpdump/backlog.h"
#include "igmpdump/events.h"

enum { LANE_IGMP, LANE_MLD, LANES };

struct latency {
	uint64_t n;
	mc_nsec min, max, sum;
};

struct lane {
	const struct dump *d; /* only what never changes is read of it */
	mc_observer *observer;
	struct backlog *backlog; /* or NULL: the observer hears each message at once */
	struct events *events;
	struct latency join, leave;
	uint64_t (*issues)[MC_ISSUE_MAX]; /* observed on each of LINKS_MAX links */
};

/* waits: nothing is shown before the end, so messages may wait for others to be
 * heard with.  0 or -ENOMEM; then it is still to be closed. */
int lane_open(struct lane *l, struct dump *d, struct events *e, bool waits);
void lane_close(struct lane *l);

static inline unsigned lane_of(enum mc_family family)
{
	return family == MC_IPV4 ? LANE_IGMP : LANE_MLD;
}

/* A message of its protocol, at that time. */
void lane_hear(struct lane *l, const struct message *m, mc_nsec now);

/* The observer has heard everything. */
void lane_catch_up(struct lane *l);

/* The time between the smallest, the largest and all, of both. */
struct latency latency_sum(const struct latency *a, const struct latency *b);

#endif
