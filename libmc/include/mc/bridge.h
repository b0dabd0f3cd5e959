/* bridge.h - bridges as multicast switches: snooping, querier, ports, groups
 *
 * IGMP and MLD snooping, its querier, router ports and the multicast database (RFC
 * 4541), from rtnetlink.  Needs no privilege. */
#ifndef MC_BRIDGE_H
#define MC_BRIDGE_H

#include <mc/iface.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_bridges mc_bridges;

struct mc_bridges_opts {
	size_t sz;    /* sizeof(struct mc_bridges_opts) */
	int netns_fd; /* see netns.h; 0: the own namespace */
};

/* -ENOMEM, -EPERM (another namespace, without CAP_SYS_ADMIN) ... with
 * *why. */
MC_API MC_MUSTCHECK int mc_bridges_open(mc_bridges **out, const struct mc_bridges_opts *o,
					struct mc_why *why);

/* Frees the handle and its view.  NULL is fine. */
MC_API void mc_bridges_close(mc_bridges *b);

/* The querier the bridge knows of in one family (kernel 5.16 and later tell). */
struct mc_bridge_querier {
	bool known;	     /* the rest is; else there is none, or an old kernel */
	struct mc_addr addr; /* itself, when its own address */
	unsigned port;	     /* ifindex it is behind; 0: the bridge itself */
	mc_nsec expires;     /* until it is given up, for another's */
};

/* When a port gets all multicast traffic: multicast_router of the sysfs. */
enum mc_bridge_router {
	MC_ROUTER_NEVER = 0,
	MC_ROUTER_AUTO, /* when queries or PIM hellos are heard there */
	MC_ROUTER_PERMANENT,
	MC_ROUTER_TEMPORARY, /* until the timer fires */
};

struct mc_bridge {
	unsigned ifindex;
	char ifname[MC_IFNAME];
	bool up;
	bool snooping;			   /* mcast_snooping */
	bool vlan_snooping;		   /* mcast_vlan_snooping */
	bool querier;			   /* mcast_querier: may query itself */
	bool use_ifaddr;		   /* mcast_query_use_ifaddr */
	uint8_t igmp_version, mld_version; /* of its queries; 0: not known */
	enum mc_bridge_router router;	   /* of the bridge itself as a port */
	uint32_t hash_max;		   /* entries at which the kernel turns snooping off */
	mc_nsec query_interval, query_response_interval, last_member_interval, membership_interval,
		querier_interval;
	struct mc_bridge_querier querier4, querier6;
};

struct mc_bridge_port {
	unsigned bridge, ifindex;
	char ifname[MC_IFNAME];
	bool forwarding; /* spanning tree state */
	bool flood;	 /* mcast_flood: gets groups nobody joined */
	bool fast_leave;
	bool to_unicast;
	enum mc_bridge_router router; /* configured */
	bool is_router;		      /* at present; the timers say for how long */
	mc_nsec router_timer;	      /* 0: for good, or not a router */
	bool router_timers;	      /* the next two are known (5.18) */
	mc_nsec router_timer4, router_timer6;
};

struct mc_mdb_source {
	struct mc_addr addr;
	mc_nsec timer; /* 0 in mode EXCLUDE: blocked */
};

/* One port's membership of a group: an entry of the multicast database. */
struct mc_mdb_entry {
	unsigned bridge, port; /* port == bridge: the host itself joined */
	unsigned vlan;	       /* 0: none */
	struct mc_addr group;  /* MC_ANY: a layer 2 entry, see mac */
	struct mc_addr source; /* of an (S,G) entry; MC_ANY: (*,G) */
	struct mc_mac mac;
	bool permanent;	 /* configured, else learned */
	bool blocked;	 /* (S,G) that is not forwarded */
	bool fast_leave; /* left without a query */
	bool star_excl;	 /* (S,G) there because of an EXCLUDE (*,G) */
	bool offloaded;
	bool has_mode;		  /* mode and sources are known: IGMPv3 or MLDv2 */
	enum mc_filter_mode mode; /* of the port's (*,G) */
	mc_nsec timer;		  /* until it is forgotten; 0 when permanent */
	unsigned n_sources;
	const struct mc_mdb_source *sources;
};

/* A snapshot of all bridges; belongs to the handle until the next read. */
struct mc_bridges_view {
	unsigned n_bridges; /* by ifindex, as the others */
	const struct mc_bridge *bridges;
	unsigned n_ports;
	const struct mc_bridge_port *ports;
	unsigned n_entries; /* by bridge, vlan, group, source, port */
	const struct mc_mdb_entry *entries;
};

/* An interrupted dump is taken again.  -ENOMEM ... with *why. */
MC_API MC_MUSTCHECK int mc_bridges_read(struct mc_bridges_view *out, mc_bridges *b,
					struct mc_why *why);

/* Changes of the multicast database, as the kernel announces them. */
struct mc_mdb_event {
	bool added; /* or changed; else deleted */
	unsigned bridge, port, vlan;
	struct mc_addr group, source;
};

/* Readable when mc_bridges_next has something. */
MC_API int mc_bridges_fd(const mc_bridges *b);

/* 1 and *out filled; 0 when there is nothing to read; -ENOBUFS when the kernel
 * dropped announcements: read again. */
MC_API MC_MUSTCHECK int mc_bridges_next(struct mc_mdb_event *out, mc_bridges *b);

MC_END_DECLS

#endif
