/* mroute.c - the kernel's multicast routes */
#include <mc/mroute.h>
#include <stdio.h>

int main(void)
{
	struct mc_mroutes_opts o = { .sz = sizeof(o) };
	char source[MC_ADDR_TEXT], group[MC_ADDR_TEXT];
	const struct mc_mroute *r;
	struct mc_why why;
	mc_mroutes *m;
	int n;

	if (mc_mroutes_open(&m, &o, &why) < 0 ||
	    (n = mc_mroutes_read(&r, m, &why)) < 0)
		return fprintf(stderr, "%s; %s\n", why.what, why.fix),
		       1;
	for (int i = 0; i < n; i++) {
		printf("from %s to %s: %s to",
		       mc_addr_format(&r[i].source, source),
		       mc_addr_format(&r[i].group, group),
		       r[i].iifname);
		for (unsigned k = 0; k < r[i].n_oifs; k++)
			printf(" %s", r[i].oifs[k].ifname);
		printf("\n");
	}
	mc_mroutes_close(m);
	return 0;
}

/* prints:
 * from 10.0.1.1 to 239.1.1.1: eth0 to eth1
 */
