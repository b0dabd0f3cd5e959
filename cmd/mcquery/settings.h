/* settings.h - how to query on one interface: versions, variables, faults */
#ifndef MCQUERY_SETTINGS_H
#define MCQUERY_SETTINGS_H

#include <mc/router.h>

#include "mcquery/config.h"

#define UNSET (-1)

struct settings {
	unsigned igmp, mld;		   /* versions; 0: not spoken */
	struct mc_addr address4, address6; /* source of queries; MC_ANY: the interface's */
	struct mc_router_vars vars;
	bool ssm_any_source;
	/* what the packets are made to look like; UNSET: as the RFCs want it */
	int ttl, tos, router_alert, qrv;
	bool no_router_alert, bad_checksum, bad_header_sum, suppress;
	uint16_t vlan; /* 0: untagged */
	bool has_src_mac, has_dst_mac;
	struct mc_mac src_mac, dst_mac;
	struct mc_addr destination4, destination6;
};

/* The settings of an interface: options, and every --set that is for all
 * interfaces or for this one.  0, or the exit status after a message. */
int settings_make(struct settings *out, const struct config *c, const char *ifname);

/* Do the variables fit each other and the versions?  0 or the exit status. */
int settings_check(const struct settings *s, const char *ifname);

/* Does an IF:KEY name an interface that is not among these?  0 or the status. */
int settings_check_names(const struct config *c, bool (*known)(const void *, const char *),
			 const void *data);

#endif
