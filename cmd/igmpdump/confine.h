/* confine.h - what igmpdump may still do while it decodes */
#ifndef IGMPDUMP_CONFINE_H
#define IGMPDUMP_CONFINE_H

#include "igmpdump/config.h"

/* 0, or the exit status after a message. */
int confine(const struct config *c);

#endif
