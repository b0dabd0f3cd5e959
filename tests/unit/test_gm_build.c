/* test_gm_build.c - IGMP and MLD messages: bytes, refusals, coded times */
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

static int build(uint8_t *buf, size_t size, const struct mc_gm_spec *s)
{
	struct mc_addr src = addr("fe80::1"), dst = addr("ff02::16");

	return mc_gm_build(buf, size, s, &src, &dst);
}

/* ---- messages byte by byte ---- */

static void check_bytes(const struct mc_gm_spec *s, const char *hex)
{
	char text[256] = "";
	uint8_t buf[100];
	int len = build(buf, sizeof(buf), s);

	assert_true(len > 0);
	for (int i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", buf[i]);
	assert_string_equal(text, hex);
}

/* Those of vectors.tsv that senders send; the MLD sums are for fe80::1 to
 * ff02::16. */
static void test_bytes(void **state)
{
	struct mc_addr source = addr("198.51.100.1");
	struct mc_gm_record_spec r = { .type = MC_REC_TO_EX, .group = addr("233.252.0.5") };
	struct mc_gm_spec s = { .kind = MC_GM_QUERY, .family = MC_IPV4, .version = 1 };

	(void)state;
	check_bytes(&s, "1100eeff00000000");
	s.version = 2;
	s.max_resp = ns(10 * SECOND);
	check_bytes(&s, "1164ee9b00000000");
	s.version = 3;
	s.qrv = 2;
	s.qqi = ns(125 * SECOND);
	check_bytes(&s, "1164ec1e00000000027d0000");
	s.group = mc_addr_unspecified(MC_IPV4);
	check_bytes(&s, "1164ec1e00000000027d0000");
	s.s = true;
	s.group = addr("233.252.0.5");
	s.max_resp = ns(SECOND);
	check_bytes(&s, "110afa76e9fc00050a7d0000");
	s.sources = &source;
	s.n_sources = 1;
	s.extension = (struct mc_span){ (const uint8_t *)"\0\0\0\0", 4 };
	check_bytes(&s, "110a5040e9fc00058a7d0001c633640100000000");
	s = (struct mc_gm_spec){ .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 2 };
	s.group = addr("233.252.0.5");
	check_bytes(&s, "1600fffde9fc0005");
	s.kind = MC_GM_LEAVE;
	check_bytes(&s, "1700fefde9fc0005");
	s = (struct mc_gm_spec){ .kind = MC_GM_REPORT, .family = MC_IPV4, .version = 3 };
	s.records = &r;
	s.n_records = 1;
	check_bytes(&s, "2200effc0000000104000000e9fc0005");
	s = (struct mc_gm_spec){ .kind = MC_GM_LEAVE, .family = MC_IPV6, .version = 1 };
	s.group = addr("ff15::db8:0:5");
	check_bytes(&s, "8400713f00000000ff1500000000000000000db800000005");
}

/* ---- specs that are no message ---- */

static struct mc_gm_spec query3(void)
{
	return (struct mc_gm_spec){ .kind = MC_GM_QUERY,
				    .family = MC_IPV4,
				    .version = 3,
				    .max_resp = { SECOND },
				    .group = addr("233.252.0.5") };
}

static struct mc_gm_spec report2(void)
{
	return (struct mc_gm_spec){
		.kind = MC_GM_REPORT, .family = MC_IPV4, .version = 2, .group = addr("233.252.0.5")
	};
}

static void check_refused(const struct mc_gm_spec *s)
{
	uint8_t buf[200];

	assert_int_equal(build(buf, sizeof(buf), s), -EINVAL);
}

static void test_no_such_message(void **state)
{
	static const struct {
		enum mc_gm_kind kind;
		enum mc_family family;
		uint8_t version;
	} none[] = {
		{ MC_GM_OTHER, MC_IPV4, 2 },	    { MC_GM_QUERY, MC_ANY, 2 },
		{ MC_GM_QUERY, MC_IPV4, 0 },	    { MC_GM_QUERY, MC_IPV4, 4 },
		{ MC_GM_QUERY, MC_IPV6, 3 },	    { MC_GM_LEAVE, MC_IPV4, 1 },
		{ MC_GM_LEAVE, MC_IPV4, 3 },	    { MC_GM_LEAVE, MC_IPV6, 2 },
		{ (enum mc_gm_kind)9, MC_IPV4, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++) {
		struct mc_gm_spec s = { .kind = none[i].kind,
					.family = none[i].family,
					.version = none[i].version,
					.group = addr(none[i].family == MC_IPV6 ? "ff15::1"
										: "233.252.0.5"),
					.max_resp = { none[i].kind == MC_GM_QUERY ? SECOND : 0 } };
		struct mc_addr to;

		check_refused(&s);
		assert_int_equal(mc_gm_destination(&to, &s), -EINVAL);
		assert_int_equal(to.family, MC_ANY);
	}
}

static void test_bad_queries(void **state)
{
	struct mc_addr six = addr("2001:db8::1"), four = addr("192.0.2.9");
	struct mc_gm_spec s;

	(void)state;
#define REFUSED(change)                                                                            \
	do {                                                                                       \
		s = query3();                                                                      \
		change;                                                                            \
		check_refused(&s);                                                                 \
	} while (0)
	REFUSED(s.group = addr("192.0.2.1"));
	REFUSED(s.group = addr("ff15::1"));
	REFUSED(s.qrv = 8);
	REFUSED(s.qqi.ns = -1);
	REFUSED(s.max_resp.ns = -1);
	REFUSED(s.n_records = 1);
	REFUSED(s.n_sources = 1);
	REFUSED(s.n_sources = 1; s.sources = &six);
	REFUSED(s.n_sources = 1; s.sources = &four; s.group = mc_addr_unspecified(MC_IPV4));
	REFUSED(s.extension = ((struct mc_span){ (const uint8_t *)"\0\0\0\1", 4 }));
	REFUSED(s.version = 2; s.qrv = 2);
	REFUSED(s.version = 2; s.s = true);
	REFUSED(s.version = 2; s.qqi.ns = SECOND);
	REFUSED(s.version = 2; s.n_sources = 1; s.sources = &four);
	REFUSED(s.version = 2; s.max_resp.ns = SECOND / 10 - 1);
	REFUSED(s.version = 2; s.extension = ((struct mc_span){ (const uint8_t *)"\0\0\0\0", 4 }));
	REFUSED(s.version = 1; s.max_resp.ns = 0);
	REFUSED(s.version = 1; s.group = addr("0.0.0.0"));
#undef REFUSED
}

static void test_bad_reports(void **state)
{
	static const uint8_t aux[1024];
	struct mc_gm_record_spec r = { .type = MC_REC_IS_EX, .group = addr("233.252.0.5") };
	struct mc_gm_spec s = report2();
	uint8_t buf[64];

	(void)state;
	assert_int_equal(build(buf, sizeof(buf), &s), 8);
	s.max_resp.ns = 1;
	check_refused(&s);
	s = report2();
	s.group = addr("0.0.0.0");
	check_refused(&s);
	s = report2();
	s.n_records = 1;
	s.records = &r;
	check_refused(&s);
	s.version = 3;
	check_refused(&s); /* the group belongs to the record */
	s.group = mc_addr_unspecified(MC_ANY);
	assert_int_equal(build(buf, sizeof(buf), &s), 16);
	s.records = NULL;
	check_refused(&s);
	s.records = &r;
	r.aux = (struct mc_span){ aux, 3 };
	check_refused(&s);
	r.aux.len = 1024;
	check_refused(&s);
	r.aux.len = 0;
	r.n_sources = 1;
	check_refused(&s);
	r.n_sources = 0;
	r.group = addr("192.0.2.1");
	check_refused(&s);
}

static void test_bad_ends(void **state)
{
	struct mc_gm_spec s = { .kind = MC_GM_QUERY, .family = MC_IPV6, .version = 2 };
	struct mc_addr six = addr("fe80::1"), four = addr("192.0.2.1");
	uint8_t buf[64];

	(void)state;
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, &six, &six), 28);
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, NULL, &six), -EINVAL);
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, &six, NULL), -EINVAL);
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, &four, &six), -EINVAL);
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, &six, &four), -EINVAL);
	s.family = MC_IPV4;
	s.version = 3;
	assert_int_equal(mc_gm_build(buf, sizeof(buf), &s, NULL, NULL), 12);
}

/* ---- destinations ---- */

static void test_destinations(void **state)
{
	static const struct {
		enum mc_gm_kind kind;
		enum mc_family family;
		uint8_t version;
		const char *group, *to; /* NULL: refused */
	} rows[] = {
		{ MC_GM_QUERY, MC_IPV4, 1, NULL, "224.0.0.1" },
		{ MC_GM_QUERY, MC_IPV4, 3, "0.0.0.0", "224.0.0.1" },
		{ MC_GM_QUERY, MC_IPV4, 2, "233.252.0.5", "233.252.0.5" },
		{ MC_GM_QUERY, MC_IPV4, 2, "192.0.2.1", NULL },
		{ MC_GM_QUERY, MC_IPV4, 2, "ff15::1", NULL },
		{ MC_GM_REPORT, MC_IPV4, 1, "233.252.0.5", "233.252.0.5" },
		{ MC_GM_REPORT, MC_IPV4, 2, NULL, NULL },
		{ MC_GM_REPORT, MC_IPV4, 3, NULL, "224.0.0.22" },
		{ MC_GM_LEAVE, MC_IPV4, 2, "233.252.0.5", "224.0.0.2" },
		{ MC_GM_QUERY, MC_IPV6, 2, NULL, "ff02::1" },
		{ MC_GM_QUERY, MC_IPV6, 1, "ff15::1", "ff15::1" },
		{ MC_GM_REPORT, MC_IPV6, 1, "ff15::1", "ff15::1" },
		{ MC_GM_REPORT, MC_IPV6, 2, NULL, "ff02::16" },
		{ MC_GM_LEAVE, MC_IPV6, 1, "ff15::1", "ff02::2" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mc_gm_spec s = { .kind = rows[i].kind,
					.family = rows[i].family,
					.version = rows[i].version };
		struct mc_addr to, expected = { 0 };

		if (rows[i].group)
			s.group = addr(rows[i].group);
		if (rows[i].to)
			expected = addr(rows[i].to);
		assert_int_equal(mc_gm_destination(&to, &s), rows[i].to ? 0 : -EINVAL);
		assert_memory_equal(&to, &expected, sizeof(to));
	}
}

/* ---- coded times ---- */

/* RFC 9776 4.1.1: (mant | 0x10) << (exp + 3) */
static void test_code8(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 128; c++)
		assert_int_equal(mc_code8_decode((uint8_t)c), c);
	for (unsigned c = 128; c < 256; c++)
		assert_int_equal(mc_code8_decode((uint8_t)c), (16 + c % 16) * (8u << (c / 16 - 8)));
	for (uint32_t v = 0; v < 40000; v++) {
		uint8_t code = mc_code8_encode(v);

		assert_true(mc_code8_decode(code) <= v);
		assert_true(code == 255 || mc_code8_decode((uint8_t)(code + 1)) > v);
	}
	assert_int_equal(mc_code8_encode(UINT32_MAX), 255);
}

/* RFC 9777 5.1.3: (mant | 0x1000) << (exp + 3) */
static void test_code16(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 65536; c++) {
		uint32_t value = c < 32768 ? c : (4096 + c % 4096) * (8u << (c / 4096 - 8));

		assert_int_equal(mc_code16_decode((uint16_t)c), value);
		assert_int_equal(mc_code16_encode(value), c);
		if (value)
			assert_int_equal(mc_code16_encode(value - 1), c - 1);
	}
	assert_int_equal(mc_code16_encode(8387585), 65535);
	assert_int_equal(mc_code16_encode(UINT32_MAX), 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),	    cmocka_unit_test(test_no_such_message),
		cmocka_unit_test(test_bad_queries), cmocka_unit_test(test_bad_reports),
		cmocka_unit_test(test_bad_ends),    cmocka_unit_test(test_destinations),
		cmocka_unit_test(test_code8),	    cmocka_unit_test(test_code16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
