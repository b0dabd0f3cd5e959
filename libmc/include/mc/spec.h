/* spec.h - the one notation for groups, sources, ranges, ports, interfaces.
 *
 *   [SOURCE[,SOURCE...]@]GROUP[+COUNT | /PREFIX | -LAST][:PORT][%IF]
 *
 *   239.1.1.1                     any source, the caller's default port
 *   10.0.0.1@232.1.1.1:5000       source-specific (INCLUDE {10.0.0.1})
 *   !10.0.0.9@239.1.1.1           everybody but 10.0.0.9 (EXCLUDE {10.0.0.9})
 *   239.1.0.0+1000:5000%eth1      1000 groups from 239.1.0.0 on
 *   239.1.0.0/16, 239.1.1.1-239.1.1.9
 *   [ff3e::8000:1234]:5000, 2001:db8::1@[ff3e::8000:1234]:5000%eth0
 *
 * IPv6 needs brackets only before a port.  Either every source carries '!' or
 * none does.  Pure: no system calls, no allocation, no globals. */
#ifndef MC_SPEC_H
#define MC_SPEC_H

#include <mc/addr.h>

MC_BEGIN_DECLS

#define MC_SPEC_SOURCES 64 /* the least a host must support, RFC 9776 5.1 */
#define MC_SPEC_IFNAME	16 /* IFNAMSIZ */

enum mc_filter_mode {
	MC_EXCLUDE = 0, /* all but the listed sources; with none listed: any source */
	MC_INCLUDE,	/* the listed sources only */
};

/* A range is kept as its first group and a count, whatever its size. */
struct mc_spec {
	struct mc_addr first;
	uint64_t count; /* >= 1 */
	uint16_t port;	/* 0: none given */
	uint16_t n_sources;
	enum mc_filter_mode mode;
	char ifname[MC_SPEC_IFNAME]; /* "": none given */
	struct mc_addr sources[MC_SPEC_SOURCES];
};

/* Where and why parsing stopped. */
struct mc_spec_error {
	size_t offset; /* of the character to put the caret under */
	char text[128];
};

/* -MC_EBADSPEC with *err filled (err may be NULL).  Checks that the group is
 * multicast, the sources are unicast and of the same family, the range stays
 * within the multicast addresses, and the port is 1..65535. */
MC_API MC_MUSTCHECK int mc_spec_parse(struct mc_spec *out, const char *text,
				      struct mc_spec_error *err);

/* The n-th group of a spec, n < count. */
MC_API struct mc_addr mc_spec_group(const struct mc_spec *s, uint64_t n);

/* Room for the longest spec. */
#define MC_SPEC_TEXT (MC_SPEC_SOURCES * (MC_ADDR_TEXT + 2) + 2 * MC_ADDR_TEXT + 64)

/* The canonical text of a spec: ranges as +COUNT.  Returns the length, or
 * -ENOSPC when it does not fit. */
MC_API int mc_spec_format(const struct mc_spec *s, char *buf, size_t size);

MC_END_DECLS

#endif
