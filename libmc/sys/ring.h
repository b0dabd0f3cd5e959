/* ring.h - IP packets of one interface in memory shared with the kernel (packet(7))
 *
 * A packet socket beside the IP stack: the kernel copies what arrives into blocks
 * of a ring, and reading costs no system call.  It sees what the host's firewall
 * would drop, fragments as they came, and checksums that nobody has verified. */
#ifndef SYS_RING_H
#define SYS_RING_H

#include <mc/addr.h>

struct ring;

struct ring_frame {
	struct mc_span ip; /* from the IP header on */
	mc_nsec when;
	uint16_t segment; /* > 0: a run of datagrams of this payload that nobody split */
	bool sum_open;	  /* the checksum is not written yet, or the device verified it */
};

/* bytes is the size of the ring, rounded to blocks.  -EPERM without CAP_NET_RAW.
 * Nothing arrives before ring_ports. */
int ring_open(struct ring **out, enum mc_family family, unsigned ifindex, size_t bytes,
	      struct mc_why *why);
void ring_close(struct ring *r); /* NULL is fine */

/* Takes multicast UDP to these ports, of any group.  0 or -errno. */
int ring_ports(struct ring *r, const uint16_t *ports, unsigned n);

int ring_fd(const struct ring *r);
size_t ring_size(const struct ring *r);

/* The next packet: valid until ring_release.  False at the end of a block, or when
 * there is none. */
bool ring_next(struct ring *r, struct ring_frame *out);

/* Gives back to the kernel what was read to its end. */
void ring_release(struct ring *r);

/* Takes an error from the socket, which would stay readable with it: an interface
 * that went down reports that way, and goes on when it comes up. */
void ring_clear_error(struct ring *r);

unsigned ring_fill(const struct ring *r); /* percent of the blocks that wait for the reader */
uint64_t ring_drops(struct ring *r);	  /* since it was opened */

#endif
