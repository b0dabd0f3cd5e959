/* shares.h - "v2:30%,v3:70%", "10%@30s", and numbers of hosts */
#ifndef MCHOST_SHARES_H
#define MCHOST_SHARES_H

#include <mc/base.h>

#define SHARES_MAX 8

struct shares {
	double of[SHARES_MAX]; /* by the name's number; 0: not named */
	bool named[SHARES_MAX];
};

/* Reads names with shares; option stands before messages.  A name without a share
 * means all.  0, or the exit status after a message. */
int shares_parse(struct shares *out, const char *option, const char *text,
		 const char *const *names);

/* "all", "500", "10%": how many of n.  False: not that notation. */
bool shares_count(uint64_t *out, const char *text, uint64_t n);

#endif
