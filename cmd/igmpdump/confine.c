/* confine.c - what igmpdump may still do while it decodes */
#include "igmpdump/confine.h"

#include <malloc.h>

#include "common/sandbox.h"

int confine(const struct config *c)
{
	/* Files to read are open. */
	struct sandbox s = { .may = 0 };

	/* crew.c reads with threads.  With an arena for each, the C library would
	 * open a file of /proc to give memory back. */
	if (c->read_files.n) {
		s.may |= SANDBOX_THREADS;
		(void)mallopt(M_ARENA_MAX, 1);
	}
	if (!c->read_files.n)
		s.may |= SANDBOX_CAPTURE | SANDBOX_INTERFACES; /* names, for any */
	if (!c->read_files.n && c->promiscuous)
		s.may |= SANDBOX_READ_FILES; /* libpcap asks /sys what drivers dropped */
	if (c->rotate_size || c->rotate_time.ns || c->rotate_count)
		s.may |= SANDBOX_WRITE_FILES;
	if (c->exec)
		s.may |= SANDBOX_SOCKETS | SANDBOX_CHILDREN; /* the runner, see exec.c */
	return sandbox_enter(&c->common, &s);
}
