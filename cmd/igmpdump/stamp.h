/* stamp.h - the time at the beginning of a line, as -t asks */
#ifndef IGMPDUMP_STAMP_H
#define IGMPDUMP_STAMP_H

#include "igmpdump/igmpdump.h"

enum stamp {
	STAMP_CLOCK = 0, /* 12:34:56.123456, local time */
	STAMP_NONE,
	STAMP_EPOCH,
	STAMP_DELTA, /* since the line before */
	STAMP_DATE,
	STAMP_ELAPSED, /* since the first line */
};

/* The stamp and a blank, or nothing. */
char *put_stamp(char *p, struct dump *d, mc_nsec when);

#endif
