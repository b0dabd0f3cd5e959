/* tx.h - a sender of UDP datagrams to multicast groups, bound to an interface.
 *
 * Datagrams leave in batches (sendmmsg), and runs of equal-sized datagrams to
 * one group as one segmented send (UDP_SEGMENT, Linux 4.18), which is several
 * times faster.  Where the kernel or the path refuses segmentation the handle
 * falls back by itself and mc_tx_info tells.  The first batch of eight or more
 * items to one group settles a source address that was left to the kernel. */
#ifndef MC_TX_H
#define MC_TX_H

#include <mc/addr.h>

MC_BEGIN_DECLS

typedef struct mc_tx mc_tx;

struct mc_tx_opts {
	size_t sz; /* sizeof(struct mc_tx_opts) */
	enum mc_family family;
	unsigned ifindex;      /* required: nothing depends on a default route */
	uint8_t ttl;	       /* or hop limit; RFC 1112 6.1: 1 unless chosen */
	uint8_t dscp;	       /* 0..63 */
	bool no_loop;	       /* RFC 1112 6.1: inhibit local delivery */
	bool no_segment;       /* never use UDP_SEGMENT */
	uint16_t source_port;  /* 0: the kernel chooses */
	struct mc_addr source; /* MC_ANY: the interface's */
	size_t sndbuf;	       /* bytes asked for; 0: the default */
};

/* 0; fails with -ENODEV, -EADDRNOTAVAIL (the source is not this host's),
 * -EADDRINUSE (the port is), -EPERM, -EMFILE; *why names the object. */
MC_API MC_MUSTCHECK int mc_tx_open(mc_tx **out, const struct mc_tx_opts *o, struct mc_why *why);
MC_API void mc_tx_close(mc_tx *tx);

/* One datagram, or with 0 < segment < len a run of them: each `segment` bytes
 * of data is a datagram, the last may be shorter. */
struct mc_tx_item {
	const struct mc_addr *group;
	const void *data;
	uint32_t len;
	uint32_t segment;
	uint16_t port;
};

#define MC_TX_ITEMS	128   /* items per call at most */
#define MC_TX_SEGMENTS	64    /* datagrams in a run at most (older kernels' limit) */
#define MC_TX_RUN_BYTES 65000 /* bytes in a run at most */

/* Sends items in order.  Returns how many items went out whole (short when a
 * later one failed), or -errno when the first one failed.  A refused
 * segmented run is sent datagram by datagram; *datagrams, when not NULL, is
 * the number of datagrams that left, those of a failed run included. */
MC_API MC_MUSTCHECK int mc_tx_send(mc_tx *tx, const struct mc_tx_item *items, unsigned n,
				   uint64_t *datagrams);

struct mc_tx_info {
	size_t sndbuf;	       /* granted, as the kernel counts it */
	struct mc_addr source; /* as bound; unspecified when the kernel chooses */
	uint16_t source_port;
	bool segmenting;     /* runs leave by UDP_SEGMENT */
	uint64_t segmented;  /* datagrams that left in such runs */
	int segment_refusal; /* -errno of the first refusal, 0 if none */
};

/* What the kernel granted, and how it went so far. */
MC_API void mc_tx_info(const mc_tx *tx, struct mc_tx_info *out);

/* The socket, to poll for POLLOUT. */
MC_API int mc_tx_fd(const mc_tx *tx);

MC_END_DECLS

#endif
