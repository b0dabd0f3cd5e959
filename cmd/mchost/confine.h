/* confine.h - what mchost may still do while it is hosts */
#ifndef MCHOST_CONFINE_H
#define MCHOST_CONFINE_H

#include "mchost/config.h"

/* 0, or the exit status after a message. */
int confine(const struct config *c);

#endif
