/* backlog.c - messages of a file on their way to the observer, several at once */
#include "igmpdump/backlog.h"

void backlog_flush(struct backlog *b)
{
	unsigned n = b->n;

	b->n = 0;
	b->used = 0;
	mc_observer_messages(b->observer, b->heard, n);
}

/* The frame's bytes are gone when the next one is read, and of them the observer
 * looks at addresses, which the structures hold, and at records. */
void backlog_add(struct backlog *b, const struct message *m, mc_nsec now)
{
	struct mc_gm *gm;

	if (m->gm.records.len > sizeof(b->bytes) - b->used)
		backlog_flush(b);
	if (m->gm.records.len > sizeof(b->bytes)) {
		mc_observer_message(b->observer, m->link, now, &m->f, &m->gm);
		return;
	}
	gm = &b->messages[b->n];
	*gm = m->gm;
	if (gm->records.len) {
		memcpy(b->bytes + b->used, gm->records.p, gm->records.len);
		gm->records.p = b->bytes + b->used;
		b->used += gm->records.len;
	}
	gm->sources = gm->extra = (struct mc_span){ NULL, 0 };
	b->frames[b->n] = m->f;
	b->heard[b->n] = (struct mc_heard){ m->link, now, &b->frames[b->n], gm };
	if (++b->n == BACKLOG_MESSAGES)
		backlog_flush(b);
}
