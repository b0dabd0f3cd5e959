/* watch.h - the data of each group: did it come to whom it should, and how soon */
#ifndef MCHOST_WATCH_H
#define MCHOST_WATCH_H

#include <mc/delay.h>

#include "common/hindex.h"
#include "mchost/channels.h"

/* Data that came this long before a join was flowing already. */
#define WATCH_RECENT_NS 1000000000

struct watch {
	uint32_t members;     /* living hosts */
	bool waiting;	      /* for the first data since the first member */
	bool leaving, killed; /* since the last one left, or died */
	int64_t joined_at;    /* when members became more than 0 */
	int64_t last_join;    /* of any host */
	int64_t left_at;
	int64_t last_data;
	uint64_t packets;  /* wanted */
	uint64_t unwanted; /* while nobody was a member */
};

struct stranger {
	struct mc_addr group;
	uint64_t packets;
};

struct watches {
	const struct channels *ch;
	struct watch *v; /* by the first channel of a group */
	struct mc_hist join, leave, expiry;
	uint64_t packets, unwanted; /* of all groups */
	uint64_t still_flowing;	    /* groups that were left, and go on */
	struct stranger *strangers; /* groups that no channel has */
	uint32_t n_strangers;
	struct hindex index;
};

/* -ENOMEM. */
int watches_open(struct watches *w, const struct channels *ch);
void watches_close(struct watches *w);

void watches_joined(struct watches *w, uint64_t channel, mc_nsec now);
void watches_left(struct watches *w, uint64_t channel, mc_nsec now, bool killed);
void watches_data(struct watches *w, const struct mc_addr *source, const struct mc_addr *group,
		  mc_nsec when);

/* Closes the accounts of groups that were left. */
void watches_settle(struct watches *w, mc_nsec now);

/* Have all members of the channel got data since they joined? */
bool watches_delivered(const struct watches *w, uint64_t channel);

#endif
