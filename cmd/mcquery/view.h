/* view.h - the state: interfaces, groups, members, as text and JSON */
#ifndef MCQUERY_VIEW_H
#define MCQUERY_VIEW_H

#include "mcquery/mcquery.h"

/* What the interfaces do, a line for each family. */
void view_interfaces(struct run *r);

/* The first groups, one a row; 0: all. */
void view_groups(struct run *r, uint64_t rows);

/* Groups with their members. */
void view_members(struct run *r);

/* All of it: events "interface" and "group". */
void view_json(struct run *r, struct json *w);

#endif
