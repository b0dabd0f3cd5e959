/* state.h - the views with a memory: queriers, members, streams, events.
 *
 * Behind this door: the observer of libmc, --summary, --members, --events,
 * --exec and --streams.  Messages come in, in the order of the capture and
 * whatever --filter says (elections and memberships depend on all of them);
 * filter_facts() decides what of the result is shown.
 *
 * Without dump.track_members only queries come in: the plain view of a file
 * tracks queriers at no cost, and does not follow millions of memberships that
 * nobody asked for.  Live, and with --summary, --members, --events, --exec,
 * --streams, --fail-on or --filter issue=, everything comes in.
 *
 * What is emitted, and where:
 *  - to dump.out, at the moment it happens: lines or JSON objects of events.
 *    Plain view: an observed issue, as a line indented below the message that
 *    revealed it; it is counted at the end (dump_issues()).  --events: all of them, and no lines
 *    of messages (dump.show_messages is false).  JSON: {"v":1,"event":
 *    "member-joined",...}; the plain JSON view has "event":"issue" only.
 *  - to stdout through out.h, table.h and json.h: summary and tables.
 *    dump.out was flushed before; stdout is flushed after.
 *
 * Times are those of the capture; live, that is CLOCK_REALTIME. */
#ifndef IGMPDUMP_STATE_H
#define IGMPDUMP_STATE_H

#include <mc/frame.h>
#include <mc/observer.h>

#include "igmpdump/igmpdump.h"

struct state;

/* Called with privileges dropped and dump complete but for dump.state.  0, or
 * the exit status after a message. */
int state_open(struct state **out, struct dump *d);
void state_close(struct state *s); /* NULL is fine */

/* A control message, after it was shown.  m->parsed may be false, and m->gm.kind
 * MC_GM_OTHER. */
void state_message(struct state *s, const struct message *m);

/* The same in two parts, of which the second may be done later and by another
 * thread, lane by lane (lane.h): only when state_waits(), which is when nothing that
 * a message changes is shown before the end.  What counts a message says whether its
 * lane is to hear it, at the time of state_now(). */
bool state_waits(const struct state *s);
bool state_count(struct state *s, const struct message *m);
mc_nsec state_now(const struct state *s);
void state_hear(struct state *s, unsigned lane, const struct mc_heard *heard, size_t n);

/* A data packet to a group (m->f; m->parsed is false), when dump.want_data.
 * udp is NULL when it is not UDP or is a later fragment. */
void state_data(struct state *s, const struct message *m, const struct mc_udp *udp);

/* Runs timers up to now; refreshes --members; reaps and starts commands.  Called
 * whenever state_deadline() has passed, before a message of a later time, and
 * once a second at least while live. */
void state_tick(struct state *s, mc_nsec now);
mc_nsec state_deadline(const struct state *s); /* INT64_MAX ns: never */

/* The input is over: the last timers up to now, the last events, and no return
 * before --exec has run (bounded by a signal). */
void state_end(struct state *s, mc_nsec now);

/* The summary, text or JSON, final or asked for by SIGUSR1.  Includes
 * dump.counts.  dump.c->members: the table of members instead of (final: below)
 * the queriers. */
void state_summary(struct state *s, bool final);

#endif
