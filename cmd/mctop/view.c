/* view.c - the terminal: taken over, given back whatever happens, drawn on */
#include "mctop/view.h"
#include "mctop/view_parts.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <term.h>

#include "common/out.h"
#include "common/sig.h"

static SCREEN *screen;
static struct termios before;
static char restore[512]; /* what a handler writes; curses is not for handlers */
static size_t restore_len;
static volatile sig_atomic_t taken;

static void add_restore(const char *s)
{
	size_t len = s && s != (const char *)-1 ? strlen(s) : 0;

	if (restore_len + len > sizeof restore)
		return;
	memcpy(restore + restore_len, s, len);
	restore_len += len;
}

static void add_capability(const char *name)
{
	const char *s = tigetstr(name);

	if (s && s != (const char *)-1)
		add_restore(s);
}

static void prepare_restore(void)
{
	restore_len = 0;
	add_restore("\033[?1000l\033[?1002l\033[?1006l");
	add_capability("sgr0");
	add_capability("cnorm");
	add_capability("rmkx");
	add_capability("rmcup");
}

void view_restore_in_handler(void)
{
	ssize_t n;

	if (!taken)
		return;
	taken = 0;
	n = write(STDOUT_FILENO, restore, restore_len);
	(void)n;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void on_crash(int sig)
{
	view_restore_in_handler();
	raise(sig); /* SA_RESETHAND: now for real */
}

static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS,	 SIGILL,  SIGFPE,
				       SIGABRT, SIGQUIT, SIGTRAP, SIGSYS };
	struct sigaction sa = { .sa_handler = on_crash,
				.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK) };
	static char stack[64 * 1024];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };

	sigaltstack(&alternate, NULL);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		sigaction(signals[i], &sa, NULL);
	sig_on_abort(view_restore_in_handler);
}

/* No terminal at all, or one that curses does not know: one line each. */
static int refuse(void)
{
	const char *terminal = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		err_msg("no terminal: use --once or --json");
	else if (!terminal || !*terminal)
		err_msg("TERM is not set; set it, or use --once");
	else
		err_msg("TERM=%s: not a terminal that is known here; try TERM=xterm, or use --once",
			terminal);
	return EXIT_ENV;
}

int view_open(const struct config *c, bool *utf8)
{
	int known;

	setlocale(LC_CTYPE, "");
	*utf8 = !c->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &before) != 0)
		return refuse();
	/* newterm would leave memory behind for a TERM it does not know. */
	if (setupterm(NULL, STDOUT_FILENO, &known) != OK)
		return refuse();
	del_curterm(cur_term);
	/* The daemon for mice of the Linux console would have to be called again
	 * and again, by calls that the sandbox does not allow. */
	if (!c->common.no_sandbox)
		setenv("NCURSES_GPM_TERMS", "", 1);
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return refuse();
	if (!tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		endwin();
		return refuse();
	}
	prepare_restore();
	taken = 1;
	catch_crashes();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	parts_colors(out_color());
	input_open(c);
	atexit(view_close);
	return 0;
}

void view_close(void)
{
	if (!taken)
		return;
	taken = 0;
	endwin();
}

void view_suspend(void)
{
	taken = 0;
	endwin();
}

void view_resume(void)
{
	taken = 1;
	view_resized();
	clearok(curscr, TRUE);
	refresh();
}

void view_resized(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col)
		resizeterm(w.ws_row, w.ws_col);
	clearok(curscr, TRUE);
}

/* How the lines of the screen are shared out. */
struct layout {
	unsigned events; /* lines of the log, its title included */
	unsigned lacks;	 /* 1: a line says what is missing */
	unsigned body;	 /* first line after tabs and titles */
};

static struct layout share_out(const struct ui *u)
{
	struct layout l = { 0, model_lacks(u->m) && LINES >= 12, 3 };

	if (LINES >= 16)
		l.events = LINES >= 40 ? 9 : 5;
	if (u->over == OVER_HELP)
		l.events = 0;
	return l;
}

static void too_small(void)
{
	char text[64];
	int len = snprintf(text, sizeof text, "terminal too small: %dx%d", COLS, LINES);

	erase();
	if (len > COLS)
		len = snprintf(text, sizeof text, "too small");
	mvaddnstr(LINES / 2, COLS > len ? (COLS - len) / 2 : 0, text, COLS);
	if (LINES > 2) {
		len = snprintf(text, sizeof text, "needs %dx%d", UI_MIN_COLS, UI_MIN_LINES);
		mvaddnstr(LINES / 2 + 1, COLS > len ? (COLS - len) / 2 : 0, text, COLS);
	}
	refresh();
}

void view_draw(struct ui *u)
{
	struct layout l;

	if (u->redraw) {
		clearok(curscr, TRUE);
		u->redraw = false;
	}
	if (LINES < UI_MIN_LINES || COLS < UI_MIN_COLS) {
		too_small();
		return;
	}
	l = share_out(u);
	u->page = (unsigned)LINES - l.body - l.events - l.lacks - 1;
	ui_refresh(u);
	erase();
	view_head(u);
	if (u->over == OVER_HELP)
		view_lines(u, l.body, u->over_at);
	else if (u->detail)
		view_lines(u, l.body, u->lines_top);
	else
		view_table(u, l.body);
	if (u->over == OVER_SORT)
		view_sort_menu(u, l.body);
	if (l.events)
		view_events(u, (unsigned)LINES - 1 - l.lacks - l.events, l.events);
	if (l.lacks)
		put_text((unsigned)LINES - 2, 0, (unsigned)COLS, model_lacks(u->m),
			 tone_attr(TONE_WARN));
	view_foot(u);
	view_position(u, (unsigned)LINES - 1 - (l.events ? l.lacks + l.events : 0));
	refresh();
}
