/* messages.h - what programs say, instead of common/out.c: made, checked, not printed */
#ifndef FUZZ_MESSAGES_H
#define FUZZ_MESSAGES_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/out.h"

static unsigned messages; /* so far */

/* The sanitizer sees arguments that are not what the format says; nobody is left
 * without a reason. */
static void OUT_PRINTF(1, 0) make_message(const char *fmt, va_list ap)
{
	char text[4096];

	if (vsnprintf(text, sizeof(text), fmt, ap) <= 0)
		abort();
	messages++;
}

#define MAKE_MESSAGE(fmt)                                                                          \
	do {                                                                                       \
		va_list ap;                                                                        \
		va_start(ap, fmt);                                                                 \
		make_message(fmt, ap);                                                             \
		va_end(ap);                                                                        \
	} while (0)

void err_msg(const char *fmt, ...)
{
	MAKE_MESSAGE(fmt);
}

void warn_msg(const char *fmt, ...)
{
	MAKE_MESSAGE(fmt);
}

int usage_error(const char *where, const char *fmt, ...)
{
	MAKE_MESSAGE(fmt);
	(void)where;
	return EXIT_USAGE;
}

int err_why(const char *where, int err, const struct mc_why *why)
{
	(void)where;
	(void)why;
	if (err >= 0)
		abort();
	messages++;
	return EXIT_ENV;
}

void err_caret(const char *text, size_t offset)
{
	if (offset > strlen(text))
		abort();
}

#endif
