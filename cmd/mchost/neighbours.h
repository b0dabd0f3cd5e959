/* neighbours.h - answers to ARP, neighbour solicitations and pings for the hosts */
#ifndef MCHOST_NEIGHBOURS_H
#define MCHOST_NEIGHBOURS_H

#include <mc/frame.h>

#include "mchost/identity.h"

struct arp {
	bool request;
	struct mc_mac mac;	/* of the sender */
	struct mc_addr sender;	/* unspecified in a probe */
	struct mc_addr target;	/* whom a request asks for, a reply tells */
	struct mc_mac reply_to; /* of a reply */
};

/* Reads an Ethernet frame of a VLAN (0: untagged).  False: no ARP for IPv4. */
bool arp_read(struct arp *out, const struct mc_span *frame, uint16_t vlan);
void arp_send(struct link *l, const struct arp *a);

struct neighbour_counts {
	uint64_t arp, solicitations, pings; /* answered */
};

/* Answers for a host that is asked for.  dead tells which hosts are silent.  True:
 * the frame is done with. */
typedef bool neighbour_dead(void *data, uint32_t host);

struct neighbours {
	struct link *link;
	const struct identity *id;
	neighbour_dead *dead;
	void *data;
	struct neighbour_counts counts;
};

void neighbours_arp(struct neighbours *n, const struct mc_span *frame);

/* Of a parsed frame: ICMP and ICMPv6.  True when it was answered. */
bool neighbours_icmp(struct neighbours *n, const struct mc_frame *f);

#endif
