/* pim.c - fields of PIM version 2
 *
 * RFC 7761 (sparse mode), 3973 (dense mode), 5015 (bidirectional), 5059
 * (bootstrap), 6754 (ECMP redirect), 8364 (PFM), 8736/9436 (flags, type space),
 * 9465 (packed Register-Stop). */
#include "wire/pim.h"

enum {
	HELLO,
	REGISTER,
	REGISTER_STOP,
	JOIN_PRUNE,
	BOOTSTRAP,
	ASSERT,
	GRAFT,
	GRAFT_ACK,
	CANDIDATE_RP,
	STATE_REFRESH,
	DF_ELECTION,
	ECMP_REDIRECT,
	PFM,
	EXTENDED, /* from here on the subtype counts, RFC 9436 5 */
	DF_OFFER = 1,
	DF_WINNER,
	DF_BACKOFF,
	DF_PASS,
	VERSION = 2,
	FLAG_NO_FORWARD = 0x80,
	FLAG_PACKED = 0x01,
	FLAG_AGGREGATED = 0x02,
	PFM_GROUP_SOURCES = 1,
	PFM_TRANSITIVE = 0x8000,
};

static const struct walk_name types[] = {
	{ HELLO, "Hello" },
	{ REGISTER, "Register" },
	{ REGISTER_STOP, "Register-Stop" },
	{ JOIN_PRUNE, "Join/Prune" },
	{ BOOTSTRAP, "Bootstrap" },
	{ ASSERT, "Assert" },
	{ GRAFT, "Graft" },
	{ GRAFT_ACK, "Graft-Ack" },
	{ CANDIDATE_RP, "Candidate-RP-Advertisement" },
	{ STATE_REFRESH, "State-Refresh" },
	{ DF_ELECTION, "DF election" },
	{ ECMP_REDIRECT, "ECMP Redirect" },
	{ PFM, "PFM" },
	{ EXTENDED, "extended" },
	{ 14, "extended" },
	{ 15, "extended" },
	{ 0, NULL },
};

static const struct walk_name messages[] = {
	{ HELLO, "PIM Hello" },
	{ REGISTER, "PIM Register" },
	{ REGISTER_STOP, "PIM Register-Stop" },
	{ JOIN_PRUNE, "PIM Join/Prune" },
	{ BOOTSTRAP, "PIM Bootstrap" },
	{ ASSERT, "PIM Assert" },
	{ GRAFT, "PIM Graft" },
	{ GRAFT_ACK, "PIM Graft-Ack" },
	{ CANDIDATE_RP, "PIM Candidate-RP-Advertisement" },
	{ STATE_REFRESH, "PIM State-Refresh" },
	{ ECMP_REDIRECT, "PIM ECMP Redirect" },
	{ PFM, "PIM PFM" },
	{ 0, NULL },
};

/* Type and subtype, of the types that have one. */
static const struct walk_name subtyped[] = {
	{ 0xa1, "PIM DF Offer" },
	{ 0xa2, "PIM DF Winner" },
	{ 0xa3, "PIM DF Backoff" },
	{ 0xa4, "PIM DF Pass" },
	{ 0xd0, "PIM Packed Null-Register" },
	{ 0xd1, "PIM Packed Register-Stop" },
	{ 0, NULL },
};

static const struct walk_name df_subtypes[] = {
	{ DF_OFFER, "Offer" },
	{ DF_WINNER, "Winner" },
	{ DF_BACKOFF, "Backoff" },
	{ DF_PASS, "Pass" },
	{ 0, NULL },
};

static const struct walk_name extended_subtypes[] = { { 0, "Packed Null-Register" },
						      { 1, "Packed Register-Stop" },
						      { 0, NULL } };

static const struct walk_name pfm_types[] = { { PFM_GROUP_SOURCES, "group source holdtime" },
					      { 0, NULL } };

static bool has_subtype(uint64_t type)
{
	return type == DF_ELECTION || type >= EXTENDED;
}

const char *dissect_pim_name(const struct mc_frame *f)
{
	uint8_t first = dissect_byte(f, 0), type = first & 15;

	if (first >> 4 != VERSION)
		return NULL;
	if (has_subtype(type))
		return walk_name_of(subtyped, (uint64_t)type << 4 | dissect_byte(f, 1) >> 4);
	return walk_name_of(messages, type);
}

/* ---- sparse and dense mode ---- */

static void register_message(struct walk *w)
{
	uint64_t flags = walk_raw(w, "flags", 4);

	walk_bit(w, "border", flags >> 31, NULL);
	walk_bit(w, "null_register", flags >> 30 & 1, NULL);
	walk_bits(w, "reserved", flags & 0x3fffffff, NULL);
	dissect_inner(w, flags >> 30 & 1);
}

static void joined_or_pruned(struct walk *w, const char *name, uint64_t n)
{
	while (n-- && !w->rc)
		pim_encoded(w, name, PIM_SOURCE);
}

static void join_prune_group(struct walk *w, unsigned arg)
{
	uint64_t joined, pruned;

	(void)arg;
	pim_encoded(w, "group_address", PIM_GROUP);
	joined = walk_uint(w, "number_of_joined_sources", 2);
	pruned = walk_uint(w, "number_of_pruned_sources", 2);
	joined_or_pruned(w, "joined_source", joined);
	joined_or_pruned(w, "pruned_source", pruned);
}

static void join_prune(struct walk *w)
{
	uint64_t n;

	pim_encoded(w, "upstream_neighbor", PIM_UNICAST);
	walk_hex(w, "reserved", 1);
	n = walk_uint(w, "number_of_groups", 1);
	walk_holdtime(w, NULL);
	while (n-- && !w->rc)
		walk_node(w, "group", NULL, join_prune_group, 0);
}

/* The rendezvous point bit and 31 bits of preference, RFC 7761 4.9.6. */
static void preference_and_metric(struct walk *w)
{
	uint64_t preference = walk_raw(w, "metric_preference", 4);

	walk_bit(w, "rpt", preference >> 31, NULL);
	walk_bits(w, "metric_preference", preference & 0x7fffffff, NULL);
	walk_uint(w, "metric", 4);
}

/* RFC 9466 3.3 gives packed Asserts another shape. */
static void assert_message(struct walk *w, uint64_t flags)
{
	if (flags & FLAG_PACKED) {
		walk_rest(w, "packed_assert", NULL);
		return;
	}
	pim_encoded(w, "group_address", PIM_GROUP);
	pim_encoded(w, "source_address", PIM_UNICAST);
	preference_and_metric(w);
}

/* RFC 3973 4.7.10 */
static void state_refresh(struct walk *w)
{
	uint64_t flags;

	pim_encoded(w, "group_address", PIM_GROUP);
	pim_encoded(w, "source_address", PIM_UNICAST);
	pim_encoded(w, "originator", PIM_UNICAST);
	preference_and_metric(w);
	walk_uint(w, "mask_len", 1);
	walk_uint(w, "ttl", 1);
	flags = walk_raw(w, "flags", 1);
	walk_bit(w, "prune_indicator", flags & 0x80, NULL);
	walk_bit(w, "prune_now", flags & 0x40, NULL);
	walk_bit(w, "assert_override", flags & 0x20, NULL);
	walk_bits(w, "reserved", flags & 0x1f, NULL);
	walk_time(w, "interval", 1, NSEC_PER_SEC);
}

static void group_and_unicast(struct walk *w, const char *unicast)
{
	pim_encoded(w, "group_address", PIM_GROUP);
	pim_encoded(w, unicast, PIM_UNICAST);
}

/* ---- rendezvous points ---- */

static void bootstrap_rp(struct walk *w, unsigned arg)
{
	(void)arg;
	pim_encoded(w, "rp_address", PIM_UNICAST);
	walk_holdtime(w, NULL);
	walk_uint(w, "priority", 1);
	walk_hex(w, "reserved", 1);
}

static void bootstrap_group(struct walk *w, unsigned arg)
{
	uint64_t n;

	(void)arg;
	pim_encoded(w, "group_address", PIM_GROUP);
	walk_uint(w, "rp_count", 1);
	n = walk_uint(w, "fragment_rp_count", 1);
	walk_hex(w, "reserved", 2);
	while (n-- && !w->rc)
		walk_node(w, "rp", NULL, bootstrap_rp, 0);
}

static void bootstrap(struct walk *w)
{
	walk_hex(w, "fragment_tag", 2);
	walk_uint(w, "hash_mask_len", 1);
	walk_uint(w, "bsr_priority", 1);
	pim_encoded(w, "bsr_address", PIM_UNICAST);
	while (walk_more(w))
		walk_node(w, "group", NULL, bootstrap_group, 0);
}

static void candidate_rp(struct walk *w)
{
	uint64_t n = walk_uint(w, "prefix_count", 1);

	walk_uint(w, "priority", 1);
	walk_holdtime(w, NULL);
	pim_encoded(w, "rp_address", PIM_UNICAST);
	while (n-- && !w->rc)
		pim_encoded(w, "group_address", PIM_GROUP);
}

/* ---- bidirectional, redirects, flooding ---- */

static void bidir_metric(struct walk *w, const char *preference, const char *metric)
{
	walk_uint(w, preference, 4);
	walk_uint(w, metric, 4);
}

/* RFC 5015 3.7 */
static void df_election(struct walk *w, uint64_t subtype)
{
	pim_encoded(w, "rp_address", PIM_UNICAST);
	bidir_metric(w, "sender_metric_preference", "sender_metric");
	if (subtype == DF_BACKOFF) {
		pim_encoded(w, "offering_address", PIM_UNICAST);
		bidir_metric(w, "offering_metric_preference", "offering_metric");
		walk_time(w, "interval", 2, NSEC_PER_MSEC);
	} else if (subtype == DF_PASS) {
		pim_encoded(w, "new_winner_address", PIM_UNICAST);
		bidir_metric(w, "new_winner_metric_preference", "new_winner_metric");
	}
}

/* RFC 6754 5.2: the neighbor's address is not encoded. */
static void ecmp_redirect(struct walk *w)
{
	group_and_unicast(w, "source_address");
	walk_addr(w, "neighbor_address", (enum mc_family)w->f->src.family);
	walk_hex(w, "interface_id", 8);
	walk_uint(w, "preference", 1);
	walk_uint(w, "metric", 8);
}

/* RFC 8364 3.2 */
static void group_sources(struct walk *w)
{
	uint64_t n;

	pim_encoded(w, "group_address", PIM_GROUP);
	n = walk_uint(w, "source_count", 2);
	walk_holdtime(w, NULL);
	while (n-- && !w->rc)
		pim_encoded(w, "source_address", PIM_UNICAST);
}

static void pfm_tlv(struct walk *w, unsigned arg)
{
	uint64_t head = walk_raw(w, "tlv_type", 2), type = head & ~PFM_TRANSITIVE;
	struct cur outer;

	(void)arg;
	walk_bit(w, "transitive", head & PFM_TRANSITIVE, NULL);
	walk_bits(w, "tlv_type", type, walk_name_of(pfm_types, type));
	outer = walk_enter(w, "tlv_value", walk_uint(w, "tlv_length", 2));
	w->inside = true;
	if (type == PFM_GROUP_SOURCES)
		group_sources(w);
	w->inside = false;
	walk_leave(w, outer, "tlv_value");
}

static void pfm(struct walk *w)
{
	pim_encoded(w, "originator", PIM_UNICAST);
	while (walk_more(w)) {
		unsigned type = (walk_peek(w, 0) & 0x7fu) << 8 | walk_peek(w, 1);

		walk_node(w, "tlv", walk_name_of(pfm_types, type), pfm_tlv, 0);
	}
}

/* RFC 9465 4: pairs, as in a Register-Stop. */
static void packed_pair(struct walk *w, unsigned arg)
{
	(void)arg;
	group_and_unicast(w, "source_address");
}

static void extended(struct walk *w, uint64_t type, uint64_t subtype)
{
	while (type == EXTENDED && walk_name_of(extended_subtypes, subtype) && walk_more(w))
		walk_node(w, "record", NULL, packed_pair, 0);
	walk_rest(w, "data", NULL);
}

/* ---- header ---- */

/* The byte that RFC 9436 4 gives to each type for flags, or to its subtype. */
static uint64_t header_flags(struct walk *w, uint64_t type)
{
	uint64_t flags = walk_raw(w, "flags", 1);

	if (has_subtype(type)) {
		walk_bits(w, "subtype", flags >> 4,
			  walk_name_of(type == DF_ELECTION ? df_subtypes : extended_subtypes,
				       flags >> 4));
		walk_part(w, &(struct mc_field){
				     .name = "flags", .type = MC_FIELD_HEX, .value = flags & 15 });
		return flags;
	}
	walk_part(w, &(struct mc_field){ .name = "flags", .type = MC_FIELD_HEX, .value = flags });
	if (type == BOOTSTRAP || type == PFM)
		walk_bit(w, "no_forward", flags & FLAG_NO_FORWARD, NULL);
	if (type == REGISTER_STOP)
		walk_bit(w, "packing_capable", flags & FLAG_PACKED, NULL);
	if (type == ASSERT) {
		walk_bit(w, "packed", flags & FLAG_PACKED, NULL);
		walk_bit(w, "aggregated", flags & FLAG_AGGREGATED, NULL);
	}
	return flags;
}

static void body(struct walk *w, uint64_t type, uint64_t flags)
{
	switch (type) {
	case HELLO:
		pim_hello(w);
		return;
	case REGISTER:
		register_message(w);
		return;
	case REGISTER_STOP:
		group_and_unicast(w, "source_address");
		return;
	case JOIN_PRUNE:
	case GRAFT:
	case GRAFT_ACK:
		join_prune(w);
		return;
	case BOOTSTRAP:
		bootstrap(w);
		return;
	case ASSERT:
		assert_message(w, flags);
		return;
	case CANDIDATE_RP:
		candidate_rp(w);
		return;
	case STATE_REFRESH:
		state_refresh(w);
		return;
	case DF_ELECTION:
		df_election(w, flags >> 4);
		return;
	case ECMP_REDIRECT:
		ecmp_redirect(w);
		return;
	case PFM:
		pfm(w);
		return;
	}
	extended(w, type, flags >> 4);
}

void dissect_pim(struct walk *w)
{
	uint64_t first = walk_raw(w, "version", 1), flags;

	walk_bits(w, "version", first >> 4, NULL);
	if (!w->rc && first >> 4 != VERSION) {
		walk_fault(w, "version", -MC_EBADLEN, "not version 2");
		return;
	}
	walk_bits(w, "type", first & 15, walk_name_of(types, first & 15));
	flags = header_flags(w, first & 15);
	walk_checksum(w);
	if (!w->rc)
		body(w, first & 15, flags);
}
