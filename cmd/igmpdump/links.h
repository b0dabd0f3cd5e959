/* links.h - which link a message is on */
#ifndef IGMPDUMP_LINKS_H
#define IGMPDUMP_LINKS_H

#include "igmpdump/igmpdump.h"

/* The number of the link for a frame of an input; it is added when it is new.
 * UINT32_MAX without memory. */
uint32_t links_find(struct dump *d, unsigned input, const struct mc_frame *f);

void links_free(struct links *l);

#endif
