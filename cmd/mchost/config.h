/* config.h - what the command line of mchost asks for */
#ifndef MCHOST_CONFIG_H
#define MCHOST_CONFIG_H

#include "common/opt.h"

enum checksum_choice { CHECKSUM_GOOD = 0, CHECKSUM_BAD };
enum path_choice { PATH_AUTO = 0, PATH_PACKET, PATH_XDP };
enum test_choice { TEST_NONE = 0, TEST_CAPACITY, TEST_JOIN_DELAY, TEST_LEAVE_DELAY };

struct config {
	struct common_opts common;
	mc_nsec duration; /* 0: no limit */
	mc_nsec interval;

	/* who */
	uint64_t hosts;
	const char *addresses; /* NULL: of the interface's network */
	const char *versions, *misbehave;
	uint64_t vlan; /* 0: untagged */
	uint64_t seed;
	bool isolated, no_solicited_node, force;
	int path; /* enum path_choice */

	/* what they do */
	struct opt_list groups; /* beside the operands */
	const char *per_host;
	struct rate ramp, churn, zap;
	const char *kill;
	const char *scenario;
	bool die;
	bool verify;

	/* tests */
	int test; /* enum test_choice */
	const char *feed;
	struct rate feed_rate;
	uint64_t step;
	mc_nsec wait;

	/* one packet at a time */
	struct opt_list craft;
	const char *hex, *frame;
	struct mc_addr src, dst;
	const char *src_mac, *dst_mac;
	uint64_t ttl; /* above 255: not given */
	bool no_router_alert;
	int checksum; /* enum checksum_choice */
	uint64_t count;
};

#endif
