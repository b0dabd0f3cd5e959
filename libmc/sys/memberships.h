/* memberships.h - the inside of mc_memberships, and its parts */
#ifndef SYS_MEMBERSHIPS_H
#define SYS_MEMBERSHIPS_H

#include "kern/procnet.h"
#include "sys/linkdump.h"
#include "sys/nlsock.h"
#include "sys/procread.h"

#include <mc/membership.h>

/* An interface of one family, in the order of /proc. */
struct gm_iface {
	struct mc_gm_interface public;
	struct mc_addr newest; /* the group that is listed first */
	bool whole;	       /* mcfilter does not skip it */
};

struct mc_memberships {
	struct nlsock route;
	struct nlwatch watch;
	struct nlwatch sentinel;	 /* the same notifications: did a read miss any? */
	int groups_fd[2], filters_fd[2]; /* IPv4, IPv6; negative: no such protocol */
	int anchor_fd[2];		 /* see anchor.c */
	int netns_fd;			 /* to read sysctls in; 0: the own one */
	struct mc_memberships_abilities can;
	unsigned reads;
	proc_buf buf;
	ifname_vec names;
	VEC(struct mc_interface_state) states;
	VEC(struct mc_interface_state) sorted; /* room to sort states into */
	VEC(struct procnet_source) raw;
	VEC(struct mc_interface_source) sources;
	VEC(struct gm_iface) ifaces;
	VEC(struct mc_gm_interface) shown;
};

/* Makes the kernel's lists of filters whole; 0 or a negative descriptor. */
int anchor_open(enum mc_family family);

/* True for the groups that anchors are in. */
bool anchor_group(const struct mc_addr *group);

/* True for the source that anchors list. */
bool anchor_is(const struct mc_addr *group, const struct mc_addr *source);

/* Reads mcfilter and mcfilter6 and gives the states, which are sorted and have
 * users, their sources and modes.  0 or -errno. */
int filters_read(struct mc_memberships *m);

/* Sorts states by interface and group.  0 or -ENOMEM. */
int memberships_sort(struct mc_memberships *m);

/* <0, 0, >0 by interface, then group. */
int membership_cmp(unsigned if1, const struct mc_addr *g1, unsigned if2, const struct mc_addr *g2);

#endif
