/* mroute.c - static multicast routes for the lab's router, held while it runs */
#include <arpa/inet.h>
#include <linux/mroute.h>
#include <linux/mroute6.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_IFS 16

/* Position in this list is the vif number in both families. */
static unsigned int ifs[MAX_IFS];
static int nifs, fd4, fd6;

static void must(int rc, const char *what)
{
	if (rc < 0) {
		perror(what);
		exit(3);
	}
}

static void open_routers(void)
{
	int on = 1;

	fd4 = socket(AF_INET, SOCK_RAW, IPPROTO_IGMP);
	must(fd4, "lab-mroute: raw IGMP socket");
	must(setsockopt(fd4, IPPROTO_IP, MRT_INIT, &on, sizeof(on)), "lab-mroute: MRT_INIT");
	fd6 = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	must(fd6, "lab-mroute: raw ICMPv6 socket");
	must(setsockopt(fd6, IPPROTO_IPV6, MRT6_INIT, &on, sizeof(on)), "lab-mroute: MRT6_INIT");
}

static int vif_of(const char *name)
{
	struct vifctl v4 = { .vifc_flags = VIFF_USE_IFINDEX, .vifc_threshold = 1 };
	struct mif6ctl v6 = { .vifc_threshold = 1 };
	unsigned int ifindex = if_nametoindex(name);
	int i;

	for (i = 0; i < nifs; i++)
		if (ifs[i] == ifindex)
			return i;
	if (!ifindex || nifs == MAX_IFS) {
		fprintf(stderr, "lab-mroute: no such interface: %s\n", name);
		exit(3);
	}
	v4.vifc_vifi = (vifi_t)nifs;
	v4.vifc_lcl_ifindex = (int)ifindex;
	must(setsockopt(fd4, IPPROTO_IP, MRT_ADD_VIF, &v4, sizeof(v4)), "lab-mroute: vif");
	v6.mif6c_mifi = (mifi_t)nifs;
	v6.mif6c_pifi = (unsigned short)ifindex;
	must(setsockopt(fd6, IPPROTO_IPV6, MRT6_ADD_MIF, &v6, sizeof(v6)), "lab-mroute: mif");
	ifs[nifs] = ifindex;
	return nifs++;
}

/* A (*,G) route accepts its input only when that is a member of the tree too. */
static void add4(int in, const int *out, int any, struct in_addr source, struct in_addr group)
{
	struct mfcctl m = { .mfcc_origin = source, .mfcc_mcastgrp = group };
	int i;

	m.mfcc_parent = (vifi_t)in;
	for (i = 0; i < nifs; i++)
		m.mfcc_ttls[i] = out[i] || (any && i == in) ? 1 : 255;
	for (; i < MAXVIFS; i++)
		m.mfcc_ttls[i] = 255;
	must(setsockopt(fd4, IPPROTO_IP, MRT_ADD_MFC, &m, sizeof(m)), "lab-mroute: route");
}

static void add6(int in, const int *out, int any, struct in6_addr source, struct in6_addr group)
{
	struct mf6cctl m = {
		.mf6cc_origin = { .sin6_family = AF_INET6, .sin6_addr = source },
		.mf6cc_mcastgrp = { .sin6_family = AF_INET6, .sin6_addr = group },
	};
	int i;

	m.mf6cc_parent = (mifi_t)in;
	for (i = 0; i < nifs; i++)
		if (out[i] || (any && i == in))
			IF_SET(i, &m.mf6cc_ifset);
	must(setsockopt(fd6, IPPROTO_IPV6, MRT6_ADD_MFC, &m, sizeof(m)), "lab-mroute: route");
}

static void add_route(int in, const int *out, char *spec)
{
	struct in6_addr s6 = IN6ADDR_ANY_INIT, g6;
	struct in_addr s4 = { 0 }, g4;
	char *at = strchr(spec, '@'), *group = at ? at + 1 : spec;

	if (at)
		*at = '\0';
	if (inet_pton(AF_INET, group, &g4) == 1 && (!at || inet_pton(AF_INET, spec, &s4) == 1)) {
		add4(in, out, !at, s4, g4);
	} else if (inet_pton(AF_INET6, group, &g6) == 1 &&
		   (!at || inet_pton(AF_INET6, spec, &s6) == 1)) {
		add6(in, out, !at, s6, g6);
	} else {
		fprintf(stderr, "lab-mroute: not a group: %s\n", group);
		exit(2);
	}
}

/* "eth0>eth1,eth2": from eth0 to eth1 and eth2 */
static int parse_path(char *path, int *out)
{
	char *to = strchr(path, '>'), *name, *rest = NULL;
	int in;

	if (!to) {
		fprintf(stderr, "lab-mroute: expected IN>OUT: %s\n", path);
		exit(2);
	}
	*to++ = '\0';
	in = vif_of(path);
	memset(out, 0, MAX_IFS * sizeof(*out));
	for (name = strtok_r(to, ",", &rest); name; name = strtok_r(NULL, ",", &rest))
		out[vif_of(name)] = 1;
	return in;
}

int main(int argc, char **argv)
{
	int out[MAX_IFS], in = -1, i;

	if (argc < 3) {
		fputs("usage: lab-mroute IN>OUT[,OUT] [SOURCE@]GROUP... [IN>OUT ...]\n", stderr);
		return 2;
	}
	open_routers();
	for (i = 1; i < argc; i++) {
		if (i == 1 || strchr(argv[i], '>'))
			in = parse_path(argv[i], out);
		else
			add_route(in, out, argv[i]);
	}
	puts("routing");
	fflush(stdout);
	pause();
	return 0;
}
