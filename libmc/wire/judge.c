/* judge.c - everything that one packet alone shows to be wrong */
#include <mc/group.h>
#include <mc/issue.h>
#include "wire/cursor.h"
#include "wire/gm_head.h"
#include "wire/judge.h"

enum {
	TOS_INTERNETWORK_CONTROL = 0xc0,
	CISCO_TRACE = 0x15, /* IANA's registry of IGMP types */
	RGMP_FIRST = 0xfc,  /* RFC 3488; these four are experimental elsewhere */
	E_BIT = 0x8000,	    /* RFC 9279 */
	FLAGS_QUERY = 0x7,  /* those without a meaning, RFC 9776 4.1.4 */
};

/* What the issues say of ranges. */
#define SECOND	      1000000000LL
#define MAX_RESP_MOST (60 * SECOND)
#define QQI_MOST      (1800 * SECOND)

/* ---- bytes that could not be read ---- */

static const enum mc_issue issue_of[MC_FAULT_MAX] = {
	[MC_FAULT_LINK_SHORT] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_IP_SHORT] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_IP_VERSION] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_IP_IHL] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_IP_TOTLEN] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_IP_TRUNC] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_IP_OPT] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_IP6_SHORT] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_IP6_TRUNC] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_EXT_TRUNC] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_EXT_OPT] = MC_ISSUE_IP_HEADER,
	[MC_FAULT_FRAGMENT] = MC_ISSUE_FRAGMENT,
	[MC_FAULT_SHORT] = MC_ISSUE_TRUNCATED,
	[MC_FAULT_QUERY_LEN] = MC_ISSUE_QUERY_LENGTH,
	[MC_FAULT_SOURCES] = MC_ISSUE_SOURCE_COUNT,
	[MC_FAULT_RECORD] = MC_ISSUE_RECORD_COUNT,
	[MC_FAULT_RECORD_SOURCES] = MC_ISSUE_SOURCE_COUNT,
	[MC_FAULT_RECORD_AUX] = MC_ISSUE_TRUNCATED,
};

static void judge_fault(struct mc_issues *out, enum mc_fault fault)
{
	if ((unsigned)fault < MC_FAULT_MAX && issue_of[fault])
		judge_put(out, issue_of[fault]);
}

/* ---- the envelope ---- */

static bool is_mrd(const struct mc_gm *gm)
{
	uint8_t first = gm->family == MC_IPV4 ? MC_IGMP_MRD_ADV : MC_MLD_MRD_ADV;

	return gm->raw_type >= first && gm->raw_type <= first + 2;
}

static bool is_rgmp(const struct mc_frame *f, const struct mc_gm *gm)
{
	static const uint8_t all_rgmp[4] = { 224, 0, 0, 25 };

	return gm->family == MC_IPV4 && gm->raw_type >= RGMP_FIRST &&
	       !memcmp(f->dst.bytes, all_rgmp, sizeof(all_rgmp));
}

/* RFC 2236 brought the option to IGMP; version 0 is a query too short to tell. */
static bool needs_router_alert(const struct mc_gm *gm)
{
	if (gm->kind == MC_GM_OTHER)
		return is_mrd(gm);
	return gm->family == MC_IPV6 || gm->version >= 2;
}

static void judge_router_alert(struct mc_issues *out, const struct mc_frame *f,
			       const struct mc_gm *gm)
{
	if (f->router_alert)
		judge_if(out, f->router_alert_value, MC_ISSUE_ROUTER_ALERT_VALUE);
	else
		judge_if(out, needs_router_alert(gm), MC_ISSUE_NO_ROUTER_ALERT);
}

/* RFC 6085 lets IPv6 multicast go to one station; nothing does that for IPv4. */
static void judge_mac(struct mc_issues *out, const struct mc_frame *f)
{
	if (!f->has_dst_mac || !mc_addr_is_multicast(&f->dst))
		return;
	if (f->dst.family == MC_IPV6 && !(f->dst_mac.bytes[0] & 1))
		return;
	judge_if(out, !mc_mac_covers(&f->dst_mac, &f->dst), MC_ISSUE_MAC);
}

static void judge_source(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm)
{
	bool ours = gm->kind != MC_GM_OTHER || is_mrd(gm);

	if (mc_addr_is_multicast(&f->src) || mc_addr_is_broadcast(&f->src)) {
		judge_put(out, MC_ISSUE_SOURCE_NOT_UNICAST);
		return;
	}
	if (gm->family == MC_IPV4) {
		if (gm->kind == MC_GM_QUERY)
			judge_if(out, mc_addr_is_unspecified(&f->src), MC_ISSUE_QUERY_SOURCE_ZERO);
		return;
	}
	if (!ours || mc_addr_is_link_local(&f->src))
		return;
	/* RFC 3590 4: a host without an address reports, and leaves, from ::. */
	if (gm->kind == MC_GM_REPORT || gm->kind == MC_GM_LEAVE)
		judge_if(out, !mc_addr_is_unspecified(&f->src), MC_ISSUE_SOURCE_NOT_LINK_LOCAL);
	else
		judge_put(out, MC_ISSUE_SOURCE_NOT_LINK_LOCAL);
}

/* What is routed or tunnelled, mtrace and DVMRP, chooses its own TTL. */
static bool stays_on_link(const struct mc_frame *f, const struct mc_gm *gm)
{
	return gm->kind != MC_GM_OTHER || is_mrd(gm) || is_rgmp(f, gm);
}

static void judge_envelope(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm)
{
	judge_if(out, f->bad_header_sum, MC_ISSUE_IP_CHECKSUM);
	judge_if(out, f->fragment, MC_ISSUE_FRAGMENT);
	judge_if(out, f->ttl != 1 && stays_on_link(f, gm), MC_ISSUE_TTL);
	judge_if(out,
		 gm->family == MC_IPV4 && gm->version == 3 && f->tos != TOS_INTERNETWORK_CONTROL,
		 MC_ISSUE_TOS);
	judge_router_alert(out, f, gm);
	judge_mac(out, f);
	judge_source(out, f, gm);
}

/* ---- fields that every version has ---- */

/* MLD reserves, besides the code, 16 bits before the group, and the response
 * delay of all but queries (RFC 2710 3.4, 3.5). */
static bool mld_reserved_bits(const struct mc_gm *gm, struct cur c)
{
	uint16_t delay, reserved;

	if (gm->kind == MC_GM_REPORT && gm->version == 2)
		return false;
	cur_skip(&c, 2); /* checksum */
	delay = cur_be16(&c);
	reserved = cur_be16(&c);
	return reserved || (gm->kind != MC_GM_QUERY && delay);
}

static bool reserved_bits(const struct mc_frame *f, const struct mc_gm *gm)
{
	struct cur c = cur_of(f->l4.p, f->l4.len);
	uint8_t code;

	if ((gm->flags_query & FLAGS_QUERY) || (gm->flags_report & ~E_BIT))
		return true;
	cur_skip(&c, 1);
	code = cur_u8(&c);
	if (gm->family == MC_IPV4)
		return gm->kind != MC_GM_QUERY && code;
	return code || mld_reserved_bits(gm, c);
}

static void judge_extra(struct mc_issues *out, const struct mc_gm *gm)
{
	if (gm->extended)
		judge_if(out, !mc_gm_extensions_ok(&gm->extra), MC_ISSUE_EXTENSION);
	else
		judge_if(out, gm->extra.len, MC_ISSUE_TRAILING);
}

static bool same(const struct mc_addr *a, const struct mc_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The destination that the type fixes, or the group. */
static void judge_destination(struct mc_issues *out, const struct mc_frame *f,
			      const struct mc_gm *gm)
{
	struct mc_addr fixed = mc_gm_fixed_destination(gm->kind, gm->family, gm->version,
						       gm->kind == MC_GM_QUERY &&
							       mc_addr_is_unspecified(&gm->group));

	if (fixed.family == MC_ANY) /* a group that is none is another issue */
		judge_if(out, mc_addr_is_multicast(&gm->group) && !same(&f->dst, &gm->group),
			 MC_ISSUE_GROUP_DESTINATION);
	else if (!same(&f->dst, &fixed))
		judge_put(out, gm->kind == MC_GM_LEAVE ? MC_ISSUE_LEAVE_DESTINATION
						       : MC_ISSUE_DESTINATION);
}

/* ---- queries ---- */

static void judge_timers(struct mc_issues *out, const struct mc_gm *gm, bool general)
{
	bool newest = gm->version == gm_newest(gm->family);

	/* A code of 0 makes a query version 1, which has no specific ones: this
	 * is a version 2 query that asks for answers at once. */
	if (gm->family == MC_IPV4 && gm->version == 1)
		judge_if(out, !general, MC_ISSUE_MAX_RESP);
	else
		judge_if(out, !gm->max_resp.ns || gm->max_resp.ns > MAX_RESP_MOST,
			 MC_ISSUE_MAX_RESP);
	if (!newest)
		return;
	judge_if(out, !gm->qqic || gm->qqi.ns > QQI_MOST, MC_ISSUE_QQI);
	judge_if(out, gm->qrv < 2, MC_ISSUE_QRV);
	/* RFC 9776 8.3 is about the query response interval, which only general
	 * queries carry. */
	judge_if(out, general && gm->qqic && gm->max_resp.ns >= gm->qqi.ns,
		 MC_ISSUE_MRT_NOT_BELOW_QQI);
}

static void judge_query(struct mc_issues *out, const struct mc_gm *gm)
{
	bool general = mc_addr_is_unspecified(&gm->group);

	judge_if(out, !general && !mc_addr_is_multicast(&gm->group), MC_ISSUE_GROUP);
	judge_if(out, general && gm->n_sources, MC_ISSUE_QUERY_SOURCES);
	if (gm->n_sources)
		mc_judge_sources(out, gm->family, &gm->sources);
	judge_timers(out, gm, general);
}

/* ---- other protocols ---- */

static bool known_other(const struct mc_frame *f, const struct mc_gm *gm)
{
	switch (gm->raw_type) {
	case MC_IGMP_DVMRP:
	case MC_IGMP_PIMV1:
	case CISCO_TRACE:
	case MC_IGMP_MTRACE_RESPONSE:
	case MC_IGMP_MTRACE:
		return true;
	}
	return is_mrd(gm) || is_rgmp(f, gm);
}

/* RFC 4286 3: solicitations to all routers, the others to all snoopers. */
static void judge_mrd(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm)
{
	bool v4 = gm->family == MC_IPV4;
	bool solicitation = gm->raw_type == (v4 ? MC_IGMP_MRD_SOL : MC_MLD_MRD_SOL);
	uint8_t last = solicitation ? 2 : 106;
	struct mc_addr to = { .family = MC_IPV4, .bytes = { 224, 0, 0, last } };

	if (!v4)
		to = (struct mc_addr){ .family = MC_IPV6, .bytes = { 0xff, 2, [15] = last } };
	judge_if(out, !same(&f->dst, &to), MC_ISSUE_DESTINATION);
}

static void judge_other(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm)
{
	if (is_mrd(gm))
		judge_mrd(out, f, gm);
	judge_if(out, !known_other(f, gm), MC_ISSUE_UNKNOWN_TYPE);
}

static void judge_message(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm)
{
	judge_if(out, gm->bad_checksum, MC_ISSUE_CHECKSUM);
	if (gm->kind == MC_GM_OTHER) {
		judge_other(out, f, gm);
		return;
	}
	judge_destination(out, f, gm);
	judge_if(out, reserved_bits(f, gm), MC_ISSUE_RESERVED_BITS);
	judge_extra(out, gm);
	if (gm->kind == MC_GM_QUERY)
		judge_query(out, gm);
	else if (gm->kind == MC_GM_REPORT && gm->version == gm_newest(gm->family))
		mc_judge_records(out, gm);
	else
		mc_judge_group(out, &gm->group, gm->kind == MC_GM_REPORT);
}

/* Of a message that could not be read to its end, what its first bytes show. */
static void judge_head(struct mc_issues *out, const struct mc_frame *f)
{
	struct mc_gm head = { 0 };

	if (mc_gm_head(&head, f) != MC_FAULT_PROTOCOL)
		judge_envelope(out, f, &head);
}

void mc_judge(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm,
	      enum mc_fault fault)
{
	memset(out, 0, sizeof(*out));
	judge_fault(out, fault);
	if (gm && !fault) {
		judge_envelope(out, f, gm);
		judge_message(out, f, gm);
	} else if (f) {
		judge_head(out, f);
	}
}
