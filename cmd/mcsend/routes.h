/* routes.h - the streams that mcsend feeds: every group on every interface.
 *
 * A route is one spec on one interface, so a million groups are one route. */
#ifndef MCSEND_ROUTES_H
#define MCSEND_ROUTES_H

#include "common/groups.h"
#include "mcsend/config.h"

#include <mc/iface.h>
#include <mc/tx.h>

/* A socket; shared by all routes with its interface and family. */
struct outlet {
	struct mc_iface iface;
	enum mc_family family;
	mc_tx *tx;
	bool gone; /* the interface vanished */
};

struct route {
	const struct mc_spec *spec;
	unsigned outlet;
	uint64_t first_stream; /* number of the spec's first group */
};

struct routes {
	struct groups groups;
	struct outlet *outlets;
	unsigned n_outlets;
	struct route *v;
	unsigned n;
	uint64_t n_streams;
};

/* Parses the operands, chooses interfaces, opens the sockets.  0, or the exit
 * status after a message. */
int routes_open(struct routes *r, const struct config *c, const struct opt_args *args);
void routes_close(struct routes *r);

#endif
