/* wheel.h - a timer wheel for a million timers that are mostly put off
 *
 * Putting a timer off only stores the new time; the timer is filed again when
 * its old place comes up.  Timers live in their owner's records and are named
 * by numbers, so records may move.  Resolution: about a millisecond, never
 * early. */
#ifndef FSM_WHEEL_H
#define FSM_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#define WHEEL_NONE     UINT32_MAX /* no timer; 2^31 and above are no names */
#define WHEEL_NEVER    INT64_MAX
#define WHEEL_TICK_LOG 20 /* a tick is 2^20 ns */
#define WHEEL_LEVELS   8  /* of 64 slots: every tick of a 63-bit clock */
#define WHEEL_LANES    8  /* lists that a slot may have */

struct wheel_node {
	uint32_t next, prev; /* prev WHEEL_NONE: not filed */
	int64_t due;
};

typedef struct wheel_node *wheel_at_fn(void *owner, uint32_t id);

struct wheel {
	wheel_at_fn *at;
	void *owner;
	uint64_t tick;
	uint64_t first;		     /* no slot with timers begins before it */
	uint64_t full[WHEEL_LEVELS]; /* bit n: slot n has timers */
	unsigned spreading;	     /* level * 64 + slot that comes up; 0: none */
	unsigned last_lane;	     /* of each slot: 0 or WHEEL_LANES - 1 */
	unsigned lane;		     /* where the next timer is filed */
	unsigned turn;		     /* where the next one is taken from */
	uint32_t slot[WHEEL_LEVELS][64][WHEEL_LANES];
};

void wheel_init(struct wheel *w, wheel_at_fn *at, void *owner);

/* For timers that come by the thousand at a time and lie anywhere in memory: a wheel,
 * still empty, whose slots are several lists each, so that many can be fetched at once.
 * Timers of a tick then come in another order. */
void wheel_widen(struct wheel *w);

/* For a fresh record. */
static inline void wheel_node_init(struct wheel_node *n)
{
	*n = (struct wheel_node){ WHEEL_NONE, WHEEL_NONE, WHEEL_NEVER };
}

static inline bool wheel_is_set(const struct wheel_node *n)
{
	return n->prev != WHEEL_NONE;
}

/* Arms a timer or moves it; what is due already comes with the next tick. */
void wheel_set(struct wheel *w, uint32_t id, int64_t due);

void wheel_clear(struct wheel *w, uint32_t id);

/* Takes out a timer that is due by `now`, earlier ones first; WHEEL_NONE when
 * there is no more.  `now` is not below 0. */
uint32_t wheel_pop(struct wheel *w, int64_t now);

/* The same in at most *budget steps, which it counts down: at 0 there may be
 * more, and wheel_is_due stays true until there is not. */
uint32_t wheel_pop_some(struct wheel *w, int64_t now, unsigned *budget);

/* A timer of a wide wheel that wheel_pop takes out some calls from now, unless something
 * happens to it before; or WHEEL_NONE.  Its node, and that of the one behind it in its
 * list, are there or on their way: time to fetch what else they need. */
uint32_t wheel_ahead(const struct wheel *w);

/* When to call wheel_pop next, after the last `now`; WHEEL_NEVER. */
int64_t wheel_deadline(const struct wheel *w);

/* False when wheel_pop would find nothing: cheap, for those who ask often. */
static inline bool wheel_is_due(struct wheel *w, int64_t now)
{
	uint64_t tick = (uint64_t)now >> WHEEL_TICK_LOG;

	if (tick >= w->first)
		return true;
	if (tick > w->tick)
		w->tick = tick;
	return false;
}

#endif
