/* test_delay.c - jitter and the delay histogram */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/delay.h>

static mc_nsec ns(int64_t n)
{
	return (mc_nsec){ n };
}

/* ---- jitter ---- */

static void test_jitter_needs_two(void **state)
{
	struct mc_jitter j = { 0 };

	(void)state;
	mc_jitter_add(&j, ns(123456789));
	assert_int_equal(mc_jitter_value(&j).ns, 0);
	mc_jitter_add(&j, ns(123456789));
	assert_int_equal(mc_jitter_value(&j).ns, 0);
	assert_int_equal(j.max_ns, 0);
}

static void test_jitter_is_a_running_mean(void **state)
{
	struct mc_jitter j = { 0 };
	double expected = 0;

	(void)state;
	mc_jitter_add(&j, ns(0));
	mc_jitter_add(&j, ns(16000)); /* RFC 3550 6.4.1: J += (|D| - J) / 16 */
	assert_int_equal(mc_jitter_value(&j).ns, 1000);
	expected = 1000;
	for (int i = 1; i < 2000; i++) {
		mc_jitter_add(&j, ns(i % 2 ? 0 : 16000));
		expected += (16000 - expected) / 16;
		assert_in_range(mc_jitter_value(&j).ns, (int64_t)expected - 1,
				(int64_t)expected + 1);
	}
	assert_in_range(mc_jitter_value(&j).ns, 15999, 16000);
	for (int i = 0; i < 2000; i++)
		mc_jitter_add(&j, ns(5));
	assert_in_range(mc_jitter_value(&j).ns, 0, 1);
	assert_in_range(j.max_ns, 15999, 16000);
}

static void test_jitter_ignores_a_set_clock(void **state)
{
	const int64_t limit = INT64_C(10000000000);
	struct mc_jitter j = { 0 };

	(void)state;
	mc_jitter_add(&j, ns(0));
	mc_jitter_add(&j, ns(limit + 1));
	assert_int_equal(mc_jitter_value(&j).ns, 0);
	mc_jitter_add(&j, ns(INT64_MAX));
	mc_jitter_add(&j, ns(INT64_MIN));
	mc_jitter_add(&j, ns(INT64_MAX));
	assert_int_equal(mc_jitter_value(&j).ns, 0);
	/* Differences count again, from the new time on. */
	mc_jitter_add(&j, ns(INT64_MAX - 160));
	assert_int_equal(mc_jitter_value(&j).ns, 10);
	j = (struct mc_jitter){ 0 };
	mc_jitter_add(&j, ns(0));
	mc_jitter_add(&j, ns(-limit));
	assert_int_equal(mc_jitter_value(&j).ns, limit / 16);
}

/* ---- histogram ---- */

static void test_buckets_tile_the_range(void **state)
{
	(void)state;
	assert_int_equal(mc_hist_bucket_low(0).ns, 0);
	for (unsigned b = 0; b < MC_HIST_BUCKETS; b++) {
		int64_t low = mc_hist_bucket_low(b).ns, high = mc_hist_bucket_high(b).ns;

		assert_true(low < high);
		assert_true(high - low <= (low < 16 ? 1 : low / 16));
		if (b + 1 < MC_HIST_BUCKETS)
			assert_int_equal(high, mc_hist_bucket_low(b + 1).ns);
	}
	assert_int_equal(mc_hist_bucket_high(MC_HIST_BUCKETS - 1).ns, INT64_C(1) << 36);
	assert_int_equal(mc_hist_bucket_low(UINT32_MAX).ns, INT64_C(1) << 36);
	assert_int_equal(mc_hist_bucket_high(UINT32_MAX).ns, INT64_C(1) << 36);
}

static unsigned only_bucket(int64_t value)
{
	struct mc_hist h = { 0 };
	unsigned found = MC_HIST_BUCKETS;

	mc_hist_add(&h, ns(value));
	for (unsigned b = 0; b < MC_HIST_BUCKETS; b++) {
		if (!h.buckets[b])
			continue;
		assert_int_equal(found, MC_HIST_BUCKETS);
		assert_int_equal(h.buckets[b], 1);
		found = b;
	}
	return found;
}

static void test_values_find_their_bucket(void **state)
{
	(void)state;
	for (unsigned b = 0; b < MC_HIST_BUCKETS; b++) {
		assert_int_equal(only_bucket(mc_hist_bucket_low(b).ns), b);
		assert_int_equal(only_bucket(mc_hist_bucket_high(b).ns - 1), b);
	}
	assert_int_equal(only_bucket(INT64_C(1) << 36), MC_HIST_BUCKETS - 1);
	assert_int_equal(only_bucket(INT64_MAX), MC_HIST_BUCKETS - 1);
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t draw(unsigned shape)
{
	switch (shape) {
	case 0:
		return rand() % 50;
	case 1:
		return 1000000 + rand() % 1000;
	case 2: /* all magnitudes */
		return (int64_t)rand() >> (rand() % 31) << (rand() % 5);
	default: /* a long tail */
		return rand() % 100 ? 20000 + rand() % 5000 : rand();
	}
}

static void check_quantiles(const struct mc_hist *h, const int64_t *sorted, unsigned n)
{
	static const double shares[] = { 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999 };

	assert_int_equal(mc_hist_quantile(h, 0).ns, sorted[0]);
	assert_int_equal(mc_hist_quantile(h, 1).ns, sorted[n - 1]);
	for (unsigned i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		int64_t exact = sorted[(unsigned)(shares[i] * n)];
		int64_t got = mc_hist_quantile(h, shares[i]).ns;

		assert_true(llabs(got - exact) <= exact / 16);
	}
}

static void test_quantiles_against_sorted_values(void **state)
{
	static int64_t values[5000];

	(void)state;
	srand(4);
	for (unsigned round = 0; round < 200; round++) {
		unsigned n = 1 + (unsigned)rand() % 5000;
		struct mc_hist h = { 0 };
		double sum = 0;

		for (unsigned i = 0; i < n; i++) {
			values[i] = draw(round % 4);
			sum += (double)values[i];
			mc_hist_add(&h, ns(values[i]));
		}
		qsort(values, n, sizeof(values[0]), by_value);
		check_quantiles(&h, values, n);
		assert_int_equal(h.count, n);
		assert_int_equal(h.min_ns, values[0]);
		assert_int_equal(h.max_ns, values[n - 1]);
		assert_int_equal(mc_hist_mean(&h).ns, (int64_t)(sum / n));
	}
}

static void test_empty(void **state)
{
	struct mc_hist h = { 0 }, other = { 0 };

	(void)state;
	assert_int_equal(mc_hist_quantile(&h, 0.5).ns, 0);
	assert_int_equal(mc_hist_mean(&h).ns, 0);
	mc_hist_add_n(&h, ns(5), 0);
	mc_hist_merge(&h, &other);
	assert_memory_equal(&h, &other, sizeof(h));
	mc_hist_add(&other, ns(7));
	mc_hist_merge(&h, &other);
	assert_memory_equal(&h, &other, sizeof(h));
}

static void test_negative_values(void **state)
{
	struct mc_hist h = { 0 };

	(void)state;
	mc_hist_add(&h, ns(-500));
	mc_hist_add(&h, ns(-100));
	assert_int_equal(mc_hist_quantile(&h, 0.9).ns, -500);
	assert_int_equal(mc_hist_quantile(&h, 1).ns, -100);
	mc_hist_add_n(&h, ns(10), 2);
	assert_int_equal(h.count, 4);
	assert_int_equal(h.negative, 2);
	assert_int_equal(mc_hist_quantile(&h, 0).ns, -500);
	assert_int_equal(mc_hist_quantile(&h, 0.49).ns, -500);
	assert_int_equal(mc_hist_quantile(&h, 0.5).ns, 10);
	assert_int_equal(mc_hist_mean(&h).ns, (-600 + 20) / 4);
	assert_int_equal(mc_hist_quantile(&h, __builtin_nan("")).ns, -500);
}

static void test_extreme_values(void **state)
{
	struct mc_hist h = { 0 };

	(void)state;
	mc_hist_add_n(&h, ns(INT64_MAX), 3);
	assert_int_equal(mc_hist_mean(&h).ns, INT64_MAX);
	/* Above its range the histogram knows no more than that. */
	assert_int_equal(mc_hist_quantile(&h, 0.5).ns, INT64_MAX);
	mc_hist_add(&h, ns(1));
	assert_in_range(mc_hist_quantile(&h, 0.5).ns, INT64_C(31) << 31, INT64_C(1) << 36);
	h = (struct mc_hist){ 0 };
	mc_hist_add(&h, ns(INT64_MIN));
	assert_int_equal(mc_hist_mean(&h).ns, INT64_MIN);
}

static void test_full_bucket_halves_all(void **state)
{
	struct mc_hist h = { 0 };

	(void)state;
	mc_hist_add_n(&h, ns(3), UINT32_MAX);
	mc_hist_add(&h, ns(900));
	mc_hist_add_n(&h, ns(5), 1000);
	mc_hist_add(&h, ns(3));
	assert_int_equal(h.buckets[3], (UINT32_C(1) << 31) + 1);
	assert_int_equal(h.buckets[5], 500);
	assert_int_equal(h.count, UINT64_C(0xffffffff) + 1002);
	assert_int_equal(mc_hist_quantile(&h, 0.99).ns, 3);
	/* The lone one keeps its bucket. */
	assert_in_range(mc_hist_quantile(&h, 0.9999999999).ns, 880, 900);
	mc_hist_add_n(&h, ns(3), UINT32_MAX);
	assert_int_equal(h.buckets[3], UINT32_MAX);
}

static void test_merge_equals_adding_all(void **state)
{
	struct mc_hist a = { 0 }, b = { 0 }, all = { 0 };

	(void)state;
	srand(5);
	for (unsigned i = 0; i < 3000; i++) {
		mc_nsec v = ns(draw(2) - 50);

		mc_hist_add(i % 3 ? &a : &b, v);
		mc_hist_add(&all, v);
	}
	mc_hist_merge(&a, &b);
	assert_memory_equal(&a, &all, sizeof(a));
}

static void test_merge_of_full_buckets(void **state)
{
	struct mc_hist a = { 0 }, b = { 0 };

	(void)state;
	mc_hist_add_n(&a, ns(3), UINT32_MAX);
	mc_hist_add_n(&b, ns(3), UINT32_MAX);
	mc_hist_add_n(&b, ns(4), 7);
	mc_hist_merge(&a, &b);
	assert_int_equal(a.buckets[3], UINT32_MAX);
	assert_int_equal(a.buckets[4], 4);
	assert_int_equal(a.count, 2 * (uint64_t)UINT32_MAX + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jitter_needs_two),
		cmocka_unit_test(test_jitter_is_a_running_mean),
		cmocka_unit_test(test_jitter_ignores_a_set_clock),
		cmocka_unit_test(test_buckets_tile_the_range),
		cmocka_unit_test(test_values_find_their_bucket),
		cmocka_unit_test(test_quantiles_against_sorted_values),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_negative_values),
		cmocka_unit_test(test_extreme_values),
		cmocka_unit_test(test_full_bucket_halves_all),
		cmocka_unit_test(test_merge_equals_adding_all),
		cmocka_unit_test(test_merge_of_full_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
