/* table.h - text in aligned columns.
 *
 *   static const struct column cols[] = {{"group", false}, {"packets", true}};
 *   struct table *t = table_new(cols, 2);
 *   table_cell(t, "239.1.1.1");
 *   table_cell(t, "%u", 17u);
 *   table_print(t);
 *   table_free(t);
 */
#ifndef COMMON_TABLE_H
#define COMMON_TABLE_H

#include "common/out.h"

struct column {
	const char *title;
	bool right; /* numbers */
};

struct table;

/* Columns are borrowed.  No memory ends the program with EXIT_ENV. */
struct table *table_new(const struct column *cols, size_t n);

/* The next cell, row after row.  An empty one is shown as "-". */
void table_cell(struct table *t, const char *fmt, ...) OUT_PRINTF(2, 3);

/* The same in a style; the width counts only the text. */
void table_cell_style(struct table *t, enum style s, const char *fmt, ...) OUT_PRINTF(3, 4);

/* Titles and rows through out_printf(), two spaces between columns, none at
 * the end of a line; a half-filled last row is filled up.  Then the table is
 * empty again. */
void table_print(struct table *t);

void table_free(struct table *t);

#endif
