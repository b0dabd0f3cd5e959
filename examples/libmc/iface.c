/* iface.c - which interface a group is sent by, and is it fit for it */
#include <mc/iface.h>
#include <poll.h>
#include <stdio.h>

int main(void)
{
	struct mc_iface iface, same;
	struct mc_iface_event event;
	struct mc_gm_version version;
	struct mc_addr group;
	struct mc_why why = { "", "" };
	char text[MC_ADDR_TEXT];
	struct pollfd fd = { .events = POLLIN };
	mc_ifwatch *watch;
	int before;

	if (mc_addr_parse(&group, "239.1.1.1") < 0 ||
	    mc_iface_default(&iface, &group, &why) < 0 ||
	    mc_iface_get(&same, iface.name, &why) < 0 ||
	    mc_iface_get_index(&same, iface.index, &why) < 0 ||
	    mc_iface_check(&same, MC_IPV4, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	printf("%s, %s, MTU %u\n", iface.name,
	       mc_addr_format(&iface.addr4, text), iface.mtu);

	if (mc_ifwatch_open(&watch, &why) < 0 ||
	    mc_ifwatch_addresses(watch, &why) < 0 ||
	    mc_gm_version_get(&version, iface.name, MC_IPV4) < 0)
		return 1;
	printf("IGMPv%d\n", version.version);
	/* Needs root; and put it back whatever happens. */
	if (mc_gm_version_force(iface.name, MC_IPV4, 2, &before, &why) <
	    0)
		fprintf(stderr, "%s; %s\n", why.what, why.fix);
	else if (mc_gm_version_get(&version, iface.name, MC_IPV4) == 0)
		printf("IGMPv%d\n", version.version);
	if (mc_gm_version_force(iface.name, MC_IPV4, before, &before,
				&why) < 0)
		return 1;

	fd.fd = mc_ifwatch_fd(watch);
	while (poll(&fd, 1, 0) > 0 &&
	       mc_ifwatch_next(watch, &event) == 1)
		printf("%s %s\n", event.name,
		       event.change == MC_IFACE_UP ? "up" : "changed");
	mc_ifwatch_close(watch);
	return 0;
}

/* prints:
 * eth0, 10.0.0.1, MTU 1500
 * IGMPv3
 * IGMPv2
 */
