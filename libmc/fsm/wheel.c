/* wheel.c - a timer wheel: see wheel.h
 *
 * A timer is filed at the highest base-64 digit in which its tick differs from
 * the present one, in the slot of its own digit there.  So every timer of a
 * lower level is due before every timer of a higher one, and within a level
 * slots are due in order: the first bit set is what comes next. */
#include "wheel.h"

#define SLOT_FLAG UINT32_C(0x80000000) /* prev of the first in a slot */

void wheel_init(struct wheel *w, wheel_at_fn *at, void *owner)
{
	w->at = at;
	w->owner = owner;
	w->tick = 0;
	w->first = UINT64_MAX;
	w->spreading = 0;
	for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
		w->full[level] = 0;
		for (unsigned i = 0; i < 64; i++)
			w->slot[level][i] = WHEEL_NONE;
	}
}

static uint64_t tick_before(int64_t t)
{
	return (uint64_t)t >> WHEEL_TICK_LOG;
}

/* Not early, but for the last tick of all, after which there is none. */
static uint64_t tick_after(int64_t t)
{
	uint64_t part = (UINT64_C(1) << WHEEL_TICK_LOG) - 1;

	return tick_before(t < 0 ? 0 : t > INT64_MAX - (int64_t)part ? t : t + (int64_t)part);
}

static void file(struct wheel *w, uint32_t id, struct wheel_node *n, uint64_t tick)
{
	uint64_t differs = tick ^ w->tick;
	unsigned level = differs ? (63 - (unsigned)__builtin_clzll(differs)) / 6 : 0;
	unsigned i = tick >> (6 * level) & 63;

	n->next = w->slot[level][i];
	n->prev = SLOT_FLAG | level << 6 | i;
	if (n->next != WHEEL_NONE)
		w->at(w->owner, n->next)->prev = id;
	w->slot[level][i] = id;
	w->full[level] |= UINT64_C(1) << i;
	if (tick >> (6 * level) << (6 * level) < w->first) /* where its slot begins */
		w->first = tick >> (6 * level) << (6 * level);
}

static void unfile(struct wheel *w, struct wheel_node *n)
{
	if (n->next != WHEEL_NONE)
		w->at(w->owner, n->next)->prev = n->prev;
	if (n->prev & SLOT_FLAG) {
		unsigned level = n->prev >> 6 & 15, i = n->prev & 63;

		w->slot[level][i] = n->next;
		if (n->next == WHEEL_NONE)
			w->full[level] &= ~(UINT64_C(1) << i);
	} else {
		w->at(w->owner, n->prev)->next = n->next;
	}
	n->prev = WHEEL_NONE;
}

void wheel_set(struct wheel *w, uint32_t id, int64_t due)
{
	struct wheel_node *n = w->at(w->owner, id);
	bool later = wheel_is_set(n) && due >= n->due;
	uint64_t tick = tick_after(due);

	n->due = due;
	if (later)
		return;
	if (wheel_is_set(n))
		unfile(w, n);
	file(w, id, n, tick > w->tick ? tick : w->tick + 1);
}

void wheel_clear(struct wheel *w, uint32_t id)
{
	struct wheel_node *n = w->at(w->owner, id);

	if (wheel_is_set(n))
		unfile(w, n);
}

/* The tick at which the first slot begins; false when all are empty. */
static bool first_slot(const struct wheel *w, unsigned *level, unsigned *i, uint64_t *tick)
{
	for (*level = 0; *level < WHEEL_LEVELS; ++*level) {
		unsigned shift = 6 * *level;

		if (!w->full[*level])
			continue;
		*i = (unsigned)__builtin_ctzll(w->full[*level]);
		*tick = (w->tick >> shift >> 6 << 6 | *i) << shift;
		return true;
	}
	return false;
}

static void refile(struct wheel *w, uint32_t id, struct wheel_node *n)
{
	uint64_t due = tick_after(n->due);

	unfile(w, n);
	file(w, id, n, due > w->tick ? due : w->tick);
}

/* All of a slot before anything else: its timers are due before the next slot's,
 * but in any order among themselves.  False when the budget ends first. */
static bool spread(struct wheel *w, unsigned *budget)
{
	uint32_t *slot = &w->slot[w->spreading / 64][w->spreading % 64], id;

	while ((id = *slot) != WHEEL_NONE) {
		if (*budget == 0)
			return false;
		--*budget;
		refile(w, id, w->at(w->owner, id));
	}
	w->spreading = 0;
	return true;
}

/* One step on the way to the next timer.  False at the end of the budget. */
static bool step(struct wheel *w, unsigned level, unsigned i, unsigned *budget)
{
	uint32_t id = w->slot[level][i];

	if (level > 0) {
		w->spreading = level * 64 + i;
		return spread(w, budget);
	}
	if (*budget == 0)
		return false;
	--*budget;
	refile(w, id, w->at(w->owner, id)); /* it was put off */
	return true;
}

uint32_t wheel_pop_some(struct wheel *w, int64_t now, unsigned *budget)
{
	uint64_t until = tick_before(now), tick;
	unsigned level, i;

	if (w->spreading && !spread(w, budget))
		return WHEEL_NONE;
	while (first_slot(w, &level, &i, &tick) && tick <= until) {
		uint32_t id = w->slot[level][i];
		struct wheel_node *n = w->at(w->owner, id);

		w->tick = tick;
		if (level > 0 || tick_after(n->due) > tick) {
			if (!step(w, level, i, budget))
				return WHEEL_NONE;
			continue;
		}
		if (*budget == 0)
			return WHEEL_NONE;
		--*budget;
		unfile(w, n);
		return id;
	}
	if (until > w->tick)
		w->tick = until;
	w->first = first_slot(w, &level, &i, &tick) ? tick : UINT64_MAX;
	return WHEEL_NONE;
}

uint32_t wheel_pop(struct wheel *w, int64_t now)
{
	unsigned budget = UINT32_MAX;
	uint32_t id;

	do {
		id = wheel_pop_some(w, now, &budget);
	} while (id == WHEEL_NONE && budget == 0);
	return id;
}

int64_t wheel_deadline(const struct wheel *w)
{
	unsigned level, i;
	uint64_t tick;

	if (w->spreading)
		return (int64_t)(w->tick << WHEEL_TICK_LOG);
	if (!first_slot(w, &level, &i, &tick))
		return WHEEL_NEVER;
	return (int64_t)(tick << WHEEL_TICK_LOG);
}
