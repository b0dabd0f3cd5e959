/* mrd.c - fields of Multicast Router Discovery, RFC 4286, over IGMP and ICMPv6 */
#include "wire/dissect_walk.h"

static const struct walk_name types[] = {
	{ MC_IGMP_MRD_ADV, "advertisement" },
	{ MC_IGMP_MRD_SOL, "solicitation" },
	{ MC_IGMP_MRD_TERM, "termination" },
	{ MC_MLD_MRD_ADV, "advertisement" },
	{ MC_MLD_MRD_SOL, "solicitation" },
	{ MC_MLD_MRD_TERM, "termination" },
	{ 0, NULL },
};

static const struct walk_name messages[] = {
	{ MC_IGMP_MRD_ADV, "MRD advertisement" },
	{ MC_IGMP_MRD_SOL, "MRD solicitation" },
	{ MC_IGMP_MRD_TERM, "MRD termination" },
	{ MC_MLD_MRD_ADV, "MRD advertisement" },
	{ MC_MLD_MRD_SOL, "MRD solicitation" },
	{ MC_MLD_MRD_TERM, "MRD termination" },
	{ 0, NULL },
};

const char *dissect_mrd_name(const struct mc_frame *f)
{
	return walk_name_of(messages, dissect_byte(f, 0));
}

void dissect_mrd(struct walk *w)
{
	uint64_t type = walk_named(w, "type", 1, types);

	if (type != MC_IGMP_MRD_ADV && type != MC_MLD_MRD_ADV) {
		walk_hex(w, "reserved", 1);
		walk_checksum(w);
		return;
	}
	walk_time(w, "advertisement_interval", 1, NSEC_PER_SEC);
	walk_checksum(w);
	/* RFC 4286 3.1.4: plain seconds, not coded as in queries. */
	walk_time(w, "query_interval", 2, NSEC_PER_SEC);
	walk_uint(w, "robustness_variable", 2);
}
