/* crowd.h - the hosts: who they are, what they have joined, what they do */
#ifndef MCHOST_CROWD_H
#define MCHOST_CROWD_H

#include "mchost/channels.h"
#include "mchost/forge.h"
#include "mchost/neighbours.h"
#include "mchost/tally.h"
#include "mchost/watch.h"

struct crowd {
	const struct config *c;
	struct link *link;
	struct identity id;
	struct channels channels;
	struct forge forge;
	struct watches watches;
	struct tally tally;
	struct neighbours neighbours;
	mc_hosts *hosts[2]; /* IPv4, IPv6; NULL: no group of it */
	uint32_t n;
	uint64_t per_host; /* groups */
	uint64_t random;
	uint8_t *flaws; /* of each host, enum flaw; NULL: none has any */
	uint32_t dead;
	uint64_t joins, leaves; /* done */
	uint64_t solicited;	/* memberships of solicited-node groups, not counted otherwise */
};

/* Hosts as the configuration wants them, without memberships, on a crowd that has
 * its channels and is zero otherwise.  0, or the exit status after a message. */
int crowd_open(struct crowd *w, const struct config *c, struct link *l);
void crowd_close(struct crowd *w);

/* The hosts are there: IPv6 ones join the groups at which neighbours ask for them
 * (RFC 4861 7.2.1).  0, or the exit status after a message. */
int crowd_appear(struct crowd *w, mc_nsec now);

/* What happens: each to one host.  -ENOMEM and the like. */
int crowd_join(struct crowd *w, mc_nsec now, uint32_t host, uint64_t channel);
int crowd_leave(struct crowd *w, mc_nsec now, uint32_t host, uint64_t channel);
int crowd_leave_all(struct crowd *w, mc_nsec now, uint32_t host);
int crowd_depart(struct crowd *w, mc_nsec now, uint32_t host); /* and go away */
int crowd_kill(struct crowd *w, mc_nsec now, uint32_t host);
int crowd_revive(struct crowd *w, mc_nsec now, uint32_t host);

bool crowd_is_member(const struct crowd *w, uint32_t host, uint64_t channel);
bool crowd_is_dead(const struct crowd *w, uint32_t host);

/* A channel the host is a member of, any; NO_CHANNEL. */
uint64_t crowd_any_channel(struct crowd *w, uint32_t host);

/* A number below n, and a share in 0..1. */
uint64_t crowd_random(struct crowd *w, uint64_t n);
double crowd_share(struct crowd *w);

/* A frame from the link. */
typedef void crowd_query_fn(void *data, const struct mc_frame *f, const struct mc_gm *gm);
void crowd_hear(struct crowd *w, mc_nsec now, const struct mc_cap_frame *frame, mc_nsec when,
		crowd_query_fn *fn, void *data);

/* Hands what is due to the link, up to budget messages; true: there may be more. */
bool crowd_tick(struct crowd *w, mc_nsec now, unsigned budget);
mc_nsec crowd_deadline(const struct crowd *w);

/* Both families together. */
void crowd_stats(const struct crowd *w, struct mc_hosts_stats *out);

#endif
