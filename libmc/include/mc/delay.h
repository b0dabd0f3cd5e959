/* delay.h - interarrival jitter (RFC 3550 6.4.1, A.8) and a histogram of delays.
 *
 * Pure: the caller owns the memory and the clock. */
#ifndef MC_DELAY_H
#define MC_DELAY_H

#include <mc/base.h>

MC_BEGIN_DECLS

struct mc_jitter {
	bool started;
	mc_nsec transit;   /* of the previous packet */
	int64_t scaled_ns; /* the estimate times 16 */
	int64_t max_ns;	   /* largest estimate */
};

/* transit: arrival minus send time; the clocks need not agree (only
 * differences count).  Steps of more than ten seconds are taken for a clock
 * that was set, not for jitter. */
MC_API void mc_jitter_add(struct mc_jitter *j, mc_nsec transit);

/* The estimate now, 0 before two packets. */
MC_API mc_nsec mc_jitter_value(const struct mc_jitter *j);

/* Log-linear: 16 buckets for every power of two, so a quantile is off by less
 * than 1/16 of its value; 0 ns .. about 68 s, larger values count as that. */
#define MC_HIST_SUB	16
#define MC_HIST_BUCKETS (MC_HIST_SUB * 33)

struct mc_hist {
	uint64_t count;	   /* exact, negative ones included */
	uint64_t negative; /* below zero: the clocks do not agree */
	int64_t min_ns, max_ns;
	double sum_ns;
	uint32_t buckets[MC_HIST_BUCKETS]; /* all halved when one is full */
};

/* Counts a value, or one of them n times.  A histogram that is all zero is empty. */
MC_API void mc_hist_add(struct mc_hist *h, mc_nsec value);
MC_API void mc_hist_add_n(struct mc_hist *h, mc_nsec value, unsigned n);

/* Adds all values of `from`. */
MC_API void mc_hist_merge(struct mc_hist *into, const struct mc_hist *from);

/* The mean, negative values included; 0 for an empty histogram. */
MC_API mc_nsec mc_hist_mean(const struct mc_hist *h);

/* The value below which the share q (0..1) of all values lies; exact at 0 and
 * 1; 0 for an empty histogram.  Negative values have no buckets: the smallest
 * stands for all of them. */
MC_API mc_nsec mc_hist_quantile(const struct mc_hist *h, double q);

/* The values of a bucket, for those who draw it: low <= value < high. */
MC_API mc_nsec mc_hist_bucket_low(unsigned bucket);
MC_API mc_nsec mc_hist_bucket_high(unsigned bucket);

MC_END_DECLS

#endif
