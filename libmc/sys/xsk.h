/* xsk.h - frames sent through AF_XDP, in copy mode */
#ifndef SYS_XSK_H
#define SYS_XSK_H

#include <mc/base.h>

#define XSK_LONGEST 2048 /* bytes of a frame */

struct xsk;

/* A socket that sends frames on the first queue of an interface.  -EBUSY: another
 * program has that queue; -ENOBUFS: RLIMIT_MEMLOCK; -EAFNOSUPPORT: not this kernel. */
int xsk_open(struct xsk **out, unsigned ifindex, struct mc_why *why);
void xsk_close(struct xsk *x);
int xsk_fd(const struct xsk *x);

/* Copies up to n frames, none above XSK_LONGEST.  How many are the socket's now, to be
 * sent soon if they have not left; when none, -errno: -EAGAIN without room. */
int xsk_send(struct xsk *x, const struct mc_span *frames, unsigned n);

/* From now on frames stay in the ring, while there is room, until xsk_flush. */
void xsk_defer(struct xsk *x);

/* Pushes what has not left.  0: all has; -EAGAIN: not yet.  Any thread may. */
int xsk_flush(struct xsk *x);

/* Frames that the device has dropped instead of sending them, so far. */
uint64_t xsk_dropped(const struct xsk *x);

#endif
