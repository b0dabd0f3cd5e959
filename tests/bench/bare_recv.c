/* bare_recv.c - the shortest loop that receives from groups and counts
 *
 *   bare_recv [-m mmsg|gro] [-i IF] [-n GROUPS] [-b RCVBUF] GROUP PORT
 *
 * mmsg: recvmmsg of 64 with kernel timestamps.  gro: the same of 16, with
 * UDP_GRO.  Beyond 20, groups are joined on sockets of their own.  Prints
 * "ready" when all are.  SIGUSR1 begins the count anew; SIGTERM prints the
 * datagrams, the seconds since the count began, those from the first to the
 * last arrival, and the drops. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define BATCH	     64
#define BATCH_GRO    16
#define CONTROL	     128
#define SOCKET_JOINS 20
#define SECOND_NS    1000000000

static volatile sig_atomic_t stop, restart;

struct count {
	uint64_t datagrams;
	int64_t begin, first, last;
	uint32_t drops; /* the socket's, when the count began */
};

struct receiver {
	int fd;
	bool gro;
	unsigned batch;
	size_t room; /* for one message */
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	char control[BATCH][CONTROL] __attribute__((aligned(8)));
	uint8_t *data;
};

static void on_signal(int sig)
{
	*(sig == SIGUSR1 ? &restart : &stop) = 1;
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * SECOND_NS + ts.tv_nsec;
}

static uint32_t drops_of(int fd)
{
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(mem);

	getsockopt(fd, SOL_SOCKET, SO_MEMINFO, mem, &len);
	return mem[SK_MEMINFO_DROPS];
}

static void must_set(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		err(3, "socket option %d", name);
}

static int udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		err(3, "socket");
	return fd;
}

static void join_all(int fd, const char *ifname, uint32_t first, unsigned n)
{
	struct ip_mreqn m = { .imr_ifindex = (int)if_nametoindex(ifname) };

	for (unsigned i = 0; i < n; i++) {
		if (i && i % SOCKET_JOINS == 0)
			fd = udp_socket();
		m.imr_multiaddr.s_addr = htonl(first + i);
		if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m)) < 0)
			err(3, "join %s", inet_ntoa(m.imr_multiaddr));
	}
}

static void open_socket(struct receiver *r, const char *port, int rcvbuf)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	/* Signals are looked at between two reads. */
	struct timeval patience = { .tv_usec = 50000 };

	r->fd = udp_socket();
	must_set(r->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	must_set(r->fd, SOL_SOCKET, SO_RCVBUF, rcvbuf);
	must_set(r->fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	if (r->gro)
		must_set(r->fd, SOL_UDP, UDP_GRO, 1);
	setsockopt(r->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(r->fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		err(3, "port %s", port);
}

static void prepare(struct receiver *r)
{
	r->batch = r->gro ? BATCH_GRO : BATCH;
	r->room = r->gro ? 65536 : 2048;
	r->data = malloc(r->batch * r->room);
	if (!r->data)
		err(3, "memory");
	for (unsigned i = 0; i < r->batch; i++) {
		r->iov[i] = (struct iovec){ r->data + i * r->room, r->room };
		r->msg[i].msg_hdr.msg_iov = &r->iov[i];
		r->msg[i].msg_hdr.msg_iovlen = 1;
		r->msg[i].msg_hdr.msg_control = r->control[i];
	}
}

static uint64_t datagrams_in(struct mmsghdr *m, int64_t *when)
{
	uint64_t n = 1;
	int segment;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m->msg_hdr); c; c = CMSG_NXTHDR(&m->msg_hdr, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec ts;

			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			*when = (int64_t)ts.tv_sec * SECOND_NS + ts.tv_nsec;
		} else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
			memcpy(&segment, CMSG_DATA(c), sizeof(segment));
			n = (m->msg_len + (unsigned)segment - 1) / (unsigned)segment;
		}
	}
	return n;
}

static void read_batch(struct receiver *r, struct count *count)
{
	int n;

	for (unsigned i = 0; i < r->batch; i++)
		r->msg[i].msg_hdr.msg_controllen = CONTROL;
	n = recvmmsg(r->fd, r->msg, r->batch, MSG_WAITFORONE, NULL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		err(3, "recvmmsg");
	for (int i = 0; i < n; i++) {
		count->datagrams += datagrams_in(&r->msg[i], &count->last);
		if (!count->first)
			count->first = count->last;
	}
}

static void run(struct receiver *r)
{
	struct count count = { .begin = now_ns() };

	while (!stop) {
		if (restart) {
			restart = 0;
			count = (struct count){ .begin = now_ns(), .drops = drops_of(r->fd) };
		}
		read_batch(r, &count);
	}
	printf("%llu %.6f %.9f %u\n", (unsigned long long)count.datagrams,
	       (double)(now_ns() - count.begin) / SECOND_NS,
	       (double)(count.last - count.first) / SECOND_NS, drops_of(r->fd) - count.drops);
}

int main(int argc, char **argv)
{
	static struct receiver r;
	struct sigaction sa = { .sa_handler = on_signal };
	const char *ifname = "eth0";
	unsigned groups = 1;
	int rcvbuf = 4 << 20, c;

	while ((c = getopt(argc, argv, "m:i:n:b:")) != -1) {
		switch (c) {
		case 'm':
			r.gro = strcmp(optarg, "gro") == 0;
			break;
		case 'i':
			ifname = optarg;
			break;
		case 'n':
			groups = (unsigned)atoi(optarg);
			break;
		case 'b':
			rcvbuf = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2)
		errx(2, "GROUP and PORT are missing");
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	open_socket(&r, argv[optind + 1], rcvbuf);
	prepare(&r);
	join_all(r.fd, ifname, ntohl(inet_addr(argv[optind])), groups);
	puts("ready");
	fflush(stdout);
	run(&r);
	return 0;
}
