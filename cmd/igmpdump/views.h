/* views.h - what is behind state.h, for the files that show it */
#ifndef IGMPDUMP_VIEWS_H
#define IGMPDUMP_VIEWS_H

#include <mc/observer.h>

#include "igmpdump/census.h"
#include "igmpdump/counters.h"
#include "igmpdump/events.h"
#include "igmpdump/exec.h"
#include "igmpdump/lane.h"
#include "igmpdump/state.h"

/* What is counted of each link. */
struct link_counts {
	struct counters messages;
	uint64_t issues[MC_ISSUE_MAX];
	mc_nsec first, last; /* of messages */
	bool queried;	     /* a general query was seen */
};

struct state {
	struct dump *d;
	struct lane lanes[LANES];
	bool waits;  /* nothing that a message changes is shown before the end */
	mc_nsec now; /* the latest time that was told */
	struct kinds kinds;
	struct link_counts *links; /* LINKS_MAX of them; memory is used as they appear */
	struct events *events;	   /* of --events, --exec and the plain view */
	struct exec *exec;	   /* that of dump */
	struct census *census;	   /* or NULL */
	mc_nsec exec_at;	   /* live: when to look after commands again */

	/* of the table of members on a terminal */
	bool redraws;
	mc_nsec redraw_at;
	int64_t redraw_clock; /* the same, monotonic: the other may step */
};

/* Before an observer is asked for anything. */
void state_catch_up(struct state *s);

/* Counts the issues that were observed where those of messages are counted. */
void state_fold(struct state *s);

/* Calls fn for every member, ordered by protocol, link, group and host; for every
 * group, or each member of one; or for every querier.  0 or -ENOMEM. */
int state_each_member(const struct state *s, void (*fn)(void *, const struct mc_member *),
		      void *data);
int state_each_group(const struct state *s, void (*fn)(void *, const struct mc_observed_group *),
		     void *data);
int state_each_of_group(const struct state *s, uint32_t link, const struct mc_addr *group,
			void (*fn)(void *, const struct mc_member *), void *data);
int state_each_querier(const struct state *s, void (*fn)(void *, const struct mc_querier *),
		       void *data);
void state_stats(const struct state *s, struct mc_observer_stats *out);

/* "igmp" or "mld", and what people call them. */
const char *protocol_name(enum mc_family family);
const char *protocol_title(enum mc_family family); /* "IGMP", "MLD" */

/* The known name of a group; NULL when it has none, and with -n. */
const char *group_name(const struct dump *d, const struct mc_addr *group);

#endif
