/* order.h - sorting numbers of records without the C library's help
 *
 * A merge sort: stable, and no slower for input made against it. */
#ifndef FSM_ORDER_H
#define FSM_ORDER_H

#include "store.h"

struct item {
	uint64_t key;
	uint32_t id;
};

/* Breaks ties of keys. */
typedef int order_fn(const void *owner, uint32_t a, uint32_t b);

struct order {
	alloc_fn *alloc;
	const void *owner;
	order_fn *order;
	struct item *items, *spare;
	size_t n; /* filled in by the caller */
};

/* Room for n items; 0 or -ENOMEM. */
int order_open(struct order *l, alloc_fn *alloc, const void *owner, order_fn *order, size_t n);
void order_close(struct order *l);
void order_sort(struct order *l);

/* The first four bytes decide for IPv4, and order_fn for the rest. */
static inline uint64_t order_key(uint32_t number, const uint8_t *bytes)
{
	return (uint64_t)number << 32 | (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

#endif
