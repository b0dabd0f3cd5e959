/* state.h - what the observer remembers, shared by the files that implement it
 *
 * Records name each other by number (store.h), never by pointer.  Times are in
 * nanoseconds of the observer's own clock, which never goes back. */
#ifndef FSM_STATE_H
#define FSM_STATE_H

#include <mc/observer.h>
#include "kept.h"
#include "order.h"
#include "store.h"
#include "wheel.h"

#define SECOND	    INT64_C(1000000000)
#define NO_TIME	    INT64_MIN
#define MAX_LINKS   16384 /* (link, family) pairs */
#define MAX_ASKERS  4096  /* hosts that send queries, on all links together */
#define MEMBERS_LOG 15	  /* blocks of 4.25 MiB: worth large pages where there are some */
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

/* One cache line: hearing of a million of them again is what takes time. */
struct member {
	uint32_t group; /* first words: see struct pool */
	uint32_t host;
	struct wheel_node timer;
	int64_t first_seen, last_seen;
	uint64_t turn; /* of all that was heard: see oldest.c */
	uint32_t reports;
	uint32_t answered; /* microseconds + 1; 0: never */
	uint16_t storm;
	uint8_t n_sources, more_sources;
	uint8_t version, mode, flags, last_type;
};
_Static_assert(sizeof(struct member) == POOL_LINE, "a member fills a cache line");

/* The members of a group: close to each other, as those who go through them know
 * nothing of what comes next but its number. */
struct beside {
	uint32_t next, prev;
};

#define SOURCES_ROOM 64 /* bytes for a member's sources; see kept.h */
#define MEMBER_REST  (sizeof(struct beside) + SOURCES_ROOM)

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
_Static_assert(sizeof(struct host) == POOL_LINE, "a host fills a cache line");

struct group {
	/* what each report looks at, in one cache line */
	_Alignas(POOL_LINE) uint32_t n_members;
	uint32_t link; /* number of a struct link */
	uint32_t head;
	uint32_t n_exclude;
	uint8_t addr[16];
	uint8_t family, flags, asked_rank;
	uint32_t asker;		      /* host */
	int64_t asked_at, asked_late; /* G_ASKED */
	int64_t sources_until;	      /* queries for sources are answered */

	struct wheel_node timer;
	int64_t last_v1, last_v2; /* reports; NO_TIME */
	int64_t since;		  /* first member, or without members */
	int64_t asked_until;
	int64_t left_at, left_due; /* G_LEFT */
	int64_t last_data;
	uint8_t leaver[16];
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

/* Those who were heard least recently: see oldest.c. */
struct oldest {
	struct order list;
	size_t next; /* in the list */
	uint64_t floor;
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
	uint32_t wanted; /* MC_OBSERVED() of what fn is called for */
	uint64_t turn;	 /* the next */
	struct oldest oldest;
};

/* One message as the observer sees it. */
struct hearing {
	struct mc_observer *o;
	const struct mc_frame *f;
	struct link *l;
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

static inline struct beside *beside_at(const struct mc_observer *o, uint32_t id)
{
	char *rest = pool_rest(&o->members, id, MEMBERS_LOG, sizeof(struct member));

	return (struct beside *)rest + (id & ((1u << MEMBERS_LOG) - 1));
}

static inline uint8_t *sources_room(const struct mc_observer *o, uint32_t id)
{
	char *rest = pool_rest(&o->members, id, MEMBERS_LOG, sizeof(struct member));

	return (uint8_t *)rest + (sizeof(struct beside) << MEMBERS_LOG) +
	       (size_t)(id & ((1u << MEMBERS_LOG) - 1)) * SOURCES_ROOM;
}

/* The bytes of n sources of a member. */
static inline uint8_t *member_sources(const struct mc_observer *o, uint32_t id, uint8_t family,
				      unsigned n)
{
	return kept_bytes(sources_room(o, id), SOURCES_ROOM, n * kept_each(family));
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
uint32_t host_hash(const struct mc_observer *o, uint32_t link, const struct mc_frame *f);
bool host_is(const struct host *h, uint32_t link, const struct mc_frame *f);
uint32_t host_find(const struct mc_observer *o, uint32_t link, const struct mc_frame *f);
uint32_t host_get(struct hearing *h);
void host_release(struct mc_observer *o, uint32_t id);
void host_is_left(struct hearing *h);
uint32_t group_find(const struct mc_observer *o, uint32_t link, const struct mc_addr *addr);

/* Of an IPv4 address only what it has: as a whole it cannot be read so soon after it
 * was written. */
static inline uint32_t group_hash(const struct mc_observer *o, uint32_t link, uint8_t family,
				  const uint8_t bytes[16])
{
	uint32_t word;

	if (family != MC_IPV4)
		return hash_bytes(o, bytes, link);
	memcpy(&word, bytes, sizeof(word));
	return hash_words(o, word, link);
}

static inline bool group_is(const struct group *g, uint32_t link, const struct mc_addr *addr)
{
	return g->link == link && memcmp(g->addr, addr->bytes, sizeof(g->addr)) == 0;
}

static inline uint32_t pair_hash(const struct mc_observer *o, uint32_t group, uint32_t host)
{
	return hash_words(o, (uint64_t)group << 32 | host, 0);
}

uint32_t group_get(struct mc_observer *o, uint32_t link, const struct mc_addr *addr);
void group_free(struct mc_observer *o, uint32_t id);
uint32_t member_find(const struct mc_observer *o, uint32_t group, uint32_t host);
uint32_t member_new(struct hearing *h, uint32_t group, const struct mc_addr *addr);
void member_free(struct mc_observer *o, uint32_t id);
struct mc_addr host_addr(const struct host *h);
struct mc_addr group_addr(const struct group *g);
struct mc_addr asker_addr(const struct mc_observer *o, const struct asker *a);

void set_timer(struct mc_observer *o, enum timer_kind kind, uint32_t id, int64_t due);

/* ---- room for more (oldest.c) ---- */

void oldest_close(struct mc_observer *o);
uint32_t oldest_member(struct mc_observer *o);

/* ---- several messages (ahead.c) ---- */

#define AHEAD_MESSAGES 16
#define AHEAD_RECORDS  64

/* A record, and where what it names was. */
struct look {
	struct mc_record r;
	uint32_t hash;
	uint32_t group, member;
};

/* A message to come, and its records as far as there is room. */
struct next {
	bool is_heard;
	uint32_t link, host;
	uint32_t hash;
	unsigned n;
	struct look *looks;
	struct mc_span rest; /* of its records */
};

struct ahead {
	const struct mc_observer *o;
	unsigned n, used;
	struct next next[AHEAD_MESSAGES];
	struct look looks[AHEAD_RECORDS];
};

/* Looks at the first of the messages, a->n of them, which is one at least. */
void ahead_look(struct ahead *a, const struct mc_observer *o, const struct mc_heard *heard,
		size_t n);
bool ahead_go_on(struct ahead *a, struct next *n, const struct hearing *h, const struct mc_gm *gm);

/* ---- reports and members (members.c, reports.c, groups.c) ---- */

void hear_report(struct hearing *h, const struct mc_gm *gm, struct ahead *a, struct next *n);
void member_timer(struct mc_observer *o, uint32_t id, int64_t due);

/* A member as the caller sees it, and the sources it points to. */
struct shown {
	struct mc_member m;
	struct mc_addr sources[FILTER_KEPT];
};

/* A member, looked up once. */
struct found {
	uint32_t id;
	struct member *m;
	struct group *g;
	uint8_t *room; /* for its sources */
};

static inline struct found found_member(const struct mc_observer *o, uint32_t id)
{
	struct member *m = member_at(o, id);

	return (struct found){ id, m, group_at(o, m->group), sources_room(o, id) };
}

void member_load(const struct found *w, struct filter *f, bool without_sources);
bool member_store(struct mc_observer *o, const struct found *w, struct filter *f);
void show_member(const struct mc_observer *o, uint32_t id, struct shown *out);

void group_asked(struct hearing *h, const struct mc_gm *gm);
void group_left(struct hearing *h, uint32_t id, uint8_t type, bool was_member);
void group_data(struct mc_observer *o, uint32_t id, const struct mc_addr *source, int64_t now);
void group_emptied(struct mc_observer *o, uint32_t id, int64_t now, bool by_leave);
void group_joined(struct mc_observer *o, uint32_t id, int64_t now);
bool group_was_reported(const struct group *g, int64_t since);
bool member_takes(const struct mc_observer *o, uint32_t id, const struct mc_addr *source);
void group_answered(struct hearing *h, const struct found *w, uint8_t type);
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

static inline bool is_wanted(const struct mc_observer *o, enum mc_observed what)
{
	return o->wanted & MC_OBSERVED(what);
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
