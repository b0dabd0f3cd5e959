/* craft.h - one packet at a time: messages by name, bytes, datagrams */
#ifndef MCHOST_CRAFT_H
#define MCHOST_CRAFT_H

#include "mchost/config.h"
#include "mchost/link.h"

/* Does the command line ask for single packets? */
bool craft_wanted(const struct config *c);

/* Sends what --craft, --hex and --frame say, and tells.  Returns the exit status. */
int craft_run(const struct config *c);

/* Queues one message in the notation.  0, or the exit status after a message. */
int craft_text(struct link *l, const struct config *c, const char *text);

#endif
