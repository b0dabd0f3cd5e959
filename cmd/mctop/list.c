/* list.c - the rows of a table: selected, filtered, sorted */
#include "mctop/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/out.h"

void list_init(struct list *l, enum table_id id)
{
	memset(l, 0, sizeof *l);
	l->id = id;
}

void list_stale(struct list *l)
{
	l->built = false;
}

void list_free(struct list *l)
{
	free(l->rows);
	l->rows = NULL;
	l->n = l->room = 0;
}

static void add(struct list *l, const void *row)
{
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 64;
		l->rows = reallocarray(l->rows, l->room, sizeof *l->rows);
		if (!l->rows) {
			err_msg("no memory");
			exit(EXIT_ENV);
		}
	}
	l->rows[l->n++] = row;
}

static bool holds(const struct group *g, int pid)
{
	for (unsigned i = 0; i < g->n_holders; i++)
		if (g->holders[i].process->pid == pid)
			return true;
	return false;
}

static bool shows_group(const struct list *l, const struct model *m, const struct group *g)
{
	if (g->left_at.ns && !l->linger)
		return false;
	if (l->ifindex && (g->iface->i.index != l->ifindex || g->iface->space->inode != l->netns))
		return false;
	if (l->pid && !holds(g, l->pid))
		return false;
	return model_selects(m, g);
}

static void offer(struct list *l, const void *row, const struct look *look)
{
	if (!l->filter[0] || row_matches(l->id, row, l->filter, look))
		add(l, row);
}

static void collect_groups(struct list *l, const struct model *m, const struct look *look)
{
	unsigned n;
	struct group *const *v = model_groups(m, &n);

	for (unsigned i = 0; i < n; i++)
		if (shows_group(l, m, v[i]))
			offer(l, v[i], look);
}

static void collect_ifaces(struct list *l, const struct model *m, const struct look *look)
{
	unsigned n;
	struct space *const *v = model_spaces(m, &n);

	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < v[i]->n_ifaces; k++)
			offer(l, v[i]->ifaces[k], look);
}

static void collect_processes(struct list *l, const struct model *m, const struct look *look)
{
	unsigned n;
	struct process *const *v = model_processes(m, &n);

	for (unsigned i = 0; i < n; i++)
		if (model_selects_process(m, v[i]))
			offer(l, v[i], look);
}

static void collect(struct list *l, const struct model *m, const struct look *look)
{
	unsigned n;

	switch (l->id) {
	case TABLE_IFACES:
		collect_ifaces(l, m, look);
		break;
	case TABLE_GROUPS:
		collect_groups(l, m, look);
		break;
	case TABLE_PROCESSES:
		collect_processes(l, m, look);
		break;
	case TABLE_BRIDGE: {
		const struct mdb_row *v = model_mdb(m, &n);

		for (unsigned i = 0; i < n; i++)
			offer(l, &v[i], look);
		break;
	}
	case TABLE_ROUTES: {
		const struct route *v = model_routes(m, &n);

		for (unsigned i = 0; i < n; i++)
			offer(l, &v[i], look);
		break;
	}
	default:
		break;
	}
}

static int compare(const void *a, const void *b, void *data)
{
	const struct list *l = data;
	const struct table_kind *kind = table_kind(l->id);
	const struct col *col = &kind->cols[l->sort];
	const void *x = *(const void *const *)a, *y = *(const void *const *)b;
	int by = col->order ? col->order(x, y) : 0;

	if (col->largest != l->reverse)
		by = -by;
	if (!by)
		by = kind->natural(x, y);
	return by ? by : (x > y) - (x < y);
}

bool list_refresh(struct list *l, const struct model *m, const struct look *look)
{
	const struct col *col = &table_kind(l->id)->cols[l->sort];
	uint64_t generation = model_generation(m, l->id), samples = model_samples(m);
	bool live = col->live || l->pid || (l->id == TABLE_GROUPS && l->filter[0]);

	if (l->built && generation == l->generation && (!live || samples == l->samples))
		return false;
	l->n = 0;
	collect(l, m, look);
	if (l->n)
		qsort_r(l->rows, l->n, sizeof *l->rows, compare, l);
	l->built = true;
	l->generation = generation;
	l->samples = samples;
	return true;
}

int list_sort_by(struct list *l, const char *title)
{
	const struct table_kind *kind = table_kind(l->id);
	bool reverse = *title == '-';

	title += reverse;
	for (unsigned i = 0; i < kind->n_cols; i++) {
		if (strcasecmp(kind->cols[i].title, title) != 0 || !kind->cols[i].order)
			continue;
		l->sort = i;
		l->reverse = reverse;
		list_stale(l);
		return 0;
	}
	return -1;
}

void list_cell(struct cell *out, const struct list *l, unsigned row, unsigned col,
	       const struct look *look)
{
	out->text[0] = '\0';
	out->tone = TONE_PLAIN;
	table_kind(l->id)->cols[col].text(out, l->rows[row], look);
	printable(out->text, look->utf8);
}
