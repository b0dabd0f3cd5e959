/* session.h - runs the hosts: time, frames, scenario, until the end */
#ifndef MCHOST_SESSION_H
#define MCHOST_SESSION_H

#include "mchost/script.h"

/* What a session tells while it runs; data is the session's. */
struct teller {
	void (*start)(void *data, const struct crowd *w);
	void (*query)(void *data, const struct crowd *w, const struct mc_frame *f,
		      const struct mc_gm *gm);
	void (*progress)(void *data, const struct crowd *w, mc_nsec elapsed);
	void (*interim)(void *data, struct crowd *w, mc_nsec elapsed);
	void (*leave)(void *data, struct crowd *w); /* now the hosts end */
	void *data;
};

struct session {
	const struct config *c;
	struct link link;
	struct crowd crowd;
	struct script script;
	const struct teller *teller;
	int64_t wall_offset; /* wall clock minus running time */
	mc_nsec started, elapsed;
	bool told_down;
};

/* Opens all that needs a privilege.  0, or the exit status after a message. */
int session_open(struct session *s, const struct config *c, const struct opt_args *args);
void session_close(struct session *s);

/* Until the duration, the end of the scenario, a signal, or until the interface is
 * gone; then the hosts leave.  Returns the exit status. */
int session_run(struct session *s, const struct teller *t);

/* Deals with frames and timers until then, or until a signal.  0, or the exit
 * status after a message. */
int session_until(struct session *s, mc_nsec end);

/* All leave, and say so as often as the protocol wants it said. */
int session_leave(struct session *s);

#endif
