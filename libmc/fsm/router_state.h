/* router_state.h - what the router remembers, shared by the files that implement it
 *
 * Records name each other by number (store.h), never by pointer.  Times are in
 * nanoseconds of the router's own clock, which never goes back; what is kept a
 * million times is kept in ticks of the wheel, 32 bits of them (52 days) or 40
 * (36 years), and read back relative to the present. */
#ifndef FSM_ROUTER_STATE_H
#define FSM_ROUTER_STATE_H

#include <mc/router.h>
#include "buckets.h"
#include "kept.h"
#include "ring.h"
#include "wheel.h"

#define RT_SECOND   INT64_C(1000000000)
#define RT_MSEC	    INT64_C(1000000)
#define RT_NEVER    WHEEL_NEVER
#define RT_LONG_AGO INT64_MIN
#define RT_EPS	    (RT_SECOND / 10) /* two ticks of a slow kernel and some scheduling */

/* What a wheel's timer belongs to: the upper two of 31 bits. */
enum rt_timer { RT_TIMER_GROUP, RT_TIMER_SOURCE, RT_TIMER_IFACE };
#define RT_TIMER_SHIFT	      29
#define RT_TIMER_ID(kind, id) ((uint32_t)(kind) << RT_TIMER_SHIFT | (id))

enum {
	RT_EXCLUDE = 1, /* of groups and members: MC_EXCLUDE */

	RT_SSM = 2,  /* groups: in the block for source-specific multicast */
	RT_GONE = 4, /* it has no state, its members are still to be forgotten */

	RT_MORE = 8, /* members: sources than are kept */

	RT_BLOCKED = 1, /* sources: timer at zero */
	RT_NAMED = 2,	/* by the record that is being heard */

	RT_HAS_MAC = 1, /* hosts */
};

/* The first word of each is never NONE, the second chains it (buckets.h). */
struct rt_member {
	uint32_t group;
	uint32_t chain;
	uint32_t host;
	struct hook in_group, age;
	uint32_t seen, since; /* ticks */
	uint32_t answered;    /* microseconds + 1; 0: never */
	uint8_t since_high;   /* bits 32 to 39 */
	uint8_t flags, n_sources;
	uint8_t version : 4, last_type : 4;
	uint8_t sources[8]; /* see kept.h */
};
_Static_assert(sizeof(struct rt_member) == 52, "members are packed");

/* One pool for each family: a number's last bit tells which. */
struct rt_source {
	uint32_t group;
	uint32_t chain;
	struct hook in_group, age;
	struct wheel_node timer; /* its due time counts while not blocked */
	uint8_t flags;
	uint8_t asking; /* transmissions of Q(G,S) to come */
	uint8_t zero[2];
	uint8_t addr[4]; /* or 16 */
};
#define RT_SOURCE4 sizeof(struct rt_source)
#define RT_SOURCE6 (sizeof(struct rt_source) + 16)
_Static_assert(sizeof(struct rt_source) == 48, "sources are packed");

struct rt_host {
	uint32_t iface;
	uint32_t chain;
	uint32_t refs; /* members, groups it reported last, the message being heard */
	uint8_t family, flags;
	struct mc_mac mac;
	uint8_t addr[16];
};

struct rt_group {
	uint32_t iface;
	uint32_t chain;
	struct ring members, sources; /* sources to be asked about come first */
	uint32_t n_members, n_sources;
	struct hook age;
	struct wheel_node timer;	 /* the earliest of the following */
	int64_t expires;		 /* group timer, in EXCLUDE mode */
	int64_t query_at;		 /* retransmission of Q(G) */
	int64_t sources_at;		 /* of Q(G,S) */
	int64_t v1_until, v2_until;	 /* older hosts present */
	int64_t asked_at, answers_until; /* the last specific query */
	int64_t sources_until;		 /* answers to Q(G,S) */
	int64_t since, seen;
	uint32_t reporter; /* host, or NONE */
	uint32_t n_asking; /* sources */
	uint8_t asking;	   /* transmissions of Q(G) to come */
	uint8_t family, flags;
	uint8_t addr[16];
};

struct rt_querier {
	struct mc_addr addr; /* MC_ANY: none */
	uint8_t version;
	int64_t since, until;
};

struct rt_iface {
	uint32_t family;
	uint32_t chain;
	uint32_t number;
	struct ring groups, sources, members; /* what was heard least recently comes first */
	uint64_t n_groups, n_sources, n_members;
	struct wheel_node timer;
	struct mc_router_iface_opts opts;
	struct mc_router_vars vars; /* in effect */
	enum mc_router_state state;
	struct rt_querier other; /* the best that may query instead of this router */
	struct rt_querier rival; /* the best of the rest */
	int64_t self_since;
	unsigned qrv;	  /* announced by the other; 0: none */
	int64_t qqi;	  /* the same */
	int64_t query_at; /* general query, or end of listening */
	unsigned startup_left;
	int64_t aging_at;		 /* the oldest member may be due */
	int64_t asked_at, answers_until; /* the last general query */
	int64_t version_told;
	uint8_t rank; /* of its version, see rt_rank */
	struct mc_router_counts counts;
};

struct mc_router {
	alloc_fn *alloc;
	mc_router_event_fn *event;
	mc_router_send_fn *send;
	void *data;
	uint64_t max_entries, kept, max_kept; /* sources of members */
	uint64_t forgotten_groups, forgotten_sources, forgotten_members;
	uint64_t gone; /* groups that are only being forgotten */
	int64_t now;
	struct wheel wheel;
	struct pool ifaces, groups, hosts, members, sources[2];
	struct buckets by_iface, by_group, by_host, by_pair, by_source;
	struct mc_router_counts counts;
};

/* One message as the router sees it. */
struct rt_hearing {
	mc_router *r;
	const struct mc_frame *f;
	uint32_t iface, host;
	uint8_t version, rank;
};

/* Versions on one scale: MLDv1 works like IGMPv2, MLDv2 like IGMPv3. */
static inline uint8_t rt_rank(uint32_t family, uint8_t version)
{
	return family == MC_IPV6 ? (uint8_t)(version + 1) : version;
}

static inline uint8_t rt_version(uint32_t family, uint8_t rank)
{
	return family == MC_IPV6 ? (uint8_t)(rank - 1) : rank;
}

#define RT_STEPS 256 /* of timers, before a message is heard */

#define RT_IFACES_LOG  4
#define RT_BLOCK_LOG   10
#define RT_MEMBERS_LOG 13 /* blocks of 416 KiB: small against a million, cheap when few */

static inline struct rt_iface *rt_iface_at(const mc_router *r, uint32_t id)
{
	return pool_get(&r->ifaces, id, RT_IFACES_LOG, sizeof(struct rt_iface));
}

static inline struct rt_group *rt_group_at(const mc_router *r, uint32_t id)
{
	return pool_get(&r->groups, id, RT_BLOCK_LOG, sizeof(struct rt_group));
}

static inline struct rt_host *rt_host_at(const mc_router *r, uint32_t id)
{
	return pool_get(&r->hosts, id, RT_BLOCK_LOG, sizeof(struct rt_host));
}

static inline struct rt_member *rt_member_at(const mc_router *r, uint32_t id)
{
	return pool_get(&r->members, id, RT_MEMBERS_LOG, sizeof(struct rt_member));
}

static inline struct rt_source *rt_source_at(const mc_router *r, uint32_t id)
{
	if (id & 1)
		return pool_get(&r->sources[1], id >> 1, RT_MEMBERS_LOG, RT_SOURCE6);
	return pool_get(&r->sources[0], id >> 1, RT_MEMBERS_LOG, RT_SOURCE4);
}

static inline struct rt_iface *rt_iface_of(const mc_router *r, const struct rt_group *g)
{
	return rt_iface_at(r, g->iface);
}

static inline uint32_t rt_ticks(int64_t t)
{
	return (uint32_t)((uint64_t)t >> WHEEL_TICK_LOG);
}

/* The last moment before now that has these ticks in its lower bits. */
static inline int64_t rt_last_time(const mc_router *r, uint64_t ticks, unsigned bits)
{
	uint64_t now = (uint64_t)r->now >> WHEEL_TICK_LOG;
	uint64_t age = (now - ticks) & ((UINT64_C(1) << bits) - 1);

	return (int64_t)((now - age) << WHEEL_TICK_LOG);
}

static inline int64_t rt_time(const mc_router *r, uint32_t ticks)
{
	return rt_last_time(r, ticks, 32);
}

static inline int64_t rt_since(const mc_router *r, const struct rt_member *m)
{
	return rt_last_time(r, (uint64_t)m->since_high << 32 | m->since, 40);
}

/* Never early, as all timers. */
static inline int64_t rt_expiry(const mc_router *r, const struct rt_member *m, int64_t gmi)
{
	return rt_time(r, m->seen) + (INT64_C(1) << WHEEL_TICK_LOG) + gmi;
}

/* 13 days: the clock jumped, or nobody was there to call. */
#define RT_PAUSE_TICKS (UINT32_C(1) << 30)
#define RT_PAUSE       ((uint64_t)RT_PAUSE_TICKS << WHEEL_TICK_LOG)

static inline int64_t rt_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* ---- records (router_records.c, router_forget.c) ---- */

void rt_records_open(mc_router *r);
void rt_records_close(mc_router *r);
struct hook *rt_group_age(void *owner, uint32_t id);
struct hook *rt_source_age(void *owner, uint32_t id);
struct hook *rt_member_age(void *owner, uint32_t id);
struct hook *rt_source_hook(void *owner, uint32_t id);

uint32_t rt_iface_find(const mc_router *r, uint32_t number, uint32_t family);
int rt_iface_new(mc_router *r, uint32_t *id, uint32_t number, uint32_t family);
void rt_iface_free(mc_router *r, uint32_t id);
uint32_t rt_host_get(mc_router *r, uint32_t iface, const struct mc_frame *f);
void rt_host_release(mc_router *r, uint32_t id);
uint32_t rt_group_find(const mc_router *r, uint32_t iface, const struct mc_addr *addr);
uint32_t rt_group_new(mc_router *r, uint32_t iface, const struct mc_addr *addr);
void rt_group_free(mc_router *r, uint32_t id);
uint32_t rt_source_find(const mc_router *r, uint32_t group, const struct mc_addr *addr);
uint32_t rt_source_new(mc_router *r, uint32_t group, const struct mc_addr *addr);
void rt_source_free(mc_router *r, uint32_t id);
uint32_t rt_member_find(const mc_router *r, uint32_t group, uint32_t host);
uint32_t rt_member_new(mc_router *r, uint32_t group, uint32_t host);
void rt_member_free(mc_router *r, uint32_t id);
void rt_room_for_group(mc_router *r, uint32_t iface);
void rt_room_for_source(mc_router *r, uint32_t iface);
void rt_room_for_member(mc_router *r, uint32_t iface);
void rt_groups_drop(mc_router *r, uint32_t iface, int64_t when);
void rt_set_timer(mc_router *r, enum rt_timer kind, uint32_t id, int64_t due);
struct mc_addr rt_addr(uint32_t family, const uint8_t *bytes);

/* ---- groups (router_group.c, router_table.c) ---- */

void rt_hear_report(struct rt_hearing *h, const struct mc_gm *gm);
void rt_apply(mc_router *r, uint32_t group, const struct mc_record *rec, uint8_t rank, bool fresh);
void rt_group_arm(mc_router *r, uint32_t id);
void rt_group_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget);
void rt_source_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget);
uint8_t rt_group_rank(const mc_router *r, const struct rt_group *g);
void rt_source_remove(mc_router *r, uint32_t id, int64_t when);

/* ---- specific queries (router_ask.c) ---- */

bool rt_may_ask(const mc_router *r, const struct rt_group *g);
void rt_ask_group(mc_router *r, uint32_t group, int64_t when);
bool rt_ask_source(mc_router *r, uint32_t group, uint32_t source);
void rt_ask_sources(mc_router *r, uint32_t group, int64_t when);
void rt_ask_again(mc_router *r, uint32_t group, int64_t when);
void rt_heard_specific(mc_router *r, uint32_t iface, const struct mc_gm *gm);
void rt_send(mc_router *r, uint32_t iface, struct mc_router_query *q, struct mc_gm_spec *gm);

/* ---- hosts (router_host.c) ---- */

void rt_track(struct rt_hearing *h, uint32_t group, const struct mc_record *rec);
void rt_member_drop(mc_router *r, uint32_t id, enum mc_router_what what, int64_t when);
void rt_age_members(mc_router *r, uint32_t iface, unsigned *budget);
void rt_members_pause(mc_router *r, int64_t now);

/* ---- interfaces (router_iface.c, router_election.c) ---- */

void rt_iface_start(mc_router *r, uint32_t id, int64_t when);
void rt_iface_stop(mc_router *r, uint32_t id, int64_t when);
void rt_iface_arm(mc_router *r, uint32_t id);
void rt_iface_timer(mc_router *r, uint32_t id, int64_t due, unsigned *budget);
void rt_send_general(mc_router *r, uint32_t id, int64_t when);
void rt_hear_query(struct rt_hearing *h, const struct mc_gm *gm);
void rt_other_timer(mc_router *r, uint32_t id, int64_t due);
void rt_be_querier(mc_router *r, uint32_t id, int64_t when, bool startup);

/* ---- telling (router_show.c) ---- */

void rt_show_iface(const mc_router *r, uint32_t id, struct mc_router_iface *out);
void rt_tell_querier(mc_router *r, enum mc_router_what what, uint32_t iface,
		     const struct mc_addr *addr, uint8_t version, int64_t when);
void rt_tell_group(mc_router *r, enum mc_router_what what, uint32_t group, int64_t when);
void rt_tell_source(mc_router *r, enum mc_router_what what, uint32_t source, int64_t when);
void rt_tell_member(mc_router *r, enum mc_router_what what, uint32_t member, int64_t when);
void rt_tell_query(mc_router *r, const struct mc_router_query *q, enum mc_family family);

static inline void rt_drop(mc_router *r, uint32_t iface, enum mc_router_drop why)
{
	r->counts.dropped[why]++;
	rt_iface_at(r, iface)->counts.dropped[why]++;
}

#endif
