/* fuzz_dissect.c - any bytes as a message of any protocol that is walked */
#include <mc/gm.h>
#include <stdlib.h>
#include "../unit/dissect_check.h"
#include "input.h"

static struct dissect_check check;

/* Both readers of a membership message refuse the same ones. */
static void check_agreement(const struct mc_frame *f, int rc)
{
	struct mc_gm gm;
	enum mc_fault fault;
	int parsed = mc_gm_parse(&gm, f, &fault);

	require(gm.kind == MC_GM_OTHER || parsed == rc);
}

/* The first byte picks protocol and addresses. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		uint8_t protocol, family, dst[4];
	} kinds[] = {
		{ MC_PROTO_IGMP, MC_IPV4, { 224, 0, 0, 1 } },
		{ MC_PROTO_IGMP, MC_IPV4, { 224, 0, 0, 25 } },
		{ MC_PROTO_ICMPV6, MC_IPV6, { 0xff, 2 } },
		{ MC_PROTO_PIM, MC_IPV4, { 224, 0, 0, 13 } },
		{ MC_PROTO_PIM, MC_IPV6, { 0xff, 2 } },
	};
	struct mc_frame f = { 0 };
	unsigned kind;
	int rc;

	if (size < 1)
		return 0;
	kind = data[0] % 5;
	f.protocol = kinds[kind].protocol;
	f.src = f.dst = mc_addr_unspecified((enum mc_family)kinds[kind].family);
	memcpy(f.dst.bytes, kinds[kind].dst, 4);
	f.l4 = (struct mc_span){ size > 1 ? data + 1 : NULL, size - 1 };
	require(check_walk(&check, &f, &rc) == NULL);
	require(mc_message_name(&f)[0] != 0);
	require(!mc_pim_checksum_ok(&f) || f.protocol == MC_PROTO_PIM);
	check_agreement(&f, rc);
	return 0;
}
