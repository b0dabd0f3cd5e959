/* host.h - this host: its clock's discipline, limits and our privileges */
#ifndef MC_HOST_H
#define MC_HOST_H

#include <mc/base.h>

MC_BEGIN_DECLS

/* Is CLOCK_REALTIME disciplined (NTP, PTP)?  One-way delays are only as good
 * as both clocks. */
struct mc_clock_sync {
	bool synchronised;
	mc_nsec max_error; /* the kernel's estimate */
};

/* Asks the kernel, by adjtimex(2). */
MC_API void mc_clock_sync_get(struct mc_clock_sync *out);

/* Raises the soft limit of open descriptors to the hard one and returns it. */
MC_API uint64_t mc_raise_nofile(void);

/* Brings in the pages of fresh memory that is about to be written, in one call
 * instead of one fault each (Linux 5.14; before it, nothing happens).  Under nested
 * virtual machines a fault can cost more than all that a program does with the page. */
MC_API void mc_populate(void *at, size_t size);

/* Gives up all capabilities but those in keep (bits 1 << CAP_..., as in
 * linux/capability.h; usually 0), and the right to gain new ones by execve, for
 * good.  Of those to keep, what the process does not have is no error.  Call after
 * everything that needs a privilege is open.  0, or -errno with *why. */
MC_API MC_MUSTCHECK int mc_drop_privileges(uint64_t keep, struct mc_why *why);

MC_END_DECLS

#endif
