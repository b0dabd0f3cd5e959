/* report.h - what mchost says: start, queries, progress, summary, as text or JSON */
#ifndef MCHOST_REPORT_H
#define MCHOST_REPORT_H

#include "common/json.h"
#include "mchost/session.h"

/* Of --verify: who got what. */
struct delivery {
	uint64_t hosts, complete;	 /* living hosts with groups; those who got all */
	uint64_t memberships, delivered; /* of them */
	uint64_t unwanted;		 /* packets nobody wanted */
};

struct report {
	const struct config *c;
	struct json json;
	uint64_t last_frames;
	mc_nsec last;
	struct delivery delivery; /* before the hosts leave */
};

void report_init(struct report *r, const struct config *c);

/* What a session calls; teller.data is the report. */
struct teller report_teller(struct report *r);

/* Looks who got what, while there are members. */
void report_delivery(struct delivery *out, const struct crowd *w);

void report_summary(struct report *r, struct crowd *w, mc_nsec elapsed);

/* The renderers, by event. */
void text_start(const struct report *r, const struct crowd *w);
void text_query(const struct report *r, const struct mc_frame *f, const struct mc_gm *gm);
void text_progress(const struct report *r, const struct crowd *w, mc_nsec elapsed);
void text_summary(const struct report *r, const struct crowd *w, const struct delivery *d,
		  mc_nsec elapsed);
void json_start(struct report *r, const struct crowd *w);
void json_query(struct report *r, const struct mc_frame *f, const struct mc_gm *gm);
void json_progress(struct report *r, const struct crowd *w, mc_nsec elapsed);
void json_summary(struct report *r, const char *event, const struct crowd *w,
		  const struct delivery *d, mc_nsec elapsed);

#endif
