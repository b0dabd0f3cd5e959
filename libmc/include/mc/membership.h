/* membership.h - what this host has joined, and changes of it
 *
 * The kernel's memberships: on which interface, with which source filter, and
 * changes as they happen.
 *
 * One record is the interface state of RFC 9776 3.2 and RFC 9777 4.2: the sum of
 * what all sockets asked for.  Sources: a dump by RTM_GETMULTICAST, notifications
 * RTNLGRP_IPV4_MCADDR and RTNLGRP_IPV6_MCADDR, and of /proc/net igmp, igmp6,
 * mcfilter and mcfilter6.  Which socket and process asked: sockets.h. */
#ifndef MC_MEMBERSHIP_H
#define MC_MEMBERSHIP_H

#include <mc/iface.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_memberships mc_memberships;

struct mc_memberships_opts {
	size_t sz;    /* sizeof(struct mc_memberships_opts) */
	int netns_fd; /* see netns.h; 0: the own namespace */
};

/* -ENOMEM, -EPERM (another namespace, without CAP_SYS_ADMIN) ... with
 * *why. */
MC_API MC_MUSTCHECK int
mc_memberships_open(mc_memberships **out, const struct mc_memberships_opts *o, struct mc_why *why);

/* Frees the handle and what it has read.  NULL is fine. */
MC_API void mc_memberships_close(mc_memberships *m);

/* A source that at least one socket lists for the group. */
struct mc_interface_source {
	struct mc_addr addr;
	unsigned including, excluding; /* sockets with it in a filter of that mode */
};

/* Marks in mc_interface_state.have: which members are known. */
enum {
	MC_HAVE_USERS = 1,  /* users, timer */
	MC_HAVE_FILTER = 2, /* mode, and sources are whole */
};

struct mc_interface_state {
	unsigned ifindex;
	char ifname[MC_IFNAME]; /* "" when it vanished meanwhile */
	struct mc_addr group;
	unsigned have;		  /* MC_HAVE_ */
	unsigned users;		  /* sockets, and parts of the kernel, that joined */
	enum mc_filter_mode mode; /* with MC_HAVE_FILTER */
	bool reporter;		  /* sent the last report (IGMPv1, IGMPv2, MLDv1) */
	bool timer_running;	  /* a report is due in... */
	mc_nsec timer;
	unsigned n_sources; /* listed by any socket, known also without MC_HAVE_FILTER */
	const struct mc_interface_source *sources;
};

/* In mode INCLUDE every source with including > 0 is wanted; in mode EXCLUDE a
 * source is unwanted when every excluding socket lists it and none includes it
 * (RFC 9776 3.2).  The kernel publishes neither the mode nor how many sockets
 * exclude: where its counts allow both answers there is no MC_HAVE_FILTER, and
 * mc_socket_state in sockets.h may tell.
 *
 * /proc/net/mcfilter passes over interfaces whose newest group has no sources,
 * up to the first one that has.  While a handle is open, a source filter for the
 * all-hosts group on the loopback interface, which no packet reports, prevents
 * that; it is not shown.  Where that is not possible, memberships of interfaces
 * passed over have no MC_HAVE_FILTER. */

/* How much to read. */
enum mc_memberships_depth {
	MC_MEMBERSHIPS_GROUPS = 0, /* group and interface: the dump alone, fast */
	MC_MEMBERSHIPS_USERS,	   /* and users and timers: /proc/net/igmp, igmp6 */
	MC_MEMBERSHIPS_FILTERS,	   /* and modes and sources: mcfilter, mcfilter6 */
};

/* Reads all memberships, both families, and returns how many; *out, sorted by
 * interface and group, belongs to the handle until the next read.  A dump that
 * changes interrupted is taken again.  -ENOMEM, -EACCES ... with *why. */
MC_API MC_MUSTCHECK int mc_memberships_read(const struct mc_interface_state **out,
					    mc_memberships *m, enum mc_memberships_depth depth,
					    struct mc_why *why);

/* An interface as IGMP and MLD see it; filled by reads from _USERS on. */
struct mc_gm_interface {
	unsigned ifindex;
	char ifname[MC_IFNAME];
	enum mc_family family;
	unsigned groups; /* memberships of the family */
	/* What the kernel speaks.  IPv4: lower than forced or 3 while an older
	 * querier is present (RFC 9776 7.2.1; the time that is left is not
	 * published).  IPv6: 1 if forced, else 2; Linux does not publish the effect
	 * of an MLDv1 querier.  0: not known. */
	struct mc_gm_version speaks;
	bool older_querier; /* IPv4: an older version is spoken and not forced */
};

/* The interfaces of the last mc_memberships_read, sorted by index and family.
 * Returns how many. */
MC_API MC_MUSTCHECK int mc_memberships_interfaces(const struct mc_gm_interface **out,
						  const mc_memberships *m);

/* What the kernel offers; the last read, where that is needed, decides. */
struct mc_memberships_abilities {
	bool dump4, dump6;     /* RTM_GETMULTICAST: else read from /proc */
	bool notify4, notify6; /* a join or leave is announced */
};

/* Tells them: of notifications from the start, of dumps after the first read. */
MC_API void mc_memberships_abilities(struct mc_memberships_abilities *out, const mc_memberships *m);

/* A join is the first socket's of the interface, a leave the last one's: more
 * users, sources and modes are not announced. */
struct mc_membership_event {
	bool joined; /* else left */
	unsigned ifindex;
	struct mc_addr group;
};

/* Readable when mc_memberships_next has something; -1: never, no notifications. */
MC_API int mc_memberships_fd(const mc_memberships *m);

/* 1 and *out filled; 0 when there is nothing to read; -ENOBUFS when the kernel
 * dropped announcements: read again. */
MC_API MC_MUSTCHECK int mc_memberships_next(struct mc_membership_event *out, mc_memberships *m);

MC_END_DECLS

#endif
