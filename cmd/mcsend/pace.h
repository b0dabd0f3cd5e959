/* pace.h - when how many packets are due.  Knows no clock: time is handed in. */
#ifndef MCSEND_PACE_H
#define MCSEND_PACE_H

#include <mc/base.h>

struct pace {
	double ns_per_packet; /* 0: no limit */
	uint64_t burst;	      /* the most that may be owed */
	int64_t origin_ns;    /* when packet number `base` was due */
	uint64_t base;	      /* moves along, so that doubles stay exact */
	uint64_t sent;
	uint64_t given_up; /* owed beyond burst */
};

/* packets_per_second 0: no limit.  burst 0: what 100 ms owe, at least 64. */
void pace_start(struct pace *p, double packets_per_second, uint64_t burst, mc_nsec now);

/* How many packets may leave now. */
uint64_t pace_due(struct pace *p, mc_nsec now);

void pace_sent(struct pace *p, uint64_t n);

/* When the next packet is due. */
mc_nsec pace_next(const struct pace *p);

#endif
