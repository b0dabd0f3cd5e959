/* optbatch.c - many setsockopt calls in one system call: see optbatch.h */
#include "sys/optbatch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/io_uring.h>

/* Numbers of the kernel's interface that older headers do not have. */
#define OP_URING_CMD   46
#define CMD_SETSOCKOPT 3

/* struct io_uring_sqe, as CMD_SETSOCKOPT reads it. */
struct request {
	uint8_t opcode, flags;
	uint16_t priority;
	int32_t fd;
	uint32_t command, unused1;
	uint32_t level, name;
	uint32_t unused2, command_flags;
	uint64_t number; /* comes back in the completion */
	uint32_t unused3;
	uint32_t value_len;
	uint64_t value;
	uint64_t unused4;
};
_Static_assert(sizeof(struct request) == 64, "the kernel's io_uring_sqe has 64 bytes");

/* A part of the ring file, mapped. */
struct region {
	void *at;
	size_t size;
};

struct optbatch {
	int fd;
	bool refused; /* by the kernel: no use asking again */
	struct region submission, requests, completion;
	uint32_t *tail, *slots, mask;
	uint32_t *done_head, *done_tail, done_mask;
	struct io_uring_cqe *done;
};

static bool map(struct region *r, int fd, off_t which, size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, which);

	if (at == MAP_FAILED)
		return false;
	*r = (struct region){ at, size };
	return true;
}

static void unmap(const struct region *r)
{
	if (r->at)
		munmap(r->at, r->size);
}

static uint32_t *word(const struct region *r, uint32_t offset)
{
	return (uint32_t *)((char *)r->at + offset);
}

static bool map_all(struct optbatch *b, const struct io_uring_params *p)
{
	size_t slots = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	size_t done = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);

	if (!map(&b->submission, b->fd, IORING_OFF_SQ_RING, slots) ||
	    !map(&b->completion, b->fd, IORING_OFF_CQ_RING, done) ||
	    !map(&b->requests, b->fd, IORING_OFF_SQES, p->sq_entries * sizeof(struct request)))
		return false;
	b->tail = word(&b->submission, p->sq_off.tail);
	b->slots = word(&b->submission, p->sq_off.array);
	b->mask = *word(&b->submission, p->sq_off.ring_mask);
	b->done_head = word(&b->completion, p->cq_off.head);
	b->done_tail = word(&b->completion, p->cq_off.tail);
	b->done_mask = *word(&b->completion, p->cq_off.ring_mask);
	b->done = (struct io_uring_cqe *)word(&b->completion, p->cq_off.cqes);
	return true;
}

struct optbatch *optbatch_open(void)
{
	struct io_uring_params p = { 0 };
	struct optbatch *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->fd = (int)syscall(SYS_io_uring_setup, OPTBATCH_MAX, &p);
	if (b->fd < 0 || !map_all(b, &p)) {
		optbatch_close(b);
		return NULL;
	}
	return b;
}

void optbatch_close(struct optbatch *b)
{
	if (!b)
		return;
	unmap(&b->submission);
	unmap(&b->completion);
	unmap(&b->requests);
	if (b->fd >= 0)
		close(b->fd);
	free(b);
}

static void submit(struct optbatch *b, const struct setopt *calls, unsigned n)
{
	struct request *all = b->requests.at;
	uint32_t tail = *b->tail;

	for (unsigned i = 0; i < n; i++, tail++) {
		all[i] = (struct request){ .opcode = OP_URING_CMD,
					   .fd = calls[i].fd,
					   .command = CMD_SETSOCKOPT,
					   .level = (uint32_t)calls[i].level,
					   .name = (uint32_t)calls[i].name,
					   .number = i,
					   .value_len = calls[i].len,
					   .value = (uintptr_t)calls[i].value };
		b->slots[tail & b->mask] = i;
	}
	__atomic_store_n(b->tail, tail, __ATOMIC_RELEASE);
}

/* Returns how many were there. */
static unsigned collect(struct optbatch *b, struct setopt *calls, unsigned n)
{
	uint32_t head = *b->done_head, tail = __atomic_load_n(b->done_tail, __ATOMIC_ACQUIRE);
	unsigned found = tail - head;

	for (; head != tail; head++) {
		const struct io_uring_cqe *c = &b->done[head & b->done_mask];

		if (c->user_data < n)
			calls[c->user_data].result = c->res;
	}
	__atomic_store_n(b->done_head, head, __ATOMIC_RELEASE);
	return found;
}

static int enter(const struct optbatch *b, unsigned new, unsigned wait_for)
{
	return (int)syscall(SYS_io_uring_enter, b->fd, new, wait_for, IORING_ENTER_GETEVENTS, NULL,
			    0);
}

static void run(struct optbatch *b, struct setopt *calls, unsigned n)
{
	int taken;
	unsigned found;

	submit(b, calls, n);
	taken = enter(b, n, n);
	/* It stops at the first that it does not know; the rest would linger. */
	b->refused = taken != (int)n;
	found = collect(b, calls, n);
	/* Only a signal ends the wait early. */
	while (taken > 0 && found < (unsigned)taken) {
		if (enter(b, 0, (unsigned)taken - found) < 0 && errno != EINTR)
			break;
		found += collect(b, calls, n);
	}
}

void optbatch_set(struct optbatch *b, struct setopt *calls, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		calls[i].result = -EAGAIN;
	if (b && !b->refused)
		run(b, calls, n);
	/* What failed is asked again in the ordinary way, which has the last word:
	 * a kernel that lacks the command refuses it with errors of its own. */
	for (unsigned i = 0; i < n; i++) {
		struct setopt *c = &calls[i];

		if (c->result < 0 && setsockopt(c->fd, c->level, c->name, c->value, c->len) < 0)
			c->result = -errno;
		else
			c->result = 0;
	}
}
