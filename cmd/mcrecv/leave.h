/* leave.h - how long traffic goes on after leaving, seen by a capture */
#ifndef MCRECV_LEAVE_H
#define MCRECV_LEAVE_H

#include "mcrecv/joins.h"

#include <mc/capture.h>

struct leave {
	mc_cap **caps; /* one for each interface */
	unsigned n;
	bool done;	  /* the leave was sent */
	bool silent;	  /* and all groups are since */
	mc_nsec at, last; /* wall clock: the leave, and the last frame after it */
	uint64_t frames;  /* after the leave */
};

/* Opens the captures, before privileges are dropped.  0, or the exit status
 * after a message. */
int leave_open(struct leave *l, const struct joins *j);
void leave_close(struct leave *l);

/* Leaves everything now. */
void leave_now(struct leave *l, struct joins *j, mc_rx *rx, mc_nsec wall);

/* Looks at the captured frames. */
void leave_watch(struct leave *l, struct joins *j);

/* Nothing was seen for so long that the groups are taken for silent. */
bool leave_silent(const struct leave *l, mc_nsec wall);

#endif
