/* state.h - what the observer remembers, shared by the files that implement it
 *
 * Records name each other by number (store.h), never by pointer.  Times are in
 * nanoseconds of the observer's own clock, which never goes back. */
#ifndef FSM_STATE_H
#define FSM_STATE_H

#include <mc/observer.h>
#include "kept.h"
#include "store.h"
#include "wheel.h"

#define SECOND	    INT64_C(1000000000)
#define NO_TIME	    INT64_MIN
#define MAX_LINKS   16384 /* (link, family) pairs */
#define MAX_ASKERS  4096  /* hosts that send queries, on all links together */
#define MEMBERS_LOG 15	  /* blocks of 2.75 MiB: worth large pages where there are some */
#define BLOCK_LOG   10
#define LINGERING   4096 /* groups kept for a while after their last member */

/* Tolerance for everything that is measured: two ticks of a slow kernel and
 * some scheduling.  One per cent of long timers comes on top. */
#define EPS (SECOND / 10)

/* RFC 9776 8: defaults */
#define DEFAULT_RV  2
#define DEFAULT_QI  (125 * SECOND)
#define DEFAULT_QRI (10 * SECOND)
#define LMQI	    SECOND

/* What a wheel's timer belongs to: the upper two of 31 bits. */
enum timer_kind { TIMER_MEMBER, TIMER_GROUP, TIMER_ASKER, TIMER_LINK };
#define TIMER_SHIFT	   29
#define TIMER_ID(kind, id) ((uint32_t)(kind) << TIMER_SHIFT | (id))

enum {
	M_LATE = 1, /* raised, until it answers in time */
	M_MISSING = 2,
	M_STORM = 4,

	H_MAC = 1, /* mac is known */
	H_TWO_MACS = 2,
	H_FLAPS = 4,
	H_STORM = 8,
	H_NO_FALLBACK = 16,

	G_WAITS = 1, /* for the first packet since the first member joined */
	G_DATA = 2,  /* has been seen since then */
	G_ASKED = 4, /* asked_at ... are set */
	G_LEFT = 8,  /* left_at: a leave that the querier should ask about */
	G_UNQUERIED = 16,
	G_LINGERS = 32, /* without members */

	A_ELECTED = 1,
	A_LOST = 2,
	A_TWO = 4,
	A_WRONG = 8,
	A_INTERVAL = 16,
	A_FLAPS = 32,

	L_VERSIONS = 1,
	L_TIMERS = 2,
	L_NO_QUERIER = 4,
	L_OVERDUE = 8, /* no query for long, but no report either */
	L_STORM = 16,
	L_FALLBACK = 32, /* fallback_due is set */
};

/* One cache line: refreshing a million of them is what takes time. */
struct member {
	uint32_t group; /* first words: see struct pool */
	uint32_t host;
	struct wheel_node timer;
	uint32_t group_next, group_prev;
	uint32_t newer, older; /* by last_seen */
	int64_t last_seen;
	uint32_t reports;
	uint32_t answered; /* microseconds + 1; 0: never */
	uint16_t storm;
	uint8_t n_sources, more_sources;
	uint8_t version, mode, flags, last_type;
};
_Static_assert(sizeof(struct member) == POOL_LINE, "a member fills a cache line");

struct member_rest {
	int64_t first_seen;
	uint8_t sources[16]; /* see kept.h */
};

struct host {
	uint32_t refs; /* by members and askers */
	uint32_t link;
	uint32_t storm;
	uint8_t family, flags;
	uint8_t version, changes; /* of version, since changes_from */
	uint8_t addr[16];
	struct mc_mac mac;
	int64_t last_seen, mac_since, changes_from;
};

struct group {
	uint32_t n_members;
	uint32_t link; /* number of a struct link */
	uint32_t head;
	uint32_t n_exclude;
	struct wheel_node timer;
	uint8_t family, flags, asked_rank;
	uint8_t addr[16];
	uint8_t leaver[16];
	uint32_t asker;		  /* host */
	int64_t last_v1, last_v2; /* reports; NO_TIME */
	int64_t since;		  /* first member, or without members */
	int64_t last_data;
	int64_t asked_at, asked_late, asked_until; /* G_ASKED */
	int64_t sources_until;			   /* queries for sources are answered */
	int64_t left_at, left_due;		   /* G_LEFT */
};

struct asker {
	uint32_t host;
	uint32_t link;
	uint32_t next, prev; /* on the link */
	struct wheel_node timer;
	uint8_t flags, version, qrv, changes;
	uint8_t odd, quick;		/* intervals in a row */
	uint8_t defiant, unopposed;	/* queries beside a better querier */
	int64_t qqi, max_resp;		/* qqi 0: not announced */
	int64_t measured;		/* 0: not known */
	int64_t first_seen, last_seen;	/* any query */
	int64_t last_general, previous; /* general queries; NO_TIME */
	int64_t changes_from;
	uint64_t general, specific;
};

struct link {
	uint32_t family; /* enum mc_family */
	uint32_t number; /* the caller's */
	uint32_t askers, n_askers;
	uint32_t elected; /* asker */
	uint32_t speaker; /* host of the last general query; it need not answer itself */
	uint32_t flags;
	uint32_t storm;
	uint32_t by_rank[4]; /* members */
	struct wheel_node timer;
	int64_t rv, qi, mrt, interval; /* group membership interval */
	int64_t last_general;	       /* from anybody, NO_TIME */
	int64_t quiet_since, quiet_due;
	int64_t last_report;
	int64_t fallback_at, fallback_due;
	uint8_t fallback_rank;
};

struct mc_observer {
	alloc_fn *alloc;
	mc_observed_fn *fn;
	void *data;
	uint64_t max_members, forgotten;
	uint64_t n_sources, max_sources; /* kept */
	uint32_t lingering;
	int64_t now; /* NO_TIME before the first call */
	struct wheel wheel;
	struct pool members, hosts, groups, askers, links;
	struct index by_pair, by_host, by_group, by_link;
	uint32_t newest, oldest; /* member */
};

/* One message as the observer sees it. */
struct hearing {
	struct mc_observer *o;
	const struct mc_frame *f;
	uint32_t link;
	uint32_t host; /* NONE: not known yet */
	int64_t now;
	uint8_t version; /* of the message */
	uint8_t rank;	 /* see rank_of */
};

/* Versions on one scale: MLDv1 works like IGMPv2, MLDv2 like IGMPv3. */
static inline uint8_t rank_of(uint8_t family, uint8_t version)
{
	return family == MC_IPV6 ? (uint8_t)(version + 1) : version;
}

/* ---- records (records.c) ---- */

static inline struct member *member_at(const struct mc_observer *o, uint32_t id)
{
	return pool_get(&o->members, id, MEMBERS_LOG, sizeof(struct member));
}

static inline struct member_rest *rest_at(const struct mc_observer *o, uint32_t id)
{
	return pool_rest(&o->members, id);
}

static inline struct host *host_at(const struct mc_observer *o, uint32_t id)
{
	return pool_get(&o->hosts, id, BLOCK_LOG, sizeof(struct host));
}

static inline struct group *group_at(const struct mc_observer *o, uint32_t id)
{
	return pool_get(&o->groups, id, BLOCK_LOG, sizeof(struct group));
}

static inline struct asker *asker_at(const struct mc_observer *o, uint32_t id)
{
	return pool_get(&o->askers, id, BLOCK_LOG, sizeof(struct asker));
}

static inline struct link *link_at(const struct mc_observer *o, uint32_t id)
{
	return pool_get(&o->links, id, BLOCK_LOG, sizeof(struct link));
}

void records_open(struct mc_observer *o);
void records_close(struct mc_observer *o);

uint32_t link_find(const struct mc_observer *o, uint32_t number, uint8_t family);
uint32_t link_new(struct mc_observer *o, uint32_t number, uint8_t family, int64_t now);
uint32_t host_find(const struct mc_observer *o, uint32_t link, const struct mc_frame *f);
uint32_t host_get(struct hearing *h);
void host_release(struct mc_observer *o, uint32_t id);
uint32_t group_find(const struct mc_observer *o, uint32_t link, const struct mc_addr *addr);
uint32_t group_hash(const struct mc_observer *o, uint32_t link, const struct mc_addr *addr);
bool group_is(const struct mc_observer *o, uint32_t id, uint32_t link, const struct mc_addr *addr);
uint32_t group_get(struct mc_observer *o, uint32_t link, const struct mc_addr *addr);
void group_free(struct mc_observer *o, uint32_t id);
uint32_t member_find(const struct mc_observer *o, uint32_t group, uint32_t host);
uint32_t member_new(struct hearing *h, const struct mc_addr *group);
void member_free(struct mc_observer *o, uint32_t id);
void member_is_newest(struct mc_observer *o, uint32_t id);
void member_prefetch(const struct mc_observer *o, uint32_t group, uint32_t host, bool record);
uint8_t *member_sources(const struct mc_observer *o, uint32_t id);

struct mc_addr host_addr(const struct host *h);
struct mc_addr group_addr(const struct group *g);
struct mc_addr asker_addr(const struct mc_observer *o, const struct asker *a);

void set_timer(struct mc_observer *o, enum timer_kind kind, uint32_t id, int64_t due);

/* ---- reports and members (members.c, groups.c) ---- */

void hear_report(struct hearing *h, const struct mc_gm *gm);
void member_timer(struct mc_observer *o, uint32_t id, int64_t due);

/* A member as the caller sees it, and the sources it points to. */
struct shown {
	struct mc_member m;
	struct mc_addr sources[FILTER_KEPT];
};

void show_member(const struct mc_observer *o, uint32_t id, struct shown *out);

void group_asked(struct hearing *h, const struct mc_gm *gm);
void group_left(struct hearing *h, uint32_t id, uint8_t type, bool was_member);
void group_data(struct mc_observer *o, uint32_t id, const struct mc_addr *source, int64_t now);
void group_emptied(struct mc_observer *o, uint32_t id, int64_t now, bool by_leave);
void group_joined(struct mc_observer *o, uint32_t id, int64_t now);
bool group_was_reported(const struct group *g, int64_t since);
bool member_takes(const struct mc_observer *o, uint32_t id, const struct mc_addr *source);
void group_answered(struct hearing *h, uint32_t member, uint8_t type);
void group_timer(struct mc_observer *o, uint32_t id, int64_t due);

/* ---- queries and queriers (queriers.c, election.c) ---- */

void hear_query(struct hearing *h, const struct mc_gm *gm);
void asker_timer(struct mc_observer *o, uint32_t id, int64_t due);
void show_querier(const struct mc_observer *o, uint32_t id, struct mc_querier *out);
int64_t asker_interval(const struct asker *a);
int64_t asker_lost_at(const struct asker *a);
bool asker_is_alive(const struct asker *a);
void elect(struct mc_observer *o, uint32_t link, int64_t now);
void judge_election(struct hearing *h, uint32_t id, int64_t before);
void judge_agreement(struct mc_observer *o, uint32_t link, uint32_t asker, int64_t now);

/* ---- links (links.c) ---- */

void link_queried(struct hearing *h, const struct mc_gm *gm, uint32_t asker);
void link_reported(struct hearing *h);
void link_timer(struct mc_observer *o, uint32_t id, int64_t due);

/* ---- hosts (hosts.c) ---- */

void host_heard(struct hearing *h, bool report);

/* ---- telling (observer.c) ---- */

struct finding {
	enum mc_observed what;
	enum mc_issue issue;
	uint32_t link; /* number of a struct link */
	uint32_t member, querier;
	struct mc_addr group, host;
	int64_t when, latency;
};

static inline struct finding finding_of(enum mc_issue issue, uint32_t link, int64_t when)
{
	return (struct finding){ .what = MC_OBSERVED_ISSUE,
				 .issue = issue,
				 .link = link,
				 .member = NONE,
				 .querier = NONE,
				 .when = when,
				 .latency = -1 };
}

void tell(const struct mc_observer *o, struct finding *f);
void tell_member(const struct mc_observer *o, enum mc_observed what, uint32_t id, int64_t when,
		 int64_t latency);
void tell_querier(const struct mc_observer *o, enum mc_observed what, enum mc_issue issue,
		  uint32_t id, int64_t when);

/* Leaky bucket in thousandths of a message: true when more than `per_second`
 * came, over and above what a second lets drain. */
static inline bool bucket_add(uint32_t *level, int64_t elapsed, uint32_t per_second)
{
	uint64_t full = UINT64_C(1000) * per_second;
	uint64_t drained =
		elapsed > 10 * SECOND ? 10 * full : (uint64_t)elapsed * per_second / 1000000;
	uint64_t now = (*level > drained ? *level - drained : 0) + 1000;

	*level = (uint32_t)(now < 2 * full ? now : 2 * full);
	return now > full;
}

#endif
