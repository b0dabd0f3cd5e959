/* test_gm.c - IGMP and MLD messages: there and back, cut, and odd ones */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/gm.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define SECOND	     1000000000LL

enum { MAX_SOURCES = 40, MAX_RECORDS = 12 };

static struct mc_addr addr(const char *text)
{
	struct mc_addr a;

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static mc_nsec ns(int64_t n)
{
	return (mc_nsec){ n };
}

/* A frame around a message, as mc_frame_parse would give it. */
static struct mc_frame frame_of(const void *message, size_t len, enum mc_family family)
{
	struct mc_frame f = { .ttl = 1 };

	f.protocol = family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f.src = addr(family == MC_IPV4 ? "192.0.2.1" : "fe80::1");
	f.dst = addr(family == MC_IPV4 ? "224.0.0.22" : "ff02::16");
	f.l4 = (struct mc_span){ message, len };
	return f;
}

static int build(uint8_t *buf, size_t size, const struct mc_gm_spec *s)
{
	struct mc_frame f = frame_of(NULL, 0, s->family);

	return mc_gm_build(buf, size, s, &f.src, &f.dst);
}

/* ---- random messages, there and back ---- */

struct message {
	struct mc_gm_spec spec;
	struct mc_addr sources[MAX_SOURCES];
	struct mc_gm_record_spec records[MAX_RECORDS];
	struct mc_addr record_sources[MAX_RECORDS][MAX_SOURCES];
	uint8_t aux[4 * 255];
	uint8_t extension[64];
};

static unsigned below(unsigned n)
{
	return (unsigned)rand() % n;
}

static struct mc_addr random_addr(enum mc_family family, bool group)
{
	uint8_t bytes[16];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)rand();
	if (family == MC_IPV4)
		bytes[0] = (uint8_t)(group ? 224 + below(16) : 1 + below(223));
	else
		bytes[0] = group ? 0xff : 0x20;
	return mc_addr_from_bytes(family, bytes);
}

static void random_extension(struct message *m)
{
	size_t len = 0;

	for (unsigned n = 1 + below(3); n; n--) {
		unsigned value = below(12);

		m->extension[len + 3] = (uint8_t)value;
		len += 4 + value;
	}
	m->spec.extension = (struct mc_span){ m->extension, len };
}

static uint8_t newest(enum mc_family family)
{
	return family == MC_IPV4 ? 3 : 2;
}

static void random_query(struct message *m)
{
	struct mc_gm_spec *s = &m->spec;
	bool v4 = s->family == MC_IPV4;

	s->max_resp = ns(rand() % (100 * SECOND));
	if (v4 && s->version == 1)
		s->max_resp = ns(below(2) * 10 * SECOND);
	else if (v4 && s->version == 2)
		s->max_resp.ns += SECOND / 10;
	if (below(2) && !(v4 && s->version == 1))
		s->group = random_addr(s->family, true);
	if (s->version < newest(s->family))
		return;
	s->s = below(2);
	s->qrv = (uint8_t)below(8);
	s->qqi = ns(below(40000) * SECOND);
	if (s->group.family == MC_ANY)
		return;
	s->n_sources = (uint16_t)below(MAX_SOURCES);
	s->sources = m->sources;
	for (unsigned i = 0; i < s->n_sources; i++)
		m->sources[i] = random_addr(s->family, false);
}

static void random_records(struct message *m)
{
	m->spec.n_records = (uint16_t)below(MAX_RECORDS);
	m->spec.records = m->records;
	for (unsigned i = 0; i < m->spec.n_records; i++) {
		struct mc_gm_record_spec *r = &m->records[i];

		r->type = (uint8_t)below(9);
		r->group = random_addr(m->spec.family, true);
		r->n_sources = (uint16_t)below(MAX_SOURCES);
		r->sources = m->record_sources[i];
		for (unsigned j = 0; j < r->n_sources; j++)
			m->record_sources[i][j] = random_addr(m->spec.family, false);
		if (!below(3))
			r->aux = (struct mc_span){ m->aux, 4 * below(256) };
	}
}

static void random_message(struct message *m)
{
	struct mc_gm_spec *s = &m->spec;

	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < sizeof(m->aux); i++)
		m->aux[i] = (uint8_t)rand();
	s->family = below(2) ? MC_IPV4 : MC_IPV6;
	s->version = (uint8_t)(1 + below(newest(s->family)));
	s->kind = (enum mc_gm_kind)(MC_GM_QUERY + below(2));
	if (s->version == newest(s->family) - 1 && !below(3))
		s->kind = MC_GM_LEAVE;
	if (s->kind == MC_GM_QUERY)
		random_query(m);
	else if (s->version == newest(s->family))
		random_records(m);
	else
		s->group = random_addr(s->family, true);
	if (s->version == newest(s->family) && !below(3))
		random_extension(m);
}

/* What a time becomes on the wire, by the tables of the RFCs and not by ours. */
static int64_t coded(int64_t value, unsigned bits)
{
	int64_t best = 0;

	for (uint32_t code = 0; code < 1u << bits; code++) {
		int64_t v = bits == 8 ? mc_code8_decode((uint8_t)code)
				      : mc_code16_decode((uint16_t)code);

		if (v <= value && v > best)
			best = v;
	}
	return best;
}

static int64_t expected_max_resp(const struct mc_gm_spec *s)
{
	int64_t tenths = s->max_resp.ns / (SECOND / 10), ms = s->max_resp.ns / (SECOND / 1000);

	if (s->family == MC_IPV6)
		return SECOND / 1000 * (s->version == 2 ? coded(ms, 16) : ms < 65535 ? ms : 65535);
	if (s->version == 3)
		return SECOND / 10 * coded(tenths, 8);
	if (s->version == 2)
		return SECOND / 10 * (tenths < 255 ? tenths : 255);
	return 10 * SECOND;
}

static void check_sources(const struct mc_gm *gm, const struct mc_span *found,
			  const struct mc_addr *sources, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct mc_addr a = mc_gm_source(gm->family, found, i);

		assert_memory_equal(&a, &sources[i], sizeof(a));
	}
	assert_int_equal(mc_gm_source(gm->family, found, n).family, MC_ANY);
}

static void check_span(const struct mc_span *found, const struct mc_span *expected)
{
	assert_int_equal(found->len, expected->len);
	if (expected->len)
		assert_memory_equal(found->p, expected->p, expected->len);
}

static void check_records(const struct mc_gm *gm, const struct mc_gm_spec *s)
{
	struct mc_span rest = gm->records;
	struct mc_record_view v;
	struct mc_record r;
	size_t pos = 0, end = 0;

	assert_int_equal(gm->n_records, s->n_records);
	for (unsigned i = 0; i < s->n_records; i++) {
		assert_int_equal(mc_record_take(&rest, gm->family, &v), 1);
		assert_int_equal(v.type, s->records[i].type);
		assert_memory_equal(v.group, s->records[i].group.bytes,
				    gm->family == MC_IPV4 ? 4 : 16);
		check_sources(gm, &v.sources, s->records[i].sources, s->records[i].n_sources);
		check_span(&v.aux, &s->records[i].aux);
		assert_int_equal(mc_gm_next(gm, &pos, &r), 1);
		assert_int_equal(r.offset, end);
		assert_int_equal(r.type, s->records[i].type);
		assert_memory_equal(&r.group, &s->records[i].group, sizeof(r.group));
		assert_int_equal(r.n_sources, s->records[i].n_sources);
		check_sources(gm, &r.sources, s->records[i].sources, r.n_sources);
		check_span(&r.aux, &s->records[i].aux);
		end = pos;
	}
	assert_int_equal(mc_gm_next(gm, &pos, &r), 0);
	assert_int_equal(mc_record_take(&rest, gm->family, &v), 0);
	assert_int_equal(rest.len, 0);
	assert_int_equal(pos, gm->records.len);
	assert_int_equal(r.group.family, MC_ANY);
}

static void check_query(const struct mc_gm *gm, const struct mc_gm_spec *s)
{
	assert_int_equal(gm->max_resp.ns, expected_max_resp(s));
	assert_int_equal(gm->s, s->s);
	assert_int_equal(gm->qrv, s->qrv);
	assert_int_equal(gm->qqi.ns, SECOND * coded(s->qqi.ns / SECOND, 8));
	assert_int_equal(gm->n_sources, s->n_sources);
	check_sources(gm, &gm->sources, s->sources, s->n_sources);
}

static void check_message(const uint8_t *buf, size_t len, const struct mc_gm_spec *s)
{
	struct mc_frame f = frame_of(buf, len, s->family);
	struct mc_addr group = s->group;
	enum mc_fault fault = MC_FAULT_MAX;
	struct mc_gm gm;

	assert_int_equal(mc_gm_parse(&gm, &f, &fault), 0);
	assert_int_equal(fault, MC_FAULT_NONE);
	assert_int_equal(gm.kind, s->kind);
	assert_int_equal(gm.family, s->family);
	assert_int_equal(gm.version, s->version);
	assert_false(gm.bad_checksum);
	assert_int_equal(gm.extended, s->extension.len > 0);
	check_span(&gm.extra, &s->extension);
	if (s->kind == MC_GM_REPORT && s->version == newest(s->family)) {
		check_records(&gm, s);
		return;
	}
	if (group.family == MC_ANY)
		group = mc_addr_unspecified(s->family);
	assert_memory_equal(&gm.group, &group, sizeof(group));
	if (s->kind == MC_GM_QUERY)
		check_query(&gm, s);
}

/* Nothing is written behind the size given, whatever it is. */
static void check_sizes(const struct mc_gm_spec *s, const uint8_t *whole, int len)
{
	static uint8_t buf[65536];

	for (int tries = 0; tries < 8; tries++) {
		size_t size = below((unsigned)len + 1);
		int rc;

		memset(buf, 0xa5, (size_t)len + 8);
		rc = build(buf, size, s);
		if (size < (size_t)len)
			assert_int_equal(rc, -ENOSPC);
		else
			assert_memory_equal(buf, whole, (size_t)rc);
		for (size_t i = size; i < (size_t)len + 8; i++)
			assert_int_equal(buf[i], 0xa5);
	}
}

static void test_round_trip(void **state)
{
	static uint8_t buf[65536];
	static struct message m;
	unsigned seen[3][2][4] = { 0 };

	(void)state;
	srand(1);
	for (int i = 0; i < 3000; i++) {
		int len;

		random_message(&m);
		len = build(buf, sizeof(buf), &m.spec);
		assert_true(len >= 8);
		check_message(buf, (size_t)len, &m.spec);
		check_sizes(&m.spec, buf, len);
		seen[m.spec.kind - 1][m.spec.family == MC_IPV6][m.spec.version]++;
	}
	for (int v = 1; v <= 3; v++) {
		assert_true(seen[0][0][v] && seen[1][0][v]);
		assert_true(v == 3 || (seen[0][1][v] && seen[1][1][v]));
	}
	assert_true(seen[2][0][2] && seen[2][1][1]);
}

/* ---- size ---- */

/* The largest messages that IP carries, and one record more. */
static void test_largest(void **state)
{
	static const struct {
		enum mc_family family;
		const char *group;
		uint16_t fits; /* (65535 - 24 - 8) / 8, (65535 - 8 - 8) / 20 */
	} rows[] = { { MC_IPV4, "233.252.0.5", 8187 }, { MC_IPV6, "ff15::1", 3275 } };
	static struct mc_gm_record_spec records[8200];
	static uint8_t buf[1 << 17];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_gm_spec s = { .kind = MC_GM_REPORT,
					.family = rows[i].family,
					.version = newest(rows[i].family),
					.records = records,
					.n_records = rows[i].fits };
		int len;

		for (size_t j = 0; j < COUNT(records); j++)
			records[j].group = addr(rows[i].group);
		len = build(buf, sizeof(buf), &s);
		assert_true(len > 65000);
		check_message(buf, (size_t)len, &s);
		assert_int_equal(build(buf, (size_t)len - 1, &s), -ENOSPC);
		s.n_records++;
		assert_int_equal(build(buf, sizeof(buf), &s), -EMSGSIZE);
	}
}

/* ---- reading what is not there ---- */

/* No message is a shorter one's start and all of its own: each length either is
 * another message or is refused, and nothing outside is read. */
static void test_every_cut(void **state)
{
	static struct message m;
	static uint8_t buf[65536];

	(void)state;
	srand(2);
	for (int i = 0; i < 300; i++) {
		int len;

		random_message(&m);
		m.spec.extension.len = 0;
		len = build(buf, sizeof(buf), &m.spec);
		for (int cut = 0; cut < len; cut += 1 + (cut > 64) * (int)below(40)) {
			uint8_t *copy = malloc((size_t)cut + 1);
			struct mc_frame f = frame_of(copy, (size_t)cut, m.spec.family);
			enum mc_fault fault;
			struct mc_gm gm;
			int rc;

			assert_non_null(copy);
			memcpy(copy, buf, (size_t)cut);
			rc = mc_gm_parse(&gm, &f, &fault);
			assert_int_equal(rc == 0, fault == MC_FAULT_NONE);
			if (!rc) /* as a query of the version before */
				assert_true(gm.kind == MC_GM_QUERY && gm.version < m.spec.version);
			free(copy);
		}
	}
}

static const struct {
	const char *name;
	uint8_t protocol;
	enum mc_family family;
	const char *hex;
	int rc;
	enum mc_fault fault;
} odd[] = {
	{ "UDP", 17, MC_IPV4, "1164ee9b00000000", -MC_EUNSUPPORTED, MC_FAULT_PROTOCOL },
	{ "IGMP over IPv6", 2, MC_IPV6, "1164ee9b00000000", -MC_EUNSUPPORTED, MC_FAULT_PROTOCOL },
	{ "ICMPv6 over IPv4", 58, MC_IPV4, "8200000000000000", -MC_EUNSUPPORTED,
	  MC_FAULT_PROTOCOL },
	{ "echo", 58, MC_IPV6, "8000000000000000", -MC_EUNSUPPORTED, MC_FAULT_PROTOCOL },
	{ "no family", 2, MC_ANY, "1164ee9b00000000", -MC_EUNSUPPORTED, MC_FAULT_PROTOCOL },
	{ "IGMP type 0x97", 2, MC_IPV4, "97000000", 0, MC_FAULT_NONE },
	{ "MRD advertisement", 2, MC_IPV4, "30000000", -MC_ETRUNC, MC_FAULT_SHORT },
	{ "MRD advertisement, MLD", 58, MC_IPV6, "97000000", -MC_ETRUNC, MC_FAULT_SHORT },
	{ "MRD solicitation", 2, MC_IPV4, "31000000", 0, MC_FAULT_NONE },
	{ "MRD solicitation, MLD", 58, MC_IPV6, "98000000", 0, MC_FAULT_NONE },
	{ "MRD termination, MLD", 58, MC_IPV6, "99000000", 0, MC_FAULT_NONE },
	{ "query of one byte", 2, MC_IPV4, "11", -MC_ETRUNC, MC_FAULT_SHORT },
};

static size_t unhex(uint8_t *out, const char *hex)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		char pair[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		out[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	return n;
}

static void test_odd_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		uint8_t buf[64];
		size_t len = unhex(buf, odd[i].hex);
		struct mc_frame f = frame_of(buf, len, MC_IPV4);
		enum mc_fault fault;
		struct mc_gm gm;

		f.protocol = odd[i].protocol;
		f.src.family = f.dst.family = (uint8_t)odd[i].family;
		if (mc_gm_parse(&gm, &f, NULL) != odd[i].rc)
			fail_msg("%s: another result", odd[i].name);
		assert_int_equal(mc_gm_parse(&gm, &f, &fault), odd[i].rc);
		assert_int_equal(fault, odd[i].fault);
		if (!odd[i].rc) {
			assert_int_equal(gm.kind, MC_GM_OTHER);
			assert_int_equal(gm.raw_type, buf[0]);
		}
	}
}

/* A first fragment shows its type, a later one only its protocol. */
static void test_fragments(void **state)
{
	static const uint8_t query[8] = { 0x11, 0x64, 0xee, 0x9b }, echo[8] = { 128 };
	static const uint8_t done[24] = { 132 };
	struct mc_frame f = frame_of(query, 8, MC_IPV4);
	enum mc_fault fault;
	struct mc_gm gm;

	(void)state;
	f.fragment = true;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_FRAGMENT);
	assert_int_equal(gm.kind, MC_GM_QUERY);
	f.fragment_offset = 8;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_FRAGMENT);
	assert_int_equal(gm.kind, MC_GM_OTHER);
	f.fragment_offset = 0;
	f.l4.len = 0;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_FRAGMENT);

	f = frame_of(echo, 8, MC_IPV6);
	f.fragment = true;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_PROTOCOL);
	f.fragment_offset = 8;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_FRAGMENT);
	f.dst = addr("fe80::2");
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_PROTOCOL);
	f = frame_of(done, 24, MC_IPV6);
	f.fragment = true;
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), -MC_EUNSUPPORTED);
	assert_int_equal(fault, MC_FAULT_FRAGMENT);
}

/* ---- extensions and names ---- */

static void test_extensions(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool ok;
	} rows[] = {
		{ "", 0, false },
		{ "\0\0\0\0", 4, true },
		{ "\0\0\0\0", 3, false },
		{ "\0\0\0\2ab", 6, true },
		{ "\0\0\0\2ab", 5, false },
		{ "\0\0\0\2abc", 7, false },
		{ "\0\1\0\1a\0\0\0\0", 9, true },
		{ "\0\0\377\377", 4, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_span s = { (const uint8_t *)rows[i].bytes, rows[i].len };

		assert_int_equal(mc_gm_extensions_ok(&s), rows[i].ok);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(mc_gm_kind_name(MC_GM_QUERY), "query");
	assert_string_equal(mc_gm_kind_name(MC_GM_REPORT), "report");
	assert_string_equal(mc_gm_kind_name(MC_GM_LEAVE), "leave");
	assert_string_equal(mc_gm_kind_name(MC_GM_OTHER), "other");
	assert_string_equal(mc_record_name(1), "MODE_IS_INCLUDE");
	assert_string_equal(mc_record_name(4), "CHANGE_TO_EXCLUDE_MODE");
	assert_string_equal(mc_record_name(6), "BLOCK_OLD_SOURCES");
	assert_string_equal(mc_record_short(2), "is_ex");
	assert_string_equal(mc_record_short(3), "to_in");
	assert_string_equal(mc_record_short(5), "allow");
	assert_string_equal(mc_record_name(0), "unknown");
	assert_string_equal(mc_record_short(7), "unknown");
	assert_string_equal(mc_record_name(255), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_largest),
		cmocka_unit_test(test_every_cut),  cmocka_unit_test(test_odd_packets),
		cmocka_unit_test(test_fragments),  cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
