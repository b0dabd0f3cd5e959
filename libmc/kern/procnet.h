/* procnet.h - /proc/net as the kernel prints it, read line by line
 *
 * Each reader takes one record off the text: 1 and *out filled, or 0 at its
 * end.  Lines that are not what they should be are passed over. */
#ifndef KERN_PROCNET_H
#define KERN_PROCNET_H

#include "kern/text.h"

#include <mc/iface.h>

/* /proc/net/igmp and igmp6: a membership; in igmp an interface comes before its
 * groups, with a record of its own (group.family is MC_ANY). */
struct procnet_group {
	uint32_t ifindex;
	char ifname[MC_IFNAME];
	int version; /* record of an interface: what IGMP it speaks */
	struct mc_addr group;
	uint32_t users;
	bool reporter, timer_running;
	mc_nsec timer;
};

/* *out goes in as it came out: group lines of igmp do not repeat the interface. */
int procnet_igmp_next(struct procnet_group *out, struct text *t);
int procnet_igmp6_next(struct procnet_group *out, struct text *t);

/* /proc/net/mcfilter and mcfilter6. */
struct procnet_source {
	uint32_t ifindex;
	struct mc_addr group, source;
	uint32_t including, excluding;
};

int procnet_mcfilter_next(struct procnet_source *out, struct text *t);
int procnet_mcfilter6_next(struct procnet_source *out, struct text *t);

/* /proc/net/udp, udp6, udplite, udplite6, raw and raw6. */
struct procnet_socket {
	struct mc_addr local;
	uint16_t port; /* raw: the protocol */
	uint32_t queued_bytes;
	uint32_t uid;
	uint64_t inode, drops;
};

int procnet_socket_next(struct procnet_socket *out, struct text *t);

/* Fields 3 and 9 of /proc/PID/stat; false when it is no such line.  The name in
 * field 2 may hold anything, parentheses and blanks too. */
struct procnet_task {
	char state;
	uint32_t flags;
};

bool procnet_task_read(struct procnet_task *out, struct text t);

#endif
