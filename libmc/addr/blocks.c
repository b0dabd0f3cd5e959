/* blocks.c - which block of the address plan a group belongs to */
#include <mc/group.h>
#include <string.h>
#include "addr/tables.h"

enum {
	RESERVED = 1,
	TRANSIENT = 2,
	SSM = 4,
	GLOP = 8,
	UNICAST_PREFIX = 16,
};

struct block_v4 {
	uint32_t last;
	const char *block, *rfc;
	enum mc_scope scope;
	unsigned traits;
};

/* Each row reaches from the one before it to `last`, so 224.0.0.0/4 has no gap.
 *
 * 239/8: RFC 2365 8 sets 239.192/14 beside organization-local.  The smallest
 * scope, 239.255/16, stood beside a value then without a name; the IANA
 * registry calls it, and what it may grow into, site-local. */
/* clang-format off */
static const struct block_v4 blocks_v4[] = {
	{ V4(224, 0, 0, 0), "Base Address", "RFC 1112", MC_SCOPE_LINK, RESERVED },
	{ V4(224, 0, 0, 255), "Local Network Control", "RFC 5771", MC_SCOPE_LINK, 0 },
	{ V4(224, 0, 1, 255), "Internetwork Control", "RFC 5771", MC_SCOPE_GLOBAL, 0 },
	{ V4(224, 0, 255, 255), "AD-HOC Block I", "RFC 5771", MC_SCOPE_GLOBAL, 0 },
	{ V4(224, 1, 255, 255), "Reserved", "RFC 5771", MC_SCOPE_GLOBAL, RESERVED },
	{ V4(224, 2, 127, 255), "SDP/SAP", "RFC 5771", MC_SCOPE_GLOBAL, 0 },
	{ V4(224, 2, 255, 255), "SDP/SAP (dynamic)", "RFC 5771", MC_SCOPE_GLOBAL, TRANSIENT },
	{ V4(224, 4, 255, 255), "AD-HOC Block II", "RFC 5771", MC_SCOPE_GLOBAL, 0 },
	{ V4(224, 251, 255, 255), "Reserved", "RFC 5771", MC_SCOPE_GLOBAL, RESERVED },
	{ V4(224, 255, 255, 255), "Reserved (DIS transient)", "RFC 5771", MC_SCOPE_GLOBAL,
	  RESERVED | TRANSIENT },
	{ V4(231, 255, 255, 255), "Reserved", "RFC 5771", MC_SCOPE_GLOBAL, RESERVED },
	{ V4(232, 0, 0, 0), "Source-Specific Multicast (reserved)", "RFC 4607", MC_SCOPE_GLOBAL,
	  SSM | RESERVED },
	{ V4(232, 0, 0, 255), "Source-Specific Multicast (IANA)", "RFC 4607", MC_SCOPE_GLOBAL,
	  SSM },
	{ V4(232, 255, 255, 255), "Source-Specific Multicast", "RFC 4607", MC_SCOPE_GLOBAL,
	  SSM | TRANSIENT },
	{ V4(233, 251, 255, 255), "GLOP", "RFC 3180", MC_SCOPE_GLOBAL, GLOP },
	{ V4(233, 252, 0, 255), "MCAST-TEST-NET", "RFC 6676", MC_SCOPE_GLOBAL, 0 },
	{ V4(233, 255, 255, 255), "AD-HOC Block III", "RFC 5771", MC_SCOPE_GLOBAL, 0 },
	{ V4(234, 255, 255, 255), "Unicast-Prefix-Based", "RFC 6034", MC_SCOPE_GLOBAL,
	  UNICAST_PREFIX | TRANSIENT },
	{ V4(238, 255, 255, 255), "Reserved", "RFC 5771", MC_SCOPE_GLOBAL, RESERVED },
	{ V4(239, 191, 255, 255), "Administratively Scoped (unassigned)", "RFC 2365",
	  MC_SCOPE_ORGANIZATION, TRANSIENT },
	{ V4(239, 195, 254, 255), "Organization-Local Scope", "RFC 2365", MC_SCOPE_ORGANIZATION,
	  TRANSIENT },
	{ V4(239, 195, 255, 255), "Organization-Local Scope (scope-relative)", "RFC 2365",
	  MC_SCOPE_ORGANIZATION, 0 },
	{ V4(239, 252, 255, 255), "Administratively Scoped", "RFC 2365", MC_SCOPE_ORGANIZATION,
	  TRANSIENT },
	{ V4(239, 254, 255, 255), "Local Scope (reserved for growth)", "RFC 2365", MC_SCOPE_REALM,
	  RESERVED | TRANSIENT },
	{ V4(239, 255, 254, 255), "Local Scope", "RFC 2365", MC_SCOPE_REALM, TRANSIENT },
	{ V4(239, 255, 255, 255), "Local Scope (scope-relative)", "RFC 2365", MC_SCOPE_REALM, 0 },
};

/* RFC 6676 2: besides the test network, what follows from the AS numbers and
 * the IPv4 prefixes for documentation, and offset 10 of each scope. */
static const struct {
	uint32_t first, last;
} documentation_v4[] = {
	{ V4(233, 251, 240, 0), V4(233, 251, 255, 255) },
	{ V4(233, 252, 0, 0), V4(233, 252, 0, 255) },
	{ V4(234, 192, 0, 2), V4(234, 192, 0, 2) },
	{ V4(234, 198, 51, 100), V4(234, 198, 51, 100) },
	{ V4(234, 203, 0, 113), V4(234, 203, 0, 113) },
	{ V4(239, 195, 255, 245), V4(239, 195, 255, 245) },
	{ V4(239, 255, 255, 245), V4(239, 255, 255, 245) },
};
/* clang-format on */

static bool is_documentation_v4(uint32_t g)
{
	for (size_t i = 0; i < COUNT(documentation_v4); i++) {
		if (g >= documentation_v4[i].first && g <= documentation_v4[i].last)
			return true;
	}
	return false;
}

static const struct block_v4 *block_of(uint32_t g)
{
	const struct block_v4 *row = blocks_v4;

	while (row->last < g)
		row++;
	return row;
}

static void classify_v4(struct mc_group_info *out, const uint8_t bytes[16])
{
	uint32_t g = V4(bytes[0], bytes[1], bytes[2], bytes[3]);
	const struct block_v4 *row = block_of(g);

	out->block = row->block;
	out->rfc = row->rfc;
	out->scope = row->scope;
	out->ssm = row->traits & SSM;
	out->reserved = row->traits & RESERVED;
	out->transient = row->traits & TRANSIENT;
	out->documentation = is_documentation_v4(g);
	/* RFC 4541 2.1.2: switches flood 224.0.0.x, and those that look at the MAC
	 * alone cannot tell x.0.0.x and x.128.0.x from it. */
	out->aliases_control = (g & 0x7fffff) < 256 && g > V4(224, 0, 0, 255);
	/* RFC 3180 2: the AS number stands in the middle octets. */
	if (row->traits & GLOP)
		out->glop_as = g >> 8 & 0xffff;
	if (row->traits & UNICAST_PREFIX) {
		/* RFC 6034 3: the owner's prefix follows 234 at any length up to 24;
		 * the address does not tell it, so this is the longest. */
		const uint8_t prefix[4] = { bytes[1], bytes[2], bytes[3] };

		out->prefix = mc_addr_from_bytes(MC_IPV4, prefix);
		out->prefix_len = 24;
	}
}

/* The flags of RFC 4291 2.7, 3306 and 3956.  RFC 7371 wants each bit tested on
 * its own and leaves the fourth without a meaning. */
enum {
	FLAG_T = 1,
	FLAG_P = 2,
	FLAG_R = 4,
	FLAGS = 7,
};

static void name_block(struct mc_group_info *out, const char *block, const char *rfc)
{
	out->block = block;
	out->rfc = rfc;
}

static void reserve_block(struct mc_group_info *out, const char *block, const char *rfc)
{
	name_block(out, block, rfc);
	out->reserved = true;
}

static bool all_zero(const uint8_t *p, size_t len)
{
	while (len && !*p) {
		p++;
		len--;
	}
	return len == 0;
}

static uint32_t group_id(const uint8_t bytes[16])
{
	return V4(bytes[12], bytes[13], bytes[14], bytes[15]);
}

static void classify_permanent(struct mc_group_info *out, const uint8_t bytes[16])
{
	static const uint8_t solicited[12] = { 0xff, 2, [11] = 1 };
	static const uint8_t information[12] = { 0xff, 2, [11] = 2 };

	name_block(out, "Well-Known", "RFC 4291");
	if (all_zero(bytes + 2, 14)) /* RFC 4291 2.7.1: reserved in every scope */
		reserve_block(out, "Reserved", "RFC 4291");
	else if (bytes[12] == 0xff && !memcmp(bytes, solicited, sizeof(solicited)))
		name_block(out, "Solicited-Node", "RFC 4291");
	else if (bytes[12] == 0xff && !memcmp(bytes, information, sizeof(information)))
		name_block(out, "Node Information", "RFC 4620");
}

/* ff3x::/32, RFC 4607 1. */
static void classify_ssm(struct mc_group_info *out, const uint8_t bytes[16])
{
	uint32_t id = group_id(bytes);

	out->ssm = true;
	name_block(out, "Source-Specific Multicast", "RFC 4607");
	if (!all_zero(bytes + 4, 8))
		return;
	if (id < 0x40000000)
		reserve_block(out, "Source-Specific Multicast (invalid group ID)", "RFC 4607");
	else if (id == 0x40000000)
		reserve_block(out, "Source-Specific Multicast (reserved)", "RFC 4607");
	else if (id < 0x80000000)
		name_block(out, "Source-Specific Multicast (IANA)", "RFC 4607");
}

/* Reads the length and the prefix; false when there is none (RFC 3306 4). */
static bool unicast_prefix(struct mc_group_info *out, const uint8_t bytes[16])
{
	struct mc_addr whole = mc_addr_unspecified(MC_IPV6);

	if (bytes[3] < 1 || bytes[3] > 64)
		return false;
	memcpy(whole.bytes, bytes + 4, 8);
	out->prefix_len = bytes[3];
	out->prefix = mc_addr_masked(&whole, out->prefix_len);
	return true;
}

static void classify_prefix(struct mc_group_info *out, const uint8_t bytes[16])
{
	if (bytes[1] >> 4 == (FLAG_T | FLAG_P) && all_zero(bytes + 2, 2))
		classify_ssm(out, bytes);
	else if (bytes[3] == 255 && out->scope <= MC_SCOPE_LINK)
		name_block(out, "Link-Scoped (interface ID)", "RFC 4489");
	else if (unicast_prefix(out, bytes))
		name_block(out, "Unicast-Prefix-Based", "RFC 3306");
	else
		reserve_block(out, "Unicast-Prefix-Based (invalid length)", "RFC 3306");
}

/* RFC 3956 3: PREFIX::RIID, and not in fe80::/10, ::/16 or ff00::/8. */
static bool embedded_rp(struct mc_group_info *out, const uint8_t bytes[16])
{
	struct mc_addr rp = out->prefix;

	rp.bytes[15] = bytes[2] & 0x0f;
	if (mc_addr_is_link_local(&rp) || mc_addr_is_multicast(&rp) || all_zero(rp.bytes, 2))
		return false;
	out->rp = rp;
	return true;
}

static void classify_rp(struct mc_group_info *out, const uint8_t bytes[16])
{
	if (!unicast_prefix(out, bytes))
		reserve_block(out, "Embedded RP (invalid length)", "RFC 3956");
	else if (!embedded_rp(out, bytes))
		reserve_block(out, "Embedded RP (invalid address)", "RFC 3956");
	else
		name_block(out, "Embedded RP", "RFC 3956");
}

/* RFC 6676 3: ff0x::db8:0:0/96, ff3x::db8:0:0/96, and all that is made from
 * 2001:db8::/32. */
static bool is_documentation_v6(const struct mc_group_info *info, const uint8_t bytes[16])
{
	static const uint8_t prefix[4] = { 0x20, 0x01, 0x0d, 0xb8 };
	unsigned flags = bytes[1] >> 4;

	if (info->prefix_len >= 32)
		return !memcmp(info->prefix.bytes, prefix, sizeof(prefix));
	return (flags == 0 || flags == (FLAG_T | FLAG_P)) && all_zero(bytes + 2, 8) &&
	       bytes[10] == 0x0d && bytes[11] == 0xb8;
}

/* The twin of the IPv4 rule: not a link-scope group itself, but with the MAC of
 * one that is registered. */
static bool aliases_control_v6(const uint8_t bytes[16])
{
	return !(bytes[1] == MC_SCOPE_LINK && all_zero(bytes + 2, 10)) &&
	       mc_names_link_control(group_id(bytes));
}

static void classify_v6(struct mc_group_info *out, const uint8_t bytes[16])
{
	out->scope = (enum mc_scope)(bytes[1] & 0x0f);
	out->transient = bytes[1] >> 4 & FLAG_T;
	switch (bytes[1] >> 4 & FLAGS) {
	case 0:
		classify_permanent(out, bytes);
		break;
	case FLAG_T:
		name_block(out, "Transient", "RFC 4291");
		break;
	case FLAG_T | FLAG_P:
		classify_prefix(out, bytes);
		break;
	case FLAG_T | FLAG_P | FLAG_R:
		classify_rp(out, bytes);
		break;
	default: /* RFC 3306 4, RFC 3956 3: R needs P, P needs T */
		reserve_block(out, "Undefined Flags", "RFC 7371");
	}
	/* RFC 4291 2.7: never sent to scope 0, and not to scope f. */
	if (out->scope == MC_SCOPE_RESERVED || out->scope == MC_SCOPE_RESERVED_F)
		out->reserved = true;
	out->documentation = is_documentation_v6(out, bytes);
	out->aliases_control = aliases_control_v6(bytes);
}

int mc_group_classify(struct mc_group_info *out, const struct mc_addr *g)
{
	memset(out, 0, sizeof(*out));
	if (!mc_addr_is_multicast(g))
		return -MC_ENOTGROUP;
	if (g->family == MC_IPV4)
		classify_v4(out, g->bytes);
	else
		classify_v6(out, g->bytes);
	out->forwardable = out->scope > MC_SCOPE_LINK;
	return 0;
}

const char *mc_scope_name(enum mc_scope scope)
{
	switch (scope) {
	case MC_SCOPE_RESERVED:
	case MC_SCOPE_RESERVED_F:
		return "reserved";
	case MC_SCOPE_INTERFACE:
		return "interface";
	case MC_SCOPE_LINK:
		return "link";
	case MC_SCOPE_REALM:
		return "realm";
	case MC_SCOPE_ADMIN:
		return "admin";
	case MC_SCOPE_SITE:
		return "site";
	case MC_SCOPE_ORGANIZATION:
		return "organization";
	case MC_SCOPE_GLOBAL:
		return "global";
	}
	return "unassigned";
}
