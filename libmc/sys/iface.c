/* iface.c - network interfaces: find, choose, check */
#include "sys/netlink.h"
#include "sys/sockaddr.h"
#include "sys/why.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned mtu_of(const char *name)
{
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned mtu = 0;

	if (fd < 0)
		return 0;
	strncpy(ifr.ifr_name, name, sizeof(ifr.ifr_name) - 1);
	if (ioctl(fd, SIOCGIFMTU, &ifr) == 0)
		mtu = (unsigned)ifr.ifr_mtu;
	close(fd);
	return mtu;
}

static void take_flags(struct mc_iface *out, unsigned flags)
{
	out->up = flags & IFF_UP;
	out->running = flags & IFF_RUNNING;
	out->multicast = flags & IFF_MULTICAST;
	out->loopback = flags & IFF_LOOPBACK;
}

static uint8_t prefix_of(const struct sockaddr *mask)
{
	struct sockaddr_in in;

	if (!mask)
		return 0;
	memcpy(&in, mask, sizeof(in));
	return (uint8_t)__builtin_popcount(in.sin_addr.s_addr);
}

static void take_address(struct mc_iface *out, const struct sockaddr *sa,
			 const struct sockaddr *mask)
{
	struct sockaddr_storage ss = { 0 };
	struct mc_addr a;
	uint16_t port;

	if (!sa || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return;
	memcpy(&ss, sa,
	       sa->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
	sockaddr_read(&a, &port, &ss);
	if (a.family == MC_IPV4 && out->addr4.family == MC_ANY) {
		out->addr4 = a;
		out->prefix4 = prefix_of(mask);
	}
	if (a.family == MC_IPV6 &&
	    (out->addr6.family == MC_ANY ||
	     (mc_addr_is_link_local(&a) && !mc_addr_is_link_local(&out->addr6))))
		out->addr6 = a;
}

int mc_iface_get(struct mc_iface *out, const char *name, struct mc_why *why)
{
	struct ifaddrs *list;
	bool found = false;

	memset(out, 0, sizeof(*out));
	if (getifaddrs(&list) < 0)
		return why_set(why, -errno, "cannot list interfaces: %s", mc_strerror(errno));
	for (struct ifaddrs *i = list; i; i = i->ifa_next) {
		if (strcmp(i->ifa_name, name) != 0)
			continue;
		found = true;
		take_flags(out, i->ifa_flags);
		take_address(out, i->ifa_addr, i->ifa_netmask);
	}
	freeifaddrs(list);
	out->index = found ? if_nametoindex(name) : 0;
	if (!out->index) {
		memset(out, 0, sizeof(*out));
		why_set(why, 0, "no interface '%s'", name);
		why_fix(why, "'ip link' lists them");
		return -ENODEV;
	}
	strncpy(out->name, name, sizeof(out->name) - 1);
	out->mtu = mtu_of(name);
	return 0;
}

int mc_iface_get_index(struct mc_iface *out, unsigned index, struct mc_why *why)
{
	char name[IF_NAMESIZE];

	if (!if_indextoname(index, name)) {
		memset(out, 0, sizeof(*out));
		return why_set(why, -ENODEV, "no interface with index %u", index);
	}
	return mc_iface_get(out, name, why);
}

/* The only interface that is up and does multicast; -ENETUNREACH when there
 * are none or several, whose names then stand in list. */
static int only_candidate(char name[IF_NAMESIZE], char *list, size_t size)
{
	struct if_nameindex *all = if_nameindex();
	unsigned n = 0;
	size_t used = 0;

	list[0] = '\0';
	if (!all)
		return -errno;
	for (struct if_nameindex *i = all; i->if_index; i++) {
		struct mc_iface f;

		if (mc_iface_get(&f, i->if_name, NULL) < 0)
			continue;
		if (!f.up || !f.multicast || f.loopback)
			continue;
		n++;
		memcpy(name, f.name, IF_NAMESIZE);
		if (used < size)
			used += (size_t)snprintf(list + used, size - used, "%s%s",
						 n > 1 ? ", " : "", f.name);
	}
	if_freenameindex(all);
	return n == 1 ? 0 : -ENETUNREACH;
}

int mc_iface_default(struct mc_iface *out, const struct mc_addr *group, struct mc_why *why)
{
	char text[MC_ADDR_TEXT], name[IF_NAMESIZE], list[160];
	int oif = netlink_route_oif(group);

	memset(out, 0, sizeof(*out));
	if (oif > 0 && mc_iface_get_index(out, (unsigned)oif, why) == 0 && !out->loopback)
		return 0;
	if (only_candidate(name, list, sizeof(list)) == 0)
		return mc_iface_get(out, name, why);
	memset(out, 0, sizeof(*out));
	why_set(why, 0, "no route says which interface reaches %s", mc_addr_format(group, text));
	if (list[0])
		why_fix(why, "choose one with -i: %s", list);
	else
		why_fix(why, "no interface is up and has the MULTICAST flag");
	return -ENETUNREACH;
}

int mc_iface_check(const struct mc_iface *i, enum mc_family family, struct mc_why *why)
{
	const struct mc_addr *a = family == MC_IPV4 ? &i->addr4 : &i->addr6;

	if (!i->up) {
		why_set(why, 0, "interface %s is down", i->name);
		why_fix(why, "ip link set %s up", i->name);
		return -ENETDOWN;
	}
	if (!i->multicast && !i->loopback) {
		why_set(why, 0, "interface %s lacks the MULTICAST flag", i->name);
		why_fix(why, "ip link set %s multicast on", i->name);
		return -EOPNOTSUPP;
	}
	if (a->family == MC_ANY) {
		why_set(why, 0, "interface %s has no IPv%d address", i->name, (int)family);
		why_fix(why, "ip address add ADDRESS/LEN dev %s", i->name);
		return -EADDRNOTAVAIL;
	}
	return 0;
}
