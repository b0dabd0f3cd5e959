/* host.c - before the first packet: limits, clock, privileges */
#include <mc/host.h>
#include <stdio.h>

int main(void)
{
	static char table[1 << 20];
	struct mc_clock_sync clock;
	struct mc_why why;

	printf("up to %llu descriptors\n",
	       (unsigned long long)mc_raise_nofile());
	mc_clock_sync_get(&clock);
	if (!clock.synchronised)
		printf("one-way delays mean nothing here\n");
	else
		printf("delays are true to %.1f ms\n",
		       clock.max_error.ns / 1e6);

	/* Needed whole, and soon. */
	mc_populate(table, sizeof(table));

	/* Sockets and captures are open by now. */
	if (mc_drop_privileges(0, &why) < 0)
		return fprintf(stderr, "%s\n", why.what), 1;
	return 0;
}
