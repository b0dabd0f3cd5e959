/* term.c - the live line */
#include "common/term.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define CLEAR	       "\r\033[K"

static int live_fd = -1;
static volatile sig_atomic_t shown;

bool term_init(int fd, bool wanted)
{
	const char *terminal = getenv("TERM");

	live_fd = wanted && isatty(fd) && terminal && strcmp(terminal, "dumb") != 0 ? fd : -1;
	return live_fd >= 0;
}

bool term_live(void)
{
	return live_fd >= 0;
}

static unsigned term_width(void)
{
	struct winsize w;

	if (ioctl(live_fd, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return 80;
	return w.ws_col;
}

/* Cuts the line after `columns` characters and hides control characters.  The
 * bytes 10xxxxxx of UTF-8 continue a character. */
static void fit_line(char *s, unsigned columns)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < ' ' || c == 0x7f)
			*s = '?';
		if ((c & 0xc0) == 0x80)
			continue;
		if (columns-- == 0) {
			*s = '\0';
			return;
		}
	}
}

/* A terminal that went away is somebody else's to notice. */
static void put(const char *s)
{
	ssize_t n = write(live_fd, s, strlen(s));

	(void)n;
}

void term_status(const char *fmt, ...)
{
	char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 16];
	va_list ap;

	if (live_fd < 0)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* In the last column some terminals have wrapped already. */
	fit_line(text, term_width() - 1);
	fflush(stdout);
	snprintf(line, sizeof line, "\r%s\033[K", text);
	shown = 1;
	put(line);
}

void term_clear(void)
{
	if (!shown)
		return;
	put(CLEAR);
	shown = 0;
}

void term_clear_in_handler(void)
{
	if (shown)
		put(CLEAR);
}
