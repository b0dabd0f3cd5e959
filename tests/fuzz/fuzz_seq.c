/* fuzz_seq.c - any operations on a sequence tracker, its invariants after each
 *
 * Input: a byte for the width, then operations of a byte and its operands. */
#include <mc/delay.h>
#include <mc/seq.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static void check_gaps(const struct mc_seq *s)
{
	uint64_t missing = 0;

	require(s->n_gaps <= MC_SEQ_GAPS && s->n_gaps <= s->outages);
	for (unsigned i = 0; i < s->n_gaps; i++) {
		const struct mc_seq_gap *g = &s->gaps[i];

		require(g->missing > 0 && g->missing <= g->len && g->span.ns >= 0);
		require(g->first - s->first < s->highest - s->first);
		require(g->first + g->len - s->first <= s->highest - s->first);
		if (i)
			require(g[-1].first + g[-1].len - s->first < g->first - s->first);
		missing += g->missing;
	}
	require(missing <= mc_seq_lost(s));
}

static void check(const struct mc_seq *s)
{
	require(s->received == s->unique + s->duplicates + s->too_late + s->stale + s->implausible);
	require(s->reordered <= s->unique && s->unique_here <= s->unique);
	require(mc_seq_longest_outage(s).ns >= 0);
	require(mc_seq_lost(s) >= s->lost_before);
	if (s->started) {
		uint64_t span = s->highest - s->first + 1;

		require(s->unique_here >= 1 && s->unique_here <= span);
		require(mc_seq_lost(s) - s->lost_before == span - s->unique_here);
		require(s->window[s->highest % MC_SEQ_WINDOW / 64] >> s->highest % 64 & 1);
	}
	check_gaps(s);
}

/* Loss grows by no more than the largest jump that is ever believed. */
static void check_step(const struct mc_seq *s, uint64_t lost_before, enum mc_seq_verdict v)
{
	uint64_t lost = mc_seq_lost(s);

	check(s);
	if (v == MC_SEQ_GAP)
		require(lost > lost_before && lost - lost_before <= UINT64_C(1) << 40);
	else if (v == MC_SEQ_REORDERED)
		require(lost <= lost_before + MC_SEQ_WINDOW);
	else
		require(lost == lost_before);
}

static uint64_t some_number(struct input *in, const struct mc_seq *s)
{
	unsigned how = (unsigned)take(in, 1);

	switch (how % 6) {
	case 0:
		return s->highest + 1;
	case 1:
		return s->highest + 1 + take(in, 1);
	case 2:
		return s->highest - take(in, 2) % 8192;
	case 3:
		return s->highest + take(in, 3);
	case 4:
		return s->pending_seq + 1;
	default:
		return take(in, 8);
	}
}

static void add_run(struct mc_seq *s, uint64_t session, uint64_t n, unsigned count, mc_nsec when)
{
	struct mc_seq single = *s;

	mc_seq_add_run(s, session, n, count, when);
	for (unsigned i = 0; i < count; i++)
		mc_seq_add(&single, session, n + i, when);
	require(memcmp(s, &single, sizeof(single)) == 0);
	check(s);
}

static void step(struct input *in, struct mc_seq *s, struct mc_jitter *j, struct mc_hist *h)
{
	unsigned op = (unsigned)take(in, 1);
	uint64_t session = op >> 4 & 3, n = some_number(in, s), lost = mc_seq_lost(s);
	mc_nsec when = { (int64_t)take(in, op & 0x80 ? 8 : 2) };

	if (op % 8 == 7)
		add_run(s, session, n, (unsigned)take(in, op & 0x40 ? 2 : 1) % 6000, when);
	else
		check_step(s, lost, mc_seq_add(s, session, n, when));
	mc_jitter_add(j, when);
	require(mc_jitter_value(j).ns >= 0 && mc_jitter_value(j).ns <= j->max_ns);
	mc_hist_add(h, when);
}

static void check_hist(const struct mc_hist *h)
{
	int64_t last = h->min_ns;

	for (int i = 0; i <= 20; i++) {
		int64_t v = mc_hist_quantile(h, i / 20.0).ns;

		require(v >= last && v <= h->max_ns);
		last = v;
	}
	require(mc_hist_mean(h).ns >= h->min_ns && mc_hist_mean(h).ns <= h->max_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct mc_seq s, total;
	struct mc_jitter j = { 0 };
	struct mc_hist h = { 0 };

	mc_seq_init(&s, 8 + (unsigned)take(&in, 1) % 57);
	total = s;
	while (in.left)
		step(&in, &s, &j, &h);
	mc_seq_merge(&total, &s);
	check(&total);
	require(mc_seq_lost(&total) == mc_seq_lost(&s));
	check_hist(&h);
	return 0;
}
