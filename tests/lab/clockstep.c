/* clockstep.c - preloaded into a program, sets its wall clock while it runs
 *
 * Once the file that CLOCK_STEP names exists, CLOCK_REALTIME is off by the
 * seconds in it.  A test cannot step the clock itself: there is one for the
 * whole host, and time namespaces do not shift it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long step(void)
{
	const char *path = getenv("CLOCK_STEP");
	FILE *f = path ? fopen(path, "re") : NULL;
	long seconds = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%ld", &seconds) != 1)
		seconds = 0;
	fclose(f);
	return seconds;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *ts)
{
	int ret = (int)syscall(SYS_clock_gettime, id, ts);

	if (ret == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += step();
	return ret;
}
