/* gm_build.c - IGMP and MLD messages to bytes */
#include <mc/gm.h>
#include <errno.h>
#include <limits.h>
#include "wire/emit.h"
#include "wire/gm_head.h"

enum {
	TENTH = 100000000, /* nanoseconds */
	MILLISECOND = 1000000,
	SECOND = 1000000000,
	IGMP_MAX = 65535 - 24, /* an IP header with Router Alert */
	MLD_MAX = 65535 - 8,   /* a hop-by-hop header */
	AUX_MAX = 255 * 4,
};

/* ---- where to ---- */

/* 224.0.0.N or ff02::N */
static struct mc_addr link_control(enum mc_family family, uint8_t n)
{
	if (family == MC_IPV4)
		return (struct mc_addr){ .family = MC_IPV4, .bytes = { 224, 0, 0, n } };
	return (struct mc_addr){ .family = MC_IPV6, .bytes = { 0xff, 2, [15] = n } };
}

/* ---- is it a message ---- */

static bool is_newest(const struct mc_gm_spec *s)
{
	return s->version == gm_newest(s->family);
}

static bool exists(const struct mc_gm_spec *s)
{
	if (s->family != MC_IPV4 && s->family != MC_IPV6)
		return false;
	if (s->version < 1 || s->version > gm_newest(s->family))
		return false;
	if (s->kind == MC_GM_LEAVE) /* not in IGMPv1, a record in the newest */
		return s->version == gm_newest(s->family) - 1;
	return s->kind == MC_GM_QUERY || s->kind == MC_GM_REPORT;
}

static bool is_general(const struct mc_gm_spec *s)
{
	return s->group.family == MC_ANY || mc_addr_is_unspecified(&s->group);
}

static bool is_group(const struct mc_gm_spec *s, const struct mc_addr *group)
{
	return group->family == s->family && mc_addr_is_multicast(group);
}

static bool sources_ok(const struct mc_gm_spec *s, const struct mc_addr *sources, unsigned n)
{
	if (n && !sources)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (sources[i].family != s->family)
			return false;
	}
	return true;
}

static bool records_ok(const struct mc_gm_spec *s)
{
	if (s->n_records && !s->records)
		return false;
	for (unsigned i = 0; i < s->n_records; i++) {
		const struct mc_gm_record_spec *r = &s->records[i];

		if (!is_group(s, &r->group) || !sources_ok(s, r->sources, r->n_sources))
			return false;
		if (r->aux.len % 4 || r->aux.len > AUX_MAX)
			return false;
	}
	return true;
}

static bool max_resp_ok(const struct mc_gm_spec *s)
{
	if (s->family == MC_IPV4 && s->version == 1) /* has no field for it */
		return s->max_resp.ns == 0 || s->max_resp.ns == 10LL * SECOND;
	if (s->family == MC_IPV4 && s->version == 2) /* a code of 0 is version 1 */
		return s->max_resp.ns >= TENTH;
	return s->max_resp.ns >= 0;
}

static bool has_query_fields(const struct mc_gm_spec *s)
{
	return s->s || s->qrv || s->qqi.ns || s->n_sources;
}

static bool query_ok(const struct mc_gm_spec *s)
{
	if (!max_resp_ok(s) || s->n_records)
		return false;
	if (!is_general(s) && !is_group(s, &s->group))
		return false;
	/* RFC 1112 knows general queries only. */
	if (s->family == MC_IPV4 && s->version == 1 && !is_general(s))
		return false;
	if (!is_newest(s))
		return !has_query_fields(s);
	return s->qrv <= 7 && s->qqi.ns >= 0 && !(is_general(s) && s->n_sources) &&
	       sources_ok(s, s->sources, s->n_sources);
}

static bool spec_ok(const struct mc_gm_spec *s)
{
	if (!exists(s))
		return false;
	if (s->extension.len && (!is_newest(s) || !mc_gm_extensions_ok(&s->extension)))
		return false;
	if (s->kind == MC_GM_QUERY)
		return query_ok(s);
	if (has_query_fields(s) || s->max_resp.ns)
		return false;
	if (s->kind == MC_GM_REPORT && is_newest(s))
		return is_general(s) && records_ok(s);
	return is_group(s, &s->group) && !s->n_records;
}

/* ---- its fields ---- */

/* Whole units, rounded down. */
static uint32_t units(mc_nsec t, int64_t unit)
{
	int64_t n = t.ns / unit;

	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

static uint32_t at_most(uint32_t n, uint32_t max)
{
	return n < max ? n : max;
}

static uint8_t igmp_response_code(const struct mc_gm_spec *s)
{
	uint32_t tenths = units(s->max_resp, TENTH);

	if (s->version == 3)
		return mc_code8_encode(tenths);
	return s->version == 2 ? (uint8_t)at_most(tenths, UINT8_MAX) : 0;
}

static uint16_t mld_response_code(const struct mc_gm_spec *s)
{
	uint32_t ms = units(s->max_resp, MILLISECOND);

	return s->version == 2 ? mc_code16_encode(ms) : (uint16_t)at_most(ms, UINT16_MAX);
}

static void emit_sources(struct emit *e, const struct mc_addr *sources, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		emit_addr(e, &sources[i]);
}

static void emit_group(struct emit *e, const struct mc_gm_spec *s)
{
	struct mc_addr group = is_general(s) ? mc_addr_unspecified(s->family) : s->group;

	emit_addr(e, &group);
}

static void emit_query(struct emit *e, const struct mc_gm_spec *s)
{
	uint8_t bits = (uint8_t)((s->extension.len ? 0x80 : 0) | (s->s ? 0x08 : 0) | s->qrv);

	emit_u8(e, s->family == MC_IPV4 ? igmp_response_code(s) : 0);
	emit_be16(e, 0); /* checksum */
	if (s->family == MC_IPV6) {
		emit_be16(e, mld_response_code(s));
		emit_be16(e, 0); /* reserved */
	}
	emit_group(e, s);
	if (!is_newest(s))
		return;
	emit_u8(e, bits);
	emit_u8(e, mc_code8_encode(units(s->qqi, SECOND)));
	emit_be16(e, s->n_sources);
	emit_sources(e, s->sources, s->n_sources);
}

static void emit_record(struct emit *e, const struct mc_gm_record_spec *r)
{
	emit_u8(e, r->type);
	emit_u8(e, (uint8_t)(r->aux.len / 4));
	emit_be16(e, r->n_sources);
	emit_addr(e, &r->group);
	emit_sources(e, r->sources, r->n_sources);
	emit_bytes(e, r->aux.p, r->aux.len);
}

static void emit_report(struct emit *e, const struct mc_gm_spec *s)
{
	emit_u8(e, 0);	 /* reserved */
	emit_be16(e, 0); /* checksum */
	emit_be16(e, s->extension.len ? 0x8000 : 0);
	emit_be16(e, s->n_records);
	for (unsigned i = 0; i < s->n_records && !e->full; i++)
		emit_record(e, &s->records[i]);
}

/* Reports of older versions, leaves. */
static void emit_membership(struct emit *e, const struct mc_gm_spec *s)
{
	emit_u8(e, 0);	 /* code */
	emit_be16(e, 0); /* checksum */
	if (s->family == MC_IPV6)
		emit_be32(e, 0); /* maximum response delay, reserved */
	emit_group(e, s);
}

static uint8_t type_of(const struct mc_gm_spec *s)
{
	static const uint8_t igmp_report[] = { 0, MC_IGMP_V1_REPORT, MC_IGMP_V2_REPORT,
					       MC_IGMP_V3_REPORT };
	static const uint8_t mld_report[] = { 0, MC_MLD_V1_REPORT, MC_MLD_V2_REPORT };
	bool v4 = s->family == MC_IPV4;

	if (s->kind == MC_GM_QUERY)
		return v4 ? MC_IGMP_QUERY : MC_MLD_QUERY;
	if (s->kind == MC_GM_LEAVE)
		return v4 ? MC_IGMP_LEAVE : MC_MLD_DONE;
	return v4 ? igmp_report[s->version] : mld_report[s->version];
}

static void emit_message(struct emit *e, const struct mc_gm_spec *s)
{
	emit_u8(e, type_of(s));
	if (s->kind == MC_GM_QUERY)
		emit_query(e, s);
	else if (s->kind == MC_GM_REPORT && is_newest(s))
		emit_report(e, s);
	else
		emit_membership(e, s);
	emit_bytes(e, s->extension.p, s->extension.len);
}

static bool ends_ok(const struct mc_gm_spec *s, const struct mc_addr *src,
		    const struct mc_addr *dst)
{
	return s->family == MC_IPV4 ||
	       (src && dst && src->family == MC_IPV6 && dst->family == MC_IPV6);
}

int mc_gm_build(void *buf, size_t size, const struct mc_gm_spec *spec, const struct mc_addr *src,
		const struct mc_addr *dst)
{
	size_t most = spec->family == MC_IPV4 ? IGMP_MAX : MLD_MAX;
	struct emit e = emit_to(buf, size < most ? size : most);
	uint16_t seed = 0;

	if (!spec_ok(spec) || !ends_ok(spec, src, dst))
		return -EINVAL;
	emit_message(&e, spec);
	if (e.full)
		return size < most ? -ENOSPC : -EMSGSIZE;
	if (spec->family == MC_IPV6)
		seed = mc_checksum_pseudo(src, dst, MC_PROTO_ICMPV6, (uint32_t)e.len);
	emit_patch16(&e, 2, (uint16_t)~mc_checksum(buf, e.len, seed));
	return (int)e.len;
}

int mc_gm_destination(struct mc_addr *out, const struct mc_gm_spec *spec)
{
	uint8_t fixed;

	memset(out, 0, sizeof(*out));
	if (!exists(spec))
		return -EINVAL;
	fixed = gm_fixed_destination(spec->kind, spec->family, spec->version, is_general(spec));
	if (!fixed && !is_group(spec, &spec->group))
		return -EINVAL;
	*out = fixed ? link_control(spec->family, fixed) : spec->group;
	return 0;
}
