/* sig.c - signals as flags */
#include "common/sig.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "common/term.h"

#define SAME_SIGNAL_NS 200000000

volatile sig_atomic_t sig_stop_flag;
volatile sig_atomic_t sig_interim_flag;

static volatile sig_atomic_t news; /* a signal came since the last sig_ppoll */
static struct timespec stopped_at; /* written once, in the handler */
static void (*volatile abort_hook)(void);
static bool blocked;
static sigset_t wait_mask;

static int64_t since_stop_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - stopped_at.tv_sec) * 1000000000 + now.tv_nsec -
	       stopped_at.tv_nsec;
}

static void on_signal(int sig)
{
	int saved = errno;

	news = 1;
	if (sig == SIGUSR1) {
		sig_interim_flag = 1;
	} else if (!sig_stop_flag) {
		clock_gettime(CLOCK_MONOTONIC, &stopped_at);
		sig_stop_flag = sig;
	} else if (since_stop_ns() >= SAME_SIGNAL_NS) {
		if (abort_hook)
			abort_hook();
		term_clear_in_handler();
		_exit(128 + sig);
	}
	errno = saved;
}

static void our_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
}

static void catch_signal(int sig)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	/* All at once, so that the handler never interrupts itself. */
	our_signals(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

void sig_init(void)
{
	struct sigaction old;
	sigset_t ours;

	signal(SIGPIPE, SIG_IGN);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	catch_signal(SIGUSR1);
	sigaction(SIGHUP, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		catch_signal(SIGHUP);
	our_signals(&ours);
	/* A parent may have left them blocked. */
	pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
	pthread_sigmask(SIG_SETMASK, NULL, &wait_mask);
}

void sig_block(void)
{
	sigset_t ours;

	our_signals(&ours);
	pthread_sigmask(SIG_BLOCK, &ours, NULL);
	blocked = true;
}

void sig_unblock(void)
{
	pthread_sigmask(SIG_SETMASK, &wait_mask, NULL);
	blocked = false;
}

const sigset_t *sig_wait_mask(void)
{
	return &wait_mask;
}

void sig_block_all(void)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
}

void sig_on_abort(void (*fn)(void))
{
	abort_hook = fn;
}

/* With our signals blocked. */
static int wait_blocked(struct pollfd *fds, nfds_t n, const mc_nsec *timeout)
{
	struct timespec ts = { 0 };
	int ready;

	if (timeout && timeout->ns > 0 && !news) {
		ts.tv_sec = (time_t)(timeout->ns / 1000000000);
		ts.tv_nsec = (long)(timeout->ns % 1000000000);
	}
	ready = ppoll(fds, n, timeout || news ? &ts : NULL, &wait_mask);
	if (ready < 0)
		ready = -errno;
	if (news) {
		news = 0;
		return -EINTR;
	}
	return ready;
}

int sig_ppoll(struct pollfd *fds, nfds_t n, const mc_nsec *timeout)
{
	bool was_blocked = blocked;
	int rc;

	if (!was_blocked)
		sig_block();
	rc = wait_blocked(fds, n, timeout);
	if (!was_blocked)
		sig_unblock();
	return rc;
}

int sig_sleep(mc_nsec d)
{
	return sig_ppoll(NULL, 0, &d);
}
