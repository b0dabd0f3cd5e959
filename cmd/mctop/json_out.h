/* json_out.h - the model as JSON Lines: a snapshot, and changes */
#ifndef MCTOP_JSON_OUT_H
#define MCTOP_JSON_OUT_H

#include "common/json.h"
#include "mctop/model.h"

/* Interfaces, memberships, processes, databases of bridges, routes, a summary;
 * the number of memberships. */
unsigned json_snapshot(struct json *w, struct model *m);

/* A model_event_fn, whose data is the struct json. */
void json_event(void *data, const struct event *e, struct group *g, const struct iface *f);

/* Of groups to which packets came since the last time. */
void json_traffic(struct json *w, struct model *m);

#endif
