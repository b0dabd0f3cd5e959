/* ifstat.c - all interfaces, what they are, and what they lost */
#include <mc/ifstat.h>
#include <stdio.h>

int main(void)
{
	struct mc_ifstats_opts o = { .sz = sizeof(o) };
	const struct mc_ifstat *s;
	char text[MC_MAC_TEXT];
	struct mc_why why;
	mc_ifstats *l;
	int n;

	if (mc_ifstats_open(&l, &o, &why) < 0 ||
	    (n = mc_ifstats_read(&s, l, &why)) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	for (int i = 0; i < n; i++)
		printf("%-6s %-6s %s, %u dropped\n", s[i].iface.name,
		       s[i].kind[0] ? s[i].kind : "device",
		       s[i].has_mac ? mc_mac_format(&s[i].mac, text)
				    : "no MAC",
		       (unsigned)s[i].rx_dropped);
	mc_ifstats_close(l);
	return 0;
}

/* prints:
 * lo     device 00:00:00:00:00:00, 0 dropped
 * eth0   veth   02:00:00:00:00:01, 0 dropped
 */
