/* ifstat.h - all interfaces at once: flags, addresses, kind and counters
 *
 * From rtnetlink; needs no privilege.  One interface by its name: iface.h. */
#ifndef MC_IFSTAT_H
#define MC_IFSTAT_H

#include <mc/iface.h>

MC_BEGIN_DECLS

typedef struct mc_ifstats mc_ifstats;

struct mc_ifstats_opts {
	size_t sz;    /* sizeof(struct mc_ifstats_opts) */
	int netns_fd; /* see netns.h; 0: the own namespace */
};

/* -ENOMEM, -EPERM (another namespace, without CAP_SYS_ADMIN) ... with
 * *why. */
MC_API MC_MUSTCHECK int mc_ifstats_open(mc_ifstats **out, const struct mc_ifstats_opts *o,
					struct mc_why *why);

/* Frees the handle and what it has read.  NULL is fine. */
MC_API void mc_ifstats_close(mc_ifstats *l);

struct mc_ifstat {
	struct mc_iface iface;
	char kind[16]; /* "bridge", "veth", "vlan" ...; "": a device, or loopback */
	bool has_mac;
	struct mc_mac mac;
	unsigned master;	    /* ifindex of its bridge or bond; 0: none */
	bool allmulti, promiscuous; /* takes every group, every frame */
	/* Since the interface was made (struct rtnl_link_stats64). */
	uint64_t rx_packets, rx_bytes, tx_packets, tx_bytes;
	uint64_t rx_multicast; /* frames; not counted by every driver (veth: no) */
	uint64_t rx_dropped, tx_dropped, rx_errors, tx_errors, rx_missed;
};

/* Reads all interfaces and returns how many, sorted by index; *out belongs to
 * the handle until the next read.  -ENOMEM ... with *why. */
MC_API MC_MUSTCHECK int mc_ifstats_read(const struct mc_ifstat **out, mc_ifstats *l,
					struct mc_why *why);

MC_END_DECLS

#endif
