/* facts.h - members and queriers as members of a JSON object */
#ifndef IGMPDUMP_FACTS_H
#define IGMPDUMP_FACTS_H

#include <mc/observer.h>

#include "common/json.h"
#include "igmpdump/igmpdump.h"

void facts_link(struct json *w, const struct dump *d, uint32_t link);
void facts_group(struct json *w, const struct dump *d, const struct mc_addr *group);
void facts_member(struct json *w, const struct mc_member *m);	/* all but link and group */
void facts_querier(struct json *w, const struct mc_querier *q); /* all but the link */
void facts_issue(struct json *w, enum mc_issue i);

/* A number of nanoseconds, or null when it is below 0. */
void facts_ns(struct json *w, const char *key, mc_nsec t);

#endif
