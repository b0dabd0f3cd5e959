/* mtrace.c - fields of mtrace version 1, draft-ietf-idmr-traceroute-ipm
 *
 * The last-hop router turns the query into a request by adding its block; each
 * router towards the source adds another; the last one makes it a response. */
#include "wire/dissect_walk.h"

enum {
	MTRACE_HEADER = 24,
	MTRACE_SHARED_TREE = 63,
};

static const struct walk_name routing[] = {
	{ 1, "DVMRP" },
	{ 2, "MOSPF" },
	{ 3, "PIM" },
	{ 4, "CBT" },
	{ 5, "PIM with a special routing table" },
	{ 6, "PIM with static routes" },
	{ 7, "DVMRP with static routes" },
	{ 8, "PIM with MBGP routes" },
	{ 9, "CBT with a special routing table" },
	{ 10, "CBT with static routes" },
	{ 11, "PIM with assert state" },
	{ 0, NULL },
};

static const struct walk_name codes[] = {
	{ 0x00, "NO_ERROR" },	    { 0x01, "WRONG_IF" },
	{ 0x02, "PRUNE_SENT" },	    { 0x03, "PRUNE_RCVD" },
	{ 0x04, "SCOPED" },	    { 0x05, "NO_ROUTE" },
	{ 0x06, "WRONG_LAST_HOP" }, { 0x07, "NOT_FORWARDING" },
	{ 0x08, "REACHED_RP" },	    { 0x09, "RPF_IF" },
	{ 0x0a, "NO_MULTICAST" },   { 0x0b, "INFO_HIDDEN" },
	{ 0x81, "NO_SPACE" },	    { 0x82, "OLD_ROUTER" },
	{ 0x83, "ADMIN_PROHIB" },   { 0, NULL },
};

const char *dissect_mtrace_name(const struct mc_frame *f)
{
	if (dissect_byte(f, 0) == MC_IGMP_MTRACE_RESPONSE)
		return "mtrace response";
	return f->l4.len > MTRACE_HEADER ? "mtrace request" : "mtrace query";
}

/* All ones: the router does not count. */
static void packet_count(struct walk *w, const char *name)
{
	uint64_t value = walk_raw(w, name, 4);

	walk_bits(w, name, value, value == UINT32_MAX ? "unknown" : NULL);
}

static void block(struct walk *w, unsigned arg)
{
	uint64_t bits;

	(void)arg;
	/* The middle half of an NTP time: seconds and their 65536th parts. */
	walk_uint(w, "query_arrival_time", 4);
	walk_addr(w, "incoming_interface", MC_IPV4);
	walk_addr(w, "outgoing_interface", MC_IPV4);
	walk_addr(w, "previous_hop", MC_IPV4);
	packet_count(w, "input_packets");
	packet_count(w, "output_packets");
	packet_count(w, "source_group_packets");
	walk_named(w, "routing_protocol", 1, routing);
	walk_uint(w, "forwarding_ttl", 1);
	bits = walk_raw(w, "source_mask", 1);
	walk_bits(w, "reserved", bits >> 7, NULL);
	walk_bit(w, "s", bits & 0x40, "packets are counted for the source network");
	walk_bits(w, "source_mask", bits & 0x3f,
		  (bits & 0x3f) == MTRACE_SHARED_TREE ? "shared tree" : NULL);
	walk_named(w, "forwarding_code", 1, codes);
}

void dissect_mtrace(struct walk *w)
{
	uint64_t type = walk_raw(w, "type", 1);

	walk_bits(w, "type", type, dissect_mtrace_name(w->f));
	walk_uint(w, "hops", 1);
	walk_checksum(w);
	walk_addr(w, "group_address", MC_IPV4);
	walk_addr(w, "source_address", MC_IPV4);
	walk_addr(w, "destination_address", MC_IPV4);
	walk_addr(w, "response_address", MC_IPV4);
	walk_uint(w, "response_ttl", 1);
	walk_uint(w, "query_id", 3);
	while (walk_more(w))
		walk_node(w, "block", NULL, block, 0);
}
