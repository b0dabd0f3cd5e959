/* host.c - this host: its clock's discipline, limits and our privileges */
#include "sys/why.h"

#include <errno.h>
#include <mc/host.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void mc_clock_sync_get(struct mc_clock_sync *out)
{
	struct timex t = { 0 };
	int state = adjtimex(&t);

	memset(out, 0, sizeof(*out));
	out->synchronised = state >= 0 && state != TIME_ERROR && !(t.status & STA_UNSYNC);
	out->max_error.ns = (int64_t)t.maxerror * 1000;
}

uint64_t mc_raise_nofile(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
		return 0;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
	getrlimit(RLIMIT_NOFILE, &rl);
	return rl.rlim_cur;
}

void mc_populate(void *at, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)at + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)at + size) / page * page;

	if (first < end)
		(void)!madvise((void *)first, end - first, MADV_POPULATE_WRITE);
}

/* What the process has of what it is to keep, in effect from now on. */
static int keep_some(cap_t out, uint64_t keep)
{
	static const cap_flag_t sets[] = { CAP_PERMITTED, CAP_EFFECTIVE };
	cap_t now = cap_get_proc();
	int err = now ? 0 : -errno;

	for (cap_value_t cap = 0; !err && cap < 64; cap++) {
		cap_flag_value_t has;

		if (!(keep >> cap & 1) || cap_get_flag(now, cap, CAP_PERMITTED, &has) < 0 ||
		    has != CAP_SET)
			continue;
		for (int i = 0; i < 2; i++)
			if (cap_set_flag(out, sets[i], 1, &cap, CAP_SET) < 0)
				err = -errno;
	}
	if (now)
		cap_free(now);
	return err;
}

int mc_drop_privileges(uint64_t keep, struct mc_why *why)
{
	cap_t caps = cap_init();
	int err = caps ? 0 : -errno;

	if (!err && keep)
		err = keep_some(caps, keep);
	if (!err && (cap_set_proc(caps) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0))
		err = -errno;
	if (caps)
		cap_free(caps);
	if (err)
		return why_set(why, err, "cannot drop privileges: %s", mc_strerror(err));
	return 0;
}
