/* netns.h - network namespaces: which there are, and how to look into one.
 *
 * The readers of kernel state (membership.h, sockets.h, bridge.h, mroute.h,
 * ifstat.h) take `netns_fd` in their options: a descriptor from mc_netns_open, or
 * 0 for the namespace of the calling thread.  It is needed by _open only, which
 * enters that namespace, opens its sockets and files there and comes back; what
 * a handle reads afterwards is of that namespace, whatever thread asks, and it
 * keeps the namespace alive until it is closed.  The caller may close the
 * descriptor when _open has returned.  Entering needs
 * CAP_SYS_ADMIN (-EPERM, with the remedy in *why); no other thread is touched. */
#ifndef MC_NETNS_H
#define MC_NETNS_H

#include <mc/base.h>

MC_BEGIN_DECLS

#define MC_NETNS_NAME 64

struct mc_netns {
	uint64_t inode;		  /* tells namespaces apart, as /proc/PID/ns/net shows it */
	char name[MC_NETNS_NAME]; /* of `ip netns`, cut if longer; "": it has none */
	int pid;		  /* lowest process seen inside; 0: none */
	unsigned n_processes;	  /* seen inside */
	bool own;		  /* the calling thread's */
};

/* Lists namespaces, each once: the own one first, then those of /run/netns by
 * name, then those that only processes have, by pid.  Writes up to max of them
 * and returns how many there are.  *hidden, when not NULL: processes that may
 * not be looked into (CAP_SYS_PTRACE allows it). */
MC_API MC_MUSTCHECK int mc_netns_list(struct mc_netns *out, unsigned max, unsigned *hidden);

/* Opens a namespace by what people call it: a name of `ip netns`, a pid, or a
 * path.  *fd belongs to the caller; 0 after an error, and never on success.
 * -ENOENT, -EACCES, -EINVAL (not a network namespace), with *why. */
MC_API MC_MUSTCHECK int mc_netns_open(int *fd, const char *what, struct mc_why *why);

/* The inode that mc_netns_list shows, of a descriptor; 0: the own one's. */
MC_API MC_MUSTCHECK int mc_netns_inode(uint64_t *out, int netns_fd);

/* Takes the calling thread into a namespace (0: stays), for what else is to be
 * done there; *back leads home.  mc_netns_leave returns and closes it. */
MC_API MC_MUSTCHECK int mc_netns_enter(int *back, int netns_fd, struct mc_why *why);
MC_API MC_MUSTCHECK int mc_netns_leave(int *back);

MC_END_DECLS

#endif
