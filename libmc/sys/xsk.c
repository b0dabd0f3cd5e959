/* xsk.c - frames sent through AF_XDP, in copy mode
 *
 * Frames are written to memory that the kernel knows, and named to it in a ring; a
 * system call makes it send them.  It copies each to a packet of its own and hands
 * that to the driver, without queueing discipline and taps.  Nothing is asked of the
 * driver, and nothing received: no program is loaded, and the fill ring stays empty. */
#include "sys/xsk.h"

#include "sys/why.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9 /* Linux 6.18: frames a call, else 32 */
#endif

#define SLOTS  256 /* a power of two, as rings are */
#define BUDGET 128
/* Each slot has room for a long frame, and for a short one: these lie side by side, in
 * the order of use, for the CPU that reads them to fetch ahead. */
#define LONG_BYTES  XSK_LONGEST
#define SHORT_BYTES 128
#define SHORTS	    (SLOTS * SHORT_BYTES)
#define MEMORY	    (SHORTS + SLOTS * LONG_BYTES)
#define TRIES	    6
#define TRY_MS	    10
#define YIELDS	    1000

struct ring {
	void *map;
	size_t len;
	uint32_t *producer, *consumer;
	void *entries;
};

struct xsk {
	int fd;
	uint8_t *memory;
	struct ring tx, done;
	uint32_t sent;	      /* our end of the ring */
	bool deferred, stuck; /* the second: since nothing leaves, why wait for whoever pushes? */
	uint64_t dropped;     /* by whichever thread */
	uint32_t n_free, next_free;
	uint16_t free[SLOTS]; /* a ring */
};

static unsigned slot_at(uint64_t at)
{
	return (unsigned)(at < SHORTS ? at / SHORT_BYTES : (at - SHORTS) / LONG_BYTES);
}

static void give_back(struct xsk *x, unsigned slot)
{
	x->free[(x->next_free + x->n_free++) % SLOTS] = (uint16_t)slot;
}

/* --- opening ------------------------------------------------------------- */

static int set_size(struct xsk *x, int option, int n)
{
	return setsockopt(x->fd, SOL_XDP, option, &n, sizeof(n)) < 0 ? -errno : 0;
}

static int map_ring(struct xsk *x, struct ring *r, const struct xdp_ring_offset *at, size_t entry,
		    off_t which)
{
	char *map;

	r->len = at->desc + SLOTS * entry;
	map = mmap(NULL, r->len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, x->fd, which);
	if (map == MAP_FAILED)
		return -errno;
	r->map = map;
	r->producer = (uint32_t *)(void *)(map + at->producer);
	r->consumer = (uint32_t *)(void *)(map + at->consumer);
	r->entries = map + at->desc;
	return 0;
}

static int map_rings(struct xsk *x)
{
	struct xdp_mmap_offsets at;
	socklen_t len = sizeof(at);
	int err;

	if (getsockopt(x->fd, SOL_XDP, XDP_MMAP_OFFSETS, &at, &len) < 0)
		return -errno;
	if (len != sizeof(at)) /* before Linux 5.4 */
		return -EAFNOSUPPORT;
	err = map_ring(x, &x->tx, &at.tx, sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
	return err ? err
		   : map_ring(x, &x->done, &at.cr, sizeof(uint64_t),
			      (off_t)XDP_UMEM_PGOFF_COMPLETION_RING);
}

static int share_memory(struct xsk *x)
{
	struct xdp_umem_reg reg = { .len = MEMORY, .chunk_size = LONG_BYTES };
	void *map = mmap(NULL, reg.len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (map == MAP_FAILED)
		return -errno;
	x->memory = map;
	reg.addr = (uintptr_t)map;
	return setsockopt(x->fd, SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) < 0 ? -errno : 0;
}

/* A queue that was another socket's stays busy for a moment after its end. */
static int bind_queue(struct xsk *x, unsigned ifindex)
{
	struct sockaddr_xdp to = { .sxdp_family = AF_XDP,
				   .sxdp_flags = XDP_COPY,
				   .sxdp_ifindex = ifindex };

	for (int i = 0; i < TRIES; i++) {
		if (bind(x->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
			return 0;
		if (errno != EBUSY)
			break;
		(void)poll(NULL, 0, TRY_MS);
	}
	return -errno;
}

static int set_up(struct xsk *x, unsigned ifindex)
{
	int err = share_memory(x);

	if (!err)
		err = set_size(x, XDP_UMEM_COMPLETION_RING, SLOTS);
	if (!err)
		err = set_size(x, XDP_UMEM_FILL_RING, SLOTS);
	if (!err)
		err = set_size(x, XDP_TX_RING, SLOTS);
	if (!err)
		err = map_rings(x);
	if (!err)
		err = bind_queue(x, ifindex);
	if (!err)
		(void)set_size(x, XDP_MAX_TX_SKB_BUDGET, BUDGET);
	return err;
}

static int explain(struct mc_why *why, int err, unsigned ifindex)
{
	if (err == -EBUSY)
		return why_set(why, err, "AF_XDP: another program uses interface %u's queue",
			       ifindex);
	why_set(why, err, "AF_XDP on interface %u: %s", ifindex, mc_strerror(err));
	if (err == -EPERM || err == -EACCES)
		why_fix(why, "run as root, or grant it: setcap cap_net_raw+ep PROGRAM");
	if (err == -ENOBUFS)
		why_fix(why, "allow %u KiB of locked memory (ulimit -l)", MEMORY / 1024);
	return err;
}

int xsk_open(struct xsk **out, unsigned ifindex, struct mc_why *why)
{
	struct xsk *x = calloc(1, sizeof(*x));
	int err;

	*out = NULL;
	if (!x)
		return why_set(why, -ENOMEM, "no memory for an injector");
	x->fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	err = x->fd < 0 ? -errno : set_up(x, ifindex);
	if (err) {
		xsk_close(x);
		return explain(why, err, ifindex);
	}
	for (unsigned i = 0; i < SLOTS; i++)
		give_back(x, i);
	*out = x;
	return 0;
}

void xsk_close(struct xsk *x)
{
	if (!x)
		return;
	if (x->tx.map)
		munmap(x->tx.map, x->tx.len);
	if (x->done.map)
		munmap(x->done.map, x->done.len);
	if (x->fd >= 0)
		close(x->fd);
	if (x->memory)
		munmap(x->memory, MEMORY);
	free(x);
}

int xsk_fd(const struct xsk *x)
{
	return x->fd;
}

uint64_t xsk_dropped(const struct xsk *x)
{
	return __atomic_load_n(&x->dropped, __ATOMIC_RELAXED);
}

void xsk_defer(struct xsk *x)
{
	x->deferred = true;
}

/* --- sending ------------------------------------------------------------- */

/* Takes back the memory of frames that the driver is done with, in its order. */
static void reclaim(struct xsk *x)
{
	const uint64_t *entries = x->done.entries;
	uint32_t at = *x->done.consumer; /* ours to write */
	uint32_t end = __atomic_load_n(x->done.producer, __ATOMIC_ACQUIRE);

	for (; at != end; at++)
		give_back(x, slot_at(entries[at % SLOTS]));
	__atomic_store_n(x->done.consumer, at, __ATOMIC_RELEASE);
}

static void put_frame(struct xsk *x, const struct mc_span *frame)
{
	unsigned slot = x->free[x->next_free++ % SLOTS];
	size_t at = frame->len <= SHORT_BYTES ? slot * SHORT_BYTES : SHORTS + slot * LONG_BYTES;
	struct xdp_desc *entries = x->tx.entries;

	x->n_free--;
	memcpy(x->memory + at, frame->p, frame->len);
	entries[x->sent++ % SLOTS] = (struct xdp_desc){ .addr = at, .len = (uint32_t)frame->len };
}

static uint32_t taken(const struct xsk *x)
{
	return __atomic_load_n(x->tx.consumer, __ATOMIC_ACQUIRE);
}

/* A call sends some of what is in the ring, or says why it does not.  Threads may call
 * side by side: the kernel lets one at a time send. */
int xsk_flush(struct xsk *x)
{
	uint32_t before;

	while ((before = taken(x)) != __atomic_load_n(x->tx.producer, __ATOMIC_ACQUIRE)) {
		int err = sendto(x->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 ? -errno : 0;

		if (err == -EBUSY) /* the frame is gone all the same */
			__atomic_add_fetch(&x->dropped, 1, __ATOMIC_RELAXED);
		else if (taken(x) == before)
			return err ? err : -EAGAIN;
	}
	return 0;
}

/* Whoever pushes makes room in less time than it takes to sleep.  To push as well would
 * only be to wait, for the same lock in the kernel. */
static bool wait_for_room(struct xsk *x, unsigned n)
{
	for (unsigned i = 0; i < YIELDS; i++) {
		reclaim(x);
		if (x->n_free >= n)
			return true;
		sched_yield();
	}
	return false;
}

/* What is in the ring is the kernel's, whatever comes next: an error comes again with
 * the next call, which takes nothing while the link is down. */
int xsk_send(struct xsk *x, const struct mc_span *frames, unsigned n)
{
	unsigned done = 0;
	int err = 0;

	if (!x->deferred || x->stuck || !wait_for_room(x, n)) {
		err = xsk_flush(x);
		x->stuck = err != 0;
		if (err && err != -EAGAIN)
			return err;
		reclaim(x);
	}
	while (done < n && x->n_free)
		put_frame(x, &frames[done++]);
	__atomic_store_n(x->tx.producer, x->sent, __ATOMIC_RELEASE);
	if (!x->deferred)
		err = xsk_flush(x);
	return done ? (int)done : err ? err : -EAGAIN;
}
