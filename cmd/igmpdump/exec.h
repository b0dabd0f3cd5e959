/* exec.h - runs a program for each event, a bounded number at once
 *
 * The runner is another process, see runner.h, because this one may not start any.
 * Nothing blocks but exec_submit() with `patient`, and exec_finish(). */
#ifndef IGMPDUMP_EXEC_H
#define IGMPDUMP_EXEC_H

#include "igmpdump/config.h"

struct exec;

#define EXEC_QUEUE_MAX 1024
#define EXEC_PREFIX    "MC_" /* of the variables of an event; none is inherited */

struct exec_stats {
	uint64_t started;
	uint64_t failed;      /* of those: ended with a status that is not 0, or by a signal */
	uint64_t not_started; /* no process, no memory */
	uint64_t dropped;     /* the queue was full, or the end came */
	unsigned running;     /* now; after exec_finish(): left alone */
	unsigned queued;
};

/* Splits the command into words, finds its program, and starts the runner; to be
 * called before anything else is open.  0, or the exit status after a message. */
int exec_open(struct exec **out, const struct config *c);
void exec_close(struct exec *e); /* NULL is fine; what runs is left alone */

/* Asks for a run with these variables (strings "NAME=value", each with its NUL)
 * besides our own, and these bytes as standard input.  Where the queue is full
 * the run is dropped and counted; a patient caller waits for room first, unless
 * for a long time nothing ends. */
void exec_submit(struct exec *e, struct mc_span env, struct mc_span input, bool patient);

/* Takes note of what has ended and starts what waits.  True while there is
 * anything to come back for. */
bool exec_poll(struct exec *e);

/* Waits until all have run.  Gives up when nothing ends for ten seconds; after
 * a signal, after two altogether.  Says what is left. */
void exec_finish(struct exec *e);

void exec_stats(const struct exec *e, struct exec_stats *out);

#endif
