/* streams.h - what arrived: one record for each (source, source port, group,
 * port, interface, run of the sender).
 *
 * The run is part of the key, so that a forged or misled packet cannot disturb
 * what is known of another one. */
#ifndef MCRECV_STREAMS_H
#define MCRECV_STREAMS_H

#include "common/hindex.h"

#include <mc/delay.h>
#include <mc/rx.h>
#include <mc/seq.h>

/* A flood of forged sources shall not eat the memory. */
#define STREAMS_MAX 65536

enum stream_kind {
	STREAM_FOREIGN = 0, /* no sequence numbers that we know */
	STREAM_PROBE,	    /* from mcsend */
	STREAM_RTP,
};

struct stream_key {
	struct mc_addr source, group;
	uint16_t source_port, port;
	unsigned ifindex;
	uint64_t session; /* of a probe, SSRC of RTP, 0 of anything else */
};

struct stream {
	struct stream_key key;
	unsigned membership;
	enum stream_kind kind;
	mc_nsec first, last;  /* arrival, wall clock */
	mc_nsec join_latency; /* of the group, for the stream that was first; else below 0 */
	uint64_t packets, bytes;
	uint64_t foreign; /* neither probe nor, when asked for, RTP */
	uint64_t bad_crc;
	uint64_t merged;   /* packets whose arrival time is another's */
	uint64_t remarked; /* DSCP on arrival is not the one sent */
	uint32_t size_min, size_max;
	uint8_t ttl_min, ttl_max;
	uint8_t dscp; /* of the last arrival */
	uint8_t dscp_sent;
	int hops_min, hops_max; /* probes: TTL sent minus TTL arrived; else -1 */
	struct mc_seq seq;
	struct mc_jitter jitter;
	bool has_jitter;
	struct mc_hist *delay; /* probes only */

	uint32_t rtp_clock; /* 0: unknown */
	uint32_t rtp_last_ts;
	int64_t rtp_ticks; /* extended to 64 bits */

	uint64_t reported_packets, reported_bytes, reported_lost; /* at the last interval */
};

struct streams {
	struct stream **v; /* in the order of their first packet */
	unsigned n, size;
	struct hindex index;
	struct stream *last;
	uint64_t untracked; /* packets of streams beyond STREAMS_MAX */
	bool rtp;
	uint32_t rtp_clock;
};

void streams_init(struct streams *s, bool rtp, uint32_t rtp_clock);
void streams_free(struct streams *s);

/* Counts one read (which may be several merged packets).  The stream, and
 * *is_new; NULL when it is not tracked. */
struct stream *streams_add(struct streams *s, const struct mc_packet *p, bool *is_new);

/* Is the payload something that streams_add counts as foreign? */
bool streams_foreign(const struct streams *s, const struct mc_packet *p);

/* Joins records that differ in source port and session only and followed each other in
 * time: a sender that was started again. */
void streams_fold(struct streams *s);

struct stream_totals {
	uint64_t packets, bytes, lost, duplicates, reordered, foreign, merged;
	uint64_t unsequenced; /* packets of streams without sequence numbers */
};

struct stream_totals streams_total(const struct streams *s);

uint64_t stream_lost(const struct stream *st);

/* Lost of all that should have arrived: 0..1. */
double stream_loss(const struct stream *st);

/* Datagrams in one read. */
unsigned packet_datagrams(const struct mc_packet *p);

#endif
