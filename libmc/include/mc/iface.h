/* iface.h - network interfaces: find, choose, check, watch */
#ifndef MC_IFACE_H
#define MC_IFACE_H

#include <mc/addr.h>

MC_BEGIN_DECLS

#define MC_IFNAME 16 /* IFNAMSIZ */

struct mc_iface {
	unsigned index;
	char name[MC_IFNAME];
	bool up;	/* IFF_UP: by the administrator */
	bool running;	/* IFF_RUNNING: carrier */
	bool multicast; /* IFF_MULTICAST */
	bool loopback;
	unsigned mtu;
	struct mc_addr addr4; /* first IPv4 address, or MC_ANY */
	uint8_t prefix4;      /* bits of its network, 0 when there is none */
	struct mc_addr addr6; /* first IPv6 address, a link-local one if there is, or MC_ANY */
};

/* Looks an interface up.  -ENODEV with *why. */
MC_API MC_MUSTCHECK int mc_iface_get(struct mc_iface *out, const char *name, struct mc_why *why);
MC_API MC_MUSTCHECK int mc_iface_get_index(struct mc_iface *out, unsigned index,
					   struct mc_why *why);

/* The interface the kernel would use for the group: by its routing table, else
 * the only one that is up and does multicast.  -ENETUNREACH when there is no
 * such route and more than one candidate (or none): *why lists them. */
MC_API MC_MUSTCHECK int mc_iface_default(struct mc_iface *out, const struct mc_addr *group,
					 struct mc_why *why);

/* Can it be used for a family?  0, or -ENETDOWN (not up), -EOPNOTSUPP (no
 * MULTICAST flag), -EADDRNOTAVAIL (no address of that family). */
MC_API MC_MUSTCHECK int mc_iface_check(const struct mc_iface *i, enum mc_family family,
				       struct mc_why *why);

/* Changes of interfaces, as the kernel announces them. */
enum mc_iface_change {
	MC_IFACE_UP = 1,
	MC_IFACE_DOWN,
	MC_IFACE_GONE,
	MC_IFACE_ADDRESS, /* one came or went; only after mc_ifwatch_addresses */
};

struct mc_iface_event {
	enum mc_iface_change change;
	unsigned index;
	char name[MC_IFNAME]; /* "" for addresses */
};

typedef struct mc_ifwatch mc_ifwatch;

/* -ENOMEM, -EMFILE ... with *why. */
MC_API MC_MUSTCHECK int mc_ifwatch_open(mc_ifwatch **out, struct mc_why *why);

/* NULL is fine. */
MC_API void mc_ifwatch_close(mc_ifwatch *w);

/* Readable when mc_ifwatch_next has something. */
MC_API int mc_ifwatch_fd(const mc_ifwatch *w);

/* Announces changes of addresses too. */
MC_API MC_MUSTCHECK int mc_ifwatch_addresses(mc_ifwatch *w, struct mc_why *why);

/* 1 and *out filled; 0 when there is nothing to read; -ENOBUFS when the kernel
 * dropped announcements: look at the interfaces again. */
MC_API MC_MUSTCHECK int mc_ifwatch_next(mc_ifwatch *w, struct mc_iface_event *out);

/* Which version of IGMP or MLD the kernel speaks on an interface. */
struct mc_gm_version {
	int version; /* IGMP 1..3, MLD 1..2 */
	int forced;  /* by sysctl force_igmp_version or force_mld_version; 0: not */
};

/* IPv4: as in /proc/net/igmp, an older querier on the link included.  IPv6:
 * Linux does not publish the effect of an MLDv1 querier; forcing is seen.
 * -ENODEV when the interface has no such protocol. */
MC_API MC_MUSTCHECK int mc_gm_version_get(struct mc_gm_version *out, const char *ifname,
					  enum mc_family family);

/* Writes the sysctl that forces a version (0: none), and tells what it was.
 * The caller puts *old back.  -EACCES and -EPERM come with the remedy. */
MC_API MC_MUSTCHECK int mc_gm_version_force(const char *ifname, enum mc_family family, int version,
					    int *old, struct mc_why *why);

MC_END_DECLS

#endif
