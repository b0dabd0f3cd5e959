/* once.h - without a terminal: a table, a snapshot, a stream of changes */
#ifndef MCTOP_ONCE_H
#define MCTOP_ONCE_H

#include "mctop/model.h"

/* Steps the model for a while: until everything was looked at once, and then
 * for --duration.  false: a signal came. */
bool once_watch(struct model *m, const struct config *c);

/* The exit status. */
int once_table(struct model *m, const struct config *c);
int once_json(struct model *m, const struct config *c);

#endif
