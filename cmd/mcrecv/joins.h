/* joins.h - what was asked for: every group on every interface, and how it went */
#ifndef MCRECV_JOINS_H
#define MCRECV_JOINS_H

#include "common/groups.h"
#include "common/hindex.h"
#include "mcrecv/config.h"

#include <mc/iface.h>
#include <mc/rx.h>

/* One group on one interface; its place in the array is the number of its
 * membership. */
struct joined {
	struct mc_addr group;
	unsigned ifindex;
	uint16_t port;
	bool left;
	uint64_t packets;
	mc_nsec joined_at;	  /* wall clock, at the call */
	mc_nsec first;		  /* arrival of the first packet */
	mc_nsec left_at;	  /* the leave call */
	mc_nsec last_after_leave; /* arrival of the last frame; 0: none */
};

/* An interface in use. */
struct join_iface {
	struct mc_iface iface;
	bool v4, v6;
	bool gone;
	struct mc_gm_version igmp, mld;
};

/* A spec on an interface. */
struct join_target {
	const struct mc_spec *spec;
	unsigned iface; /* number in ifaces */
};

struct joins {
	struct groups groups;
	struct join_target *targets;
	unsigned n_targets;
	struct join_iface *ifaces;
	unsigned n_ifaces;
	struct joined *v;
	unsigned n, size;
	struct hindex index; /* of v, by (group, interface, port); filled when asked */
	unsigned heard;	     /* with a packet */
	mc_nsec took;	     /* all joins together */
};

/* Parses the operands and chooses interfaces.  0, or the exit status after a
 * message.  With files_only no interface is looked for. */
int joins_parse(struct joins *j, const struct config *c, const struct opt_args *args,
		bool files_only);

/* Joins everything.  Reads the versions spoken and warns where they are too old
 * for the filters. */
int joins_open(struct joins *j, mc_rx *rx);

/* Joins the IPv6 groups with sources on an interface again, which came back up: Linux
 * keeps these memberships while it is down, but may lose their sources.  0, or the exit
 * status after a message. */
int joins_renew(struct joins *j, unsigned iface, mc_rx *rx);

void joins_leave(struct joins *j, mc_rx *rx, mc_nsec now);
void joins_free(struct joins *j);

/* Takes note of a packet.  True when it is the group's first. */
bool joins_note(struct joins *j, unsigned membership, mc_nsec when, unsigned datagrams);

/* The number of a group that was joined, or HINDEX_NONE. */
uint32_t joins_find(struct joins *j, const struct mc_addr *group, unsigned ifindex, uint16_t port);

/* For captures: the number of the group if the operands ask for the packet
 * (without operands: always), added when it is new; else HINDEX_NONE. */
uint32_t joins_accept(struct joins *j, const struct mc_packet *p);

/* How many groups were asked for, on all interfaces. */
uint64_t joins_asked(const struct joins *j);

/* The same for a report: of a capture read without operands, those found. */
uint64_t joins_shown(const struct joins *j);

/* The interface's name, "-" for index 0 (captures). */
const char *joins_ifname(const struct joins *j, unsigned ifindex);

#endif
