/* own.h - memberships of this host, which does not hear its own queries */
#ifndef MCQUERY_OWN_H
#define MCQUERY_OWN_H

#include "mcquery/mcquery.h"

/* Calls fn for each that would be reported on one of the links in a family that is
 * asked in, as its own kernel tells it: with the group's address and link, and the
 * host.  0 or a negative error with *why. */
int own_members(struct run *r,
		void (*fn)(void *, const struct mc_router_group *, const struct mc_router_host *),
		void *data, struct mc_why *why);

#endif
