/* mcquery.h - one run: interfaces, the router's state, how it is shown */
#ifndef MCQUERY_H
#define MCQUERY_H

#include <mc/iface.h>
#include <mc/router.h>

#include "common/groups.h"
#include "common/json.h"
#include "common/loop.h"
#include "mcquery/config.h"

struct link;

struct run {
	const struct config *c;
	struct groups asked;
	struct mc_addr *sources;
	unsigned n_sources;

	struct link *links;
	unsigned n_links, links_left; /* that are not gone */
	mc_ifwatch *watch;
	mc_router *router;
	struct loop loop;
	struct json json;
	mc_nsec now;	/* monotonic, as the router has it */
	int64_t offset; /* wall minus monotonic */
	int status;	/* not 0: end with it */

	void (*on_event)(struct run *, const struct mc_router_event *);
	bool changed; /* since the screen was drawn */
};

/* Opens the router and all links, gives up privileges.  0 or the exit status. */
int run_open(struct run *r);
void run_close(struct run *r);

/* Reads the clocks; notices a step of the wall clock. */
void run_clock(struct run *r);

/* Waits until `until`, the router's next deadline, or news, and deals with it. */
void run_step(struct run *r, mc_nsec until);

/* Is it time to end: a signal, a broken output, no interface left? */
bool run_over(const struct run *r);

/* A time of the router's, since the epoch. */
mc_nsec run_wall(const struct run *r, mc_nsec when);

#endif
