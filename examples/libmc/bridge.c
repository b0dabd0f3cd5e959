/* bridge.c - bridges of this host, their ports, and who wants which group */
#include <mc/bridge.h>
#include <poll.h>
#include <stdio.h>

int main(void)
{
	struct mc_bridges_opts o = { .sz = sizeof(o) };
	struct mc_bridges_view v;
	struct mc_mdb_event event;
	char text[MC_ADDR_TEXT];
	struct pollfd fd = { .events = POLLIN };
	struct mc_why why;
	mc_bridges *b;

	if (mc_bridges_open(&b, &o, &why) < 0 ||
	    mc_bridges_read(&v, b, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	for (unsigned i = 0; i < v.n_bridges; i++)
		printf("%s: snooping %d, querier %d\n",
		       v.bridges[i].ifname, v.bridges[i].snooping,
		       v.bridges[i].querier);
	for (unsigned i = 0; i < v.n_ports; i++)
		if (v.ports[i].is_router)
			printf("%s leads to a router\n",
			       v.ports[i].ifname);
	for (unsigned i = 0; i < v.n_entries; i++)
		if (v.entries[i].group.family == MC_IPV4)
			printf("somebody wants %s\n",
			       mc_addr_format(&v.entries[i].group,
					      text));

	/* What has changed since; 0: not to wait for it. */
	fd.fd = mc_bridges_fd(b);
	if (poll(&fd, 1, 0) > 0 && mc_bridges_next(&event, b) == 1)
		printf("%s: %s\n", mc_addr_format(&event.group, text),
		       event.added ? "joined" : "left");
	mc_bridges_close(b);
	return 0;
}

/* prints:
 * br0: snooping 1, querier 1
 * somebody wants 239.1.1.1
 */
