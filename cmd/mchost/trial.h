/* trial.h - RFC 3918's tests of what is between two interfaces */
#ifndef MCHOST_TRIAL_H
#define MCHOST_TRIAL_H

#include "mchost/session.h"

struct trial_row {
	uint64_t groups;    /* joined */
	uint64_t delivered; /* of those that this step added */
	uint64_t added;
	bool flooded; /* data came of a group that nobody had joined */
};

struct trial {
	struct session *s;
	const struct config *c;
	struct link feed;
	struct mc_addr from[2]; /* IPv4, IPv6 */
	uint64_t fed;		/* packets */
	/* the result */
	uint64_t capacity;
	bool limited;	  /* the limit was found */
	uint64_t missing; /* groups whose data never came, of delay tests */
	struct trial_row *rows;
	unsigned n_rows;
};

/* Runs --test and tells its result.  Returns the exit status. */
int trial_run(struct session *s, const struct config *c);

/* The renderer. */
void trial_tell(const struct trial *t);

#endif
