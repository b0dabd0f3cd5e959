/* rx.c - a group joined, five datagrams read, the group left */
#include <mc/iface.h>
#include <mc/rx.h>
#include <poll.h>
#include <stdio.h>

int main(void)
{
	struct mc_rx_opts o = { .sz = sizeof(o), .no_gro = true };
	struct mc_membership m = { .port = 5000 };
	struct mc_membership next;
	struct mc_join joined[2];
	struct mc_packet p[MC_RX_BATCH];
	struct mc_why why = { "", "" };
	char text[MC_ADDR_TEXT];
	struct mc_rx_stats stats;
	struct mc_iface iface;
	struct pollfd fd = { .events = POLLIN };
	bool more;
	mc_rx *rx;
	int n;

	if (mc_addr_parse(&m.group, "239.1.1.1") < 0 ||
	    mc_iface_default(&iface, &m.group, &why) < 0 ||
	    mc_rx_open(&rx, &o, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	m.ifindex = iface.index;
	if (mc_join_host_group(rx, &m, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;

	/* Two more, 239.1.1.2 and 239.1.1.3, at once. */
	next = m;
	if (mc_addr_add(&next.group, &m.group, 1) < 0 ||
	    mc_join_host_groups(rx, joined, &next, 2, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;

	fd.fd = mc_rx_fd(rx);
	for (unsigned left = 5; left > 0 && poll(&fd, 1, 5000) > 0;) {
		n = mc_rx_read(rx, p, left, &more);
		if (n < 0)
			break;
		for (int i = 0; i < n; i++)
			printf("%zu bytes from %s, TTL %u\n",
			       p[i].payload.len,
			       mc_addr_format(&p[i].source, text),
			       p[i].ttl);
		left -= (unsigned)n;
		if (!more && mc_rx_fill(rx) > 50)
			fprintf(stderr, "too slow\n");
	}
	mc_rx_stats(rx, &stats);
	printf("%u memberships, %u dropped\n", stats.memberships,
	       (unsigned)stats.dropped);
	if (mc_leave_host_group(rx, &m.group, iface.index, 5000) < 0)
		return 1;
	printf("forgotten: %u\n", mc_rx_forget_iface(rx, iface.index));
	mc_rx_close(rx);
	return 0;
}

/* prints:
 * 5 bytes from 10.0.0.2, TTL 1
 * 5 bytes from 10.0.0.2, TTL 1
 * 5 bytes from 10.0.0.2, TTL 1
 * 5 bytes from 10.0.0.2, TTL 1
 * 5 bytes from 10.0.0.2, TTL 1
 * 3 memberships, 0 dropped
 * forgotten: 2
 */
