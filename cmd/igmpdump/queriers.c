/* queriers.c - the hosts that query, elected ones first */
#include "igmpdump/queriers.h"

#include <stdlib.h>

/* An elected one takes the place of the last that is not. */
static void keep_elected(struct queriers *q, const struct mc_querier *querier)
{
	q->more++;
	for (unsigned i = q->n; querier->elected && i-- > 0;) {
		if (!q->v[i].elected) {
			q->v[i] = *querier;
			return;
		}
	}
}

static void take(void *data, const struct mc_querier *querier)
{
	struct queriers *q = data;
	struct filter_facts facts = { .link = querier->link, .host = &querier->addr };

	if (q->d->filter.n && !filter_facts(q->d, &facts))
		return;
	if (q->n < QUERIERS_MAX)
		q->v[q->n++] = *querier;
	else
		keep_elected(q, querier);
}

static int by_link(const void *a, const void *b)
{
	const struct mc_querier *x = a, *y = b;

	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	if (x->addr.family != y->addr.family)
		return x->addr.family - y->addr.family;
	if (x->elected != y->elected)
		return x->elected ? -1 : 1;
	return mc_addr_cmp(&x->addr, &y->addr);
}

int queriers_collect(struct queriers *q, const struct state *s)
{
	int err;

	q->n = 0;
	q->more = 0;
	q->d = s->d;
	err = state_each_querier(s, take, q);
	qsort(q->v, q->n, sizeof(q->v[0]), by_link);
	return err < 0 ? err : 0;
}
