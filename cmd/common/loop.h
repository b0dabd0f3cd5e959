/* loop.h - waits for descriptors, deadlines and signals at once.
 *
 *   struct loop l = { 0 };
 *   loop_watch(&l, fd, on_frames, capture);
 *   while (!sig_stop()) {
 *           loop_wake_at(&l, next_deadline());
 *           loop_wait(&l);
 *           ... what is due ...
 *   }
 *   loop_free(&l);
 *
 * A signal (sig.h) ends the wait, also one that came just before it. */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <stdbool.h>

#include <mc/base.h>

typedef void loop_fn(void *data);

struct loop_entry;

/* All zero is an empty one. */
struct loop {
	struct loop_entry *entries;
	struct pollfd *fds; /* beside the entries */
	unsigned n, size;
	bool bounded;
	mc_nsec wake; /* of the next wait, when bounded */
};

/* Calls fn in loop_wait when fd can be read, or has failed.  0 or -ENOMEM. */
int loop_watch(struct loop *l, int fd, loop_fn *fn, void *data);

/* Also from within a loop_fn, for any descriptor. */
void loop_unwatch(struct loop *l, int fd);

/* The next wait is over by then (loop_now); the earliest of several calls counts. */
void loop_wake_at(struct loop *l, mc_nsec at);

/* Waits and calls who is ready: how many, 0 when the time is over, -EINTR after a
 * signal, or -errno. */
int loop_wait(struct loop *l);

void loop_free(struct loop *l);

/* Time that only runs forward, and time since the Unix epoch. */
mc_nsec loop_now(void);
mc_nsec loop_wall(void);

#endif
