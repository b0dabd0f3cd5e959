/* config.h - what the command line of igmpdump asks for */
#ifndef IGMPDUMP_CONFIG_H
#define IGMPDUMP_CONFIG_H

#include "common/opt.h"

#define DEFAULT_EXEC_JOBS   8
#define DEFAULT_MAX_MEMBERS 1000000

/* --fail-on: in the order of its words; 0 is "not given". */
enum fail_on { FAIL_NEVER = 0, FAIL_NOTE, FAIL_WARNING, FAIL_ERROR };

struct config {
	struct common_opts common; /* -i -j -n -q -v --color */
	const char *expression;	   /* the operands, joined: a pcap filter; NULL: none */

	/* input */
	struct opt_list read_files;
	uint64_t count; /* messages shown; 0: all */
	mc_nsec duration;
	uint64_t snaplen; /* 0: whole frames */
	uint64_t buffer;  /* bytes; 0: the library's choice */
	bool promiscuous;

	/* what is shown */
	struct opt_list filters; /* KEY=VALUE */
	unsigned stamps;	 /* number of -t */
	bool nano;
	bool summary, members, events, streams;

	/* what is done with it */
	const char *exec; /* --exec: a program and its arguments, see exec.h */
	uint64_t exec_jobs;
	uint64_t max_members;
	const char *write_file;
	uint64_t rotate_size, rotate_files;
	mc_nsec rotate_time;
	uint64_t rotate_count;
	int fail_on; /* enum fail_on */
};

#endif
