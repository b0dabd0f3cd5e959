/* config.h - what the command line of mcquery asks for */
#ifndef MCQUERY_CONFIG_H
#define MCQUERY_CONFIG_H

#include "common/opt.h"

#define DEFAULT_IGMP	      3
#define DEFAULT_MLD	      2
#define DEFAULT_MAX_ENTRIES   1000000
#define DEFAULT_METRICS_EVERY 10000000000

struct config {
	struct common_opts common;
	struct opt_list groups, sources; /* asked for */
	mc_nsec max_response;		 /* 0: as fits the mode */
	mc_nsec watch;
	uint64_t count;
	mc_nsec duration;
	bool serve, listen_only, if_none, force, no_listen;
	mc_nsec query_interval; /* 0: the default of the protocol */
	uint64_t igmp_version, mld_version;
	struct opt_list addresses;
	struct opt_list sets;
	const char *metrics;
	mc_nsec metrics_every;
	const char *dump;
	uint64_t max_entries;
};

#endif
