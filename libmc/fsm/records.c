/* records.c - the observer's links, hosts, groups and members: found and made */
#include "state.h"
#include <string.h>

static struct wheel_node *timer_at(void *owner, uint32_t id)
{
	struct mc_observer *o = owner;
	uint32_t n = id & ((1u << TIMER_SHIFT) - 1);

	switch ((enum timer_kind)(id >> TIMER_SHIFT)) {
	case TIMER_GROUP:
		return &group_at(o, n)->timer;
	case TIMER_ASKER:
		return &asker_at(o, n)->timer;
	case TIMER_LINK:
		return &link_at(o, n)->timer;
	case TIMER_MEMBER:
		break;
	}
	return &member_at(o, n)->timer;
}

void set_timer(struct mc_observer *o, enum timer_kind kind, uint32_t id, int64_t due)
{
	if (due == WHEEL_NEVER)
		wheel_clear(&o->wheel, TIMER_ID(kind, id));
	else
		wheel_set(&o->wheel, TIMER_ID(kind, id), due);
}

void records_open(struct mc_observer *o)
{
	pool_init(&o->members, o->alloc, MEMBERS_LOG, sizeof(struct member), MEMBER_REST);
	pool_init(&o->hosts, o->alloc, BLOCK_LOG, sizeof(struct host), 0);
	pool_init(&o->groups, o->alloc, BLOCK_LOG, sizeof(struct group), 0);
	pool_init(&o->askers, o->alloc, BLOCK_LOG, sizeof(struct asker), 0);
	pool_init(&o->links, o->alloc, BLOCK_LOG, sizeof(struct link), 0);
	index_init(&o->by_pair, o->alloc);
	index_init(&o->by_host, o->alloc);
	index_init(&o->by_group, o->alloc);
	index_init(&o->by_link, o->alloc);
	wheel_init(&o->wheel, timer_at, o);
}

static void free_sources(struct mc_observer *o, uint32_t id)
{
	const struct member *m = member_at(o, id);

	if (m->n_sources)
		kept_free(o->alloc, sources_room(o, id), SOURCES_ROOM,
			  m->n_sources * kept_each(group_at(o, m->group)->family));
}

void records_close(struct mc_observer *o)
{
	for (uint32_t i = 0; i < o->members.used; i++)
		if (pool_is_live(&o->members, i))
			free_sources(o, i);
	oldest_close(o);
	pool_close(&o->members);
	pool_close(&o->hosts);
	pool_close(&o->groups);
	pool_close(&o->askers);
	pool_close(&o->links);
	index_close(&o->by_pair);
	index_close(&o->by_host);
	index_close(&o->by_group);
	index_close(&o->by_link);
}

/* ---- links ---- */

static uint32_t link_hash(const struct mc_observer *o, uint32_t number, uint8_t family)
{
	return hash_words(o, number, family);
}

uint32_t link_find(const struct mc_observer *o, uint32_t number, uint8_t family)
{
	uint32_t hash = link_hash(o, number, family), pos = hash, id;

	while ((id = index_next(&o->by_link, hash, &pos)) != NONE)
		if (link_at(o, id)->number == number && link_at(o, id)->family == family)
			break;
	return id;
}

uint32_t link_new(struct mc_observer *o, uint32_t number, uint8_t family, int64_t now)
{
	uint32_t id = o->links.live < MAX_LINKS ? pool_new(&o->links) : NONE;
	struct link *l;

	if (id == NONE)
		return NONE;
	l = link_at(o, id);
	*l = (struct link){ .family = family, .number = number };
	if (!index_add(&o->by_link, link_hash(o, number, family), id)) {
		pool_free(&o->links, id);
		return NONE;
	}
	l->askers = l->elected = l->speaker = NONE;
	l->rv = DEFAULT_RV;
	l->qi = DEFAULT_QI;
	l->mrt = DEFAULT_QRI;
	l->interval = l->rv * l->qi + 2 * l->mrt;
	l->last_general = l->last_report = NO_TIME;
	l->quiet_since = now;
	l->quiet_due = now + 2 * l->qi + EPS;
	wheel_node_init(&l->timer);
	set_timer(o, TIMER_LINK, id, l->quiet_due);
	return id;
}

/* ---- hosts ---- */

struct mc_addr host_addr(const struct host *h)
{
	struct mc_addr a = { .family = h->family };

	memcpy(a.bytes, h->addr, sizeof(a.bytes));
	return a;
}

/* Hosts without an address yet are told apart by their MAC. */
static uint64_t host_extra(const struct mc_frame *f, uint32_t link)
{
	uint64_t mac = 0;

	if (f->has_src_mac && mc_addr_is_unspecified(&f->src))
		memcpy(&mac, f->src_mac.bytes, sizeof(f->src_mac.bytes));
	return mac << 16 ^ mac >> 48 ^ link;
}

uint32_t host_hash(const struct mc_observer *o, uint32_t link, const struct mc_frame *f)
{
	return hash_bytes(o, f->src.bytes, host_extra(f, link));
}

bool host_is(const struct host *h, uint32_t link, const struct mc_frame *f)
{
	if (h->link != link || memcmp(h->addr, f->src.bytes, sizeof(h->addr)) != 0)
		return false;
	if (!f->has_src_mac || !mc_addr_is_unspecified(&f->src))
		return true;
	return memcmp(&h->mac, &f->src_mac, sizeof(h->mac)) == 0;
}

uint32_t host_find(const struct mc_observer *o, uint32_t link, const struct mc_frame *f)
{
	uint32_t hash = host_hash(o, link, f), pos = hash, id;

	while ((id = index_next(&o->by_host, hash, &pos)) != NONE)
		if (host_is(host_at(o, id), link, f))
			break;
	return id;
}

static uint32_t host_new(struct hearing *h)
{
	struct mc_observer *o = h->o;
	uint32_t id = pool_new(&o->hosts);
	struct host *host;

	if (id == NONE)
		return NONE;
	if (!index_add(&o->by_host, host_hash(o, h->link, h->f), id)) {
		pool_free(&o->hosts, id);
		return NONE;
	}
	host = host_at(o, id);
	*host = (struct host){ .link = h->link, .family = h->f->src.family };
	memcpy(host->addr, h->f->src.bytes, sizeof(host->addr));
	host->last_seen = host->mac_since = host->changes_from = h->now;
	if (h->f->has_src_mac) {
		host->flags = H_MAC;
		host->mac = h->f->src_mac;
	}
	return id;
}

uint32_t host_get(struct hearing *h)
{
	if (h->host == NONE)
		h->host = host_new(h);
	return h->host;
}

/* The speaker may have lost the last of what it was known for. */
void host_is_left(struct hearing *h)
{
	if (h->host != NONE && !pool_is_live(&h->o->hosts, h->host))
		h->host = NONE;
}

static void host_free(struct mc_observer *o, uint32_t id)
{
	const struct host *h = host_at(o, id);
	struct mc_frame f = { .src = host_addr(h),
			      .has_src_mac = h->flags & H_MAC,
			      .src_mac = h->mac };

	index_remove(&o->by_host, host_hash(o, h->link, &f), id);
	pool_free(&o->hosts, id);
}

void host_release(struct mc_observer *o, uint32_t id)
{
	struct host *h = host_at(o, id);

	if (!h->refs || --h->refs == 0)
		host_free(o, id);
}

/* ---- groups ---- */

struct mc_addr group_addr(const struct group *g)
{
	struct mc_addr a = { .family = g->family };

	memcpy(a.bytes, g->addr, sizeof(a.bytes));
	return a;
}

uint32_t group_find(const struct mc_observer *o, uint32_t link, const struct mc_addr *addr)
{
	uint32_t hash = group_hash(o, link, addr->family, addr->bytes), pos = hash, id;

	while ((id = index_next(&o->by_group, hash, &pos)) != NONE)
		if (group_is(group_at(o, id), link, addr))
			break;
	return id;
}

uint32_t group_get(struct mc_observer *o, uint32_t link, const struct mc_addr *addr)
{
	uint32_t id = group_find(o, link, addr);
	struct group *g;

	if (id != NONE)
		return id;
	id = pool_new(&o->groups);
	if (id == NONE)
		return NONE;
	if (!index_add(&o->by_group, group_hash(o, link, addr->family, addr->bytes), id)) {
		pool_free(&o->groups, id);
		return NONE;
	}
	g = group_at(o, id);
	*g = (struct group){ .link = link, .family = addr->family };
	memcpy(g->addr, addr->bytes, sizeof(g->addr));
	g->head = g->asker = NONE;
	g->last_v1 = g->last_v2 = g->last_data = g->sources_until = NO_TIME;
	g->asked_at = g->asked_late = g->left_at = NO_TIME;
	wheel_node_init(&g->timer);
	return id;
}

void group_free(struct mc_observer *o, uint32_t id)
{
	struct group *g = group_at(o, id);

	if (g->flags & G_LINGERS)
		o->lingering--;
	set_timer(o, TIMER_GROUP, id, WHEEL_NEVER);
	index_remove(&o->by_group, group_hash(o, g->link, g->family, g->addr), id);
	pool_free(&o->groups, id);
}

/* ---- members ---- */

uint32_t member_find(const struct mc_observer *o, uint32_t group, uint32_t host)
{
	uint32_t hash = pair_hash(o, group, host), pos = hash, id;

	while ((id = index_next(&o->by_pair, hash, &pos)) != NONE)
		if (member_at(o, id)->group == group && member_at(o, id)->host == host)
			break;
	return id;
}

static void link_group(struct mc_observer *o, uint32_t id, struct group *g)
{
	*beside_at(o, id) = (struct beside){ .next = g->head, .prev = NONE };
	if (g->head != NONE)
		beside_at(o, g->head)->prev = id;
	g->head = id;
	g->n_members++;
}

static void unlink_group(struct mc_observer *o, uint32_t id, struct group *g)
{
	const struct beside *b = beside_at(o, id);

	if (b->prev == NONE)
		g->head = b->next;
	else
		beside_at(o, b->prev)->next = b->next;
	if (b->next != NONE)
		beside_at(o, b->next)->prev = b->prev;
	g->n_members--;
}

/* Room for one more: what was heard least recently is forgotten.  Its host may
 * be the one that speaks.  False without memory. */
static bool make_room(struct hearing *h)
{
	struct mc_observer *o = h->o;
	uint32_t id, group;

	if (o->members.live < o->max_members)
		return true;
	id = oldest_member(o);
	if (id == NONE)
		return false;
	group = member_at(o, id)->group;
	o->forgotten++;
	member_free(o, id);
	group_emptied(o, group, h->now, false);
	host_is_left(h);
	return true;
}

static uint32_t new_record(struct mc_observer *o, uint32_t group, uint32_t host)
{
	uint32_t id = pool_new(&o->members);

	if (id == NONE)
		return NONE;
	if (!index_add(&o->by_pair, pair_hash(o, group, host), id)) {
		pool_free(&o->members, id);
		return NONE;
	}
	return id;
}

/* Nothing is left behind of what was made for a member that found no room. */
static uint32_t give_up(struct hearing *h, uint32_t group)
{
	struct mc_observer *o = h->o;

	o->forgotten++;
	if (h->host != NONE && !host_at(o, h->host)->refs) {
		host_release(o, h->host);
		h->host = NONE;
	}
	if (group != NONE && !group_at(o, group)->n_members &&
	    !(group_at(o, group)->flags & G_LINGERS))
		group_free(o, group);
	return NONE;
}

/* group: NONE, or what the address was before room was made. */
uint32_t member_new(struct hearing *h, uint32_t group, const struct mc_addr *addr)
{
	struct mc_observer *o = h->o;
	struct wheel_node timer;
	uint32_t g = group, id;
	struct member *m;

	if (!make_room(h))
		return give_up(h, NONE);
	if (g == NONE || !pool_is_live(&o->groups, g) || !group_is(group_at(o, g), h->link, addr))
		g = group_get(o, h->link, addr);
	if (g == NONE || host_get(h) == NONE)
		return give_up(h, g);
	id = new_record(o, g, h->host);
	if (id == NONE)
		return give_up(h, g);
	m = member_at(o, id);
	timer = m->timer;
	if (!m->version) /* it was never used */
		wheel_node_init(&timer);
	*m = (struct member){ .group = g,
			      .host = h->host,
			      .timer = timer,
			      .first_seen = h->now,
			      .last_seen = h->now };
	host_at(o, h->host)->refs++;
	link_group(o, id, group_at(o, g));
	group_at(o, g)->n_exclude++; /* mode and version are still 0 */
	h->l->by_rank[0]++;
	return id;
}

/* The timer stays where it is filed: the record is soon used again, and until
 * then nobody minds it. */
void member_free(struct mc_observer *o, uint32_t id)
{
	struct member *m = member_at(o, id);
	struct group *g = group_at(o, m->group);

	if (m->mode == MC_EXCLUDE)
		g->n_exclude--;
	link_at(o, g->link)->by_rank[m->version ? rank_of(g->family, m->version) : 0]--;
	free_sources(o, id);
	o->n_sources -= m->n_sources;
	unlink_group(o, id, g);
	index_remove(&o->by_pair, pair_hash(o, m->group, m->host), id);
	host_release(o, m->host);
	pool_free(&o->members, id);
}
