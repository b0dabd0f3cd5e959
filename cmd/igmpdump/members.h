/* members.h - the table of members: on a terminal, at the end, as JSON */
#ifndef IGMPDUMP_MEMBERS_H
#define IGMPDUMP_MEMBERS_H

#include "common/json.h"
#include "igmpdump/top.h"

/* The whole screen anew, when it is time; sets when to come back. */
void members_redraw(struct state *s, mc_nsec now);

/* The largest groups, as far as they fit into that many rows. */
void members_table(const struct state *s, const struct top *t, unsigned rows);

/* One object a line for every member. */
void members_json(const struct state *s, struct json *w);

#endif
