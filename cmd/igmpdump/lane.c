/* lane.c - IGMP or MLD, each followed by an observer of its own: see lane.h */
#include "igmpdump/lane.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LARGE_PAGE ((size_t)2 << 20)

/* ---- memory ---- */

/* Millions of memberships lie all over their memory: large pages, where the system
 * has them for those who ask, spare a walk through the page table for each. */
static void *large_block(size_t size)
{
	void *p;

	if (posix_memalign(&p, LARGE_PAGE, size) != 0)
		return NULL;
	(void)madvise(p, size / LARGE_PAGE * LARGE_PAGE, MADV_HUGEPAGE);
	return p;
}

/* realloc(3) with size 0 is not the same everywhere. */
static void *observer_memory(void *old, size_t size)
{
	if (!old && size >= LARGE_PAGE)
		return large_block(size);
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

/* ---- what the observer says ---- */

static void take_latency(struct latency *l, mc_nsec d)
{
	if (d.ns < 0)
		return;
	if (!l->n++ || d.ns < l->min.ns)
		l->min = d;
	if (d.ns > l->max.ns)
		l->max = d;
	l->sum.ns += d.ns;
}

struct latency latency_sum(const struct latency *a, const struct latency *b)
{
	struct latency sum = a->n ? *a : *b;

	if (!a->n || !b->n)
		return sum;
	sum.n += b->n;
	sum.sum.ns += b->sum.ns;
	if (b->min.ns < sum.min.ns)
		sum.min = b->min;
	if (b->max.ns > sum.max.ns)
		sum.max = b->max;
	return sum;
}

static void observed(void *data, const struct mc_observation *o)
{
	struct lane *l = data;
	struct filter_facts facts = filter_of_observation(o);

	if (o->what == MC_DATA_STARTED)
		take_latency(&l->join, o->latency);
	else if (o->what == MC_DATA_STOPPED)
		take_latency(&l->leave, o->latency);
	if (l->d->filter.n && !filter_facts(l->d, &facts))
		return;
	if (o->what == MC_OBSERVED_ISSUE)
		l->issues[o->link][o->issue]++;
	events_observed(l->events, o);
}

/* The summary counts issues, and data after joins and leaves. */
static uint32_t wanted(const struct dump *d)
{
	if (d->c->events || d->exec)
		return 0;
	return MC_OBSERVED(MC_DATA_STARTED) | MC_OBSERVED(MC_DATA_STOPPED) |
	       MC_OBSERVED(MC_OBSERVED_ISSUE);
}

/* ---- opening ---- */

static int open_backlog(struct lane *l)
{
	l->backlog = calloc(1, sizeof(*l->backlog));
	if (!l->backlog)
		return -ENOMEM;
	l->backlog->observer = l->observer;
	return 0;
}

int lane_open(struct lane *l, struct dump *d, struct events *e, bool waits)
{
	struct mc_observer_opts o = { .sz = sizeof(o),
				      .alloc = observer_memory,
				      .max_members = d->c->max_members,
				      .fn = observed,
				      .data = l,
				      .wanted = wanted(d) };
	int err;

	*l = (struct lane){ .d = d, .events = e };
	l->issues = calloc(LINKS_MAX, sizeof(*l->issues)); /* used as links appear */
	if (!l->issues)
		return -ENOMEM;
	err = mc_observer_open(&l->observer, &o);
	return !err && waits ? open_backlog(l) : err;
}

void lane_close(struct lane *l)
{
	mc_observer_close(l->observer);
	free(l->backlog);
	free(l->issues);
}

/* ---- hearing ---- */

void lane_hear(struct lane *l, const struct message *m, mc_nsec now)
{
	if (l->backlog)
		backlog_add(l->backlog, m, now);
	else
		mc_observer_message(l->observer, m->link, now, &m->f, &m->gm);
}

void lane_catch_up(struct lane *l)
{
	if (l->backlog)
		backlog_flush(l->backlog);
}
