/* nlread.h - rtnetlink and sock_diag messages, read into public structures
 *
 * Readers of one message return 1 and *out filled, or 0 when it is about
 * something else or too short.  Iterators take one record off. */
#ifndef KERN_NLREAD_H
#define KERN_NLREAD_H

#include "kern/nl.h"

#include <mc/bridge.h>
#include <mc/ifstat.h>
#include <mc/membership.h>
#include <mc/mroute.h>
#include <mc/sockets.h>

/* RTM_GETMULTICAST's answers, RTM_NEWMULTICAST, RTM_DELMULTICAST. */
int nl_read_group(struct mc_membership_event *out, const struct nl_msg *m);

/* RTM_NEWLINK, not those of AF_BRIDGE; no addresses of its own. */
int nl_read_link(struct mc_ifstat *out, const struct nl_msg *m);

/* RTM_NEWADDR. */
int nl_read_address(unsigned *ifindex, struct mc_addr *out, const struct nl_msg *m);

/* RTM_NEWLINK of a bridge, and of something with a bridge as its master. */
int nl_read_bridge(struct mc_bridge *out, const struct nl_msg *m);
int nl_read_port(struct mc_bridge_port *out, const struct nl_msg *m);

/* RTM_GETMDB's answers, RTM_NEWMDB, RTM_DELMDB: *in is set to what the
 * iterators take entries and router ports off. */
struct nl_mdb {
	unsigned bridge;
	bool added;		/* else RTM_DELMDB */
	struct mc_span groups;	/* MDBA_MDB */
	struct mc_span group;	/* the MDBA_MDB_ENTRY being read */
	struct mc_span routers; /* MDBA_ROUTER */
};

int nl_read_mdb(struct nl_mdb *out, const struct nl_msg *m);
/* n_sources counts, *sources holds what nl_mdb_source_next takes off. */
int nl_mdb_next(struct mc_mdb_entry *out, struct mc_span *sources, struct nl_mdb *in);
int nl_mdb_source_next(struct mc_mdb_source *out, struct mc_span *sources);
/* Fills ifindex and what is known of being a router. */
int nl_router_next(struct mc_bridge_port *out, struct nl_mdb *in);

/* RTM_NEWROUTE of the multicast families; n_oifs counts, *hops holds what
 * nl_hop_next takes off. */
int nl_read_route(struct mc_mroute *out, struct mc_span *hops, const struct nl_msg *m);
int nl_hop_next(struct mc_mroute_oif *out, struct mc_span *hops);

/* SOCK_DIAG_BY_FAMILY; type and protocol are the request's.  *optmem: bytes of
 * options, memberships among them; UINT32_MAX: not known. */
int nl_read_socket(struct mc_socket *out, uint32_t *optmem, const struct nl_msg *m);

#endif
