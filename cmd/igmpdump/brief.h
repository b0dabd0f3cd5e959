/* brief.h - the gist of PIM, DVMRP, mtrace and the like, in a line */
#ifndef IGMPDUMP_BRIEF_H
#define IGMPDUMP_BRIEF_H

#include "igmpdump/igmpdump.h"

/* "  upstream neighbor 10.0.0.1, holdtime 17 s, group 239.1.1.1 ..." */
void brief_message(struct dump *d, const struct message *m);

#endif
