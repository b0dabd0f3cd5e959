/* opts.h - the option table of mctop */
#ifndef MCTOP_OPTS_H
#define MCTOP_OPTS_H

#include "mctop/config.h"

static const char *const capture_words[] = { "all", "control", "none", NULL };

static const struct opt opts[] = {
	{ 'i', "interface", "IF", OPT_TO_LIST(struct config, common.interfaces),
	  .section = "Selecting", .hint = OPT_HINT_IFACE,
	  .help = "only this interface; may be repeated" },
	{ 0, "group", "GROUP", OPT_TO_LIST(struct config, groups), .hint = OPT_HINT_GROUP,
	  .help = "only these groups: 239.1.1.1, 239.1.0.0/16; may be repeated" },
	{ 0, "process", "PID|NAME", OPT_TO_LIST(struct config, processes),
	  .help = "only what this process joined; may be repeated",
	  .more = "A number is a process identifier, anything else a part of a name." },
	{ '4', "ipv4", NULL, OPT_TO_SET(struct config, common.family, MC_IPV4),
	  .help = "only IPv4" },
	{ '6', "ipv6", NULL, OPT_TO_SET(struct config, common.family, MC_IPV6),
	  .help = "only IPv6" },
	{ 0, "netns", "NAME", OPT_TO_LIST(struct config, netns),
	  .help = "look into this network namespace; may be repeated",
	  .more = "A name as of\n.Ql ip netns ,\na path such as\n.Pa /proc/1234/ns/net ,\n"
		  "or the identifier of a process that is in it." },
	{ 0, "all-netns", NULL, OPT_TO_FLAG(struct config, all_netns),
	  .help = "look into every network namespace, those of containers too",
	  .more = "Namespaces that come later are found as well." },
	{ 0, "capture", "WHAT", OPT_TO_CHOICE(struct config, capture), .choices = capture_words,
	  .section = "Capturing",
	  .help = "listen to data and control messages, to control alone, or to none",
	  .more = "Data gives rates and packets of groups, control messages give the querier\n"
		  "and the other members on the link.\n"
		  "Without permission mctop says so and does without." },
	{ 'p', "promiscuous", NULL, OPT_TO_FLAG(struct config, promiscuous),
	  .help = "let the interfaces of -i pass frames that are not for this host",
	  .more = "Many network cards filter the reports of other hosts out otherwise." },
	{ 0, "once", NULL, OPT_TO_FLAG(struct config, once), .section = "Showing",
	  .help = "print the table once, without a terminal" },
	{ 0, "interval", "TIME", OPT_TO_TIME(struct config, interval), .min = 10000000,
	  .help = "refresh every TIME (default 1s); with --json follow changes" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "with --json: stop after TIME; with --once: watch for TIME, then print",
	  .more = "Rates, queriers and other members take time to be seen." },
	{ 0, "sort", "COLUMN", OPT_TO_STRING(struct config, sort),
	  .help = "sort groups by this column; -COLUMN reverses",
	  .more = "A title of the table, in any case, such as\n.Cm rate\nor\n.Cm -age ." },
	{ 0, "ascii", NULL, OPT_TO_FLAG(struct config, ascii),
	  .help = "draw with ASCII only (default: as the locale says)" },
	{ 0, "no-mouse", NULL, OPT_TO_FLAG(struct config, no_mouse),
	  .help = "leave the mouse to the terminal" },
	OPT_COMMON_OUTPUT(struct config),
	OPT_COMMON_NAMES(struct config),
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "mctop", "Every interface and group of this host, live." },
	{ "mctop --once -i eth0", "The same as a table, for one interface." },
	{ "mctop --group 239.0.0.0/8 --process vlc", "What vlc joined of a block." },
	{ "mctop --all-netns", "Containers, too." },
	{ "mctop --json --interval 1s", "A line for every change, for other programs." },
	{ "mctop --once -d 5 --sort -rate", "Watches for five seconds; the busiest first." },
};

static const struct opt_exit exits[] = {
	{ 0, "memberships were shown." },
	{ 1, ".Fl -once\nor\n.Fl -json\nwith a filter showed no membership." },
	{ 2, "the command line is wrong." },
	{ 3, "the environment refuses: no terminal, or one that is not known, no such interface "
	     "or namespace, no permission to enter it." },
};

static const struct program program = {
	.name = "mctop",
	.summary = "see multicast memberships live, down to the process",
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
