/* run.c - one run: clocks, the router, waiting */
#include "mcquery/mcquery.h"

#include <stdlib.h>

#include "common/out.h"
#include "common/sig.h"
#include "mcquery/confine.h"
#include "mcquery/events.h"
#include "mcquery/links.h"

/* A wall clock that moves by more against the monotonic one was set. */
#define STEP_NS 50000000

/* Timer steps between two looks at what has come in: below 10 ms. */
#define BUDGET 1000

static void *allocate(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void on_event(void *data, const struct mc_router_event *e)
{
	struct run *r = data;

	r->changed = true;
	if (r->on_event)
		r->on_event(r, e);
}

static int open_router(struct run *r)
{
	struct mc_router_opts o = { .sz = sizeof(o),
				    .alloc = allocate,
				    .max_entries = r->c->max_entries,
				    .event = on_event,
				    .send = links_send,
				    .data = r };
	int err = mc_router_open(&r->router, &o);

	return err ? err_why(NULL, err, NULL) : 0;
}

int run_open(struct run *r)
{
	int status = links_open(r);

	if (!status)
		status = confine(r->c);
	if (status)
		return status;
	r->now = loop_now();
	r->offset = loop_wall().ns - r->now.ns;
	status = open_router(r);
	return status ? status : links_start(r);
}

void run_close(struct run *r)
{
	mc_router_close(r->router);
	links_close(r);
	loop_free(&r->loop);
	groups_free(&r->asked);
	free(r->sources);
}

void run_clock(struct run *r)
{
	int64_t offset, step;

	r->now = loop_now();
	offset = loop_wall().ns - r->now.ns;
	step = offset - r->offset;
	r->offset = offset;
	if (step > STEP_NS || step < -STEP_NS)
		events_clock(r, (mc_nsec){ step });
}

mc_nsec run_wall(const struct run *r, mc_nsec when)
{
	return (mc_nsec){ when.ns == INT64_MAX ? INT64_MAX : when.ns + r->offset };
}

bool run_over(const struct run *r)
{
	return sig_stop() || out_broken() || r->status || r->json.err;
}

void run_step(struct run *r, mc_nsec until)
{
	bool more;

	loop_wake_at(&r->loop, until);
	loop_wake_at(&r->loop, mc_router_deadline(r->router));
	(void)loop_wait(&r->loop);
	run_clock(r);
	more = mc_router_tick(r->router, r->now, BUDGET);
	if (more)
		loop_wake_at(&r->loop, r->now);
}
