/* opts.h - the option table of igmpdump */
#ifndef IGMPDUMP_OPTS_H
#define IGMPDUMP_OPTS_H

#include "igmpdump/config.h"

static const char *const fail_words[] = { "never", "note", "warning", "error", NULL };

static const struct opt opts[] = {
	{ 'i', "interface", "IF", OPT_TO_LIST(struct config, common.interfaces), .section = "Input",
	  .hint = OPT_HINT_IFACE, .help = "capture on this interface, or any; may be repeated",
	  .more = "Default: the one that the kernel would use; it is named in the output." },
	{ 'r', "read", "FILE", OPT_TO_LIST(struct config, read_files), .hint = OPT_HINT_FILE,
	  .help = "read a capture (pcap, pcapng; -: stdin), not the network",
	  .more = "May be repeated: the files are read one after another.\n"
		  "Compressed ones come through a pipe: zcat F | igmpdump -r -." },
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1,
	  .help = "stop after N messages shown" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "stop after TIME (10, 500ms, 2m)" },
	{ 's', "snaplen", "BYTES", OPT_TO_SIZE(struct config, snaplen), .min = 64, .max = 262144,
	  .help = "capture no more of each frame (default: all)",
	  .more = "A message that does not fit is shown as truncated." },
	{ 'B', "buffer", "BYTES", OPT_TO_SIZE(struct config, buffer), .min = 65536, .max = 1u << 30,
	  .help = "capture buffer in the kernel (default 32M)" },
	{ 'p', "promiscuous", NULL, OPT_TO_FLAG(struct config, promiscuous),
	  .help = "see frames that are not for this host",
	  .more = "Needed where reports go to single groups (IGMPv1, IGMPv2, MLDv1) that\n"
		  "this host has not joined: the network card may filter them out." },
	{ 0, "filter", "KEY=VALUE", OPT_TO_LIST(struct config, filters), .section = "Selecting",
	  .help = "show only what matches; may be repeated",
	  .more = "Keys are\n.Cm group , host , type , version , issue , severity\nand\n"
		  ".Cm link .\n"
		  "A key given twice matches either value; different keys must all match.\n"
		  ".Cm group\nand\n.Cm host\ntake an address or a prefix,\n.Cm type\n"
		  "one of query, report, leave, pim, dvmrp, mtrace, rgmp, mrd and other,\n"
		  ".Cm severity\nthe least severity." },
	{ 0, "fail-on", "SEVERITY", OPT_TO_CHOICE(struct config, fail_on), .choices = fail_words,
	  .help = "exit with 1 when an issue is that bad: error, warning or note" },
	{ 't', "stamp", NULL, OPT_TO_COUNT(struct config, stamps), .section = "Views",
	  .help = "time stamps: -t none, -tt epoch, -ttt delta, -tttt date, -ttttt elapsed" },
	{ 0, "nano", NULL, OPT_TO_FLAG(struct config, nano),
	  .help = "show nanoseconds, not microseconds" },
	{ 0, "summary", NULL, OPT_TO_FLAG(struct config, summary),
	  .help = "no messages; queriers, groups, counts and issues at the end",
	  .more = "A live capture ends with it in any case.\n"
		  ".Dv SIGUSR1\nasks for it at any time." },
	{ 0, "members", NULL, OPT_TO_FLAG(struct config, members),
	  .help = "no messages; a table of who is member of what" },
	{ 0, "events", NULL, OPT_TO_FLAG(struct config, events),
	  .help = "no messages; what changes: members, queriers, issues" },
	{ 0, "streams", NULL, OPT_TO_FLAG(struct config, streams),
	  .help = "take a census of the data: rate, TTL, DSCP, and who joined it",
	  .more = "Data that nobody joined is data that the network floods." },
	{ 0, "max-members", "N", OPT_TO_UINT(struct config, max_members), .min = 1,
	  .max = 100000000, .help = "memberships to remember, of each protocol (default 1000000)",
	  .more = "Beyond, the one heard least recently is forgotten, and counted." },
	{ 0, "exec", "CMD", OPT_TO_STRING(struct config, exec), .section = "Acting",
	  .help = "run CMD for every event",
	  .more = "The event is in its environment\n.Pq Ev MC_EVENT , MC_GROUP , MC_HOST\n"
		  "and so on, and as JSON on its standard input." },
	{ 0, "exec-jobs", "N", OPT_TO_UINT(struct config, exec_jobs), .min = 1, .max = 1024,
	  .help = "commands that run at the same time (default 8)" },
	{ 'w', "write", "FILE", OPT_TO_STRING(struct config, write_file), .hint = OPT_HINT_FILE,
	  .help = "write frames to a capture (-: stdout)",
	  .more = "All frames that were captured; with\n.Fl -filter\n"
		  "those of the messages that match." },
	{ 0, "rotate-size", "BYTES", OPT_TO_SIZE(struct config, rotate_size), .min = 1024,
	  .help = "begin a new file when this one has BYTES",
	  .more = "Files are numbered: capture.pcap becomes capture-000001.pcap." },
	{ 0, "rotate-time", "TIME", OPT_TO_TIME(struct config, rotate_time), .min = 1000000,
	  .help = "begin a new file every TIME of the capture" },
	{ 0, "rotate-count", "N", OPT_TO_UINT(struct config, rotate_count), .min = 1,
	  .help = "begin a new file after N frames" },
	{ 0, "rotate-files", "N", OPT_TO_UINT(struct config, rotate_files), .min = 1,
	  .max = 1000000, .help = "keep the last N files" },
	OPT_COMMON_OUTPUT(struct config),
	OPT_COMMON_NAMES(struct config),
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "igmpdump -i eth0", "What hosts, routers and switches say, and what is wrong with it." },
	{ "igmpdump -i eth0 --filter group=239.1.1.1 --filter type=leave",
	  "Who leaves one group?" },
	{ "igmpdump -v -r problem.pcap", "Every field of every message." },
	{ "igmpdump --summary -r problem.pcap", "Queriers, groups, hosts and issues." },
	{ "igmpdump -i eth0 --events --exec ./on-change",
	  "Runs a program when a member or a querier comes or goes." },
	{ "igmpdump -q --fail-on warning -r lab.pcap", "For tests: the exit status says it." },
	{ "igmpdump -i any -w ring.pcap --rotate-size 10M --rotate-files 5",
	  "The last 50 MiB of control traffic." },
};

static const struct opt_exit exits[] = {
	{ 0, "the capture was read, and nothing in it fails the check of --fail-on." },
	{ 1, "an issue at or above --fail-on was found." },
	{ 2, "the command line is wrong." },
	{ 3, "the environment refuses: no such interface or file, no permission, a damaged file, "
	     "an unknown link type, a full disk." },
};

static const struct program program = {
	.name = "igmpdump",
	.summary = "show membership messages, and what is wrong with them",
	.operands = "[PCAP-FILTER ...]",
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
