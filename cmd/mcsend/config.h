/* config.h - what the command line of mcsend asks for */
#ifndef MCSEND_CONFIG_H
#define MCSEND_CONFIG_H

#include "common/opt.h"

#define DEFAULT_PORT   5000
#define DEFAULT_GROUP4 "239.255.77.67" /* local scope, RFC 2365 6.1 */
#define DEFAULT_GROUP6 "ff15::4d43"    /* transient, site-local scope, RFC 4291 2.7 */
#define DEFAULT_SIZE   64
#define FILE_SIZE      1316 /* seven MPEG-TS packets of 188 bytes, below every MTU */

enum ttl_scope { TTL_SCOPE_WARN = 0, TTL_SCOPE_ERROR, TTL_SCOPE_OFF };

struct config {
	struct common_opts common;
	struct rate rate;
	uint64_t burst; /* 0: not given */
	bool each;
	struct range size; /* min 0: not given */
	uint64_t count;	   /* 0: no limit */
	mc_nsec duration;  /* 0: no limit */
	uint64_t ttl;
	int ttl_scope; /* enum ttl_scope */
	unsigned dscp;
	bool no_loop;
	uint64_t port;
	uint64_t source_port;
	struct mc_addr source;
	const char *payload;
	bool crc;
	bool no_gso;
	uint64_t sndbuf;
	bool force;
	mc_nsec interval;
};

#endif
