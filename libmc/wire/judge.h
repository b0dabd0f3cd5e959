/* judge.h - what the two halves of the judge share
 *
 * Issues are gathered as a set in one word, by value: it stays in a register. */
#ifndef MC_WIRE_JUDGE_H
#define MC_WIRE_JUDGE_H

#include <mc/issue.h>

typedef uint64_t issues;

_Static_assert(MC_ISSUE_TWO_QUERIERS <= 64, "what one packet shows fits a word");

/* The set of that issue; the empty set unless it is wrong. */
static inline issues issue(enum mc_issue i)
{
	return (issues)1 << i;
}

static inline issues issue_if(bool wrong, enum mc_issue i)
{
	return (issues)wrong << i;
}

/* The group of a report or a leave.  asm_join: it is joined from all sources. */
issues mc_judge_group(const struct mc_addr *group, bool asm_join);

/* Addresses that packets could come from. */
issues mc_judge_sources(enum mc_family family, const struct mc_span *sources);

/* The records of a report. */
issues mc_judge_records(const struct mc_gm *gm);

#endif
