/* link.h - the interface: frames to send, side by side, and frames received */
#ifndef MCHOST_LINK_H
#define MCHOST_LINK_H

#include "mchost/config.h"
#include "mchost/pusher.h"

#include <mc/capture.h>
#include <mc/iface.h>
#include <mc/inject.h>

#define LINK_FRAME  65600 /* the longest */
#define LINK_ERRORS 4

struct link_error {
	int err; /* negated errno */
	uint64_t frames;
};

struct link_counts {
	uint64_t sent, bytes; /* bytes of whole frames */
	uint64_t failed;
	uint64_t waits; /* for the queue; nothing was lost */
	struct link_error errors[LINK_ERRORS];
	unsigned n_errors;
};

struct link {
	struct mc_iface iface;
	struct mc_mac mac;
	uint16_t vlan;
	mc_inject *inject;
	mc_cap *cap;
	bool gone;	    /* there is no such interface any more */
	bool down;	    /* when last something was sent */
	bool bypass;	    /* frames leave through AF_XDP */
	struct mc_why path; /* why they do not, though it was tried */
	uint64_t dropped;   /* of what AF_XDP took */
	bool helped;	    /* so many frames came at once that a second thread was asked for */
	bool pushed;	    /* by that one, since the last flush: it sends the rest as well */
	struct pusher pusher;
	struct link_counts counts;
	struct mc_span queue[MC_INJECT_BATCH];
	unsigned queued;
	size_t used;
	uint8_t *arena;
};

/* Opens the interface to send on.  0, or the exit status after a message. */
int link_open(struct link *l, const char *ifname, uint16_t vlan);

/* From now on through AF_XDP, for as many hosts as mchost is; the packet socket stays
 * where that cannot be, unless it was asked for.  0, or the exit status after a message. */
int link_choose_path(struct link *l, enum path_choice path, uint64_t hosts);

/* And to receive: all that concerns groups and neighbours, to any MAC, but from
 * neither this host nor the hosts whose MACs begin with the prefix. */
int link_listen(struct link *l, const uint8_t prefix[3]);
void link_close(struct link *l);

/* Room for a frame of up to len bytes; link_send() queues what was written there.
 * link_flush() sends what is queued, and waits for the kernel's queue. */
uint8_t *link_room(struct link *l, size_t len);
void link_send(struct link *l, size_t len);
void link_flush(struct link *l);

/* And what the second thread has not sent yet: nothing is left then, all is counted. */
void link_settle(struct link *l);

static inline bool link_works(const struct link *l)
{
	return !l->gone && !l->down;
}

/* Builds a packet, in the link's VLAN, and queues it.  0 or a negative error. */
int link_packet(struct link *l, struct mc_inject_packet *p);

#endif
