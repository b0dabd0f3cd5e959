/* gmversion.h - the version that a sysctl forces */
#ifndef SYS_GMVERSION_H
#define SYS_GMVERSION_H

#include <mc/iface.h>

/* force_igmp_version, force_mld_version of the namespace that the thread is in:
 * the version, 0 when none is forced, or -ENODEV. */
int gm_version_forced(const char *ifname, enum mc_family family);

#endif
