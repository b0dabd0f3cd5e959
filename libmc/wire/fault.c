/* fault.c - why bytes cannot be read */
#include <mc/gm.h>
#include "wire/fault.h"

struct fault {
	int error;
	const char *name, *text;
};

static const struct fault faults[MC_FAULT_MAX] = {
	[MC_FAULT_NONE] = { 0, "none", "nothing is wrong with it" },
	[MC_FAULT_LINK] = { -MC_EUNSUPPORTED, "link-type", "the link type is not known" },
	[MC_FAULT_LINK_SHORT] = { -MC_ETRUNC, "link-short", "the capture ends in the link header" },
	[MC_FAULT_VLANS] = { -MC_EUNSUPPORTED, "vlan-depth", "more VLAN tags than are read" },
	[MC_FAULT_NOT_IP] = { -MC_EUNSUPPORTED, "not-ip", "the frame carries no IP" },
	[MC_FAULT_IP_SHORT] = { -MC_ETRUNC, "ip-short", "the capture ends in the IPv4 header" },
	[MC_FAULT_IP_VERSION] = { -MC_EUNSUPPORTED, "ip-version",
				  "the IP version is not the one that belongs here" },
	[MC_FAULT_IP_IHL] = { -MC_EBADLEN, "ip-header-length",
			      "the IPv4 header length is below 20 bytes" },
	[MC_FAULT_IP_TOTLEN] = { -MC_EBADLEN, "ip-total-length",
				 "the IPv4 total length is below the length of the header" },
	[MC_FAULT_IP_TRUNC] = { -MC_ETRUNC, "ip-truncated",
				"the IPv4 total length exceeds what was captured" },
	[MC_FAULT_IP_OPT] = { -MC_EBADLEN, "ip-option", "an IPv4 option has an impossible length" },
	[MC_FAULT_IP6_SHORT] = { -MC_ETRUNC, "ip6-short", "the capture ends in the IPv6 header" },
	[MC_FAULT_IP6_TRUNC] = { -MC_ETRUNC, "ip6-truncated",
				 "the IPv6 payload length exceeds what was captured" },
	[MC_FAULT_EXT_TRUNC] = { -MC_EBADLEN, "ip6-extension",
				 "an IPv6 extension header exceeds the packet" },
	[MC_FAULT_EXT_OPT] = { -MC_EBADLEN, "ip6-option",
			       "a hop-by-hop option has an impossible length" },
	[MC_FAULT_FRAGMENT] = { -MC_EUNSUPPORTED, "fragment",
				"it is a fragment of a larger packet" },
	[MC_FAULT_PROTOCOL] = { -MC_EUNSUPPORTED, "protocol", "it is neither IGMP nor MLD" },
	[MC_FAULT_SHORT] = { -MC_ETRUNC, "short", "the message is shorter than its type requires" },
	[MC_FAULT_QUERY_LEN] = { -MC_EBADLEN, "query-length",
				 "the query has a length that no version has" },
	[MC_FAULT_SOURCES] = { -MC_ETRUNC, "num-sources",
			       "the query announces more sources than it holds" },
	[MC_FAULT_RECORD] = { -MC_ETRUNC, "num-records",
			      "the report announces more records than it holds" },
	[MC_FAULT_RECORD_SOURCES] = { -MC_ETRUNC, "record-sources",
				      "a record announces more sources than the report holds" },
	[MC_FAULT_RECORD_AUX] = { -MC_ETRUNC, "record-aux",
				  "a record announces more auxiliary data than the report holds" },
};

static const struct fault *row(enum mc_fault f)
{
	static const struct fault unknown = { -MC_EUNSUPPORTED, "unknown", "unknown fault" };

	return (unsigned)f < MC_FAULT_MAX ? &faults[f] : &unknown;
}

const char *mc_fault_name(enum mc_fault f)
{
	return row(f)->name;
}

const char *mc_fault_text(enum mc_fault f)
{
	return row(f)->text;
}

int mc_fault_error(enum mc_fault f)
{
	return row(f)->error;
}
