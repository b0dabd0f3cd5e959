/* bare_drain.c - what each way to receive costs a datagram, by itself
 *
 *   bare_drain SENDER_NETNS GROUP PORT
 *
 * A thread in the sender's namespace fills the queue, on CPU 0; then this one
 * empties it, on CPU 1, and takes its own CPU time.  No wake-ups, no naps, no
 * accounting: what is left is the kernel's interface.  Prints a line for each
 * way: its name and the nanoseconds, the best of some fillings, as what disturbs
 * only adds. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH	 64
#define FILL	 1024 /* datagrams, less than any buffer here holds */
#define FILLINGS 12
#define PAYLOAD	 64
#define ROOM	 2048
#define RCVBUF	 (4 << 20)
#define BLOCK	 (256 * 1024)
#define BLOCKS	 16

enum { TIME = 1, ALL = 2 };

struct way {
	const char *name;
	unsigned batch; /* 0: a ring; 1: recvfrom or, with control messages, recvmsg */
	int controls;
};

static const struct way ways[] = {
	{ "recvfrom", 1, 0 },	      { "recvmsg_all", 1, ALL },  { "mmsg", BATCH, 0 },
	{ "mmsg_time", BATCH, TIME }, { "mmsg_all", BATCH, ALL }, { "ring", 0, 0 },
};

struct reader {
	const struct way *way;
	int fd;
	uint8_t *ring;
	unsigned block, looked;
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_storage from[BATCH];
	char control[BATCH][192] __attribute__((aligned(8)));
	uint8_t data[BATCH][ROOM];
};

static struct sockaddr_in group;
static sem_t fill, filled;

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)!sched_setaffinity(0, sizeof(set), &set);
}

static void must_set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		err(3, "socket option %d", name);
}

/* --- the sender ---------------------------------------------------------- */

static void *send_fillings(void *path)
{
	struct ip_mreqn m = { .imr_ifindex = 0 };
	static char payload[PAYLOAD];
	int ns = open(path, O_RDONLY), fd;

	pin(0);
	if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
		err(3, "%s", (char *)path);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	m.imr_ifindex = (int)if_nametoindex("eth0");
	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof(m)) < 0 ||
	    connect(fd, (struct sockaddr *)&group, sizeof(group)) < 0)
		err(3, "sender");
	for (;;) {
		sem_wait(&fill);
		for (unsigned i = 0; i < FILL; i++)
			if (send(fd, payload, sizeof(payload), 0) < 0)
				err(3, "send");
		sem_post(&filled);
	}
	return NULL;
}

/* --- the ways ------------------------------------------------------------ */

static int join(int fd)
{
	struct ip_mreqn m = { .imr_multiaddr = group.sin_addr,
			      .imr_ifindex = (int)if_nametoindex("eth0") };

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) < 0)
		err(3, "join");
	return fd;
}

static void open_socket(struct reader *r)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = group.sin_port };

	r->fd = join(socket(AF_INET, SOCK_DGRAM, 0));
	must_set(r->fd, SOL_SOCKET, SO_RCVBUF, RCVBUF);
	if (r->way->controls)
		must_set(r->fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	if (r->way->controls == ALL) {
		must_set(r->fd, IPPROTO_IP, IP_PKTINFO, 1);
		must_set(r->fd, IPPROTO_IP, IP_RECVTTL, 1);
		must_set(r->fd, IPPROTO_IP, IP_RECVTOS, 1);
	}
	if (bind(r->fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		err(3, "port");
	for (unsigned i = 0; i < BATCH; i++) {
		r->iov[i] = (struct iovec){ r->data[i], ROOM };
		r->msg[i].msg_hdr = (struct msghdr){ .msg_name = &r->from[i],
						     .msg_iov = &r->iov[i],
						     .msg_iovlen = 1,
						     .msg_control = r->control[i] };
	}
}

static void open_ring(struct reader *r)
{
	struct tpacket_req3 req = { .tp_block_size = BLOCK,
				    .tp_block_nr = BLOCKS,
				    .tp_frame_size = ROOM,
				    .tp_frame_nr = BLOCK / ROOM * BLOCKS,
				    .tp_retire_blk_tov = 1 };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = (int)if_nametoindex("eth0") };

	r->fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (r->fd < 0)
		err(3, "packet socket");
	must_set(r->fd, SOL_PACKET, PACKET_VERSION, TPACKET_V3);
	if (setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		err(3, "ring");
	r->ring = mmap(NULL, BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (r->ring == MAP_FAILED || bind(r->fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		err(3, "ring");
}

static unsigned read_ring(struct reader *r)
{
	struct tpacket_block_desc *b;
	unsigned n = 0;

	for (;; r->block = (r->block + 1) % BLOCKS) {
		b = (struct tpacket_block_desc *)(r->ring + (size_t)r->block * BLOCK);
		if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return n;

		const uint8_t *at = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;

		for (unsigned i = 0; i < b->hdr.bh1.num_pkts; i++, n++) {
			const struct tpacket3_hdr *h = (const struct tpacket3_hdr *)at;

			r->looked += at[h->tp_net];
			at += h->tp_next_offset;
		}
		__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

static int read_some(struct reader *r)
{
	unsigned batch = r->way->batch;
	socklen_t len = sizeof(r->from[0]);

	if (batch == 1 && !r->way->controls)
		return recvfrom(r->fd, r->data[0], ROOM, MSG_DONTWAIT,
				(struct sockaddr *)&r->from[0], &len) < 0
			       ? 0
			       : 1;
	for (unsigned i = 0; i < batch; i++) {
		r->msg[i].msg_hdr.msg_namelen = sizeof(r->from[0]);
		r->msg[i].msg_hdr.msg_controllen = r->way->controls ? sizeof(r->control[0]) : 0;
	}
	if (batch == 1)
		return recvmsg(r->fd, &r->msg[0].msg_hdr, MSG_DONTWAIT) < 0 ? 0 : 1;
	return recvmmsg(r->fd, r->msg, batch, MSG_DONTWAIT, NULL);
}

static unsigned drain(struct reader *r)
{
	unsigned n = 0;
	int got;

	if (r->way->batch == 0)
		return read_ring(r);
	while ((got = read_some(r)) > 0)
		n += (unsigned)got;
	return n;
}

static int64_t cpu_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static double measure(struct reader *r)
{
	double best = 0;

	for (unsigned i = 0; i < FILLINGS; i++) {
		int64_t begin;
		unsigned n;

		sem_post(&fill);
		sem_wait(&filled);
		/* The last block is the ring's for another millisecond. */
		usleep(r->ring ? 20000 : 0);
		begin = cpu_ns();
		n = drain(r);
		if (n < FILL / 2)
			continue;
		double each = (double)(cpu_ns() - begin) / n;

		if (best == 0 || each < best)
			best = each;
	}
	return best;
}

int main(int argc, char **argv)
{
	static struct reader r;
	pthread_t sender;

	if (argc != 4)
		errx(2, "SENDER_NETNS, GROUP and PORT are missing");
	group = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_port = htons((uint16_t)atoi(argv[3])),
				      .sin_addr.s_addr = inet_addr(argv[2]) };
	sem_init(&fill, 0, 0);
	sem_init(&filled, 0, 0);
	join(socket(AF_INET, SOCK_DGRAM, 0));
	pthread_create(&sender, NULL, send_fillings, argv[1]);
	pin(1);
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		memset(&r, 0, sizeof(r));
		r.way = &ways[i];
		(r.way->batch ? open_socket : open_ring)(&r);
		printf("%s %.0f\n", r.way->name, measure(&r));
		if (r.ring)
			munmap(r.ring, BLOCK * BLOCKS);
		close(r.fd);
	}
	return 0;
}
