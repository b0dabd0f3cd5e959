/* top.c - the largest groups, each with some of its members */
#include "igmpdump/top.h"

#include <errno.h>
#include <stdlib.h>

bool top_passes(const struct dump *d, const struct mc_member *m)
{
	struct filter_facts facts = { .link = m->link, .group = &m->group, .host = &m->host };

	return !d->filter.n || filter_facts(d, &facts);
}

/* ---- which groups ---- */

/* The larger first; of one size by link and address. */
static bool is_before(const struct top_group *a, const struct top_group *b)
{
	if (a->members != b->members)
		return a->members > b->members;
	if (a->link != b->link)
		return a->link < b->link;
	return mc_addr_cmp(&a->group, &b->group) < 0;
}

static unsigned place_of(const struct top *t, const struct top_group *g)
{
	unsigned low = 0, high = t->n;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (is_before(&t->v[middle], g))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void keep_group(struct top *t, const struct top_group *g)
{
	unsigned at = place_of(t, g);

	if (at == t->max_groups)
		return;
	t->n -= t->n == t->max_groups;
	memmove(t->v + at + 1, t->v + at, (t->n - at) * sizeof(*t->v));
	t->v[at] = *g;
	t->n++;
}

static void count_member(void *data, const struct mc_member *m)
{
	struct top *t = data;

	t->passing += top_passes(t->s->d, m);
}

/* Of a group's members only those that pass the filter count. */
static uint64_t count_passing(struct top *t, const struct mc_observed_group *g)
{
	int err;

	if (!t->s->d->filter.n)
		return g->members;
	t->passing = 0;
	err = state_each_of_group(t->s, g->link, &g->group, count_member, t);
	if (err < 0)
		t->err = err;
	return t->passing;
}

static void take_group(void *data, const struct mc_observed_group *observed)
{
	struct top *t = data;
	struct top_group g = { .link = observed->link,
			       .group = observed->group,
			       .members = count_passing(t, observed) };

	if (!g.members)
		return;
	t->groups++;
	t->members += g.members;
	keep_group(t, &g);
}

/* ---- their members ---- */

static void take_member(void *data, const struct mc_member *m)
{
	struct top *t = data;
	struct top_group *g = t->filling;
	struct top_member *to = &g->v[g->n];

	if (g->n == t->max_members || !top_passes(t->s->d, m))
		return;
	to->m = *m;
	if (m->n_sources > TOP_SOURCES) {
		to->m.n_sources = TOP_SOURCES;
		to->m.more_sources = true;
	}
	if (m->n_sources)
		memcpy(to->sources, m->sources, to->m.n_sources * sizeof(to->sources[0]));
	to->m.sources = to->sources;
	g->n++;
}

/* gcc's analyzer loses sight of them; top_free() frees them. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static int fill_group(struct top *t, struct top_group *g)
{
	size_t room = g->members < t->max_members ? (size_t)g->members : t->max_members;

	g->v = calloc(room, sizeof(*g->v));
	if (!g->v)
		return -ENOMEM;
	t->filling = g;
	return state_each_of_group(t->s, g->link, &g->group, take_member, t);
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

int top_collect(struct top *t, const struct state *s, unsigned max_groups, unsigned max_members)
{
	int err;

	*t = (struct top){ .s = s, .max_groups = max_groups, .max_members = max_members };
	t->v = calloc(max_groups, sizeof(*t->v));
	if (!t->v)
		return -ENOMEM;
	err = state_each_group(s, take_group, t);
	if (err >= 0)
		err = t->err;
	for (unsigned i = 0; err >= 0 && i < t->n; i++)
		err = fill_group(t, &t->v[i]);
	return err;
}

void top_free(struct top *t)
{
	for (unsigned i = 0; i < t->n; i++)
		free(t->v[i].v);
	free(t->v);
	*t = (struct top){ 0 };
}
