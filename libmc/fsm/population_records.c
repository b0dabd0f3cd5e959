/* population_records.c - stations, memberships, groups, and finding them */
#include "population.h"
#include <string.h>

#define INDEXED 64 /* memberships of a host */
#define FAR	8  /* times the price of what lies nearby */

void pop_records_open(struct mc_hosts *p)
{
	pool_init(&p->stations, p->alloc, STATIONS_LOG, sizeof(struct station), 0);
	pool_init(&p->members, p->alloc, MEMBERS_LOG, sizeof(struct member), 0);
	pool_init(&p->wants, p->alloc, MEMBERS_LOG, sizeof(struct want), 0);
	pool_init(&p->sockets, p->alloc, MEMBERS_LOG, sizeof(struct socket), 0);
	pool_init(&p->groups, p->alloc, SMALL_LOG, sizeof(struct group), 0);
	pool_init(&p->lists, p->alloc, SMALL_LOG, sizeof(struct list), 0);
	index_init(&p->by_group, p->alloc);
	index_init(&p->by_pair, p->alloc);
	index_init(&p->by_list, p->alloc);
}

static void close_arrays(struct mc_hosts *p)
{
	for (uint32_t id = 0; id < p->wants.used; id++)
		if (pool_is_live(&p->wants, id) && want_at(p, id)->changes)
			p->alloc(want_at(p, id)->changes, 0);
	for (uint32_t id = 0; id < p->lists.used; id++)
		if (pool_is_live(&p->lists, id) && list_at(p, id)->a)
			p->alloc(list_at(p, id)->a, 0);
	for (uint32_t i = 0; i < p->delay_blocks; i++)
		if (p->delays[i])
			p->alloc(p->delays[i], 0);
	if (p->delays)
		p->alloc(p->delays, 0);
}

void pop_records_close(struct mc_hosts *p)
{
	close_arrays(p);
	pop_set_free(p, &p->merged);
	pop_set_free(p, &p->other);
	pop_set_free(p, &p->allowed);
	pool_close(&p->stations);
	pool_close(&p->members);
	pool_close(&p->wants);
	pool_close(&p->sockets);
	pool_close(&p->groups);
	pool_close(&p->lists);
	index_close(&p->by_group);
	index_close(&p->by_pair);
	index_close(&p->by_list);
}

static uint64_t pool_memory(const struct pool *p)
{
	return (uint64_t)p->n_blocks * ((p->size << p->block_log) + POOL_EXTRA) +
	       p->blocks_room * sizeof(*p->blocks);
}

static uint64_t index_memory(const struct index *ix)
{
	return ix->slots ? (ix->mask + UINT64_C(1)) * sizeof(*ix->slots) : 0;
}

uint64_t pop_records_memory(const struct mc_hosts *p)
{
	return sizeof(*p) + p->extra + pool_memory(&p->stations) + pool_memory(&p->members) +
	       pool_memory(&p->wants) + pool_memory(&p->sockets) + pool_memory(&p->groups) +
	       pool_memory(&p->lists) + index_memory(&p->by_group) + index_memory(&p->by_pair) +
	       index_memory(&p->by_list);
}

/* ---- groups ---- */

static uint32_t addr_hash(const uint8_t bytes[16])
{
	uint64_t word[2];

	memcpy(word, bytes, sizeof(word));
	return (uint32_t)mix(word[0], word[1]);
}

uint32_t pop_group_find(const struct mc_hosts *p, const struct mc_addr *addr)
{
	uint32_t hash = addr_hash(addr->bytes), pos = hash, id;

	while ((id = index_next(&p->by_group, hash, &pos)) != NONE)
		if (memcmp(group_at(p, id)->addr, addr->bytes, sizeof(addr->bytes)) == 0)
			return id;
	return NONE;
}

struct mc_addr pop_group_addr(const struct mc_hosts *p, const struct group *g)
{
	return mc_addr_from_bytes(p->family, g->addr);
}

/* RFC 9776 5: the all-systems group; RFC 9777 6: all nodes, scopes 0 and 1. */
static bool is_never_reported(const struct mc_addr *a)
{
	static const uint8_t all_systems[16] = { 224, 0, 0, 1 };
	static const uint8_t all_nodes[16] = { 0xff, 0x02, [15] = 1 };

	if (a->family == MC_IPV4)
		return memcmp(a->bytes, all_systems, sizeof(all_systems)) == 0;
	return (a->bytes[1] & 15) < 2 || memcmp(a->bytes, all_nodes, sizeof(all_nodes)) == 0;
}

static uint32_t group_get(struct mc_hosts *p, const struct mc_addr *addr)
{
	uint32_t id = pop_group_find(p, addr);
	struct group *g;

	if (id != NONE)
		return id;
	id = pool_new(&p->groups);
	if (id == NONE)
		return NONE;
	g = group_at(p, id);
	*g = (struct group){ .head = NONE, .flags = is_never_reported(addr) ? G_SILENT : 0 };
	memcpy(g->addr, addr->bytes, sizeof(g->addr));
	if (index_add(&p->by_group, addr_hash(g->addr), id))
		return id;
	pool_free(&p->groups, id);
	return NONE;
}

static void group_trim(struct mc_hosts *p, uint32_t id)
{
	struct group *g = group_at(p, id);

	if (g->n)
		return;
	if (p->sweep.runs && p->sweep.q.group == id) {
		p->sweep.runs = false;
		pop_list_release(p, p->sweep.q.sources);
	}
	index_remove(&p->by_group, addr_hash(g->addr), id);
	pool_free(&p->groups, id);
}

/* ---- memberships ---- */

static uint32_t pair_hash(uint32_t station, uint32_t group)
{
	return (uint32_t)mix(station, group);
}

static uint32_t indexed_find(const struct mc_hosts *p, uint32_t station, uint32_t group)
{
	uint32_t hash = pair_hash(station, group), pos = hash, id;

	while ((id = index_next(&p->by_pair, hash, &pos)) != NONE)
		if (member_at(p, id)->host == station && member_at(p, id)->group == group)
			return id;
	return NONE;
}

static uint32_t find_in_group(const struct mc_hosts *p, uint32_t station, uint32_t id)
{
	while (id != NONE && member_at(p, id)->host != station)
		id = member_at(p, id)->group_next;
	return id;
}

static uint32_t find_in_station(const struct mc_hosts *p, uint32_t id, uint32_t group)
{
	while (id != NONE && member_at(p, id)->group != group)
		id = member_at(p, id)->host_next;
	return id;
}

/* A membership is on two lists.  A host's mostly lies together in memory; a group's
 * does not, and has to be much shorter to be the faster one. */
uint32_t pop_member_find(const struct mc_hosts *p, uint32_t station, uint32_t group)
{
	const struct station *s = station_at(p, station);
	const struct group *g = group_at(p, group);

	if (s->flags & S_INDEXED)
		return indexed_find(p, station, group);
	if (g->n < s->n / FAR)
		return find_in_group(p, station, g->head);
	return find_in_station(p, s->head, group);
}

/* Takes out the first n of a station's list. */
static void unindex(struct mc_hosts *p, uint32_t station, uint32_t n)
{
	uint32_t id = station_at(p, station)->head;

	for (; n; n--, id = member_at(p, id)->host_next)
		index_remove(&p->by_pair, pair_hash(station, member_at(p, id)->group), id);
}

/* Puts a station's memberships into the index when there are many. */
static bool index_station(struct mc_hosts *p, uint32_t station)
{
	struct station *s = station_at(p, station);
	uint32_t n = 0;

	if (s->flags & S_INDEXED || s->n < INDEXED)
		return true;
	for (uint32_t id = s->head; id != NONE; id = member_at(p, id)->host_next, n++) {
		if (!index_add(&p->by_pair, pair_hash(station, member_at(p, id)->group), id)) {
			unindex(p, station, n);
			return false;
		}
	}
	s->flags |= S_INDEXED;
	return true;
}

static void link_member(struct mc_hosts *p, uint32_t id)
{
	struct member *m = member_at(p, id);
	struct station *s = station_at(p, m->host);
	struct group *g = group_of(p, m);

	m->host_next = s->head;
	m->group_next = g->head;
	m->host_prev = m->group_prev = NONE;
	if (s->head != NONE)
		member_at(p, s->head)->host_prev = id;
	if (g->head != NONE)
		member_at(p, g->head)->group_prev = id;
	s->head = g->head = id;
	s->n++;
	g->n++;
}

static void unlink_member(struct mc_hosts *p, struct member *m)
{
	struct station *s = station_at(p, m->host);
	struct group *g = group_of(p, m);

	*(m->host_prev == NONE ? &s->head : &member_at(p, m->host_prev)->host_next) = m->host_next;
	*(m->group_prev == NONE ? &g->head : &member_at(p, m->group_prev)->group_next) =
		m->group_next;
	if (m->host_next != NONE)
		member_at(p, m->host_next)->host_prev = m->host_prev;
	if (m->group_next != NONE)
		member_at(p, m->group_next)->group_prev = m->group_prev;
	s->n--;
	g->n--;
}

uint32_t pop_member_new(struct mc_hosts *p, uint32_t station, const struct mc_addr *group)
{
	uint32_t g = group_get(p, group), id;

	if (g == NONE)
		return NONE;
	id = index_station(p, station) ? pool_new(&p->members) : NONE;
	if (id != NONE && station_at(p, station)->flags & S_INDEXED &&
	    !index_add(&p->by_pair, pair_hash(station, g), id)) {
		pool_free(&p->members, id);
		id = NONE;
	}
	if (id == NONE) {
		group_trim(p, g);
		return NONE;
	}
	*member_at(p, id) = (struct member){
		.host = station & 0xffffff, .group = g, .delay = NONE, .want = NONE
	};
	link_member(p, id);
	return id;
}

void pop_member_free(struct mc_hosts *p, uint32_t id)
{
	struct member *m = member_at(p, id);
	struct station *s = station_at(p, m->host);
	uint32_t group = m->group;

	pop_delay_end(p, id);
	if (p->sweep.runs && p->sweep.q.group == group && p->sweep.next == id)
		p->sweep.next = m->group_next;
	unlink_member(p, m);
	if (s->flags & S_INDEXED)
		index_remove(&p->by_pair, pair_hash(m->host, group), id);
	if (!s->n)
		s->flags &= (uint8_t)~S_INDEXED;
	pool_free(&p->members, id);
	group_trim(p, group);
}

/* ---- what is kept apart ---- */

uint32_t pop_want_get(struct mc_hosts *p, uint32_t member)
{
	struct member *m = member_at(p, member);

	if (m->want != NONE)
		return m->want;
	m->want = pool_new(&p->wants);
	if (m->want != NONE)
		*want_at(p, m->want) = (struct want){
			.member = member,
			.sockets = NONE,
			.next = NONE,
			.mode = m->flags & M_PLAIN ? MC_EXCLUDE : MC_INCLUDE,
		};
	return m->want;
}

bool pop_member_is_in(const struct mc_hosts *p, const struct member *m)
{
	const struct want *w;

	if (m->want == NONE)
		return m->flags & M_PLAIN;
	w = want_at(p, m->want);
	return w->mode == MC_EXCLUDE || w->list != NO_SOURCES;
}

void pop_want_settle(struct mc_hosts *p, struct want *w)
{
	w->queued = false;
	w->n_changes = w->mode_left = 0;
	if (!w->changes)
		return;
	p->alloc(w->changes, 0);
	p->extra -= w->room * sizeof(*w->changes);
	w->changes = NULL;
	w->room = 0;
}

static void want_free(struct mc_hosts *p, struct member *m)
{
	struct want *w = want_at(p, m->want);

	pop_want_settle(p, w);
	pop_list_release(p, w->list);
	pop_list_release(p, w->asked);
	pool_free(&p->wants, m->want);
	m->want = NONE;
}

void pop_member_trim(struct mc_hosts *p, uint32_t id)
{
	struct member *m = member_at(p, id);
	struct want *w = m->want == NONE ? NULL : want_at(p, m->want);

	if (w && !w->queued && w->sockets == NONE && w->asked == NO_SOURCES)
		want_free(p, m);
	if (m->want == NONE && !(m->flags & M_PLAIN))
		pop_member_free(p, id);
}

static bool delay_room(struct mc_hosts *p, uint32_t block)
{
	uint32_t old = p->delay_blocks, room = block < old ? old : 2 * block + 16;
	size_t size = sizeof(struct delay) << MEMBERS_LOG;

	if (room > old) {
		struct delay **grown = p->alloc(p->delays, room * sizeof(struct delay *));

		if (!grown)
			return false;
		memset(&grown[old], 0, (room - old) * sizeof(struct delay *));
		p->extra += (room - old) * sizeof(struct delay *);
		p->delays = grown;
		p->delay_blocks = room;
	}
	if (!p->delays[block]) {
		p->delays[block] = p->alloc(NULL, size);
		p->extra += p->delays[block] ? size : 0;
	}
	return p->delays[block];
}

struct delay *pop_delay_get(struct mc_hosts *p, uint32_t member)
{
	struct member *m = member_at(p, member);

	if (m->delay == NONE) {
		if (!delay_room(p, member >> MEMBERS_LOG))
			return NULL;
		m->delay = member;
		p->n_delays++;
		*delay_at(p, member) = (struct delay){ 0 };
		wheel_node_init(&delay_at(p, member)->timer);
	}
	return delay_at(p, member);
}

void pop_delay_end(struct mc_hosts *p, uint32_t member)
{
	struct member *m = member_at(p, member);

	if (m->delay == NONE)
		return;
	wheel_clear(&p->wheel, member | TIMER_DELAY);
	p->n_delays--;
	m->delay = NONE;
}
