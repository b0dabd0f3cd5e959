/* config.h - what the command line of mctop asks for */
#ifndef MCTOP_CONFIG_H
#define MCTOP_CONFIG_H

#include "common/opt.h"

#define DEFAULT_INTERVAL_NS 1000000000

/* --capture: in the order of its words. */
enum capture_what { CAPTURE_ALL = 0, CAPTURE_CONTROL, CAPTURE_NONE };

struct config {
	struct common_opts common; /* -i -4 -6 -n -j -q -v --color */

	/* what is looked at */
	struct opt_list groups;	   /* --group: notation of mc/spec.h */
	struct opt_list processes; /* --process: a pid, or part of a name */
	struct opt_list netns;	   /* --netns: names or paths */
	bool all_netns;
	int capture; /* enum capture_what */
	bool promiscuous;

	/* how it is shown */
	bool once;
	mc_nsec interval; /* 0: not given */
	mc_nsec duration;
	const char *sort;
	bool ascii;
	bool no_mouse;
};

#endif
