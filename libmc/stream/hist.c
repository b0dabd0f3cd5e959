/* hist.c - log-linear histogram of delays
 *
 * Values below 16 have a bucket each; from there on every power of two is cut
 * into 16 buckets of equal width. */
#include <mc/delay.h>

enum {
	SUB_BITS = 4, /* log2 of MC_HIST_SUB */
	LAST = MC_HIST_BUCKETS - 1,
};

static unsigned bucket_of(uint64_t v)
{
	unsigned octave, bucket;

	if (v < MC_HIST_SUB)
		return (unsigned)v;
	octave = 63 - (unsigned)__builtin_clzll(v);
	bucket = (octave - SUB_BITS + 1) * MC_HIST_SUB +
		 (unsigned)(v >> (octave - SUB_BITS)) % MC_HIST_SUB;
	return bucket < LAST ? bucket : LAST;
}

mc_nsec mc_hist_bucket_low(unsigned bucket)
{
	unsigned octave = bucket / MC_HIST_SUB, sub = bucket % MC_HIST_SUB;

	if (bucket > MC_HIST_BUCKETS)
		return mc_hist_bucket_low(MC_HIST_BUCKETS);
	if (octave == 0)
		return (mc_nsec){ sub };
	return (mc_nsec){ (int64_t)(MC_HIST_SUB + sub) << (octave - 1) };
}

mc_nsec mc_hist_bucket_high(unsigned bucket)
{
	return mc_hist_bucket_low(bucket < LAST ? bucket + 1 : MC_HIST_BUCKETS);
}

/* Rounds up: a lone outlier keeps its bucket. */
static void halve(struct mc_hist *h)
{
	for (unsigned i = 0; i < MC_HIST_BUCKETS; i++)
		h->buckets[i] -= h->buckets[i] / 2;
}

static void note_range(struct mc_hist *h, int64_t low, int64_t high)
{
	if (h->count == 0 || low < h->min_ns)
		h->min_ns = low;
	if (h->count == 0 || high > h->max_ns)
		h->max_ns = high;
}

void mc_hist_add_n(struct mc_hist *h, mc_nsec value, unsigned n)
{
	uint32_t *bucket;

	if (n == 0)
		return;
	note_range(h, value.ns, value.ns);
	h->count += n;
	h->sum_ns += (double)value.ns * n;
	if (value.ns < 0) {
		h->negative += n;
		return;
	}
	bucket = &h->buckets[bucket_of((uint64_t)value.ns)];
	if (__builtin_expect(n > UINT32_MAX - *bucket, 0)) {
		halve(h);
		if (n > UINT32_MAX - *bucket)
			n = UINT32_MAX - *bucket;
	}
	*bucket += n;
}

void mc_hist_add(struct mc_hist *h, mc_nsec value)
{
	mc_hist_add_n(h, value, 1);
}

static bool sum_overflows(const struct mc_hist *a, const struct mc_hist *b)
{
	for (unsigned i = 0; i < MC_HIST_BUCKETS; i++)
		if (a->buckets[i] > UINT32_MAX - b->buckets[i])
			return true;
	return false;
}

void mc_hist_merge(struct mc_hist *into, const struct mc_hist *from)
{
	unsigned shift;

	if (from->count == 0)
		return;
	shift = sum_overflows(into, from);
	note_range(into, from->min_ns, from->max_ns);
	into->count += from->count;
	into->negative += from->negative;
	into->sum_ns += from->sum_ns;
	for (unsigned i = 0; i < MC_HIST_BUCKETS; i++) {
		uint64_t sum = (uint64_t)into->buckets[i] + from->buckets[i];

		into->buckets[i] = (uint32_t)((sum + shift) >> shift);
	}
}

static int64_t within_range(const struct mc_hist *h, int64_t v)
{
	if (v < h->min_ns)
		return h->min_ns;
	return v > h->max_ns ? h->max_ns : v;
}

mc_nsec mc_hist_mean(const struct mc_hist *h)
{
	double mean = h->count ? h->sum_ns / (double)h->count : 0;

	/* Compared before it is converted: the ends of int64_t round outwards. */
	if (mean <= (double)h->min_ns)
		return (mc_nsec){ h->min_ns };
	if (mean >= (double)h->max_ns)
		return (mc_nsec){ h->max_ns };
	return (mc_nsec){ (int64_t)mean };
}

static uint64_t weight(const struct mc_hist *h)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < MC_HIST_BUCKETS; i++)
		sum += h->buckets[i];
	return sum;
}

/* The middle of the bucket that holds the value of this rank, counted from 0
 * in what the buckets hold. */
static int64_t value_at(const struct mc_hist *h, uint64_t rank)
{
	unsigned i = 0;

	while (i < LAST && rank >= h->buckets[i])
		rank -= h->buckets[i++];
	return (mc_hist_bucket_low(i).ns + mc_hist_bucket_high(i).ns - 1) / 2;
}

mc_nsec mc_hist_quantile(const struct mc_hist *h, double q)
{
	uint64_t rank, positive = h->count - h->negative, in_buckets;

	if (h->count == 0 || !(q > 0))
		return (mc_nsec){ h->min_ns };
	if (q >= 1)
		return (mc_nsec){ h->max_ns };
	rank = (uint64_t)(q * (double)h->count);
	if (rank < h->negative || positive == 0)
		return (mc_nsec){ h->min_ns };
	rank -= h->negative;
	/* Once halved, the buckets hold less than was counted. */
	in_buckets = weight(h);
	if (in_buckets != positive)
		rank = (uint64_t)((double)rank * (double)in_buckets / (double)positive);
	return (mc_nsec){ within_range(h, value_at(h, rank)) };
}
