/* why.h - filling struct mc_why, and the kernel limits that it quotes */
#ifndef SYS_WHY_H
#define SYS_WHY_H

#include <mc/base.h>

/* Writes the text (printf style) when why is not NULL; returns err, so that a
 * failure is reported and returned in one line. */
int why_set(struct mc_why *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds the remedy. */
void why_fix(struct mc_why *why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The number in a file below /proc/sys, -1 when it cannot be read. */
long sysctl_read(const char *path);

#endif
