/* clockstep.c - preloaded into a program, sets its wall clock while it runs
 *
 * Once there is a number in the file that CLOCK_STEP names, CLOCK_REALTIME is off by
 * so many seconds.  A test cannot step the clock itself: there is one for the whole
 * host, and time namespaces do not shift it.  The file is opened at the start: later
 * the program may not open any. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int file = -1;

__attribute__((constructor)) static void open_file(void)
{
	const char *path = getenv("CLOCK_STEP");

	if (path)
		file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long step(void)
{
	char text[32] = "";

	if (file < 0 || pread(file, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtol(text, NULL, 10);
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *ts)
{
	int ret = (int)syscall(SYS_clock_gettime, id, ts);

	if (ret == 0 && id == CLOCK_REALTIME)
		ts->tv_sec += step();
	return ret;
}
