/* tally.h - what hosts sent and heard, counted */
#ifndef MCHOST_TALLY_H
#define MCHOST_TALLY_H

#include <mc/delay.h>
#include <mc/hosts.h>

#define TALLY_QUERIERS 16

enum sent_kind {
	SENT_V1_REPORT = 0,
	SENT_V2_REPORT,
	SENT_V3_REPORT,
	SENT_V2_LEAVE,
	SENT_MLDV1_REPORT,
	SENT_MLDV2_REPORT,
	SENT_MLDV1_DONE,
	SENT_KINDS,
};

extern const char *const sent_names[SENT_KINDS]; /* "v2-report" */

struct querier {
	struct mc_addr addr;
	uint8_t version;
	uint64_t general, group, source; /* queries by what they ask for */
	mc_nsec max_resp, qqi;		 /* of the last general one */
	mc_nsec last;
};

struct tally {
	uint64_t sent[SENT_KINDS];
	uint64_t records;
	uint64_t refused; /* messages that could not be built */
	uint64_t queries;
	struct querier queriers[TALLY_QUERIERS];
	unsigned n_queriers;
	/* Answers: how long after the query, and by tenths of what it allowed. */
	struct mc_hist response;
	uint64_t tenths[10];
	uint64_t late;
};

void tally_sent(struct tally *t, const struct mc_hosts_sent *s);
const struct querier *tally_query(struct tally *t, const struct mc_frame *f, const struct mc_gm *gm,
				  mc_nsec now);

#endif
