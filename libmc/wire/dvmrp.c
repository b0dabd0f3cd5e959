/* dvmrp.c - fields of DVMRP version 1 (RFC 1075) and 3 (draft-ietf-idmr-dvmrp-v3) */
#include "wire/dissect_walk.h"

enum {
	PROBE = 1,
	REPORT,
	ASK_NEIGHBORS,
	NEIGHBORS,
	ASK_NEIGHBORS2,
	NEIGHBORS2,
	PRUNE,
	GRAFT,
	GRAFT_ACK,
	INFO_REQUEST,
	INFO_REPLY,
};

enum {
	V1_NULL = 0,
	V1_AFI = 2,
	V1_SUBNETMASK,
	V1_METRIC,
	V1_FLAGS0,
	V1_INFINITY,
	V1_DA,
	V1_RDA,
	V1_NMR,
	V1_NMR_CANCEL,
	V1_SUBTYPES = 4,
	V3_METRIC_INFINITY = 32,
};

static const struct walk_name codes[] = {
	{ PROBE, "probe" },
	{ REPORT, "report" },
	{ ASK_NEIGHBORS, "ask neighbors" },
	{ NEIGHBORS, "neighbors" },
	{ ASK_NEIGHBORS2, "ask neighbors 2" },
	{ NEIGHBORS2, "neighbors 2" },
	{ PRUNE, "prune" },
	{ GRAFT, "graft" },
	{ GRAFT_ACK, "graft ack" },
	{ INFO_REQUEST, "info request" },
	{ INFO_REPLY, "info reply" },
	{ 0, NULL },
};

static const struct walk_name messages[] = {
	{ PROBE, "DVMRP probe" },
	{ REPORT, "DVMRP report" },
	{ ASK_NEIGHBORS, "DVMRP ask neighbors" },
	{ NEIGHBORS, "DVMRP neighbors" },
	{ ASK_NEIGHBORS2, "DVMRP ask neighbors 2" },
	{ NEIGHBORS2, "DVMRP neighbors 2" },
	{ PRUNE, "DVMRP prune" },
	{ GRAFT, "DVMRP graft" },
	{ GRAFT_ACK, "DVMRP graft ack" },
	{ INFO_REQUEST, "DVMRP info request" },
	{ INFO_REPLY, "DVMRP info reply" },
	{ 0, NULL },
};

static const struct walk_name v1_subtypes[] = {
	{ 1, "response" },
	{ 2, "request" },
	{ 3, "non-membership report" },
	{ 4, "non-membership cancellation" },
	{ 0, NULL },
};

static const struct walk_name v1_messages[] = {
	{ 1, "DVMRPv1 response" },
	{ 2, "DVMRPv1 request" },
	{ 3, "DVMRPv1 non-membership report" },
	{ 4, "DVMRPv1 non-membership cancellation" },
	{ 0, NULL },
};

static const struct walk_name v1_commands[] = {
	{ V1_NULL, "null" },
	{ V1_AFI, "address family indicator" },
	{ V1_SUBNETMASK, "subnet mask" },
	{ V1_METRIC, "metric" },
	{ V1_FLAGS0, "flags0" },
	{ V1_INFINITY, "infinity" },
	{ V1_DA, "destination address" },
	{ V1_RDA, "requested destination address" },
	{ V1_NMR, "non-membership report" },
	{ V1_NMR_CANCEL, "non-membership cancellation" },
	{ 0, NULL },
};

static const struct walk_name v1_families[] = { { 2, "IP" }, { 0, NULL } };

static const struct walk_name info_types[] = { { 1, "version" }, { 2, "neighbors" }, { 0, NULL } };

/* Both versions begin with 0x13.  Version 3 has a reserved zero where version 1
 * has its first command, which is never null but always names a family, a
 * metric and so on. */
static bool is_v1(const struct mc_frame *f)
{
	return dissect_byte(f, 1) <= V1_SUBTYPES && dissect_byte(f, 4) != 0;
}

const char *dissect_dvmrp_name(const struct mc_frame *f)
{
	return walk_name_of(is_v1(f) ? v1_messages : messages, dissect_byte(f, 1));
}

/* ---- version 1: commands of one byte and an argument, then their data ---- */

static void v1_addresses(struct walk *w, const char *name, const char *holdtime)
{
	uint64_t n = walk_uint(w, "count", 1);

	while (n-- && !w->rc) {
		walk_addr(w, name, MC_IPV4);
		if (holdtime)
			walk_time(w, holdtime, 4, NSEC_PER_SEC);
	}
}

static void v1_flags0(struct walk *w)
{
	uint64_t flags = walk_raw(w, "flags", 1);

	walk_bits(w, "reserved", flags >> 2, NULL);
	walk_bit(w, "split_horizon", flags & 2, NULL);
	walk_bit(w, "unreachable", flags & 1, NULL);
}

static void v1_command(struct walk *w, unsigned arg)
{
	uint64_t command = walk_named(w, "command", 1, v1_commands);

	(void)arg;
	switch (command) {
	case V1_AFI:
		walk_named(w, "address_family", 1, v1_families);
		return;
	case V1_SUBNETMASK:
		v1_addresses(w, "netmask", NULL);
		return;
	case V1_METRIC:
		walk_uint(w, "metric", 1);
		return;
	case V1_FLAGS0:
		v1_flags0(w);
		return;
	case V1_INFINITY:
		walk_uint(w, "infinity", 1);
		return;
	case V1_DA:
	case V1_RDA:
		v1_addresses(w, "destination_address", NULL);
		return;
	case V1_NMR:
		v1_addresses(w, "multicast_address", "holdtime");
		return;
	case V1_NMR_CANCEL:
		v1_addresses(w, "multicast_address", NULL);
		return;
	case V1_NULL:
		walk_hex(w, "ignored", 1);
		return;
	}
	walk_fault(w, "argument", -MC_EBADLEN, "the length of an unknown command is not known");
}

static void v1(struct walk *w)
{
	walk_named(w, "subtype", 1, v1_subtypes);
	walk_checksum(w);
	while (walk_more(w))
		walk_node(w, "command", walk_name_of(v1_commands, walk_peek(w, 0)), v1_command, 0);
}

/* ---- version 3 ---- */

static void capabilities(struct walk *w)
{
	uint64_t flags = walk_raw(w, "capabilities", 1);

	walk_bits(w, "reserved_capabilities", flags >> 6, NULL);
	walk_bit(w, "netmask_capable", flags & 0x20, NULL);
	walk_bit(w, "snmp_capable", flags & 0x10, NULL);
	walk_bit(w, "mtrace_capable", flags & 0x08, NULL);
	walk_bit(w, "genid_capable", flags & 0x04, NULL);
	walk_bit(w, "prune_capable", flags & 0x02, NULL);
	walk_bit(w, "leaf", flags & 0x01, NULL);
}

static void probe(struct walk *w)
{
	walk_hex(w, "generation_id", 4);
	while (walk_more(w))
		walk_addr(w, "neighbor", MC_IPV4);
}

/* -1 when ones follow a zero. */
static int mask_length(uint32_t mask)
{
	uint32_t inverse = ~mask;
	int bits = 0;

	if (inverse & (inverse + 1))
		return -1;
	for (; mask; mask <<= 1)
		bits++;
	return bits;
}

/* Only the bytes under the mask are sent. */
static unsigned significant_bytes(uint32_t mask)
{
	if (mask & 0xff)
		return 4;
	if (mask & 0xff00)
		return 3;
	return mask & 0xff0000 ? 2 : 1;
}

static const char *metric_text(uint64_t metric)
{
	if (metric < V3_METRIC_INFINITY)
		return NULL;
	return metric == V3_METRIC_INFINITY ? "unreachable"
					    : "poison reverse: depends on the neighbor";
}

/* Mask 255.0.0.0 with network 0 stands for the default route. */
static void source_network(struct walk *w, uint32_t mask)
{
	unsigned n = significant_bytes(mask);
	uint64_t value = walk_raw(w, "source_network", n);
	uint32_t network = (uint32_t)(value << (4 - n) * 8);
	bool whole = mask == 0xff000000 && network == 0;
	int bits = whole ? 0 : mask_length(mask);
	struct mc_field field = { .name = "source_network", .type = MC_FIELD_PREFIX };
	uint8_t bytes[4] = { (uint8_t)(network >> 24), (uint8_t)(network >> 16),
			     (uint8_t)(network >> 8), (uint8_t)network };

	field.addr = mc_addr_from_bytes(MC_IPV4, bytes);
	field.value = (uint64_t)(bits < 0 ? 0 : bits);
	if (bits < 0)
		field.type = MC_FIELD_ADDR;
	if (whole)
		field.text = "default route";
	walk_part(w, &field);
}

/* The top bit of a metric ends the list of networks with that mask. */
static void routes(struct walk *w, unsigned arg)
{
	uint32_t mask = 0xff000000 | (uint32_t)walk_raw(w, "netmask", 3);
	uint8_t bytes[4] = { 0xff, (uint8_t)(mask >> 16), (uint8_t)(mask >> 8), (uint8_t)mask };
	uint64_t metric = 0;

	(void)arg;
	walk_part(w, &(struct mc_field){ .name = "netmask",
					 .type = MC_FIELD_ADDR,
					 .addr = mc_addr_from_bytes(MC_IPV4, bytes) });
	while (!w->rc && !(metric & 0x80)) {
		source_network(w, mask);
		metric = walk_raw(w, "metric", 1);
		walk_bits(w, "metric", metric & 0x7f, metric_text(metric & 0x7f));
		walk_bit(w, "last", metric & 0x80, "of this mask");
	}
}

static void neighbor_list(struct walk *w, unsigned code)
{
	uint64_t flags, n;

	walk_addr(w, "local_address", MC_IPV4);
	walk_uint(w, "metric", 1);
	walk_uint(w, "threshold", 1);
	if (code == NEIGHBORS2) {
		flags = walk_raw(w, "flags", 1);
		walk_bit(w, "leaf", flags & 0x80, NULL);
		walk_bit(w, "querier", flags & 0x40, NULL);
		walk_bit(w, "disabled", flags & 0x20, NULL);
		walk_bit(w, "down", flags & 0x10, NULL);
		walk_bit(w, "reserved", flags & 0x08, NULL);
		walk_bit(w, "pim", flags & 0x04, NULL);
		walk_bit(w, "source_routed", flags & 0x02, NULL);
		walk_bit(w, "tunnel", flags & 0x01, NULL);
	}
	n = walk_uint(w, "neighbor_count", 1);
	while (n-- && !w->rc)
		walk_addr_or(w, "neighbor", MC_IPV4, "none");
}

static void prune_or_graft(struct walk *w, uint64_t code)
{
	walk_addr(w, "source_address", MC_IPV4);
	walk_addr(w, "group_address", MC_IPV4);
	if (code == PRUNE)
		walk_time(w, "lifetime", 4, NSEC_PER_SEC);
	if (walk_more(w))
		walk_addr(w, "source_netmask", MC_IPV4);
}

/* As mrouted does; the draft has no such message. */
static void info(struct walk *w, unsigned arg)
{
	uint64_t words;

	(void)arg;
	walk_named(w, "info_type", 1, info_types);
	words = walk_uint(w, "info_length", 1);
	walk_hex(w, "reserved", 2);
	if (words)
		walk_bytes(w, "info_value", words * 4, NULL);
}

static void v3_body(struct walk *w, uint64_t code)
{
	switch (code) {
	case PROBE:
		probe(w);
		return;
	case REPORT:
		while (walk_more(w))
			walk_node(w, "routes", NULL, routes, 0);
		return;
	case NEIGHBORS:
	case NEIGHBORS2:
		while (walk_more(w))
			walk_node(w, "interface", NULL, neighbor_list, (unsigned)code);
		return;
	case PRUNE:
	case GRAFT:
	case GRAFT_ACK:
		prune_or_graft(w, code);
		return;
	case INFO_REQUEST:
	case INFO_REPLY:
		while (walk_more(w))
			walk_node(w, "info", NULL, info, 0);
		return;
	}
}

void dissect_dvmrp(struct walk *w)
{
	uint64_t code;

	walk_hex(w, "type", 1);
	if (is_v1(w->f)) {
		v1(w);
		return;
	}
	code = walk_named(w, "code", 1, codes);
	walk_checksum(w);
	walk_hex(w, "reserved", 1);
	capabilities(w);
	walk_uint(w, "minor_version", 1);
	walk_uint(w, "major_version", 1);
	v3_body(w, code);
}
