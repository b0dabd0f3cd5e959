/* dissect.c - which protocol a payload is, its name, checksum and fields */
#include "wire/dissect_walk.h"

/* 224.0.0.25, RFC 3488 4 */
static const uint8_t rgmp_group[4] = { 224, 0, 0, 25 };

struct protocol {
	const char *node;
	void (*walk)(struct walk *w);
	const char *(*name)(const struct mc_frame *f);
};

static const struct protocol igmp = { "igmp", dissect_igmp, dissect_igmp_name };
static const struct protocol mld = { "mld", dissect_mld, dissect_mld_name };
static const struct protocol mrd = { "mrd", dissect_mrd, dissect_mrd_name };
static const struct protocol rgmp = { "rgmp", dissect_rgmp, dissect_rgmp_name };
static const struct protocol dvmrp = { "dvmrp", dissect_dvmrp, dissect_dvmrp_name };
static const struct protocol mtrace = { "mtrace", dissect_mtrace, dissect_mtrace_name };
static const struct protocol pimv1 = { "pimv1", dissect_pimv1, dissect_pimv1_name };
static const struct protocol pim = { "pim", dissect_pim, dissect_pim_name };

uint8_t dissect_byte(const struct mc_frame *f, size_t at)
{
	struct cur c = cur_of(f->l4.p, f->l4.len);

	cur_skip(&c, at);
	return cur_u8(&c);
}

static const struct protocol *by_igmp_type(const struct mc_frame *f)
{
	uint8_t type = dissect_byte(f, 0);

	switch (type) {
	case MC_IGMP_DVMRP:
		return &dvmrp;
	case MC_IGMP_PIMV1:
		return &pimv1;
	case MC_IGMP_MTRACE_RESPONSE:
	case MC_IGMP_MTRACE:
		return &mtrace;
	case MC_IGMP_MRD_ADV:
	case MC_IGMP_MRD_SOL:
	case MC_IGMP_MRD_TERM:
		return &mrd;
	}
	/* Elsewhere these types are free for experiments, RFC 3228. */
	if (type >= 0xfc && memcmp(f->dst.bytes, rgmp_group, sizeof(rgmp_group)) == 0)
		return &rgmp;
	return &igmp;
}

/* ICMPv6 has many other users; one without a type may still be MLD. */
static const struct protocol *by_icmpv6_type(const struct mc_frame *f)
{
	switch (dissect_byte(f, 0)) {
	case MC_MLD_QUERY:
	case MC_MLD_V1_REPORT:
	case MC_MLD_DONE:
	case MC_MLD_V2_REPORT:
		return &mld;
	case MC_MLD_MRD_ADV:
	case MC_MLD_MRD_SOL:
	case MC_MLD_MRD_TERM:
		return &mrd;
	}
	return f->l4.len ? NULL : &mld;
}

static const struct protocol *protocol_of(const struct mc_frame *f)
{
	if (f->fragment_offset)
		return NULL;
	if (f->protocol == MC_PROTO_PIM)
		return &pim;
	if (f->protocol == MC_PROTO_IGMP && f->src.family == MC_IPV4)
		return by_igmp_type(f);
	if (f->protocol == MC_PROTO_ICMPV6 && f->src.family == MC_IPV6)
		return by_icmpv6_type(f);
	return NULL;
}

/* Over the first n bytes, with the pseudo header that IPv6 adds. */
static bool sum_ok(const struct mc_frame *f, size_t n)
{
	uint16_t seed = 0;

	if (f->src.family == MC_IPV6)
		seed = mc_checksum_pseudo(&f->src, &f->dst, f->protocol, (uint32_t)n);
	return mc_checksum(f->l4.p, n, seed) == 0xffff;
}

enum {
	PIM_REGISTER = 0x21,
	PIM_REGISTER_HEADER = 8,
};

bool mc_pim_checksum_ok(const struct mc_frame *f)
{
	if (f->protocol != MC_PROTO_PIM || f->fragment || f->l4.len < 4)
		return false;
	/* RFC 7761 4.9: without the data, "for interoperability" also with it. */
	if (dissect_byte(f, 0) == PIM_REGISTER && f->l4.len > PIM_REGISTER_HEADER &&
	    sum_ok(f, PIM_REGISTER_HEADER))
		return true;
	return sum_ok(f, f->l4.len);
}

static const char *judge_checksum(const struct mc_frame *f)
{
	bool ok;

	if (f->fragment)
		return NULL;
	ok = f->protocol == MC_PROTO_PIM ? mc_pim_checksum_ok(f) : sum_ok(f, f->l4.len);
	return ok ? "correct" : "wrong";
}

const char *mc_message_name(const struct mc_frame *f)
{
	const struct protocol *p = protocol_of(f);
	const char *name = p && f->l4.len ? p->name(f) : NULL;

	return name ? name : "unknown";
}

int mc_dissect(const struct mc_frame *f, mc_field_fn *fn, void *data)
{
	const struct protocol *p = protocol_of(f);
	struct walk w = {
		.c = cur_of(f->l4.p, f->l4.len),
		.all = f->l4,
		.f = f,
		.fn = fn,
		.data = data,
	}, end = w;

	if (!p)
		return -MC_EUNSUPPORTED;
	w.checksum = judge_checksum(f);
	end.c.left = 0;
	walk_open(&w, p->node, &end, mc_message_name(f));
	p->walk(&w);
	walk_rest(&w, "trailing", NULL);
	return w.rc;
}
