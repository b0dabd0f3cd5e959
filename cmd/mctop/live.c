/* live.c - waits for the kernel, keys and signals, and keeps the screen up to date */
#include "mctop/live.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "common/out.h"
#include "common/sig.h"
#include "mctop/confine.h"
#include "mctop/ui.h"
#include "mctop/view.h"

#define POLL_MAX 1024
#define FRAME_NS INT64_C(40000000) /* news are drawn no more often than that */
#define LINGER	 INT64_C(3000000000)

enum { FD_KEYS = 0, FD_SIGNALS, FD_MODEL };

struct live {
	struct model *m;
	struct ui ui;
	int signals;
	int64_t drawn_at;
	uint64_t shown_events, shown_samples;
	bool dirty; /* a key: drawn at once */
	bool gone;  /* the terminal */
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* They come through a descriptor: no handler, no race. */
static void our_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGWINCH);
	sigaddset(set, SIGTSTP);
	sigaddset(set, SIGCONT);
}

static int open_signals(struct live *v)
{
	sigset_t set;

	our_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	v->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (v->signals >= 0)
		return 0;
	err_msg("signalfd: %s", mc_strerror(-errno));
	return EXIT_ENV;
}

/* Ctrl-Z: the shell gets its terminal as it was. */
static void stop_until_continued(void)
{
	sigset_t set;

	view_suspend();
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL); /* here it stops */
	sigprocmask(SIG_BLOCK, &set, NULL);
	view_resume();
}

static void take_signals(struct live *v)
{
	struct signalfd_siginfo s;

	while (read(v->signals, &s, sizeof s) == sizeof s) {
		if (s.ssi_signo == SIGTSTP)
			stop_until_continued();
		else if (s.ssi_signo == SIGCONT)
			view_resume();
		else
			view_resized();
		v->dirty = true;
	}
}

/* Something is new on the screen: an event, numbers, or a row. */
static bool has_news(const struct live *v)
{
	return model_events(v->m) != v->shown_events || model_samples(v->m) != v->shown_samples ||
	       model_generation(v->m, v->ui.table) != v->ui.lists[v->ui.table].generation;
}

static void draw(struct live *v)
{
	int64_t now = now_ns();

	if (!v->dirty && (!has_news(v) || now - v->drawn_at < FRAME_NS))
		return;
	view_draw(&v->ui);
	v->drawn_at = now;
	v->shown_events = model_events(v->m);
	v->shown_samples = model_samples(v->m);
	v->dirty = false;
}

static mc_nsec wait_time(const struct live *v)
{
	mc_nsec wait = model_wait(v->m);
	int64_t frame = v->drawn_at + FRAME_NS - now_ns();

	if (has_news(v) && frame < wait.ns)
		wait.ns = frame > 0 ? frame : 0;
	return wait;
}

static void wait_and_take(struct live *v)
{
	static struct pollfd fds[POLL_MAX];
	mc_nsec wait = wait_time(v);
	unsigned n = FD_MODEL;

	fds[FD_KEYS] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	fds[FD_SIGNALS] = (struct pollfd){ .fd = v->signals, .events = POLLIN };
	if (!v->ui.paused)
		n += model_fds(v->m, fds + FD_MODEL, POLL_MAX - FD_MODEL);
	if (sig_ppoll(fds, n, v->ui.paused ? NULL : &wait) < 0)
		return;
	if (fds[FD_SIGNALS].revents)
		take_signals(v);
	if (fds[FD_KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
		v->gone = true;
	if (fds[FD_KEYS].revents & POLLIN) {
		input_take(&v->ui);
		v->dirty = true;
	}
}

static void loop(struct live *v)
{
	v->dirty = true;
	while (!sig_stop() && !v->ui.quit && !v->gone) {
		if (!v->ui.paused)
			model_step(v->m);
		draw(v);
		wait_and_take(v);
	}
}

int live_run(struct model *m, const struct config *c)
{
	struct live v = { .m = m, .signals = -1 };
	bool utf8;
	int status;

	ui_init(&v.ui, m, c);
	if (c->sort)
		list_sort_by(&v.ui.lists[TABLE_GROUPS], c->sort);
	model_linger(m, (mc_nsec){ LINGER });
	status = open_signals(&v);
	if (!status)
		status = view_open(c, &utf8);
	if (!status) {
		v.ui.look.utf8 = utf8;
		status = confine_calls(c);
		if (!status)
			loop(&v);
		view_close();
	}
	if (v.signals >= 0)
		close(v.signals);
	ui_free(&v.ui);
	return status;
}
