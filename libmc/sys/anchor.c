/* anchor.c - a source filter that makes /proc/net/mcfilter whole
 *
 * The kernel begins mcfilter and mcfilter6 with the first interface whose newest
 * group has sources and passes over those before it, whatever their other
 * groups have; from there on nothing is left out.  So the loopback interface,
 * the first of every namespace, gets a source: for the all-hosts group, which
 * the kernel itself has joined there, and which is never reported (RFC 9776 6,
 * RFC 9777 6).  No packet is sent and no membership comes of it. */
#include "sys/memberships.h"
#include "sys/sockaddr.h"

#include <unistd.h>

#define LOOPBACK_INDEX 1

/* Loopback and discard-only (RFC 6666) addresses that nobody else would list. */
static const uint8_t mark4[4] = { 127, 109, 99, 1 };
static const uint8_t mark6[16] = { 0x01, [14] = 0x6d, 0x63 };

static struct mc_addr mark(enum mc_family family)
{
	return family == MC_IPV4 ? mc_addr_from_bytes(MC_IPV4, mark4)
				 : mc_addr_from_bytes(MC_IPV6, mark6);
}

static struct mc_addr all_hosts(enum mc_family family)
{
	static const uint8_t v4[4] = { 224, 0, 0, 1 };
	static const uint8_t v6[16] = { 0xff, 0x02, [15] = 1 };

	return mc_addr_from_bytes(family, family == MC_IPV4 ? v4 : v6);
}

int anchor_open(enum mc_family family)
{
	struct group_source_req req = { .gsr_interface = LOOPBACK_INDEX };
	struct mc_addr group = all_hosts(family), source = mark(family);
	int fd = socket(af_of(family), SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	sockaddr_fill(&req.gsr_group, &group, 0, 0);
	sockaddr_fill(&req.gsr_source, &source, 0, 0);
	if (setsockopt(fd, level_of(family), MCAST_JOIN_SOURCE_GROUP, &req, sizeof(req)) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

bool anchor_group(const struct mc_addr *group)
{
	struct mc_addr g = all_hosts((enum mc_family)group->family);

	return mc_addr_cmp(group, &g) == 0;
}

bool anchor_is(const struct mc_addr *group, const struct mc_addr *source)
{
	struct mc_addr s = mark((enum mc_family)source->family);

	return anchor_group(group) && mc_addr_cmp(source, &s) == 0;
}
