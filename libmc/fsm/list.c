/* list.c - members and queriers in order */
#include "state.h"
#include <errno.h>
#include <string.h>

struct item {
	uint64_t key;
	uint32_t id;
};

/* Breaks ties of keys. */
typedef int order_fn(const struct mc_observer *o, uint32_t a, uint32_t b);

struct order {
	const struct mc_observer *o;
	order_fn *order;
	struct item *items, *spare;
	size_t n;
};

static bool comes_before(const struct order *l, const struct item *a, const struct item *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	return l->order(l->o, a->id, b->id) < 0;
}

static void merge(const struct order *l, size_t from, size_t middle, size_t to)
{
	size_t i = from, j = middle;

	for (size_t k = from; k < to; k++) {
		bool right = i == middle || (j < to && comes_before(l, &l->items[j], &l->items[i]));

		l->spare[k] = right ? l->items[j++] : l->items[i++];
	}
}

static void sort(struct order *l)
{
	for (size_t run = 1; run < l->n; run *= 2) {
		struct item *items = l->items;

		for (size_t from = 0; from < l->n; from += 2 * run) {
			size_t middle = from + run < l->n ? from + run : l->n;
			size_t to = middle + run < l->n ? middle + run : l->n;

			merge(l, from, middle, to);
		}
		l->items = l->spare;
		l->spare = items;
	}
}

/* The first four bytes decide for IPv4, and order_fn for the rest. */
static uint64_t key_of(uint32_t number, const uint8_t *bytes)
{
	return (uint64_t)number << 32 | (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

static int hosts_order(const struct mc_observer *o, uint32_t a, uint32_t b)
{
	const struct host *x = host_at(o, a), *y = host_at(o, b);
	int order = memcmp(x->addr, y->addr, sizeof(x->addr));

	if (order)
		return order;
	return memcmp(&x->mac, &y->mac, sizeof(x->mac));
}

static int groups_order(const struct mc_observer *o, uint32_t a, uint32_t b)
{
	return memcmp(group_at(o, a)->addr, group_at(o, b)->addr, 16);
}

static int members_order(const struct mc_observer *o, uint32_t a, uint32_t b)
{
	(void)o;
	return a < b ? -1 : a > b;
}

static int askers_order(const struct mc_observer *o, uint32_t a, uint32_t b)
{
	return hosts_order(o, asker_at(o, a)->host, asker_at(o, b)->host);
}

static void *take(struct mc_observer *o, size_t n, size_t size)
{
	return o->alloc(NULL, (n ? n : 1) * size);
}

static void give(struct mc_observer *o, void *p)
{
	if (p)
		o->alloc(p, 0);
}

static int order_open(struct order *l, struct mc_observer *o, order_fn *order, size_t n)
{
	*l = (struct order){ .o = o, .order = order };
	l->items = take(o, n, sizeof(*l->items));
	l->spare = take(o, n, sizeof(*l->spare));
	if (l->items && l->spare)
		return 0;
	give(o, l->items);
	give(o, l->spare);
	return -ENOMEM;
}

static void order_close(struct order *l, struct mc_observer *o)
{
	give(o, l->items);
	give(o, l->spare);
}

/* The place of every record of a pool, by number. */
static uint32_t *rank(struct mc_observer *o, const struct pool *p, order_fn *order)
{
	uint32_t *ranks = take(o, p->used, sizeof(*ranks));
	struct order l;

	if (!ranks || order_open(&l, o, order, p->live) < 0) {
		give(o, ranks);
		return NULL;
	}
	for (uint32_t id = 0; id < p->used; id++) {
		if (!pool_is_live(p, id))
			continue;
		l.items[l.n].id = id;
		l.items[l.n++].key = p == &o->hosts
					     ? key_of(0, host_at(o, id)->addr)
					     : key_of(link_at(o, group_at(o, id)->link)->number,
						      group_at(o, id)->addr);
	}
	sort(&l);
	for (size_t i = 0; i < l.n; i++)
		ranks[l.items[i].id] = (uint32_t)i;
	order_close(&l, o);
	return ranks;
}

static int order_members(struct order *l, struct mc_observer *o)
{
	uint32_t *groups = rank(o, &o->groups, groups_order);
	uint32_t *hosts = rank(o, &o->hosts, hosts_order);
	int rc = groups && hosts ? order_open(l, o, members_order, o->members.live) : -ENOMEM;

	for (uint32_t id = 0; rc == 0 && id < o->members.used; id++) {
		const struct member *m = member_at(o, id);

		if (pool_is_live(&o->members, id))
			l->items[l->n++] =
				(struct item){ (uint64_t)groups[m->group] << 32 | hosts[m->host],
					       id };
	}
	give(o, groups);
	give(o, hosts);
	return rc;
}

int mc_observer_members(mc_observer *o, void (*fn)(void *, const struct mc_member *), void *data)
{
	struct order l;
	struct shown m;
	int rc = order_members(&l, o);

	if (rc < 0)
		return rc;
	sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_member(o, l.items[i].id, &m);
		fn(data, &m.m);
	}
	order_close(&l, o);
	return 0;
}

int mc_observer_queriers(mc_observer *o, void (*fn)(void *, const struct mc_querier *), void *data)
{
	struct order l;
	struct mc_querier q;
	int rc = order_open(&l, o, askers_order, o->askers.live);

	if (rc < 0)
		return rc;
	for (uint32_t id = 0; id < o->askers.used; id++) {
		const struct asker *a = asker_at(o, id);

		if (pool_is_live(&o->askers, id))
			l.items[l.n++] = (struct item){
				key_of(link_at(o, a->link)->number, host_at(o, a->host)->addr), id
			};
	}
	sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_querier(o, l.items[i].id, &q);
		fn(data, &q);
	}
	order_close(&l, o);
	return 0;
}
