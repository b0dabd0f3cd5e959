/* hosts.h - the host side of IGMP and MLD, for one host or a million on a link.
 *
 * Keeps what each host's sockets want of each group, and says what the host
 * sends and when: joins, leaves, and answers to the queries it is given.  All
 * versions: IGMPv1 (RFC 1112 Appendix I), IGMPv2 (RFC 2236), IGMPv3 (RFC 9776),
 * MLDv1 (RFC 2710), MLDv2 (RFC 9777).  Time enters with each call, so hours pass
 * in milliseconds, and a simulation needs no packets.
 *
 * Pure but for memory: it allocates through the function given.  A host takes
 * 64 bytes, and its membership of a group from any source 32;
 * filters with sources, and what awaits a timer, are kept apart.
 *
 * A handle is one family on one link.  Its hosts hear the same queries, given
 * with mc_hosts_message, and, unless isolated, each other's IGMPv1, IGMPv2 and
 * MLDv1 reports. */
#ifndef MC_HOSTS_H
#define MC_HOSTS_H

#include <mc/gm.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_hosts mc_hosts;

#define MC_HOSTS_MAX	 16000000 /* hosts of a handle */
#define MC_HOSTS_SOURCES 4096	  /* of a socket's filter; RFC 9776 2 wants 64 at least */
#define MC_HOSTS_MTU_MIN 576
#define MC_HOSTS_MTU	 1500

/* How a host departs from the rules, for tests of those that do not. */
enum mc_host_flags {
	MC_HOST_MUTE = 1,	   /* never answers a query */
	MC_HOST_LATE = 2,	   /* answers after the max response time, within twice of it */
	MC_HOST_DEAD = 4,	   /* sends nothing, hears nothing, keeps its memberships */
	MC_HOST_KEEPS_VERSION = 8, /* whatever older querier is present */
};

/* Why a message is sent. */
enum mc_hosts_reason {
	MC_SENT_CHANGE = 1,	 /* a join, a leave, another filter: the first report of it */
	MC_SENT_AGAIN,		 /* the same, retransmitted in case the first was lost */
	MC_SENT_ANSWER,		 /* to a general query */
	MC_SENT_ANSWER_SPECIFIC, /* to a query for a group, or a group and sources */
};

/* "change", "retransmission", "answer", "specific-answer" */
MC_API const char *mc_hosts_reason_name(enum mc_hosts_reason reason);

/* A message a host sends.  Everything is borrowed until the callback returns;
 * mc_gm_build and mc_gm_destination turn the spec into a packet, which fits the
 * MTU with Router Alert in its IP header. */
struct mc_hosts_sent {
	uint32_t host;
	enum mc_hosts_reason reason;
	mc_nsec when;	  /* the call's `now` */
	mc_nsec due;	  /* when it should have been sent: not after `when` */
	mc_nsec delay;	  /* answers: due after the query; else 0 */
	mc_nsec max_resp; /* answers: what the query allowed */
	const struct mc_gm_spec *spec;
};

/* Called from within mc_hosts_join, _leave, _set (IGMPv1, IGMPv2, MLDv1), and
 * _tick.  It may read the handle, not change it. */
typedef void mc_hosts_fn(void *data, const struct mc_hosts_sent *sent);

struct mc_hosts_opts {
	size_t sz;
	void *(*alloc)(void *old, size_t size); /* realloc(3), free with size 0 */
	enum mc_family family;			/* MC_IPV4: IGMP, MC_IPV6: MLD */
	uint64_t seed;				/* the same seed and calls send the same */
	unsigned mtu;				/* of IP packets; 0: MC_HOSTS_MTU */
	uint8_t robustness;			/* until a querier says; 0: 2 */
	mc_nsec unsolicited; /* report interval; 0: 10 s for IGMPv1, IGMPv2 and MLDv1 (RFC 2236
				8.10, RFC 2710 7.10), 1 s for IGMPv3 and MLDv2 (RFC 9776 8.11) */
	bool isolated;	     /* hosts do not hear each other, as behind a snooping switch */
	mc_hosts_fn *fn;
	void *data;
};

/* -ENOMEM; -EINVAL without alloc, fn or family, or with too small an MTU. */
MC_API MC_MUSTCHECK int mc_hosts_open(mc_hosts **out, const struct mc_hosts_opts *o);

/* Frees everything; hosts leave nothing by it.  NULL is fine. */
MC_API void mc_hosts_close(mc_hosts *p);

/* Adds n hosts, numbered on from the last; the first is 0.  The version is the
 * newest they speak: 1..3 for IGMP, 1..2 for MLD.  IGMPv2 and later give way to
 * older queriers (RFC 2236 4, RFC 9776 7.2.1, RFC 9777 8.2.1).  Flags: enum
 * mc_host_flags.  0; -EINVAL; -ENOBUFS above MC_HOSTS_MAX; -ENOMEM. */
MC_API MC_MUSTCHECK int mc_hosts_add(mc_hosts *p, uint32_t n, uint8_t version, unsigned flags);

/* Changes how a host behaves from now on.  What a host had still to send when
 * it died is never sent.  -EINVAL. */
MC_API MC_MUSTCHECK int mc_hosts_set_flags(mc_hosts *p, uint32_t host, unsigned flags);

/* IPMulticastListen (RFC 9776 2): what one socket of a host wants of a group,
 * in place of what it wanted before.  INCLUDE without sources is a leave.  The
 * filters of a host's sockets are merged (RFC 9776 3.2).  Sockets are numbers
 * of the caller's choice; the common case, socket 0 and any source, costs
 * least.  Sources may be unordered and doubled.
 *
 * IGMPv1, IGMPv2 and MLDv1 reports and leaves are sent from within the call;
 * IGMPv3 and MLDv2 ones with the next mc_hosts_tick, those of one host packed
 * together.  224.0.0.1, ff02::1 and groups of IPv6 scopes 0 and 1 are never
 * reported.  0; -EINVAL: no such host, a source that is no unicast address;
 * -MC_ENOTGROUP; -ENOBUFS: more than MC_HOSTS_SOURCES; -ENOMEM: nothing
 * changed. */
MC_API MC_MUSTCHECK int mc_hosts_set(mc_hosts *p, mc_nsec now, uint32_t host, uint32_t socket,
				     const struct mc_addr *group, enum mc_filter_mode mode,
				     const struct mc_addr *sources, unsigned n_sources);

/* The same for socket 0: any source, and none.  Leave: -MC_ENOTMEMBER. */
MC_API MC_MUSTCHECK int mc_hosts_join(mc_hosts *p, mc_nsec now, uint32_t host,
				      const struct mc_addr *group);
MC_API MC_MUSTCHECK int mc_hosts_leave(mc_hosts *p, mc_nsec now, uint32_t host,
				       const struct mc_addr *group);

/* All sockets of the host leave all groups.  -EINVAL, -ENOMEM. */
MC_API MC_MUSTCHECK int mc_hosts_leave_all(mc_hosts *p, mc_nsec now, uint32_t host);

/* A message from the link: queries, and reports of hosts that are not the
 * handle's own.  The frame says what hosts check: destination, hop limit,
 * Router Alert, source; NULL: all is as it should be.  Never sends: answers
 * come from mc_hosts_tick.  With many hosts it takes note only, and the ticks
 * that follow hand the query to all of them. */
MC_API void mc_hosts_message(mc_hosts *p, mc_nsec now, const struct mc_frame *f,
			     const struct mc_gm *gm);

/* Sends what is due by `now`, earlier ones first, and stops after `budget`
 * messages, or a few more: one host's answer is not cut.  Returns how many.
 * When that reaches the budget, the deadline may be in the past. */
MC_API unsigned mc_hosts_tick(mc_hosts *p, mc_nsec now, unsigned budget);

/* When tick is needed next; INT64_MAX ns: never. */
MC_API mc_nsec mc_hosts_deadline(const mc_hosts *p);

/* RFC 1112 Appendix I, RFC 2236 6, RFC 2710 5.  Of IGMPv3 and MLDv2, which have no
 * such states, delaying is a host with an answer or a report pending for the group. */
enum mc_hosts_state {
	MC_NON_MEMBER = 0,
	MC_DELAYING_MEMBER,
	MC_IDLE_MEMBER,
};

/* "non-member", "delaying-member", "idle-member" */
MC_API const char *mc_hosts_state_name(enum mc_hosts_state state);

/* What a host wants of a group, all sockets together. */
struct mc_hosts_member {
	uint32_t host;
	struct mc_addr group;
	enum mc_filter_mode mode;
	const struct mc_addr *sources; /* ascending; borrowed until the next call */
	unsigned n_sources;
	enum mc_hosts_state state;
	bool last_reporter; /* RFC 2236 6: a leave will be sent */
};

/* 1: a member; 0: not; *out is zero then. */
MC_API int mc_hosts_member(mc_hosts *p, struct mc_hosts_member *out, uint32_t host,
			   const struct mc_addr *group);

/* Does the host want what the source sends to the group? */
MC_API bool mc_hosts_wants(const mc_hosts *p, uint32_t host, const struct mc_addr *source,
			   const struct mc_addr *group);

/* Calls fn for each membership of a host, or of a group, the youngest first, and
 * for each group that has members with their number.  fn may not change the
 * handle. */
typedef void mc_hosts_member_fn(void *data, const struct mc_hosts_member *m);
MC_API void mc_hosts_of_host(mc_hosts *p, uint32_t host, mc_hosts_member_fn *fn, void *data);
MC_API void mc_hosts_of_group(mc_hosts *p, const struct mc_addr *group, mc_hosts_member_fn *fn,
			      void *data);
MC_API void mc_hosts_groups(mc_hosts *p,
			    void (*fn)(void *data, const struct mc_addr *group, uint32_t members),
			    void *data);

/* The version a host speaks now, and its flags. */
MC_API uint8_t mc_hosts_version(const mc_hosts *p, mc_nsec now, uint32_t host);
MC_API unsigned mc_hosts_flags(const mc_hosts *p, uint32_t host);

struct mc_hosts_stats {
	uint64_t hosts, members, groups;		    /* now */
	uint64_t pending;				    /* timers that run now */
	uint64_t queries;				    /* heard */
	uint64_t reports, leaves, records;		    /* sent */
	uint64_t changes, again, answers, answers_specific; /* sent, by reason */
	uint64_t suppressed;	/* answers not sent since another member's report was heard */
	uint64_t by_version[4]; /* sent, reports and leaves */
	uint64_t memory;	/* bytes allocated */
};

/* Numbers of now, and of all the time since the handle was opened. */
MC_API void mc_hosts_stats(const mc_hosts *p, struct mc_hosts_stats *out);

MC_END_DECLS

#endif
