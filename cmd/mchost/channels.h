/* channels.h - the groups that hosts choose from, numbered from 0 over all specs */
#ifndef MCHOST_CHANNELS_H
#define MCHOST_CHANNELS_H

#include "common/groups.h"
#include "mchost/config.h"

#define NO_CHANNEL UINT64_MAX

struct channels {
	struct groups groups;
	uint64_t *start;  /* number of each spec's first group */
	unsigned *sorted; /* specs by their first group */
	uint64_t n;
	bool overlap; /* some group is in two specs */
	double *zipf; /* NULL, or the share of the channels up to each */
};

/* Reads operands and --groups.  0, or the exit status after a message. */
int channels_open(struct channels *ch, const struct config *c, const struct opt_args *args);

/* Adds a spec, unless one with the same sources holds it already; tells the number
 * of its first channel.  0, or the exit status after a message. */
int channels_add(struct channels *ch, uint64_t *first, const struct mc_spec *spec);

/* After the last one, before any question. */
int channels_ready(struct channels *ch);
void channels_close(struct channels *ch);

/* Prepares the choice by popularity.  -ENOMEM. */
int channels_popularity(struct channels *ch);

const struct mc_spec *channel_spec(const struct channels *ch, uint64_t n);
struct mc_addr channel_group(const struct channels *ch, uint64_t n);

/* The first channel with the group; NO_CHANNEL. */
uint64_t channel_of(const struct channels *ch, const struct mc_addr *group);

/* Does any of the specs want it? */
bool channel_wants(const struct channels *ch, const struct mc_addr *source,
		   const struct mc_addr *group);

/* Which channel is at this share (0..1) of the popularity? */
uint64_t channel_at(const struct channels *ch, double share);

#endif
