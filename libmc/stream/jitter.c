/* jitter.c - interarrival jitter, RFC 3550 6.4.1 and A.8 */
#include <mc/delay.h>

#define CLOCK_STEP_NS INT64_C(10000000000)

/* Returns false when the two cannot be transits by the same clocks. */
static bool distance(int64_t *out, int64_t a, int64_t b)
{
	if (__builtin_sub_overflow(a, b, out))
		return false;
	if (*out < -CLOCK_STEP_NS || *out > CLOCK_STEP_NS)
		return false;
	if (*out < 0)
		*out = -*out;
	return true;
}

void mc_jitter_add(struct mc_jitter *j, mc_nsec transit)
{
	int64_t d;

	if (j->started && distance(&d, transit.ns, j->transit.ns)) {
		/* A.8: kept times 16, so that rounding does not bias it down. */
		j->scaled_ns += d - ((j->scaled_ns + 8) >> 4);
		if (j->scaled_ns >> 4 > j->max_ns)
			j->max_ns = j->scaled_ns >> 4;
	}
	j->started = true;
	j->transit = transit;
}

mc_nsec mc_jitter_value(const struct mc_jitter *j)
{
	return (mc_nsec){ j->scaled_ns >> 4 };
}
