/* session.h - what happens to a frame, and when it is over */
#ifndef IGMPDUMP_SESSION_H
#define IGMPDUMP_SESSION_H

#include "igmpdump/igmpdump.h"

/* Decodes, shows, stores and tracks one frame of an input. */
void session_frame(struct dump *d, unsigned input, const struct mc_cap_frame *f);

/* The same with a message of the caller's, which may be kept as long as the frame. */
void session_read(struct dump *d, struct message *m, unsigned input, const struct mc_cap_frame *f);

/* Of what session_frame() does with a message, that which depends on all before
 * it: the timers that are due by then; whether the state wants it; and giving it
 * to the state, after it was shown. */
void session_tick(struct dump *d, mc_nsec now);
bool session_wants(const struct dump *d, const struct message *m);
void session_follow(struct dump *d, const struct message *m);

/* True when --count or a live --duration is reached, a signal came, or the
 * output or the capture file is broken. */
bool session_over(const struct dump *d);

/* Reading files: is a frame of that time beyond --duration? */
bool session_past(const struct dump *d, mc_nsec when);

/* Live: the clock starts; what is due by it; what to do before waiting; how long. */
void session_begin(struct dump *d);
void session_clock(struct dump *d);
void session_idle(struct dump *d);
mc_nsec session_wait(const struct dump *d);

/* Shows an interim summary if SIGUSR1 asked for it. */
void session_interim(struct dump *d);

/* The input is over: last events, and the summary if it is wanted. */
void session_end(struct dump *d);

#endif
