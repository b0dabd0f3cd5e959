/* issue.h - what can be wrong with a message that can still be read.
 *
 * One row for each rule, with its severity and source; programs, manual pages
 * and conformance tests all read this table.  Pure. */
#ifndef MC_ISSUE_H
#define MC_ISSUE_H

#include <mc/gm.h>

MC_BEGIN_DECLS

enum mc_severity {
	MC_NOTE = 0, /* unusual, allowed */
	MC_WARNING,  /* works so far, but breaks a rule, or common equipment */
	MC_ERROR,    /* breaks a MUST, and with it the message or the membership */
};

/* "note", "warning", "error". */
MC_API const char *mc_severity_name(enum mc_severity s);

/* Numbers are not stable between releases; ids are. */
enum mc_issue {
	MC_ISSUE_NONE = 0,
	/* one packet */
	MC_ISSUE_CHECKSUM,		/* "bad-checksum" */
	MC_ISSUE_IP_CHECKSUM,		/* "bad-ip-checksum" */
	MC_ISSUE_IP_HEADER,		/* "bad-ip-header" */
	MC_ISSUE_TTL,			/* "ttl-not-1" */
	MC_ISSUE_NO_ROUTER_ALERT,	/* "no-router-alert" */
	MC_ISSUE_ROUTER_ALERT_VALUE,	/* "router-alert-value" */
	MC_ISSUE_TOS,			/* "tos-not-c0" */
	MC_ISSUE_FRAGMENT,		/* "fragmented" */
	MC_ISSUE_DESTINATION,		/* "wrong-destination" */
	MC_ISSUE_GROUP_DESTINATION,	/* "group-not-destination" */
	MC_ISSUE_MAC,			/* "mac-not-from-group" */
	MC_ISSUE_LEAVE_DESTINATION,	/* "leave-not-to-all-routers" */
	MC_ISSUE_QUERY_SOURCE_ZERO,	/* "query-from-unspecified" */
	MC_ISSUE_SOURCE_NOT_LINK_LOCAL, /* "source-not-link-local" */
	MC_ISSUE_SOURCE_NOT_UNICAST,	/* "source-not-unicast" (the sender's address) */
	MC_ISSUE_QUERY_LENGTH,		/* "query-length" */
	MC_ISSUE_RECORD_COUNT,		/* "record-count" */
	MC_ISSUE_SOURCE_COUNT,		/* "source-count" */
	MC_ISSUE_TRUNCATED,		/* "truncated" */
	MC_ISSUE_RECORD_TYPE,		/* "unknown-record-type" */
	MC_ISSUE_DUPLICATE_RECORD,	/* "duplicate-record" */
	MC_ISSUE_RECORD_SOURCE,		/* "record-source-not-unicast", in queries too */
	MC_ISSUE_QUERY_SOURCES,		/* "general-query-with-sources" */
	MC_ISSUE_GROUP,			/* "group-not-multicast" */
	MC_ISSUE_REPORT_ALL_HOSTS,	/* "report-for-all-hosts" */
	MC_ISSUE_REPORT_LINK_LOCAL,	/* "report-for-link-local" */
	MC_ISSUE_REPORT_SCOPE,		/* "report-for-reserved-scope" */
	MC_ISSUE_SSM_ASM_JOIN,		/* "ssm-group-without-source" */
	MC_ISSUE_RESERVED_BITS,		/* "reserved-bits" */
	MC_ISSUE_TRAILING,		/* "trailing-bytes" */
	MC_ISSUE_EXTENSION,		/* "bad-extension" */
	MC_ISSUE_AUX_DATA,		/* "auxiliary-data" */
	MC_ISSUE_EMPTY_REPORT,		/* "empty-report" */
	MC_ISSUE_MAX_RESP,		/* "max-resp-range" */
	MC_ISSUE_QQI,			/* "qqi-range" */
	MC_ISSUE_QRV,			/* "qrv-range" */
	MC_ISSUE_MRT_NOT_BELOW_QQI,	/* "max-resp-not-below-qqi" */
	MC_ISSUE_UNKNOWN_TYPE,		/* "unknown-type" */
	MC_ISSUE_ALIAS_GROUP,		/* "group-aliases-control" */
	/* several packets: found by the observer */
	MC_ISSUE_TWO_QUERIERS,	   /* "two-queriers" */
	MC_ISSUE_WRONG_WINNER,	   /* "election-not-lowest" */
	MC_ISSUE_QUERIER_VERSIONS, /* "querier-versions-differ" */
	MC_ISSUE_QUERIER_TIMERS,   /* "querier-timers-differ" */
	MC_ISSUE_QUERY_INTERVAL,   /* "query-interval-differs" */
	MC_ISSUE_QUERIER_LOST,	   /* "querier-lost" */
	MC_ISSUE_NO_QUERIER,	   /* "no-querier" */
	MC_ISSUE_VERSION_FLAP,	   /* "version-flapping" */
	MC_ISSUE_LATE_ANSWER,	   /* "answer-late" */
	MC_ISSUE_NO_ANSWER,	   /* "answer-missing" */
	MC_ISSUE_REPORT_STORM,	   /* "report-storm" */
	MC_ISSUE_LEAVE_UNQUERIED,  /* "leave-without-query" */
	MC_ISSUE_MEMBER_EXPIRED,   /* "member-expired" */
	MC_ISSUE_FALLBACK_SILENT,  /* "fallback-without-report" */
	MC_ISSUE_TWO_MACS,	   /* "source-with-two-macs" */
	MC_ISSUE_MAX,
};

struct mc_issue_row {
	const char *id; /* "no-router-alert" */
	enum mc_severity severity;
	const char *text; /* "Router Alert option is missing": one clause */
	const char *why;  /* what follows from it, one or two sentences */
	const char *rfc;  /* "RFC 9776 4, RFC 2113" */
};

/* The row of an issue; NULL out of range. */
MC_API const struct mc_issue_row *mc_issue_row(enum mc_issue i);

/* The issue with that id, or MC_ISSUE_NONE. */
MC_API enum mc_issue mc_issue_by_id(const char *id);

/* A set; all zero is the empty one. */
struct mc_issues {
	uint64_t bits[2];
};

/* Puts an issue in; is it in; is there none? */
MC_API void mc_issues_add(struct mc_issues *s, enum mc_issue i);
MC_API bool mc_issues_has(const struct mc_issues *s, enum mc_issue i);
MC_API bool mc_issues_none(const struct mc_issues *s);

/* The next one after `after`; MC_ISSUE_NONE at the end.  Start with
 * MC_ISSUE_NONE. */
MC_API enum mc_issue mc_issues_next(const struct mc_issues *s, enum mc_issue after);

/* Everything that one packet alone shows.  f is NULL, or zero, when
 * mc_frame_parse failed, and gm NULL when mc_gm_parse failed: what can be
 * judged still is, and `fault` too, which says why.  Nothing is said about
 * packets that are neither IGMP nor MLD.
 *
 * Takes time linear in the packet.  Repeated groups are sought among the first
 * 2,048 records of a report (183 fit an MTU of 1,500 bytes), and with bounded
 * effort: a report made for it can hide some. */
MC_API void mc_judge(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm,
		     enum mc_fault fault);

MC_END_DECLS

#endif
