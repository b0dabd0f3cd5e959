/* top.h - the largest groups, each with some of its members */
#ifndef IGMPDUMP_TOP_H
#define IGMPDUMP_TOP_H

#include "igmpdump/views.h"

#define TOP_SOURCES 16

struct top_member {
	struct mc_member m; /* its sources point to the ones below */
	struct mc_addr sources[TOP_SOURCES];
};

struct top_group {
	uint32_t link;
	struct mc_addr group;
	uint64_t members;
	unsigned n; /* in v */
	struct top_member *v;
};

struct top {
	unsigned max_groups, max_members;
	struct top_group *v; /* the largest first; of one size by link and address */
	unsigned n;
	uint64_t groups, members; /* all that pass the filter */

	/* private */
	const struct state *s;
	struct top_group *filling;
	uint64_t passing; /* members of the group in hand */
	int err;
};

/* 0 or -ENOMEM; then it is still to be freed. */
int top_collect(struct top *t, const struct state *s, unsigned max_groups, unsigned max_members);
void top_free(struct top *t);

/* Does --filter let the member pass? */
bool top_passes(const struct dump *d, const struct mc_member *m);

#endif
