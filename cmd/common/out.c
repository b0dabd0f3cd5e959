/* out.c - messages, text output, colour, exit status */
#include "common/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/term.h"

#define MESSAGE_MAX 2048

static const char *program_name = "mctools";
static int broken_by; /* errno of the first failed write to stdout */
static bool colored;

/* What the caller closed would become the first socket or file that is opened, and
 * what is said would go there.  Of these neither can be read or written. */
static void guard_descriptors(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/", O_PATH) < 0)
			return;
}

void out_init(const char *program)
{
	guard_descriptors();
	program_name = program;
	signal(SIGPIPE, SIG_IGN);
}

const char *out_program(void)
{
	return program_name;
}

/* Operands end up in messages: what they contain must not make a second line or
 * move the cursor. */
static void make_printable(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

/* One write, so that lines of several programs do not mix. */
static void put_message(const char *kind, const char *where, const char *text, const char *fix)
{
	char line[MESSAGE_MAX];

	snprintf(line, sizeof line - 1, "%s: %s%s%s%s%s%s", program_name, kind, where ? where : "",
		 where ? ": " : "", text, fix ? "; " : "", fix ? fix : "");
	make_printable(line);
	term_clear();
	strcat(line, "\n");
	fputs(line, stderr);
}

void err_msg(const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put_message("", NULL, text, NULL);
}

void warn_msg(const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put_message("warning: ", NULL, text, NULL);
}

static void put_why(const char *kind, const char *where, int err, const struct mc_why *why)
{
	const char *what = why && why->what[0] ? why->what : mc_strerror(err);

	put_message(kind, where, what, why && why->fix[0] ? why->fix : NULL);
}

int err_why(const char *where, int err, const struct mc_why *why)
{
	put_why("", where, err, why);
	switch (-err) {
	case EINVAL:
	case MC_EBADSPEC:
	case MC_EBADADDR:
	case MC_ENOTGROUP:
		return EXIT_USAGE;
	default:
		return EXIT_ENV;
	}
}

void warn_why(const char *where, int err, const struct mc_why *why)
{
	put_why("warning: ", where, err, why);
}

int usage_error(const char *where, const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put_message("", where, text, NULL);
	return EXIT_USAGE;
}

#define CARET_WIDTH 72

void err_caret(const char *text, size_t offset)
{
	char shown[CARET_WIDTH + 1];
	size_t len = strlen(text), from = 0;

	if (offset > len)
		offset = len;
	/* Of a long text, the part around the mistake. */
	if (offset >= CARET_WIDTH)
		from = offset - CARET_WIDTH / 2;
	snprintf(shown, sizeof shown, "%s", text + from);
	make_printable(shown);
	term_clear();
	fprintf(stderr, "  %s\n  %*s^\n", shown, (int)(offset - from), "");
}

void out_note_error(int err)
{
	if (!broken_by)
		broken_by = err < 0 ? -err : err;
}

bool out_broken(void)
{
	return broken_by != 0;
}

void out_printf(const char *fmt, ...)
{
	va_list ap;

	if (broken_by)
		return;
	term_clear();
	va_start(ap, fmt);
	if (vprintf(fmt, ap) < 0)
		out_note_error(errno);
	va_end(ap);
}

void out_puts(const char *s)
{
	if (broken_by)
		return;
	term_clear();
	if (fputs(s, stdout) < 0)
		out_note_error(errno);
}

void out_flush(void)
{
	if (!broken_by && fflush(stdout) != 0)
		out_note_error(errno);
}

int out_finish(int status)
{
	term_clear();
	out_flush();
	if (!broken_by || broken_by == EPIPE)
		return status;
	put_message("", "standard output", mc_strerror(-broken_by), "the output is incomplete");
	return EXIT_ENV;
}

void out_color_init(enum color_when when)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (when == COLOR_AUTO)
		colored = isatty(STDOUT_FILENO) && !(no_color && *no_color) && terminal &&
			  strcmp(terminal, "dumb") != 0;
	else
		colored = when == COLOR_ALWAYS;
}

bool out_color(void)
{
	return colored;
}

const char *out_style(enum style s)
{
	static const char *const sequences[] = {
		[STYLE_RESET] = "\033[0m", [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",
		[STYLE_RED] = "\033[31m",  [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m",
	};

	return colored ? sequences[s] : "";
}
