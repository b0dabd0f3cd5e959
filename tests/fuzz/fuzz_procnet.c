/* fuzz_procnet.c - any text as any of the files of /proc */
#include "kern/procnet.h"

#include <stdlib.h>

#include "input.h"

static void check_group(const struct procnet_group *g)
{
	require(g->ifname[MC_IFNAME - 1] == '\0');
	require(g->timer.ns >= 0);
	require(g->timer_running || g->timer.ns == 0);
}

static void read_groups(struct text all)
{
	struct procnet_group g = { 0 };
	struct text t = all;

	while (procnet_igmp_next(&g, &t)) {
		require(g.ifindex && g.version <= 3 && g.group.family != MC_IPV6);
		check_group(&g);
	}
	for (t = all; procnet_igmp6_next(&g, &t);) {
		require(g.group.family == MC_IPV6);
		check_group(&g);
	}
}

static void read_sources(struct text all)
{
	struct procnet_source s;
	struct text t = all;

	while (procnet_mcfilter_next(&s, &t))
		require(s.group.family == MC_IPV4 && s.source.family == MC_IPV4);
	for (t = all; procnet_mcfilter6_next(&s, &t);)
		require(s.group.family == MC_IPV6 && s.source.family == MC_IPV6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text all = text_of((const char *)data, size), t = all;
	struct procnet_socket sock;
	struct procnet_task task;

	read_groups(all);
	read_sources(all);
	while (procnet_socket_next(&sock, &t))
		require(sock.local.family == MC_IPV4 || sock.local.family == MC_IPV6);
	require(procnet_task_read(&task, all) || task.flags == 0);
	return 0;
}
