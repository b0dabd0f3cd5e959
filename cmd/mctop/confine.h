/* confine.h - what mctop may still do while it shows */
#ifndef MCTOP_CONFINE_H
#define MCTOP_CONFINE_H

#include "mctop/config.h"

/* Once the model is open; 0, or the exit status after a message. */
int confine_user(const struct config *c);

/* Once the terminal is, too. */
int confine_calls(const struct config *c);

#endif
