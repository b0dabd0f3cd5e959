/* mroute.h - the kernel's multicast routes
 *
 * Where packets of (S,G) go, how many, and how many came in where they should not.
 * From rtnetlink (RTM_GETROUTE of RTNL_FAMILY_IPMR and RTNL_FAMILY_IP6MR); needs no
 * privilege. */
#ifndef MC_MROUTE_H
#define MC_MROUTE_H

#include <mc/iface.h>

MC_BEGIN_DECLS

typedef struct mc_mroutes mc_mroutes;

struct mc_mroutes_opts {
	size_t sz;    /* sizeof(struct mc_mroutes_opts) */
	int netns_fd; /* see netns.h; 0: the own namespace */
};

/* -ENOMEM, -EPERM (another namespace, without CAP_SYS_ADMIN) ... with
 * *why. */
MC_API MC_MUSTCHECK int mc_mroutes_open(mc_mroutes **out, const struct mc_mroutes_opts *o,
					struct mc_why *why);

/* Frees the handle and what it has read.  NULL is fine. */
MC_API void mc_mroutes_close(mc_mroutes *m);

struct mc_mroute_oif {
	unsigned ifindex;
	char ifname[MC_IFNAME]; /* "pimreg" for a PIM register vif; "": vanished */
	unsigned ttl;		/* threshold */
};

struct mc_mroute {
	uint32_t table;
	struct mc_addr source, group; /* unspecified: any */
	bool resolved;		      /* else the kernel waits for the routing daemon */
	bool offloaded;
	unsigned iif; /* 0: none */
	char iifname[MC_IFNAME];
	unsigned n_oifs;
	const struct mc_mroute_oif *oifs;
	uint64_t packets, bytes;
	uint64_t wrong_if; /* packets that arrived on another interface */
	mc_nsec last_used; /* how long ago, at most (RTA_EXPIRES); 0: not known */
};

/* Reads all routes of both families and returns how many, sorted by table,
 * group and source; *out belongs to the handle until the next read.  A kernel
 * without multicast routing has none.  -ENOMEM ... with *why. */
MC_API MC_MUSTCHECK int mc_mroutes_read(const struct mc_mroute **out, mc_mroutes *m,
					struct mc_why *why);

MC_END_DECLS

#endif
