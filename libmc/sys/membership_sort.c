/* membership_sort.c - memberships into the order of interface and group
 *
 * The kernel tells them an interface and a family at a time, newest first, and
 * programs tend to join in numeric order: the runs need little more than to be
 * turned round and put in their places. */
#include "sys/memberships.h"

struct run {
	const struct mc_interface_state *first;
	unsigned n;
};

typedef VEC(struct run) run_vec;

int membership_cmp(unsigned if1, const struct mc_addr *g1, unsigned if2, const struct mc_addr *g2)
{
	if (if1 != if2)
		return if1 < if2 ? -1 : 1;
	return mc_addr_cmp(g1, g2);
}

static int state_cmp(const void *a, const void *b)
{
	const struct mc_interface_state *x = a, *y = b;

	return membership_cmp(x->ifindex, &x->group, y->ifindex, &y->group);
}

static int run_cmp(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	return state_cmp(x->first, y->first);
}

static bool same_run(const struct mc_interface_state *x, const struct mc_interface_state *y)
{
	return x->ifindex == y->ifindex && x->group.family == y->group.family;
}

static void reverse(struct mc_interface_state *v, unsigned n)
{
	for (unsigned i = 0; i < n / 2; i++) {
		struct mc_interface_state t = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = t;
	}
}

static void order_run(struct mc_interface_state *v, unsigned n)
{
	unsigned up = 1, down = 1;

	while (up < n && state_cmp(&v[up - 1], &v[up]) <= 0)
		up++;
	if (up == n)
		return;
	while (down < n && state_cmp(&v[down - 1], &v[down]) >= 0)
		down++;
	if (down == n)
		reverse(v, n);
	else
		qsort(v, n, sizeof(*v), state_cmp);
}

static int find_runs(run_vec *runs, struct mc_interface_state *v, unsigned n)
{
	for (unsigned i = 0, end; i < n; i = end) {
		struct run r = { .first = v + i };

		for (end = i + 1; end < n && same_run(&v[i], &v[end]); end++)
			;
		r.n = end - i;
		order_run(v + i, r.n);
		if (VEC_PUSH(runs, r) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* A list that grows while it is read shows some twice. */
static unsigned drop_twins(struct mc_interface_state *v, unsigned n)
{
	unsigned kept = n > 0;

	for (unsigned i = 1; i < n; i++) {
		if (state_cmp(&v[kept - 1], &v[i]) == 0)
			continue;
		if (kept != i)
			v[kept] = v[i];
		kept++;
	}
	return kept;
}

int memberships_sort(struct mc_memberships *m)
{
	struct mc_interface_state *to;
	run_vec runs = { 0 };
	bool twice = false;
	int err = find_runs(&runs, m->states.v, m->states.n);

	m->sorted.n = 0;
	if (!err)
		err = VEC_ROOM(&m->sorted, m->states.n + 1);
	if (err || !runs.n) {
		VEC_FREE(&runs);
		return err;
	}
	qsort(runs.v, runs.n, sizeof(*runs.v), run_cmp);
	to = m->sorted.v;
	for (unsigned i = 0; i < runs.n; i++) {
		/* Two runs of one interface, should a dump be torn: they overlap. */
		twice |= i && same_run(runs.v[i - 1].first, runs.v[i].first);
		memcpy(to + m->sorted.n, runs.v[i].first, runs.v[i].n * sizeof(*to));
		m->sorted.n += runs.v[i].n;
	}
	VEC_FREE(&runs);
	if (twice)
		qsort(to, m->sorted.n, sizeof(*to), state_cmp);
	m->states.n = drop_twins(to, m->sorted.n);
	m->sorted.v = m->states.v;
	m->states.v = to;

	unsigned room = m->sorted.capacity;

	m->sorted.capacity = m->states.capacity;
	m->states.capacity = room;
	return 0;
}
