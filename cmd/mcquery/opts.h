/* opts.h - the option table of mcquery */
#ifndef MCQUERY_OPTS_H
#define MCQUERY_OPTS_H

#include "mcquery/config.h"

static const struct opt opts[] = {
	{ 'g', "group", "GROUP", OPT_TO_LIST(struct config, groups), .section = "Asking",
	  .hint = OPT_HINT_GROUP, .help = "ask for this group alone; may be repeated",
	  .more = "The same as an operand." },
	{ 'S', "source", "ADDR", OPT_TO_LIST(struct config, sources),
	  .help = "ask who wants this source of the groups; may be repeated" },
	{ 'M', "max-response", "TIME", OPT_TO_TIME(struct config, max_response), .min = 1000000,
	  .help = "hosts answer within TIME (default 1s for a group, 2s for all, 10s serving)",
	  .more = "The max response time of the queries; serving, the query response interval." },
	{ 0, "watch", "TIME", OPT_TO_TIME(struct config, watch), .min = 1000000,
	  .help = "ask again every TIME" },
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1,
	  .help = "stop after asking N times" },
	OPT_COMMON_INTERFACE(struct config),
	OPT_COMMON_FAMILY(struct config),
	{ 0, "serve", NULL, OPT_TO_FLAG(struct config, serve), .section = "Serving",
	  .help = "be a querier until stopped: election, queries, all memberships" },
	{ 0, "listen-only", NULL, OPT_TO_FLAG(struct config, listen_only),
	  .help = "the same, but never send a query" },
	{ 0, "if-none", NULL, OPT_TO_FLAG(struct config, if_none),
	  .help = "serve only after 255s without another querier, and give way to any" },
	{ 0, "force", NULL, OPT_TO_FLAG(struct config, force),
	  .help = "keep querying after a lost election" },
	{ 0, "no-listen", NULL, OPT_TO_FLAG(struct config, no_listen),
	  .help = "query at once, do not listen for a querier first" },
	{ 'I', "query-interval", "TIME", OPT_TO_TIME(struct config, query_interval), .min = 1000000,
	  .help = "time between general queries (default 125s)" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "stop after TIME (10, 500ms, 2m)" },
	{ 0, "max-entries", "N", OPT_TO_UINT(struct config, max_entries), .min = 1,
	  .max = 100000000, .help = "groups, sources and members to remember (default 1000000)",
	  .more = "Beyond, what was heard least recently is forgotten, and counted." },
	{ 0, "igmp-version", "N", OPT_TO_UINT(struct config, igmp_version), .section = "Queries",
	  .min = 1, .max = 3, .help = "query in IGMPv1, 2 or 3 (default 3)" },
	{ 0, "mld-version", "N", OPT_TO_UINT(struct config, mld_version), .min = 1, .max = 2,
	  .help = "query in MLDv1 or 2 (default 2)" },
	{ 'a', "address", "ADDR", OPT_TO_LIST(struct config, addresses),
	  .help = "source of queries, once for each family (default: the interface's)",
	  .more = "0.0.0.0 asks as a snooping switch does and takes no part in elections." },
	{ 0, "set", "[IF:]KEY[=VALUE]", OPT_TO_LIST(struct config, sets),
	  .help = "a variable, or a fault on purpose, of one interface or of all",
	  .more = "May be repeated.\nThe keys are listed under\n.Sx VARIABLES AND FAULTS ." },
	{ 0, "metrics", "FILE", OPT_TO_STRING(struct config, metrics), .section = "State",
	  .hint = OPT_HINT_FILE, .help = "write OpenMetrics text to FILE every so often",
	  .more = "Under another name first, then renamed: a reader never sees half of it." },
	{ 0, "metrics-interval", "TIME", OPT_TO_TIME(struct config, metrics_every), .min = 10000000,
	  .help = "time between two such writes (default 10s)" },
	{ 0, "dump", "FILE", OPT_TO_STRING(struct config, dump), .hint = OPT_HINT_FILE,
	  .help = "on SIGUSR1 write the state to FILE, as JSON Lines",
	  .more = "Without it, the state goes to standard output." },
	OPT_COMMON_OUTPUT(struct config),
	OPT_COMMON_NAMES(struct config),
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "mcquery -i eth0", "Who on this link is a member of what?" },
	{ "mcquery -i eth0 239.1.1.1", "Is anybody a member of 239.1.1.1?  The exit status says." },
	{ "mcquery -i eth0 10.0.0.9@232.1.1.1", "Does anybody want that source?" },
	{ "mcquery -i eth0 --watch 10 -4", "Asks again every ten seconds." },
	{ "mcquery -i eth0 --serve", "The querier for a lab, or a switch without a router." },
	{ "mcquery -i eth0 -i eth1 --serve --if-none --set eth1:igmp-version=2 --json",
	  "Two links, one with IGMPv2, where no other querier is; what changes as JSON." },
	{ "mcquery -i eth0 --serve --force --set ttl=64 --set no-router-alert",
	  "Negative test: queries that hosts and switches should not believe." },
};

static const struct opt_exit exits[] = {
	{ 0, "asking: every group asked for has a member, or some group has; serving: it was "
	     "stopped." },
	{ 1, "asking: nobody answered." },
	{ 2, "the command line is wrong." },
	{ 3,
	  "the environment refuses: no such interface, no permission, no interface left, another "
	  "querier with our own address." },
};

static const struct program program = {
	.name = "mcquery",
	.summary = "ask who is a member of which group, or be the querier",
	.operands = "[GROUP ...]",
	.operand_hint = OPT_HINT_GROUP,
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
