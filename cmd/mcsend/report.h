/* report.h - what mcsend says: progress and summary, as text or JSON */
#ifndef MCSEND_REPORT_H
#define MCSEND_REPORT_H

#include "common/json.h"
#include "mcsend/sender.h"

struct report {
	const struct config *c;
	struct json json;
	uint64_t last_packets, last_bytes;
	mc_nsec last;
};

void report_init(struct report *r, const struct config *c);

/* Who sends what where, before it starts. */
void report_start(const struct report *r, const struct sender *s);

/* A sender_progress; data is the struct report. */
void report_progress(const struct sender *s, void *data);

void report_summary(struct report *r, const struct sender *s);

#endif
