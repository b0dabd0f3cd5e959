/* rx.h - what the parts of a receiver share: rx.c and rx_ring.c read, member.c joins */
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
	int fd; /* -1: a ring receives for it */
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

/* The ring of an interface, for one family. */
struct ring_source {
	struct ring *ring;
	enum mc_family family;
	unsigned ifindex;
	uint16_t *ports; /* those joined */
	unsigned n_ports;
};

struct mc_rx {
	size_t rcvbuf;
	bool gro;
	bool use_rings;
	int epoll_fd;
	unsigned next; /* receiver to serve first */
	uint64_t not_asked;
	size_t granted;

	struct ring_source *rings;
	unsigned n_rings;
	bool found_nothing; /* at the last read */
	uint64_t fragmented, damaged;

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

/* How many datagrams were read as one. */
unsigned rx_merged(const struct mc_packet *p);

void rx_members_free(struct mc_rx *rx);

/* Opens the ring of an interface, or finds it, and has it take the port. */
int rx_ring_for(struct mc_rx *rx, enum mc_family family, unsigned ifindex, uint16_t port,
		struct mc_why *why);
bool rx_ring_has(const struct mc_rx *rx, enum mc_family family, unsigned ifindex, uint16_t port);
int rx_ring_read(struct mc_rx *rx, struct mc_packet *out, unsigned max, bool *more);
unsigned rx_rings_fill(const struct mc_rx *rx);
uint64_t rx_rings_drops(const struct mc_rx *rx);
void rx_rings_free(struct mc_rx *rx);

#endif
