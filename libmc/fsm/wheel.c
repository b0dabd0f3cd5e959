/* wheel.c - a timer wheel: see wheel.h
 *
 * A timer is filed at the highest base-64 digit in which its tick differs from
 * the present one, in the slot of its own digit there.  So every timer of a
 * lower level is due before every timer of a higher one, and within a level
 * slots are due in order: the first bit set is what comes next.
 *
 * A list tells where a timer is when the one before it has come from memory: of a
 * million that are due, each costs the whole latency of memory.  So a slot of a wide
 * wheel is several lists, filled and emptied in turn, and while one timer is dealt
 * with the next ones of the other lists are on their way. */
#include "wheel.h"

#define SLOT_FLAG UINT32_C(0x80000000) /* prev of the first in a list */
#define AHEAD	  (WHEEL_LANES / 2)

void wheel_init(struct wheel *w, wheel_at_fn *at, void *owner)
{
	w->at = at;
	w->owner = owner;
	w->tick = 0;
	w->first = UINT64_MAX;
	w->spreading = 0;
	w->last_lane = w->lane = w->turn = 0;
	for (unsigned level = 0; level < WHEEL_LEVELS; level++) {
		w->full[level] = 0;
		for (unsigned i = 0; i < 64; i++)
			for (unsigned lane = 0; lane < WHEEL_LANES; lane++)
				w->slot[level][i][lane] = WHEEL_NONE;
	}
}

void wheel_widen(struct wheel *w)
{
	w->last_lane = WHEEL_LANES - 1;
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
	unsigned i = tick >> (6 * level) & 63, lane = w->lane++ & w->last_lane;
	uint32_t *head = &w->slot[level][i][lane];

	n->next = *head;
	n->prev = SLOT_FLAG | (level << 6 | i) * WHEEL_LANES | lane;
	if (n->next != WHEEL_NONE)
		w->at(w->owner, n->next)->prev = id;
	*head = id;
	w->full[level] |= UINT64_C(1) << i;
	if (tick >> (6 * level) << (6 * level) < w->first) /* where its slot begins */
		w->first = tick >> (6 * level) << (6 * level);
}

static bool is_empty(const uint32_t slot[WHEEL_LANES])
{
	uint32_t all = WHEEL_NONE; /* all ones, which no name is */

	for (unsigned lane = 0; lane < WHEEL_LANES; lane++)
		all &= slot[lane];
	return all == WHEEL_NONE;
}

/* The first of the list whose turn it is, or of the next one that has any. */
static uint32_t first_of(const struct wheel *w, unsigned level, unsigned i)
{
	uint32_t id = WHEEL_NONE;

	for (unsigned k = 0; k <= w->last_lane && id == WHEEL_NONE; k++)
		id = w->slot[level][i][(w->turn + k) & w->last_lane];
	return id;
}

/* What is behind a timer in half a round will be written to when that one leaves. */
static void fetch_ahead(struct wheel *w, unsigned level, unsigned i)
{
	uint32_t id = w->slot[level][i][(w->turn + AHEAD) & w->last_lane];

	if (id != WHEEL_NONE && (id = w->at(w->owner, id)->next) != WHEEL_NONE)
		__builtin_prefetch(w->at(w->owner, id), 1);
}

static void unfile(struct wheel *w, struct wheel_node *n)
{
	if (n->next != WHEEL_NONE)
		w->at(w->owner, n->next)->prev = n->prev;
	if (n->prev & SLOT_FLAG) {
		unsigned lane = n->prev % WHEEL_LANES, i = n->prev / WHEEL_LANES & 63,
			 level = n->prev / WHEEL_LANES >> 6 & 15;

		w->slot[level][i][lane] = n->next;
		if (n->next == WHEEL_NONE && is_empty(w->slot[level][i]))
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
	unsigned level = w->spreading / 64, i = w->spreading % 64;
	uint32_t id;

	while ((id = first_of(w, level, i)) != WHEEL_NONE) {
		if (*budget == 0)
			return false;
		--*budget;
		fetch_ahead(w, level, i);
		w->turn++;
		refile(w, id, w->at(w->owner, id));
	}
	w->spreading = 0;
	return true;
}

/* One step on the way to the next timer.  False at the end of the budget. */
static bool step(struct wheel *w, unsigned level, unsigned i, unsigned *budget)
{
	uint32_t id = first_of(w, level, i);

	if (level > 0) {
		w->spreading = level * 64 + i;
		return spread(w, budget);
	}
	if (*budget == 0)
		return false;
	--*budget;
	w->turn++;
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
		uint32_t id = first_of(w, level, i);
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
		fetch_ahead(w, level, i);
		w->turn++;
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

uint32_t wheel_ahead(const struct wheel *w)
{
	if (!w->full[0])
		return WHEEL_NONE;
	return w->slot[0][__builtin_ctzll(w->full[0])][(w->turn + AHEAD) & w->last_lane];
}
