/* message.c - a frame to a message */
#include "igmpdump/message.h"

#define IP_MAX	   65535
#define LINK_MAX   64 /* link headers, tags included, are shorter */
#define HOP_BY_HOP 0

/* A packet whose end is missing: zeros in its place let the headers be read.
 * What is handed on ends where the capture did. */
static bool read_cut(struct message *m, uint32_t linktype)
{
	uint8_t whole[IP_MAX + LINK_MAX];
	size_t have = m->data.len < sizeof whole ? m->data.len : sizeof whole;
	size_t at;

	memcpy(whole, m->data.p, have);
	memset(whole + have, 0, sizeof whole - have);
	if (mc_frame_parse(&m->f, linktype, whole, sizeof whole) < 0)
		return false;
	at = (size_t)(m->f.l4.p - whole);
	if (!m->f.l4.len || at > have)
		m->f.l4 = (struct mc_span){ NULL, 0 };
	else
		m->f.l4 = (struct mc_span){ m->data.p + at, have - at };
	at = (size_t)(m->f.ip.p - whole);
	m->f.ip = (struct mc_span){ m->data.p + at, have - at };
	return true;
}

static bool is_control(const struct mc_frame *f)
{
	uint8_t type;

	if (f->protocol == MC_PROTO_IGMP || f->protocol == MC_PROTO_PIM)
		return true;
	if (f->protocol != MC_PROTO_ICMPV6 || !f->l4.len || f->fragment_offset)
		return false;
	type = f->l4.p[0];
	return (type >= MC_MLD_QUERY && type <= MC_MLD_DONE) || type == MC_MLD_V2_REPORT ||
	       (type >= MC_MLD_MRD_ADV && type <= MC_MLD_MRD_TERM);
}

static enum message_class classify(const struct mc_frame *f)
{
	if (is_control(f))
		return MESSAGE_CONTROL;
	return mc_addr_is_multicast(&f->dst) ? MESSAGE_DATA : MESSAGE_OTHER;
}

static void judge(struct message *m)
{
	if (m->f.protocol != MC_PROTO_PIM)
		mc_judge(&m->issues, &m->f, m->parsed ? &m->gm : NULL, m->fault);
	else if (!m->f.fragment && !mc_pim_checksum_ok(&m->f))
		mc_issues_add(&m->issues, MC_ISSUE_CHECKSUM);
}

/* Cut before the type of the message it may be anything; with hop-by-hop options
 * it is MLD more likely than not. */
static enum message_class classify_cut(const struct message *m)
{
	if (!m->has_ip || m->f.protocol == HOP_BY_HOP)
		return MESSAGE_UNREADABLE;
	if (m->f.protocol == MC_PROTO_ICMPV6 && !m->f.l4.len)
		return MESSAGE_UNREADABLE;
	return classify(&m->f);
}

static enum message_class read_unreadable(struct message *m, uint32_t linktype, int err)
{
	enum message_class class;

	if (err == -MC_EUNSUPPORTED)
		return MESSAGE_OTHER;
	m->fault = mc_frame_fault(linktype, m->data.p, m->data.len);
	m->has_ip = (m->fault == MC_FAULT_IP_TRUNC || m->fault == MC_FAULT_IP6_TRUNC) &&
		    read_cut(m, linktype);
	class = classify_cut(m);
	if (class == MESSAGE_CONTROL || class == MESSAGE_UNREADABLE)
		mc_judge(&m->issues, &m->f, NULL, m->fault);
	return class;
}

enum message_class message_read(struct message *m, uint32_t linktype)
{
	int err = mc_frame_parse(&m->f, linktype, m->data.p, m->data.len);
	enum message_class class;

	m->parsed = false;
	m->gm.kind = MC_GM_OTHER;
	m->fault = MC_FAULT_NONE;
	memset(&m->issues, 0, sizeof m->issues);
	if (err)
		return read_unreadable(m, linktype, err);
	m->has_ip = true;
	class = classify(&m->f);
	if (class != MESSAGE_CONTROL)
		return class;
	if (m->f.protocol != MC_PROTO_PIM)
		m->parsed = mc_gm_parse(&m->gm, &m->f, &m->fault) == 0;
	judge(m);
	return class;
}

static const char *igmp_protocol(uint8_t type)
{
	switch (type) {
	case MC_IGMP_DVMRP:
		return "dvmrp";
	case MC_IGMP_PIMV1:
		return "pim";
	case MC_IGMP_MTRACE_RESPONSE:
	case MC_IGMP_MTRACE:
		return "mtrace";
	case MC_IGMP_MRD_ADV:
	case MC_IGMP_MRD_SOL:
	case MC_IGMP_MRD_TERM:
		return "mrd";
	case 0xfc: /* RFC 3488 3: the four messages of RGMP */
	case 0xfd:
	case 0xfe:
	case 0xff:
		return "rgmp";
	}
	return "igmp";
}

const char *message_protocol(const struct message *m)
{
	if (!m->has_ip)
		return "ip";
	if (m->f.protocol == MC_PROTO_PIM)
		return "pim";
	if (m->f.protocol == MC_PROTO_ICMPV6)
		return m->f.l4.len && m->f.l4.p[0] >= MC_MLD_MRD_ADV ? "mrd" : "mld";
	if (!m->f.l4.len || m->f.fragment_offset)
		return "igmp";
	return igmp_protocol(m->f.l4.p[0]);
}

enum checksum message_checksum(const struct message *m)
{
	bool bad = mc_issues_has(&m->issues, MC_ISSUE_CHECKSUM);

	if (!m->has_ip || m->f.fragment)
		return CHECKSUM_UNKNOWN;
	/* A message that contradicts itself is all there, and was summed. */
	if (m->fault >= MC_FAULT_QUERY_LEN)
		bad = m->gm.bad_checksum;
	else if (m->fault != MC_FAULT_NONE)
		return CHECKSUM_UNKNOWN;
	return bad ? CHECKSUM_BAD : CHECKSUM_OK;
}
