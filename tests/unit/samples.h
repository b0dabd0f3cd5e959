/* samples.h - a clean message of each kind, to change and to judge */
#ifndef TESTS_UNIT_SAMPLES_H
#define TESTS_UNIT_SAMPLES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/group.h>
#include <mc/issue.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SECOND	     1000000000LL

enum sample {
	V1_QUERY,
	V2_QUERY,
	V2_SPECIFIC,
	V3_QUERY,
	V3_SPECIFIC,
	V1_REPORT,
	V2_REPORT,
	V2_LEAVE,
	V3_REPORT,
	MLD_QUERY,
	MLD2_QUERY,
	MLD2_SPECIFIC,
	MLD_REPORT,
	MLD_DONE,
	MLD2_REPORT,
	SAMPLES,
};

/* clang-format off */
static const struct {
	enum mc_gm_kind kind;
	enum mc_family family;
	uint8_t version;
	bool with_group;
} samples[SAMPLES] = {
	[V1_QUERY] = { MC_GM_QUERY, MC_IPV4, 1, false },
	[V2_QUERY] = { MC_GM_QUERY, MC_IPV4, 2, false },
	[V2_SPECIFIC] = { MC_GM_QUERY, MC_IPV4, 2, true },
	[V3_QUERY] = { MC_GM_QUERY, MC_IPV4, 3, false },
	[V3_SPECIFIC] = { MC_GM_QUERY, MC_IPV4, 3, true },
	[V1_REPORT] = { MC_GM_REPORT, MC_IPV4, 1, true },
	[V2_REPORT] = { MC_GM_REPORT, MC_IPV4, 2, true },
	[V2_LEAVE] = { MC_GM_LEAVE, MC_IPV4, 2, true },
	[V3_REPORT] = { MC_GM_REPORT, MC_IPV4, 3, false },
	[MLD_QUERY] = { MC_GM_QUERY, MC_IPV6, 1, false },
	[MLD2_QUERY] = { MC_GM_QUERY, MC_IPV6, 2, false },
	[MLD2_SPECIFIC] = { MC_GM_QUERY, MC_IPV6, 2, true },
	[MLD_REPORT] = { MC_GM_REPORT, MC_IPV6, 1, true },
	[MLD_DONE] = { MC_GM_LEAVE, MC_IPV6, 1, true },
	[MLD2_REPORT] = { MC_GM_REPORT, MC_IPV6, 2, false },
};
/* clang-format on */

/* A message in its frame, as a good sender would send it. */
struct packet {
	uint8_t bytes[65536];
	struct mc_frame f;
	struct mc_issues issues;
};

static struct packet packet; /* one at a time */

static inline struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static inline struct mc_addr group_of(enum mc_family family)
{
	return addr(family == MC_IPV4 ? "233.252.1.5" : "ff15::db8:1:5");
}

static inline void set_destination(const char *text)
{
	packet.f.dst = addr(text);
	packet.f.has_dst_mac = !mc_group_mac(&packet.f.dst_mac, &packet.f.dst);
}

static inline void put_frame(const struct mc_gm_spec *s)
{
	struct mc_frame *f = &packet.f;
	char text[MC_ADDR_TEXT];
	struct mc_addr to;

	memset(f, 0, sizeof(*f));
	f->protocol = s->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f->src = addr(s->family == MC_IPV4 ? "192.0.2.1" : "fe80::1");
	f->ttl = 1;
	f->tos = s->family == MC_IPV4 && s->version == 3 ? 0xc0 : 0;
	f->router_alert = s->family == MC_IPV6 || s->version > 1;
	assert_int_equal(mc_gm_destination(&to, s), 0);
	set_destination(mc_addr_format(&to, text));
}

static inline void put_message(const struct mc_gm_spec *s)
{
	int len;

	put_frame(s);
	len = mc_gm_build(packet.bytes, sizeof(packet.bytes), s, &packet.f.src, &packet.f.dst);
	assert_true(len > 0);
	packet.f.l4 = (struct mc_span){ packet.bytes, (size_t)len };
}

static inline struct mc_gm_spec spec_of(enum sample n, const struct mc_gm_record_spec *record)
{
	struct mc_gm_spec s = { .kind = samples[n].kind,
				.family = samples[n].family,
				.version = samples[n].version };

	if (samples[n].with_group)
		s.group = group_of(s.family);
	if (s.kind == MC_GM_QUERY)
		s.max_resp.ns = s.version == 1 || !samples[n].with_group ? 10 * SECOND : SECOND;
	if (n == V3_QUERY || n == V3_SPECIFIC || n == MLD2_QUERY || n == MLD2_SPECIFIC) {
		s.qrv = 2;
		s.qqi.ns = 125 * SECOND;
	}
	if (n == V3_REPORT || n == MLD2_REPORT) {
		s.records = record;
		s.n_records = 1;
	}
	return s;
}

static inline void put_sample(enum sample n)
{
	struct mc_gm_record_spec r = { .type = MC_REC_TO_EX, .group = group_of(samples[n].family) };
	struct mc_gm_spec s = spec_of(n, &r);

	put_message(&s);
}

/* Corrects the checksum after a change to the bytes. */
static inline void resum(void)
{
	uint16_t seed = 0, sum;

	memset(packet.bytes + 2, 0, 2);
	if (packet.f.dst.family == MC_IPV6)
		seed = mc_checksum_pseudo(&packet.f.src, &packet.f.dst, MC_PROTO_ICMPV6,
					  (uint32_t)packet.f.l4.len);
	sum = (uint16_t)~mc_checksum(packet.bytes, packet.f.l4.len, seed);
	packet.bytes[2] = (uint8_t)(sum >> 8);
	packet.bytes[3] = (uint8_t)sum;
}

static inline void set_byte(size_t at, uint8_t value)
{
	packet.bytes[at] = value;
	resum();
}

static inline void judge(void)
{
	enum mc_fault fault;
	struct mc_gm gm;
	int rc = mc_gm_parse(&gm, &packet.f, &fault);

	mc_judge(&packet.issues, &packet.f, rc ? NULL : &gm, fault);
}

static inline const char *id_of(enum mc_issue i)
{
	return i == MC_ISSUE_NONE ? "none" : mc_issue_row(i)->id;
}

/* Just this issue; MC_ISSUE_NONE: no issue at all. */
static inline void expect_at(enum mc_issue issue, int line)
{
	enum mc_issue found;

	judge();
	found = mc_issues_next(&packet.issues, MC_ISSUE_NONE);
	if (found != issue)
		fail_msg("line %d: expected %s, found %s", line, id_of(issue), id_of(found));
	if (issue != MC_ISSUE_NONE && mc_issues_next(&packet.issues, found) != MC_ISSUE_NONE)
		fail_msg("line %d: besides %s there is %s", line, id_of(issue),
			 id_of(mc_issues_next(&packet.issues, found)));
}

#define EXPECT(issue) expect_at((issue), __LINE__)

#endif
