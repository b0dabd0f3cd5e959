/* fuzz_gm.c - any bytes as a captured IGMP or MLD message, judged and rebuilt */
#include <mc/issue.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"

enum { MOST = 65536 / 4 }; /* sources, and records, of one packet */

static bool within(struct mc_span inner, struct mc_span outer)
{
	return inner.len == 0 || (inner.p >= outer.p && inner.p + inner.len <= outer.p + outer.len);
}

static size_t addr_size(const struct mc_gm *gm)
{
	return gm->family == MC_IPV4 ? 4 : 16;
}

static bool has_records(const struct mc_gm *gm)
{
	return gm->kind == MC_GM_REPORT && gm->version == (gm->family == MC_IPV4 ? 3 : 2);
}

/* All that a report claims is there, and each record lies in it. */
static void check_records(const struct mc_gm *gm)
{
	struct mc_record r;
	unsigned n = 0;
	size_t pos = 0;

	while (mc_gm_next(gm, &pos, &r) > 0) {
		require(within(r.sources, gm->records) && within(r.aux, gm->records));
		require(r.sources.len == r.n_sources * addr_size(gm));
		require(r.aux.len % 4 == 0);
		require(mc_record_name(r.type) && mc_record_short(r.type));
		n++;
	}
	require(n == gm->n_records && pos == gm->records.len);
}

static void check_message(const struct mc_frame *f, const struct mc_gm *gm)
{
	require(gm->family == (enum mc_family)f->dst.family);
	require(within(gm->sources, f->l4) && within(gm->records, f->l4));
	require(within(gm->extra, f->l4));
	require(gm->sources.len == gm->n_sources * addr_size(gm));
	require(gm->kind == MC_GM_OTHER || gm->version >= 1);
	check_records(gm);
}

/* ---- and back ---- */

static struct mc_addr sources[MOST];
static struct mc_gm_record_spec records[MOST];

/* Copies a source list behind those that are used already. */
static const struct mc_addr *copy_sources(const struct mc_gm *gm, const struct mc_span *list,
					  unsigned n, unsigned *used)
{
	struct mc_addr *first = sources + *used;

	require(*used + n <= MOST);
	for (unsigned i = 0; i < n; i++)
		first[i] = mc_gm_source(gm->family, list, i);
	*used += n;
	return first;
}

static struct mc_gm_spec spec_of(const struct mc_gm *gm)
{
	struct mc_gm_spec s = { .kind = gm->kind,
				.family = gm->family,
				.version = gm->version,
				.group = gm->group,
				.max_resp = gm->max_resp,
				.s = gm->s,
				.qrv = gm->qrv,
				.qqi = gm->qqi,
				.n_sources = gm->n_sources,
				.n_records = gm->n_records,
				.records = records };
	struct mc_record r;
	unsigned used = 0, n = 0;
	size_t pos = 0;

	s.sources = copy_sources(gm, &gm->sources, gm->n_sources, &used);
	while (mc_gm_next(gm, &pos, &r) > 0)
		records[n++] =
			(struct mc_gm_record_spec){ .type = r.type,
						    .group = r.group,
						    .sources = copy_sources(gm, &r.sources,
									    r.n_sources, &used),
						    .n_sources = r.n_sources,
						    .aux = r.aux };
	if (gm->extended && mc_gm_extensions_ok(&gm->extra))
		s.extension = gm->extra;
	return s;
}

static void same_span(struct mc_span a, struct mc_span b)
{
	require(a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len)));
}

/* What was read and can be built reads the same again. */
static void check_rebuild(const struct mc_frame *f, const struct mc_gm *gm)
{
	static uint8_t buf[65536];
	struct mc_gm_spec s = spec_of(gm);
	struct mc_frame again = *f;
	struct mc_gm copy;
	int len = mc_gm_build(buf, sizeof(buf), &s, &f->src, &f->dst);

	if (len < 0)
		return;
	again.l4 = (struct mc_span){ buf, (size_t)len };
	require(mc_gm_parse(&copy, &again, NULL) == 0 && !copy.bad_checksum);
	require(copy.kind == gm->kind && copy.version == gm->version);
	require(copy.max_resp.ns == gm->max_resp.ns && copy.qqi.ns == gm->qqi.ns);
	require(copy.s == gm->s && copy.qrv == gm->qrv);
	require(!memcmp(&copy.group, &gm->group, sizeof(gm->group)) || has_records(gm));
	same_span(copy.sources, gm->sources);
	same_span(copy.records, gm->records);
	same_span(copy.extra, s.extension);
	if (len > 0)
		require(mc_gm_build(buf, (size_t)len - 1, &s, &f->src, &f->dst) < 0);
}

static void check_issues(const struct mc_frame *f, const struct mc_gm *gm, enum mc_fault fault)
{
	struct mc_issues issues;
	enum mc_issue i = MC_ISSUE_NONE;

	mc_judge(&issues, f, gm, fault);
	while ((i = mc_issues_next(&issues, i)) != MC_ISSUE_NONE)
		require(i <= MC_ISSUE_ALIAS_GROUP && mc_issue_row(i));
}

static void check_packet(const struct mc_frame *f)
{
	enum mc_fault fault;
	struct mc_gm gm;

	if (mc_gm_parse(&gm, f, &fault) < 0) {
		require(fault != MC_FAULT_NONE);
		check_issues(f, NULL, fault);
		return;
	}
	require(fault == MC_FAULT_NONE);
	check_message(f, &gm);
	check_issues(f, &gm, fault);
	if (gm.kind != MC_GM_OTHER)
		check_rebuild(f, &gm);
}

static void check_frame(uint32_t link, const uint8_t *data, size_t size)
{
	enum mc_fault fault = mc_frame_fault(link, data, size);
	struct mc_frame f;
	int rc = mc_frame_parse(&f, link, data, size);

	require((rc == 0) == (fault == MC_FAULT_NONE));
	if (rc < 0)
		check_issues(NULL, NULL, fault);
	else
		check_packet(&f);
}

/* Without the headers, which are hard to guess right. */
static void check_payload(bool v4, const uint8_t *data, size_t size)
{
	static const uint8_t all4[4] = { 224, 0, 0, 22 }, host4[4] = { 192, 0, 2, 1 };
	static const uint8_t all6[16] = { 0xff, 2, [15] = 0x16 }, host6[16] = { 0xfe, 0x80 };
	struct mc_frame f = { .ttl = 1, .router_alert = true };

	if (size > 65535)
		return;
	f.protocol = v4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f.src = mc_addr_from_bytes(v4 ? MC_IPV4 : MC_IPV6, v4 ? host4 : host6);
	f.dst = mc_addr_from_bytes(v4 ? MC_IPV4 : MC_IPV6, v4 ? all4 : all6);
	f.l4 = (struct mc_span){ data, size };
	check_packet(&f);
}

/* The first byte picks the link type, or a message without headers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t links[] = { 1, 0, 101, 108, 113, 228, 229, 276, 9999 };

	if (size < 1)
		return 0;
	if (data[0] >= 128)
		check_payload(data[0] & 1, data + 1, size - 1);
	else
		check_frame(links[data[0] % 9], data + 1, size - 1);
	return 0;
}
