/* session.h - one run of mcrecv: what its parts share */
#ifndef MCRECV_SESSION_H
#define MCRECV_SESSION_H

#include "common/json.h"
#include "mcrecv/config.h"
#include "mcrecv/joins.h"
#include "mcrecv/leave.h"
#include "mcrecv/sinks.h"
#include "mcrecv/streams.h"

#include <mc/capture.h>
#include <mc/host.h>
#include <mc/iface.h>

struct session {
	const struct config *c;
	struct joins joins;
	struct streams streams;
	struct sinks sinks;
	struct leave leave;
	mc_rx *rx;	/* NULL: a capture is read */
	mc_cap *replay; /* that one */
	mc_ifwatch *watch;
	struct json json;

	uint64_t counted;	  /* packets, against --count */
	uint64_t capture_skipped; /* frames of a capture that are not for us */
	uint64_t capture_broken;  /* and those that could not be read */
	unsigned clock_steps;
	mc_nsec clock_step; /* the last one */
	mc_nsec elapsed;    /* since the joins, monotonic */
	mc_nsec wall;	    /* now; reading a capture: its last packet */
	mc_nsec reported;   /* elapsed at the last interval */
	struct stream_totals reported_totals;
	bool no_iface_left;
};

/* Counts, reports and stores one read; takes no more than --count allows. */
void session_packet(struct session *s, struct mc_packet *p);

/* True when --count is reached, a check is settled, a signal came, or stdout
 * is broken. */
bool session_over(const struct session *s);

/* Receives until it is over.  Returns an exit status that overrides the
 * verdict, or 0. */
int live_run(struct session *s);

/* The same with the frames of a capture, which is opened first. */
int replay_open(struct session *s);
int replay_run(struct session *s);

#endif
