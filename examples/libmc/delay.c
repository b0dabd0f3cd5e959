/* delay.c - jitter, and the distribution of delays */
#include <mc/delay.h>
#include <stdio.h>

static mc_nsec us(int64_t n)
{
	return (mc_nsec){ n * 1000 };
}

int main(void)
{
	static struct mc_hist all, late; /* zero: empty */
	struct mc_jitter jitter = { 0 };
	unsigned fullest = 0;

	for (int i = 0; i < 1000; i++) {
		mc_nsec transit = us(100 + i % 2 * 10);

		mc_jitter_add(&jitter, transit);
		mc_hist_add(&all, transit);
	}
	mc_hist_add_n(&late, us(5000), 10);
	mc_hist_merge(&all, &late);

	printf("jitter %.1f us\n", mc_jitter_value(&jitter).ns / 1e3);
	printf("%u values, mean %.1f us\n", (unsigned)all.count,
	       mc_hist_mean(&all).ns / 1e3);
	printf("the slowest: %.0f us\n",
	       mc_hist_quantile(&all, 1).ns / 1e3);
	for (unsigned i = 0; i < MC_HIST_BUCKETS; i++)
		if (all.buckets[i] > all.buckets[fullest])
			fullest = i;
	printf("most are from %.1f to %.1f us\n",
	       mc_hist_bucket_low(fullest).ns / 1e3,
	       mc_hist_bucket_high(fullest).ns / 1e3);
	return 0;
}

/* prints:
 * jitter 10.0 us
 * 1010 values, mean 153.5 us
 * the slowest: 5000 us
 * most are from 98.3 to 102.4 us
 */
