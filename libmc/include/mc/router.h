/* router.h - the router's side of IGMP and MLD: querier, and who wants what.
 *
 * What RFC 9776 6 to 8 (IGMPv3), RFC 2236 7 (IGMPv2), RFC 9777 7 to 9 (MLDv2)
 * and RFC 2710 (MLDv1) ask of a router on its links: general queries and the
 * election of who sends them, group memberships with filter modes and source
 * timers, specific queries after leaves, hosts of older versions.  Beside the
 * protocol's state, which is the sum of all hosts of a link, each host is
 * tracked by itself.
 *
 * Pure but for memory: time enters with each call, queries and events leave by
 * two functions, and hours of protocol pass in milliseconds.  It keeps at most
 * the number of entries given, forgets what was heard least recently first, and
 * counts what it forgot.
 *
 * An interface runs one protocol for each family: a number and a family name it
 * throughout.  It is in one of four states:
 *
 *	down --up--> listening (listen_first) --query response interval--> querier
 *	down --up--> querier
 *	querier, listening --general query from a lower address--> non-querier
 *	non-querier --other querier present interval--> querier
 *	any --another address--> as after up;	any --down--> down
 *
 * A querier sends its startup queries, then a general query each query
 * interval.  An interface that only listens is never querier.  One that serves if
 * nobody else does gives way to every address but its own, and listens for the
 * other querier present interval first, which is how long another may be silent.
 * One that is forced sends queries as non-querier too.
 *
 * Time is of a clock that does not step back; the caller's own query comes back to
 * it from a capture and is dropped, the caller's own reports count.
 *
 * A group on an interface (X has running timers, Y is blocked, GMI: group
 * membership interval, GT: group timer; RFC 9776 6.4, RFC 9777 7.4):
 *
 *   state         record        new state           actions
 *   INCLUDE(A)    IS_IN(B)      INCLUDE(A+B)        (B)=GMI
 *   INCLUDE(A)    IS_EX(B)      EXCLUDE(A*B,B-A)    (B-A)=0, delete A-B, GT=GMI
 *   EXCLUDE(X,Y)  IS_IN(A)      EXCLUDE(X+A,Y-A)    (A)=GMI
 *   EXCLUDE(X,Y)  IS_EX(A)      EXCLUDE(A-Y,Y*A)    (A-X-Y)=GMI,
 *                                                   delete X-A, Y-A, GT=GMI
 *   INCLUDE(A)    ALLOW(B)      INCLUDE(A+B)        (B)=GMI
 *   INCLUDE(A)    BLOCK(B)      INCLUDE(A)          Q(G,A*B)
 *   INCLUDE(A)    TO_EX(B)      EXCLUDE(A*B,B-A)    (B-A)=0, delete A-B,
 *                                                   Q(G,A*B), GT=GMI
 *   INCLUDE(A)    TO_IN(B)      INCLUDE(A+B)        (B)=GMI, Q(G,A-B)
 *   EXCLUDE(X,Y)  ALLOW(A)      EXCLUDE(X+A,Y-A)    (A)=GMI
 *   EXCLUDE(X,Y)  BLOCK(A)      EXCLUDE(X+(A-Y),Y)  (A-X-Y)=GT, Q(G,A-Y)
 *   EXCLUDE(X,Y)  TO_EX(A)      EXCLUDE(A-Y,Y*A)    (A-X-Y)=GT,
 *                                                   delete X-A, Y-A,
 *                                                   Q(G,A-Y), GT=GMI
 *   EXCLUDE(X,Y)  TO_IN(A)      EXCLUDE(X+A,Y-A)    (A)=GMI, Q(G,X-A), Q(G)
 *   INCLUDE(A)    source timer  INCLUDE(A-source)   A empty: it is gone
 *   EXCLUDE(X,Y)  source timer  EXCLUDE(X-source,Y+source)
 *   EXCLUDE(X,Y)  GT            INCLUDE(X)          X empty: it is gone
 *
 * Reports of older versions count as IS_EX({}) and leaves as TO_IN({}).  While a
 * group has hosts of IGMPv2 or MLDv1 (for the older host present interval after
 * each of their reports), BLOCK is ignored and TO_EX(A) counts as TO_EX({}); while
 * it has hosts of IGMPv1, leaves and TO_IN are ignored too (RFC 9776 7.3.2).
 *
 * The querier alone sends Q(G) and Q(G,S), at once and then each last member
 * query interval, as often as the last member query count says; Q(G) lowers the
 * group timer to the last member query time and Q(G,S) those of the sources, so
 * that what nobody reports again is gone by then.  Timers that a report has put
 * up again are asked about with the S flag set, which tells other routers not to
 * lower theirs (RFC 9776 6.6.3).  All routers lower theirs for queries they hear
 * without it. */
#ifndef MC_ROUTER_H
#define MC_ROUTER_H

#include <mc/gm.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_router mc_router;

/* --- variables -------------------------------------------------------------
 *
 *   variable                        default            RFC 9776 9777  2236 2710
 *   robustness, R                   2                      8.1  9.1   8.1  7.1
 *   query interval, QI              125 s                  8.2  9.2   8.2  7.2
 *   query response interval, QRI    10 s                   8.3  9.3   8.3  7.3
 *   group membership interval       R * QI + 2 * QRI       8.4  9.4
 *                                   R * QI + QRI                      8.4  7.4
 *   other querier present interval  R * QI + QRI / 2        8.5  9.5   8.5  7.5
 *   startup query interval          QI / 4                 8.6  9.6   8.6  7.6
 *   startup query count             R                      8.7  9.7   8.7  7.7
 *   last member query interval      1 s                    8.8  9.8   8.8  7.8
 *   last member query count         R                      8.9  9.9   8.9  7.9
 *   last member query time          interval * count       8.10 9.10
 *   older host present interval     R * QI + QRI           8.13 9.13  8.11 */

/* 0 stands for the formula, where there is one: then a non-querier that adopts
 * the elected querier's robustness and query interval (RFC 9776 4.1.6, 4.1.7)
 * uses it with those. */
struct mc_router_vars {
	unsigned robustness;
	mc_nsec query_interval;
	mc_nsec query_response_interval;
	mc_nsec group_membership_interval;	/* MLD: multicast address listening interval */
	mc_nsec other_querier_present_interval; /* MLD: the same */
	mc_nsec startup_query_interval;
	unsigned startup_query_count;
	mc_nsec last_member_query_interval; /* MLD: last listener query interval ... */
	unsigned last_member_query_count;
	mc_nsec last_member_query_time;
	mc_nsec older_host_present_interval;
};

/* The defaults; what has a formula is 0. */
MC_API void mc_router_vars_init(struct mc_router_vars *out);

/* *out = *v with every formula worked out.  out may be v. */
MC_API void mc_router_vars_derive(struct mc_router_vars *out, const struct mc_router_vars *v,
				  enum mc_family family, uint8_t version);

/* NULL when the variables fit each other and the version's messages; else why
 * not, as a clause: "the query response interval must be shorter than the query
 * interval".  IGMPv1 has no max response time: 10 s whatever is set. */
MC_API const char *mc_router_vars_check(const struct mc_router_vars *v, enum mc_family family,
					uint8_t version);

/* --- events and queries ---------------------------------------------------- */

enum mc_router_what {
	MC_ROUTER_QUERIER_ELECTED = 1, /* querier; it may be this router */
	MC_ROUTER_QUERIER_LOST,	       /* silent, overruled, or this router's interface is down */
	MC_ROUTER_OTHER_VERSION,       /* a query of another version; at most one each 60 s */
	MC_ROUTER_GROUP_JOINED,	       /* group: it had no state before */
	MC_ROUTER_GROUP_EXPIRED,       /* group: it has none any more */
	MC_ROUTER_MODE_CHANGED,	       /* group: its filter mode */
	MC_ROUTER_SOURCE_ADDED,	       /* source of a group */
	MC_ROUTER_SOURCE_CHANGED,      /* requested or blocked */
	MC_ROUTER_SOURCE_REMOVED,
	MC_ROUTER_MEMBER_JOINED,  /* host, of a group */
	MC_ROUTER_MEMBER_CHANGED, /* its mode, sources or version */
	MC_ROUTER_MEMBER_LEFT,	  /* it said so; the group goes its own way */
	MC_ROUTER_MEMBER_EXPIRED, /* silence, or its group is gone */
	MC_ROUTER_QUERY_SENT,	  /* query */
};

/* "querier-elected" ... */
MC_API const char *mc_router_what_name(enum mc_router_what what);

/* A group with state on an interface. */
struct mc_router_group {
	uint32_t iface;
	struct mc_addr addr;
	enum mc_filter_mode mode;
	uint8_t version;    /* compatibility mode: of its oldest hosts (RFC 9776 7.3.2) */
	unsigned asking;    /* transmissions of Q(G) to come */
	uint32_t n_sources; /* requested and blocked */
	uint32_t n_hosts;
	struct mc_addr reporter; /* the last one */
	mc_nsec first_seen, last_seen;
	mc_nsec expires; /* group timer; INT64_MAX ns in INCLUDE mode, which has none */
};

/* A source of a group. */
struct mc_router_source {
	struct mc_addr addr;
	bool blocked;	 /* EXCLUDE mode, timer at zero: do not forward */
	unsigned asking; /* transmissions of Q(G,S) to come */
	mc_nsec expires; /* INT64_MAX ns when blocked */
};

/* A host that is a member of a group, by its own reports. */
struct mc_router_host {
	struct mc_addr addr; /* hosts at 0.0.0.0 are told apart by MAC */
	struct mc_mac mac;
	bool has_mac;
	uint8_t version; /* of its last report */
	enum mc_filter_mode mode;
	const struct mc_addr *sources; /* borrowed until the callback returns */
	unsigned n_sources;
	bool more_sources;	       /* than are kept */
	mc_nsec first_seen, last_seen; /* to about a millisecond */
	mc_nsec expires;
	mc_nsec answered_after; /* the last query it answered; below 0: none */
};

enum mc_router_query_kind {
	MC_ROUTER_GENERAL = 1,
	MC_ROUTER_STARTUP,	/* general, RFC 9776 8.6 */
	MC_ROUTER_GROUP,	/* Q(G) */
	MC_ROUTER_GROUP_SOURCE, /* Q(G,S) */
};

/* "general", "startup", "group", "group-and-source" */
MC_API const char *mc_router_query_name(enum mc_router_query_kind kind);

/* A query to send now.  Everything is borrowed until the callback returns. */
struct mc_router_query {
	enum mc_router_query_kind kind;
	uint32_t iface;
	mc_nsec when;		     /* it was due */
	struct mc_addr src;	     /* the interface's; unspecified when it has none */
	struct mc_addr dst;	     /* all hosts, or the group */
	const struct mc_gm_spec *gm; /* for mc_gm_build */
	bool retransmission;
};

struct mc_router_event {
	enum mc_router_what what;
	mc_nsec when;
	uint32_t iface;
	enum mc_family family;
	struct mc_addr querier;		       /* QUERIER_*, OTHER_VERSION */
	bool self;			       /* this router is that querier */
	uint8_t version;		       /* its queries' */
	const struct mc_router_group *group;   /* GROUP_*, MODE_*, SOURCE_*, MEMBER_* */
	const struct mc_router_source *source; /* SOURCE_* */
	const struct mc_router_host *host;     /* MEMBER_* */
	const struct mc_router_query *query;   /* QUERY_SENT */
};

/* Called from within the calls below; they may read the router, not change it.
 * A query is handed to the send function first, then told as an event. */
typedef void mc_router_event_fn(void *data, const struct mc_router_event *e);
typedef void mc_router_send_fn(void *data, const struct mc_router_query *q);

struct mc_router_opts {
	size_t sz;
	void *(*alloc)(void *old, size_t size); /* realloc(3), free with size 0 */
	/* Each of groups, (group, source) and (group, host); 0: 1,000,000.  An interface makes
	 * room among its own first. */
	uint64_t max_entries;
	mc_router_event_fn *event; /* may be NULL */
	mc_router_send_fn *send;   /* may be NULL */
	void *data;
};

/* -ENOMEM; -EINVAL without alloc. */
MC_API MC_MUSTCHECK int mc_router_open(mc_router **out, const struct mc_router_opts *o);

/* Frees everything and tells no events.  NULL is fine. */
MC_API void mc_router_close(mc_router *r);

/* --- interfaces ------------------------------------------------------------ */

enum mc_router_mode {
	MC_ROUTER_SERVE = 0,   /* as the RFCs say */
	MC_ROUTER_LISTEN_ONLY, /* never send */
	MC_ROUTER_IF_NONE,     /* give way to any other querier, whatever its address */
	MC_ROUTER_FORCE,       /* take part in the election, but send though it is lost */
};

/* "serve", "listen-only", "if-none", "force" */
MC_API const char *mc_router_mode_name(enum mc_router_mode mode);

struct mc_router_iface_opts {
	size_t sz;
	uint32_t iface; /* whatever the caller numbers interfaces with */
	enum mc_family family;
	uint8_t version; /* of queries: IGMP 1..3, MLD 1..2 */
	enum mc_router_mode mode;
	bool listen_first;   /* for a query response interval before the first query */
	bool ssm_any_source; /* take reports without sources, and older versions', for SSM groups,
				which routers SHOULD ignore (RFC 4604 3.1, RFC 9776 6.4) */
	bool require_router_alert; /* of IGMP too (RFC 9776 9.2); MLD always needs it */
	bool down;		   /* to begin with */
	struct mc_addr addr; /* source of queries.  0.0.0.0, :: or MC_ANY: as switches do that have
				none, it gives way to every querier that has one (RFC 4541 2.1.1) */
	struct mc_mac mac;   /* tells own queries from those of others at 0.0.0.0 */
	bool has_mac;
	uint16_t max_sources;	    /* in one query; 0: as fit 1,500 bytes, 366 or 89 */
	struct mc_router_vars vars; /* see mc_router_vars_init */
};

#define MC_ROUTER_IFACES 4096 /* (interface, family) pairs */

/* -EINVAL: no such family, version or mode, or variables that
 * mc_router_vars_check refuses; -EEXIST; -ENOSPC: more than MC_ROUTER_IFACES;
 * -ENOMEM.  The interface starts at once unless it is down. */
MC_API MC_MUSTCHECK int mc_router_iface_add(mc_router *r, mc_nsec now,
					    const struct mc_router_iface_opts *o);

/* -ENOENT for all three.  Removal and `down` drop the interface's groups with
 * their events; memory for its next use is kept. */
MC_API int mc_router_iface_remove(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family);
MC_API int mc_router_iface_up(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family,
			      bool up);

/* Another address, MC_ANY: none.  The election starts again, memberships stay. */
MC_API int mc_router_iface_addr(mc_router *r, mc_nsec now, uint32_t iface, enum mc_family family,
				const struct mc_addr *addr);

enum mc_router_state {
	MC_ROUTER_DOWN = 0,
	MC_ROUTER_LISTENING, /* before the first query; listen-only: no other querier is known */
	MC_ROUTER_QUERIER,
	MC_ROUTER_NON_QUERIER,
};

/* "down", "listening", "querier", "non-querier" */
MC_API const char *mc_router_state_name(enum mc_router_state state);

/* What makes a router drop a message, or a record of it. */
enum mc_router_drop {
	MC_ROUTER_TAKEN = 0,
	MC_ROUTER_NO_IFACE,	  /* unknown or down */
	MC_ROUTER_UNREADABLE,	  /* mc_gm_parse failed */
	MC_ROUTER_NOT_MEMBERSHIP, /* neither query nor report nor leave, or no known version */
	MC_ROUTER_BAD_CHECKSUM,
	MC_ROUTER_BAD_SOURCE,	   /* multicast, broadcast, or of another family */
	MC_ROUTER_NOT_LINK_LOCAL,  /* MLD, RFC 9777 5.1.14, 5.2.13 */
	MC_ROUTER_HOP_LIMIT,	   /* MLD, RFC 9777 6.2, 7.4 */
	MC_ROUTER_NO_ROUTER_ALERT, /* MLD, or if required */
	MC_ROUTER_OWN,		   /* a query of this router */
	MC_ROUTER_BAD_QUERY,	   /* a general one with sources, or for no group */
	MC_ROUTER_BAD_GROUP,	   /* not multicast, 224.0.0.1, ff02::1, scopes 0 and 1 */
	MC_ROUTER_UNKNOWN_RECORD,  /* record type, RFC 9776 4.2.13 */
	MC_ROUTER_SSM_GROUP,	   /* an SSM group without sources */
	MC_ROUTER_IGNORED,	   /* as the group's compatibility mode, or IGMPv1, says */
	MC_ROUTER_NO_MEMORY,
	MC_ROUTER_DROPS,
};

/* "bad-checksum" ..., and for MC_ROUTER_TAKEN "taken" */
MC_API const char *mc_router_drop_name(enum mc_router_drop d);

struct mc_router_counts {
	uint64_t general_sent, specific_sent; /* queries */
	uint64_t queries, reports, leaves;    /* taken */
	uint64_t records;		      /* of those reports */
	uint64_t dropped[MC_ROUTER_DROPS];    /* messages; records for BAD_GROUP,
						 UNKNOWN_RECORD, SSM_GROUP, IGNORED */
};

struct mc_router_iface {
	uint32_t iface;
	enum mc_family family;
	uint8_t version;
	enum mc_router_mode mode;
	enum mc_router_state state;
	struct mc_addr addr;
	struct mc_addr querier;	 /* MC_ANY: none is known */
	uint8_t querier_version; /* of its last query */
	bool self;		 /* this router is that querier */
	mc_nsec querier_since;
	mc_nsec querier_expires;		/* other querier present; INT64_MAX ns: does not */
	mc_nsec next_query;			/* general; INT64_MAX ns: none is to come */
	unsigned startup_left;			/* queries */
	struct mc_router_vars configured, vars; /* the latter in effect, all worked out */
	uint64_t groups, sources, members;
	struct mc_router_counts counts;
};

/* -ENOENT, and *out is zero. */
MC_API MC_MUSTCHECK int mc_router_iface(const mc_router *r, struct mc_router_iface *out,
					uint32_t iface, enum mc_family family);

/* Calls fn for every interface, ordered by number and family.  -ENOMEM. */
MC_API int mc_router_ifaces(const mc_router *r, void (*fn)(void *, const struct mc_router_iface *),
			    void *data);

/* --- messages and time ----------------------------------------------------- */

/* Takes note of a parsed message that came in on an interface, after the timers
 * that were due before.  gm may be NULL when mc_gm_parse failed: it is counted.
 * Returns why the message was dropped, or 0.  `now` may step back; time then
 * stands still. */
MC_API enum mc_router_drop mc_router_message(mc_router *r, uint32_t iface, mc_nsec now,
					     const struct mc_frame *f, const struct mc_gm *gm);

/* Runs the timers up to `now`, but no more than `budget` steps of them, each
 * well below ten microseconds, plus what the event function takes; 0: all.
 * True when there is more to do at once: then call it again between messages. */
MC_API bool mc_router_tick(mc_router *r, mc_nsec now, unsigned budget);

/* When tick is needed next; INT64_MAX ns: never. */
MC_API mc_nsec mc_router_deadline(const mc_router *r);

/* Sends a query beside those of the protocol, whatever the mode and state unless
 * down, as "who listens here" does: general when group is NULL.  No timer is
 * lowered, and with the S flag set none of another router's.  -ENOENT; -EINVAL:
 * a group of another family, or a query that the interface's version has not. */
MC_API MC_MUSTCHECK int mc_router_ask(mc_router *r, mc_nsec now, uint32_t iface,
				      enum mc_family family, const struct mc_addr *group,
				      const struct mc_addr *sources, uint16_t n_sources, bool s);

/* --- reading --------------------------------------------------------------- */

/* Call fn for every group, ordered by interface and address, and for what there
 * is of one group, ordered by address.  -ENOMEM; -ENOENT for a group without
 * state. */
MC_API int mc_router_groups(const mc_router *r, void (*fn)(void *, const struct mc_router_group *),
			    void *data);
MC_API int mc_router_sources(const mc_router *r, uint32_t iface, const struct mc_addr *group,
			     void (*fn)(void *, const struct mc_router_source *), void *data);
MC_API int mc_router_hosts(const mc_router *r, uint32_t iface, const struct mc_addr *group,
			   void (*fn)(void *, const struct mc_router_host *), void *data);

/* Would a router forward the source to the group on the interface (RFC 9776 6.3)? */
MC_API bool mc_router_wanted(const mc_router *r, uint32_t iface, const struct mc_addr *source,
			     const struct mc_addr *group);

struct mc_router_stats {
	uint64_t ifaces, groups, sources, members, hosts;		 /* now */
	uint64_t forgotten_groups, forgotten_sources, forgotten_members; /* for want of room */
	struct mc_router_counts counts; /* of all interfaces there have been, and of messages
					   for others */
};

/* Numbers of now, and of all the time since the router was opened. */
MC_API void mc_router_stats(const mc_router *r, struct mc_router_stats *out);

MC_END_DECLS

#endif
