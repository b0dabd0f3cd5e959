/* probe.c - joins groups or sends numbered datagrams, for tests of the lab itself */
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char usage[] = "usage: lab-probe join IF [SOURCE@]GROUP...\n"
			    "       lab-probe send IF GROUP PORT COUNT [TTL]\n";

static int fail(const char *what)
{
	perror(what);
	return 3;
}

static socklen_t parse(const char *text, const char *port, struct sockaddr_storage *ss)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	socklen_t len;

	memset(ss, 0, sizeof(*ss));
	if (getaddrinfo(text, port, &hints, &found)) {
		fprintf(stderr, "lab-probe: not an address: %s\n", text);
		exit(2);
	}
	len = found->ai_addrlen;
	memcpy(ss, found->ai_addr, len);
	freeaddrinfo(found);
	return len;
}

static int join_one(unsigned int ifindex, char *spec)
{
	struct group_source_req ssm = { .gsr_interface = ifindex };
	struct group_req asm_ = { .gr_interface = ifindex };
	char *at = strchr(spec, '@');
	int fd, level;

	if (at)
		*at = '\0';
	parse(at ? at + 1 : spec, NULL, &asm_.gr_group);
	level = asm_.gr_group.ss_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	fd = socket(asm_.gr_group.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		return -1;
	if (!at)
		return setsockopt(fd, level, MCAST_JOIN_GROUP, &asm_, sizeof(asm_));
	ssm.gsr_group = asm_.gr_group;
	parse(spec, NULL, &ssm.gsr_source);
	return setsockopt(fd, level, MCAST_JOIN_SOURCE_GROUP, &ssm, sizeof(ssm));
}

/* Memberships last as long as the sockets, which nothing closes but our end. */
static int join_all(const char *ifname, char **specs)
{
	for (; *specs; specs++)
		if (join_one(if_nametoindex(ifname), *specs) < 0)
			return fail("lab-probe: join");
	puts("joined");
	fflush(stdout);
	pause();
	return 0;
}

static int send_all(const char *ifname, char **arg, int ttl)
{
	int ifindex = (int)if_nametoindex(ifname), count = atoi(arg[2]), fd, i;
	struct ip_mreqn via = { .imr_ifindex = ifindex };
	struct sockaddr_storage to;
	socklen_t len = parse(arg[0], arg[1], &to);
	char text[16];

	fd = socket(to.ss_family, SOCK_DGRAM, 0);
	if (fd < 0)
		return fail("lab-probe: socket");
	if (to.ss_family == AF_INET) {
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &via, sizeof(via));
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl));
	} else {
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex, sizeof(ifindex));
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &ttl, sizeof(ttl));
	}
	for (i = 1; i <= count; i++) {
		size_t n = (size_t)snprintf(text, sizeof(text), "%d", i);

		if (sendto(fd, text, n, 0, (struct sockaddr *)&to, len) < 0)
			return fail("lab-probe: send");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 4 && !strcmp(argv[1], "join"))
		return join_all(argv[2], argv + 3);
	if ((argc == 6 || argc == 7) && !strcmp(argv[1], "send"))
		return send_all(argv[2], argv + 3, argc == 7 ? atoi(argv[6]) : 1);
	fputs(usage, stderr);
	return 2;
}
