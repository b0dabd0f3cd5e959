/* optbatch.h - many setsockopt calls in one system call, where the kernel can
 *
 * Joining ten thousand groups is ten thousand setsockopt(2).  io_uring makes them
 * in one call (SOCKET_URING_OP_SETSOCKOPT, Linux 6.7); measured, a join then
 * costs less than half.  Whatever stands in the way (an older kernel, io_uring
 * switched off, seccomp), the calls are made one by one. */
#ifndef SYS_OPTBATCH_H
#define SYS_OPTBATCH_H

#include <sys/socket.h>

#define OPTBATCH_MAX 64

struct setopt {
	int fd, level, name;
	const void *value; /* of the caller, until the call returns */
	socklen_t len;
	int result; /* out: 0 or -errno */
};

struct optbatch;

/* NULL where the kernel cannot; that is no error. */
struct optbatch *optbatch_open(void);
void optbatch_close(struct optbatch *b); /* NULL is fine */

/* Makes n calls, at most OPTBATCH_MAX, in their order; b may be NULL. */
void optbatch_set(struct optbatch *b, struct setopt *calls, unsigned n);

#endif
