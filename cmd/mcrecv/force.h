/* force.h - another IGMP or MLD version for a while, put back whatever happens */
#ifndef MCRECV_FORCE_H
#define MCRECV_FORCE_H

#include "mcrecv/joins.h"

#include <sys/types.h>

struct force {
	pid_t keeper; /* 0: nothing is forced */
	int line;     /* its end of life is the keeper's signal */
};

/* Forces the versions that c asks for on the interfaces of j, before anything
 * is joined.  A child process keeps the old values and writes them back as soon
 * as this process is gone, even by SIGKILL.  0, or the exit status after a
 * message. */
int force_begin(struct force *f, const struct config *c, const struct joins *j);

/* Puts the old versions back and waits until that is done.  To be called after
 * leaving, so that leaves still speak the forced version. */
void force_end(struct force *f);

#endif
