/* opts.h - the option table of mcrecv */
#ifndef MCRECV_OPTS_H
#define MCRECV_OPTS_H

#include "mcrecv/config.h"

static const struct opt opts[] = {
	{ 'p', "port", "N", OPT_TO_UINT(struct config, port), .section = "Receiving", .min = 1,
	  .max = 65535, .help = "port of groups that name none (default 5000)" },
	OPT_COMMON_INTERFACE(struct config),
	OPT_COMMON_FAMILY(struct config),
	{ 'c', "count", "N", OPT_TO_UINT(struct config, count), .min = 1,
	  .help = "stop after N packets, of all groups together" },
	{ 'd', "duration", "TIME", OPT_TO_TIME(struct config, duration), .min = 1,
	  .help = "stop after TIME (10, 500ms, 2m)",
	  .more = "A number without a unit is seconds.\n"
		  "The time begins when all groups are joined." },
	{ 0, "rcvbuf", "BYTES", OPT_TO_SIZE(struct config, rcvbuf), .min = 4096, .max = 1u << 30,
	  .help = "socket receive buffer (default 32M; the granted size is shown)",
	  .more = "Without\n.Dv CAP_NET_ADMIN\nthe kernel grants no more than the sysctl\n"
		  ".Va net.core.rmem_max .\n"
		  "It counts its own overhead too, and tells twice the size." },
	{ 0, "no-gro", NULL, OPT_TO_FLAG(struct config, no_gro),
	  .help = "take packets one by one, each with its own arrival time",
	  .more = "Else the kernel may hand over packets merged, which is much faster;\n"
		  "merged packets share the arrival time of the first." },
	{ 0, "ring", NULL, OPT_TO_FLAG(struct config, ring),
	  .help = "read frames from memory shared with the kernel; needs CAP_NET_RAW",
	  .more = "Costs a fraction of the CPU time a packet; see\n.Sx Packet ring ." },
	{ 0, "igmp-version", "N", OPT_TO_UINT(struct config, igmp_version), .min = 1, .max = 3,
	  .help = "force IGMPv1, 2 or 3 while running; needs root",
	  .more = "Sets the sysctl\n.Va force_igmp_version\n"
		  "of the interface and always puts it back, even when killed." },
	{ 0, "mld-version", "N", OPT_TO_UINT(struct config, mld_version), .min = 1, .max = 2,
	  .help = "force MLDv1 or 2 while running; needs root",
	  .more = "The same with\n.Va force_mld_version ." },
	{ 0, "leave-after", "TIME", OPT_TO_TIME(struct config, leave_after), .min = 1,
	  .help = "leave all groups after TIME and measure until they fall silent",
	  .more = "Silent means: no frame for three seconds.\n"
		  "Needs the right to capture\n.Pq Dv CAP_NET_RAW :\nafter leaving, sockets\n"
		  "get nothing even when the network still delivers." },
	{ 0, "leave-wait", "TIME", OPT_TO_TIME(struct config, leave_wait), .min = 1,
	  .help = "longest wait for that silence (default 30s)" },
	{ 'r', "read", "FILE", OPT_TO_STRING(struct config, read_file), .section = "Input",
	  .hint = OPT_HINT_FILE,
	  .help = "measure a capture (pcap, pcapng; -: stdin), not the network",
	  .more = "Without groups: every multicast UDP stream in it." },
	{ 0, "rtp", NULL, OPT_TO_FLAG(struct config, rtp),
	  .help = "count loss by RTP sequence numbers",
	  .more = "Payloads that are no probes are read as RTP." },
	{ 0, "rtp-clock", "HZ", OPT_TO_UINT(struct config, rtp_clock), .min = 1, .max = 1000000000,
	  .help = "RTP clock for jitter, where the payload type does not tell",
	  .more = "It is 90000 for most video, and the sample rate for most sound." },
	{ 0, "expect", "N", OPT_TO_UINT(struct config, expect), .section = "Checks", .min = 1,
	  .help = "succeed when N groups were heard",
	  .more = "Ends at once then, unless\n.Fl d , c , -max-loss\nor\n.Fl -min-rate\n"
		  "asks for a longer look.\n"
		  "A group on two interfaces counts as two." },
	{ 0, "expect-all", NULL, OPT_TO_FLAG(struct config, expect_all),
	  .help = "succeed when every group was heard on every interface" },
	{ 0, "expect-none", NULL, OPT_TO_FLAG(struct config, expect_none),
	  .help = "succeed when nothing arrives; for isolation tests" },
	{ 0, "timeout", "TIME", OPT_TO_TIME(struct config, timeout), .min = 1,
	  .help = "how long to wait for what is expected (default 10s)",
	  .more = "With\n.Fl d\nor\n.Fl c\nthere is no timeout unless it is given." },
	{ 0, "max-loss", "SHARE", OPT_TO_PERCENT(struct config, max_loss),
	  .help = "fail when a stream lost more, as 0.1% or 0.001" },
	{ 0, "min-rate", "RATE", OPT_TO_RATE(struct config, min_rate),
	  .help = "fail when a stream is slower, as 100/s or 20Mbit",
	  .more = "Measured from a stream's first packet to the end of the run, so that\n"
		  "one which stopped early is slow." },
	OPT_COMMON_OUTPUT(struct config),
	OPT_COMMON_NAMES(struct config),
	{ 0, "interval", "TIME", OPT_TO_TIME(struct config, interval), .min = 1000000,
	  .help = "between two lines of progress (default 1s)" },
	{ 'x', "dump", NULL, OPT_TO_FLAG(struct config, dump),
	  .help = "show foreign packets (no probes) in hexadecimal" },
	{ 'o', "output", "FILE", OPT_TO_STRING(struct config, output), .hint = OPT_HINT_FILE,
	  .help = "write payloads to a file, or a pipe (-: stdout)",
	  .more = "With\n.Cm -\nthe text goes to standard error." },
	{ 'w', "write", "FILE", OPT_TO_STRING(struct config, write_file), .hint = OPT_HINT_FILE,
	  .help = "write a capture (pcap, raw IP, headers rebuilt)",
	  .more = "It holds what was received, no more: IP and UDP headers are rebuilt\n"
		  "from what the kernel tells, so no privilege is needed." },
	OPT_COMMON_PRIVILEGES(struct config),
	OPT_COMMON_GENERAL,
};

static const struct opt_example examples[] = {
	{ "mcrecv -i eth0 239.1.1.1:5000", "Joins and measures until Ctrl-C." },
	{ "mcrecv -i eth0 10.0.0.1@232.1.1.1:5000", "Source-specific: only 10.0.0.1 is heard." },
	{ "mcrecv -i eth0 '!10.0.0.9@239.1.1.1'", "Everybody but 10.0.0.9." },
	{ "mcrecv -i eth0 --expect-all --timeout 5 239.1.0.0+5000",
	  "Do all 5000 groups arrive within five seconds?" },
	{ "mcrecv -i eth0 -d 60 --max-loss 0.1% --min-rate 20Mbit 239.1.1.1",
	  "A minute of television, with a verdict." },
	{ "mcrecv -i eth0 --expect-none --timeout 3 239.1.1.2",
	  "Nothing may arrive: is the switch pruning?" },
	{ "mcrecv -i eth0 --leave-after 5 239.1.1.1",
	  "How long does traffic flow after the leave?" },
	{ "mcrecv --rtp -r studio.pcap", "Loss and jitter of the RTP streams in a capture." },
};

static const struct opt_exit exits[] = {
	{ 0, "what was asked for is true; without checks: something arrived." },
	{ 1, "it is not: nothing arrived, loss above the limit, a check failed." },
	{ 2, "the command line is wrong." },
	{ 3, "the environment refuses: no such interface, no permission, no memory." },
};

static const struct program program = {
	.name = "mcrecv",
	.summary = "join multicast groups and measure what arrives",
	.operands = "[GROUP ...]",
	.operand_hint = OPT_HINT_GROUP,
	OPT_PROGRAM_TABLES(opts, examples, exits),
};

#endif
