/* judge_groups.c - what is wrong with the groups and records of a report
 *
 * Large reports spend their time here.  So groups are looked at where they lie
 * in the packet, as spans of 4 or 16 bytes, and not copied out. */
#include <mc/group.h>
#include "wire/cursor.h"
#include "wire/gm_head.h"
#include "wire/judge.h"

/* ---- one group ---- */

static issues judge_alias(enum mc_family family, const uint8_t *b)
{
	struct mc_addr group = mc_addr_from_bytes(family, b);
	struct mc_group_info info;

	return issue_if(!mc_group_classify(&info, &group) && info.aliases_control,
			MC_ISSUE_ALIAS_GROUP);
}

static issues judge_group4(const uint8_t *b, bool asm_join)
{
	issues found;

	if ((b[0] & 0xf0) != 0xe0)
		return issue(MC_ISSUE_GROUP);
	/* RFC 4604 2.2.2, RFC 4607 1 */
	found = issue_if(asm_join && b[0] == 232, MC_ISSUE_SSM_ASM_JOIN);
	/* Control groups are few and their MACs are all low numbers: only what
	 * could be one of them is looked up. */
	if ((b[1] & 0x7f) || b[2])
		return found;
	if (b[0] != 224 || b[1])
		return found | judge_alias(MC_IPV4, b);
	return found | issue(b[3] == 1 ? MC_ISSUE_REPORT_ALL_HOSTS : MC_ISSUE_REPORT_LINK_LOCAL);
}

static issues judge_group6(const uint8_t *b, bool asm_join)
{
	static const uint8_t link_control[12] = { 0xff, 2 };
	issues found;

	if (b[0] != 0xff)
		return issue(MC_ISSUE_GROUP);
	if ((b[1] & 0x0f) <= MC_SCOPE_INTERFACE) /* RFC 9777 6 */
		return issue(MC_ISSUE_REPORT_SCOPE);
	/* ff3x::/32 */
	found = issue_if(asm_join && (b[1] & 0xf0) == 0x30 && !b[2] && !b[3],
			 MC_ISSUE_SSM_ASM_JOIN);
	if (b[12] || b[13] > 1)
		return found;
	if (memcmp(b, link_control, sizeof(link_control)))
		return found | judge_alias(MC_IPV6, b);
	return found | issue_if(!b[13] && !b[14] && b[15] == 1, MC_ISSUE_REPORT_ALL_HOSTS);
}

static inline issues judge_group(enum mc_family family, const uint8_t *b, bool asm_join)
{
	return family == MC_IPV4 ? judge_group4(b, asm_join) : judge_group6(b, asm_join);
}

issues mc_judge_group(const struct mc_addr *group, bool asm_join)
{
	return judge_group((enum mc_family)group->family, group->bytes, asm_join);
}

/* ---- sources ---- */

/* Multicast, broadcast, or no address at all. */
static inline bool no_source4(const uint8_t *b)
{
	uint32_t a = be32_at(b);

	return a >> 28 == 0xe || a + 1 <= 1;
}

static inline bool no_source6(const uint8_t *b)
{
	static const uint8_t none[16];

	return b[0] == 0xff || !memcmp(b, none, 16);
}

static ALWAYS_INLINE issues judge_sources(enum mc_family family, const struct mc_span *sources)
{
	struct cur c = cur_of(sources->p, sources->len);
	bool wrong = false;

	while (c.left) {
		struct mc_span source = cur_take(&c, gm_addr_size(family));

		if (source.len)
			wrong |= family == MC_IPV4 ? no_source4(source.p) : no_source6(source.p);
	}
	return issue_if(wrong, MC_ISSUE_RECORD_SOURCE);
}

issues mc_judge_sources(enum mc_family family, const struct mc_span *sources)
{
	return family == MC_IPV4 ? judge_sources(MC_IPV4, sources)
				 : judge_sources(MC_IPV6, sources);
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
static inline uint32_t hash_of(const struct mc_span *head)
{
	return be32_at(head->p + head->len - 4) * 0x9e3779b1u;
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

static inline bool is_known(uint8_t type)
{
	return type >= MC_REC_IS_IN && type <= MC_REC_BLOCK;
}

/* What follows the head of a record: its sources; auxiliary data is passed over. */
static ALWAYS_INLINE struct mc_span take_sources(enum mc_family family, const struct mc_span *head,
						 struct cur *c)
{
	struct mc_span sources = cur_take(c, be16_at(head->p + 2) * gm_addr_size(family));

	if (head->p[1])
		cur_skip(c, head->p[1] * 4u);
	return sources;
}

/* Compares the groups of all records with each other. */
static issues judge_repeats(const struct mc_gm *gm)
{
	struct cur c = cur_of(gm->records.p, gm->records.len);
	struct seen seen;

	seen_open(&seen, gm);
	for (unsigned i = 0; c.left && i < COMPARED; i++) {
		size_t offset = gm->records.len - c.left;
		struct mc_span head = cur_take(&c, RECORD_HEAD + seen.addr_size);

		if (!head.len)
			break;
		(void)take_sources(gm->family, &head, &c);
		if (is_known(head.p[0]) && seen_before(&seen, &head, offset))
			return issue(MC_ISSUE_DUPLICATE_RECORD);
	}
	return 0;
}

/* A bit for a group: where all groups of a report have their own, as in nearly
 * every short one, none is there twice. */
static inline uint64_t bit_of(const struct mc_span *head)
{
	return (uint64_t)1 << (hash_of(head) >> 26);
}

static issues judge_head(enum mc_family family, const uint8_t *p)
{
	return issue_if(!is_known(p[0]), MC_ISSUE_RECORD_TYPE) | issue_if(p[1], MC_ISSUE_AUX_DATA) |
	       judge_group(family, p + RECORD_HEAD, p[0] == MC_REC_IS_EX || p[0] == MC_REC_TO_EX);
}

/* Heads in which judge_head() finds nothing, as nearly all are, at one look: of a
 * known type, without auxiliary data, and of a group that is neither a low number
 * nor of a range with rules of its own. */
static inline bool is_plain4(const uint8_t *p)
{
	uint32_t group = be32_at(p + RECORD_HEAD);

	return is_known(p[0]) && !p[1] && group >> 28 == 0xe && group >> 24 != 232 &&
	       (group & 0x7fff00) != 0;
}

static inline bool is_plain6(const uint8_t *p)
{
	const uint8_t *b = p + RECORD_HEAD;

	return is_known(p[0]) && !p[1] && b[0] == 0xff && (b[1] & 0x0f) > MC_SCOPE_INTERFACE &&
	       (b[1] & 0xf0) != 0x30 && be16_at(b + 12) > 1;
}

/* The family is a constant wherever this is called. */
static ALWAYS_INLINE issues judge_records(const struct mc_gm *gm, enum mc_family family)
{
	struct cur c = cur_of(gm->records.p, gm->records.len);
	uint64_t bits = 0, bit;
	bool repeats = false;
	issues found = 0;

	while (c.left) {
		struct mc_span head = cur_take(&c, RECORD_HEAD + gm_addr_size(family)), sources;

		if (!head.len)
			break;
		sources = take_sources(family, &head, &c);
		if (!(family == MC_IPV4 ? is_plain4(head.p) : is_plain6(head.p)))
			found |= judge_head(family, head.p);
		found |= judge_sources(family, &sources);
		bit = bit_of(&head);
		repeats |= (bits & bit) != 0;
		bits |= bit;
	}
	return repeats ? found | judge_repeats(gm) : found;
}

issues mc_judge_records(const struct mc_gm *gm)
{
	if (!gm->n_records)
		return issue(MC_ISSUE_EMPTY_REPORT);
	return gm->family == MC_IPV4 ? judge_records(gm, MC_IPV4) : judge_records(gm, MC_IPV6);
}
