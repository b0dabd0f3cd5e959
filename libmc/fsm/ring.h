/* ring.h - lists of records by number, linked both ways through the records */
#ifndef FSM_RING_H
#define FSM_RING_H

#include "store.h"

struct ring {
	uint32_t first, last;
};

struct hook {
	uint32_t next, prev;
};

/* Where a record has its place in the list.  Given by name, the compiler calls
 * nothing. */
typedef struct hook *hook_at_fn(void *owner, uint32_t id);

static inline void ring_init(struct ring *r)
{
	*r = (struct ring){ NONE, NONE };
}

static inline void ring_append(struct ring *r, hook_at_fn *at, void *owner, uint32_t id)
{
	*at(owner, id) = (struct hook){ NONE, r->last };
	if (r->last == NONE)
		r->first = id;
	else
		at(owner, r->last)->next = id;
	r->last = id;
}

static inline void ring_prepend(struct ring *r, hook_at_fn *at, void *owner, uint32_t id)
{
	*at(owner, id) = (struct hook){ r->first, NONE };
	if (r->first == NONE)
		r->last = id;
	else
		at(owner, r->first)->prev = id;
	r->first = id;
}

static inline void ring_remove(struct ring *r, hook_at_fn *at, void *owner, uint32_t id)
{
	struct hook h = *at(owner, id);

	if (h.prev == NONE)
		r->first = h.next;
	else
		at(owner, h.prev)->next = h.next;
	if (h.next == NONE)
		r->last = h.prev;
	else
		at(owner, h.next)->prev = h.prev;
}

static inline void ring_to_end(struct ring *r, hook_at_fn *at, void *owner, uint32_t id)
{
	if (r->last == id)
		return;
	ring_remove(r, at, owner, id);
	ring_append(r, at, owner, id);
}

#endif
