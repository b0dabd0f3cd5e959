/* out.h - what a program says: messages, output, colour, exit status.
 *
 * Messages go to stderr as "PROGRAM: text", one line each, and remove the live
 * line (term.h) first.  Text output goes through out_printf(), so that a full
 * disk or a closed pipe is noticed:
 *
 *   while (!sig_stop() && !out_broken()) ...
 *   return out_finish(all_is_well ? EXIT_TRUE : EXIT_FALSE);
 */
#ifndef COMMON_OUT_H
#define COMMON_OUT_H

#include <stdio.h>

#include <mc/base.h>

#include "common/opt.h"

enum {
	EXIT_TRUE = 0,	/* the thing asked for is true */
	EXIT_FALSE = 1, /* it is not */
	EXIT_USAGE = 2,
	EXIT_ENV = 3, /* the environment refuses */
};

#define OUT_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Sets the name that messages begin with; ignores SIGPIPE; keeps the numbers of standard
 * descriptors that are closed from others.  opt_parse() does it. */
void out_init(const char *program);
const char *out_program(void);

/* "mcsend: text".  The text names what, where and what to do: "PLACE: problem; remedy". */
void err_msg(const char *fmt, ...) OUT_PRINTF(1, 2);
void warn_msg(const char *fmt, ...) OUT_PRINTF(1, 2); /* "mcsend: warning: text" */

/* Of the reasons of libmc: "mcsend: eth9: no such interface; see `ip link`".
 * where may be NULL; err (negated) speaks when why has no text.  Returns the
 * exit status that fits err: EXIT_USAGE for -EINVAL and MC_EBADSPEC,
 * MC_EBADADDR and MC_ENOTGROUP, else EXIT_ENV. */
int err_why(const char *where, int err, const struct mc_why *why);
void warn_why(const char *where, int err, const struct mc_why *why);

/* "mcsend: --rate: text"; returns EXIT_USAGE.  where may be NULL. */
int usage_error(const char *where, const char *fmt, ...) OUT_PRINTF(2, 3);

/* The two lines that show where in text, indented, on stderr.  Bytes that do not
 * print are shown as '?'. */
void err_caret(const char *text, size_t offset);

/* Text on stdout; nothing once it is broken. */
void out_printf(const char *fmt, ...) OUT_PRINTF(1, 2);
void out_puts(const char *s);
void out_flush(void);

/* True once a write to stdout has failed: time to end. */
bool out_broken(void);

/* Takes note of a failed write to stdout that bypassed out_printf. */
void out_note_error(int err);

/* Flushes, removes the live line, and turns the status so far into the one to
 * exit with: unchanged when all was written or the reader closed the pipe;
 * EXIT_ENV and one line on stderr when a write failed otherwise. */
int out_finish(int status);

/* Colour of stdout. */
enum style {
	STYLE_RESET = 0,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_RED,
	STYLE_GREEN,
	STYLE_YELLOW,
};

/* Decides: always, never, or in automatic mode when stdout is a terminal,
 * TERM is not "dumb" and NO_COLOR is unset or empty.  opt_parse() does it. */
void out_color_init(enum color_when when);
bool out_color(void);

/* The escape sequence, or "" without colour: out_printf("%sok%s\n",
 * out_style(STYLE_GREEN), out_style(STYLE_RESET)). */
const char *out_style(enum style s);

#endif
