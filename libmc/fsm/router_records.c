/* router_records.c - the router's interfaces, hosts, groups, sources and members:
 * found, made, freed */
#include "router_state.h"
#include <errno.h>

static struct wheel_node *timer_at(void *owner, uint32_t timer)
{
	mc_router *r = owner;
	uint32_t id = timer & ((1u << RT_TIMER_SHIFT) - 1);

	switch ((enum rt_timer)(timer >> RT_TIMER_SHIFT)) {
	case RT_TIMER_GROUP:
		return &rt_group_at(r, id)->timer;
	case RT_TIMER_IFACE:
		return &rt_iface_at(r, id)->timer;
	case RT_TIMER_SOURCE:
		break;
	}
	return &rt_source_at(r, id)->timer;
}

void rt_set_timer(mc_router *r, enum rt_timer kind, uint32_t id, int64_t due)
{
	if (due == RT_NEVER)
		wheel_clear(&r->wheel, RT_TIMER_ID(kind, id));
	else
		wheel_set(&r->wheel, RT_TIMER_ID(kind, id), due);
}

struct mc_addr rt_addr(uint32_t family, const uint8_t *bytes)
{
	struct mc_addr a = { .family = (uint8_t)family };

	if (family == MC_IPV4)
		memcpy(a.bytes, bytes, 4);
	else
		memcpy(a.bytes, bytes, 16);
	return a;
}

/* ---- places in lists ---- */

struct hook *rt_group_age(void *owner, uint32_t id)
{
	return &rt_group_at(owner, id)->age;
}

struct hook *rt_source_age(void *owner, uint32_t id)
{
	return &rt_source_at(owner, id)->age;
}

struct hook *rt_member_age(void *owner, uint32_t id)
{
	return &rt_member_at(owner, id)->age;
}

struct hook *rt_source_hook(void *owner, uint32_t id)
{
	return &rt_source_at(owner, id)->in_group;
}

static struct hook *member_hook(void *owner, uint32_t id)
{
	return &rt_member_at(owner, id)->in_group;
}

/* ---- hashes ---- */

static uint32_t iface_hash(const mc_router *r, uint32_t number, uint32_t family)
{
	return hash_words(r, number, family);
}

static uint32_t group_hash(const mc_router *r, uint32_t iface, const uint8_t bytes[16])
{
	return hash_bytes(r, bytes, iface);
}

static uint32_t pair_hash(const mc_router *r, uint32_t group, uint32_t host)
{
	return hash_words(r, (uint64_t)group << 32 | host, 0);
}

/* Hosts without an address yet are told apart by their MAC. */
static uint32_t host_hash(const mc_router *r, uint32_t iface, const struct mc_addr *addr,
			  const struct mc_mac *m)
{
	uint64_t mac = 0;

	if (m && mc_addr_is_unspecified(addr))
		memcpy(&mac, m->bytes, sizeof(m->bytes));
	return hash_bytes(r, addr->bytes, mac << 16 ^ mac >> 48 ^ iface);
}

static uint32_t iface_rehash(void *owner, uint32_t id)
{
	const struct rt_iface *f = rt_iface_at(owner, id);

	return iface_hash(owner, f->number, f->family);
}

static uint32_t group_rehash(void *owner, uint32_t id)
{
	const struct rt_group *g = rt_group_at(owner, id);

	return group_hash(owner, g->iface, g->addr);
}

static uint32_t host_rehash(void *owner, uint32_t id)
{
	const struct rt_host *h = rt_host_at(owner, id);
	struct mc_addr addr = rt_addr(h->family, h->addr);

	return host_hash(owner, h->iface, &addr, h->flags & RT_HAS_MAC ? &h->mac : NULL);
}

static uint32_t member_rehash(void *owner, uint32_t id)
{
	const struct rt_member *m = rt_member_at(owner, id);

	return pair_hash(owner, m->group, m->host);
}

static uint32_t source_rehash(void *owner, uint32_t id)
{
	const struct rt_source *s = rt_source_at(owner, id);
	struct mc_addr addr = rt_addr(id & 1 ? MC_IPV6 : MC_IPV4, s->addr);

	return group_hash(owner, s->group, addr.bytes);
}

static uint32_t *iface_chain(void *owner, uint32_t id)
{
	return &rt_iface_at(owner, id)->chain;
}

static uint32_t *group_chain(void *owner, uint32_t id)
{
	return &rt_group_at(owner, id)->chain;
}

static uint32_t *host_chain(void *owner, uint32_t id)
{
	return &rt_host_at(owner, id)->chain;
}

static uint32_t *member_chain(void *owner, uint32_t id)
{
	return &rt_member_at(owner, id)->chain;
}

static uint32_t *source_chain(void *owner, uint32_t id)
{
	return &rt_source_at(owner, id)->chain;
}

void rt_records_open(mc_router *r)
{
	pool_init(&r->ifaces, r->alloc, RT_IFACES_LOG, sizeof(struct rt_iface), 0);
	pool_init(&r->groups, r->alloc, RT_BLOCK_LOG, sizeof(struct rt_group), 0);
	pool_init(&r->hosts, r->alloc, RT_BLOCK_LOG, sizeof(struct rt_host), 0);
	pool_init(&r->members, r->alloc, RT_MEMBERS_LOG, sizeof(struct rt_member), 0);
	pool_init(&r->sources[0], r->alloc, RT_MEMBERS_LOG, RT_SOURCE4, 0);
	pool_init(&r->sources[1], r->alloc, RT_MEMBERS_LOG, RT_SOURCE6, 0);
	buckets_init(&r->by_iface, r->alloc, r, iface_chain, iface_rehash);
	buckets_init(&r->by_group, r->alloc, r, group_chain, group_rehash);
	buckets_init(&r->by_host, r->alloc, r, host_chain, host_rehash);
	buckets_init(&r->by_pair, r->alloc, r, member_chain, member_rehash);
	buckets_init(&r->by_source, r->alloc, r, source_chain, source_rehash);
	wheel_init(&r->wheel, timer_at, r);
}

/* ---- interfaces ---- */

uint32_t rt_iface_find(const mc_router *r, uint32_t number, uint32_t family)
{
	uint32_t id = bucket_first(&r->by_iface, iface_hash(r, number, family));

	while (id != NONE &&
	       (rt_iface_at(r, id)->number != number || rt_iface_at(r, id)->family != family))
		id = rt_iface_at(r, id)->chain;
	return id;
}

int rt_iface_new(mc_router *r, uint32_t *out, uint32_t number, uint32_t family)
{
	uint32_t id;
	struct rt_iface *f;

	if (r->ifaces.live >= MC_ROUTER_IFACES)
		return -ENOSPC;
	id = pool_new(&r->ifaces);
	if (id == NONE)
		return -ENOMEM;
	f = rt_iface_at(r, id);
	*f = (struct rt_iface){ .family = family, .number = number };
	if (!buckets_add(&r->by_iface, iface_hash(r, number, family), id)) {
		pool_free(&r->ifaces, id);
		return -ENOMEM;
	}
	ring_init(&f->groups);
	ring_init(&f->sources);
	ring_init(&f->members);
	wheel_node_init(&f->timer);
	*out = id;
	return 0;
}

void rt_iface_free(mc_router *r, uint32_t id)
{
	rt_set_timer(r, RT_TIMER_IFACE, id, RT_NEVER);
	buckets_remove(&r->by_iface, iface_rehash(r, id), id);
	pool_free(&r->ifaces, id);
}

/* ---- hosts ---- */

static bool is_host(const struct rt_host *h, uint32_t iface, const struct mc_frame *f)
{
	if (h->iface != iface || memcmp(h->addr, f->src.bytes, sizeof(h->addr)) != 0)
		return false;
	if (!f->has_src_mac || !mc_addr_is_unspecified(&f->src))
		return true;
	return memcmp(&h->mac, &f->src_mac, sizeof(h->mac)) == 0;
}

static uint32_t host_new(mc_router *r, uint32_t iface, const struct mc_frame *f, uint32_t hash)
{
	uint32_t id = pool_new(&r->hosts);
	struct rt_host *h;

	if (id == NONE)
		return NONE;
	h = rt_host_at(r, id);
	*h = (struct rt_host){ .iface = iface, .family = f->src.family };
	memcpy(h->addr, f->src.bytes, sizeof(h->addr));
	if (f->has_src_mac) {
		h->flags = RT_HAS_MAC;
		h->mac = f->src_mac;
	}
	if (buckets_add(&r->by_host, hash, id))
		return id;
	pool_free(&r->hosts, id);
	return NONE;
}

/* With one more reference. */
uint32_t rt_host_get(mc_router *r, uint32_t iface, const struct mc_frame *f)
{
	uint32_t hash = host_hash(r, iface, &f->src, f->has_src_mac ? &f->src_mac : NULL);
	uint32_t id = bucket_first(&r->by_host, hash);

	while (id != NONE && !is_host(rt_host_at(r, id), iface, f))
		id = rt_host_at(r, id)->chain;
	if (id == NONE)
		id = host_new(r, iface, f, hash);
	if (id != NONE)
		rt_host_at(r, id)->refs++;
	return id;
}

void rt_host_release(mc_router *r, uint32_t id)
{
	if (id == NONE || --rt_host_at(r, id)->refs)
		return;
	buckets_remove(&r->by_host, host_rehash(r, id), id);
	pool_free(&r->hosts, id);
}

/* ---- groups ---- */

uint32_t rt_group_find(const mc_router *r, uint32_t iface, const struct mc_addr *addr)
{
	uint32_t id = bucket_first(&r->by_group, group_hash(r, iface, addr->bytes));

	while (id != NONE) {
		const struct rt_group *g = rt_group_at(r, id);

		if (g->iface == iface && memcmp(g->addr, addr->bytes, sizeof(g->addr)) == 0)
			break;
		id = g->chain;
	}
	return id;
}

uint32_t rt_group_new(mc_router *r, uint32_t iface, const struct mc_addr *addr)
{
	struct rt_iface *f = rt_iface_at(r, iface);
	uint32_t id;
	struct rt_group *g;

	rt_room_for_group(r, iface);
	id = pool_new(&r->groups);
	if (id == NONE)
		return NONE;
	g = rt_group_at(r, id);
	*g = (struct rt_group){ .iface = iface, .family = addr->family, .reporter = NONE };
	memcpy(g->addr, addr->bytes, sizeof(g->addr));
	if (!buckets_add(&r->by_group, group_rehash(r, id), id)) {
		pool_free(&r->groups, id);
		return NONE;
	}
	ring_init(&g->members);
	ring_init(&g->sources);
	g->expires = g->query_at = g->sources_at = RT_NEVER;
	g->v1_until = g->v2_until = RT_LONG_AGO;
	g->asked_at = g->answers_until = g->sources_until = RT_LONG_AGO;
	g->since = g->seen = r->now;
	wheel_node_init(&g->timer);
	ring_append(&f->groups, rt_group_age, r, id);
	f->n_groups++;
	return id;
}

/* It has no members and no sources. */
void rt_group_free(mc_router *r, uint32_t id)
{
	struct rt_group *g = rt_group_at(r, id);
	struct rt_iface *f = rt_iface_of(r, g);

	if (g->flags & RT_GONE)
		r->gone--;
	else
		f->n_groups--;
	ring_remove(&f->groups, rt_group_age, r, id);
	rt_set_timer(r, RT_TIMER_GROUP, id, RT_NEVER);
	rt_host_release(r, g->reporter);
	buckets_remove(&r->by_group, group_rehash(r, id), id);
	pool_free(&r->groups, id);
}

/* ---- sources ---- */

uint32_t rt_source_find(const mc_router *r, uint32_t group, const struct mc_addr *addr)
{
	uint32_t id = bucket_first(&r->by_source, group_hash(r, group, addr->bytes));
	size_t size = kept_each(addr->family);

	while (id != NONE) {
		const struct rt_source *s = rt_source_at(r, id);

		if (s->group == group && memcmp(s->addr, addr->bytes, size) == 0)
			break;
		id = s->chain;
	}
	return id;
}

uint32_t rt_source_new(mc_router *r, uint32_t group, const struct mc_addr *addr)
{
	struct rt_group *g = rt_group_at(r, group);
	struct rt_iface *f = rt_iface_of(r, g);
	unsigned six = addr->family == MC_IPV6;
	struct rt_source *s;
	uint32_t id;

	rt_room_for_source(r, g->iface);
	id = pool_new(&r->sources[six]);
	if (id == NONE)
		return NONE;
	id = id << 1 | six;
	s = rt_source_at(r, id);
	*s = (struct rt_source){ .group = group };
	memcpy(s->addr, addr->bytes, kept_each(addr->family));
	if (!buckets_add(&r->by_source, group_hash(r, group, addr->bytes), id)) {
		pool_free(&r->sources[six], id >> 1);
		return NONE;
	}
	wheel_node_init(&s->timer);
	ring_append(&g->sources, rt_source_hook, r, id);
	ring_append(&f->sources, rt_source_age, r, id);
	g->n_sources++;
	f->n_sources++;
	return id;
}

void rt_source_free(mc_router *r, uint32_t id)
{
	struct rt_source *s = rt_source_at(r, id);
	struct rt_group *g = rt_group_at(r, s->group);
	struct rt_iface *f = rt_iface_of(r, g);

	ring_remove(&g->sources, rt_source_hook, r, id);
	ring_remove(&f->sources, rt_source_age, r, id);
	g->n_sources--;
	f->n_sources--;
	g->n_asking -= s->asking > 0;
	rt_set_timer(r, RT_TIMER_SOURCE, id, RT_NEVER);
	buckets_remove(&r->by_source, source_rehash(r, id), id);
	pool_free(&r->sources[id & 1], id >> 1);
}

/* ---- members ---- */

uint32_t rt_member_find(const mc_router *r, uint32_t group, uint32_t host)
{
	uint32_t id = bucket_first(&r->by_pair, pair_hash(r, group, host));

	while (id != NONE &&
	       (rt_member_at(r, id)->group != group || rt_member_at(r, id)->host != host))
		id = rt_member_at(r, id)->chain;
	return id;
}

uint32_t rt_member_new(mc_router *r, uint32_t group, uint32_t host)
{
	struct rt_group *g = rt_group_at(r, group);
	struct rt_iface *f = rt_iface_of(r, g);
	struct rt_member *m;
	uint32_t id;

	rt_room_for_member(r, g->iface);
	id = pool_new(&r->members);
	if (id == NONE)
		return NONE;
	m = rt_member_at(r, id);
	*m = (struct rt_member){ .group = group, .host = host };
	m->since = m->seen = rt_ticks(r->now);
	m->since_high = (uint8_t)((uint64_t)r->now >> WHEEL_TICK_LOG >> 32);
	if (!buckets_add(&r->by_pair, pair_hash(r, group, host), id)) {
		pool_free(&r->members, id);
		return NONE;
	}
	ring_append(&g->members, member_hook, r, id);
	ring_append(&f->members, rt_member_age, r, id);
	g->n_members++;
	f->n_members++;
	rt_host_at(r, host)->refs++;
	return id;
}

void rt_member_free(mc_router *r, uint32_t id)
{
	struct rt_member *m = rt_member_at(r, id);
	struct rt_group *g = rt_group_at(r, m->group);
	struct rt_iface *f = rt_iface_of(r, g);

	kept_free(r->alloc, m->sources, sizeof(m->sources), m->n_sources * kept_each(g->family));
	r->kept -= m->n_sources;
	ring_remove(&g->members, member_hook, r, id);
	ring_remove(&f->members, rt_member_age, r, id);
	g->n_members--;
	f->n_members--;
	buckets_remove(&r->by_pair, member_rehash(r, id), id);
	rt_host_release(r, m->host);
	pool_free(&r->members, id);
}

void rt_records_close(mc_router *r)
{
	for (uint32_t id = 0; id < r->members.used; id++)
		if (pool_is_live(&r->members, id))
			rt_member_free(r, id);
	pool_close(&r->ifaces);
	pool_close(&r->groups);
	pool_close(&r->hosts);
	pool_close(&r->members);
	pool_close(&r->sources[0]);
	pool_close(&r->sources[1]);
	buckets_close(&r->by_iface);
	buckets_close(&r->by_group);
	buckets_close(&r->by_host);
	buckets_close(&r->by_pair);
	buckets_close(&r->by_source);
}
