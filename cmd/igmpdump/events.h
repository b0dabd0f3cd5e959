/* events.h - what changes, one after another: lines, JSON objects, commands */
#ifndef IGMPDUMP_EVENTS_H
#define IGMPDUMP_EVENTS_H

#include <mc/observer.h>

#include "common/json.h"
#include "igmpdump/exec.h"
#include "igmpdump/igmpdump.h"

struct event {
	const struct mc_observation *o;
	uint64_t frame;	    /* of an issue of a single message; else 0 */
	uint64_t held_back; /* of the same kind, since the last that was shown */
};

struct events;

/* exec may be NULL.  -ENOMEM. */
int events_open(struct events **out, struct dump *d, struct exec *exec);
void events_close(struct events *e); /* NULL is fine */

/* Shows an observation as the command line asks, and runs the command. */
void events_observed(struct events *e, const struct mc_observation *o);

/* The same for the issues of a single message. */
void events_message(struct events *e, const struct message *m);

/* How many issues were not shown, because too many came. */
uint64_t events_held_back(const struct events *e);

/* --- the three ways to tell ---------------------------------------------- */

/* Into dump.out. */
void event_line(struct dump *d, const struct event *e);

/* A whole event, its end included. */
void event_json(struct json *w, const struct dump *d, const struct event *e);

/* "MC_EVENT=member-joined" and so on, each with its NUL. */
void event_environment(struct buf *b, const struct dump *d, const struct event *e);

/* What an issue is about, "10.0.0.1, 239.1.1.1, 2.1 s"; "" if that is not known. */
#define SUBJECT_TEXT 160
const char *issue_subject(char buf[SUBJECT_TEXT], const struct mc_observation *o);

#endif
