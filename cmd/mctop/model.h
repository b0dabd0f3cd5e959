/* model.h - what mctop knows: namespaces, interfaces, memberships, who holds them
 *
 * No terminal in it.  Everything here is filled by model_*.c and only read by
 * the rest; pointers stay valid until model_step() is called again. */
#ifndef MCTOP_MODEL_H
#define MCTOP_MODEL_H

#include <poll.h>

#include <mc/bridge.h>
#include <mc/group.h>
#include <mc/ifstat.h>
#include <mc/mroute.h>
#include <mc/netns.h>
#include <mc/observer.h>
#include <mc/sockets.h>

#include "common/groups.h"
#include "mctop/config.h"

#define MODEL_HISTORY 60   /* samples, one a refresh */
#define MODEL_EVENTS  1024 /* kept */

struct group;

/* Kinds of rows, each of which is a table. */
enum table_id {
	TABLE_IFACES = 0,
	TABLE_GROUPS,
	TABLE_PROCESSES,
	TABLE_BRIDGE,
	TABLE_ROUTES,
	TABLES,
};

/* A network namespace. */
struct space {
	struct model *model;
	char name[MC_NETNS_NAME]; /* "" for the one that mctop runs in */
	uint64_t inode;
	bool gone;
	struct iface **ifaces;
	unsigned n_ifaces;
	struct space_io *io; /* model_space.h */
};

/* Packets of something, and how they come. */
struct traffic {
	uint64_t packets, bytes;
	uint64_t sampled_packets, sampled_bytes; /* at the last sample */
	double pps, bps;
};

/* Who asks on a link, as a capture or a bridge tells. */
struct querier {
	struct mc_addr addr; /* MC_ANY: none known */
	uint8_t version;
	mc_nsec interval; /* announced; 0: not */
	bool self;	  /* this host */
};

enum { SIDE4 = 0, SIDE6, SIDES };

struct iface {
	struct space *space;
	struct mc_iface i;
	struct mc_mac mac;
	bool has_mac;
	bool gone;
	bool bridge;
	unsigned master;		     /* ifindex of the bridge it is a port of; 0: none */
	struct mc_gm_version version[SIDES]; /* what the kernel speaks; version 0: not known */
	bool old_querier;
	struct querier querier[SIDES];
	unsigned n_groups[SIDES];
	bool captured;	     /* data is */
	bool observed;	     /* control messages are */
	struct traffic in;   /* multicast data, as captured */
	uint64_t rx_counter; /* the driver's, of multicast frames */
	bool seen;	     /* by the reading that is under way */
};

/* A process that holds memberships. */
struct process {
	struct space *space;
	int pid;
	unsigned uid;
	char name[16];
	unsigned n_groups, n_sockets;
	uint64_t queued, drops; /* of its sockets */
	bool seen;
};

/* A socket that joined a group, in the hands of a process. */
struct holder {
	struct process *process;
	int fd;
	const struct mc_socket *socket;	     /* borrowed until the next step */
	const struct mc_socket_state *state; /* the same */
};

/* What comes from one source to a group. */
struct flow {
	struct mc_addr source;
	struct traffic t;
};

/* An entry of a bridge's multicast database, or a router port of it. */
struct mdb_row {
	struct space *space;
	const struct mc_mdb_entry *entry; /* borrowed until the next step; NULL: a router port */
	const struct mc_bridge_port *port;
	char bridge[MC_IFNAME], ifname[MC_IFNAME];
};

struct route {
	struct space *space;
	uint32_t table;
	struct mc_addr group, source;
	uint64_t packets, bytes;
	const struct mc_mroute *r; /* borrowed until the next step */
	double pps, bps;
};

struct flows {
	struct flows *next; /* of all groups that have some */
	struct group *group;
	struct traffic total;
	uint64_t untold; /* packets of sources for which there was no room */
	float history[MODEL_HISTORY];
	unsigned n_history; /* ever; the newest is at (n - 1) % MODEL_HISTORY */
	struct flow *v;
	unsigned n;
};

/* A membership of this host: a group on an interface. */
struct group {
	struct group *next, *next_mac; /* of the same hash; the model's */
	unsigned at;		       /* its place in model_groups() */
	struct iface *iface;
	struct mc_addr addr;
	unsigned users;	 /* as the kernel counts; 0: not known */
	bool read;	 /* by a reading, not only by an announcement */
	bool has_filter; /* mode and sources are known */
	enum mc_filter_mode mode;
	unsigned n_sources;
	struct mc_interface_source *sources;
	mc_nsec since; /* CLOCK_REALTIME; when it was joined */
	bool since_exact;
	mc_nsec left_at;	/* 0: it is there */
	bool mac_shared;	/* another joined group of the interface has its MAC */
	unsigned others;	/* members on the link, this host apart */
	struct holder *holders; /* a part of an array of the namespace's */
	unsigned n_holders;
	uint32_t holder_hash; /* changes when they do */
	struct flows *flows;  /* NULL: nothing came */
	bool told;	      /* for whoever shows it: that it was */
	bool seen;
};

enum event_what {
	EVENT_JOINED = 1,
	EVENT_LEFT,
	EVENT_CHANGED, /* filter mode, sources or processes */
	EVENT_QUERIER,
	EVENT_QUERIER_LOST,
	EVENT_MEMBER_JOINED, /* another host */
	EVENT_MEMBER_LEFT,
	EVENT_IFACE_NEW,
	EVENT_IFACE_GONE,
	EVENT_SPACE_NEW,
	EVENT_SPACE_GONE,
	EVENT_NOTE, /* text only */
};

struct event {
	enum event_what what;
	mc_nsec when;
	char space[64];
	char ifname[MC_IFNAME];
	struct mc_addr group, host;
	char text[160]; /* what a person reads */
};

struct model;

/* Called within model_step(); g, q and i may be NULL. */
typedef void model_event_fn(void *data, const struct event *e, struct group *g,
			    const struct iface *i);

/* 0, or an exit status after a message. */
int model_open(struct model **out, const struct config *c);
void model_close(struct model *m);
void model_on_event(struct model *m, model_event_fn *fn, void *data);

/* Left groups are kept for so long, to be seen; 0: not. */
void model_linger(struct model *m, mc_nsec time);

/* Descriptors to wait for; the number of them, at most max. */
unsigned model_fds(const struct model *m, struct pollfd *fds, unsigned max);

/* How long until model_step() has to be called though nothing is readable. */
mc_nsec model_wait(const struct model *m);

/* Takes what there is, for at most some ten milliseconds. */
void model_step(struct model *m);

/* Everything has been looked at once, processes too. */
bool model_complete(const struct model *m);

/* Changes when a row of the table comes or goes. */
uint64_t model_generation(const struct model *m, enum table_id rows);

/* Refreshes so far: rates are new. */
uint64_t model_samples(const struct model *m);

/* Forgets announcements and frames that piled up, and looks at everything again. */
void model_resume(struct model *m);

struct space *const *model_spaces(const struct model *m, unsigned *n);
struct group *const *model_groups(const struct model *m, unsigned *n);
struct process *const *model_processes(const struct model *m, unsigned *n);
const struct mdb_row *model_mdb(const struct model *m, unsigned *n);
const struct route *model_routes(const struct model *m, unsigned *n);
struct iface *model_iface(const struct space *s, unsigned index); /* or NULL */

const struct event *model_event(const struct model *m, uint64_t back); /* 0: newest; or NULL */
uint64_t model_events(const struct model *m);			       /* ever */

/* What is missing and what would give it, in one line; NULL: nothing. */
const char *model_lacks(const struct model *m);

/* Does the kernel itself join the group: all systems and nodes, solicited nodes,
 * those of routers and of snooping bridges? */
bool model_is_kernels(const struct mc_addr *group);

/* The filter mode of the interface: as the kernel tells, or as all its sockets do.
 * false: not known. */
bool model_mode(const struct group *g, enum mc_filter_mode *mode);

/* Is the group among those of --process? */
bool model_selects(const struct model *m, const struct group *g);
bool model_selects_process(const struct model *m, const struct process *p);

/* The membership, if it is (still) there. */
struct group *model_find(const struct model *m, uint64_t netns, unsigned ifindex,
			 const struct mc_addr *addr);

/* Other members of a group on its link, as they were heard. */
void model_others(const struct group *g, void (*fn)(void *data, const struct mc_member *o),
		  void *data);

#endif
