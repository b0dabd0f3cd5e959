/* sig.h - signals as flags.
 *
 * SIGINT, SIGTERM, SIGHUP: the first asks to finish with a summary, the second
 * ends the program at once with status 128 + signal, the live line removed.
 * SIGUSR1 asks for an interim summary.  SIGPIPE is ignored.  What follows the
 * first signal within 200 ms belongs to it: timeout(1) signals the program and
 * then its process group.
 *
 * poll, ppoll, epoll_wait and nanosleep return EINTR (signal(7)); reads and writes
 * are restarted, so that no output is lost.  So wait with sig_ppoll(), not in a
 * blocking recvmsg.  A SIGHUP that is ignored at the start (nohup) stays ignored. */
#ifndef COMMON_SIG_H
#define COMMON_SIG_H

#include <poll.h>
#include <signal.h>

#include <mc/base.h>

extern volatile sig_atomic_t sig_stop_flag;
extern volatile sig_atomic_t sig_interim_flag;

/* Installs the handlers.  Threads started later should block all signals (see
 * sig_block_all), so that the main thread gets them. */
void sig_init(void);

/* 0, or the signal that asks to finish. */
static inline int sig_stop(void)
{
	return sig_stop_flag;
}

/* Was an interim summary asked for? */
static inline bool sig_interim(void)
{
	return sig_interim_flag;
}

/* The same since the last call? */
static inline bool sig_take_interim(void)
{
	if (!sig_interim_flag)
		return false;
	sig_interim_flag = 0;
	return true;
}

/* poll(2) without the race between looking at a flag and going to sleep: a
 * signal that arrived since the last call makes it return at once.  timeout NULL
 * waits for ever; negative counts as 0.  The number of ready descriptors, 0
 * when the time is over, -EINTR after a signal, or -errno. */
int sig_ppoll(struct pollfd *fds, nfds_t n, const mc_nsec *timeout);

/* Sleeps; 0, or -EINTR when a signal came. */
int sig_sleep(mc_nsec d);

/* For sections that call ppoll, epoll_pwait or pselect themselves: blocks our
 * signals from now on, and gives the mask to wait with.  While they are blocked
 * the flags do not change outside of such a wait or sig_ppoll(). */
void sig_block(void);
void sig_unblock(void);
const sigset_t *sig_wait_mask(void);

/* In a thread: all signals are the main thread's. */
void sig_block_all(void);

/* fn is called in the handler before the second signal ends the program; it may
 * only do what signal-safety(7) allows. */
void sig_on_abort(void (*fn)(void));

#endif
