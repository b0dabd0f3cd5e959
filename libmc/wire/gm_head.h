/* gm_head.h - what parsing, building and judging a membership message share */
#ifndef MC_WIRE_GM_HEAD_H
#define MC_WIRE_GM_HEAD_H

#include <mc/gm.h>

/* Fills family, kind, version and raw_type, as far as the first bytes show
 * them; version stays 0 for a query too short to tell. */
enum mc_fault mc_gm_head(struct mc_gm *m, const struct mc_frame *f);

/* The version whose messages carry sources, records and extensions. */
static inline uint8_t gm_newest(enum mc_family family)
{
	return family == MC_IPV4 ? 3 : 2;
}

static inline size_t gm_addr_size(enum mc_family family)
{
	return family == MC_IPV4 ? 4 : 16;
}

/* N of the fixed destination of a kind and version, 224.0.0.N or ff02::N; 0 when
 * it is the group's. */
static inline uint8_t gm_fixed_destination(enum mc_gm_kind kind, enum mc_family family,
					   uint8_t version, bool general)
{
	if (kind == MC_GM_QUERY && general)
		return 1;
	if (kind == MC_GM_LEAVE)
		return 2;
	return kind == MC_GM_REPORT && version == gm_newest(family) ? 22 : 0;
}

#endif
