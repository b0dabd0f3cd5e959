/* order.c - a merge sort of record numbers: see order.h */
#include "order.h"
#include <errno.h>

static bool comes_before(const struct order *l, const struct item *a, const struct item *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	return l->order(l->owner, a->id, b->id) < 0;
}

static void merge(const struct order *l, size_t from, size_t middle, size_t to)
{
	size_t i = from, j = middle;

	for (size_t k = from; k < to; k++) {
		bool right = i == middle || (j < to && comes_before(l, &l->items[j], &l->items[i]));

		l->spare[k] = right ? l->items[j++] : l->items[i++];
	}
}

void order_sort(struct order *l)
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

int order_open(struct order *l, alloc_fn *alloc, const void *owner, order_fn *order, size_t n)
{
	*l = (struct order){ .alloc = alloc, .owner = owner, .order = order };
	l->items = alloc(NULL, (n ? n : 1) * sizeof(*l->items));
	l->spare = alloc(NULL, (n ? n : 1) * sizeof(*l->spare));
	if (l->items && l->spare)
		return 0;
	order_close(l);
	return -ENOMEM;
}

void order_close(struct order *l)
{
	if (l->items)
		l->alloc(l->items, 0);
	if (l->spare)
		l->alloc(l->spare, 0);
	l->items = l->spare = NULL;
	l->n = 0;
}
