/* sockets.h - the inside of mc_sockets, and its parts */
#ifndef SYS_SOCKETS_H
#define SYS_SOCKETS_H

#include "sys/inodemap.h"
#include "sys/nlsock.h"
#include "sys/procread.h"

#include <dirent.h>
#include <mc/sockets.h>

#define SOCKET_FILES 6 /* /proc/net udp, udp6 ... */

#define OPTMEM_UNKNOWN UINT32_MAX

/* A membership to ask for. */
struct wanted {
	unsigned ifindex;
	struct mc_addr group;
	uint32_t users; /* UINT32_MAX: not known */
	uint32_t left;	/* of them, not yet found in this round */
};

/* A socket of the round. */
struct found_socket {
	struct mc_socket public;
	uint32_t optmem; /* bytes the kernel keeps for its options */
};

struct found_state {
	unsigned socket; /* as found */
	unsigned ifindex;
	struct mc_addr group;
	enum mc_filter_mode mode;
	unsigned first_source, n_sources;
};

struct found_holder {
	unsigned socket; /* as found */
	struct mc_socket_holder public;
};

/* What a round has found so far. */
struct socket_round {
	VEC(struct mc_process) processes;
	VEC(struct found_socket) sockets;
	VEC(struct found_holder) holders;
	VEC(struct found_state) states;
	VEC(struct mc_addr) sources;
	unsigned seen, denied, vanished;
	uint64_t questions;
	int64_t spent_ns;
};

/* What mc_sockets_result shows. */
struct socket_result {
	VEC(struct mc_process) processes;
	VEC(struct mc_socket) sockets;
	VEC(struct mc_socket_holder) holders;
	VEC(struct mc_socket_state) states;
	VEC(struct mc_addr) sources;
	struct mc_sockets_result view;
};

/* The process being looked into. */
struct socket_process {
	int pid;
	int pidfd; /* -1: not open yet */
	DIR *fds;
	bool here;    /* in this namespace, or nobody can tell */
	bool listed;  /* in round.processes, as the last one */
	bool gave_up; /* it refused, which is counted */
};

struct mc_sockets {
	struct nlsock diag;
	int files[SOCKET_FILES];	    /* fallback; negative: no such protocol */
	uint64_t netns_inode, netns_cookie; /* cookie 0: kernels before 5.14 */
	VEC(struct wanted) wanted;	    /* by interface and group */
	VEC(struct wanted) next_wanted;
	bool rewanted;
	unsigned hint; /* where in wanted the last answer was */
	DIR *proc;     /* a round is under way */
	struct socket_process at;
	struct inode_map by_inode; /* -> index into round.sockets */
	struct inode_map known;	   /* -> SOCKET_KIND of sockets met before */
	struct inode_map met;	   /* the same, of this round */
	struct inode_map last;	   /* -> index into result.sockets */
	struct socket_round round;
	struct socket_result result;
	proc_buf buf;
};

/* Fills round.sockets with what the kernel lists; 0 or -errno. */
int sockets_list(struct mc_sockets *s);

/* Makes the round's record of a socket; *out is its index. */
int sockets_add(unsigned *out, struct mc_sockets *s, const struct mc_socket *sock, uint32_t optmem);

/* Goes on with /proc: 1 when all processes were seen, 0 when one descriptor
 * more was; -errno. */
int sockets_step(struct mc_sockets *s);
void sockets_process_close(struct socket_process *p);

/* Asks a socket, of which fd is a duplicate, for its memberships. */
int sockets_ask(struct mc_sockets *s, unsigned index, int fd);

/* Makes the round the result. */
int sockets_finish(struct mc_sockets *s);

#endif
