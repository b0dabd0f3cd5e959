/* test_wheel.c - the timer wheel against a list that is searched in full */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fsm/wheel.h"

#define TIMERS 400
#define TICK   (INT64_C(1) << WHEEL_TICK_LOG)
#define SEC    INT64_C(1000000000)

struct owner {
	struct wheel_node nodes[TIMERS];
};

static struct owner owner;
static struct wheel wheel;

static struct wheel_node *node_at(void *data, uint32_t id)
{
	return &((struct owner *)data)->nodes[id];
}

static int setup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TIMERS; i++)
		wheel_node_init(&owner.nodes[i]);
	wheel_init(&wheel, node_at, &owner);
	return 0;
}

static int setup_wide(void **state)
{
	(void)setup(state);
	wheel_widen(&wheel);
	return 0;
}

static uint64_t seed = 1;

static uint64_t below(uint64_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 24) % n;
}

static void test_empty(void **state)
{
	(void)state;
	assert_int_equal(wheel_deadline(&wheel), WHEEL_NEVER);
	assert_int_equal(wheel_pop(&wheel, 0), WHEEL_NONE);
	assert_int_equal(wheel_pop(&wheel, INT64_MAX), WHEEL_NONE);
	assert_int_equal(wheel_deadline(&wheel), WHEEL_NEVER);
}

static void test_never_early_and_soon(void **state)
{
	(void)state;
	wheel_set(&wheel, 3, 5 * SEC);
	assert_true(wheel_is_set(&owner.nodes[3]));
	assert_int_equal(wheel_pop(&wheel, 5 * SEC - 1), WHEEL_NONE);
	assert_int_equal(wheel_pop(&wheel, 5 * SEC + TICK), 3);
	assert_false(wheel_is_set(&owner.nodes[3]));
	assert_int_equal(wheel_pop(&wheel, 100 * SEC), WHEEL_NONE);
}

static void test_put_off(void **state)
{
	(void)state;
	wheel_set(&wheel, 0, 10 * SEC);
	for (int64_t t = 1; t < 100; t++) {
		wheel_set(&wheel, 0, (t + 10) * SEC);
		assert_int_equal(wheel_pop(&wheel, t * SEC), WHEEL_NONE);
	}
	assert_int_equal(wheel_pop(&wheel, 108 * SEC), WHEEL_NONE);
	assert_int_equal(wheel_pop(&wheel, 109 * SEC + TICK), 0);
}

static void test_brought_forward(void **state)
{
	(void)state;
	wheel_set(&wheel, 0, 10 * SEC);
	wheel_set(&wheel, 1, 10 * SEC);
	wheel_set(&wheel, 0, 2 * SEC);
	assert_true(wheel_deadline(&wheel) <= 2 * SEC + TICK);
	assert_int_equal(wheel_pop(&wheel, 2 * SEC + TICK), 0);
	assert_int_equal(wheel_pop(&wheel, 9 * SEC), WHEEL_NONE);
	assert_int_equal(wheel_pop(&wheel, 11 * SEC), 1);
}

static void test_cleared(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3 * WHEEL_LANES; i++)
		wheel_set(&wheel, i, SEC);
	wheel_clear(&wheel, WHEEL_LANES); /* in the middle of its lane */
	wheel_clear(&wheel, WHEEL_LANES);
	for (uint32_t i = 1; i < 3 * WHEEL_LANES; i++)
		assert_int_not_equal(wheel_pop(&wheel, 2 * SEC), WHEEL_LANES);
	assert_int_equal(wheel_pop(&wheel, 2 * SEC), WHEEL_NONE);
	for (uint32_t i = 0; i < 3 * WHEEL_LANES; i++)
		assert_false(wheel_is_set(&owner.nodes[i]));
}

static void test_past_comes_with_the_next_tick(void **state)
{
	(void)state;
	assert_int_equal(wheel_pop(&wheel, 50 * SEC), WHEEL_NONE);
	wheel_set(&wheel, 0, 3 * SEC);
	wheel_set(&wheel, 1, -SEC);
	assert_true(wheel_deadline(&wheel) > 50 * SEC);
	assert_true(wheel_deadline(&wheel) <= 50 * SEC + TICK);
	assert_int_equal(wheel_pop(&wheel, 50 * SEC), WHEEL_NONE);
	assert_int_equal(wheel_pop(&wheel, 50 * SEC + TICK) + wheel_pop(&wheel, 50 * SEC + TICK),
			 1);
	assert_false(wheel_is_set(&owner.nodes[0]) || wheel_is_set(&owner.nodes[1]));
}

static void test_far_ends_of_time(void **state)
{
	(void)state;
	wheel_set(&wheel, 0, INT64_MAX);
	wheel_set(&wheel, 1, INT64_MAX / 2);
	wheel_set(&wheel, 2, 0);
	assert_int_equal(wheel_pop(&wheel, TICK), 2);
	assert_int_equal(wheel_pop(&wheel, INT64_MAX / 2 + TICK), 1);
	assert_int_equal(wheel_pop(&wheel, INT64_MAX - 2 * TICK), WHEEL_NONE);
	assert_true(wheel_deadline(&wheel) > INT64_MAX - 2 * TICK);
	assert_int_equal(wheel_pop(&wheel, INT64_MAX), 0);
}

static bool comes_soon(const uint32_t seen[TIMERS], uint32_t after, uint32_t id)
{
	for (uint32_t i = after; i < after + WHEEL_LANES && i < TIMERS; i++)
		if (seen[i] == id)
			return true;
	return false;
}

static void test_ahead(void **state)
{
	uint32_t seen[TIMERS + 1], told[TIMERS + 1], n = 0;

	(void)state;
	assert_int_equal(wheel_ahead(&wheel), WHEEL_NONE);
	for (uint32_t i = 0; i < TIMERS; i++)
		wheel_set(&wheel, i, SEC);
	while ((seen[n] = wheel_pop(&wheel, 2 * SEC)) != WHEEL_NONE) {
		told[n++] = wheel_ahead(&wheel);
		assert_true(n <= TIMERS);
	}
	assert_int_equal(n, TIMERS);
	for (uint32_t i = 0; i < TIMERS - WHEEL_LANES; i++)
		assert_true(comes_soon(seen, i + 1, told[i]));
	assert_int_equal(told[TIMERS - 1], WHEEL_NONE);
}

/* ---- against a model ---- */

static int64_t model[TIMERS]; /* WHEEL_NEVER: not set */

static int64_t some_span(void)
{
	static const int64_t spans[] = { TICK, 64 * TICK, SEC, 270 * SEC, 86400 * SEC };

	return (int64_t)below((uint64_t)spans[below(5)]);
}

/* Everything that comes is due and set; nothing that is due by a tick stays. */
static void check_pops(int64_t now, unsigned *fired)
{
	uint32_t id;
	int64_t last = 0;

	if (!wheel_is_due(&wheel, now)) {
		for (unsigned i = 0; i < TIMERS; i++)
			assert_true(model[i] > now - TICK);
		return;
	}
	while ((id = wheel_pop(&wheel, now)) != WHEEL_NONE) {
		assert_true(id < TIMERS);
		assert_true(model[id] <= now);
		assert_true(model[id] / TICK >= last / TICK - 1); /* in order, to a tick */
		last = model[id] > last ? model[id] : last;
		model[id] = WHEEL_NEVER;
		++*fired;
	}
	for (unsigned i = 0; i < TIMERS; i++)
		assert_true(model[i] > now - TICK);
}

static void check_deadline(int64_t now)
{
	int64_t first = WHEEL_NEVER, deadline = wheel_deadline(&wheel);

	for (unsigned i = 0; i < TIMERS; i++)
		first = model[i] < first ? model[i] : first;
	if (first == WHEEL_NEVER) {
		assert_int_equal(deadline, WHEEL_NEVER);
		return;
	}
	assert_true(deadline > now);
	assert_true(deadline <= (first > now ? first : now) + TICK);
}

static void test_model(void **state)
{
	int64_t now = 1700000000 * SEC;
	unsigned fired = 0;

	(void)state;
	for (unsigned i = 0; i < TIMERS; i++)
		model[i] = WHEEL_NEVER;
	wheel_pop(&wheel, now);
	for (unsigned step = 0; step < 30000; step++) {
		uint32_t id = (uint32_t)below(TIMERS);

		if (below(5) == 0) {
			wheel_clear(&wheel, id);
			model[id] = WHEEL_NEVER;
		} else {
			model[id] = now + some_span() + 2 * TICK;
			wheel_set(&wheel, id, model[id]);
		}
		if (below(4) == 0) {
			now += some_span() / 16;
			check_pops(now, &fired);
		}
		check_deadline(now);
	}
	assert_true(fired > 1000);
}

/* Cut short at any step, while timers are set, put off and cleared, it loses
 * none and gives none early. */
static void test_budget(void **state)
{
	int64_t now = 1700000000 * SEC;
	unsigned fired = 0, cut = 0;

	(void)state;
	for (unsigned i = 0; i < TIMERS; i++)
		model[i] = WHEEL_NEVER;
	wheel_pop(&wheel, now);
	for (unsigned round = 0; round < 60000; round++) {
		uint32_t id = (uint32_t)below(TIMERS);
		unsigned budget = (unsigned)below(20);

		if (below(5) == 0) {
			wheel_clear(&wheel, id);
			model[id] = WHEEL_NEVER;
		} else {
			model[id] = now + some_span() + 2 * TICK;
			wheel_set(&wheel, id, model[id]);
		}
		if (below(4) == 0)
			now += some_span() / 16;
		while ((id = wheel_pop_some(&wheel, now, &budget)) != WHEEL_NONE) {
			assert_true(model[id] <= now);
			model[id] = WHEEL_NEVER;
			fired++;
		}
		cut += budget == 0;
		if (budget > 0)
			for (unsigned i = 0; i < TIMERS; i++)
				assert_true(model[i] > now - TICK);
	}
	assert_true(fired > 1000 && cut > 1000);
	check_pops(now + 2 * 86400 * SEC, &fired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_empty, setup),
		cmocka_unit_test_setup(test_never_early_and_soon, setup),
		cmocka_unit_test_setup(test_put_off, setup),
		cmocka_unit_test_setup(test_brought_forward, setup),
		cmocka_unit_test_setup(test_cleared, setup),
		cmocka_unit_test_setup(test_cleared, setup_wide),
		cmocka_unit_test_setup(test_past_comes_with_the_next_tick, setup),
		cmocka_unit_test_setup(test_past_comes_with_the_next_tick, setup_wide),
		cmocka_unit_test_setup(test_far_ends_of_time, setup),
		cmocka_unit_test_setup(test_far_ends_of_time, setup_wide),
		cmocka_unit_test_setup(test_ahead, setup_wide),
		cmocka_unit_test_setup(test_model, setup),
		cmocka_unit_test_setup(test_model, setup_wide),
		cmocka_unit_test_setup(test_budget, setup),
		cmocka_unit_test_setup(test_budget, setup_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
