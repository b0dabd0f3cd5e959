/* gm_parse.c - IGMP and MLD messages from bytes */
#include <mc/gm.h>
#include "wire/cursor.h"
#include "wire/fault.h"
#include "wire/gm_head.h"

enum {
	TENTH = 100000000, /* nanoseconds */
	MILLISECOND = 1000000,
	SECOND = 1000000000,
	IGMP_FIXED = 8, /* up to the group, which versions 1 and 2 end with */
	MLD_FIXED = 24,
	REPORT_FIXED = 8, /* of version 3, and of MLDv2 */
	COMMON = 4,	  /* type, code, checksum */
	RECORD_HEAD = 4,  /* of a record, before its group */
	MRD_ADV_SIZE = 8, /* RFC 4286 3.2 */
};

static size_t fixed_size(enum mc_family family)
{
	return family == MC_IPV4 ? IGMP_FIXED : MLD_FIXED;
}

/* ---- what it is ---- */

static void set_kind(struct mc_gm *m, enum mc_gm_kind kind, uint8_t version)
{
	m->kind = kind;
	m->version = version;
}

/* RFC 9776 7.1: the length tells version 3, the code version 1 from 2. */
static void set_igmp_query(struct mc_gm *m, const struct mc_span *l4)
{
	uint8_t older = 0;

	if (l4->len > 1)
		older = l4->p[1] ? 2 : 1;
	set_kind(m, MC_GM_QUERY, l4->len > IGMP_FIXED ? 3 : older);
}

static enum mc_fault igmp_head(struct mc_gm *m, const struct mc_span *l4)
{
	switch (m->raw_type) {
	case MC_IGMP_QUERY:
		set_igmp_query(m, l4);
		break;
	case MC_IGMP_V1_REPORT:
		set_kind(m, MC_GM_REPORT, 1);
		break;
	case MC_IGMP_V2_REPORT:
		set_kind(m, MC_GM_REPORT, 2);
		break;
	case MC_IGMP_V3_REPORT:
		set_kind(m, MC_GM_REPORT, 3);
		break;
	case MC_IGMP_LEAVE:
		set_kind(m, MC_GM_LEAVE, 2);
		break;
	}
	return MC_FAULT_NONE;
}

static enum mc_fault mld_head(struct mc_gm *m, const struct mc_span *l4)
{
	switch (m->raw_type) {
	case MC_MLD_QUERY: /* RFC 9777 8.1 */
		set_kind(m, MC_GM_QUERY, l4->len > MLD_FIXED ? 2 : 1);
		break;
	case MC_MLD_V1_REPORT:
		set_kind(m, MC_GM_REPORT, 1);
		break;
	case MC_MLD_V2_REPORT:
		set_kind(m, MC_GM_REPORT, 2);
		break;
	case MC_MLD_DONE:
		set_kind(m, MC_GM_LEAVE, 1);
		break;
	case MC_MLD_MRD_ADV:
	case MC_MLD_MRD_SOL:
	case MC_MLD_MRD_TERM:
		break;
	default:
		return MC_FAULT_PROTOCOL;
	}
	return MC_FAULT_NONE;
}

/* The type is in the first fragment.  Of a later one ICMPv6 does not tell
 * whether it is MLD; a unicast one is rather a large echo. */
static bool may_be_ours(const struct mc_frame *f)
{
	if (f->dst.family == MC_IPV4)
		return f->protocol == MC_PROTO_IGMP;
	return f->dst.family == MC_IPV6 && f->protocol == MC_PROTO_ICMPV6 &&
	       (!f->fragment_offset || mc_addr_is_multicast(&f->dst));
}

enum mc_fault mc_gm_head(struct mc_gm *m, const struct mc_frame *f)
{
	enum mc_fault fault;

	if (!may_be_ours(f))
		return MC_FAULT_PROTOCOL;
	m->family = (enum mc_family)f->dst.family;
	if (f->fragment_offset)
		return MC_FAULT_FRAGMENT;
	if (!f->l4.len)
		return f->fragment ? MC_FAULT_FRAGMENT : MC_FAULT_SHORT;
	m->raw_type = f->l4.p[0];
	fault = m->family == MC_IPV4 ? igmp_head(m, &f->l4) : mld_head(m, &f->l4);
	if (!fault && f->fragment)
		return MC_FAULT_FRAGMENT;
	return fault;
}

/* ---- its body ---- */

static struct mc_nsec times(uint32_t n, int64_t unit)
{
	return (struct mc_nsec){ n * unit };
}

static mc_nsec response_time(const struct mc_gm *m)
{
	if (m->family == MC_IPV6 && m->version == 2)
		return times(mc_code16_decode(m->max_resp_code), MILLISECOND);
	if (m->family == MC_IPV6)
		return times(m->max_resp_code, MILLISECOND);
	if (m->version == 3)
		return times(mc_code8_decode((uint8_t)m->max_resp_code), TENTH);
	if (m->version == 2)
		return times(m->max_resp_code, TENTH);
	return times(10, SECOND); /* RFC 1112 Appendix I */
}

/* RFC 9776 4.1.4 to 4.1.9, RFC 9777 5.1.6 to 5.1.11 */
static enum mc_fault read_query_tail(struct mc_gm *m, struct cur *c)
{
	uint8_t bits = cur_u8(c);

	m->flags_query = bits >> 4;
	m->extended = bits & 0x80;
	m->s = bits & 0x08;
	m->qrv = bits & 0x07;
	m->qqic = cur_u8(c);
	m->qqi = times(mc_code8_decode(m->qqic), SECOND);
	m->n_sources = cur_be16(c);
	if (c->bad)
		return MC_FAULT_QUERY_LEN; /* RFC 9776 7.1: 9 to 11 bytes */
	m->sources = cur_take(c, m->n_sources * gm_addr_size(m->family));
	return c->bad ? MC_FAULT_SOURCES : MC_FAULT_NONE;
}

static enum mc_fault read_query(struct mc_gm *m, struct cur *c)
{
	enum mc_fault fault = MC_FAULT_NONE;

	cur_skip(c, 1); /* type */
	m->max_resp_code = cur_u8(c);
	cur_skip(c, 2); /* checksum */
	if (m->family == MC_IPV6) {
		m->max_resp_code = cur_be16(c);
		cur_skip(c, 2); /* reserved */
	}
	cur_addr(c, m->family, &m->group);
	m->max_resp = response_time(m);
	if (m->version == gm_newest(m->family))
		fault = read_query_tail(m, c);
	if (!fault)
		m->extra = cur_rest(c);
	return fault;
}

static ALWAYS_INLINE enum mc_fault skip_record(struct cur *c, size_t addr_size)
{
	struct mc_span head = cur_take(c, RECORD_HEAD + addr_size);

	if (!head.len)
		return MC_FAULT_RECORD;
	cur_skip(c, be16_at(head.p + 2) * addr_size);
	if (c->bad)
		return MC_FAULT_RECORD_SOURCES;
	if (head.p[1])
		cur_skip(c, head.p[1] * 4u); /* RFC 9776 4.2.7: in words of 32 bits */
	return c->bad ? MC_FAULT_RECORD_AUX : MC_FAULT_NONE;
}

/* The size is a constant wherever this is called. */
static ALWAYS_INLINE enum mc_fault skip_records(struct cur *c, unsigned n, size_t addr_size)
{
	enum mc_fault fault = MC_FAULT_NONE;

	while (n-- && !fault)
		fault = skip_record(c, addr_size);
	return fault;
}

/* All records are measured here, so that a report is taken or left as a whole. */
static enum mc_fault read_report(struct mc_gm *m, struct cur *c)
{
	struct mc_span head = cur_take(c, REPORT_FIXED);
	struct cur all = *c;
	enum mc_fault fault;

	if (!head.len)
		return MC_FAULT_SHORT;
	m->flags_report = be16_at(head.p + 4);
	m->extended = m->flags_report & 0x8000;
	m->n_records = be16_at(head.p + 6);
	fault = m->family == MC_IPV4 ? skip_records(c, m->n_records, 4)
				     : skip_records(c, m->n_records, 16);
	if (fault)
		return fault;
	m->records = cur_take(&all, all.left - c->left);
	m->extra = cur_rest(c);
	return MC_FAULT_NONE;
}

/* Reports of older versions, leaves. */
static enum mc_fault read_group(struct mc_gm *m, struct cur *c)
{
	cur_skip(c, m->family == MC_IPV4 ? 4 : 8);
	cur_addr(c, m->family, &m->group);
	m->extra = cur_rest(c);
	return MC_FAULT_NONE;
}

static size_t least_size(const struct mc_gm *m)
{
	uint8_t advertisement = m->family == MC_IPV4 ? MC_IGMP_MRD_ADV : MC_MLD_MRD_ADV;

	if (m->kind == MC_GM_OTHER)
		return m->raw_type == advertisement ? MRD_ADV_SIZE : COMMON;
	if (m->kind == MC_GM_REPORT && m->version == gm_newest(m->family))
		return REPORT_FIXED;
	return fixed_size(m->family);
}

static enum mc_fault read_body(struct mc_gm *m, const struct mc_frame *f)
{
	struct cur c = cur_of(f->l4.p, f->l4.len);

	if (c.left < least_size(m))
		return MC_FAULT_SHORT;
	if (m->kind == MC_GM_OTHER)
		return MC_FAULT_NONE;
	if (m->kind == MC_GM_QUERY)
		return read_query(m, &c);
	if (m->kind == MC_GM_REPORT && m->version == gm_newest(m->family))
		return read_report(m, &c);
	return read_group(m, &c);
}

/* RFC 9776 4.1.2: over the whole payload; RFC 9777 5.1.2: and a pseudo header. */
static bool checksum_fails(const struct mc_frame *f, enum mc_family family)
{
	uint16_t seed = 0;

	if (family == MC_IPV6)
		seed = mc_checksum_pseudo(&f->src, &f->dst, MC_PROTO_ICMPV6, (uint32_t)f->l4.len);
	return mc_checksum(f->l4.p, f->l4.len, seed) != 0xffff;
}

int mc_gm_parse(struct mc_gm *out, const struct mc_frame *f, enum mc_fault *fault)
{
	enum mc_fault found;

	clear(out, sizeof(*out));
	found = mc_gm_head(out, f);
	if (!found) {
		found = read_body(out, f);
		out->bad_checksum = checksum_fails(f, out->family);
	}
	if (fault)
		*fault = found;
	return found ? mc_fault_error(found) : 0;
}

/* ---- its parts ---- */

extern inline int mc_record_take(struct mc_span *rest, enum mc_family family,
				 struct mc_record_view *out);

int mc_gm_next(const struct mc_gm *gm, size_t *pos, struct mc_record *rec)
{
	size_t all = gm->records.len;
	struct mc_span rest = { NULL, 0 };
	struct mc_record_view v;

	memset(rec, 0, sizeof(*rec));
	if (*pos < all)
		rest = (struct mc_span){ gm->records.p + *pos, all - *pos };
	if (!mc_record_take(&rest, gm->family, &v))
		return 0;
	rec->offset = *pos;
	rec->type = v.type;
	rec->n_sources = be16_at(v.group - 2);
	rec->group.family = (uint8_t)gm->family;
	memcpy(rec->group.bytes, v.group, gm_addr_size(gm->family));
	rec->sources = v.sources;
	rec->aux = v.aux;
	*pos = all - rest.len;
	return 1;
}

struct mc_addr mc_gm_source(enum mc_family family, const struct mc_span *sources, unsigned i)
{
	struct cur c = cur_of(sources->p, sources->len);
	struct mc_addr a;

	cur_skip(&c, i * gm_addr_size(family));
	cur_addr(&c, family, &a);
	return a;
}

bool mc_gm_extensions_ok(const struct mc_span *extra)
{
	struct cur c = cur_of(extra->p, extra->len);

	if (!c.left)
		return false;
	while (c.left) {
		cur_skip(&c, 2); /* type */
		cur_skip(&c, cur_be16(&c));
	}
	return !c.bad;
}
