/* group.h - what a multicast group is: scope, block, name, and its MAC.
 *
 * Pure: no system calls, no allocation, no globals. */
#ifndef MC_GROUP_H
#define MC_GROUP_H

#include <mc/addr.h>

MC_BEGIN_DECLS

/* The values are those of the IPv6 scope field (RFC 7346 2); IPv4 groups are
 * given the scope that RFC 2365 and RFC 5771 say corresponds. */
enum mc_scope {
	MC_SCOPE_RESERVED = 0,
	MC_SCOPE_INTERFACE = 1,
	MC_SCOPE_LINK = 2,
	MC_SCOPE_REALM = 3,
	MC_SCOPE_ADMIN = 4,
	MC_SCOPE_SITE = 5,
	MC_SCOPE_ORGANIZATION = 8,
	MC_SCOPE_GLOBAL = 14,
	MC_SCOPE_RESERVED_F = 15, /* RFC 7346: treat as global */
};

/* "link", "site", "global" ...; "unassigned" for the values without a name. */
MC_API const char *mc_scope_name(enum mc_scope scope);

/* The strings live as long as the program. */
struct mc_group_info {
	const char *block; /* "Source-Specific Multicast" */
	const char *rfc;   /* "RFC 4607": where the block is defined */
	enum mc_scope scope;
	bool forwardable;      /* a router may forward it, TTL permitting */
	bool ssm;	       /* 232/8, ff3x::/32: joined with sources only (RFC 4607) */
	bool reserved;	       /* the block must not be used */
	bool transient;	       /* IPv6 T flag; IPv4: a block without permanent assignments */
	bool documentation;    /* RFC 6676: never in real use */
	bool aliases_control;  /* its MAC is that of a link-local control group, which
			         switches flood (RFC 4541 2.1.2) */
	uint32_t glop_as;      /* GLOP, RFC 3180: the AS number, else 0 */
	struct mc_addr prefix; /* RFC 6034/3306: the unicast prefix inside, else MC_ANY */
	uint8_t prefix_len;
	struct mc_addr rp; /* RFC 3956 embedded RP, else MC_ANY */
};

/* Says what is known of g from its bits.  -MC_ENOTGROUP when it is not a multicast
 * address. */
MC_API MC_MUSTCHECK int mc_group_classify(struct mc_group_info *out, const struct mc_addr *g);

/* A registered group.  Several rows may name the same protocol. */
struct mc_known_group {
	const char *name; /* "PIM routers" */
	const char *rfc;  /* "RFC 7761", or "IANA" */
};

/* The registered use of g, or NULL.  Covers solicited-node groups and the
 * variable-scope IPv6 groups (ff0X::) too. */
MC_API const struct mc_known_group *mc_group_known(const struct mc_addr *g);

/* The destination MAC of frames to g: RFC 1112 6.4 (01:00:5e and 23 bits),
 * RFC 2464 7 (33:33 and 32 bits).  -MC_ENOTGROUP. */
MC_API MC_MUSTCHECK int mc_group_mac(struct mc_mac *out, const struct mc_addr *g);

#define MC_MAC_GROUPS 32 /* IPv4 groups that share a MAC: 5 of 28 bits are lost */

/* All IPv4 groups of a 01:00:5e MAC, ascending.  Returns MC_MAC_GROUPS, or
 * -MC_ENOTGROUP for any other MAC.  (For 33:33 the set has 2^80 members: use
 * mc_mac_covers.) */
MC_API MC_MUSTCHECK int mc_mac_groups(struct mc_addr out[MC_MAC_GROUPS], const struct mc_mac *m);

/* True when frames to g carry the MAC m. */
MC_API bool mc_mac_covers(const struct mc_mac *m, const struct mc_addr *g);

/* True when two different groups share a MAC. */
MC_API bool mc_groups_collide(const struct mc_addr *a, const struct mc_addr *b);

MC_END_DECLS

#endif
