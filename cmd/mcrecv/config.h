/* config.h - what the command line of mcrecv asks for */
#ifndef MCRECV_CONFIG_H
#define MCRECV_CONFIG_H

#include "common/opt.h"

#define DEFAULT_PORT   5000
#define DEFAULT_GROUP4 "239.255.77.67" /* the same as mcsend's */
#define DEFAULT_GROUP6 "ff15::4d43"

struct config {
	struct common_opts common;
	uint64_t port;
	uint64_t count;
	mc_nsec duration;
	uint64_t rcvbuf;
	bool no_gro;
	bool ring;
	bool rtp;
	uint64_t rtp_clock;
	uint64_t igmp_version, mld_version; /* 0: as it is */
	mc_nsec leave_after;		    /* 0: do not */
	mc_nsec leave_wait;
	const char *read_file, *write_file, *output;
	bool dump;
	uint64_t expect; /* groups; 0: not given */
	bool expect_all, expect_none;
	mc_nsec timeout; /* 0: not given */
	double max_loss; /* below 0: not given */
	struct rate min_rate;
	mc_nsec interval;
};

#endif
