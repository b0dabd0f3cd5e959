/* igmpdump.h - a session, and a message as all views see it */
#ifndef IGMPDUMP_H
#define IGMPDUMP_H

#include <mc/capture.h>
#include <mc/dissect.h>
#include <mc/gm.h>
#include <mc/issue.h>

#include "common/hindex.h"
#include "igmpdump/buf.h"
#include "igmpdump/config.h"
#include "igmpdump/filter.h"

/* Where queriers and members live: an interface, and on a trunk each VLAN of it
 * on its own.  Numbers count from 0 in the order of appearance and never
 * change; mc_observer gets them as `link`. */
struct link {
	_Alignas(64) unsigned input; /* which of the inputs; on cache lines of its own */
	uint32_t linktype;	     /* LINKTYPE_ */
	uint32_t ifindex;	     /* told by the capture (SLL2), else 0 */
	uint8_t n_vlans;
	uint16_t vlans[MC_FRAME_VLANS];
	char iface[32];	 /* "eth0"; of a file: "", or "if3" where an index is known */
	char name[64];	 /* "eth0", "eth0.10", "capture.pcap.10": never empty */
	uint64_t frames; /* messages and data */
};

/* Bounded: what comes after the LINKS_MAX-th link is counted to the last one. */
#define LINKS_MAX 16384

struct links {
	struct link *v;
	uint32_t n;
	struct hindex index;
	uint32_t last; /* of the frame before: the usual answer */
};

/* One frame with a control message (or, for state_data(), without). */
struct message {
	/* what an observer hears, in as few cache lines as it needs */
	_Alignas(64) struct mc_frame f; /* borrows data; l4 ends where the capture cut it */
	struct mc_gm gm;		/* not parsed: kind and version, as far as can be read */

	bool has_ip;	     /* f is filled, else zero and fault says why */
	bool parsed;	     /* gm is filled (kind MC_GM_OTHER: DVMRP, mtrace, MRD ...) */
	enum mc_fault fault; /* why not; MC_FAULT_NONE also for PIM */
	struct mc_issues issues;

	uint64_t frame; /* of its input, from 1 */
	unsigned input;
	uint32_t link; /* dump.links.v[link] */
	mc_nsec when;  /* since the epoch */
	uint32_t wire_len;
	struct mc_span data; /* the frame as captured, link header included */
};

/* What the whole run counted. */
struct counts {
	uint64_t frames;       /* read or captured */
	uint64_t messages;     /* of those, control messages */
	uint64_t shown;	       /* and passed --filter */
	uint64_t data;	       /* multicast data */
	uint64_t other;	       /* neither */
	uint64_t unreadable;   /* faults */
	uint64_t kernel_drops; /* lost between kernel and us */
	uint64_t iface_drops;  /* lost by the interface or its driver */
	uint64_t issues[MC_ISSUE_MAX];
	mc_nsec first, last; /* times of frames; 0: none came */
};

struct exec;
struct state;
struct names;
struct input;
struct rotate;

struct dump {
	const struct config *c;
	bool live;	    /* an interface, not a file */
	bool track_members; /* else state sees queries only, see state.h */
	bool color;	    /* out_color(), once */
	bool show_messages; /* as lines or objects */
	bool show_summary;  /* at the end */
	bool want_data;	    /* state_data() is to be called */
	struct filter filter;
	struct links links;
	struct counts counts;
	struct buf out; /* stdout: messages and events */
	struct input *inputs;
	unsigned n_inputs;
	struct rotate *rotate; /* -w, or NULL */
	struct exec *exec;     /* --exec, or NULL */
	struct state *state;   /* NULL: nothing wants it */
	mc_nsec state_due;     /* state_deadline(), kept */
	bool failed;	       /* an issue at or above --fail-on was seen */

	struct message message;	   /* the one at hand */
	mc_nsec end_at, next_tick; /* monotonic */
	bool time_up;

	/* of the line view */
	struct names *names; /* see line.h */
	uint8_t src_width, dst_width, link_width;
	bool stamped;
	mc_nsec origin, previous; /* times of the first line and the one before */
};

/* Takes note of issues, of messages or observed: counts them, and judges them
 * against --fail-on.  For each occurrence that passes the filter, once.
 * For an indented line about it in the plain view, see line_issue(). */
void dump_issues(struct dump *d, enum mc_issue i, uint64_t n);

#endif
