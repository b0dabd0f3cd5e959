/* sockets.h - which process joined, and what its sockets asked for and lost
 *
 * Of sockets that can hold memberships (UDP, UDP-Lite, raw): who has them open,
 * what each asked for, what each lost.
 *
 * The sockets of a process are duplicated for a moment (pidfd_getfd, Linux 5.6)
 * and asked for the source filter of each (group, interface) that the kernel has
 * (MCAST_MSFILTER, RFC 3678 4.2.1): an answer means joined.  That works for
 * processes one may trace: the own ones, and with CAP_SYS_PTRACE all.
 *
 * A scan is made of rounds, each of which sees every process once.  It goes on
 * where it stopped, so a round may be spread over as many calls as wanted. */
#ifndef MC_SOCKETS_H
#define MC_SOCKETS_H

#include <mc/membership.h>

MC_BEGIN_DECLS

typedef struct mc_sockets mc_sockets;

struct mc_sockets_opts {
	size_t sz;    /* sizeof(struct mc_sockets_opts) */
	int netns_fd; /* see netns.h; 0: the own namespace */
};

/* -ENOMEM, -EPERM (another namespace, without CAP_SYS_ADMIN) ... with
 * *why. */
MC_API MC_MUSTCHECK int mc_sockets_open(mc_sockets **out, const struct mc_sockets_opts *o,
					struct mc_why *why);

/* Frees the handle and its results.  NULL is fine. */
MC_API void mc_sockets_close(mc_sockets *s);

/* What to ask sockets for, from mc_memberships_read (users, when known, save
 * questions).  Copied; counts from the next round on.  -ENOMEM. */
MC_API MC_MUSTCHECK int mc_sockets_want(mc_sockets *s, const struct mc_interface_state *groups,
					unsigned n);

/* Goes on for about `budget`; the list of sockets that begins a round, and what
 * a single one is asked, are not interrupted.  1: a round is
 * complete, its result is what mc_sockets_result shows from now on; 0: the
 * budget is used, call again.  -ENOMEM, -ENOSYS (no pidfd_getfd), -EACCES (no
 * /proc) with *why. */
MC_API MC_MUSTCHECK int mc_sockets_scan(mc_sockets *s, mc_nsec budget, struct mc_why *why);

struct mc_process {
	int pid;
	char name[16]; /* comm; whatever bytes it chose, NUL at the end */
	unsigned uid;  /* effective */
};

/* A descriptor that refers to the socket. */
struct mc_socket_holder {
	unsigned process; /* index into mc_sockets_result.processes */
	int fd;		  /* in that process */
};

struct mc_socket {
	uint64_t inode;	  /* "socket:[INODE]" */
	uint8_t family;	  /* enum mc_family of the socket: one of MC_IPV6 may join IPv4 groups */
	uint8_t type;	  /* SOCK_DGRAM or SOCK_RAW */
	uint8_t protocol; /* 17 UDP, 136 UDP-Lite; raw: what it listens to */
	uint16_t port;	  /* bound to; 0: not */
	struct mc_addr local;  /* bound to; unspecified: any */
	unsigned ifindex;      /* bound to (SO_BINDTODEVICE); 0: any */
	unsigned uid;	       /* owner; (unsigned)-1: not known */
	bool counted;	       /* the next three are known */
	uint32_t queued_bytes; /* waiting to be read, as the kernel accounts them */
	uint32_t rcvbuf_bytes; /* the limit of that; 0: not known */
	uint64_t drops;	       /* since it was made: buffer full, checksum ... */
	bool asked;	       /* a process let us ask it; else its memberships are unknown */
	unsigned n_holders;
	const struct mc_socket_holder *holders; /* who has it open, among those seen */
	unsigned n_states, first_state;		/* its range in mc_sockets_result.states */
};

/* What one socket asked for: the socket state of RFC 9776 3.1, RFC 9777 4.1. */
struct mc_socket_state {
	unsigned socket; /* index into mc_sockets_result.sockets */
	unsigned ifindex;
	struct mc_addr group;
	enum mc_filter_mode mode;
	unsigned n_sources;
	const struct mc_addr *sources;
};

/* The last complete round; belongs to the handle until the next completes. */
struct mc_sockets_result {
	unsigned n_processes; /* that hold one of the sockets, by pid */
	const struct mc_process *processes;
	unsigned n_sockets; /* of the namespace, by inode */
	const struct mc_socket *sockets;
	unsigned n_states; /* by socket */
	const struct mc_socket_state *states;

	unsigned rounds;       /* complete ones so far; 0: all else is empty */
	unsigned seen;	       /* processes looked into */
	unsigned denied;       /* processes that refused: lacking is CAP_SYS_PTRACE */
	unsigned vanished;     /* processes that ended while being looked into */
	unsigned unattributed; /* users of wanted memberships that no socket explains: the
				  kernel's own, other namespaces', those of denied processes */
	uint64_t questions;    /* getsockopt(MCAST_MSFILTER) calls */
	mc_nsec spent;	       /* in mc_sockets_scan for this round */
};

/* What the last complete round found; all empty before there is one. */
MC_API void mc_sockets_result(struct mc_sockets_result *out, const mc_sockets *s);

MC_END_DECLS

#endif
