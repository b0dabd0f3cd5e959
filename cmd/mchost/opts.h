/* opts.h - the option table of mchost */
#ifndef MCHOST_OPTS_H
#define MCHOST_OPTS_H

#include "mchost/config.h"

static const char *const checksum_choices[] = { "good", "bad", NULL };
static const char *const path_choices[] = { "auto", "packet", "xdp", NULL };
static const char *const test_choices[] = { "none", "capacity", "join-delay", "leave-delay", NULL };

static const struct opt opts[] = {
	{ 0, "hosts", "N", OPT_TO_UINT(struct config, hosts), .section = "Hosts", .min = 1,
	  .max = 16000000, .help = "be N hosts (default 1)" },
	{ 0, "addresses", "POOL", OPT_TO_STRING(struct config, addresses),
	  .help = "their addresses: 10.1.0.0/16 or 10.1.0.1-10.1.9.9",
	  .more = "Default: from the end of the interface's own network, after asking\n"
		  "by ARP that nobody has them; 198.18.0.0/15 (RFC 2544) when the\n"
		  "interface has no network or too small a one.\n"
		  "IPv6 hosts have link-local addresses made of their MACs, as MLD\n"
		  "wants it (RFC 9777 5.2.13)." },
	{ 0, "versions", "SHARES", OPT_TO_STRING(struct config, versions),
	  .help = "what they speak: v2:30%,v3:70%,mldv1:100% (default v3, mldv2)",
	  .more = "Hosts give way to older queriers as the RFCs say." },
	{ 0, "vlan", "ID", OPT_TO_UINT(struct config, vlan), .min = 1, .max = 4094,
	  .help = "in this VLAN (802.1Q tag)" },
	{ 0, "seed", "N", OPT_TO_UINT(struct config, seed), .max = UINT64_MAX,
	  .help = "MACs, choices and delays follow from it (default 1)" },
	{ 0, "isolated", NULL, OPT_TO_FLAG(struct config, isolated),
	  .help = "hosts do not hear each other's reports",
	  .more = "As behind a snooping switch; without it they suppress reports that\n"
		  "another of them has sent (IGMPv1, IGMPv2, MLDv1)." },
	{ 0, "no-solicited-node", NULL, OPT_TO_FLAG(struct config, no_solicited_node),
	  .help = "IPv6 hosts do not join the groups at which neighbours ask for them",
	  .more = "Without these memberships, which are real hosts' too and which no count\n"
		  "includes, a snooping switch keeps neighbour solicitations from them." },
	{ 0, "misbehave", "SHARES", OPT_TO_STRING(struct config, misbehave),
	  .help = "late:5%,never:1%,wrong-version, no-router-alert, ttl, bad-checksum, "
		  "same-address",
	  .more = "Each share of the hosts, chosen at random, answers queries late or\n"
		  "never, ignores older queriers, sends without Router Alert, with TTL\n"
		  "64, with a wrong checksum, or from the address of the first host." },
	{ 0, "force", NULL, OPT_TO_FLAG(struct config, force),
	  .help = "even with addresses that may belong to others" },
	{ 0, "path", "WHICH", OPT_TO_CHOICE(struct config, path), .choices = path_choices,
	  .help = "frames leave by a packet socket or by AF_XDP (default auto: from 10000 hosts on "
		  "xdp)",
	  .more = "AF_XDP takes less time, but passes traffic control and captures on this\n"
		  "host by: tcpdump on another sees the frames, here it does not.\n"
		  ".Cm auto\nfalls back on the packet socket where AF_XDP is not to be had." },
	{ 'g', "groups", "GROUP", OPT_TO_LIST(struct config, groups), .section = "Memberships",
	  .hint = OPT_HINT_GROUP, .help = "groups to choose from, as operands; may be repeated" },
	{ 0, "per-host", "N", OPT_TO_STRING(struct config, per_host),
	  .help = "groups of each host: 8, all, zipf, or 8,zipf (default all for one host, "
		  "else 1)",
	  .more = "Groups are chosen at random, evenly or with\n.Cm zipf\nthe first ones more "
		  "often, the n-th 1/n times as often as the first." },
	{ 0, "ramp", "RATE", OPT_TO_RATE(struct config, ramp),
	  .help = "joins a second at the start (default max: all at once)" },
	{ 0, "churn", "RATE", OPT_TO_RATE(struct config, churn),
	  .help = "a second: a host leaves a group, another joins one",
	  .more = "The number of memberships stays as it is." },
	{ 0, "zap", "RATE", OPT_TO_RATE(struct config, zap),
	  .help = "a second: a host leaves a group and joins the next one",
	  .more = "That is the next one that it has not joined." },
	{ 0, "kill", "SHARE", OPT_TO_STRING(struct config, kill),
	  .help = "so many die silently once all have joined: 10%, or 10%@30s after the start" },
	{ 0, "scenario", "FILE", OPT_TO_STRING(struct config, scenario), .hint = OPT_HINT_FILE,
	  .help = "what happens when, in lines such as: at 10s join 100 239.1.1.1",
	  .more = "See\n.Sx SCENARIOS ." },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "stop after TIME (10, 500ms, 2m)" },
	{ 0, "die", NULL, OPT_TO_FLAG(struct config, die),
	  .help = "at the end all die silently, instead of leaving their groups" },
	{ 0, "verify", NULL, OPT_TO_FLAG(struct config, verify),
	  .help = "did every member get its data, and nobody else any?" },
	{ 0, "test", "WHICH", OPT_TO_CHOICE(struct config, test), .section = "Tests",
	  .choices = test_choices,
	  .help = "RFC 3918: capacity, join-delay or leave-delay of what is in between",
	  .more = "Needs\n.Fl -feed .\nSee\n.Sx TESTS ." },
	{ 0, "feed", "IF", OPT_TO_STRING(struct config, feed), .hint = OPT_HINT_IFACE,
	  .help = "the interface that test data is sent from" },
	{ 0, "feed-rate", "RATE", OPT_TO_RATE(struct config, feed_rate),
	  .help = "packets a second to each group in delay tests (default 1000/s)" },
	{ 0, "step", "N", OPT_TO_UINT(struct config, step), .min = 1, .max = 1000000,
	  .help = "groups more at each step of the capacity test (default 1/32 of them)" },
	{ 0, "wait", "TIME", OPT_TO_TIME(struct config, wait), .min = 1000000,
	  .help = "how long test data may take (default 1s)" },
	{ 0, "craft", "MESSAGE", OPT_TO_LIST(struct config, craft), .section = "Single packets",
	  .help = "send this and end: 'v3-report 239.1.1.1=to_in(10.0.0.1)'; may be repeated",
	  .more = "See\n.Sx MESSAGES ." },
	{ 0, "hex", "BYTES", OPT_TO_STRING(struct config, hex),
	  .help = "send these as the IGMP or ICMPv6 message; needs --dst" },
	{ 0, "frame", "BYTES", OPT_TO_STRING(struct config, frame),
	  .help = "send these as the whole frame" },
	{ 0, "src", "ADDR", OPT_TO_ADDR(struct config, src),
	  .help = "source address (default the interface's)" },
	{ 0, "src-mac", "MAC", OPT_TO_STRING(struct config, src_mac),
	  .help = "source MAC (default the interface's)" },
	{ 0, "dst", "ADDR", OPT_TO_ADDR(struct config, dst),
	  .help = "destination (default where the message belongs)" },
	{ 0, "dst-mac", "MAC", OPT_TO_STRING(struct config, dst_mac),
	  .help = "destination MAC (default that of the group)" },
	{ 't', "ttl", "N", OPT_TO_UINT(struct config, ttl), .max = 255,
	  .help = "TTL or hop limit (default 1)" },
	{ 0, "no-router-alert", NULL, OPT_TO_FLAG(struct config, no_router_alert),
	  .help = "without the Router Alert option" },
	{ 0, "checksum", "WHICH", OPT_TO_CHOICE(struct config, checksum),
	  .choices = checksum_choices, .help = "good or bad (default good)" },
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1,
	  .help = "send it N times (default 1)" },
	OPT_COMMON_INTERFACE(struct config),
	OPT_COMMON_OUTPUT(struct config),
	{ 0, "interval", "TIME", OPT_TO_TIME(struct config, interval), .min = 1000000,
	  .help = "between two lines of progress, or two single packets (default 1s)" },
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "mchost -i eth0 239.1.1.1", "One more member, with MAC and address of its own." },
	{ "mchost -i eth0 --hosts 10000 --per-host 8 --churn 500/s 239.1.0.0/22",
	  "A building full of set-top boxes." },
	{ "mchost -i eth0 --hosts 100 --versions v2:30%,v3:70% --kill 10% -d 5m 239.1.0.0/24",
	  "A mixed population, a tenth of which is unplugged." },
	{ "mchost -i eth1 --feed eth0 --test capacity 239.1.0.0/16",
	  "How many groups does the switch between eth0 and eth1 keep apart?" },
	{ "mchost -i eth0 --craft 'v3-report 239.1.1.1=to_in(10.0.0.1,10.0.0.2)'", "One report." },
	{ "mchost -i eth0 --src 10.9.9.9 --src-mac 02:00:00:00:00:99 --craft 'udp 239.1.1.1:5000'",
	  "A datagram from somebody else." },
};

static const struct opt_exit exits[] = {
	{ 0, "all went as asked." },
	{ 1, "it did not: data was missing or unwanted (--verify), a test found its limit below "
	     "what was asked, frames could not be sent." },
	{ 2, "the command line or the scenario is wrong." },
	{ 3, "the environment refuses: no such interface, no permission, no memory." },
};

static const struct program program = {
	.name = "mchost",
	.summary = "be one host, or a hundred thousand, in IGMP and MLD",
	.operands = "[GROUP ...]",
	.operand_hint = OPT_HINT_GROUP,
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
