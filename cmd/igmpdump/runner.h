/* runner.h - the process that starts commands, before the others may no more
 *
 * It is forked before anything is opened or read.  On the line to it, a stream
 * socket, come jobs; for each there is one reply, when it has ended or could not be
 * started.  How many are under way is up to the other side. */
#ifndef IGMPDUMP_RUNNER_H
#define IGMPDUMP_RUNNER_H

#include <stdint.h>

/* Followed by the variables, each with its NUL, and the input. */
struct runner_job {
	uint32_t env_len, input_len;
};

struct runner_reply {
	int32_t err;	/* -errno: not started; 0 */
	int32_t status; /* as of waitpid(2) */
};

/* In the forked process: starts the program with these words for each job, until
 * the line ends.  Does not return. */
_Noreturn void runner_run(int line, const char *path, char *const *argv);

#endif
