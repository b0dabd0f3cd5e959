/* sender.h - fills packets, sends them in time, counts */
#ifndef MCSEND_SENDER_H
#define MCSEND_SENDER_H

#include "mcsend/pace.h"
#include "mcsend/payload.h"
#include "mcsend/routes.h"

#define ERROR_KINDS 8

struct send_error {
	int err; /* negated errno */
	uint64_t packets;
};

struct totals {
	uint64_t packets, bytes; /* that left; bytes of UDP payload */
	uint64_t failed;	 /* that the kernel refused, all kinds together */
	uint64_t queue_full;	 /* waits for the kernel's queue; nothing was lost */
	uint64_t rounds;	 /* how often every group had its turn */
	struct send_error errors[ERROR_KINDS];
	unsigned n_errors;
	mc_nsec elapsed;
	/* For the rate: packets before the last batch left in this time, from
	 * the first batch to the last.  Counting both ends would be one too many. */
	uint64_t paced_packets, paced_bytes;
	mc_nsec first_at, last_at;
};

struct sender {
	const struct config *c;
	struct routes *routes;
	struct payload *payload;
	uint64_t session;
	struct pace pace;
	double asked_pps; /* 0: as fast as possible */
	struct totals totals;
	mc_nsec started; /* monotonic */

	/* Whose turn it is.  Numbers of a stream follow from it, so that a
	 * million streams need no memory. */
	uint64_t turn; /* packets of a stream before the next one's */
	unsigned route;
	uint64_t index; /* of the group in the route's spec */
	uint64_t in_turn;
	uint64_t piece_len; /* of a file, the same for all groups of a round */
	bool at_end;
	bool read_failed; /* the payload's file */

	uint8_t *arena; /* packets side by side, prepared */
	size_t slot;	/* bytes from one to the next */
	unsigned slots;
};

/* 0, or the exit status after a message. */
int sender_init(struct sender *s, const struct config *c, struct routes *r, struct payload *p);
void sender_free(struct sender *s);

/* Called now and then with the sender's totals up to date. */
typedef void sender_progress(const struct sender *s, void *data);

/* Sends until the count, the duration, the end of the file, a signal, or until
 * no interface is left.  Returns the exit status. */
int sender_run(struct sender *s, sender_progress *progress, void *data);

#endif
