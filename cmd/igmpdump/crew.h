/* crew.h - a capture file read by several threads */
#ifndef IGMPDUMP_CREW_H
#define IGMPDUMP_CREW_H

#include "igmpdump/igmpdump.h"

/* Reads the first input as far as this way goes, which may be nowhere; the rest of
 * it is for session_frame(), one by one.  The output is the same. */
void crew_read(struct dump *d);

#endif
