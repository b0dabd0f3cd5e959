/* confine.h - what mcquery may still do while it asks or serves */
#ifndef MCQUERY_CONFINE_H
#define MCQUERY_CONFINE_H

#include "mcquery/config.h"

/* 0, or the exit status after a message. */
int confine(const struct config *c);

#endif
