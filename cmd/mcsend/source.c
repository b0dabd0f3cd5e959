/* source.c - the address that packets to a group will carry */
#include "mcsend/source.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

/* Connecting sends nothing; it makes the kernel choose. */
static struct mc_addr ask4(int fd, unsigned ifindex, const struct mc_addr *group)
{
	struct ip_mreqn out = { .imr_ifindex = (int)ifindex };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(9) };
	socklen_t len = sizeof(sin);

	memcpy(&sin.sin_addr, group->bytes, sizeof(sin.sin_addr));
	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof(out)) < 0 ||
	    connect(fd, (struct sockaddr *)&sin, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &len) < 0)
		return (struct mc_addr){ .family = MC_ANY };
	return mc_addr_from_bytes(MC_IPV4, &sin.sin_addr);
}

static struct mc_addr ask6(int fd, unsigned ifindex, const struct mc_addr *group)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
				     .sin6_port = htons(9),
				     .sin6_scope_id = ifindex };
	socklen_t len = sizeof(sin6);
	int out = (int)ifindex;

	memcpy(&sin6.sin6_addr, group->bytes, sizeof(sin6.sin6_addr));
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &out, sizeof(out)) < 0 ||
	    connect(fd, (struct sockaddr *)&sin6, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&sin6, &len) < 0)
		return (struct mc_addr){ .family = MC_ANY };
	return mc_addr_from_bytes(MC_IPV6, &sin6.sin6_addr);
}

struct mc_addr source_of(const struct outlet *o, const struct mc_addr *group)
{
	struct mc_addr chosen = { .family = MC_ANY };
	bool v4 = o->family == MC_IPV4;
	struct mc_tx_info info;
	int fd;

	mc_tx_info(o->tx, &info);
	if (!mc_addr_is_unspecified(&info.source))
		return info.source;
	fd = socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return chosen;
	chosen = v4 ? ask4(fd, o->iface.index, group) : ask6(fd, o->iface.index, group);
	close(fd);
	return chosen;
}
