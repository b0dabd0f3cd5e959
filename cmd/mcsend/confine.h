/* confine.h - what mcsend may still do while it sends */
#ifndef MCSEND_CONFINE_H
#define MCSEND_CONFINE_H

#include "mcsend/config.h"

/* 0, or the exit status after a message. */
int confine(const struct config *c);

#endif
