/* test_seq_model.c - sequence tracking against a model that forgets nothing */
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

/* ---- the model ---- */

#define MODEL_MAX 8192

struct model_gap {
	unsigned first, len, missing;
	int64_t span;
	bool committed;
};

/* Keeps all numbers of the running session, and every gap. */
struct model {
	bool started, arrived[MODEL_MAX];
	unsigned low, high, unique;
	uint64_t lost_before, outages_before, total, duplicates, reordered, stale, restarts;
	int64_t high_when, longest_before;
	unsigned n_gaps;
	struct model_gap gaps[MODEL_MAX];
};

static void model_commit_surplus(struct model *m)
{
	unsigned open = 0;

	for (unsigned i = m->n_gaps; i-- > 0;)
		if (!m->gaps[i].committed && ++open > MC_SEQ_GAPS)
			m->gaps[i].committed = true;
}

static void model_insert_gap(struct model *m, unsigned where, unsigned first, unsigned len,
			     int64_t span)
{
	memmove(&m->gaps[where + 1], &m->gaps[where], (m->n_gaps - where) * sizeof(m->gaps[0]));
	m->gaps[where] = (struct model_gap){ first, len, len, span < 0 ? 0 : span, false };
	m->n_gaps++;
	model_commit_surplus(m);
}

static void model_fill(struct model *m, unsigned n)
{
	for (unsigned i = 0; i < m->n_gaps; i++) {
		struct model_gap *g = &m->gaps[i];

		if (g->committed || n < g->first || n >= g->first + g->len)
			continue;
		if (--g->missing == 0) {
			m->n_gaps--;
			memmove(g, g + 1, (m->n_gaps - i) * sizeof(*g));
		}
		return;
	}
}

static enum mc_seq_verdict model_advance(struct model *m, unsigned n, int64_t when)
{
	enum mc_seq_verdict v = n == m->high + 1 ? MC_SEQ_NEXT : MC_SEQ_GAP;

	if (v == MC_SEQ_GAP)
		model_insert_gap(m, m->n_gaps, m->high + 1, n - m->high - 1, when - m->high_when);
	m->high = n;
	m->high_when = when;
	return v;
}

static enum mc_seq_verdict model_add(struct model *m, unsigned n, int64_t when)
{
	m->total++;
	if (m->arrived[n]) {
		m->duplicates++;
		return MC_SEQ_DUPLICATE;
	}
	m->arrived[n] = true;
	m->unique++;
	if (!m->started) {
		m->started = true;
		m->low = m->high = n;
		m->high_when = when;
		return m->restarts ? MC_SEQ_RESTART : MC_SEQ_FIRST;
	}
	if (n > m->high)
		return model_advance(m, n, when);
	m->reordered++;
	if (n > m->low) {
		model_fill(m, n);
		return MC_SEQ_REORDERED;
	}
	if (n + 1 < m->low)
		model_insert_gap(m, 0, n + 1, m->low - n - 1, 0);
	m->low = n;
	return MC_SEQ_REORDERED;
}

static uint64_t model_lost(const struct model *m)
{
	uint64_t missing = 0;

	for (unsigned n = m->low; m->started && n <= m->high; n++)
		missing += !m->arrived[n];
	return m->lost_before + missing;
}

static int64_t model_longest(const struct model *m)
{
	int64_t longest = m->longest_before;

	for (unsigned i = 0; i < m->n_gaps; i++)
		if (m->gaps[i].span > longest)
			longest = m->gaps[i].span;
	return longest;
}

static void model_new_session(struct model *m)
{
	m->lost_before = model_lost(m);
	m->longest_before = model_longest(m);
	m->outages_before += m->n_gaps;
	m->n_gaps = 0;
	m->unique = 0;
	m->started = false;
	m->restarts++;
	memset(m->arrived, 0, sizeof(m->arrived));
}

/* ---- random streams ---- */

struct arrival {
	unsigned n, key;
};

/* What the network does to numbers 0..count-1. */
struct weather {
	unsigned bits, count;
	unsigned loss_percent, burst; /* a loss takes 1..burst packets */
	unsigned dup_percent, late_percent;
	unsigned depth; /* late by up to this many numbers */
};

static int by_key(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
				: (x->n > y->n) - (x->n < y->n);
}

static bool chance(unsigned percent)
{
	return (unsigned)rand() % 100 < percent;
}

static unsigned make_arrivals(struct arrival *out, const struct weather *w)
{
	unsigned count = 0;

	for (unsigned n = 0; n < w->count; n++) {
		if (chance(w->loss_percent))
			n += (unsigned)rand() % w->burst;
		if (n >= w->count)
			break;
		for (unsigned copies = chance(w->dup_percent) ? 2 : 1; copies; copies--) {
			unsigned delay = chance(w->late_percent) ? (unsigned)rand() % w->depth : 0;

			out[count++] = (struct arrival){ n, n + delay };
		}
	}
	qsort(out, count, sizeof(*out), by_key);
	return count;
}

static void compare(const struct mc_seq *s, const struct model *m)
{
	assert_int_equal(mc_seq_lost(s), model_lost(m));
	assert_int_equal(s->received, m->total + m->stale);
	assert_int_equal(s->duplicates, m->duplicates);
	assert_int_equal(s->reordered, m->reordered);
	assert_int_equal(s->unique, m->total - m->duplicates);
	assert_int_equal(s->stale, m->stale);
	assert_int_equal(s->restarts, m->restarts);
	assert_int_equal(s->outages, m->outages_before + m->n_gaps);
	assert_int_equal(mc_seq_longest_outage(s).ns, model_longest(m));
	assert_int_equal(s->too_late + s->implausible, 0);
}

static void play_session(struct mc_seq *s, struct model *m, const struct weather *w,
			 uint64_t session, int64_t *clock)
{
	static struct arrival arrivals[2 * MODEL_MAX];
	unsigned count = make_arrivals(arrivals, w);
	/* Often just below the wrap. */
	uint64_t start = chance(50) ? (uint64_t)rand() : 0 - (uint64_t)rand() % w->count;

	for (unsigned i = 0; i < count; i++) {
		unsigned n = arrivals[i].n;

		*clock += chance(1) ? -rand() % 1000 : rand() % 100;
		assert_int_equal(mc_seq_add(s, session, start + n, at(*clock)),
				 model_add(m, n, *clock));
		if (session > 1 && chance(1)) {
			assert_int_equal(mc_seq_add(s, session - 1, start + n, at(*clock)),
					 MC_SEQ_STALE);
			m->stale++;
		}
		if (count < 500 || i % 64 == 0 || i == count - 1)
			compare(s, m);
	}
}

static void play_stream(const struct weather *w)
{
	static struct model m;
	struct mc_seq s;
	int64_t clock = 0;

	memset(&m, 0, sizeof(m));
	mc_seq_init(&s, w->bits);
	for (uint64_t session = 1; session <= 3; session++) {
		play_session(&s, &m, w, session, &clock);
		if (session < 3)
			model_new_session(&m);
	}
	compare(&s, &m);
	check_sum(&s);
}

static void test_model(void **state)
{
	static const struct weather weathers[] = {
		{ 64, 200, 0, 1, 0, 0, 1 },	  { 64, 200, 5, 3, 0, 0, 1 },
		{ 64, 300, 5, 3, 5, 10, 30 },	  { 64, 200, 20, 10, 20, 50, 200 },
		{ 32, 300, 10, 40, 10, 5, 100 },  { 16, 300, 10, 5, 10, 20, 50 },
		{ 16, 200, 1, 150, 1, 90, 190 },  { 12, 300, 5, 5, 5, 5, 20 },
		{ 8, 300, 2, 2, 10, 5, 4 },	  { 8, 200, 1, 1, 50, 100, 4 },
		{ 64, 150, 0, 1, 100, 100, 150 }, { 48, 250, 50, 4, 10, 10, 10 },
	};
	const unsigned n = sizeof(weathers) / sizeof(weathers[0]);

	(void)state;
	for (unsigned seed = 0; seed < 3000; seed++) {
		srand(seed);
		play_stream(&weathers[seed % n]);
	}
}

/* The whole window in use, and gaps longer than it. */
static void test_model_deep(void **state)
{
	static const struct weather weathers[] = {
		{ 64, 8000, 1, 10, 2, 2, MC_SEQ_WINDOW - 1 },
		{ 64, 8000, 1, 6000, 0, 1, 500 },
		{ 32, 8000, 1, 20, 20, 30, MC_SEQ_WINDOW - 1 },
		{ 16, 8000, 1, 20, 1, 1, 2500 },
	};

	(void)state;
	for (unsigned seed = 0; seed < 24; seed++) {
		srand(seed);
		play_stream(&weathers[seed % 4]);
	}
}

/* ---- runs ---- */

static uint64_t random_start(const struct mc_seq *s)
{
	switch (rand() % 6) {
	case 0: /* a jump */
		return s->highest + (uint64_t)rand() % 200000;
	case 1: /* late, partly or wholly */
		return s->highest - (uint64_t)rand() % 6000;
	case 2:
		return s->pending_seq + 1;
	case 3:
		return (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11;
	default:
		return s->highest + 1;
	}
}

static unsigned random_length(void)
{
	switch (rand() % 5) {
	case 0:
		return (unsigned)rand() % 5;
	case 1:
		return (unsigned)rand() % 5000;
	default:
		return (unsigned)rand() % 70;
	}
}

static void test_run_equals_single_adds(void **state)
{
	static const unsigned widths[] = { 64, 16, 32, 8 };

	(void)state;
	for (unsigned seed = 0; seed < 200; seed++) {
		struct mc_seq by_run, by_one;
		int64_t clock = 0;

		srand(seed);
		mc_seq_init(&by_run, widths[seed % 4]);
		mc_seq_init(&by_one, widths[seed % 4]);
		for (unsigned step = 0; step < 60; step++) {
			uint64_t first = random_start(&by_run);
			uint64_t session = 1 + (unsigned)(rand() % 40 == 0) + seed % 2;
			unsigned n = random_length();

			clock += rand() % 1000;
			mc_seq_add_run(&by_run, session, first, n, at(clock));
			for (unsigned i = 0; i < n; i++)
				mc_seq_add(&by_one, session, first + i, at(clock));
			assert_memory_equal(&by_run, &by_one, sizeof(by_run));
			check_sum(&by_run);
		}
	}
}

static void test_run_of_any_length(void **state)
{
	struct mc_seq s;

	(void)state;
	mc_seq_init(&s, 16);
	mc_seq_add_run(&s, 1, 65000, 0, at(0));
	assert_int_equal(s.received, 0);
	mc_seq_add_run(&s, 1, 65000, UINT32_MAX, at(0));
	assert_int_equal(s.unique, UINT32_MAX);
	assert_int_equal(mc_seq_lost(&s), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
		cmocka_unit_test(test_model_deep),
		cmocka_unit_test(test_run_equals_single_adds),
		cmocka_unit_test(test_run_of_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
