/* live.h - the program on a terminal */
#ifndef MCTOP_LIVE_H
#define MCTOP_LIVE_H

#include "mctop/model.h"

/* Until q or a signal; the exit status. */
int live_run(struct model *m, const struct config *c);

#endif
