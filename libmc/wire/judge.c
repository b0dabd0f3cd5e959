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

static issues judge_fault(enum mc_fault fault)
{
	if ((unsigned)fault < MC_FAULT_MAX && issue_of[fault])
		return issue(issue_of[fault]);
	return 0;
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

static issues judge_router_alert(const struct mc_frame *f, const struct mc_gm *gm)
{
	if (f->router_alert)
		return issue_if(f->router_alert_value, MC_ISSUE_ROUTER_ALERT_VALUE);
	return issue_if(needs_router_alert(gm), MC_ISSUE_NO_ROUTER_ALERT);
}

/* RFC 6085 lets IPv6 multicast go to one station; nothing does that for IPv4. */
static issues judge_mac(const struct mc_frame *f)
{
	if (!f->has_dst_mac || !mc_addr_is_multicast(&f->dst))
		return 0;
	if (f->dst.family == MC_IPV6 && !(f->dst_mac.bytes[0] & 1))
		return 0;
	return issue_if(!mc_mac_covers(&f->dst_mac, &f->dst), MC_ISSUE_MAC);
}

static issues judge_source(const struct mc_frame *f, const struct mc_gm *gm)
{
	bool ours = gm->kind != MC_GM_OTHER || is_mrd(gm);

	if (mc_addr_is_multicast(&f->src) || mc_addr_is_broadcast(&f->src))
		return issue(MC_ISSUE_SOURCE_NOT_UNICAST);
	if (gm->family == MC_IPV4)
		return issue_if(gm->kind == MC_GM_QUERY && mc_addr_is_unspecified(&f->src),
				MC_ISSUE_QUERY_SOURCE_ZERO);
	if (!ours || mc_addr_is_link_local(&f->src))
		return 0;
	/* RFC 3590 4: a host without an address reports, and leaves, from ::. */
	if (gm->kind == MC_GM_REPORT || gm->kind == MC_GM_LEAVE)
		return issue_if(!mc_addr_is_unspecified(&f->src), MC_ISSUE_SOURCE_NOT_LINK_LOCAL);
	return issue(MC_ISSUE_SOURCE_NOT_LINK_LOCAL);
}

/* What is routed or tunnelled, mtrace and DVMRP, chooses its own TTL. */
static bool stays_on_link(const struct mc_frame *f, const struct mc_gm *gm)
{
	return gm->kind != MC_GM_OTHER || is_mrd(gm) || is_rgmp(f, gm);
}

static issues judge_envelope(const struct mc_frame *f, const struct mc_gm *gm)
{
	bool v3 = gm->family == MC_IPV4 && gm->version == 3;

	return issue_if(f->bad_header_sum, MC_ISSUE_IP_CHECKSUM) |
	       issue_if(f->fragment, MC_ISSUE_FRAGMENT) |
	       issue_if(f->ttl != 1 && stays_on_link(f, gm), MC_ISSUE_TTL) |
	       issue_if(v3 && f->tos != TOS_INTERNETWORK_CONTROL, MC_ISSUE_TOS) |
	       judge_router_alert(f, gm) | judge_mac(f) | judge_source(f, gm);
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

static issues judge_extra(const struct mc_gm *gm)
{
	if (gm->extended)
		return issue_if(!mc_gm_extensions_ok(&gm->extra), MC_ISSUE_EXTENSION);
	return issue_if(gm->extra.len, MC_ISSUE_TRAILING);
}

/* By its bytes alone: as a whole it cannot be read so soon after it was written. */
static bool same(const struct mc_addr *a, const struct mc_addr *b)
{
	if (a->family == MC_IPV4)
		return b->family == MC_IPV4 && !memcmp(a->bytes, b->bytes, 4);
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* 224.0.0.N or ff02::N */
static bool is_link_control(const struct mc_addr *a, enum mc_family family, uint8_t n)
{
	static const uint8_t v6[15] = { 0xff, 2 };

	if (a->family != family || (family == MC_IPV4 ? a->bytes[3] : a->bytes[15]) != n)
		return false;
	if (family == MC_IPV4)
		return a->bytes[0] == 224 && !a->bytes[1] && !a->bytes[2];
	return !memcmp(a->bytes, v6, sizeof(v6));
}

/* The destination that the type fixes, or the group. */
static issues judge_destination(const struct mc_frame *f, const struct mc_gm *gm)
{
	uint8_t fixed =
		gm_fixed_destination(gm->kind, gm->family, gm->version,
				     gm->kind == MC_GM_QUERY && mc_addr_is_unspecified(&gm->group));

	if (!fixed) /* a group that is none is another issue */
		return issue_if(mc_addr_is_multicast(&gm->group) && !same(&f->dst, &gm->group),
				MC_ISSUE_GROUP_DESTINATION);
	return issue_if(!is_link_control(&f->dst, gm->family, fixed),
			gm->kind == MC_GM_LEAVE ? MC_ISSUE_LEAVE_DESTINATION
						: MC_ISSUE_DESTINATION);
}

/* ---- queries ---- */

static issues judge_timers(const struct mc_gm *gm, bool general)
{
	bool newest = gm->version == gm_newest(gm->family);
	issues found;

	/* A code of 0 makes a query version 1, which has no specific ones: this
	 * is a version 2 query that asks for answers at once. */
	if (gm->family == MC_IPV4 && gm->version == 1)
		found = issue_if(!general, MC_ISSUE_MAX_RESP);
	else
		found = issue_if(!gm->max_resp.ns || gm->max_resp.ns > MAX_RESP_MOST,
				 MC_ISSUE_MAX_RESP);
	if (!newest)
		return found;
	found |= issue_if(!gm->qqic || gm->qqi.ns > QQI_MOST, MC_ISSUE_QQI);
	found |= issue_if(gm->qrv < 2, MC_ISSUE_QRV);
	/* RFC 9776 8.3 is about the query response interval, which only general
	 * queries carry. */
	return found | issue_if(general && gm->qqic && gm->max_resp.ns >= gm->qqi.ns,
				MC_ISSUE_MRT_NOT_BELOW_QQI);
}

static issues judge_query(const struct mc_gm *gm)
{
	bool general = mc_addr_is_unspecified(&gm->group);

	return issue_if(!general && !mc_addr_is_multicast(&gm->group), MC_ISSUE_GROUP) |
	       issue_if(general && gm->n_sources, MC_ISSUE_QUERY_SOURCES) |
	       mc_judge_sources(gm->family, &gm->sources) | judge_timers(gm, general);
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
static issues judge_mrd(const struct mc_frame *f, const struct mc_gm *gm)
{
	uint8_t solicitation = gm->family == MC_IPV4 ? MC_IGMP_MRD_SOL : MC_MLD_MRD_SOL;
	uint8_t last = gm->raw_type == solicitation ? 2 : 106;

	return issue_if(!is_link_control(&f->dst, gm->family, last), MC_ISSUE_DESTINATION);
}

static issues judge_other(const struct mc_frame *f, const struct mc_gm *gm)
{
	return (is_mrd(gm) ? judge_mrd(f, gm) : 0) |
	       issue_if(!known_other(f, gm), MC_ISSUE_UNKNOWN_TYPE);
}

static issues judge_body(const struct mc_gm *gm)
{
	if (gm->kind == MC_GM_QUERY)
		return judge_query(gm);
	if (gm->kind == MC_GM_REPORT && gm->version == gm_newest(gm->family))
		return mc_judge_records(gm);
	return mc_judge_group(&gm->group, gm->kind == MC_GM_REPORT);
}

static issues judge_message(const struct mc_frame *f, const struct mc_gm *gm)
{
	issues found = issue_if(gm->bad_checksum, MC_ISSUE_CHECKSUM);

	if (gm->kind == MC_GM_OTHER)
		return found | judge_other(f, gm);
	return found | judge_destination(f, gm) |
	       issue_if(reserved_bits(f, gm), MC_ISSUE_RESERVED_BITS) | judge_extra(gm) |
	       judge_body(gm);
}

/* Of a message that could not be read to its end, what its first bytes show. */
static issues judge_head(const struct mc_frame *f)
{
	struct mc_gm head = { 0 };

	return mc_gm_head(&head, f) != MC_FAULT_PROTOCOL ? judge_envelope(f, &head) : 0;
}

void mc_judge(struct mc_issues *out, const struct mc_frame *f, const struct mc_gm *gm,
	      enum mc_fault fault)
{
	issues found = judge_fault(fault);

	if (gm && !fault)
		found |= judge_envelope(f, gm) | judge_message(f, gm);
	else if (f)
		found |= judge_head(f);
	*out = (struct mc_issues){ { found } };
}
