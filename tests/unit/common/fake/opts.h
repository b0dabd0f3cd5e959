/* opts.h - the option table of a program that does not exist, with every type */
#ifndef FAKE_OPTS_H
#define FAKE_OPTS_H

#include "common/opt.h"

struct config {
	struct rate rate;
	struct range size;
	uint64_t count, buffer;
	mc_nsec duration;
	double max_loss;
	unsigned dscp;
	struct mc_addr source;
	int mode;
	bool loop;
	const char *file;
	struct common_opts common;
};

static const char *const fake_modes[] = { "plain", "burst", "sweep", NULL };

static const struct opt opts[] = {
	{ 'r', "rate", "RATE", OPT_TO_RATE(struct config, rate), .section = "Sending",
	  .help = "packets or bits a second (default 10/s); it's [capped] at --burst: one",
	  .more = "With\n.Cm max\nas fast as possible." },
	{ 's', "size", "N|MIN..MAX", OPT_TO_RANGE(struct config, size), .max = 65507,
	  .help = "payload bytes" },
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1, .max = 1000,
	  .help = "stop after N packets" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1000000,
	  .help = "stop after TIME" },
	{ 0, "buffer", "SIZE", OPT_TO_SIZE(struct config, buffer), .help = "socket buffer" },
	{ 0, "max-loss", "SHARE", OPT_TO_PERCENT(struct config, max_loss),
	  .help = "fail above this loss" },
	{ 0, "dscp", "DSCP", OPT_TO_DSCP(struct config, dscp), .help = "mark packets" },
	{ 0, "source-address-of-everything", "ADDRESS", OPT_TO_ADDR(struct config, source),
	  .help = "an option whose name is longer than the column for names" },
	{ 'm', "mode", "MODE", OPT_TO_CHOICE(struct config, mode), .choices = fake_modes,
	  .help = "how to send" },
	{ 'l', "loop", NULL, OPT_TO_FLAG(struct config, loop), .help = "send to this host too" },
	{ 'f', "file", "FILE", OPT_TO_STRING(struct config, file), .hint = OPT_HINT_FILE,
	  .help = "payload from FILE" },
	OPT_COMMON_INTERFACE(struct config),
	OPT_COMMON_FAMILY(struct config),
	OPT_COMMON_OUTPUT(struct config),
	OPT_COMMON_NAMES(struct config),
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "fake 239.1.1.1:5000", "Ten packets a second." },
	{ "fake -r max '239.1.0.0/16'", "As fast as the host can." },
};

static const struct opt_exit exits[] = {
	{ 0, "all was sent." },
	{ 1, "something was not." },
	{ 2, "the command line has a mistake." },
};

static const struct program program = {
	.name = "fake",
	.summary = "send nothing to nobody",
	.operands = "SPEC ...",
	.operand_hint = OPT_HINT_GROUP,
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
