/* population.h - hosts of a link as mc/hosts.h runs them, for the files that do it
 *
 * Records name each other by number (store.h).  What is idle is small: a
 * station is a cache line, its membership of a group half of one.  Timers of
 * memberships, filters with sources and what is still to be reported are
 * records of their own, which most memberships lack most of the time. */
#ifndef FSM_POPULATION_H
#define FSM_POPULATION_H

#include <mc/hosts.h>
#include "store.h"
#include "wheel.h"

#define SECOND	    INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)
#define NEVER	    INT64_MAX
#define MAX_TIME    (INT64_MAX / 2)

/* A wheel's timer belongs to a station, or with this bit to a delay. */
#define TIMER_DELAY (UINT32_C(1) << 30)

#define STATIONS_LOG 10
#define MEMBERS_LOG  10
#define SMALL_LOG    8

#define NO_SOURCES 0 /* the list without any */

enum {
	M_PLAIN = 1, /* socket 0 wants any source, no other socket anything */
	M_FLAG = 2,  /* RFC 2236 6: we were the last to report */

	S_INDEXED = 1, /* has so many memberships that they are in by_pair */
	S_URGENT = 2,  /* is in the queue of those with something to send at once */

	G_SILENT = 1, /* never reported */

	D_UNSOLICITED = 1, /* repeats the report of a join, answers no query */
	D_SPECIFIC = 2,	   /* answers a query of the group */
};

/* A host.  Its timer runs to the earlier of answer_due and change_due. */
struct station {
	uint32_t head; /* of its memberships */
	uint32_t n;
	struct wheel_node timer;
	int64_t answer_due; /* to a general query of IGMPv3, MLDv2 */
	int64_t change_due; /* report of changes */
	int64_t asked_at;   /* the general query to be answered */
	uint32_t asked_ms;
	uint32_t changes; /* wants with changes to report, by want.next */
	uint32_t urgent;  /* next in the queue */
	uint8_t version, speaks;
	uint8_t flags;
	uint8_t behaviour; /* enum mc_host_flags */
};
_Static_assert(sizeof(struct station) == POOL_LINE, "a station fills a cache line");

struct member {
	uint32_t host : 24, flags : 8; /* first words: see struct pool */
	uint32_t group;
	uint32_t host_next, host_prev;
	uint32_t group_next, group_prev;
	uint32_t delay; /* its own number; NONE: no timer runs */
	uint32_t want;	/* NONE: M_PLAIN, and nothing to report */
};
_Static_assert(sizeof(struct member) == POOL_LINE / 2, "two memberships fill a cache line");

struct group {
	uint32_t n; /* memberships, those that are just being left too */
	uint32_t head;
	uint32_t members;
	uint32_t flags;
	uint64_t heard, heard_v1; /* the last report of any old version, of IGMPv1 */
	uint8_t addr[16];
};

/* A membership's timer, of the same number, so that those of a host lie together
 * like its memberships.  A report heard after `seq` ends it. */
struct delay {
	uint32_t seq;
	uint32_t asked_ms : 28, flags : 4; /* above what a code of MLDv2 says, 2^23 */
	struct wheel_node timer;
	int64_t asked_at;
};
_Static_assert(sizeof(struct delay) == POOL_LINE / 2, "two delays fill a cache line");

/* A source whose change is still to be reported this many times. */
struct change {
	struct mc_addr source;
	uint8_t left;
};

/* What a host wants of a group, and has still to say about it (RFC 9776 5.1). */
struct want {
	uint32_t member;
	uint32_t sockets; /* none if M_PLAIN */
	uint32_t list;	  /* of all sockets together, as is the mode */
	uint32_t asked;	  /* sources of queries to be answered; NO_SOURCES: all */
	uint32_t next;	  /* with changes to report */
	uint16_t n_changes, room;
	struct change *changes;
	uint8_t mode;
	uint8_t mode_left; /* times a change of mode is still to be reported */
	bool queued;	   /* among the station's changes */
};

struct socket {
	uint32_t list;
	uint32_t next;
	uint32_t number;
	uint32_t mode;
};

/* Sources, ascending, shared by all that want the same. */
struct list {
	uint32_t refs;
	uint32_t n;
	uint32_t hash;
	struct mc_addr *a;
};

/* Sources under construction; the memory is kept for the next time. */
struct set {
	struct mc_addr *a;
	uint32_t n, room;
};

/* A query as hosts take it. */
struct query {
	uint32_t group; /* NONE: general */
	uint32_t sources;
	int64_t at;
	int64_t max_resp;
	int64_t linear; /* as hosts of older versions read its code */
	uint64_t seq;
	bool to_all; /* sent to 224.0.0.1, the only place IGMPv1 hosts listen */
};

/* A query on its way to all it concerns. */
struct sweep {
	bool runs;
	uint32_t next; /* station, or member of the query's group */
	struct query q;
};

/* Why and when a message is sent. */
struct cause {
	enum mc_hosts_reason reason;
	int64_t due;
	int64_t asked_at;
	uint32_t asked_ms;
};

/* A report of records in the making. */
struct pack {
	struct mc_gm_record_spec *records;
	struct mc_addr *sources;
	unsigned n_records, n_sources;
	unsigned space; /* for records in a packet */
	unsigned left;
	uint32_t station;
	struct cause cause;
};

struct mc_hosts {
	alloc_fn *alloc;
	mc_hosts_fn *fn;
	void *data;
	enum mc_family family;
	bool isolated;
	uint8_t newest; /* version */
	uint8_t default_rv, rv;
	int64_t unsolicited_old, unsolicited_new;
	int64_t qqi;
	/* Older queriers present (RFC 9776 7.2.1, 8.12): for hosts of the newest
	 * version, and for IGMPv2 hosts (RFC 2236 4). */
	int64_t v1_until, v2_until, v1_until_v2;
	int64_t now;
	uint64_t random;
	uint64_t seq;  /* of reports heard */
	unsigned sent; /* in this call */
	uint32_t n_stations, armed;
	uint32_t urgent, urgent_last;
	struct wheel wheel;
	struct sweep sweep;
	struct pool stations, members, groups, wants, sockets, lists;
	struct delay **delays; /* blocks as of the members; NULL: none had a timer yet */
	uint32_t delay_blocks; /* that there is room for */
	uint32_t n_delays;     /* that run */
	struct index by_group, by_pair, by_list;
	struct set merged, other, allowed;
	enum mc_filter_mode merged_mode;
	struct pack pack;
	uint64_t extra; /* bytes beside pools and indexes */
	struct mc_hosts_stats count;
};

static inline struct station *station_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->stations, id, STATIONS_LOG, sizeof(struct station));
}

static inline struct member *member_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->members, id, MEMBERS_LOG, sizeof(struct member));
}

static inline struct group *group_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->groups, id, SMALL_LOG, sizeof(struct group));
}

static inline struct delay *delay_at(const struct mc_hosts *p, uint32_t id)
{
	return &p->delays[id >> MEMBERS_LOG][id & ((1u << MEMBERS_LOG) - 1)];
}

static inline struct want *want_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->wants, id, MEMBERS_LOG, sizeof(struct want));
}

static inline struct socket *socket_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->sockets, id, MEMBERS_LOG, sizeof(struct socket));
}

static inline struct list *list_at(const struct mc_hosts *p, uint32_t id)
{
	return pool_get(&p->lists, id, SMALL_LOG, sizeof(struct list));
}

static inline struct group *group_of(const struct mc_hosts *p, const struct member *m)
{
	return group_at(p, m->group);
}

/* MLDv1 works like IGMPv2. */
static inline bool is_newest(const struct mc_hosts *p, uint8_t version)
{
	return version == p->newest;
}

/* ---- records (population_records.c) ---- */

void pop_records_open(struct mc_hosts *p);
void pop_records_close(struct mc_hosts *p);
uint64_t pop_records_memory(const struct mc_hosts *p);

uint32_t pop_group_find(const struct mc_hosts *p, const struct mc_addr *addr);
struct mc_addr pop_group_addr(const struct mc_hosts *p, const struct group *g);
uint32_t pop_member_find(const struct mc_hosts *p, uint32_t station, uint32_t group);

/* NONE without memory. */
uint32_t pop_member_new(struct mc_hosts *p, uint32_t station, const struct mc_addr *group);
void pop_member_free(struct mc_hosts *p, uint32_t id);
uint32_t pop_want_get(struct mc_hosts *p, uint32_t member);

/* There is nothing to report any more. */
void pop_want_settle(struct mc_hosts *p, struct want *w);

/* Frees the want, and then the member, if nothing is in them any more. */
void pop_member_trim(struct mc_hosts *p, uint32_t id);
bool pop_member_is_in(const struct mc_hosts *p, const struct member *m);

struct delay *pop_delay_get(struct mc_hosts *p, uint32_t member);
void pop_delay_end(struct mc_hosts *p, uint32_t member);

/* ---- sources (population_sources.c) ---- */

bool pop_set_add(struct mc_hosts *p, struct set *s, const struct mc_addr *a);
bool pop_set_copy(struct mc_hosts *p, struct set *s, uint32_t list);
bool pop_set_unite(struct mc_hosts *p, struct set *s, uint32_t list);
void pop_set_intersect(const struct mc_hosts *p, struct set *s, uint32_t list);
void pop_set_subtract(struct set *s, const struct set *other);
void pop_set_free(struct mc_hosts *p, struct set *s);
bool pop_set_has(const struct set *s, const struct mc_addr *a);

/* A list of the set's sources, to be released; NONE without memory. */
uint32_t pop_list_of(struct mc_hosts *p, const struct set *s);
uint32_t pop_list_keep(struct mc_hosts *p, uint32_t list);
void pop_list_release(struct mc_hosts *p, uint32_t list);
bool pop_list_has(const struct mc_hosts *p, uint32_t list, const struct mc_addr *a);

/* ---- filters (population_filter.c) ---- */

enum mc_filter_mode pop_member_mode(const struct mc_hosts *p, const struct member *m);
uint32_t pop_member_list(const struct mc_hosts *p, const struct member *m);
bool pop_member_takes(const struct mc_hosts *p, const struct member *m,
		      const struct mc_addr *source);

/* ---- IGMPv1, IGMPv2, MLDv1 (population_old.c) ---- */

enum old_event { OLD_JOIN, OLD_LEAVE, OLD_QUERY, OLD_REPORT, OLD_TIMER, OLD_EVENTS };

enum {
	OLD_SEND = 1,	     /* a report */
	OLD_SET_FLAG = 2,    /* we were the last to report */
	OLD_CLEAR_FLAG = 4,  /* somebody else was */
	OLD_START = 8,	     /* the timer */
	OLD_SHORTEN = 16,    /* restart it if it has longer to run than the query allows */
	OLD_STOP = 32,	     /* the timer */
	OLD_SEND_LEAVE = 64, /* if the flag is set */
};

struct old_cell {
	uint8_t actions;
	uint8_t next; /* enum mc_hosts_state */
};

/* By IGMPv1, and IGMPv2 or MLDv1. */
extern const struct old_cell pop_old_table[2][3][OLD_EVENTS];

void pop_old_join(struct mc_hosts *p, uint32_t member);
void pop_old_leave(struct mc_hosts *p, uint32_t member);
void pop_old_asked(struct mc_hosts *p, uint32_t member, const struct query *q);
void pop_old_timer(struct mc_hosts *p, uint32_t member);

/* A report of a version was heard. */
void pop_old_heard(struct mc_hosts *p, uint32_t group, uint8_t version);
bool pop_old_reported_since(const struct mc_hosts *p, const struct member *m, uint64_t seq);
enum mc_hosts_state pop_old_state(const struct mc_hosts *p, const struct member *m);

/* ---- IGMPv3, MLDv2 (population_new.c) ---- */

/* The want's mode and list, before and after a change. */
bool pop_new_reserve(struct mc_hosts *p, uint32_t member, enum mc_filter_mode mode, uint32_t list);
void pop_new_changed(struct mc_hosts *p, uint32_t member, enum mc_filter_mode mode, uint32_t list);

/* Sources it was asked about. */
void pop_forget_asked(struct mc_hosts *p, struct member *m);
void pop_new_asked(struct mc_hosts *p, uint32_t member, const struct query *q);
void pop_new_asked_general(struct mc_hosts *p, uint32_t station, const struct query *q);
void pop_new_member_timer(struct mc_hosts *p, uint32_t member);
void pop_new_station_timer(struct mc_hosts *p, uint32_t station);

/* ---- reports of records (population_pack.c) ---- */

void pop_pack_begin(struct mc_hosts *p, uint32_t station, const struct cause *cause);
void pop_pack_record(struct mc_hosts *p, uint8_t type, const struct mc_addr *group, unsigned n);
void pop_pack_source(struct mc_hosts *p, const struct mc_addr *source);
void pop_pack_end(struct mc_hosts *p);

/* ---- hearing (population_hear.c) ---- */

/* Hands a running query on to at most this many. */
void pop_sweep_run(struct mc_hosts *p, uint32_t most);

/* Sets the version the host speaks now.  True: it changed, and nothing of what
 * was pending is left. */
bool pop_station_follow(struct mc_hosts *p, uint32_t station);
uint8_t pop_version_spoken(const struct mc_hosts *p, const struct station *s, int64_t now);

/* ---- all of them (population.c) ---- */

void pop_clock_set(struct mc_hosts *p, mc_nsec now);

/* Within the time, and not of no length; for a host that is late, after it. */
int64_t pop_random_delay(struct mc_hosts *p, const struct station *s, int64_t max);
int64_t pop_random_below(struct mc_hosts *p, int64_t n);

void pop_station_arm(struct mc_hosts *p, uint32_t station);
void pop_station_is_urgent(struct mc_hosts *p, uint32_t station);
void pop_station_forget(struct mc_hosts *p, uint32_t station);
void pop_send_message(struct mc_hosts *p, uint32_t station, const struct mc_gm_spec *spec,
		      const struct cause *cause);

static inline bool is_silent(const struct mc_hosts *p, const struct member *m)
{
	return group_of(p, m)->flags & G_SILENT || station_at(p, m->host)->behaviour & MC_HOST_DEAD;
}

#endif
