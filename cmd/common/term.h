/* term.h - a line at the bottom of the terminal that is rewritten in place.
 *
 * There is one at most.  out.h and json.h remove it before they write; the next
 * term_status() shows it again. */
#ifndef COMMON_TERM_H
#define COMMON_TERM_H

#include <stdbool.h>

/* Shows live lines on fd (1 or 2) if that is a terminal that can rewrite a line
 * and `wanted`; else the other functions do nothing.  Returns whether. */
bool term_init(int fd, bool wanted);
bool term_live(void);

/* Replaces the line, cut to the terminal's width (asked every time).  No
 * control characters. */
void term_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Removes it. */
void term_clear(void);

/* The same from a signal handler. */
void term_clear_in_handler(void);

#endif
