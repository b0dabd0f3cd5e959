/* model_space.h - what the files of the model share */
#ifndef MCTOP_MODEL_SPACE_H
#define MCTOP_MODEL_SPACE_H

#include <mc/capture.h>

#include "mctop/model.h"

#define SECOND INT64_C(1000000000)
#define MSEC   INT64_C(1000000)

/* When something is read again: rarely enough to cost next to nothing, soon
 * after a hint that it has changed. */
struct pace {
	int64_t due;  /* CLOCK_MONOTONIC */
	int64_t last; /* when it was read */
	int64_t cost; /* CPU time of that */
};

/* The rest after a reading is at least `least` and at least 500 times its cost. */
void pace_done(struct pace *p, int64_t began_cpu, int64_t least);

/* Something has changed: in 30 ms, or in 20 times its cost. */
void pace_hurry(struct pace *p);

int64_t now_ns(void);	/* CLOCK_MONOTONIC */
int64_t cpu_ns(void);	/* of this thread */
mc_nsec now_wall(void); /* CLOCK_REALTIME */

#define SPACE_CAPS 32

/* The kernel's side of a namespace. */
struct space_io {
	mc_ifstats *ifstats;
	mc_ifwatch *ifwatch;
	mc_memberships *memberships;
	mc_sockets *sockets;
	mc_bridges *bridges; /* opened with the first bridge */
	mc_mroutes *mroutes;
	mc_observer *observer;
	mc_cap *caps[SPACE_CAPS];
	bool cap_data[SPACE_CAPS];	  /* of data, else of control messages */
	unsigned cap_ifindex[SPACE_CAPS]; /* 0: the frame says */
	unsigned n_caps;
	unsigned netlink_lost;

	struct pace ifaces, groups, scan, mdb, routes;
	bool scanning; /* a round is under way */
	bool scan_refused;
	bool loaded; /* everything after the first reading is news */

	struct holder *holders;
	struct mc_sockets_result result;
	struct mc_bridges_view view;
	struct route *routes_v;
	unsigned n_routes;
	int64_t routes_read_at;
};

#define BUCKETS_MIN 1024

struct model {
	const struct config *c;
	struct groups wanted; /* --group */
	uint64_t generation[TABLES], samples;
	mc_nsec linger;
	int64_t sample_due, sample_at, interval;
	bool loading; /* the first reading makes no events */

	struct space **spaces;
	unsigned n_spaces;
	struct pace list; /* of namespaces */

	struct group **groups; /* dense */
	unsigned n_groups, room_groups;
	struct group **buckets, **macs; /* chained by next, next_mac */
	unsigned n_buckets;
	unsigned n_left; /* that linger */
	bool others_stale;
	struct flows *flows;

	struct process **processes;
	unsigned n_processes, room_processes;

	struct mdb_row *mdb;
	unsigned n_mdb;
	struct route *routes;
	unsigned n_routes;

	struct event *events; /* a ring of MODEL_EVENTS */
	uint64_t n_events;
	model_event_fn *fn;
	void *fn_data;

	bool lacks_capture, lacks_ptrace, lacks_netns;
};

/* No memory ends the program: there is nothing sensible left to show. */
void *need(void *p);

/* model_events.c */
void event_group(struct model *m, enum event_what what, struct group *g, const char *text);
void event_iface(struct model *m, enum event_what what, const struct iface *f,
		 const struct mc_addr *host, const char *text);
void event_member(struct model *m, enum event_what what, const struct iface *f,
		  const struct mc_member *o);
void event_space(struct model *m, enum event_what what, const struct space *s);
void event_note(struct model *m, const char *text);

/* model_spaces.c: those of the command line are opened; which there are now. */
int spaces_open(struct model *m);
void spaces_close(struct model *m);
void spaces_look(struct model *m);

/* model_ifaces.c: all interfaces, and which came and went. */
void ifaces_read(struct model *m, struct space *s);
void ifaces_watch(struct model *m, struct space *s);
void iface_free(struct iface *f);

/* model_groups.c */
void groups_read(struct model *m, struct space *s);
void groups_watch(struct model *m, struct space *s);
void groups_forget_left(struct model *m, bool all);
void groups_drop_iface(struct model *m, struct iface *f, bool tell);
void groups_free_all(struct model *m);
struct group *group_find(const struct model *m, const struct iface *f, const struct mc_addr *addr);

/* model_processes.c */
void scan_go_on(struct model *m, struct space *s, int64_t budget);
void scan_forget_group(struct group *g);
void processes_drop_space(struct model *m, const struct space *s);

/* model_capture.c */
void capture_open(struct model *m, struct space *s);
void capture_mark(const struct space *s, struct iface *f);
void capture_take(struct model *m, struct space *s);
void capture_discard(struct space *s);
void capture_close(struct space *s);
void capture_tick(struct model *m);
void capture_sample(struct model *m, double seconds);
void flows_free(struct model *m, struct group *g);
bool is_self(const struct iface *f, const struct mc_member *o);

/* model_network.c: bridges and routes */
void bridges_read(struct model *m, struct space *s);
void bridges_watch(struct model *m, struct space *s);
void routes_read(struct model *m, struct space *s);
void network_collect(struct model *m);

#endif
