/* judge.h - what the two halves of the judge share */
#ifndef MC_WIRE_JUDGE_H
#define MC_WIRE_JUDGE_H

#include <mc/issue.h>

static inline void judge_put(struct mc_issues *s, enum mc_issue i)
{
	s->bits[i / 64] |= 1ull << i % 64;
}

static inline void judge_if(struct mc_issues *s, bool wrong, enum mc_issue i)
{
	s->bits[i / 64] |= (uint64_t)wrong << i % 64;
}

/* The group of a report or a leave.  asm_join: it is joined from all sources. */
void mc_judge_group(struct mc_issues *out, const struct mc_addr *group, bool asm_join);

/* Addresses that packets could come from. */
void mc_judge_sources(struct mc_issues *out, enum mc_family family, const struct mc_span *sources);

/* The records of a report. */
void mc_judge_records(struct mc_issues *out, const struct mc_gm *gm);

#endif
