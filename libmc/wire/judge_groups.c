/* judge_groups.c - what is wrong with the groups and records of a report */
#include <mc/group.h>
#include "wire/cursor.h"
#include "wire/gm_head.h"
#include "wire/judge.h"

/* ---- one group ---- */

/* Control groups are few and their MACs are all low numbers: only what could
 * be one of them is looked up. */
static void judge_alias(struct mc_issues *out, const struct mc_addr *group)
{
	struct mc_group_info info;

	if (!mc_group_classify(&info, group))
		judge_if(out, info.aliases_control, MC_ISSUE_ALIAS_GROUP);
}

static void judge_group4(struct mc_issues *out, const struct mc_addr *group, bool asm_join)
{
	const uint8_t *b = group->bytes;

	/* RFC 4604 2.2.2, RFC 4607 1 */
	judge_if(out, asm_join && b[0] == 232, MC_ISSUE_SSM_ASM_JOIN);
	if ((b[1] & 0x7f) || b[2])
		return;
	if (b[0] != 224 || b[1])
		judge_alias(out, group);
	else if (b[3] == 1)
		judge_put(out, MC_ISSUE_REPORT_ALL_HOSTS);
	else
		judge_put(out, MC_ISSUE_REPORT_LINK_LOCAL);
}

static void judge_group6(struct mc_issues *out, const struct mc_addr *group, bool asm_join)
{
	static const uint8_t link_control[12] = { 0xff, 2 };
	const uint8_t *b = group->bytes;

	if ((b[1] & 0x0f) <= MC_SCOPE_INTERFACE) { /* RFC 9777 6 */
		judge_put(out, MC_ISSUE_REPORT_SCOPE);
		return;
	}
	/* ff3x::/32 */
	judge_if(out, asm_join && (b[1] & 0xf0) == 0x30 && !b[2] && !b[3], MC_ISSUE_SSM_ASM_JOIN);
	if (b[12] || b[13] > 1)
		return;
	if (memcmp(b, link_control, sizeof(link_control)))
		judge_alias(out, group);
	else if (!b[13] && !b[14] && b[15] == 1)
		judge_put(out, MC_ISSUE_REPORT_ALL_HOSTS);
}

void mc_judge_group(struct mc_issues *out, const struct mc_addr *group, bool asm_join)
{
	if (!mc_addr_is_multicast(group))
		judge_put(out, MC_ISSUE_GROUP);
	else if (group->family == MC_IPV4)
		judge_group4(out, group, asm_join);
	else
		judge_group6(out, group, asm_join);
}

/* ---- sources ---- */

static bool no_source(const struct mc_addr *a)
{
	return mc_addr_is_multicast(a) || mc_addr_is_unspecified(a) || mc_addr_is_broadcast(a);
}

void mc_judge_sources(struct mc_issues *out, enum mc_family family, const struct mc_span *sources)
{
	struct cur c = cur_of(sources->p, sources->len);

	while (c.left) {
		struct mc_addr source = cur_addr(&c, family);

		if (c.bad || no_source(&source)) {
			judge_put(out, MC_ISSUE_RECORD_SOURCE);
			return;
		}
	}
}

/* ---- records among each other ---- */

enum {
	COMPARED = 2048, /* records of one report */
	SLOTS = 2 * COMPARED,
	SLOTS_MIN = 16,
	PROBES = 16, /* whoever makes groups collide shall not buy time with them */
};

/* The records seen so far, hashed by group.  A slot holds the record's offset
 * in words of four bytes, which all records are made of, plus one. */
struct seen {
	struct cur records;
	size_t addr_size;
	uint32_t mask;
	uint16_t slots[SLOTS];
};

static void seen_open(struct seen *s, const struct mc_gm *gm)
{
	uint32_t n = SLOTS_MIN;

	while (n < SLOTS && n < 2u * gm->n_records)
		n *= 2;
	s->records = cur_of(gm->records.p, gm->records.len);
	s->addr_size = gm_addr_size(gm->family);
	s->mask = n - 1;
	memset(s->slots, 0, n * sizeof(s->slots[0]));
}

/* Groups of one report are often neighbours: the last bytes tell them apart. */
static uint32_t slot_of(const struct seen *s, const struct mc_addr *group)
{
	struct cur c = cur_of(group->bytes + s->addr_size - 4, 4);
	uint32_t h = cur_be32(&c) * 0x9e3779b1u;

	return (h ^ h >> 15) & s->mask;
}

static struct mc_span record_head(const struct seen *s, size_t offset)
{
	struct cur c = s->records;

	cur_skip(&c, offset);
	return cur_take(&c, 4 + s->addr_size);
}

/* RFC 9776 5.1: what is allowed and what is blocked since stand side by side.
 * Of types that are not known nothing is. */
static bool may_share_group(uint8_t a, uint8_t b)
{
	return a != b && (a == MC_REC_ALLOW || a == MC_REC_BLOCK) &&
	       (b == MC_REC_ALLOW || b == MC_REC_BLOCK);
}

/* Remembers the record; true when it contradicts or repeats an earlier one. */
static bool seen_before(struct seen *s, uint8_t type, const struct mc_addr *group, size_t offset)
{
	uint32_t at = slot_of(s, group);

	for (unsigned i = 0; i < PROBES; i++, at = (at + 1) & s->mask) {
		struct mc_span other;

		if (!s->slots[at]) {
			s->slots[at] = (uint16_t)(offset / 4 + 1);
			return false;
		}
		other = record_head(s, (s->slots[at] - 1u) * 4u);
		if (other.len && !memcmp(other.p + 4, group->bytes, s->addr_size) &&
		    !may_share_group(type, other.p[0]))
			return true;
	}
	return false;
}

/* ---- the records ---- */

static bool is_known(uint8_t type)
{
	return type >= MC_REC_IS_IN && type <= MC_REC_BLOCK;
}

static void judge_record(struct mc_issues *out, const struct mc_gm *gm, const struct mc_record *r)
{
	bool asm_join = r->type == MC_REC_IS_EX || r->type == MC_REC_TO_EX;

	judge_if(out, !is_known(r->type), MC_ISSUE_RECORD_TYPE);
	judge_if(out, r->aux.len, MC_ISSUE_AUX_DATA);
	mc_judge_group(out, &r->group, asm_join);
	if (r->sources.len)
		mc_judge_sources(out, gm->family, &r->sources);
}

void mc_judge_records(struct mc_issues *out, const struct mc_gm *gm)
{
	struct mc_record r;
	struct seen seen;
	size_t pos = 0;

	judge_if(out, !gm->n_records, MC_ISSUE_EMPTY_REPORT);
	if (gm->n_records > 1)
		seen_open(&seen, gm);
	for (unsigned i = 0; mc_gm_next(gm, &pos, &r); i++) {
		judge_record(out, gm, &r);
		if (gm->n_records > 1 && i < COMPARED && is_known(r.type))
			judge_if(out, seen_before(&seen, r.type, &r.group, r.offset),
				 MC_ISSUE_DUPLICATE_RECORD);
	}
}
