/* membership.c - what this host has joined, and a join as it happens */
#include <mc/membership.h>
#include <mc/rx.h>
#include <poll.h>
#include <stdio.h>

/* Joins the group itself, so that there is something to see. */
static mc_rx *join(const char *group, struct mc_why *why)
{
	struct mc_rx_opts o = { .sz = sizeof(o) };
	struct mc_membership m = { .port = 5000 };
	struct mc_iface iface;
	mc_rx *rx;

	if (mc_addr_parse(&m.group, group) < 0 ||
	    mc_iface_default(&iface, &m.group, why) < 0 ||
	    mc_rx_open(&rx, &o, why) < 0)
		return NULL;
	m.ifindex = iface.index;
	if (mc_join_host_group(rx, &m, why) < 0)
		return NULL;
	return rx;
}

int main(void)
{
	struct mc_memberships_opts o = { .sz = sizeof(o) };
	struct mc_memberships_abilities can;
	const struct mc_interface_state *s;
	const struct mc_gm_interface *gi;
	struct mc_membership_event event;
	struct pollfd fd = { .events = POLLIN };
	struct mc_why why = { "", "" };
	char text[MC_ADDR_TEXT];
	mc_memberships *m;
	mc_rx *rx = NULL;
	int n;

	if (mc_memberships_open(&m, &o, &why) < 0 ||
	    (rx = join("239.1.1.1", &why)) == NULL)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;

	mc_memberships_abilities(&can, m);
	fd.fd = mc_memberships_fd(m);
	if (can.notify4 && poll(&fd, 1, 1000) > 0 &&
	    mc_memberships_next(&event, m) == 1)
		printf("%s %s\n", event.joined ? "joined" : "left",
		       mc_addr_format(&event.group, text));

	n = mc_memberships_read(&s, m, MC_MEMBERSHIPS_FILTERS, &why);
	for (int i = 0; i < n; i++)
		if (s[i].group.family == MC_IPV4 &&
		    s[i].have & MC_HAVE_FILTER)
			printf("%s: %s, %u users, %u sources\n",
			       s[i].ifname,
			       mc_addr_format(&s[i].group, text),
			       s[i].users, s[i].n_sources);
	n = mc_memberships_interfaces(&gi, m);
	for (int i = 0; i < n; i++)
		if (gi[i].family == MC_IPV4)
			printf("%s: IGMPv%d\n", gi[i].ifname,
			       gi[i].speaks.version);
	mc_rx_close(rx);
	mc_memberships_close(m);
	return 0;
}

/* prints:
 * joined 239.1.1.1
 * lo: 224.0.0.1, 1 users, 0 sources
 * eth0: 224.0.0.1, 1 users, 0 sources
 * eth0: 239.1.1.1, 1 users, 0 sources
 * lo: IGMPv3
 * eth0: IGMPv3
 */
