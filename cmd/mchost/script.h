/* script.h - what happens when: scenario files, and what options ask for */
#ifndef MCHOST_SCRIPT_H
#define MCHOST_SCRIPT_H

#include "mchost/crowd.h"

enum action {
	DO_JOIN = 0,
	DO_LEAVE,
	DO_KILL,
	DO_REVIVE,
	DO_CHURN,
	DO_ZAP,
	DO_CRAFT,
	DO_END,
};

/* A line of a scenario. */
struct step {
	enum action action;
	mc_nsec at;
	unsigned line;
	char who[32];		/* "all", "500", "10%" */
	uint64_t first, groups; /* channels; none: as --per-host says */
	struct rate rate;	/* RATE_NONE: at once, or off */
	char *message;		/* DO_CRAFT */
};

/* A step under way: it visits hosts in an order of its own. */
struct task {
	enum action action;
	uint64_t n, i; /* hosts */
	uint64_t a, b; /* host number i is (a * i + b) mod crowd's n */
	uint64_t j;    /* groups of the host that are done */
	uint64_t first, groups;
	struct rate rate;
	mc_nsec since;
	uint64_t done; /* since then */
};

/* Something that goes on at a rate. */
struct pace {
	double rate; /* a second; 0: off */
	mc_nsec since;
	uint64_t done;
};

struct script {
	struct crowd *crowd;
	struct step *steps;
	unsigned n, next;
	struct task *tasks;
	unsigned n_tasks;
	struct pace churn, zap;
	mc_nsec start;
	bool ended;
	bool joined; /* the last join is done */
	const char *kill;
	mc_nsec kill_at; /* after the start; below 0: when all have joined */
};

/* Reads the scenario file, if any, and adds its groups to the channels; else makes
 * the steps that options ask for.  0, or the exit status after a message. */
int script_open(struct script *s, const struct config *c, struct channels *ch);
void script_close(struct script *s);

/* From now on. */
void script_start(struct script *s, struct crowd *w, mc_nsec now);

/* Does what is due, a few thousand things at most; *more: there is more.  0, or
 * the exit status after a message. */
int script_run(struct script *s, mc_nsec now, bool *more);
mc_nsec script_deadline(const struct script *s, mc_nsec now);

#endif
