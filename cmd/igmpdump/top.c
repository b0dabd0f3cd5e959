/* top.c - the largest groups, each with some of its members */
#include "igmpdump/top.h"

#include <errno.h>
#include <stdlib.h>

static void keep_member(struct top_group *g, const struct mc_member *m)
{
	struct top_member *t = &g->v[g->n++];

	t->m = *m;
	if (m->n_sources > TOP_SOURCES) {
		t->m.n_sources = TOP_SOURCES;
		t->m.more_sources = true;
	}
	if (m->n_sources)
		memcpy(t->sources, m->sources, t->m.n_sources * sizeof(t->sources[0]));
}

/* The larger first; of one size by link and address. */
static bool is_before(const struct top_group *a, const struct top_group *b)
{
	if (a->members != b->members)
		return a->members > b->members;
	if (a->link != b->link)
		return a->link < b->link;
	return mc_addr_cmp(&a->group, &b->group) < 0;
}

/* Where the group in hand belongs. */
static unsigned place_of(const struct top *t)
{
	unsigned low = 0, high = t->n;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (is_before(&t->v[middle], &t->current))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A copy with no more room than it needs. */
static bool copy_members(struct top_group *out, const struct top_group *g)
{
	*out = *g;
	out->v = malloc(g->n * sizeof(*out->v));
	if (!out->v)
		return false;
	memcpy(out->v, g->v, g->n * sizeof(*out->v));
	for (unsigned i = 0; i < g->n; i++)
		out->v[i].m.sources = out->v[i].sources;
	return true;
}

static void finish_group(struct top *t)
{
	unsigned at = place_of(t);
	struct top_group copy;

	if (!t->current.members || at == t->max_groups)
		return;
	if (!copy_members(&copy, &t->current)) {
		t->err = -ENOMEM;
		return;
	}
	if (t->n == t->max_groups)
		free(t->v[--t->n].v);
	memmove(t->v + at + 1, t->v + at, (t->n - at) * sizeof(*t->v));
	t->v[at] = copy;
	t->n++;
}

bool top_passes(const struct dump *d, const struct mc_member *m)
{
	struct filter_facts facts = { .link = m->link, .group = &m->group, .host = &m->host };

	return !d->filter.n || filter_facts(d, &facts);
}

/* Members of a group follow each other. */
static void take_member(void *data, const struct mc_member *m)
{
	struct top *t = data;
	struct top_group *g = &t->current;

	if (!top_passes(t->s->d, m))
		return;
	if (!g->members || g->link != m->link || mc_addr_cmp(&g->group, &m->group) != 0) {
		finish_group(t);
		g->link = m->link;
		g->group = m->group;
		g->members = g->n = 0;
		t->groups++;
	}
	t->members++;
	g->members++;
	if (g->n < t->max_members)
		keep_member(g, m);
}

int top_collect(struct top *t, const struct state *s, unsigned max_groups, unsigned max_members)
{
	int err;

	*t = (struct top){ .s = s, .max_groups = max_groups, .max_members = max_members };
	t->v = calloc(max_groups, sizeof(*t->v));
	t->current.v = calloc(max_members, sizeof(*t->current.v));
	if (!t->v || !t->current.v)
		return -ENOMEM;
	err = state_each_member(s, take_member, t);
	if (err >= 0)
		finish_group(t);
	return err < 0 ? err : t->err;
}

void top_free(struct top *t)
{
	for (unsigned i = 0; i < t->n; i++)
		free(t->v[i].v);
	free(t->v);
	free(t->current.v);
	*t = (struct top){ 0 };
}
