/* test_sig.c - signals as flags, and waiting for them */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "common/sig.h"

#define SECOND 1000000000LL

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* A signal before the wait: the wait must notice, every time it is a new one. */
static int signal_before_wait(void *arg)
{
	int sig = *(int *)arg;

	sig_init();
	for (int i = 0; i < 3; i++) {
		raise(sig);
		if (sig_ppoll(NULL, 0, NULL) != -EINTR)
			return 10;
	}
	if (sig_ppoll(NULL, 0, &(mc_nsec){ 1000 }) != 0)
		return 11;
	return sig == SIGUSR1 ? sig_stop() : sig_stop() == sig ? 0 : 12;
}

static void test_signal_before_wait(void **state)
{
	int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	struct run r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		run(&r, signal_before_wait, &signals[i]);
		assert_int_equal(r.status, 0);
	}
}

static int interim(void *arg)
{
	(void)arg;
	sig_init();
	if (sig_take_interim())
		return 1;
	raise(SIGUSR1);
	if (!sig_take_interim())
		return 2;
	return sig_take_interim() || sig_stop() ? 3 : 0;
}

static void test_interim(void **state)
{
	struct run r;

	(void)state;
	run(&r, interim, NULL);
	assert_int_equal(r.status, 0);
}

/* The signal comes from outside while the child waits; the pipe tells when. */
static int wait_for_signal(void *arg)
{
	int fd = *(int *)arg, rc;

	sig_init();
	sig_block();
	if (write(fd, "x", 1) != 1)
		return 10;
	rc = sig_ppoll(NULL, 0, &(mc_nsec){ 20 * SECOND });
	sig_unblock();
	return rc == -EINTR && sig_stop() == SIGTERM ? 0 : 11;
}

static void test_signal_during_wait(void **state)
{
	int fds[2];
	char c;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(wait_for_signal(&fds[1]));
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(run_status(pid), 0);
	close(fds[0]);
	close(fds[1]);
}

static void on_abort(void)
{
	ssize_t n = write(STDERR_FILENO, "put back", 8);

	(void)n;
}

/* Two in a row are one, as of timeout(1); a later one ends the program. */
static int second_signal(void *arg)
{
	int64_t end;

	(void)arg;
	sig_init();
	sig_on_abort(on_abort);
	raise(SIGTERM);
	raise(SIGTERM);
	if (sig_stop() != SIGTERM)
		return 10;
	for (end = now_ns() + SECOND / 4; now_ns() < end;)
		sig_sleep((mc_nsec){ end - now_ns() });
	raise(SIGINT);
	return 11;
}

static void test_second_signal(void **state)
{
	struct run r;

	(void)state;
	run(&r, second_signal, NULL);
	assert_int_equal(r.status, 128 + SIGINT);
	assert_string_equal(r.err, "put back");
}

static int ignored_hangup(void *arg)
{
	(void)arg;
	signal(SIGHUP, SIG_IGN);
	sig_init();
	raise(SIGHUP);
	return sig_stop();
}

static int blocked_by_parent(void *arg)
{
	(void)arg;
	sig_block_all();
	sig_init();
	raise(SIGTERM);
	return sig_stop() == SIGTERM ? 0 : 10;
}

static int pipe_ignored(void *arg)
{
	int fds[2];

	(void)arg;
	sig_init();
	if (pipe(fds) != 0)
		return 10;
	close(fds[0]);
	return write(fds[1], "x", 1) == -1 && errno == EPIPE ? 0 : 11;
}

static void test_inherited(void **state)
{
	struct run r;

	(void)state;
	run(&r, ignored_hangup, NULL);
	assert_int_equal(r.status, 0);
	run(&r, blocked_by_parent, NULL);
	assert_int_equal(r.status, 0);
	run(&r, pipe_ignored, NULL);
	assert_int_equal(r.status, 0);
}

static void test_descriptors_and_time(void **state)
{
	struct pollfd p = { .events = POLLIN };
	int64_t start;
	int fds[2];

	(void)state;
	sig_init();
	assert_int_equal(pipe(fds), 0);
	p.fd = fds[0];
	assert_int_equal(sig_ppoll(&p, 1, &(mc_nsec){ 0 }), 0);
	assert_int_equal(sig_ppoll(&p, 1, &(mc_nsec){ -5 }), 0);
	start = now_ns();
	assert_int_equal(sig_sleep((mc_nsec){ 3000000 }), 0);
	assert_true(now_ns() - start >= 3000000);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(sig_ppoll(&p, 1, NULL), 1);
	assert_int_equal(p.revents, POLLIN);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signal_before_wait),
		cmocka_unit_test(test_interim),
		cmocka_unit_test(test_signal_during_wait),
		cmocka_unit_test(test_second_signal),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_descriptors_and_time),
	};

	return cmocka_run_group_tests_name("common/sig", tests, NULL, NULL);
}
