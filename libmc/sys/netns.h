/* netns.h - work in another network namespace */
#ifndef SYS_NETNS_H
#define SYS_NETNS_H

#include <mc/netns.h>

/* Calls open_inside(handle) in the namespace (0: the own one) and comes back.
 * *why: "cannot read WHAT", when it failed. */
int netns_open_inside(int netns_fd, int (*open_inside)(void *handle), void *handle,
		      const char *what, struct mc_why *why);

#endif
