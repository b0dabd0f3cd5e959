/* list.h - the rows of a table: selected, filtered, sorted
 *
 * Built again only when the model has other rows, or newer numbers in the column
 * that rows are sorted by.  No terminal in it. */
#ifndef MCTOP_LIST_H
#define MCTOP_LIST_H

#include "mctop/cells.h"

#define LIST_FILTER 64

struct list {
	enum table_id id;
	unsigned sort; /* column */
	bool reverse;
	bool linger;		  /* with groups that were left just now */
	char filter[LIST_FILTER]; /* lower case; "": all */

	/* Only groups of this interface, or of this process; 0: all. */
	uint64_t netns;
	unsigned ifindex;
	int pid;

	const void **rows;
	unsigned n;

	/* private */
	unsigned room;
	bool built;
	uint64_t generation, samples;
};

void list_init(struct list *l, enum table_id id);

/* After sort, reverse, filter or the selection have changed. */
void list_stale(struct list *l);

/* Brings the rows up to date; whether they are others than before. */
bool list_refresh(struct list *l, const struct model *m, const struct look *look);

/* The column with that title, in any case; "-title" reverses.  -1: there is none. */
int list_sort_by(struct list *l, const char *title);

/* The text of a cell, made fit to be shown. */
void list_cell(struct cell *out, const struct list *l, unsigned row, unsigned col,
	       const struct look *look);

void list_free(struct list *l);

#endif
