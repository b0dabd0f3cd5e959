/* verdict.h - is what was asked for true, and why.  Looks at numbers only. */
#ifndef MCRECV_VERDICT_H
#define MCRECV_VERDICT_H

#include "mcrecv/config.h"
#include "mcrecv/joins.h"
#include "mcrecv/streams.h"

struct verdict {
	bool ok;
	char text[256]; /* "4 of 4 groups heard in 210 ms" */
};

/* Were any checks asked for? */
bool verdict_wanted(const struct config *c);

/* When to stop because of a check: 0 when no check sets a time. */
mc_nsec verdict_deadline(const struct config *c);

/* True as soon as waiting longer cannot change anything. */
bool verdict_settled(const struct config *c, const struct joins *j, const struct streams *s);

/* elapsed: since the joins.  end: the wall clock at the end, for rates. */
void verdict_reach(struct verdict *v, const struct config *c, const struct joins *j,
		   const struct streams *s, mc_nsec elapsed, mc_nsec end);

#endif
