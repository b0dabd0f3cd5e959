/* rx.h - a receiver of multicast datagrams: host memberships and batched reads.
 *
 * mc_join_host_group and mc_leave_host_group are the JoinHostGroup and
 * LeaveHostGroup of RFC 1112 7.1, with the source filters of RFC 9776 2
 * (IPMulticastListen).
 *
 * Linux allows 20 memberships and 10 sources a socket by default.  The first
 * memberships of a port live on the socket that receives them; the others on
 * unbound holder sockets of up to 20, so that no sysctl has to be changed.
 * Whatever the kernel delivers, a datagram is handed out only if its (group,
 * interface, port, source) was asked for. */
#ifndef MC_RX_H
#define MC_RX_H

#include <mc/addr.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_rx mc_rx;

struct mc_rx_opts {
	size_t sz;     /* sizeof(struct mc_rx_opts) */
	size_t rcvbuf; /* bytes asked for each receiving socket; 0: 32 MiB */
	bool no_gro;   /* every datagram alone, with an arrival time of its own */
	bool ring;     /* read frames from a packet(7) ring for each interface and family */
};

/* A receiver without memberships.  -ENOMEM, -EMFILE ... with *why.
 *
 * With a ring, sockets hold the memberships and nothing is read from them: frames
 * are, from memory shared with the kernel, at a fraction of the cost.  rcvbuf is the
 * size of each ring.  It needs CAP_NET_RAW at each first join on an interface.  What
 * differs: packets that the host's firewall or its reverse path filter drops are
 * received; datagrams that come in fragments are not, but counted. */
MC_API MC_MUSTCHECK int mc_rx_open(mc_rx **out, const struct mc_rx_opts *o, struct mc_why *why);

/* Leaves everything, in the reverse order of joining (the forward order is
 * quadratic in the kernel). */
MC_API void mc_rx_close(mc_rx *rx);

struct mc_membership {
	struct mc_addr group;
	unsigned ifindex; /* required */
	uint16_t port;	  /* required */
	enum mc_filter_mode mode;
	unsigned n_sources;
	const struct mc_addr *sources; /* copied */
};

/* JoinHostGroup.  Returns the number of the membership: 0, 1, ... in the order
 * of joining.  A second INCLUDE of the same (group, interface, port) adds its
 * sources to the first and returns its number; a second EXCLUDE with the same
 * sources changes nothing and returns it too.  Failures (RFC 1112 7.1 "lack
 * of local network resources, invalid group address"):
 *   -MC_ENOTGROUP, -EINVAL  not a group, a source that is one, no port, an
 *			     INCLUDE without sources
 *   -EEXIST       joined already, with a filter that cannot be merged
 *   -ENODEV       no such interface
 *   -ENOBUFS      a kernel limit: *why names the sysctl and its value
 *   -EMFILE       more descriptors needed than RLIMIT_NOFILE allows
 *   -ENOMEM, -EPERM ...  as the kernel says */
MC_API MC_MUSTCHECK int mc_join_host_group(mc_rx *rx, const struct mc_membership *m,
					   struct mc_why *why);

struct mc_join {
	int number;    /* of the membership, or the error of mc_join_host_group */
	mc_nsec asked; /* when the kernel was asked, since the Unix epoch */
};

/* mc_join_host_group for n consecutive groups, of which m names the first, each on
 * its own: one that fails stops nobody.  Where the kernel can (Linux 6.7 with
 * io_uring) many are made in one system call, which halves the time that thousands
 * take.  Fills n of *out.  Returns 0, or the first error with its *why. */
MC_API MC_MUSTCHECK int mc_join_host_groups(mc_rx *rx, struct mc_join *out,
					    const struct mc_membership *m, unsigned n,
					    struct mc_why *why);

/* LeaveHostGroup.  -MC_ENOTMEMBER: not joined.  Numbers are not reused. */
MC_API MC_MUSTCHECK int mc_leave_host_group(mc_rx *rx, const struct mc_addr *group,
					    unsigned ifindex, uint16_t port);

/* Forgets all memberships on an interface that vanished; returns how many. */
MC_API unsigned mc_rx_forget_iface(mc_rx *rx, unsigned ifindex);

/* One datagram, or with segment > 0 several that the kernel merged (UDP_GRO):
 * each `segment` bytes of the payload is one, the last may be shorter. */
struct mc_packet {
	struct mc_addr source, group;
	uint16_t source_port, port;
	uint16_t segment;
	uint8_t ttl; /* as it arrived */
	uint8_t tos; /* as it arrived; DSCP in the upper six bits */
	unsigned ifindex;
	unsigned membership;	/* the number that mc_join_host_group returned */
	bool kernel_time;	/* else `when` is the time of reading */
	mc_nsec when;		/* arrival, since the Unix epoch */
	struct mc_span payload; /* valid until the next mc_rx_read */
};

#define MC_RX_BATCH 32

/* Reads what is there, up to max and MC_RX_BATCH packets, without waiting.
 * Returns the number (0: nothing there), or -errno.  *more, when not NULL, is
 * set when a read may find more at once. */
MC_API MC_MUSTCHECK int mc_rx_read(mc_rx *rx, struct mc_packet *out, unsigned max, bool *more);

/* Readable when mc_rx_read has something.  Changes with a join: ask again. */
MC_API int mc_rx_fd(const mc_rx *rx);

struct mc_rx_stats {
	uint64_t dropped;   /* by the kernel, receive buffer full (SO_RXQ_OVFL's counter) */
	uint64_t not_asked; /* delivered by the kernel, but not joined here */
	size_t rcvbuf;	    /* granted for each receiving socket, as the kernel counts it */
	unsigned receivers, holders; /* sockets */
	unsigned memberships;	     /* joined now */
	bool ring;		     /* a ring is read: rcvbuf is its size */
	uint64_t fragmented;	     /* ring: datagrams in fragments, not received */
	uint64_t damaged;	     /* ring: wrong checksums, not received */
};

/* Numbers of all sockets together, since the receiver was opened. */
MC_API void mc_rx_stats(const mc_rx *rx, struct mc_rx_stats *out);

/* How full the fullest receive buffer is now, in percent: whether the reader
 * may let packets gather. */
MC_API unsigned mc_rx_fill(const mc_rx *rx);

MC_END_DECLS

#endif
