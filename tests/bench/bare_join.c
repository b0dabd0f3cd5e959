/* bare_join.c - how long joining and leaving many groups takes
 *
 *   bare_join [-i IF] [-k GROUPS_A_SOCKET] FIRST_GROUP COUNT
 *
 * Without -k all of them on one socket, for which the sysctls
 * net.ipv4.igmp_max_memberships and net.core.optmem_max must allow it.  Leaves
 * in the order of joining, as one does who walks his list; with -k by closing
 * the sockets, newest first.  Prints both times in nanoseconds. */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct joins {
	struct ip_mreqn request;
	uint32_t first;
	unsigned count, per_socket, sockets;
	int *fd;
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void change(struct joins *j, int fd, int option, unsigned i)
{
	j->request.imr_multiaddr.s_addr = htonl(j->first + i);
	if (setsockopt(fd, IPPROTO_IP, option, &j->request, sizeof(j->request)) < 0)
		err(3, "group %u of %u", i + 1, j->count);
}

static void join(struct joins *j)
{
	for (unsigned i = 0; i < j->count; i++) {
		if (i % j->per_socket == 0) {
			j->fd[j->sockets] = socket(AF_INET, SOCK_DGRAM, 0);
			if (j->fd[j->sockets++] < 0)
				err(3, "socket %u", j->sockets);
		}
		change(j, j->fd[j->sockets - 1], IP_ADD_MEMBERSHIP, i);
	}
}

static void leave(struct joins *j)
{
	for (unsigned i = 0; j->sockets == 1 && i < j->count; i++)
		change(j, j->fd[0], IP_DROP_MEMBERSHIP, i);
	while (j->sockets)
		close(j->fd[--j->sockets]);
}

int main(int argc, char **argv)
{
	struct joins j = { .per_socket = UINT32_MAX };
	const char *ifname = "eth0";
	int64_t begin, joined;
	int c;

	while ((c = getopt(argc, argv, "i:k:")) != -1) {
		switch (c) {
		case 'i':
			ifname = optarg;
			break;
		case 'k':
			j.per_socket = (unsigned)atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || j.per_socket == 0)
		errx(2, "FIRST_GROUP and COUNT are missing");
	j.request.imr_ifindex = (int)if_nametoindex(ifname);
	j.first = ntohl(inet_addr(argv[optind]));
	j.count = (unsigned)atoi(argv[optind + 1]);
	j.fd = calloc(j.count / j.per_socket + 1, sizeof(*j.fd));
	if (!j.fd)
		err(3, "memory");
	begin = now_ns();
	join(&j);
	joined = now_ns();
	leave(&j);
	printf("%lld %lld\n", (long long)(joined - begin), (long long)(now_ns() - joined));
	free(j.fd);
	return 0;
}
