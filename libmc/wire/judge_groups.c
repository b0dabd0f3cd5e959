/* judge_groups.c - what is wrong with the groups and records of a report
 *
 * Large reports spend their time here.  So groups are looked at where they lie
 * in the packet, as spans of 4 or 16 bytes, and not copied out. */
#include <mc/group.h>
#include "wire/cursor.h"
#include "wire/gm_head.h"
#include "wire/judge.h"

/* ---- one group ---- */

/* Control groups are few and their MACs are all low numbers: only what could
 * be one of them is looked up. */
static void judge_alias(struct mc_issues *out, enum mc_family family, const uint8_t *b)
{
	struct mc_addr group = mc_addr_from_bytes(family, b);
	struct mc_group_info info;

	if (!mc_group_classify(&info, &group))
		judge_if(out, info.aliases_control, MC_ISSUE_ALIAS_GROUP);
}

static void judge_group4(struct mc_issues *out, const uint8_t *b, bool asm_join)
{
	if ((b[0] & 0xf0) != 0xe0) {
		judge_put(out, MC_ISSUE_GROUP);
		return;
	}
	/* RFC 4604 2.2.2, RFC 4607 1 */
	judge_if(out, asm_join && b[0] == 232, MC_ISSUE_SSM_ASM_JOIN);
	if ((b[1] & 0x7f) || b[2])
		return;
	if (b[0] != 224 || b[1])
		judge_alias(out, MC_IPV4, b);
	else if (b[3] == 1)
		judge_put(out, MC_ISSUE_REPORT_ALL_HOSTS);
	else
		judge_put(out, MC_ISSUE_REPORT_LINK_LOCAL);
}

static void judge_group6(struct mc_issues *out, const uint8_t *b, bool asm_join)
{
	static const uint8_t link_control[12] = { 0xff, 2 };

	if (b[0] != 0xff) {
		judge_put(out, MC_ISSUE_GROUP);
		return;
	}
	if ((b[1] & 0x0f) <= MC_SCOPE_INTERFACE) { /* RFC 9777 6 */
		judge_put(out, MC_ISSUE_REPORT_SCOPE);
		return;
	}
	/* ff3x::/32 */
	judge_if(out, asm_join && (b[1] & 0xf0) == 0x30 && !b[2] && !b[3], MC_ISSUE_SSM_ASM_JOIN);
	if (b[12] || b[13] > 1)
		return;
	if (memcmp(b, link_control, sizeof(link_control)))
		judge_alias(out, MC_IPV6, b);
	else if (!b[13] && !b[14] && b[15] == 1)
		judge_put(out, MC_ISSUE_REPORT_ALL_HOSTS);
}

static void judge_group(struct mc_issues *out, enum mc_family family, const uint8_t *b,
			bool asm_join)
{
	if (family == MC_IPV4)
		judge_group4(out, b, asm_join);
	else
		judge_group6(out, b, asm_join);
}

void mc_judge_group(struct mc_issues *out, const struct mc_addr *group, bool asm_join)
{
	judge_group(out, (enum mc_family)group->family, group->bytes, asm_join);
}

/* ---- sources ---- */

/* Multicast, broadcast, or no address at all. */
static bool no_source4(const uint8_t *b)
{
	static const uint8_t none[4], all[4] = { 255, 255, 255, 255 };

	return (b[0] & 0xf0) == 0xe0 || !memcmp(b, none, 4) || !memcmp(b, all, 4);
}

static bool no_source6(const uint8_t *b)
{
	static const uint8_t none[16];

	return b[0] == 0xff || !memcmp(b, none, 16);
}

void mc_judge_sources(struct mc_issues *out, enum mc_family family, const struct mc_span *sources)
{
	struct cur c = cur_of(sources->p, sources->len);

	while (c.left) {
		struct mc_span source = cur_take(&c, gm_addr_size(family));

		if (!source.len)
			return;
		judge_if(out, family == MC_IPV4 ? no_source4(source.p) : no_source6(source.p),
			 MC_ISSUE_RECORD_SOURCE);
	}
}

/* ---- records among each other ---- */

enum {
	RECORD_HEAD = 4, /* up to the group */
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
static uint32_t hash_of(const struct mc_span *head)
{
	struct cur c = cur_of(head->p + head->len - 4, 4);

	return cur_be32(&c) * 0x9e3779b1u;
}

static uint32_t slot_of(const struct seen *s, const struct mc_span *head)
{
	uint32_t h = hash_of(head);

	return (h ^ h >> 15) & s->mask;
}

static struct mc_span head_at(const struct seen *s, size_t offset)
{
	struct cur c = s->records;

	cur_skip(&c, offset);
	return cur_take(&c, RECORD_HEAD + s->addr_size);
}

static bool same_group(const struct mc_span *a, const struct mc_span *b)
{
	const uint8_t *x = a->p + RECORD_HEAD, *y = b->p + RECORD_HEAD;

	if (a->len == RECORD_HEAD + 4)
		return !memcmp(x, y, 4);
	return !memcmp(x, y, 16);
}

/* RFC 9776 5.1: what is allowed and what is blocked since stand side by side. */
static bool may_share_group(uint8_t a, uint8_t b)
{
	return (a == MC_REC_ALLOW && b == MC_REC_BLOCK) || (a == MC_REC_BLOCK && b == MC_REC_ALLOW);
}

/* Remembers the record; true when it contradicts or repeats an earlier one. */
static bool seen_before(struct seen *s, const struct mc_span *head, size_t offset)
{
	uint32_t at = slot_of(s, head);

	for (unsigned i = 0; i < PROBES; i++, at = (at + 1) & s->mask) {
		struct mc_span other;

		if (!s->slots[at]) {
			s->slots[at] = (uint16_t)(offset / 4 + 1);
			return false;
		}
		other = head_at(s, (s->slots[at] - 1u) * 4u);
		if (other.len && same_group(head, &other) &&
		    !may_share_group(head->p[0], other.p[0]))
			return true;
	}
	return false;
}

/* ---- the records ---- */

static bool is_known(uint8_t type)
{
	return type >= MC_REC_IS_IN && type <= MC_REC_BLOCK;
}

/* What follows the head of a record: its sources; auxiliary data is passed over. */
static struct mc_span take_sources(enum mc_family family, const struct mc_span *head, struct cur *c)
{
	size_t n_sources = (size_t)head->p[2] << 8 | head->p[3];
	struct mc_span sources = cur_take(c, n_sources * gm_addr_size(family));

	cur_skip(c, head->p[1] * 4u);
	return sources;
}

static void judge_record(struct mc_issues *out, enum mc_family family, const struct mc_span *head,
			 struct cur *c)
{
	struct mc_span sources = take_sources(family, head, c);
	uint8_t type = head->p[0];

	judge_if(out, !is_known(type), MC_ISSUE_RECORD_TYPE);
	judge_if(out, head->p[1], MC_ISSUE_AUX_DATA);
	judge_group(out, family, head->p + RECORD_HEAD,
		    type == MC_REC_IS_EX || type == MC_REC_TO_EX);
	if (sources.len)
		mc_judge_sources(out, family, &sources);
}

/* For a report of one record, which most are. */
static void judge_single(struct mc_issues *out, const struct mc_gm *gm)
{
	struct cur c = cur_of(gm->records.p, gm->records.len);
	struct mc_span head = cur_take(&c, RECORD_HEAD + gm_addr_size(gm->family));

	if (head.len)
		judge_record(out, gm->family, &head, &c);
}

/* Compares the groups of all records with each other. */
static void judge_repeats(struct mc_issues *out, const struct mc_gm *gm)
{
	struct cur c = cur_of(gm->records.p, gm->records.len);
	struct seen seen;

	seen_open(&seen, gm);
	for (unsigned i = 0; c.left && i < COMPARED; i++) {
		size_t offset = gm->records.len - c.left;
		struct mc_span head = cur_take(&c, RECORD_HEAD + seen.addr_size);

		if (!head.len)
			return;
		(void)take_sources(gm->family, &head, &c);
		if (is_known(head.p[0]) && seen_before(&seen, &head, offset))
			judge_put(out, MC_ISSUE_DUPLICATE_RECORD);
	}
}

/* A bit for a group: where all groups of a report have their own, as in nearly
 * every short one, none is there twice. */
static uint64_t bit_of(const struct mc_span *head)
{
	return (uint64_t)1 << (hash_of(head) >> 26);
}

static void judge_several(struct mc_issues *out, const struct mc_gm *gm)
{
	struct cur c = cur_of(gm->records.p, gm->records.len);
	size_t head_size = RECORD_HEAD + gm_addr_size(gm->family);
	uint64_t bits = 0;
	bool repeats = false;

	while (c.left) {
		struct mc_span head = cur_take(&c, head_size);
		uint64_t bit;

		if (!head.len)
			break;
		judge_record(out, gm->family, &head, &c);
		bit = bit_of(&head);
		repeats |= (bits & bit) != 0;
		bits |= bit;
	}
	if (repeats)
		judge_repeats(out, gm);
}

void mc_judge_records(struct mc_issues *out, const struct mc_gm *gm)
{
	judge_if(out, !gm->n_records, MC_ISSUE_EMPTY_REPORT);
	if (gm->n_records > 1)
		judge_several(out, gm);
	else
		judge_single(out, gm);
}
