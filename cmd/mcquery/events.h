/* events.h - what changes, as lines of text or JSON */
#ifndef MCQUERY_EVENTS_H
#define MCQUERY_EVENTS_H

#include "mcquery/links.h"

/* An event of the router. */
void events_router(struct run *r, const struct mc_router_event *e);

/* "interface-up", "interface-down", "interface-gone", "address-changed" (to the
 * address, MC_ANY: none). */
void events_link(struct link *l, const char *what, const struct mc_addr *address);

/* The wall clock was set. */
void events_clock(struct run *r, mc_nsec step);

#endif
