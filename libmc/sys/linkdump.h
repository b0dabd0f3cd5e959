/* linkdump.h - a dump of all interfaces, for the readers that name them */
#ifndef SYS_LINKDUMP_H
#define SYS_LINKDUMP_H

#include "sys/nlsock.h"
#include "sys/vec.h"

#include <mc/iface.h>

/* RTM_GETLINK; without counters unless wanted. */
int link_dump(struct nlsock *s, bool counters, nl_message_fn *fn, void *ctx);

/* Names of interfaces. */
struct ifname_entry {
	unsigned ifindex;
	char name[MC_IFNAME];
};

typedef VEC(struct ifname_entry) ifname_vec;

/* Reads them all, sorted by index. */
int ifnames_read(ifname_vec *out, struct nlsock *s);

/* The name, "" when there is none. */
const char *ifname_of(const ifname_vec *names, unsigned ifindex);

#endif
