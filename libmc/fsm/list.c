/* list.c - members and queriers in order */
#include "order.h"
#include "state.h"
#include <errno.h>
#include <string.h>

static int hosts_order(const void *o, uint32_t a, uint32_t b)
{
	const struct host *x = host_at(o, a), *y = host_at(o, b);
	int order = memcmp(x->addr, y->addr, sizeof(x->addr));

	if (order)
		return order;
	return memcmp(&x->mac, &y->mac, sizeof(x->mac));
}

static int groups_order(const void *o, uint32_t a, uint32_t b)
{
	return memcmp(group_at(o, a)->addr, group_at(o, b)->addr, 16);
}

static int members_order(const void *o, uint32_t a, uint32_t b)
{
	(void)o;
	return a < b ? -1 : a > b;
}

static int askers_order(const void *o, uint32_t a, uint32_t b)
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

/* Of members of one group. */
static int of_group_order(const void *o, uint32_t a, uint32_t b)
{
	return hosts_order(o, member_at(o, a)->host, member_at(o, b)->host);
}

static uint64_t group_key(const struct mc_observer *o, uint32_t id)
{
	const struct group *g = group_at(o, id);

	return order_key(link_at(o, g->link)->number, g->addr);
}

/* The place of every record of a pool, by number. */
static uint32_t *rank(struct mc_observer *o, const struct pool *p, order_fn *order)
{
	uint32_t *ranks = take(o, p->used, sizeof(*ranks));
	struct order l;

	if (!ranks || order_open(&l, o->alloc, o, order, p->live) < 0) {
		give(o, ranks);
		return NULL;
	}
	for (uint32_t id = 0; id < p->used; id++) {
		if (!pool_is_live(p, id))
			continue;
		l.items[l.n].id = id;
		l.items[l.n++].key =
			p == &o->hosts ? order_key(0, host_at(o, id)->addr) : group_key(o, id);
	}
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++)
		ranks[l.items[i].id] = (uint32_t)i;
	order_close(&l);
	return ranks;
}

static int order_members(struct order *l, struct mc_observer *o)
{
	uint32_t *groups = rank(o, &o->groups, groups_order);
	uint32_t *hosts = rank(o, &o->hosts, hosts_order);
	int rc = groups && hosts ? order_open(l, o->alloc, o, members_order, o->members.live)
				 : -ENOMEM;

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

/* In order, and that is the end of it. */
static int list_members(struct order *l, struct mc_observer *o,
			void (*fn)(void *, const struct mc_member *), void *data)
{
	struct shown m;

	order_sort(l);
	for (size_t i = 0; i < l->n; i++) {
		show_member(o, l->items[i].id, &m);
		fn(data, &m.m);
	}
	order_close(l);
	return 0;
}

int mc_observer_members(mc_observer *o, void (*fn)(void *, const struct mc_member *), void *data)
{
	struct order l;
	int rc = order_members(&l, o);

	return rc < 0 ? rc : list_members(&l, o, fn, data);
}

int mc_observer_groups(mc_observer *o, void (*fn)(void *, const struct mc_observed_group *),
		       void *data)
{
	struct order l;
	int rc = order_open(&l, o->alloc, o, groups_order, o->groups.live);

	if (rc < 0)
		return rc;
	for (uint32_t id = 0; id < o->groups.used; id++)
		if (pool_is_live(&o->groups, id) && group_at(o, id)->n_members)
			l.items[l.n++] = (struct item){ group_key(o, id), id };
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = group_at(o, l.items[i].id);
		struct mc_observed_group out = { link_at(o, g->link)->number, group_addr(g),
						 g->n_members };

		fn(data, &out);
	}
	order_close(&l);
	return 0;
}

int mc_observer_group_members(mc_observer *o, uint32_t link, const struct mc_addr *group,
			      void (*fn)(void *, const struct mc_member *), void *data)
{
	uint32_t in = link_find(o, link, group->family), id = NONE;
	struct order l;
	int rc;

	if (in != NONE)
		id = group_find(o, in, group);
	if (id == NONE)
		return 0;
	rc = order_open(&l, o->alloc, o, of_group_order, group_at(o, id)->n_members);
	if (rc < 0)
		return rc;
	for (uint32_t m = group_at(o, id)->head; m != NONE; m = beside_at(o, m)->next)
		l.items[l.n++] =
			(struct item){ order_key(0, host_at(o, member_at(o, m)->host)->addr), m };
	return list_members(&l, o, fn, data);
}

int mc_observer_queriers(mc_observer *o, void (*fn)(void *, const struct mc_querier *), void *data)
{
	struct order l;
	struct mc_querier q;
	int rc = order_open(&l, o->alloc, o, askers_order, o->askers.live);

	if (rc < 0)
		return rc;
	for (uint32_t id = 0; id < o->askers.used; id++) {
		const struct asker *a = asker_at(o, id);

		if (pool_is_live(&o->askers, id))
			l.items[l.n++] = (struct item){ order_key(link_at(o, a->link)->number,
								  host_at(o, a->host)->addr),
							id };
	}
	order_sort(&l);
	for (size_t i = 0; i < l.n; i++) {
		show_querier(o, l.items[i].id, &q);
		fn(data, &q);
	}
	order_close(&l);
	return 0;
}
