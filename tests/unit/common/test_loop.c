/* test_loop.c - descriptors, deadlines and signals at once */
#include "run.h"

#include <errno.h>
#include <unistd.h>

#include "common/loop.h"
#include "common/sig.h"

struct reader {
	struct loop *loop;
	int fd, other; /* other: taken away when this one is read */
	unsigned calls;
};

static void on_readable(void *data)
{
	struct reader *r = data;
	char c;

	assert_int_equal(read(r->fd, &c, 1), 1);
	r->calls++;
	if (r->other >= 0)
		loop_unwatch(r->loop, r->other);
}

static void test_readable(void **state)
{
	struct loop l = { 0 };
	struct reader r[12];
	int out[12];

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		int fds[2];

		assert_int_equal(pipe(fds), 0);
		r[i] = (struct reader){ &l, fds[0], -1, 0 };
		out[i] = fds[1];
		assert_int_equal(loop_watch(&l, fds[0], on_readable, &r[i]), 0);
	}
	/* the first takes the last away, though that one is ready too */
	r[0].other = r[11].fd;
	assert_int_equal(write(out[0], "x", 1), 1);
	assert_int_equal(write(out[7], "x", 1), 1);
	assert_int_equal(write(out[11], "x", 1), 1);
	assert_int_equal(loop_wait(&l), 3);
	for (unsigned i = 0; i < 12; i++) {
		assert_int_equal(r[i].calls, i == 0 || i == 7);
		close(out[i]);
	}
	loop_wake_at(&l, loop_now());
	assert_int_equal(l.n, 12);
	loop_unwatch(&l, r[7].fd);
	for (unsigned i = 0; i < 11; i++)
		loop_unwatch(&l, r[i].fd);
	assert_int_equal(loop_wait(&l), 0);
	assert_int_equal(l.n, 0);
	for (unsigned i = 0; i < 12; i++)
		close(r[i].fd);
	loop_free(&l);
}

static void test_deadline(void **state)
{
	struct loop l = { 0 };
	mc_nsec start = loop_now();

	(void)state;
	loop_wake_at(&l, (mc_nsec){ INT64_MAX });
	loop_wake_at(&l, (mc_nsec){ start.ns + 30000000 });
	loop_wake_at(&l, (mc_nsec){ start.ns + 3600000000000 });
	assert_int_equal(loop_wait(&l), 0);
	assert_true(loop_now().ns >= start.ns + 30000000);
	/* one that has passed does not wait */
	loop_wake_at(&l, start);
	assert_int_equal(loop_wait(&l), 0);
	loop_free(&l);
}

static void test_signal(void **state)
{
	struct loop l = { 0 };

	(void)state;
	sig_init();
	raise(SIGUSR1);
	assert_int_equal(loop_wait(&l), -EINTR);
	assert_true(sig_take_interim());
	loop_free(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
