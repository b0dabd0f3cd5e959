/* observer.h - a passive view of a link: queriers, members, and what is odd.
 *
 * Fed with every message, it knows who queries (election, timers, loss) and who
 * is a member of what (RFC 9776 7, RFC 9777 8, seen from outside), and reports
 * changes and issues that need memory.  Time enters with each call, so hours
 * of a capture pass in milliseconds.
 *
 * Pure but for memory: it allocates through the functions given, keeps at most
 * the number of memberships given, forgets the least recently heard first,
 * and counts what it forgot. */
#ifndef MC_OBSERVER_H
#define MC_OBSERVER_H

#include <mc/gm.h>
#include <mc/issue.h>
#include <mc/spec.h>

MC_BEGIN_DECLS

typedef struct mc_observer mc_observer;

enum mc_observed {
	MC_MEMBER_JOINED = 1,
	MC_MEMBER_CHANGED, /* filter mode, sources or version */
	MC_MEMBER_LEFT,
	MC_MEMBER_EXPIRED,
	MC_QUERIER_ELECTED,
	MC_QUERIER_LOST,
	MC_QUERIER_CHANGED, /* version or timers */
	MC_DATA_STARTED,    /* first packet after a group's first member joined */
	MC_DATA_STOPPED,    /* five seconds of silence after its last member left */
	MC_OBSERVED_ISSUE,
};

/* "member-joined" ... */
MC_API const char *mc_observed_name(enum mc_observed what);

/* A host's membership of a group on a link.  It ends with a leave, a TO_IN of
 * nothing, a BLOCK of the last source, or in silence.  224.0.0.1 and ff02::1
 * have no members, nor has a host whose MLD messages come from ::, which
 * routers drop (RFC 9777 5.2.13).  Hosts at 0.0.0.0 are told apart by MAC. */
struct mc_member {
	uint32_t link; /* whatever the caller numbers links with */
	struct mc_addr group, host;
	struct mc_mac mac;
	bool has_mac;
	uint8_t version; /* of the last report */
	enum mc_filter_mode mode;
	const struct mc_addr *sources; /* borrowed until the callback returns */
	unsigned n_sources;
	bool more_sources; /* than are kept */
	mc_nsec first_seen, last_seen;
	mc_nsec expires; /* group membership interval after last_seen */
	uint64_t reports;
	mc_nsec answered_after; /* the last query it answered; below 0: none */
};

/* A host that sends queries on a link.  Those at 0.0.0.0 and :: never take part
 * in the election (RFC 4541 2.1.1), but are heard. */
struct mc_querier {
	uint32_t link;
	struct mc_addr addr;
	struct mc_mac mac;
	bool has_mac;
	bool elected;	 /* the lowest address that is not lost */
	bool lost;	 /* or has sent no general query */
	uint8_t version; /* of general queries */
	uint8_t qrv;
	mc_nsec qqi;	  /* announced; 0 below IGMPv3, MLDv2 */
	mc_nsec max_resp; /* of general queries */
	mc_nsec measured; /* interval between general queries; 0: not yet known */
	mc_nsec first_seen, last_seen;
	mc_nsec lost_at;	    /* other querier present interval after the last general one */
	uint64_t general, specific; /* queries */
};

/* Issues are told once for their object until they clear:
 *
 *   two-queriers, of a querier: it sent two general queries more, each after a
 *	   better one had spoken again.  Clears when it pauses
 *   election-not-lowest, of a querier: it asks while a better one has given way
 *   querier-versions-differ, querier-timers-differ, of a link
 *   query-interval-differs, of a querier: three intervals in a row are off by
 *	   more than 0.1 s + 1 %, those at startup apart
 *   querier-lost, of the elected querier: see lost_at
 *   no-querier, of a link: no general query for two query intervals (125 s
 *	   unless announced), and reports since the last.  latency: since when
 *   version-flapping, of a host or querier: three changes of version within the
 *	   group membership interval
 *   answer-late, answer-missing, of a member: no answer to a group-specific query
 *	   within its response time + 0.1 s, or at all.  Below IGMPv3 and MLDv2
 *	   any other member's report counts, IGMPv1 hosts owe none
 *   report-storm: more than 10 reports a second from one member, 100 IGMPv3 or
 *	   MLDv2 ones from one host, or 1000 on one link
 *   leave-without-query, of a group: no query for it within the last member
 *	   query time (1 s times robustness) + 0.1 s, from an elected querier
 *   member-expired, of a member that was asked and silent; not when the report
 *	   of another stood for its own
 *   fallback-without-report, of a host: after a general query of an older
 *	   version nobody reports one of its groups in that version
 *   source-with-two-macs, of a host: within the group membership interval.  MACs
 *	   that routers share (VRRP, HSRP, GLBP) do not count */
struct mc_observation {
	enum mc_observed what;
	mc_nsec when;
	uint32_t link;
	const struct mc_member *member;	  /* for MC_MEMBER_* and some issues */
	const struct mc_querier *querier; /* for MC_QUERIER_* and some issues */
	enum mc_issue issue;		  /* MC_OBSERVED_ISSUE */
	struct mc_addr group, host;	  /* of an issue, MC_ANY if none */
	mc_nsec latency; /* data-started: since the join; data-stopped: from the leave to the last
			    packet; late answer: by how much; below 0: not known */
};

/* Called from within the calls below; it may read the observer, not feed it. */
typedef void mc_observed_fn(void *data, const struct mc_observation *o);

struct mc_observer_opts {
	size_t sz;
	void *(*alloc)(void *old, size_t size); /* realloc(3), free with size 0 */
	uint64_t max_members;			/* 0: 1,000,000 */
	mc_observed_fn *fn;
	void *data;
	uint32_t wanted; /* what fn is called for, MC_OBSERVED(...) | ...; 0: everything */
};

/* What of enum mc_observed is wanted.  The less, the faster: a report says little
 * that is new, but a changed source list is told with all that is in it. */
#define MC_OBSERVED(what) (UINT32_C(1) << (what))

/* -ENOMEM; -EINVAL without alloc. */
MC_API MC_MUSTCHECK int mc_observer_open(mc_observer **out, const struct mc_observer_opts *o);

/* Frees everything and tells no changes.  NULL is fine. */
MC_API void mc_observer_close(mc_observer *o);

/* Takes note of a parsed message; calls back what it changes, and what timers
 * did before.  Messages that hosts and routers drop are passed over: a bad
 * checksum, MLD with another hop limit than 1, without Router Alert or from no
 * link-local address.  `now` may step back; time then stands still. */
MC_API void mc_observer_message(mc_observer *o, uint32_t link, mc_nsec now,
				const struct mc_frame *f, const struct mc_gm *gm);

/* One of several messages. */
struct mc_heard {
	uint32_t link;
	mc_nsec now;
	const struct mc_frame *frame;
	const struct mc_gm *gm;
};

/* The same for several messages, in their order: as if each were passed to
 * mc_observer_message, but faster, since what they name lies all over memory and
 * is looked for together.  16 at once are enough.  Callbacks come in the same order,
 * and find the observer in the same state. */
MC_API void mc_observer_messages(mc_observer *o, const struct mc_heard *heard, size_t n);

/* A data packet to a group, for join and leave latency.  Cheap. */
MC_API void mc_observer_data(mc_observer *o, uint32_t link, mc_nsec now,
			     const struct mc_addr *source, const struct mc_addr *group);

/* Runs the timers up to `now`. */
MC_API void mc_observer_tick(mc_observer *o, mc_nsec now);

/* When tick is needed next; INT64_MAX ns: never. */
MC_API mc_nsec mc_observer_deadline(const mc_observer *o);

/* Calls fn for every member or querier, ordered by link, group, host.  -ENOMEM. */
MC_API int mc_observer_members(mc_observer *o, void (*fn)(void *, const struct mc_member *),
			       void *data);
MC_API int mc_observer_queriers(mc_observer *o, void (*fn)(void *, const struct mc_querier *),
				void *data);

/* A group that has members. */
struct mc_observed_group {
	uint32_t link;
	struct mc_addr group;
	uint64_t members;
};

/* Calls fn for every group, ordered by link and group; or for the members of one,
 * ordered by host, none if there is no such group: where few of many groups are of
 * interest, this is faster than all members.  -ENOMEM. */
MC_API int mc_observer_groups(mc_observer *o, void (*fn)(void *, const struct mc_observed_group *),
			      void *data);
MC_API int mc_observer_group_members(mc_observer *o, uint32_t link, const struct mc_addr *group,
				     void (*fn)(void *, const struct mc_member *), void *data);

/* Is somebody a member of the group (and takes the source) on the link? */
MC_API bool mc_observer_wanted(const mc_observer *o, uint32_t link, const struct mc_addr *source,
			       const struct mc_addr *group);

struct mc_observer_stats {
	uint64_t members, groups, hosts; /* now */
	uint64_t queriers;		 /* that are not lost */
	uint64_t forgotten;		 /* members, for want of room */
};

/* Numbers of now, and what was forgotten. */
MC_API void mc_observer_stats(const mc_observer *o, struct mc_observer_stats *out);

MC_END_DECLS

#endif
