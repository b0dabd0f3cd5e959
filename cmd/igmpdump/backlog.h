/* backlog.h - messages of a file on their way to the observer, several at once
 *
 * What they name lies all over memory; together they are looked up faster
 * (mc_observer_messages).  Only for views that show nothing until the end. */
#ifndef IGMPDUMP_BACKLOG_H
#define IGMPDUMP_BACKLOG_H

#include <mc/observer.h>

#include "igmpdump/igmpdump.h"

#define BACKLOG_MESSAGES 32
#define BACKLOG_BYTES	 32768

struct backlog {
	mc_observer *observer;
	unsigned n;
	size_t used; /* of bytes */
	struct mc_heard heard[BACKLOG_MESSAGES];
	struct mc_frame frames[BACKLOG_MESSAGES];
	struct mc_gm messages[BACKLOG_MESSAGES];
	uint8_t bytes[BACKLOG_BYTES]; /* their records */
};

/* It is heard at that time. */
void backlog_add(struct backlog *b, const struct message *m, mc_nsec now);

/* The observer has heard everything. */
void backlog_flush(struct backlog *b);

#endif
