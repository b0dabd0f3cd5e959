/* receiver.c - joins a group, source-specific or not, and prints what arrives
 *
 *   cc receiver.c -o receiver $(pkg-config --cflags --libs libmc)
 *   ./receiver 239.1.1.1:5000%eth0          any source
 *   ./receiver 10.0.0.1@232.1.1.1:5000      one source
 */
#include <inttypes.h>
#include <mc/mc.h>
#include <poll.h>
#include <stdio.h>

static int fail(int err, const struct mc_why *why)
{
	fprintf(stderr, "%s; %s\n", why->what[0] ? why->what : mc_strerror(err), why->fix);
	return 1;
}

int main(int argc, char **argv)
{
	struct mc_rx_opts opts = { .sz = sizeof(opts), .no_gro = true };
	struct mc_packet packets[MC_RX_BATCH];
	struct mc_why why = { "", "" };
	char source[MC_ADDR_TEXT];
	struct mc_spec spec;
	struct mc_iface iface;
	mc_rx *rx;
	int err, n;

	if (argc != 2 || (err = mc_spec_parse(&spec, argv[1], NULL)) < 0)
		return fprintf(stderr, "usage: receiver [SOURCE@]GROUP[:PORT][%%IF]\n"), 2;
	err = spec.ifname[0] ? mc_iface_get(&iface, spec.ifname, &why)
			     : mc_iface_default(&iface, &spec.first, &why);
	if (err < 0 || (err = mc_rx_open(&rx, &opts, &why)) < 0)
		return fail(err, &why);
	for (uint64_t i = 0; i < spec.count; i++) {
		struct mc_membership m = { .group = mc_spec_group(&spec, i),
					   .ifindex = iface.index,
					   .port = spec.port ? spec.port : 5000,
					   .mode = spec.mode,
					   .n_sources = spec.n_sources,
					   .sources = spec.sources };
		if ((err = mc_join_host_group(rx, &m, &why)) < 0)
			return fail(err, &why);
	}
	for (;;) {
		poll(&(struct pollfd){ .fd = mc_rx_fd(rx), .events = POLLIN }, 1, -1);
		if ((n = mc_rx_read(rx, packets, MC_RX_BATCH, NULL)) < 0)
			return fail(n, &why);
		for (int i = 0; i < n; i++)
			printf("%zu bytes from %s, TTL %u\n", packets[i].payload.len,
			       mc_addr_format(&packets[i].source, source), packets[i].ttl);
		fflush(stdout);
	}
}
