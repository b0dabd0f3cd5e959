/* opts.h - the option table of mcsend */
#ifndef MCSEND_OPTS_H
#define MCSEND_OPTS_H

#include "mcsend/config.h"

static const char *const ttl_scope_choices[] = { "warn", "error", "off", NULL };

static const struct opt opts[] = {
	{ 'r', "rate", "RATE", OPT_TO_RATE(struct config, rate), .section = "Sending",
	  .help = "packets or bits a second, or max (default 10/s)",
	  .more = "Written as\n.Cm 10/s , 5k/s , 20Mbit\nor\n.Cm max ,\n"
		  "which sends as fast as the kernel takes packets.\n"
		  "Bits are those of the UDP payload.\n"
		  "The rate is shared by all groups and interfaces." },
	{ 0, "each", NULL, OPT_TO_FLAG(struct config, each),
	  .help = "rate and count hold for each group, not for all",
	  .more = "A group on two interfaces counts twice." },
	{ 0, "burst", "N", OPT_TO_UINT(struct config, burst), .min = 1, .max = 1000000,
	  .help = "never more than N packets back to back",
	  .more = "What a late timer would owe beyond that is given up, so the\n"
		  "rate may fall short; the summary says by how much.\n"
		  "Default: what catches up with 100 milliseconds." },
	{ 's', "size", "BYTES", OPT_TO_RANGE(struct config, size), .max = 65507,
	  .help = "payload bytes, or a sweep: 64..1472 or 64..1472/8",
	  .more = "Default: 64; 1316 (seven MPEG-TS packets) for files.\n"
		  "A sweep sends each size in turn to every group.\n"
		  "Probes have at least 40 bytes." },
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1,
	  .help = "stop after N packets, of all groups together" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "stop after TIME (10, 500ms, 2m)",
	  .more = "A number without a unit is seconds." },
	{ 0, "payload", "WHAT", OPT_TO_STRING(struct config, payload),
	  .help = "hex:BYTES, text:TEXT, pattern:HEX, file:PATH or stdin",
	  .more = "Default: probes, which\n.Xr mcrecv 1\nmeasures; see\n.Xr mc-probe 5 .\n"
		  ".Cm hex\nand\n.Cm text\nsend just those bytes in each packet,\n"
		  ".Cm pattern\nrepeats them up to the size,\n"
		  ".Cm file\nand\n.Cm stdin\nare cut into packets of the size and sent once." },
	{ 0, "crc", NULL, OPT_TO_FLAG(struct config, crc),
	  .help = "protect the whole probe with a CRC-32C" },
	OPT_COMMON_INTERFACE(struct config),
	OPT_COMMON_FAMILY(struct config),
	{ 't', "ttl", "N", OPT_TO_UINT(struct config, ttl), .section = "Network", .max = 255,
	  .help = "TTL or hop limit (default 1: stays on this link)",
	  .more = "A packet with TTL n passes n-1 routers; 0 stays on this host." },
	{ 0, "ttl-scope", "WHAT", OPT_TO_CHOICE(struct config, ttl_scope),
	  .choices = ttl_scope_choices,
	  .help = "when TTL is above 1 but no router forwards the group: warn, error, off",
	  .more = "Default:\n.Cm warn .\nSuch groups are 224.0.0.0/24 and the IPv6 scopes "
		  "interface and link." },
	{ 0, "dscp", "N", OPT_TO_DSCP(struct config, dscp),
	  .help = "differentiated services code point: 0..63, ef, af41, cs6" },
	{ 0, "no-loop", NULL, OPT_TO_FLAG(struct config, no_loop),
	  .help = "do not deliver to members on this host" },
	{ 'p', "port", "N", OPT_TO_UINT(struct config, port), .min = 1, .max = 65535,
	  .help = "destination port of groups that name none (default 5000)" },
	{ 0, "source-port", "N", OPT_TO_UINT(struct config, source_port), .min = 1, .max = 65535,
	  .help = "UDP source port (default: any free one)" },
	{ 0, "source", "ADDR", OPT_TO_ADDR(struct config, source),
	  .help = "source address, one of this host's" },
	{ 0, "no-gso", NULL, OPT_TO_FLAG(struct config, no_gso),
	  .help = "do not let the kernel or the device segment runs of packets",
	  .more = "Every packet then passes the stack alone\n.Pq Xr sendmmsg 2 ,\n"
		  "which is several times slower." },
	{ 0, "sndbuf", "BYTES", OPT_TO_SIZE(struct config, sndbuf), .min = 4096, .max = 1u << 30,
	  .help = "socket send buffer (default: the kernel's; the granted size is shown)" },
	{ 0, "force", NULL, OPT_TO_FLAG(struct config, force),
	  .help = "send even to link-local control groups",
	  .more = "Without it 224.0.0.0/24 and ff02::/16 are refused: routing\n"
		  "protocols and neighbour discovery live there." },
	OPT_COMMON_OUTPUT(struct config),
	{ 0, "interval", "TIME", OPT_TO_TIME(struct config, interval), .min = 1000000,
	  .help = "between two lines of progress (default 1s)" },
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "mcsend -i eth0 239.1.1.1:5000", "Ten probes a second until Ctrl-C." },
	{ "mcsend -i eth0 -r 20Mbit -s 1316 -t 8 --dscp af41 -d 10 239.1.1.1",
	  "Looks like a television channel, and may pass seven routers." },
	{ "mcsend -i eth0 -r 1k/s -c 5000 239.1.0.0+5000", "One packet to each of 5000 groups." },
	{ "mcsend -i eth0 -r max -d 3 -s 1400 [ff15::4d43]:5000",
	  "As fast as it goes, over IPv6." },
	{ "mcsend -i eth0 --payload text:hello -c 1 239.1.1.1:5000",
	  "One packet with five bytes." },
};

static const struct opt_exit exits[] = {
	{ 0, "everything that was asked for was sent." },
	{ 1, "packets could not be sent; the summary says how many and why." },
	{ 2, "the command line is wrong." },
	{ 3, "the environment refuses: no such interface, no permission, no memory." },
};

static const struct program program = {
	.name = "mcsend",
	.summary = "send UDP datagrams to multicast groups",
	.operands = "[GROUP ...]",
	.operand_hint = OPT_HINT_GROUP,
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
