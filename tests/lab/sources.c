/* sources.c - prints what the library reads from the kernel, for tests and benchmarks */
#include <mc/mc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"usage: lab-sources [-n NETNS] memberships [groups|users|filters]\n"
	"       lab-sources [-n NETNS] interfaces | sockets [ROUNDS] | bridges | mroutes | ifstat\n"
	"       lab-sources [-n NETNS] watch memberships|mdb SECONDS\n"
	"       lab-sources [-n NETNS] time groups|users|filters|sockets ROUNDS\n"
	"       lab-sources netns\n"
	"       lab-sources farm IF FIRST-GROUP PROCESSES SOCKETS GROUPS\n";

static int netns_fd;

static int fail(int err, const struct mc_why *why)
{
	fprintf(stderr, "lab-sources: %s (%s)%s%s\n", why->what, mc_strerror(err),
		why->fix[0] ? "; " : "", why->fix);
	return 3;
}

static const char *text(const struct mc_addr *a)
{
	static char buf[4][MC_ADDR_TEXT];
	static unsigned at;

	return mc_addr_format(a, buf[at++ % 4]);
}

static double ms(mc_nsec t)
{
	return (double)t.ns / 1e6;
}

static const char *mode_of(enum mc_filter_mode mode)
{
	return mode == MC_INCLUDE ? "include" : "exclude";
}

static int depth_of(const char *word)
{
	static const char *const names[] = { "groups", "users", "filters" };

	for (int i = 0; i < 3; i++)
		if (strcmp(word, names[i]) == 0)
			return i;
	return -1;
}

/* --- memberships ------------------------------------------------------------ */

static void print_state(const struct mc_interface_state *s)
{
	printf("%s %s", s->ifname, text(&s->group));
	if (s->have & MC_HAVE_USERS)
		printf(" users=%u", s->users);
	if (s->have & MC_HAVE_FILTER)
		printf(" mode=%s", mode_of(s->mode));
	for (unsigned i = 0; i < s->n_sources; i++)
		printf(" %s+%u-%u", text(&s->sources[i].addr), s->sources[i].including,
		       s->sources[i].excluding);
	printf("\n");
}

static int memberships(const char *word)
{
	struct mc_memberships_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	const struct mc_interface_state *list;
	struct mc_why why = { 0 };
	mc_memberships *m;
	int n = mc_memberships_open(&m, &o, &why);

	if (n < 0)
		return fail(n, &why);
	n = mc_memberships_read(&list, m, (enum mc_memberships_depth)depth_of(word), &why);
	for (int i = 0; i < n; i++)
		print_state(&list[i]);
	mc_memberships_close(m);
	return n < 0 ? fail(n, &why) : 0;
}

static int interfaces(void)
{
	struct mc_memberships_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	const struct mc_interface_state *list;
	const struct mc_gm_interface *ifs;
	struct mc_why why = { 0 };
	mc_memberships *m;
	int n = mc_memberships_open(&m, &o, &why);

	if (n < 0)
		return fail(n, &why);
	n = mc_memberships_read(&list, m, MC_MEMBERSHIPS_USERS, &why);
	if (n >= 0)
		n = mc_memberships_interfaces(&ifs, m);
	for (int i = 0; i < n; i++)
		printf("%s ipv%d groups=%u version=%d forced=%d older_querier=%d\n", ifs[i].ifname,
		       (int)ifs[i].family, ifs[i].groups, ifs[i].speaks.version,
		       ifs[i].speaks.forced, ifs[i].older_querier);
	mc_memberships_close(m);
	return n < 0 ? fail(n, &why) : 0;
}

/* --- sockets ------------------------------------------------------------------ */

static int want_all(mc_sockets *s, mc_memberships *m, struct mc_why *why)
{
	const struct mc_interface_state *list;
	int n = mc_memberships_read(&list, m, MC_MEMBERSHIPS_USERS, why);

	return n < 0 ? n : mc_sockets_want(s, list, (unsigned)n);
}

/* A round in slices of 2 ms, as a program with a screen would. */
static int one_round(mc_sockets *s, struct mc_why *why)
{
	int done;

	do
		done = mc_sockets_scan(s, (mc_nsec){ 2000000 }, why);
	while (!done);
	return done;
}

static void print_socket_state(const struct mc_sockets_result *r, const struct mc_socket_state *st)
{
	const struct mc_socket *k = &r->sockets[st->socket];

	for (unsigned h = 0; h < k->n_holders; h++) {
		const struct mc_process *p = &r->processes[k->holders[h].process];

		printf("%d %s proto=%u port=%u drops=%llu if=%u %s %s", p->pid, p->name,
		       k->protocol, k->port, (unsigned long long)k->drops, st->ifindex,
		       text(&st->group), mode_of(st->mode));
		for (unsigned i = 0; i < st->n_sources; i++)
			printf(" %s", text(&st->sources[i]));
		printf("\n");
	}
}

static void print_round(const struct mc_sockets_result *r)
{
	unsigned seen_by_none = 0;

	for (unsigned i = 0; i < r->n_states; i++)
		print_socket_state(r, &r->states[i]);
	for (unsigned i = 0; i < r->n_sockets; i++) {
		const struct mc_socket *k = &r->sockets[i];

		seen_by_none += !k->n_holders;
		if (k->port)
			printf("socket inode=%llu port=%u queued=%u rcvbuf=%u drops=%llu "
			       "asked=%d\n",
			       (unsigned long long)k->inode, k->port, k->queued_bytes,
			       k->rcvbuf_bytes, (unsigned long long)k->drops, k->asked);
	}
	printf("round=%u processes=%u sockets=%u states=%u seen=%u denied=%u vanished=%u "
	       "unattributed=%u orphans=%u questions=%llu\n",
	       r->rounds, r->n_processes, r->n_sockets, r->n_states, r->seen, r->denied,
	       r->vanished, r->unattributed, seen_by_none, (unsigned long long)r->questions);
}

static int sockets_open(mc_sockets **s, mc_memberships **m, struct mc_why *why)
{
	struct mc_memberships_opts mo = { .sz = sizeof(mo), .netns_fd = netns_fd };
	struct mc_sockets_opts so = { .sz = sizeof(so), .netns_fd = netns_fd };
	int err = mc_memberships_open(m, &mo, why);

	*s = NULL;
	return err ? err : mc_sockets_open(s, &so, why);
}

static int sockets(int rounds)
{
	struct mc_sockets_result r;
	struct mc_why why = { 0 };
	mc_memberships *m = NULL;
	mc_sockets *s;
	int err = sockets_open(&s, &m, &why);

	for (int i = 0; i < rounds && err >= 0; i++) {
		err = want_all(s, m, &why);
		if (!err)
			err = one_round(s, &why);
	}
	if (err >= 0) {
		mc_sockets_result(&r, s);
		print_round(&r);
	}
	mc_sockets_close(s);
	mc_memberships_close(m);
	return err < 0 ? fail(err, &why) : 0;
}

/* --- bridges, routes, interfaces, namespaces ------------------------------------ */

static void print_bridge(const struct mc_bridge *b)
{
	printf("bridge %s snooping=%d querier=%d igmp=%u mld=%u qi=%.0f qri=%.0f lmqi=%.0f "
	       "router=%d hash_max=%u",
	       b->ifname, b->snooping, b->querier, b->igmp_version, b->mld_version,
	       ms(b->query_interval), ms(b->query_response_interval), ms(b->last_member_interval),
	       (int)b->router, b->hash_max);
	if (b->querier4.known)
		printf(" querier4=%s/%u", text(&b->querier4.addr), b->querier4.port);
	if (b->querier6.known)
		printf(" querier6=%s/%u", text(&b->querier6.addr), b->querier6.port);
	printf("\n");
}

static void print_entry(const struct mc_mdb_entry *e)
{
	printf("mdb port=%u %s", e->port, text(&e->group));
	if (e->source.family != MC_ANY)
		printf(" src=%s", text(&e->source));
	printf(" %s timer=%.2f", e->permanent ? "permanent" : "temp", ms(e->timer) / 1000);
	if (e->has_mode)
		printf(" %s", mode_of(e->mode));
	for (unsigned i = 0; i < e->n_sources; i++)
		printf(" %s/%.2f", text(&e->sources[i].addr), ms(e->sources[i].timer) / 1000);
	printf("\n");
}

static int bridges(void)
{
	struct mc_bridges_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	struct mc_bridges_view v = { 0 };
	struct mc_why why = { 0 };
	mc_bridges *b;
	int err = mc_bridges_open(&b, &o, &why);

	if (!err)
		err = mc_bridges_read(&v, b, &why);
	for (unsigned i = 0; i < v.n_bridges; i++)
		print_bridge(&v.bridges[i]);
	for (unsigned i = 0; i < v.n_ports; i++)
		printf("port %s ifindex=%u forwarding=%d flood=%d fast_leave=%d router=%d "
		       "is_router=%d timer=%.2f\n",
		       v.ports[i].ifname, v.ports[i].ifindex, v.ports[i].forwarding,
		       v.ports[i].flood, v.ports[i].fast_leave, (int)v.ports[i].router,
		       v.ports[i].is_router, ms(v.ports[i].router_timer) / 1000);
	for (unsigned i = 0; i < v.n_entries; i++)
		print_entry(&v.entries[i]);
	mc_bridges_close(b);
	return err ? fail(err, &why) : 0;
}

static int mroutes(void)
{
	struct mc_mroutes_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	const struct mc_mroute *list = NULL;
	struct mc_why why = { 0 };
	mc_mroutes *m;
	int n = mc_mroutes_open(&m, &o, &why);

	if (!n)
		n = mc_mroutes_read(&list, m, &why);
	for (int i = 0; i < n; i++) {
		printf("%s %s iif=%s oifs=", text(&list[i].source), text(&list[i].group),
		       list[i].iifname);
		for (unsigned k = 0; k < list[i].n_oifs; k++)
			printf("%s%s/%u", k ? "," : "", list[i].oifs[k].ifname,
			       list[i].oifs[k].ttl);
		printf(" packets=%llu bytes=%llu wrong_if=%llu resolved=%d table=%u\n",
		       (unsigned long long)list[i].packets, (unsigned long long)list[i].bytes,
		       (unsigned long long)list[i].wrong_if, list[i].resolved, list[i].table);
	}
	mc_mroutes_close(m);
	return n < 0 ? fail(n, &why) : 0;
}

static int ifstat(void)
{
	struct mc_ifstats_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	const struct mc_ifstat *list = NULL;
	struct mc_why why = { 0 };
	char mac[MC_MAC_TEXT];
	mc_ifstats *l;
	int n = mc_ifstats_open(&l, &o, &why);

	if (!n)
		n = mc_ifstats_read(&list, l, &why);
	for (int i = 0; i < n; i++)
		printf("%u %s kind=%s up=%d running=%d multicast=%d allmulti=%d promisc=%d "
		       "master=%u mtu=%u mac=%s addr4=%s addr6=%s rx=%llu tx=%llu mcast=%llu\n",
		       list[i].iface.index, list[i].iface.name, list[i].kind, list[i].iface.up,
		       list[i].iface.running, list[i].iface.multicast, list[i].allmulti,
		       list[i].promiscuous, list[i].master, list[i].iface.mtu,
		       mc_mac_format(&list[i].mac, mac), text(&list[i].iface.addr4),
		       text(&list[i].iface.addr6), (unsigned long long)list[i].rx_packets,
		       (unsigned long long)list[i].tx_packets,
		       (unsigned long long)list[i].rx_multicast);
	mc_ifstats_close(l);
	return n < 0 ? fail(n, &why) : 0;
}

static int netns(void)
{
	struct mc_netns list[64];
	unsigned hidden;
	int n = mc_netns_list(list, 64, &hidden);

	if (n < 0)
		return fail(n, &(struct mc_why){ .what = "cannot list namespaces" });
	for (int i = 0; i < n && i < 64; i++)
		printf("%llu name=%s pid=%d processes=%u own=%d\n",
		       (unsigned long long)list[i].inode, list[i].name, list[i].pid,
		       list[i].n_processes, list[i].own);
	printf("namespaces=%d hidden=%u\n", n, hidden);
	return 0;
}

/* --- notifications ---------------------------------------------------------------- */

static int watch_memberships(int seconds)
{
	struct mc_memberships_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	struct mc_membership_event ev;
	struct mc_why why = { 0 };
	mc_memberships *m;
	int n = mc_memberships_open(&m, &o, &why);

	if (n < 0)
		return fail(n, &why);
	printf("watching\n");
	fflush(stdout);
	struct pollfd p = { .fd = mc_memberships_fd(m), .events = POLLIN };

	while (poll(&p, 1, seconds * 1000) > 0) {
		while ((n = mc_memberships_next(&ev, m)) > 0)
			printf("%s if=%u %s\n", ev.joined ? "join" : "leave", ev.ifindex,
			       text(&ev.group));
		fflush(stdout);
	}
	mc_memberships_close(m);
	return 0;
}

static int watch_mdb(int seconds)
{
	struct mc_bridges_opts o = { .sz = sizeof(o), .netns_fd = netns_fd };
	struct mc_why why = { 0 };
	struct mc_mdb_event ev;
	mc_bridges *b;
	int n = mc_bridges_open(&b, &o, &why);

	if (n < 0)
		return fail(n, &why);
	printf("watching\n");
	fflush(stdout);
	struct pollfd p = { .fd = mc_bridges_fd(b), .events = POLLIN };

	while (poll(&p, 1, seconds * 1000) > 0) {
		while ((n = mc_bridges_next(&ev, b)) > 0)
			printf("%s port=%u %s %s\n", ev.added ? "add" : "delete", ev.port,
			       text(&ev.group), text(&ev.source));
		fflush(stdout);
	}
	mc_bridges_close(b);
	return 0;
}

/* --- times -------------------------------------------------------------------------- */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* One line a round: its number, milliseconds, records. */
static int timed(const char *what, int rounds)
{
	const struct mc_interface_state *list;
	struct mc_why why = { 0 };
	mc_memberships *m = NULL;
	mc_sockets *s;
	int n = sockets_open(&s, &m, &why);

	for (int i = 0; i < rounds && n >= 0; i++) {
		double start;

		if (strcmp(what, "sockets") == 0)
			n = want_all(s, m, &why);
		start = now_ms();
		if (n >= 0 && strcmp(what, "sockets") == 0) {
			struct mc_sockets_result r;

			n = one_round(s, &why);
			mc_sockets_result(&r, s);
			n = n < 0 ? n : (int)r.n_states;
		} else if (n >= 0) {
			n = mc_memberships_read(&list, m, (enum mc_memberships_depth)depth_of(what),
						&why);
		}
		printf("%d %.3f %d\n", i, now_ms() - start, n);
	}
	mc_sockets_close(s);
	mc_memberships_close(m);
	return n < 0 ? fail(n, &why) : 0;
}

/* --- a farm --------------------------------------------------------------------------- */

static struct mc_addr farm_next;

static int farm_join(int fd, unsigned ifindex)
{
	struct group_req req = { .gr_interface = ifindex };
	bool four = farm_next.family == MC_IPV4;

	if (four) {
		struct sockaddr_in *in = (struct sockaddr_in *)&req.gr_group;

		in->sin_family = AF_INET;
		memcpy(&in->sin_addr, farm_next.bytes, 4);
	} else {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&req.gr_group;

		in6->sin6_family = AF_INET6;
		memcpy(&in6->sin6_addr, farm_next.bytes, 16);
	}
	if (mc_addr_add(&farm_next, &farm_next, 1) < 0)
		return -1;
	return setsockopt(fd, four ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &req,
			  sizeof(req));
}

/* The sockets of a process, every other one bound: the kernel lists only those. */
static int farm_process(unsigned ifindex, int sockets, int groups)
{
	for (int i = 0; i < sockets; i++) {
		struct sockaddr_storage any = { .ss_family = farm_next.family == MC_IPV4
								     ? AF_INET
								     : AF_INET6 };
		int fd = socket(any.ss_family, SOCK_DGRAM, 0);

		if (fd < 0 || (i % 2 && bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0))
			return -1;
		for (int k = 0; k < groups; k++)
			if (farm_join(fd, ifindex) < 0)
				return -1;
	}
	return 0;
}

/* Each process waits for the one before it to have joined, so that groups follow
 * one another; all end with the first. */
static int farm(char **arg)
{
	int processes = atoi(arg[2]), sockets = atoi(arg[3]), groups = atoi(arg[4]);
	unsigned ifindex = if_nametoindex(arg[0]);
	int done[2];
	char c;

	mc_raise_nofile();
	if (mc_addr_parse(&farm_next, arg[1]) < 0 || pipe(done) < 0)
		return 3;
	for (int i = 0; i < processes; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			c = farm_process(ifindex, sockets, groups) < 0 ? '!' : '.';
			if (c == '!')
				perror("lab-sources: farm");
			if (write(done[1], &c, 1) == 1)
				pause();
			return 0;
		}
		if (read(done[0], &c, 1) != 1 || c == '!' ||
		    mc_addr_add(&farm_next, &farm_next, (uint64_t)sockets * (unsigned)groups) < 0)
			return 3;
	}
	printf("joined\n");
	fflush(stdout);
	pause();
	return 0;
}

static int run(int argc, char **argv)
{
	const char *arg = argc > 1 ? argv[1] : "";

	if (strcmp(argv[0], "memberships") == 0 && depth_of(argc > 1 ? arg : "filters") >= 0)
		return memberships(argc > 1 ? arg : "filters");
	if (strcmp(argv[0], "interfaces") == 0)
		return interfaces();
	if (strcmp(argv[0], "sockets") == 0)
		return sockets(argc > 1 ? atoi(arg) : 1);
	if (strcmp(argv[0], "bridges") == 0)
		return bridges();
	if (strcmp(argv[0], "mroutes") == 0)
		return mroutes();
	if (strcmp(argv[0], "ifstat") == 0)
		return ifstat();
	if (strcmp(argv[0], "netns") == 0)
		return netns();
	if (strcmp(argv[0], "watch") == 0 && argc == 3)
		return strcmp(arg, "mdb") == 0 ? watch_mdb(atoi(argv[2]))
					       : watch_memberships(atoi(argv[2]));
	if (strcmp(argv[0], "time") == 0 && argc == 3 &&
	    (depth_of(arg) >= 0 || strcmp(arg, "sockets") == 0))
		return timed(arg, atoi(argv[2]));
	if (strcmp(argv[0], "farm") == 0 && argc == 6)
		return farm(argv + 1);
	fputs(usage, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct mc_why why = { 0 };
	int err;

	if (argc > 3 && strcmp(argv[1], "-n") == 0) {
		err = mc_netns_open(&netns_fd, argv[2], &why);
		if (err)
			return fail(err, &why);
		argc -= 2;
		argv += 2;
	}
	if (argc < 2) {
		fputs(usage, stderr);
		return 2;
	}
	return run(argc - 1, argv + 1);
}
