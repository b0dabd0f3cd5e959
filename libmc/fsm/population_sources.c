/* population_sources.c - sets of sources, and lists of them that are shared */
#include "population.h"
#include <string.h>

/* ---- sets ---- */

/* Where a source is or belongs. */
static uint32_t place(const struct mc_addr *a, uint32_t n, const struct mc_addr *what, bool *found)
{
	uint32_t from = 0, to = n;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		int order = mc_addr_cmp(what, &a[middle]);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order > 0)
			from = middle + 1;
		else
			to = middle;
	}
	*found = false;
	return from;
}

static bool make_room(struct mc_hosts *p, struct set *s, uint32_t n)
{
	uint32_t room = s->room ? s->room : 16;
	struct mc_addr *a;

	while (room < n)
		room *= 2;
	if (room == s->room)
		return true;
	a = p->alloc(s->a, room * sizeof(*a));
	if (!a)
		return false;
	p->extra += (room - s->room) * sizeof(*a);
	s->a = a;
	s->room = room;
	return true;
}

void pop_set_free(struct mc_hosts *p, struct set *s)
{
	if (s->a)
		p->alloc(s->a, 0);
	*s = (struct set){ 0 };
}

bool pop_set_has(const struct set *s, const struct mc_addr *a)
{
	bool found;

	place(s->a, s->n, a, &found);
	return found;
}

bool pop_set_add(struct mc_hosts *p, struct set *s, const struct mc_addr *a)
{
	bool found;
	uint32_t i = place(s->a, s->n, a, &found);

	if (found)
		return true;
	if (!make_room(p, s, s->n + 1))
		return false;
	memmove(&s->a[i + 1], &s->a[i], (s->n - i) * sizeof(*a));
	s->a[i] = *a;
	s->n++;
	return true;
}

bool pop_set_copy(struct mc_hosts *p, struct set *s, uint32_t list)
{
	const struct list *l = list_at(p, list);

	if (!make_room(p, s, l->n))
		return false;
	if (l->n)
		memcpy(s->a, l->a, l->n * sizeof(*s->a));
	s->n = l->n;
	return true;
}

bool pop_set_unite(struct mc_hosts *p, struct set *s, uint32_t list)
{
	const struct list *l = list_at(p, list);

	for (uint32_t i = 0; i < l->n; i++)
		if (!pop_set_add(p, s, &l->a[i]))
			return false;
	return true;
}

void pop_set_intersect(const struct mc_hosts *p, struct set *s, uint32_t list)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		if (pop_list_has(p, list, &s->a[i]))
			s->a[n++] = s->a[i];
	s->n = n;
}

void pop_set_subtract(struct set *s, const struct set *other)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		if (!pop_set_has(other, &s->a[i]))
			s->a[n++] = s->a[i];
	s->n = n;
}

/* ---- lists ---- */

static uint32_t hash_of(const struct set *s)
{
	uint64_t hash = s->n;

	for (uint32_t i = 0; i < s->n; i++) {
		uint64_t word[2];

		memcpy(word, s->a[i].bytes, sizeof(word));
		hash = mix(hash ^ word[0], word[1]);
	}
	return (uint32_t)hash;
}

static bool list_is(const struct list *l, const struct set *s)
{
	return l->n == s->n && memcmp(l->a, s->a, s->n * sizeof(*s->a)) == 0;
}

static uint32_t list_new(struct mc_hosts *p, const struct set *s, uint32_t hash)
{
	uint32_t id = pool_new(&p->lists);
	struct list *l;

	if (id == NONE)
		return NONE;
	l = list_at(p, id);
	*l = (struct list){ .refs = 1, .n = s->n, .hash = hash };
	l->a = p->alloc(NULL, s->n * sizeof(*l->a));
	if (!l->a || !index_add(&p->by_list, hash, id)) {
		if (l->a)
			p->alloc(l->a, 0);
		pool_free(&p->lists, id);
		return NONE;
	}
	memcpy(l->a, s->a, s->n * sizeof(*l->a));
	p->extra += s->n * sizeof(*l->a);
	return id;
}

uint32_t pop_list_of(struct mc_hosts *p, const struct set *s)
{
	uint32_t hash, pos, id;

	if (!s->n)
		return pop_list_keep(p, NO_SOURCES);
	hash = pos = hash_of(s);
	while ((id = index_next(&p->by_list, hash, &pos)) != NONE)
		if (list_is(list_at(p, id), s))
			return pop_list_keep(p, id);
	return list_new(p, s, hash);
}

uint32_t pop_list_keep(struct mc_hosts *p, uint32_t list)
{
	if (list != NO_SOURCES)
		list_at(p, list)->refs++;
	return list;
}

void pop_list_release(struct mc_hosts *p, uint32_t list)
{
	struct list *l;

	if (list == NO_SOURCES)
		return;
	l = list_at(p, list);
	if (--l->refs)
		return;
	p->alloc(l->a, 0);
	p->extra -= l->n * sizeof(*l->a);
	index_remove(&p->by_list, l->hash, list);
	pool_free(&p->lists, list);
}

bool pop_list_has(const struct mc_hosts *p, uint32_t list, const struct mc_addr *a)
{
	const struct list *l = list_at(p, list);
	bool found;

	place(l->a, l->n, a, &found);
	return found;
}
