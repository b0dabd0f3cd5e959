/* test_seq.c - sequence tracking, by example */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/seq.h>

static mc_nsec at(int64_t ns)
{
	return (mc_nsec){ ns };
}

static void check_sum(const struct mc_seq *s)
{
	assert_int_equal(s->received,
			 s->unique + s->duplicates + s->too_late + s->stale + s->implausible);
}

/* ---- order ---- */

static void test_in_order(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(mc_seq_add(&s, 7, 100, at(1)), MC_SEQ_FIRST);
	for (uint64_t n = 101; n < 20000; n++)
		assert_int_equal(mc_seq_add(&s, 7, n, at((int64_t)n)), MC_SEQ_NEXT);
	assert_int_equal(s.received, 19900);
	assert_int_equal(s.unique, 19900);
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(s.outages, 0);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 0);
}

static void test_loss_is_counted_in_packets(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, at(1000));
	assert_int_equal(mc_seq_add(&s, 1, 51, at(4000)), MC_SEQ_GAP);
	assert_int_equal(mc_seq_lost(&s), 50);
	assert_int_equal(s.outages, 1);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 3000);
	assert_int_equal(mc_seq_add(&s, 1, 53, at(5000)), MC_SEQ_GAP);
	assert_int_equal(mc_seq_lost(&s), 51);
	assert_int_equal(s.outages, 2);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 3000);
}

static void test_late_packets_close_the_gap(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 10, at(0));
	mc_seq_add(&s, 1, 13, at(100));
	assert_int_equal(mc_seq_add(&s, 1, 11, at(110)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 1);
	assert_int_equal(s.outages, 1);
	assert_int_equal(s.gaps[0].missing, 1);
	assert_int_equal(mc_seq_add(&s, 1, 11, at(111)), MC_SEQ_DUPLICATE);
	assert_int_equal(s.gaps[0].missing, 1);
	assert_int_equal(mc_seq_add(&s, 1, 12, at(120)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(s.outages, 0);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 0);
	assert_int_equal(mc_seq_add(&s, 1, 13, at(121)), MC_SEQ_DUPLICATE);
	assert_int_equal(s.reordered, 2);
	assert_int_equal(s.duplicates, 2);
	check_sum(&s);
}

static void test_joined_in_the_middle_of_reorder(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 16);
	assert_int_equal(mc_seq_add(&s, 1, 2, at(0)), MC_SEQ_FIRST);
	assert_int_equal(mc_seq_add(&s, 1, 1, at(1)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(s.outages, 0);
	/* Below zero on the wire, and two between are missing. */
	assert_int_equal(mc_seq_add(&s, 1, 65534, at(2)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 2);
	assert_int_equal(s.outages, 1);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 0);
	assert_int_equal(mc_seq_add(&s, 1, 65535, at(3)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_add(&s, 1, 0, at(4)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(s.outages, 0);
	assert_int_equal(mc_seq_add(&s, 1, 3, at(5)), MC_SEQ_NEXT);
	check_sum(&s);
}

/* Every number below the window's edge is judged by a bit of its own. */
static void test_window_edges(void **state)
{
	struct mc_seq s;

	(void)state;
	for (unsigned behind = 4090; behind < 4100; behind++) {
		mc_seq_init(&s, 64);
		mc_seq_add(&s, 1, 50000, at(0));
		mc_seq_add(&s, 1, 60000, at(0));
		assert_int_equal(mc_seq_add(&s, 1, 60000 - behind, at(0)),
				 behind < MC_SEQ_WINDOW ? MC_SEQ_REORDERED : MC_SEQ_TOO_LATE);
		assert_int_equal(mc_seq_lost(&s), behind < MC_SEQ_WINDOW ? 9998 : 9999);
		check_sum(&s);
	}
}

/* After a full window, the bits of skipped numbers must not look arrived, be
 * they a few, some words, or more than the window. */
static void test_sliding_clears_old_bits(void **state)
{
	static const uint64_t skips[] = { 1, 2, 63, 64, 65, 127, 1000, 4094, 4095, 4096, 9000 };
	struct mc_seq s;

	(void)state;
	for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++) {
		for (uint64_t start = 8000; start < 8070; start += 23) {
			uint64_t to = start + skips[i] + 1;
			uint64_t from = to > MC_SEQ_WINDOW + start ? to - MC_SEQ_WINDOW : start;

			mc_seq_init(&s, 64);
			for (uint64_t n = 0; n <= start; n++)
				mc_seq_add(&s, 1, n, at(0));
			mc_seq_add(&s, 1, to, at(1));
			assert_int_equal(mc_seq_lost(&s), skips[i]);
			for (uint64_t n = from + 1; n < to; n++)
				assert_int_equal(mc_seq_add(&s, 1, n, at(2)), MC_SEQ_REORDERED);
			assert_int_equal(mc_seq_lost(&s), from - start);
			assert_int_equal(mc_seq_add(&s, 1, to, at(3)), MC_SEQ_DUPLICATE);
			check_sum(&s);
		}
	}
}

/* The fast path passes over the bits of numbers one window back. */
static void test_in_order_overwrites_old_bits(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, at(0));
	mc_seq_add(&s, 1, 10, at(0)); /* 1..9 missing: their bits are clear */
	for (uint64_t n = 11; n < 10000; n++)
		mc_seq_add(&s, 1, n, at(0));
	for (uint64_t n = 9999; n > 9999 - MC_SEQ_WINDOW; n--)
		assert_int_equal(mc_seq_add(&s, 1, n, at(0)), MC_SEQ_DUPLICATE);
	assert_int_equal(mc_seq_lost(&s), 9);
}

static void test_wrap_of_every_width(void **state)
{
	(void)state;
	for (unsigned bits = 8; bits <= 64; bits++) {
		uint64_t start = UINT64_MAX - 1000, end = 1000;
		struct mc_seq s;

		/* Bits above the width are ignored. */
		mc_seq_init(&s, bits);
		for (uint64_t n = start; n != end; n++)
			if (n % 10)
				mc_seq_add(&s, 1, n, at(0));
		assert_int_equal(mc_seq_lost(&s), 200);
		assert_int_equal(s.restarts, 0);
		assert_int_equal(s.outages, 200);
		check_sum(&s);
	}
}

static void test_session_change_is_a_restart(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 5, 1000, at(0));
	mc_seq_add(&s, 5, 1003, at(50));
	assert_int_equal(mc_seq_add(&s, 6, 0, at(100000)), MC_SEQ_RESTART);
	assert_int_equal(mc_seq_lost(&s), 2);
	assert_int_equal(s.restarts, 1);
	assert_int_equal(s.outages, 1);
	/* The pause between two runs is no outage. */
	assert_int_equal(mc_seq_longest_outage(&s).ns, 50);
	assert_int_equal(mc_seq_add(&s, 5, 1001, at(100001)), MC_SEQ_STALE);
	assert_int_equal(mc_seq_add(&s, 5, 1004, at(100001)), MC_SEQ_STALE);
	assert_int_equal(mc_seq_lost(&s), 2);
	assert_int_equal(mc_seq_add(&s, 6, 1, at(100002)), MC_SEQ_NEXT);
	assert_int_equal(mc_seq_add(&s, 6, 3, at(100003)), MC_SEQ_GAP);
	assert_int_equal(mc_seq_lost(&s), 3);
	/* Only the session just before is remembered. */
	assert_int_equal(mc_seq_add(&s, 7, 9, at(200000)), MC_SEQ_RESTART);
	assert_int_equal(mc_seq_add(&s, 6, 4, at(200000)), MC_SEQ_STALE);
	assert_int_equal(mc_seq_add(&s, 5, 2000, at(200000)), MC_SEQ_RESTART);
	assert_int_equal(mc_seq_lost(&s), 3);
	assert_int_equal(s.restarts, 3);
	assert_int_equal(s.unique, 7);
	check_sum(&s);
}

static void test_restart_forgets_the_window(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add_run(&s, 5, 0, 5000, at(0));
	mc_seq_add(&s, 6, 4000, at(0));
	assert_int_equal(mc_seq_add(&s, 6, 3999, at(0)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_add(&s, 6, 10, at(0)), MC_SEQ_REORDERED);
	assert_int_equal(mc_seq_lost(&s), 3988);
}

/* ---- jumps ---- */

static void test_far_jump_needs_confirmation(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, at(0));
	assert_int_equal(mc_seq_add(&s, 1, 65536, at(10)), MC_SEQ_GAP);
	assert_int_equal(mc_seq_add(&s, 1, 65536 + 65537, at(20)), MC_SEQ_PENDING);
	assert_int_equal(mc_seq_lost(&s), 65535);
	assert_int_equal(s.implausible, 1);
	check_sum(&s);
	assert_int_equal(mc_seq_add(&s, 1, 65536 + 65538, at(30)), MC_SEQ_GAP);
	assert_int_equal(s.implausible, 0);
	assert_int_equal(mc_seq_lost(&s), 65535 + 65536);
	assert_int_equal(s.unique, 4);
	assert_int_equal(s.outages, 2);
	assert_int_equal(s.gaps[1].span.ns, 10); /* to the jump, not to its proof */
	assert_int_equal(mc_seq_add(&s, 1, 65536 + 65537, at(40)), MC_SEQ_DUPLICATE);
	check_sum(&s);
}

static void test_forged_numbers_do_no_harm(void **state)
{
	struct mc_seq s;
	uint64_t n = 0, forged = 0;

	(void)state;
	srand(3);
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, n++, at(0));
	while (n < 2000) {
		uint64_t wild = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 17;

		assert_int_equal(mc_seq_add(&s, 1, wild, at(0)), MC_SEQ_PENDING);
		forged++;
		assert_int_equal(mc_seq_add(&s, 1, n++, at(0)), MC_SEQ_NEXT);
	}
	assert_int_equal(mc_seq_lost(&s), 0);
	assert_int_equal(s.too_late + s.implausible, forged);
	assert_true(s.implausible > 0 && s.too_late > 0);
	check_sum(&s);
}

/* The first packet seen was the forged one. */
static void test_forged_first_packet(void **state)
{
	static const uint64_t forged[] = { UINT64_C(1) << 62, UINT64_C(3) << 62, UINT64_MAX / 2 };

	(void)state;
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		struct mc_seq s;

		mc_seq_init(&s, 64);
		mc_seq_add(&s, 9, forged[i], at(0));
		assert_int_equal(mc_seq_add(&s, 9, 20, at(1)), MC_SEQ_PENDING);
		assert_int_equal(mc_seq_add(&s, 9, 21, at(2)), MC_SEQ_RESTART);
		assert_int_equal(mc_seq_add(&s, 9, 22, at(3)), MC_SEQ_NEXT);
		assert_int_equal(mc_seq_lost(&s), 0);
		assert_int_equal(s.unique, 4);
		check_sum(&s);
	}
}

static void test_largest_jump_believed(void **state)
{
	const uint64_t far = UINT64_C(1) << 40;
	struct mc_seq s;

	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		mc_seq_init(&s, 64);
		mc_seq_add(&s, 9, 5, at(0));
		mc_seq_add(&s, 9, 5 + far + more, at(1));
		assert_int_equal(mc_seq_add(&s, 9, 6 + far + more, at(1)),
				 more ? MC_SEQ_RESTART : MC_SEQ_GAP);
		assert_int_equal(mc_seq_lost(&s), more ? 0 : far - 1);
		check_sum(&s);
	}
}

static void test_backward_jump(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 16);
	mc_seq_add(&s, 1, 20000, at(0));
	mc_seq_add(&s, 1, 20002, at(1));
	assert_int_equal(mc_seq_add(&s, 1, 500, at(2)), MC_SEQ_PENDING);
	assert_int_equal(s.too_late, 1);
	check_sum(&s);
	assert_int_equal(mc_seq_add(&s, 1, 20003, at(3)), MC_SEQ_NEXT);
	assert_int_equal(s.too_late, 1);
	/* Forgotten: the number after it confirms nothing any more. */
	assert_int_equal(mc_seq_add(&s, 1, 501, at(4)), MC_SEQ_PENDING);
	assert_int_equal(s.too_late, 2);
	assert_int_equal(mc_seq_add(&s, 1, 502, at(5)), MC_SEQ_RESTART);
	assert_int_equal(s.too_late, 1);
	assert_int_equal(s.restarts, 1);
	assert_int_equal(mc_seq_lost(&s), 1);
	assert_int_equal(mc_seq_add(&s, 1, 504, at(6)), MC_SEQ_GAP);
	assert_int_equal(mc_seq_lost(&s), 2);
	check_sum(&s);
}

/* A burst that is late by more than the window stays late when the session
 * says that nobody began anew; without a session nobody can tell. */
static void test_deep_late_burst(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add_run(&s, 77, 0, 3, at(0));
	mc_seq_add(&s, 77, 10000, at(0));
	assert_int_equal(mc_seq_add(&s, 77, 5000, at(1)), MC_SEQ_TOO_LATE);
	assert_int_equal(mc_seq_add(&s, 77, 5001, at(1)), MC_SEQ_TOO_LATE);
	assert_int_equal(mc_seq_add(&s, 77, 0, at(1)), MC_SEQ_TOO_LATE);
	assert_int_equal(mc_seq_add(&s, 77, 10001, at(2)), MC_SEQ_NEXT);
	assert_int_equal(s.restarts, 0);
	assert_int_equal(mc_seq_lost(&s), 9997);

	mc_seq_init(&s, 64);
	mc_seq_add(&s, 0, 0, at(0));
	mc_seq_add(&s, 0, 10000, at(0));
	assert_int_equal(mc_seq_add(&s, 0, 5000, at(1)), MC_SEQ_PENDING);
	assert_int_equal(mc_seq_add(&s, 0, 5001, at(1)), MC_SEQ_RESTART);
	check_sum(&s);

	/* RTP senders do begin anew under the same SSRC (RFC 3550 A.1). */
	mc_seq_init(&s, 16);
	mc_seq_add_run(&s, 77, 0, 10000, at(0));
	assert_int_equal(mc_seq_add(&s, 77, 5000, at(1)), MC_SEQ_PENDING);
	assert_int_equal(mc_seq_add(&s, 77, 5001, at(1)), MC_SEQ_RESTART);
	check_sum(&s);
}

static void test_pending_and_other_sessions(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 5, at(0));
	mc_seq_add(&s, 2, 0, at(0));
	mc_seq_add(&s, 2, 1 << 20, at(0));
	/* What is stale says nothing about the running session. */
	assert_int_equal(mc_seq_add(&s, 1, 6, at(0)), MC_SEQ_STALE);
	assert_int_equal(mc_seq_add(&s, 2, (1 << 20) + 1, at(0)), MC_SEQ_GAP);
	mc_seq_add(&s, 2, 1 << 30, at(0));
	assert_int_equal(mc_seq_add(&s, 3, (1 << 30) + 1, at(0)), MC_SEQ_RESTART);
	assert_int_equal(mc_seq_add(&s, 3, (1 << 30) + 2, at(0)), MC_SEQ_NEXT);
	assert_int_equal(s.implausible, 1);
	check_sum(&s);
}

static void test_dropout_by_width(void **state)
{
	static const struct {
		unsigned bits;
		uint64_t largest;
	} rows[] = { { 8, 11 }, { 16, 3000 }, { 20, 48000 }, { 21, 65536 }, { 32, 65536 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mc_seq s;

		mc_seq_init(&s, rows[i].bits);
		mc_seq_add(&s, 0, 5, at(0));
		assert_int_equal(mc_seq_add(&s, 0, 5 + rows[i].largest + 1, at(0)), MC_SEQ_PENDING);
		assert_int_equal(mc_seq_add(&s, 0, 5 + rows[i].largest, at(0)), MC_SEQ_GAP);
		assert_int_equal(mc_seq_lost(&s), rows[i].largest - 1);
	}
}

/* ---- outages ---- */

static void test_clock_steps(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, at(5000));
	mc_seq_add(&s, 1, 2, at(-5000));
	assert_int_equal(mc_seq_longest_outage(&s).ns, 0);
	assert_int_equal(s.gaps[0].span.ns, 0);
	mc_seq_add(&s, 1, 4, at(-4000));
	assert_int_equal(mc_seq_longest_outage(&s).ns, 1000);
	mc_seq_add(&s, 1, 6, at(INT64_MIN));
	mc_seq_add(&s, 1, 8, at(INT64_MAX));
	assert_int_equal(mc_seq_longest_outage(&s).ns, 1000);
	mc_seq_add(&s, 1, 10, at(INT64_MIN));
	assert_int_equal(mc_seq_longest_outage(&s).ns, 1000);
	assert_int_equal(s.outages, 5);
}

static void test_old_gaps_are_committed(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 0, at(0));
	mc_seq_add(&s, 1, 2, at(900)); /* the longest, and soon the oldest */
	for (uint64_t n = 4; n <= 2 * (MC_SEQ_GAPS + 1); n += 2)
		mc_seq_add(&s, 1, n, at(900 + (int64_t)n));
	assert_int_equal(s.outages, MC_SEQ_GAPS + 1);
	assert_int_equal(s.n_gaps, MC_SEQ_GAPS);
	/* Number 1 came too late to undo its outage, though it is not lost. */
	assert_int_equal(mc_seq_add(&s, 1, 1, at(1000)), MC_SEQ_REORDERED);
	assert_int_equal(s.outages, MC_SEQ_GAPS + 1);
	assert_int_equal(mc_seq_lost(&s), MC_SEQ_GAPS);
	assert_int_equal(mc_seq_longest_outage(&s).ns, 900);
	/* Number 9 closes a gap in the middle of the list. */
	mc_seq_add(&s, 1, 9, at(1000));
	assert_int_equal(s.outages, MC_SEQ_GAPS);
	assert_int_equal(s.n_gaps, MC_SEQ_GAPS - 1);
	assert_int_equal(s.gaps[2].first, 7);
	assert_int_equal(s.gaps[3].first, 11);
}

static void test_lowest_gap_with_a_full_list(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 64);
	mc_seq_add(&s, 1, 100, at(0));
	for (uint64_t n = 102; n <= 100 + 2 * MC_SEQ_GAPS; n += 2)
		mc_seq_add(&s, 1, n, at(0));
	mc_seq_add(&s, 1, 90, at(0));
	assert_int_equal(s.outages, MC_SEQ_GAPS + 1);
	assert_int_equal(s.n_gaps, MC_SEQ_GAPS);
	assert_int_equal(s.gaps[0].first, 101);
	assert_int_equal(mc_seq_lost(&s), 9 + MC_SEQ_GAPS);
}

static void test_merge(void **state)
{
	struct mc_seq a, b;

	(void)state;
	mc_seq_init(&a, 64);
	mc_seq_init(&b, 64);
	mc_seq_add(&a, 1, 0, at(0));
	mc_seq_add(&a, 1, 3, at(10));
	mc_seq_add(&a, 1, 3, at(10));
	mc_seq_add(&b, 2, 0, at(0));
	mc_seq_add(&b, 2, 5, at(50));
	mc_seq_add(&b, 2, 1, at(50));
	mc_seq_add(&b, 3, 9, at(60));
	mc_seq_add(&b, 2, 9, at(60));
	mc_seq_add(&b, 3, 1 << 30, at(60));
	mc_seq_merge(&a, &b);
	assert_int_equal(a.received, 9);
	assert_int_equal(a.unique, 6);
	assert_int_equal(a.duplicates, 1);
	assert_int_equal(a.reordered, 1);
	assert_int_equal(a.stale, 1);
	assert_int_equal(a.restarts, 1);
	assert_int_equal(a.implausible, 1);
	assert_int_equal(a.outages, 2);
	assert_int_equal(mc_seq_lost(&a), 5);
	assert_int_equal(mc_seq_longest_outage(&a).ns, 50);
	check_sum(&a);
	/* The stream goes on, and its open gap can still be filled. */
	assert_int_equal(mc_seq_add(&a, 1, 4, at(70)), MC_SEQ_NEXT);
	mc_seq_add(&a, 1, 1, at(71));
	mc_seq_add(&a, 1, 2, at(72));
	assert_int_equal(mc_seq_lost(&a), 3);
	assert_int_equal(a.outages, 1);
	mc_seq_init(&b, 64);
	mc_seq_merge(&b, &a);
	assert_int_equal(mc_seq_lost(&b), 3);
	assert_int_equal(mc_seq_add(&b, 4, 1, at(0)), MC_SEQ_FIRST);
}

static void test_names_and_width(void **state)
{
	struct mc_seq s;

	(void)state;
	for (int v = MC_SEQ_FIRST; v <= MC_SEQ_PENDING; v++) {
		const char *name = mc_seq_verdict_name((enum mc_seq_verdict)v);

		assert_string_not_equal(name, "unknown");
		for (int w = MC_SEQ_FIRST; w < v; w++)
			assert_string_not_equal(name, mc_seq_verdict_name((enum mc_seq_verdict)w));
	}
	assert_string_equal(mc_seq_verdict_name((enum mc_seq_verdict)99), "unknown");
	mc_seq_init(&s, 3);
	assert_int_equal(s.bits, 8);
	mc_seq_init(&s, 100);
	assert_int_equal(s.bits, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order),
		cmocka_unit_test(test_loss_is_counted_in_packets),
		cmocka_unit_test(test_late_packets_close_the_gap),
		cmocka_unit_test(test_joined_in_the_middle_of_reorder),
		cmocka_unit_test(test_window_edges),
		cmocka_unit_test(test_sliding_clears_old_bits),
		cmocka_unit_test(test_in_order_overwrites_old_bits),
		cmocka_unit_test(test_wrap_of_every_width),
		cmocka_unit_test(test_session_change_is_a_restart),
		cmocka_unit_test(test_restart_forgets_the_window),
		cmocka_unit_test(test_far_jump_needs_confirmation),
		cmocka_unit_test(test_forged_numbers_do_no_harm),
		cmocka_unit_test(test_forged_first_packet),
		cmocka_unit_test(test_largest_jump_believed),
		cmocka_unit_test(test_backward_jump),
		cmocka_unit_test(test_deep_late_burst),
		cmocka_unit_test(test_pending_and_other_sessions),
		cmocka_unit_test(test_dropout_by_width),
		cmocka_unit_test(test_clock_steps),
		cmocka_unit_test(test_old_gaps_are_committed),
		cmocka_unit_test(test_lowest_gap_with_a_full_list),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_names_and_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
