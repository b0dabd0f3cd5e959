/* uring.c - preloaded into a program, makes the kernel poorer in io_uring
 *
 * URING=none: there is no io_uring.  URING=short: of what is submitted it takes
 * three requests, as a kernel does that refuses the next.  A test cannot switch
 * io_uring off itself: the sysctl is the whole host's. */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is(const char *mode)
{
	const char *asked = getenv("URING");

	return asked && strcmp(asked, mode) == 0;
}

__attribute__((visibility("default"))) long syscall(long number, ...)
{
	long (*next)(long, ...) = dlsym(RTLD_NEXT, "syscall"), a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_io_uring_setup && is("none")) {
		errno = ENOSYS;
		return -1;
	}
	if (number == SYS_io_uring_enter && is("short") && a[1] > 3)
		a[1] = a[2] = 3;
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
