/* seq.h - what sequence numbers tell: loss, duplicates, reorder, outages.
 *
 * Lost packets are counted exactly, as long as a packet arrives less than
 * MC_SEQ_WINDOW numbers late.  Every packet is counted in exactly one place:
 *
 *   received == unique + duplicates + too_late + stale + implausible
 *
 * Pure: the caller owns the memory and the clock. */
#ifndef MC_SEQ_H
#define MC_SEQ_H

#include <mc/base.h>

MC_BEGIN_DECLS

#define MC_SEQ_WINDOW 4096 /* numbers remembered, the highest included */
#define MC_SEQ_GAPS   8	   /* gaps that late packets may still fill */

enum mc_seq_verdict {
	MC_SEQ_FIRST = 0, /* first of the stream */
	MC_SEQ_NEXT,	  /* the one expected */
	MC_SEQ_GAP,	  /* later than expected: some are missing */
	MC_SEQ_REORDERED, /* a missing one, arriving late */
	MC_SEQ_DUPLICATE,
	MC_SEQ_TOO_LATE, /* older than the window: late or duplicate, unknown */
	MC_SEQ_RESTART,	 /* the sender began anew */
	MC_SEQ_STALE,	 /* of the session before the restart */
	MC_SEQ_PENDING,	 /* an implausible jump; believed when the next follows it */
};

/* "first", "next", "gap" ... */
MC_API const char *mc_seq_verdict_name(enum mc_seq_verdict v);

struct mc_seq_gap {
	uint64_t first, len; /* the numbers that were skipped */
	uint64_t missing;    /* of them, not arrived yet */
	mc_nsec span;	     /* last arrival before to first arrival after */
};

/* Read the counters; leave the rest to the functions below. */
struct mc_seq {
	uint64_t received; /* all packets added */
	uint64_t unique;   /* counted once each; the rest of `received` follows */
	uint64_t duplicates;
	uint64_t too_late;
	uint64_t stale;
	uint64_t implausible; /* far ahead, and not (yet) followed by the next number */

	uint64_t reordered; /* of the unique ones */
	uint64_t restarts;
	uint64_t outages; /* gaps that were never filled, the open ones included */

	/* private; what every packet touches comes first */
	unsigned bits; /* width of the number on the wire */
	bool started, pending, has_old_session;
	uint64_t session;
	uint64_t highest;     /* extended to 64 bits */
	uint64_t unique_here; /* unique of the running session */
	mc_nsec last_when;    /* arrival of the highest */
	uint64_t first;	      /* lowest number of the running session */
	uint64_t old_session;
	uint64_t lost_before; /* lost in ended sessions */
	uint64_t pending_seq;
	mc_nsec pending_when;
	mc_nsec longest; /* of gaps that left the list below */
	unsigned n_gaps;
	struct mc_seq_gap gaps[MC_SEQ_GAPS]; /* ascending; the oldest leaves first */
	uint64_t window[MC_SEQ_WINDOW / 64]; /* bit n % WINDOW: n has arrived */
};

/* Begins an account of a stream.  bits: 64 for probes, 16 for RTP; 8..64. */
MC_API void mc_seq_init(struct mc_seq *s, unsigned bits);

/* Takes note of one packet.  session: anything that is constant for one run of
 * the sender (probe session, RTP SSRC), 0 if there is none.  when: arrival, by
 * a clock that should not step, but may.
 *
 * A new session is a restart, and what arrives of the one before it is stale.
 * Within a session, numbers that jump ahead by more than 65536 (3000 for 16
 * bits, RFC 3550 A.1), or back beyond the window, are pending until the next
 * packet continues them.  A jump ahead is then loss, one back (or ahead by more
 * than 2^40) a restart.  One that is not continued is too late if it went back,
 * implausible if it went ahead.  Numbers of 64 bits with a session never begin
 * anew: where this session has already been, they are too late at once. */
MC_API enum mc_seq_verdict mc_seq_add(struct mc_seq *s, uint64_t session, uint64_t seq,
				      mc_nsec when);

/* The same for n packets with consecutive numbers that arrived together. */
MC_API void mc_seq_add_run(struct mc_seq *s, uint64_t session, uint64_t seq, unsigned n,
			   mc_nsec when);

/* Packets lost so far, over all sessions.  What was lost before the first
 * arrival or after the last is unknown to a receiver. */
MC_API uint64_t mc_seq_lost(const struct mc_seq *s);

/* The longest time without arrivals in which packets were lost. */
MC_API mc_nsec mc_seq_longest_outage(const struct mc_seq *s);

/* Adds the counters of `from`, for a stream that went on under another key. */
MC_API void mc_seq_merge(struct mc_seq *into, const struct mc_seq *from);

MC_END_DECLS

#endif
