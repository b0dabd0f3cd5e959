/* tx.c - five datagrams to a group, two of them as one run */
#include <mc/iface.h>
#include <mc/tx.h>
#include <poll.h>
#include <stdio.h>

int main(void)
{
	struct mc_tx_opts o = { .sz = sizeof(o), .ttl = 1 };
	struct mc_tx_item items[4];
	struct mc_why why = { "", "" };
	struct mc_iface iface;
	struct mc_addr group;
	struct mc_tx_info info;
	struct pollfd fd = { .events = POLLOUT };
	uint64_t datagrams = 0;
	mc_tx *tx;

	if (mc_addr_parse(&group, "239.1.1.1") < 0 ||
	    mc_iface_default(&iface, &group, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	o.family = MC_IPV4;
	o.ifindex = iface.index;
	if (mc_tx_open(&tx, &o, &why) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;

	for (int i = 0; i < 4; i++)
		items[i] = (struct mc_tx_item){ .group = &group,
						.data = "hello",
						.len = 5,
						.port = 5000 };
	items[3].data = "hellohello";
	items[3].len = 10;
	items[3].segment = 5;

	fd.fd = mc_tx_fd(tx);
	if (poll(&fd, 1, 1000) <= 0 ||
	    mc_tx_send(tx, items, 4, &datagrams) != 4)
		return 1;
	mc_tx_info(tx, &info);
	printf("%u datagrams sent, send buffer %s\n",
	       (unsigned)datagrams,
	       info.sndbuf > 0 ? "known" : "unknown");
	mc_tx_close(tx);
	return 0;
}

/* prints:
 * 5 datagrams sent, send buffer known
 */
