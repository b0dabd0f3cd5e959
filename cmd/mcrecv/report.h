/* report.h - what mcrecv says; text and JSON show the same facts */
#ifndef MCRECV_REPORT_H
#define MCRECV_REPORT_H

#include "mcrecv/session.h"
#include "mcrecv/verdict.h"

/* What happened between two intervals. */
struct interval {
	mc_nsec elapsed; /* since the joins */
	struct stream_totals now, before;
	double pps, bps;
	uint64_t dropped; /* by this host, so far */
};

/* What is lost on this host, and the numbers around it. */
struct ending {
	struct stream_totals totals;
	struct mc_rx_stats rx; /* all zero for captures */
	struct mc_clock_sync clock;
	uint64_t lost_network; /* lost minus dropped here: the rest */
	const struct verdict *verdict;
};

struct report_ops {
	void (*joined)(struct session *s);
	void (*first)(struct session *s, const struct stream *st);
	void (*interval)(struct session *s, const struct interval *i);
	void (*left)(struct session *s);
	void (*summary)(struct session *s, const struct ending *e);
};

extern const struct report_ops report_text, report_json;

void report_init(struct session *s);
void report_joined(struct session *s);
void report_first(struct session *s, const struct stream *st);
void report_interval(struct session *s);
void report_left(struct session *s);

/* A summary in between, without a verdict. */
void report_interim(struct session *s);
void report_summary(struct session *s, const struct verdict *v);

/* Is the stream worth a word in this interval? */
bool stream_moved(const struct stream *st);

#endif
