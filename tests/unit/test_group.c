/* test_group.c - blocks, scopes, names and MACs of multicast groups */
#include <mc/group.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The flags of struct mc_group_info as one word, to compare in one go. */
enum {
	FWD = 1,
	SSM = 2,
	RSV = 4,
	TRA = 8,
	DOC = 16,
	ALIAS = 32,
};

static struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static struct mc_group_info classify(const char *text)
{
	struct mc_addr a = addr(text);
	struct mc_group_info info;

	assert_int_equal(mc_group_classify(&info, &a), 0);
	return info;
}

static int flags_of(const struct mc_group_info *i)
{
	return i->forwardable * FWD | i->ssm * SSM | i->reserved * RSV | i->transient * TRA |
	       i->documentation * DOC | i->aliases_control * ALIAS;
}

static const char *text_of(const struct mc_addr *a)
{
	static char buf[MC_ADDR_TEXT];

	return mc_addr_format(a, buf);
}

struct block {
	const char *first, *last, *block, *rfc;
	int scope, first_flags, last_flags;
};

#define GLOBAL MC_SCOPE_GLOBAL
#define ORG    MC_SCOPE_ORGANIZATION

static const struct block blocks_v4[] = {
	{ "224.0.0.0", "224.0.0.0", "Base Address", "RFC 1112", MC_SCOPE_LINK, RSV, RSV },
	{ "224.0.0.1", "224.0.0.255", "Local Network Control", "RFC 5771", MC_SCOPE_LINK, 0, 0 },
	{ "224.0.1.0", "224.0.1.255", "Internetwork Control", "RFC 5771", GLOBAL, FWD, FWD },
	{ "224.0.2.0", "224.0.255.255", "AD-HOC Block I", "RFC 5771", GLOBAL, FWD, FWD },
	{ "224.1.0.0", "224.1.255.255", "Reserved", "RFC 5771", GLOBAL, FWD | RSV, FWD | RSV },
	{ "224.2.0.0", "224.2.127.255", "SDP/SAP", "RFC 5771", GLOBAL, FWD, FWD },
	{ "224.2.128.0", "224.2.255.255", "SDP/SAP (dynamic)", "RFC 5771", GLOBAL, FWD | TRA,
	  FWD | TRA },
	{ "224.3.0.0", "224.4.255.255", "AD-HOC Block II", "RFC 5771", GLOBAL, FWD, FWD },
	{ "224.5.0.0", "224.251.255.255", "Reserved", "RFC 5771", GLOBAL, FWD | RSV, FWD | RSV },
	{ "224.252.0.0", "224.255.255.255", "Reserved (DIS transient)", "RFC 5771", GLOBAL,
	  FWD | RSV | TRA, FWD | RSV | TRA },
	{ "225.0.0.0", "231.255.255.255", "Reserved", "RFC 5771", GLOBAL, FWD | RSV | ALIAS,
	  FWD | RSV },
	{ "232.0.0.0", "232.0.0.0", "Source-Specific Multicast (reserved)", "RFC 4607", GLOBAL,
	  FWD | SSM | RSV | ALIAS, FWD | SSM | RSV | ALIAS },
	{ "232.0.0.1", "232.0.0.255", "Source-Specific Multicast (IANA)", "RFC 4607", GLOBAL,
	  FWD | SSM | ALIAS, FWD | SSM | ALIAS },
	{ "232.0.1.0", "232.255.255.255", "Source-Specific Multicast", "RFC 4607", GLOBAL,
	  FWD | SSM | TRA, FWD | SSM | TRA },
	{ "233.0.0.0", "233.251.255.255", "GLOP", "RFC 3180", GLOBAL, FWD | ALIAS, FWD | DOC },
	{ "233.252.0.0", "233.252.0.255", "MCAST-TEST-NET", "RFC 6676", GLOBAL, FWD | DOC,
	  FWD | DOC },
	{ "233.252.1.0", "233.255.255.255", "AD-HOC Block III", "RFC 5771", GLOBAL, FWD, FWD },
	{ "234.0.0.0", "234.255.255.255", "Unicast-Prefix-Based", "RFC 6034", GLOBAL,
	  FWD | TRA | ALIAS, FWD | TRA },
	{ "235.0.0.0", "238.255.255.255", "Reserved", "RFC 5771", GLOBAL, FWD | RSV | ALIAS,
	  FWD | RSV },
	{ "239.0.0.0", "239.191.255.255", "Administratively Scoped (unassigned)", "RFC 2365", ORG,
	  FWD | TRA | ALIAS, FWD | TRA },
	{ "239.192.0.0", "239.195.254.255", "Organization-Local Scope", "RFC 2365", ORG, FWD | TRA,
	  FWD | TRA },
	{ "239.195.255.0", "239.195.255.255", "Organization-Local Scope (scope-relative)",
	  "RFC 2365", ORG, FWD, FWD },
	{ "239.196.0.0", "239.252.255.255", "Administratively Scoped", "RFC 2365", ORG, FWD | TRA,
	  FWD | TRA },
	{ "239.253.0.0", "239.254.255.255", "Local Scope (reserved for growth)", "RFC 2365",
	  MC_SCOPE_REALM, FWD | RSV | TRA, FWD | RSV | TRA },
	{ "239.255.0.0", "239.255.254.255", "Local Scope", "RFC 2365", MC_SCOPE_REALM, FWD | TRA,
	  FWD | TRA },
	{ "239.255.255.0", "239.255.255.255", "Local Scope (scope-relative)", "RFC 2365",
	  MC_SCOPE_REALM, FWD, FWD },
};

static void assert_block(const char *group, const struct block *b, int flags)
{
	struct mc_group_info info = classify(group);

	if (flags_of(&info) != flags || info.scope != (enum mc_scope)b->scope ||
	    strcmp(info.block, b->block) || strcmp(info.rfc, b->rfc))
		fail_msg("%s: %s, %s, scope %d, flags %d instead of %d", group, info.block,
			 info.rfc, info.scope, flags_of(&info), flags);
}

static void ipv4_blocks_have_exact_borders(void **state)
{
	struct mc_addr next = addr("224.0.0.0");

	(void)state;
	for (size_t i = 0; i < COUNT(blocks_v4); i++) {
		struct mc_addr first = addr(blocks_v4[i].first), last = addr(blocks_v4[i].last);

		assert_string_equal(text_of(&next), blocks_v4[i].first); /* no gap */
		assert_true(mc_addr_cmp(&first, &last) <= 0);
		assert_block(blocks_v4[i].first, &blocks_v4[i], blocks_v4[i].first_flags);
		assert_block(blocks_v4[i].last, &blocks_v4[i], blocks_v4[i].last_flags);
		assert_int_equal(mc_addr_add(&next, &last, 1), 0);
	}
	assert_string_equal(text_of(&next), "240.0.0.0");
}

static void ipv4_documentation_groups_are_marked(void **state)
{
	static const struct {
		const char *group;
		bool documentation;
	} rows[] = {
		{ "233.251.239.255", false }, { "233.251.240.0", true },
		{ "233.251.255.255", true },  { "233.252.0.0", true },
		{ "233.252.0.255", true },    { "233.252.1.0", false },
		{ "234.192.0.1", false },     { "234.192.0.2", true },
		{ "234.192.0.3", false },     { "234.198.51.100", true },
		{ "234.203.0.113", true },    { "239.195.255.244", false },
		{ "239.195.255.245", true },  { "239.195.255.246", false },
		{ "239.255.255.244", false }, { "239.255.255.245", true },
		{ "239.255.255.246", false }, { "239.1.1.1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(classify(rows[i].group).documentation, rows[i].documentation);
}

static void ipv4_numbers_inside_are_read(void **state)
{
	struct mc_group_info info;

	(void)state;
	assert_int_equal(classify("233.0.0.9").glop_as, 0);
	assert_int_equal(classify("233.0.1.9").glop_as, 1);
	assert_int_equal(classify("233.251.255.255").glop_as, 64511);
	assert_int_equal(classify("233.252.0.1").glop_as, 0);
	assert_int_equal(classify("232.1.2.3").glop_as, 0);
	assert_int_equal(classify("232.1.2.3").prefix_len, 0);
	info = classify("234.198.51.100");
	assert_string_equal(text_of(&info.prefix), "198.51.100.0");
	assert_int_equal(info.prefix_len, 24);
	assert_int_equal(info.rp.family, MC_ANY);
}

static void ipv4_control_aliases_are_found(void **state)
{
	(void)state;
	/* .0.0.x and .128.0.x of 16 first octets, without 224.0.0.x itself. */
	for (unsigned high = 0; high < 32; high++) {
		char text[32];

		snprintf(text, sizeof(text), "%u.%u.0.251", 224 + high / 2, high % 2 * 128);
		assert_int_equal(classify(text).aliases_control, high != 0);
		snprintf(text, sizeof(text), "%u.%u.1.0", 224 + high / 2, high % 2 * 128);
		assert_false(classify(text).aliases_control);
	}
	assert_true(classify("224.128.0.0").aliases_control);
	assert_true(classify("239.128.0.255").aliases_control);
	assert_false(classify("239.127.255.255").aliases_control);
	assert_false(classify("239.64.0.1").aliases_control);
}

struct group_v6 {
	const char *group, *block, *rfc;
	int scope, flags;
	const char *prefix; /* "ADDRESS/LENGTH", or NULL */
	const char *rp;
};

static const struct group_v6 groups_v6[] = {
	/* every scope, RFC 7346 2 */
	{ "ff00::1", "Well-Known", "RFC 4291", 0, RSV | ALIAS, NULL, NULL },
	{ "ff01::101", "Well-Known", "RFC 4291", 1, 0, NULL, NULL },
	{ "ff02::101", "Well-Known", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff03::101", "Well-Known", "RFC 4291", 3, FWD, NULL, NULL },
	{ "ff04::101", "Well-Known", "RFC 4291", 4, FWD, NULL, NULL },
	{ "ff05::101", "Well-Known", "RFC 4291", 5, FWD, NULL, NULL },
	{ "ff06::101", "Well-Known", "RFC 4291", 6, FWD, NULL, NULL },
	{ "ff08::101", "Well-Known", "RFC 4291", 8, FWD, NULL, NULL },
	{ "ff0d::101", "Well-Known", "RFC 4291", 13, FWD, NULL, NULL },
	{ "ff0e::101", "Well-Known", "RFC 4291", 14, FWD, NULL, NULL },
	{ "ff0f::101", "Well-Known", "RFC 4291", 15, FWD | RSV, NULL, NULL },
	/* RFC 4291 2.7.1 */
	{ "ff02::", "Reserved", "RFC 4291", 2, RSV, NULL, NULL },
	{ "ff0e::", "Reserved", "RFC 4291", 14, FWD | RSV, NULL, NULL },
	{ "ff02::1:feff:ffff", "Well-Known", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff02::1:ff00:0", "Solicited-Node", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff02::1:ffff:ffff", "Solicited-Node", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff02::2:0:101", "Well-Known", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff02::2:ff00:0", "Node Information", "RFC 4620", 2, 0, NULL, NULL },
	{ "ff05::1:ff00:0", "Well-Known", "RFC 4291", 5, FWD, NULL, NULL },
	/* transient */
	{ "ff10::1234", "Transient", "RFC 4291", 0, RSV | TRA, NULL, NULL },
	{ "ff12::1234", "Transient", "RFC 4291", 2, TRA, NULL, NULL },
	{ "ff1e::1234", "Transient", "RFC 4291", 14, FWD | TRA, NULL, NULL },
	{ "ff9e::1234", "Transient", "RFC 4291", 14, FWD | TRA, NULL, NULL }, /* X, RFC 7371 */
	{ "ff8e::1234", "Well-Known", "RFC 4291", 14, FWD, NULL, NULL },
	/* flags that exclude each other */
	{ "ff2e::1234", "Undefined Flags", "RFC 7371", 14, FWD | RSV, NULL, NULL },
	{ "ff4e::1234", "Undefined Flags", "RFC 7371", 14, FWD | RSV, NULL, NULL },
	{ "ff5e::1234", "Undefined Flags", "RFC 7371", 14, FWD | RSV | TRA, NULL, NULL },
	{ "ff6e::1234", "Undefined Flags", "RFC 7371", 14, FWD | RSV, NULL, NULL },
	/* ff3x::/32, RFC 4607 1 */
	{ "ff3e::1234", "Source-Specific Multicast (invalid group ID)", "RFC 4607", 14,
	  FWD | SSM | RSV | TRA, NULL, NULL },
	{ "ff3e::3fff:ffff", "Source-Specific Multicast (invalid group ID)", "RFC 4607", 14,
	  FWD | SSM | RSV | TRA, NULL, NULL },
	{ "ff3e::4000:0", "Source-Specific Multicast (reserved)", "RFC 4607", 14,
	  FWD | SSM | RSV | TRA, NULL, NULL },
	{ "ff3e::4000:1", "Source-Specific Multicast (IANA)", "RFC 4607", 14, FWD | SSM | TRA, NULL,
	  NULL },
	{ "ff3e::7fff:ffff", "Source-Specific Multicast (IANA)", "RFC 4607", 14, FWD | SSM | TRA,
	  NULL, NULL },
	{ "ff3e::8000:0", "Source-Specific Multicast", "RFC 4607", 14, FWD | SSM | TRA, NULL,
	  NULL },
	{ "ff35::ffff:ffff", "Source-Specific Multicast", "RFC 4607", 5, FWD | SSM | TRA, NULL,
	  NULL },
	{ "ff32::8000:1", "Source-Specific Multicast", "RFC 4607", 2, SSM | TRA, NULL, NULL },
	{ "ff3e:0:ffff::1234", "Source-Specific Multicast", "RFC 4607", 14, FWD | SSM | TRA, NULL,
	  NULL },
	{ "ff3e::db8:0:1", "Source-Specific Multicast", "RFC 4607", 14,
	  FWD | SSM | TRA | DOC | ALIAS, NULL, NULL },
	{ "ffbe::8000:1", "Unicast-Prefix-Based (invalid length)", "RFC 3306", 14, FWD | RSV | TRA,
	  NULL, NULL },
	/* unicast prefix inside, RFC 3306 4 */
	{ "ff3e:40:2001:db8:1:2:0:1234", "Unicast-Prefix-Based", "RFC 3306", 14, FWD | TRA | DOC,
	  "2001:db8:1:2::/64", NULL },
	{ "ff3e:30:2001:1234:1:2:0:1234", "Unicast-Prefix-Based", "RFC 3306", 14, FWD | TRA,
	  "2001:1234:1::/48", NULL },
	{ "ff3e:1f:2001:db8:1:2:0:1234", "Unicast-Prefix-Based", "RFC 3306", 14, FWD | TRA,
	  "2001:db8::/31", NULL },
	{ "ff3e:1:8000::1234", "Unicast-Prefix-Based", "RFC 3306", 14, FWD | TRA, "8000::/1",
	  NULL },
	{ "ff3e:41:2001:db8:1:2:0:1234", "Unicast-Prefix-Based (invalid length)", "RFC 3306", 14,
	  FWD | RSV | TRA, NULL, NULL },
	{ "ff3e:100::1234", "Unicast-Prefix-Based (invalid length)", "RFC 3306", 14,
	  FWD | RSV | TRA, NULL, NULL },
	/* interface ID inside, RFC 4489 3: link scope at most */
	{ "ff31:ff:1:2:3:4:0:1234", "Link-Scoped (interface ID)", "RFC 4489", 1, TRA, NULL, NULL },
	{ "ff32:ff:1:2:3:4:0:1234", "Link-Scoped (interface ID)", "RFC 4489", 2, TRA, NULL, NULL },
	{ "ff33:ff:1:2:3:4:0:1234", "Unicast-Prefix-Based (invalid length)", "RFC 3306", 3,
	  FWD | RSV | TRA, NULL, NULL },
	/* embedded RP, RFC 3956 3 */
	{ "ff7e:120:2001:db8::1234", "Embedded RP", "RFC 3956", 14, FWD | TRA | DOC,
	  "2001:db8::/32", "2001:db8::1" },
	{ "ff7e:f40:2001:db8:beef:feed:0:1234", "Embedded RP", "RFC 3956", 14, FWD | TRA | DOC,
	  "2001:db8:beef:feed::/64", "2001:db8:beef:feed::f" },
	{ "fffe:120:2001:1234::5678", "Embedded RP", "RFC 3956", 14, FWD | TRA, "2001:1234::/32",
	  "2001:1234::1" },
	{ "ff7e:130:2001:1234:1:9999:0:1234", "Embedded RP", "RFC 3956", 14, FWD | TRA,
	  "2001:1234:1::/48", "2001:1234:1::1" },
	{ "ff7e:100:2001:1234::1234", "Embedded RP (invalid length)", "RFC 3956", 14,
	  FWD | RSV | TRA, NULL, NULL },
	{ "ff7e:141:2001:1234::1234", "Embedded RP (invalid length)", "RFC 3956", 14,
	  FWD | RSV | TRA, NULL, NULL },
	{ "ff72:1ff:2001:1234::1234", "Embedded RP (invalid length)", "RFC 3956", 2, RSV | TRA,
	  NULL, NULL },
	{ "ff7e:140:fe80::1234", "Embedded RP (invalid address)", "RFC 3956", 14, FWD | RSV | TRA,
	  "fe80::/64", NULL },
	{ "ff7e:140:0:1::1234", "Embedded RP (invalid address)", "RFC 3956", 14, FWD | RSV | TRA,
	  "0:1::/64", NULL },
	{ "ff7e:140:ff0e::1234", "Embedded RP (invalid address)", "RFC 3956", 14, FWD | RSV | TRA,
	  "ff0e::/64", NULL },
	/* documentation, RFC 6676 3 */
	{ "ff05::db7:ffff:ffff", "Well-Known", "RFC 4291", 5, FWD, NULL, NULL },
	{ "ff05::db8:0:1234", "Well-Known", "RFC 4291", 5, FWD | DOC, NULL, NULL },
	{ "ff0e::db8:ffff:ffff", "Well-Known", "RFC 4291", 14, FWD | DOC, NULL, NULL },
	{ "ff0e::db9:0:1234", "Well-Known", "RFC 4291", 14, FWD, NULL, NULL },
	{ "ff1e::db8:0:1234", "Transient", "RFC 4291", 14, FWD | TRA, NULL, NULL },
	/* MACs of link-scope control groups */
	{ "ff02::1", "Well-Known", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff02::fb", "Well-Known", "RFC 4291", 2, 0, NULL, NULL },
	{ "ff12::1", "Transient", "RFC 4291", 2, TRA | ALIAS, NULL, NULL },
	{ "ff15::1:2", "Transient", "RFC 4291", 5, FWD | TRA | ALIAS, NULL, NULL },
	{ "ff15::16", "Transient", "RFC 4291", 5, FWD | TRA | ALIAS, NULL, NULL },
	{ "ff15::3", "Transient", "RFC 4291", 5, FWD | TRA, NULL, NULL },
	{ "ff15::fb", "Transient", "RFC 4291", 5, FWD | TRA | ALIAS, NULL, NULL },
	{ "ff05::2", "Well-Known", "RFC 4291", 5, FWD | ALIAS, NULL, NULL },
	{ "ff02::1:0:1", "Well-Known", "RFC 4291", 2, ALIAS, NULL, NULL },
	{ "ff15::", "Transient", "RFC 4291", 5, FWD | TRA, NULL, NULL },
	{ "ff15::ff00:1", "Transient", "RFC 4291", 5, FWD | TRA, NULL, NULL },
	{ "ff15::101", "Transient", "RFC 4291", 5, FWD | TRA, NULL, NULL },
};

static void ipv6_groups_are_classified(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups_v6); i++) {
		const struct group_v6 *row = &groups_v6[i];
		struct mc_group_info info = classify(row->group);
		struct block as_block = { .block = row->block,
					  .rfc = row->rfc,
					  .scope = row->scope };
		char prefix[MC_ADDR_TEXT + 8];

		assert_block(row->group, &as_block, row->flags);
		snprintf(prefix, sizeof(prefix), "%s/%u", text_of(&info.prefix), info.prefix_len);
		assert_string_equal(prefix, row->prefix ? row->prefix : "-/0");
		assert_string_equal(text_of(&info.rp), row->rp ? row->rp : "-");
		assert_int_equal(info.glop_as, 0);
	}
}

static void others_are_no_groups(void **state)
{
	static const char *const rows[] = { "223.255.255.255", "240.0.0.0", "fe80::1", "::" };
	struct mc_addr none = mc_addr_unspecified(MC_ANY);
	struct mc_group_info info;
	struct mc_mac mac;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i]);

		memset(&info, 0xff, sizeof(info));
		assert_int_equal(mc_group_classify(&info, &a), -MC_ENOTGROUP);
		assert_null(info.block);
		assert_int_equal(mc_group_mac(&mac, &a), -MC_ENOTGROUP);
		assert_null(mc_group_known(&a));
		assert_false(mc_groups_collide(&a, &a));
	}
	assert_int_equal(mc_group_classify(&info, &none), -MC_ENOTGROUP);
	assert_null(mc_group_known(&none));
}

static void scopes_have_names(void **state)
{
	static const char *const names[16] = {
		"reserved",	"interface",  "link",	    "realm",
		"admin",	"site",	      "unassigned", "unassigned",
		"organization", "unassigned", "unassigned", "unassigned",
		"unassigned",	"unassigned", "global",	    "reserved",
	};

	(void)state;
	for (int i = 0; i < 16; i++)
		assert_string_equal(mc_scope_name((enum mc_scope)i), names[i]);
}

static const struct {
	const char *group, *name, *rfc; /* name NULL: not registered */
} known[] = {
	{ "224.0.0.0", "base address (never assigned)", "RFC 1112" },
	{ "224.0.0.1", "all systems", "RFC 1112" },
	{ "224.0.0.2", "all routers", "RFC 1256" },
	{ "224.0.0.3", NULL, NULL },
	{ "224.0.0.4", "DVMRP routers", "RFC 1075" },
	{ "224.0.0.5", "OSPF routers", "RFC 2328" },
	{ "224.0.0.6", "OSPF designated routers", "RFC 2328" },
	{ "224.0.0.7", "ST routers", "RFC 1190" },
	{ "224.0.0.8", "ST hosts", "RFC 1190" },
	{ "224.0.0.9", "RIPv2 routers", "RFC 2453" },
	{ "224.0.0.10", "EIGRP routers", "RFC 7868" },
	{ "224.0.0.11", "mobile agents", "RFC 5944" },
	{ "224.0.0.12", "DHCP servers and relay agents", "RFC 1700" },
	{ "224.0.0.13", "PIM routers", "RFC 7761" },
	{ "224.0.0.14", "RSVP encapsulation", "RFC 2205" },
	{ "224.0.0.15", "CBT routers", "RFC 2189" },
	{ "224.0.0.16", "designated SBM", "RFC 2814" },
	{ "224.0.0.17", "all SBMs", "RFC 2814" },
	{ "224.0.0.18", "VRRP routers", "RFC 9568" },
	{ "224.0.0.19", "IS-IS level 1", "IANA" },
	{ "224.0.0.20", "IS-IS level 2", "IANA" },
	{ "224.0.0.21", "IS-IS all systems", "IANA" },
	{ "224.0.0.22", "IGMPv3 routers", "RFC 9776" },
	{ "224.0.0.23", NULL, NULL },
	{ "224.0.0.24", "OSPF traffic engineering", "RFC 4973" },
	{ "224.0.0.25", "RGMP", "RFC 3488" },
	{ "224.0.0.101", "Cisco NHAP", "IANA" },
	{ "224.0.0.102", "HSRPv2, GLBP", "IANA" },
	{ "224.0.0.106", "all snoopers", "RFC 4286" },
	{ "224.0.0.107", "PTP peer delay", "IANA" },
	{ "224.0.0.109", "link-local MANET routers", "RFC 5498" },
	{ "224.0.0.111", "Babel routers", "RFC 8966" },
	{ "224.0.0.251", "mDNS", "RFC 6762" },
	{ "224.0.0.252", "LLMNR", "RFC 4795" },
	{ "224.0.0.253", "Teredo", "RFC 4380" },
	{ "224.0.0.254", "experiments", "RFC 4727" },
	{ "224.0.0.255", NULL, NULL },
	{ "224.0.1.1", "NTP", "RFC 5905" },
	{ "224.0.1.3", "rwhod", "IANA" },
	{ "224.0.1.20", "private experiments", "RFC 1700" },
	{ "224.0.1.22", "SVRLOC", "RFC 2165" },
	{ "224.0.1.24", "microsoft-ds", "IANA" },
	{ "224.0.1.32", "mtrace", "RFC 8487" },
	{ "224.0.1.35", "SVRLOC directory agents", "RFC 2165" },
	{ "224.0.1.39", "Cisco RP announce", "RFC 3488" },
	{ "224.0.1.40", "Cisco RP discovery", "RFC 3488" },
	{ "224.0.1.41", "H.323 gatekeepers", "IANA" },
	{ "224.0.1.60", "HP device discovery", "IANA" },
	{ "224.0.1.68", "MADCAP discovery", "RFC 2730" },
	{ "224.0.1.75", "all SIP servers", "RFC 3261" },
	{ "224.0.1.84", "Jini announcement", "IANA" },
	{ "224.0.1.85", "Jini request", "IANA" },
	{ "224.0.1.129", "PTP primary", "RFC 9760" },
	{ "224.0.1.130", "PTP alternate 1", "RFC 9760" },
	{ "224.0.1.131", "PTP alternate 2", "RFC 9760" },
	{ "224.0.1.132", "PTP alternate 3", "RFC 9760" },
	{ "224.0.1.178", "IEEE IAPP", "IANA" },
	{ "224.0.1.187", "all CoAP nodes", "RFC 7252" },
	{ "224.0.2.1", "rwho (BSD)", "RFC 1700" },
	{ "224.0.2.2", "Sun RPC", "RFC 1700" },
	{ "224.2.127.254", "SAPv1 announcements", "RFC 2974" },
	{ "224.2.127.255", "SAPv0 announcements (obsolete)", "RFC 2974" },
	{ "233.251.255.255", NULL, NULL },
	{ "233.252.0.0", "documentation", "RFC 6676" },
	{ "233.252.0.255", "documentation", "RFC 6676" },
	{ "233.252.1.0", NULL, NULL },
	{ "234.192.0.2", "documentation", "RFC 6676" },
	{ "234.198.51.100", "documentation", "RFC 6676" },
	{ "234.203.0.113", "documentation", "RFC 6676" },
	{ "239.1.1.1", NULL, NULL },
	{ "239.195.255.245", "documentation", "RFC 6676" },
	{ "239.195.255.252", "MZAP, organization scope", "RFC 2776" },
	{ "239.195.255.253", "SLP, organization scope", "RFC 2608" },
	{ "239.195.255.254", "MADCAP, organization scope", "RFC 2730" },
	{ "239.195.255.255", "SAP, organization scope", "RFC 2974" },
	{ "239.255.255.245", "documentation", "RFC 6676" },
	{ "239.255.255.247", "Mbus, local scope", "RFC 3259" },
	{ "239.255.255.250", "SSDP, WS-Discovery", "IANA" },
	{ "239.255.255.251", NULL, NULL },
	{ "239.255.255.252", "MZAP, local scope", "RFC 2776" },
	{ "239.255.255.253", "SLP, local scope", "RFC 2608" },
	{ "239.255.255.254", "MADCAP, local scope", "RFC 2730" },
	{ "239.255.255.255", "SAP, local scope", "RFC 2974" },
	{ "ff05::", "reserved (never assigned)", "RFC 4291" },
	{ "ff01::1", "all nodes", "RFC 4291" },
	{ "ff02::1", "all nodes", "RFC 4291" },
	{ "ff05::1", NULL, NULL },
	{ "ff12::1", NULL, NULL },
	{ "ff01::2", "all routers", "RFC 4291" },
	{ "ff02::2", "all routers", "RFC 4291" },
	{ "ff05::2", "all routers", "RFC 4291" },
	{ "ff08::2", NULL, NULL },
	{ "ff02::3", NULL, NULL },
	{ "ff02::4", "DVMRP routers", "RFC 2375" },
	{ "ff02::5", "OSPFv3 routers", "RFC 5340" },
	{ "ff02::6", "OSPFv3 designated routers", "RFC 5340" },
	{ "ff02::7", "ST routers", "RFC 2375" },
	{ "ff02::8", "ST hosts", "RFC 2375" },
	{ "ff02::9", "RIPng routers", "RFC 2080" },
	{ "ff02::a", "EIGRP routers", "RFC 7868" },
	{ "ff02::b", "mobile agents", "RFC 2375" },
	{ "ff02::c", "SSDP", "IANA" },
	{ "ff05::c", "SSDP", "IANA" },
	{ "ff02::d", "PIM routers", "RFC 7761" },
	{ "ff05::d", NULL, NULL },
	{ "ff02::e", "RSVP encapsulation", "RFC 2375" },
	{ "ff02::f", "UPnP", "IANA" },
	{ "ff02::10", "all BBF access nodes", "RFC 6788" },
	{ "ff02::12", "VRRP routers", "RFC 9568" },
	{ "ff02::16", "MLDv2 routers", "RFC 9777" },
	{ "ff02::1a", "all RPL nodes", "RFC 6550" },
	{ "ff02::6a", "all snoopers", "RFC 4286" },
	{ "ff02::6b", "PTP peer delay", "IANA" },
	{ "ff02::6d", "link-local MANET routers", "RFC 5498" },
	{ "ff02::fb", "mDNS", "RFC 6762" },
	{ "ff05::fb", "mDNS", "RFC 6762" },
	{ "ff03::fc", "all MPL forwarders", "RFC 7731" },
	{ "ff02::fd", "all CoAP nodes", "RFC 7252" },
	{ "ff05::fd", "all CoAP nodes", "RFC 7252" },
	{ "ff02::101", "NTP", "RFC 5905" },
	{ "ff0e::101", "NTP", "RFC 5905" },
	{ "ff02:1::101", NULL, NULL },
	{ "ff02::1:0:0:101", NULL, NULL },
	{ "ff05::103", "rwhod", "IANA" },
	{ "ff05::114", "private experiments", "IANA" },
	{ "ff05::116", "SVRLOC", "IANA" },
	{ "ff05::118", "microsoft-ds", "IANA" },
	{ "ff05::120", "mtrace", "IANA" },
	{ "ff05::123", "SVRLOC directory agents", "IANA" },
	{ "ff05::127", "Cisco RP announce", "IANA" },
	{ "ff05::128", "Cisco RP discovery", "IANA" },
	{ "ff05::129", "H.323 gatekeepers", "IANA" },
	{ "ff05::130", "UPnP", "IANA" },
	{ "ff05::155", "Jini announcement", "IANA" },
	{ "ff05::156", "Jini request", "IANA" },
	{ "ff0e::181", "PTP primary", "RFC 9760" },
	{ "ff0e::182", "PTP alternate 1", "RFC 9760" },
	{ "ff0e::183", "PTP alternate 2", "RFC 9760" },
	{ "ff0e::184", "PTP alternate 3", "RFC 9760" },
	{ "ff0e::18c", "CAPWAP access controllers", "RFC 5415" },
	{ "ff0e::201", "rwho (BSD)", "IANA" },
	{ "ff0e::202", "Sun RPC", "IANA" },
	{ "ff0e::300", "Mbus", "RFC 3259" },
	{ "ff0e::bac0", "BACnet", "IANA" },
	{ "ff02::1:1", "link name", "RFC 2375" },
	{ "ff02::1:2", "DHCPv6 servers and relay agents", "RFC 8415" },
	{ "ff02::1:3", "LLMNR", "RFC 4795" },
	{ "ff05::1:3", "DHCPv6 servers", "RFC 8415" },
	{ "ff08::1:3", NULL, NULL },
	{ "ff02::1:6", "Babel routers", "RFC 8966" },
	{ "ff05::1:fff", NULL, NULL },
	{ "ff05::1:1000", "SLP", "RFC 3111" },
	{ "ff05::1:13ff", "SLP", "RFC 3111" },
	{ "ff05::1:1400", NULL, NULL },
	{ "ff0e::2:7ffe", "SAPv1 announcements", "RFC 2974" },
	{ "ff0e::2:7fff", "SAPv0 announcements (obsolete)", "RFC 2974" },
	{ "ff0e::2:8000", "SAP dynamic assignments", "RFC 2974" },
	{ "ff0e::2:ffff", "SAP dynamic assignments", "RFC 2974" },
	{ "ff0e::3:0", NULL, NULL },
	{ "ff02::1:feff:ffff", NULL, NULL },
	{ "ff02::1:ff00:0", "solicited node", "RFC 4291" },
	{ "ff02::1:ffff:ffff", "solicited node", "RFC 4291" },
	{ "ff05::1:ff00:1", NULL, NULL },
	{ "ff02::2:ff12:3456", "node information", "RFC 4620" },
	{ "ff02::db7:ffff:ffff", NULL, NULL },
	{ "ff02::db8:0:0", "documentation", "RFC 6676" },
	{ "ff0e::db8:ffff:ffff", "documentation", "RFC 6676" },
	{ "ff0e::db9:0:0", NULL, NULL },
	{ "ff3e::db8:0:1", NULL, NULL },
};

static void registered_groups_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct mc_addr a = addr(known[i].group);
		const struct mc_known_group *k = mc_group_known(&a);

		if (!known[i].name) {
			assert_null(k);
			continue;
		}
		if (!k)
			fail_msg("%s has no name", known[i].group);
		assert_string_equal(k->name, known[i].name);
		assert_string_equal(k->rfc, known[i].rfc);
	}
}

static void groups_map_to_macs(void **state)
{
	static const struct {
		const char *group, *mac;
	} rows[] = {
		{ "224.0.0.1", "01:00:5e:00:00:01" },
		{ "224.0.0.251", "01:00:5e:00:00:fb" },
		{ "239.255.255.255", "01:00:5e:7f:ff:ff" },
		{ "239.128.0.5", "01:00:5e:00:00:05" },
		{ "232.127.1.2", "01:00:5e:7f:01:02" },
		{ "ff02::1", "33:33:00:00:00:01" },
		{ "ff02::1:ff12:3456", "33:33:ff:12:34:56" },
		{ "ff3e:40:2001:db8::dead:beef", "33:33:de:ad:be:ef" },
	};
	char buf[MC_MAC_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].group);
		struct mc_mac m;

		assert_int_equal(mc_group_mac(&m, &a), 0);
		assert_string_equal(mc_mac_format(&m, buf), rows[i].mac);
		assert_true(mc_mac_covers(&m, &a));
	}
}

static void a_mac_has_32_ipv4_groups(void **state)
{
	static const char *const expected[MC_MAC_GROUPS] = {
		"224.1.2.3", "224.129.2.3", "225.1.2.3", "225.129.2.3", "226.1.2.3", "226.129.2.3",
		"227.1.2.3", "227.129.2.3", "228.1.2.3", "228.129.2.3", "229.1.2.3", "229.129.2.3",
		"230.1.2.3", "230.129.2.3", "231.1.2.3", "231.129.2.3", "232.1.2.3", "232.129.2.3",
		"233.1.2.3", "233.129.2.3", "234.1.2.3", "234.129.2.3", "235.1.2.3", "235.129.2.3",
		"236.1.2.3", "236.129.2.3", "237.1.2.3", "237.129.2.3", "238.1.2.3", "238.129.2.3",
		"239.1.2.3", "239.129.2.3",
	};
	const struct mc_mac mac = { { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 } };
	struct mc_addr groups[MC_MAC_GROUPS], neighbour = addr("239.1.2.4");

	(void)state;
	assert_int_equal(mc_mac_groups(groups, &mac), MC_MAC_GROUPS);
	for (unsigned i = 0; i < MC_MAC_GROUPS; i++) {
		struct mc_addr want = addr(expected[i]);

		assert_memory_equal(&groups[i], &want, sizeof(want));
		assert_true(mc_mac_covers(&mac, &groups[i]));
		assert_int_equal(mc_groups_collide(&groups[0], &groups[i]), i != 0);
		assert_false(mc_groups_collide(&groups[i], &neighbour));
	}
	assert_false(mc_mac_covers(&mac, &neighbour));
}

static void other_macs_have_no_ipv4_groups(void **state)
{
	static const struct mc_mac rows[] = {
		{ { 0x33, 0x33, 0, 0, 0, 1 } },
		{ { 0x01, 0x00, 0x5e, 0x80, 0, 1 } }, /* RFC 5332: MPLS */
		{ { 0x01, 0x00, 0x5f, 0, 0, 1 } },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr groups[MC_MAC_GROUPS];

		memset(groups, 0xff, sizeof(groups));
		assert_int_equal(mc_mac_groups(groups, &rows[i]), -MC_ENOTGROUP);
		assert_int_equal(groups[0].family, MC_ANY);
		assert_int_equal(groups[MC_MAC_GROUPS - 1].family, MC_ANY);
	}
}

static void collisions_need_two_groups(void **state)
{
	static const struct {
		const char *a, *b;
		bool collide;
	} rows[] = {
		{ "ff12::1", "ff02::1", true },	    { "ff02::1", "ff02::1", false },
		{ "ff02::1", "ff02::2", false },    { "224.0.0.1", "239.128.0.1", true },
		{ "239.1.1.1", "ff3e::1", false },  { "239.1.1.1", "10.1.1.1", false },
		{ "10.1.1.1", "239.1.1.1", false },
	};
	const struct mc_mac all_nodes = { { 0x33, 0x33, 0, 0, 0, 1 } };
	struct mc_addr unicast = addr("fe80::1");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_addr a = addr(rows[i].a), b = addr(rows[i].b);

		assert_int_equal(mc_groups_collide(&a, &b), rows[i].collide);
	}
	assert_false(mc_mac_covers(&all_nodes, &unicast));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_blocks_have_exact_borders),
		cmocka_unit_test(ipv4_documentation_groups_are_marked),
		cmocka_unit_test(ipv4_numbers_inside_are_read),
		cmocka_unit_test(ipv4_control_aliases_are_found),
		cmocka_unit_test(ipv6_groups_are_classified),
		cmocka_unit_test(others_are_no_groups),
		cmocka_unit_test(scopes_have_names),
		cmocka_unit_test(registered_groups_have_names),
		cmocka_unit_test(groups_map_to_macs),
		cmocka_unit_test(a_mac_has_32_ipv4_groups),
		cmocka_unit_test(other_macs_have_no_ipv4_groups),
		cmocka_unit_test(collisions_need_two_groups),
	};

	return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}
