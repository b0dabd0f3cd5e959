/* pimv1.c - fields of PIM version 1, which ran inside IGMP (type 0x14)
 *
 * No RFC describes it.  The layouts are those that tcpdump and Wireshark agree
 * on; where they differ (flags of a source, Assert), tcpdump's, whose authors
 * were the protocol's. */
#include "wire/dissect_walk.h"

enum {
	QUERY,
	REGISTER,
	REGISTER_STOP,
	JOIN_PRUNE,
	RP_REACHABLE,
	ASSERT,
	GRAFT,
	GRAFT_ACK,
	MODE,
};

static const struct walk_name codes[] = {
	{ QUERY, "query" },
	{ REGISTER, "register" },
	{ REGISTER_STOP, "register-stop" },
	{ JOIN_PRUNE, "join/prune" },
	{ RP_REACHABLE, "RP-reachable" },
	{ ASSERT, "assert" },
	{ GRAFT, "graft" },
	{ GRAFT_ACK, "graft-ack" },
	{ MODE, "mode" },
	{ 0, NULL },
};

static const struct walk_name messages[] = {
	{ QUERY, "PIMv1 query" },
	{ REGISTER, "PIMv1 register" },
	{ REGISTER_STOP, "PIMv1 register-stop" },
	{ JOIN_PRUNE, "PIMv1 join/prune" },
	{ RP_REACHABLE, "PIMv1 RP-reachable" },
	{ ASSERT, "PIMv1 assert" },
	{ GRAFT, "PIMv1 graft" },
	{ GRAFT_ACK, "PIMv1 graft-ack" },
	{ MODE, "PIMv1 mode" },
	{ 0, NULL },
};

static const struct walk_name modes[] = {
	{ 0, "dense" }, { 1, "sparse" }, { 2, "sparse-dense" }, { 0, NULL }
};

const char *dissect_pimv1_name(const struct mc_frame *f)
{
	return walk_name_of(messages, dissect_byte(f, 1));
}

static void query(struct walk *w)
{
	uint64_t mode = walk_raw(w, "mode", 2);

	walk_bits(w, "mode", mode >> 12, walk_name_of(modes, mode >> 12));
	walk_bits(w, "reserved", mode & 0xfff, NULL);
	walk_holdtime(w, NULL);
}

static void source(struct walk *w, unsigned arg)
{
	uint64_t bits = walk_raw(w, "flags", 2);

	(void)arg;
	walk_bits(w, "reserved", bits >> 9, NULL);
	walk_bit(w, "sparse", bits & 0x100, NULL);
	walk_bit(w, "wildcard", bits & 0x80, NULL);
	walk_bit(w, "rpt", bits & 0x40, NULL);
	walk_bits(w, "mask_len", bits & 0x3f, NULL);
	walk_prefix(w, "address", MC_IPV4, bits & 0x3f);
}

static void group(struct walk *w, unsigned arg)
{
	uint64_t joined, pruned;

	(void)arg;
	walk_addr(w, "group_address", MC_IPV4);
	walk_addr(w, "group_mask", MC_IPV4);
	joined = walk_uint(w, "number_of_joined_sources", 2);
	pruned = walk_uint(w, "number_of_pruned_sources", 2);
	while (joined-- && !w->rc)
		walk_node(w, "joined_source", NULL, source, 0);
	while (pruned-- && !w->rc)
		walk_node(w, "pruned_source", NULL, source, 0);
}

static void join_prune(struct walk *w)
{
	uint64_t n;

	walk_addr(w, "upstream_neighbor", MC_IPV4);
	walk_hex(w, "reserved", 2);
	walk_holdtime(w, NULL);
	walk_hex(w, "reserved", 1);
	walk_uint(w, "mask_length", 1);
	walk_uint(w, "address_length", 1);
	n = walk_uint(w, "number_of_groups", 1);
	while (n-- && !w->rc)
		walk_node(w, "group", NULL, group, 0);
}

static void rp_reachable(struct walk *w)
{
	walk_addr(w, "group_address", MC_IPV4);
	walk_addr(w, "group_mask", MC_IPV4);
	walk_addr(w, "rp_address", MC_IPV4);
	walk_hex(w, "reserved", 2);
	walk_holdtime(w, NULL);
}

static void assert_message(struct walk *w)
{
	uint64_t preference;

	walk_addr(w, "group_address", MC_IPV4);
	walk_addr(w, "group_mask", MC_IPV4);
	walk_addr(w, "source_address", MC_IPV4);
	preference = walk_raw(w, "metric_preference", 4);
	walk_bit(w, "rpt", preference >> 31, NULL);
	walk_bits(w, "metric_preference", preference & 0x7fffffff, NULL);
	walk_uint(w, "metric", 4);
}

void dissect_pimv1(struct walk *w)
{
	uint64_t code, version;

	walk_hex(w, "type", 1);
	code = walk_named(w, "code", 1, codes);
	walk_checksum(w);
	version = walk_raw(w, "version", 4);
	walk_bits(w, "version", version >> 28, NULL);
	walk_bits(w, "reserved", version & 0xfffffff, NULL);
	switch (code) {
	case QUERY:
		query(w);
		return;
	case REGISTER:
		dissect_inner(w, false);
		return;
	case REGISTER_STOP:
		walk_addr(w, "group_address", MC_IPV4);
		walk_addr(w, "source_address", MC_IPV4);
		return;
	case JOIN_PRUNE:
	case GRAFT:
	case GRAFT_ACK:
		join_prune(w);
		return;
	case RP_REACHABLE:
		rp_reachable(w);
		return;
	case ASSERT:
		assert_message(w);
		return;
	}
	walk_rest(w, "data", NULL);
}
