/* names.c - the registered groups and the protocols that use them */
#include <mc/group.h>
#include "addr/tables.h"

/* Rows are sorted by `last` and do not overlap, so that a binary search finds
 * the only candidate. */
struct name_v4 {
	uint32_t first, last;
	struct mc_known_group known;
};

/* clang-format off */
#define ONE(a, b, c, d, name, rfc) { V4(a, b, c, d), V4(a, b, c, d), { name, rfc } }

static const struct name_v4 names_v4[] = {
	ONE(224, 0, 0, 0, "base address (never assigned)", "RFC 1112"),
	ONE(224, 0, 0, 1, "all systems", "RFC 1112"),
	ONE(224, 0, 0, 2, "all routers", "RFC 1256"),
	ONE(224, 0, 0, 4, "DVMRP routers", "RFC 1075"),
	ONE(224, 0, 0, 5, "OSPF routers", "RFC 2328"),
	ONE(224, 0, 0, 6, "OSPF designated routers", "RFC 2328"),
	ONE(224, 0, 0, 7, "ST routers", "RFC 1190"),
	ONE(224, 0, 0, 8, "ST hosts", "RFC 1190"),
	ONE(224, 0, 0, 9, "RIPv2 routers", "RFC 2453"),
	ONE(224, 0, 0, 10, "EIGRP routers", "RFC 7868"),
	ONE(224, 0, 0, 11, "mobile agents", "RFC 5944"),
	ONE(224, 0, 0, 12, "DHCP servers and relay agents", "RFC 1700"),
	ONE(224, 0, 0, 13, "PIM routers", "RFC 7761"),
	ONE(224, 0, 0, 14, "RSVP encapsulation", "RFC 2205"),
	ONE(224, 0, 0, 15, "CBT routers", "RFC 2189"),
	ONE(224, 0, 0, 16, "designated SBM", "RFC 2814"),
	ONE(224, 0, 0, 17, "all SBMs", "RFC 2814"),
	ONE(224, 0, 0, 18, "VRRP routers", "RFC 9568"),
	ONE(224, 0, 0, 19, "IS-IS level 1", "IANA"),
	ONE(224, 0, 0, 20, "IS-IS level 2", "IANA"),
	ONE(224, 0, 0, 21, "IS-IS all systems", "IANA"),
	ONE(224, 0, 0, 22, "IGMPv3 routers", "RFC 9776"),
	ONE(224, 0, 0, 24, "OSPF traffic engineering", "RFC 4973"),
	ONE(224, 0, 0, 25, "RGMP", "RFC 3488"),
	ONE(224, 0, 0, 101, "Cisco NHAP", "IANA"),
	ONE(224, 0, 0, 102, "HSRPv2, GLBP", "IANA"),
	ONE(224, 0, 0, 106, "all snoopers", "RFC 4286"),
	ONE(224, 0, 0, 107, "PTP peer delay", "IANA"),
	ONE(224, 0, 0, 109, "link-local MANET routers", "RFC 5498"),
	ONE(224, 0, 0, 111, "Babel routers", "RFC 8966"),
	ONE(224, 0, 0, 251, "mDNS", "RFC 6762"),
	ONE(224, 0, 0, 252, "LLMNR", "RFC 4795"),
	ONE(224, 0, 0, 253, "Teredo", "RFC 4380"),
	ONE(224, 0, 0, 254, "experiments", "RFC 4727"),
	ONE(224, 0, 1, 1, "NTP", "RFC 5905"),
	ONE(224, 0, 1, 3, "rwhod", "IANA"),
	ONE(224, 0, 1, 20, "private experiments", "RFC 1700"),
	ONE(224, 0, 1, 22, "SVRLOC", "RFC 2165"),
	ONE(224, 0, 1, 24, "microsoft-ds", "IANA"),
	ONE(224, 0, 1, 32, "mtrace", "RFC 8487"),
	ONE(224, 0, 1, 35, "SVRLOC directory agents", "RFC 2165"),
	ONE(224, 0, 1, 39, "Cisco RP announce", "RFC 3488"),
	ONE(224, 0, 1, 40, "Cisco RP discovery", "RFC 3488"),
	ONE(224, 0, 1, 41, "H.323 gatekeepers", "IANA"),
	ONE(224, 0, 1, 60, "HP device discovery", "IANA"),
	ONE(224, 0, 1, 68, "MADCAP discovery", "RFC 2730"),
	ONE(224, 0, 1, 75, "all SIP servers", "RFC 3261"),
	ONE(224, 0, 1, 84, "Jini announcement", "IANA"),
	ONE(224, 0, 1, 85, "Jini request", "IANA"),
	ONE(224, 0, 1, 129, "PTP primary", "RFC 9760"),
	ONE(224, 0, 1, 130, "PTP alternate 1", "RFC 9760"),
	ONE(224, 0, 1, 131, "PTP alternate 2", "RFC 9760"),
	ONE(224, 0, 1, 132, "PTP alternate 3", "RFC 9760"),
	ONE(224, 0, 1, 178, "IEEE IAPP", "IANA"),
	ONE(224, 0, 1, 187, "all CoAP nodes", "RFC 7252"),
	ONE(224, 0, 2, 1, "rwho (BSD)", "RFC 1700"),
	ONE(224, 0, 2, 2, "Sun RPC", "RFC 1700"),
	ONE(224, 2, 127, 254, "SAPv1 announcements", "RFC 2974"),
	ONE(224, 2, 127, 255, "SAPv0 announcements (obsolete)", "RFC 2974"),
	{ V4(233, 252, 0, 0), V4(233, 252, 0, 255), { "documentation", "RFC 6676" } },
	ONE(234, 192, 0, 2, "documentation", "RFC 6676"),
	ONE(234, 198, 51, 100, "documentation", "RFC 6676"),
	ONE(234, 203, 0, 113, "documentation", "RFC 6676"),
	ONE(239, 195, 255, 245, "documentation", "RFC 6676"),
	ONE(239, 195, 255, 252, "MZAP, organization scope", "RFC 2776"),
	ONE(239, 195, 255, 253, "SLP, organization scope", "RFC 2608"),
	ONE(239, 195, 255, 254, "MADCAP, organization scope", "RFC 2730"),
	ONE(239, 195, 255, 255, "SAP, organization scope", "RFC 2974"),
	ONE(239, 255, 255, 245, "documentation", "RFC 6676"),
	ONE(239, 255, 255, 247, "Mbus, local scope", "RFC 3259"),
	ONE(239, 255, 255, 250, "SSDP, WS-Discovery", "IANA"),
	ONE(239, 255, 255, 252, "MZAP, local scope", "RFC 2776"),
	ONE(239, 255, 255, 253, "SLP, local scope", "RFC 2608"),
	ONE(239, 255, 255, 254, "MADCAP, local scope", "RFC 2730"),
	ONE(239, 255, 255, 255, "SAP, local scope", "RFC 2974"),
};
/* clang-format on */

/* Registered IPv6 groups differ from ff0X:: in the low 48 bits only.  Rows are
 * sorted by `last`; those of one id in several scopes stand together. */
struct name_v6 {
	uint64_t first, last;
	uint8_t scope;
	struct mc_known_group known;
};

#define ANY_SCOPE 0xff

/* clang-format off */
#define ID(id, scope, name, rfc)  { id, id, scope, { name, rfc } }
#define RANGE(a, b, s, name, rfc) { a, b, s, { name, rfc } }

static const struct name_v6 names_v6[] = {
	ID(0x0, ANY_SCOPE, "reserved (never assigned)", "RFC 4291"),
	ID(0x1, MC_SCOPE_INTERFACE, "all nodes", "RFC 4291"),
	ID(0x1, MC_SCOPE_LINK, "all nodes", "RFC 4291"),
	ID(0x2, MC_SCOPE_INTERFACE, "all routers", "RFC 4291"),
	ID(0x2, MC_SCOPE_LINK, "all routers", "RFC 4291"),
	ID(0x2, MC_SCOPE_SITE, "all routers", "RFC 4291"),
	ID(0x4, MC_SCOPE_LINK, "DVMRP routers", "RFC 2375"),
	ID(0x5, MC_SCOPE_LINK, "OSPFv3 routers", "RFC 5340"),
	ID(0x6, MC_SCOPE_LINK, "OSPFv3 designated routers", "RFC 5340"),
	ID(0x7, MC_SCOPE_LINK, "ST routers", "RFC 2375"),
	ID(0x8, MC_SCOPE_LINK, "ST hosts", "RFC 2375"),
	ID(0x9, MC_SCOPE_LINK, "RIPng routers", "RFC 2080"),
	ID(0xa, MC_SCOPE_LINK, "EIGRP routers", "RFC 7868"),
	ID(0xb, MC_SCOPE_LINK, "mobile agents", "RFC 2375"),
	ID(0xc, ANY_SCOPE, "SSDP", "IANA"),
	ID(0xd, MC_SCOPE_LINK, "PIM routers", "RFC 7761"),
	ID(0xe, MC_SCOPE_LINK, "RSVP encapsulation", "RFC 2375"),
	ID(0xf, MC_SCOPE_LINK, "UPnP", "IANA"),
	ID(0x10, MC_SCOPE_LINK, "all BBF access nodes", "RFC 6788"),
	ID(0x12, MC_SCOPE_LINK, "VRRP routers", "RFC 9568"),
	ID(0x16, MC_SCOPE_LINK, "MLDv2 routers", "RFC 9777"),
	ID(0x1a, MC_SCOPE_LINK, "all RPL nodes", "RFC 6550"),
	ID(0x6a, MC_SCOPE_LINK, "all snoopers", "RFC 4286"),
	ID(0x6b, MC_SCOPE_LINK, "PTP peer delay", "IANA"),
	ID(0x6d, MC_SCOPE_LINK, "link-local MANET routers", "RFC 5498"),
	ID(0xfb, ANY_SCOPE, "mDNS", "RFC 6762"),
	ID(0xfc, ANY_SCOPE, "all MPL forwarders", "RFC 7731"),
	ID(0xfd, ANY_SCOPE, "all CoAP nodes", "RFC 7252"),
	ID(0x101, ANY_SCOPE, "NTP", "RFC 5905"),
	ID(0x103, ANY_SCOPE, "rwhod", "IANA"),
	ID(0x114, ANY_SCOPE, "private experiments", "IANA"),
	ID(0x116, ANY_SCOPE, "SVRLOC", "IANA"),
	ID(0x118, ANY_SCOPE, "microsoft-ds", "IANA"),
	ID(0x120, ANY_SCOPE, "mtrace", "IANA"),
	ID(0x123, ANY_SCOPE, "SVRLOC directory agents", "IANA"),
	ID(0x127, ANY_SCOPE, "Cisco RP announce", "IANA"),
	ID(0x128, ANY_SCOPE, "Cisco RP discovery", "IANA"),
	ID(0x129, ANY_SCOPE, "H.323 gatekeepers", "IANA"),
	ID(0x130, ANY_SCOPE, "UPnP", "IANA"),
	ID(0x155, ANY_SCOPE, "Jini announcement", "IANA"),
	ID(0x156, ANY_SCOPE, "Jini request", "IANA"),
	ID(0x181, ANY_SCOPE, "PTP primary", "RFC 9760"),
	ID(0x182, ANY_SCOPE, "PTP alternate 1", "RFC 9760"),
	ID(0x183, ANY_SCOPE, "PTP alternate 2", "RFC 9760"),
	ID(0x184, ANY_SCOPE, "PTP alternate 3", "RFC 9760"),
	ID(0x18c, ANY_SCOPE, "CAPWAP access controllers", "RFC 5415"),
	ID(0x201, ANY_SCOPE, "rwho (BSD)", "IANA"),
	ID(0x202, ANY_SCOPE, "Sun RPC", "IANA"),
	ID(0x300, ANY_SCOPE, "Mbus", "RFC 3259"),
	ID(0xbac0, ANY_SCOPE, "BACnet", "IANA"),
	ID(0x10001, MC_SCOPE_LINK, "link name", "RFC 2375"),
	ID(0x10002, MC_SCOPE_LINK, "DHCPv6 servers and relay agents", "RFC 8415"),
	ID(0x10003, MC_SCOPE_LINK, "LLMNR", "RFC 4795"),
	ID(0x10003, MC_SCOPE_SITE, "DHCPv6 servers", "RFC 8415"),
	ID(0x10006, MC_SCOPE_LINK, "Babel routers", "RFC 8966"),
	RANGE(0x11000, 0x113ff, ANY_SCOPE, "SLP", "RFC 3111"),
	ID(0x27ffe, ANY_SCOPE, "SAPv1 announcements", "RFC 2974"),
	ID(0x27fff, ANY_SCOPE, "SAPv0 announcements (obsolete)", "RFC 2974"),
	RANGE(0x28000, 0x2ffff, ANY_SCOPE, "SAP dynamic assignments", "RFC 2974"),
	RANGE(0x1ff000000, 0x1ffffffff, MC_SCOPE_LINK, "solicited node", "RFC 4291"),
	RANGE(0x2ff000000, 0x2ffffffff, MC_SCOPE_LINK, "node information", "RFC 4620"),
	RANGE(0xdb800000000, 0xdb8ffffffff, ANY_SCOPE, "documentation", "RFC 6676"),
};
/* clang-format on */

static const struct mc_known_group *known_v4(uint32_t g)
{
	size_t low = 0, high = COUNT(names_v4);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names_v4[middle].last < g)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == COUNT(names_v4) || names_v4[low].first > g)
		return NULL;
	return &names_v4[low].known;
}

static const struct name_v6 *row_v6(uint64_t id, uint8_t scope)
{
	size_t low = 0, high = COUNT(names_v6);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names_v6[middle].last < id)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < COUNT(names_v6) && names_v6[low].first <= id; low++) {
		if (names_v6[low].scope == scope || names_v6[low].scope == ANY_SCOPE)
			return &names_v6[low];
	}
	return NULL;
}

static const struct mc_known_group *known_v6(const uint8_t bytes[16])
{
	const struct name_v6 *row;
	uint64_t id = 0;

	/* A set flag makes it another kind of group (RFC 4291 2.7). */
	if (bytes[1] & 0xf0)
		return NULL;
	for (unsigned i = 2; i < 10; i++) {
		if (bytes[i])
			return NULL;
	}
	for (unsigned i = 10; i < 16; i++)
		id = id << 8 | bytes[i];
	row = row_v6(id, bytes[1] & 0x0f);
	return row ? &row->known : NULL;
}

const struct mc_known_group *mc_group_known(const struct mc_addr *g)
{
	if (!mc_addr_is_multicast(g))
		return NULL;
	if (g->family == MC_IPV4)
		return known_v4(V4(g->bytes[0], g->bytes[1], g->bytes[2], g->bytes[3]));
	return known_v6(g->bytes);
}

bool mc_names_link_control(uint32_t id)
{
	/* Among the groups of any scope, those below 0x100 (SSDP, mDNS, CoAP) are
	 * the twins of 224.0.0.0/24 groups, or used like them. */
	const struct name_v6 *row = row_v6(id, MC_SCOPE_LINK);

	return row && id && (row->scope == MC_SCOPE_LINK || id < 0x100);
}
