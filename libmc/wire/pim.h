/* pim.h - what the parts of the PIM walker share */
#ifndef MC_WIRE_PIM_H
#define MC_WIRE_PIM_H

#include "wire/dissect_walk.h"

/* RFC 7761 4.9.1.  The kind is the argument of the walk. */
enum pim_encoding {
	PIM_UNICAST = 0,
	PIM_GROUP,
	PIM_SOURCE,
};

/* A node with the encoded address; the node carries the address too. */
void pim_encoded(struct walk *w, const char *name, enum pim_encoding kind);

void pim_hello(struct walk *w);

#endif
