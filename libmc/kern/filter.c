/* filter.c - what the kernel's counts tell of an interface's source filter */
#include "kern/filter.h"

/* The interface is in mode EXCLUDE as soon as one socket is (RFC 9776 3.2).  Of
 * the sockets that include, each lists at least one source: there are at least
 * as many as the most wanted source has, and at most as many as all sources have
 * together.  Whoever is left over excludes, if only nothing. */
bool filter_mode_deduce(enum mc_filter_mode *mode, unsigned users,
			const struct mc_interface_source *sources, unsigned n)
{
	uint64_t all = 0, most = 0;

	*mode = MC_EXCLUDE;
	for (unsigned i = 0; i < n; i++) {
		if (sources[i].excluding)
			return true;
		all += sources[i].including;
		if (sources[i].including > most)
			most = sources[i].including;
	}
	if (users > all)
		return true;
	*mode = MC_INCLUDE;
	return users == most;
}
