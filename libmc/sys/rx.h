/* rx.h - what the two halves of a receiver share: rx.c reads, member.c joins */
#ifndef SYS_RX_H
#define SYS_RX_H

#include <mc/rx.h>

/* The kernel's default of igmp_max_memberships, and what keeps its per-socket
 * list walks short where there is no such limit (IPv6). */
#define SOCKET_MEMBERS 20

/* One joined (group, interface, port). */
struct member {
	struct mc_addr group;
	unsigned ifindex;
	uint16_t port;
	uint8_t mode; /* enum mc_filter_mode */
	bool joined;  /* false after leaving */
	unsigned n_sources;
	struct mc_addr *sources;
	unsigned n_places; /* the sockets that joined: long source lists are spread */
	int one_place, *many_places;
};

/* Of the index of members.  The hash beside the number spares a look at the
 * member, which is far away, when it is another. */
struct slot {
	uint32_t hash;
	uint32_t number; /* plus one; 0 is empty */
};

struct receiver {
	int fd;
	enum mc_family family;
	uint16_t port;
	unsigned n_members; /* memberships on this very socket */
	bool takes_all;	    /* holders joined for it: IP_MULTICAST_ALL is on */
};

/* Joins for one port's receiver, so that no group is twice on a socket. */
struct holder {
	int fd;
	enum mc_family family;
	uint16_t port;
	unsigned n_members;
};

struct mc_rx {
	size_t rcvbuf;
	bool gro;
	int epoll_fd;
	unsigned next; /* receiver to serve first */
	uint64_t not_asked;
	uint64_t closed_drops;
	size_t granted;

	struct receiver *receivers;
	unsigned n_receivers;
	struct holder *holders; /* in the order of opening */
	unsigned n_holders;

	struct member *members;
	unsigned n_members, members_size, n_joined;
	struct slot *index; /* open addressing */
	unsigned index_size;
	unsigned last; /* the member found last */

	struct batch *batch;
	struct optbatch *joining; /* from the first long list of joins to the first read */
};

/* Opens a socket for the port, or finds the one that is open: its number. */
int rx_receiver_for(struct mc_rx *rx, enum mc_family family, uint16_t port, struct mc_why *why);

/* Makes a receiving socket accept what holders joined. */
void rx_take_all(struct receiver *r);

/* The member that a datagram belongs to, or NULL when nobody asked for it. */
const struct member *rx_match(struct mc_rx *rx, const struct mc_addr *group, unsigned ifindex,
			      uint16_t port, const struct mc_addr *source);

void rx_members_free(struct mc_rx *rx);

#endif
