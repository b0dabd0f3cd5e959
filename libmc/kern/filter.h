/* filter.h - what the kernel's counts tell of an interface's source filter */
#ifndef KERN_FILTER_H
#define KERN_FILTER_H

#include <mc/membership.h>

/* True, and the mode, when the counts allow only one: `users` sockets have a
 * filter for the group, and sources is every source that any of them lists. */
bool filter_mode_deduce(enum mc_filter_mode *mode, unsigned users,
			const struct mc_interface_source *sources, unsigned n);

#endif
