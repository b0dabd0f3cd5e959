/* fuzz_probe.c - any bytes as a probe */
#include <mc/probe.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

static bool equal(const struct mc_probe *a, const struct mc_probe *b)
{
	return a->ttl == b->ttl && a->dscp == b->dscp && a->has_crc == b->has_crc &&
	       a->stream == b->stream && a->session == b->session && a->seq == b->seq &&
	       a->sent.ns == b->sent.ns;
}

/* Whatever was read can be built again, and then has a CRC that holds. */
static void check_rebuild(const struct mc_probe *p, const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);
	struct mc_probe again;

	require(copy != NULL);
	memcpy(copy, data, size);
	require(mc_probe_build(copy, size, p) == MC_PROBE_LEN);
	require(memcmp(copy + MC_PROBE_LEN, data + MC_PROBE_LEN, size - MC_PROBE_LEN) == 0);
	require(mc_probe_parse(&again, copy, size) == 0);
	require(equal(p, &again));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mc_probe p;
	int rc = mc_probe_parse(&p, data, size);

	if (rc == -MC_ENOTPROBE) {
		require(p.session == 0 && p.seq == 0 && p.sent.ns == 0);
		return 0;
	}
	require(size >= MC_PROBE_LEN && p.sent.ns >= 0 && p.dscp < 64);
	require(rc == 0 || (rc == -MC_EBADSUM && p.has_crc));
	check_rebuild(&p, data, size);
	return 0;
}
