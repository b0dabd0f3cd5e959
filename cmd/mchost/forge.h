/* forge.h - frames of membership messages, from templates.
 *
 * libnet builds one frame for each kind of header; what differs from host to host
 * is patched into copies, and the message written behind. */
#ifndef MCHOST_FORGE_H
#define MCHOST_FORGE_H

#include "mchost/identity.h"

/* What a host does wrong to its frames. */
enum flaw {
	FLAW_NO_ALERT = 1,
	FLAW_TTL = 2,
	FLAW_CHECKSUM = 4,
	FLAW_SAME_ADDRESS = 8, /* as the first host's */
};

struct template
{
	uint8_t bytes[96];
	size_t len; /* headers, without the message */
};

/* A whole frame of a message of one group, with host 0's addresses.  Reports of
 * another host and group differ in nothing but these and the checksums, which are
 * brought up to date from what has changed (RFC 1624). */
struct mold {
	uint8_t bytes[160];
	size_t len; /* 0: not made yet */
	size_t net; /* where the IP header begins */
	size_t message;
	uint32_t head_sum, sum; /* checksums, before folding, without addresses */
};

struct forge {
	struct mold molds[2][3][2]; /* family, version, report or leave */
	struct template t[2][4][2]; /* family, version, without Router Alert */
	const struct identity *id;
	struct link *link;
};

/* 0, or the exit status after a message. */
int forge_init(struct forge *f, struct link *l, const struct identity *id);

/* Queues the frame of a message of a host.  0 or a negative error. */
int forge_send(struct forge *f, uint32_t host, unsigned flaws, const struct mc_gm_spec *spec);

#endif
