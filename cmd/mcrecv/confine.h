/* confine.h - what mcrecv may still do while it measures */
#ifndef MCRECV_CONFINE_H
#define MCRECV_CONFINE_H

#include "mcrecv/config.h"

/* 0, or the exit status after a message. */
int confine(const struct config *c);

#endif
