/* loop.c - waits for descriptors, deadlines and signals at once */
#include "common/loop.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "common/sig.h"

struct loop_entry {
	loop_fn *fn;
	void *data;
};

static mc_nsec clock_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

mc_nsec loop_now(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

mc_nsec loop_wall(void)
{
	return clock_of(CLOCK_REALTIME);
}

static int grow(struct loop *l)
{
	unsigned size = l->size ? l->size * 2 : 8;
	struct loop_entry *entries = realloc(l->entries, size * sizeof(*entries));
	struct pollfd *fds;

	if (!entries)
		return -ENOMEM;
	l->entries = entries;
	fds = realloc(l->fds, size * sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	l->fds = fds;
	l->size = size;
	return 0;
}

int loop_watch(struct loop *l, int fd, loop_fn *fn, void *data)
{
	int err = l->n == l->size ? grow(l) : 0;

	if (err)
		return err;
	l->entries[l->n] = (struct loop_entry){ fn, data };
	l->fds[l->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 0;
}

/* The slot stays until the next wait: loop_wait may be walking. */
void loop_unwatch(struct loop *l, int fd)
{
	for (unsigned i = 0; i < l->n; i++)
		if (l->fds[i].fd == fd) {
			l->fds[i].fd = -1;
			l->fds[i].revents = 0;
			return;
		}
}

void loop_wake_at(struct loop *l, mc_nsec at)
{
	if (!l->bounded || at.ns < l->wake.ns)
		l->wake = at;
	l->bounded = true;
}

static void drop_unwatched(struct loop *l)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < l->n; i++) {
		if (l->fds[i].fd < 0)
			continue;
		l->fds[kept] = l->fds[i];
		l->entries[kept++] = l->entries[i];
	}
	l->n = kept;
}

int loop_wait(struct loop *l)
{
	mc_nsec timeout = { l->bounded ? l->wake.ns - loop_now().ns : 0 };
	bool bounded = l->bounded && l->wake.ns != INT64_MAX;
	int ready;

	l->bounded = false;
	drop_unwatched(l);
	ready = sig_ppoll(l->fds, l->n, bounded ? &timeout : NULL);
	for (unsigned i = 0, n = l->n; ready > 0 && i < n; i++)
		if (l->fds[i].revents)
			l->entries[i].fn(l->entries[i].data);
	return ready;
}

void loop_free(struct loop *l)
{
	free(l->entries);
	free(l->fds);
	*l = (struct loop){ 0 };
}
