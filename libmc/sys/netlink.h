/* netlink.h - the only door to libmnl */
#ifndef SYS_NETLINK_H
#define SYS_NETLINK_H

#include <mc/addr.h>
#include <mc/iface.h>

/* The output interface of the kernel's route to an address; 0 when there is
 * none, or -errno. */
int netlink_route_oif(const struct mc_addr *dst);

#endif
