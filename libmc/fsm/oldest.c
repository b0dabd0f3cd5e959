/* oldest.c - the member that was heard least recently, without a list of all
 *
 * Each time a member is heard it takes the next turn, one number in its own cache
 * line.  A list by age would have to be mended at two neighbours, somewhere else in
 * memory, each time.  Instead, when room is needed, all are looked through for an
 * eighth of them, those with the lowest turns.  Whoever is heard after that, or is
 * new, has a higher turn than all of these; so the list is right until its end, if
 * those are passed over that have been heard, or left, since.  As each place of the
 * list costs a new member or a report that was heard, looking through costs eight
 * or sixteen records, which lie one behind the other, for each. */
#include "state.h"

#define PART	8
#define LEAST	64 /* members in the list */
#define BUCKETS 1024

struct ages {
	uint64_t from; /* turn of the first bucket */
	unsigned log;  /* 2^n turns in each */
	uint32_t n[BUCKETS];
};

static void count(const struct mc_observer *o, struct ages *a)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		a->n[i] = 0;
	for (uint32_t id = 0; id < o->members.used; id++) {
		uint64_t bucket = (member_at(o, id)->turn - a->from) >> a->log;

		if (pool_is_live(&o->members, id) && bucket < BUCKETS)
			a->n[bucket]++;
	}
}

/* Below which turn there are members, but no more than `most`. */
static uint64_t find_limit(const struct mc_observer *o, size_t most)
{
	struct ages a = { .from = o->oldest.floor };
	uint64_t span = o->turn - a.from;
	size_t n = 0;

	for (;;) {
		unsigned i = 0;

		while (span >> a.log >= BUCKETS)
			a.log++;
		count(o, &a);
		while (i < BUCKETS && n + a.n[i] <= most)
			n += a.n[i++];
		a.from += (uint64_t)i << a.log;
		if (n) /* turns to come are above it */
			return a.from < o->turn ? a.from : o->turn;
		span = (UINT64_C(1) << a.log) - 1; /* too many in one bucket */
		a.log = 0;
	}
}

static int no_order(const void *owner, uint32_t a, uint32_t b)
{
	(void)owner;
	return a < b ? -1 : a > b; /* no two have the same turn */
}

static bool refill(struct mc_observer *o)
{
	struct order *l = &o->oldest.list;
	size_t most = o->members.live / PART + LEAST;
	uint64_t limit = find_limit(o, most);

	order_close(l);
	if (order_open(l, o->alloc, o, no_order, most) < 0)
		return false;
	for (uint32_t id = 0; id < o->members.used; id++)
		if (pool_is_live(&o->members, id) && member_at(o, id)->turn < limit)
			l->items[l->n++] = (struct item){ member_at(o, id)->turn, id };
	order_sort(l);
	o->oldest.next = 0;
	o->oldest.floor = limit;
	return true;
}

/* The next ones to go are fetched while this one goes. */
static void look_ahead(const struct mc_observer *o, size_t i)
{
	const struct order *l = &o->oldest.list;
	const struct member *m;

	if (i + 8 < l->n) {
		__builtin_prefetch(member_at(o, l->items[i + 8].id));
		__builtin_prefetch(beside_at(o, l->items[i + 8].id));
	}
	if (i + 4 >= l->n)
		return;
	m = member_at(o, l->items[i + 4].id);
	if (m->turn != l->items[i + 4].key || m->group == NONE)
		return;
	index_prefetch(&o->by_pair, pair_hash(o, m->group, m->host));
	__builtin_prefetch(group_at(o, m->group));
	__builtin_prefetch(host_at(o, m->host));
}

/* NONE without memory. */
uint32_t oldest_member(struct mc_observer *o)
{
	struct oldest *old = &o->oldest;

	for (;;) {
		while (old->next < old->list.n) {
			const struct item *i = &old->list.items[old->next];

			look_ahead(o, old->next++);
			if (pool_is_live(&o->members, i->id) && member_at(o, i->id)->turn == i->key)
				return i->id;
		}
		if (!refill(o))
			return NONE;
	}
}

void oldest_close(struct mc_observer *o)
{
	if (o->oldest.list.alloc)
		order_close(&o->oldest.list);
}
