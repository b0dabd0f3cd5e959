/* test_probe.c - the probe payload, and the example in its manual page */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/probe.h>

/* The example of mc-probe(5). */
static const struct mc_probe example = {
	.ttl = 1,
	.dscp = 46,
	.has_crc = true,
	.stream = 3,
	.session = 0x0123456789abcdef,
	.seq = 258,
	.sent = { 1795348800123456789 },
};
static const uint8_t example_bytes[] = {
	0x6d, 0x63, 0x70, 0x62, 0x01, 0x01, 0x01, 0x2e, 0x01, 0x23, 0x45, 0x67,
	0x89, 0xab, 0xcd, 0xef, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02,
	0x18, 0xea, 0x5c, 0x38, 0xb7, 0x48, 0x4d, 0x15, 0x00, 0x00, 0x00, 0x03,
	0x82, 0x50, 0xea, 0x47, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
};

static void check_equal(const struct mc_probe *a, const struct mc_probe *b)
{
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->dscp, b->dscp);
	assert_int_equal(a->has_crc, b->has_crc);
	assert_int_equal(a->stream, b->stream);
	assert_int_equal(a->session, b->session);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->sent.ns, b->sent.ns);
}

static void check_zero(const struct mc_probe *p)
{
	struct mc_probe zero;

	memset(&zero, 0, sizeof(zero));
	assert_memory_equal(p, &zero, sizeof(zero));
}

static void test_example(void **state)
{
	uint8_t buf[sizeof(example_bytes)];
	struct mc_probe p;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		buf[MC_PROBE_LEN + i] = (uint8_t)i;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &example), MC_PROBE_LEN);
	assert_memory_equal(buf, example_bytes, sizeof(buf));
	assert_int_equal(mc_probe_parse(&p, example_bytes, sizeof(example_bytes)), 0);
	check_equal(&p, &example);
}

/* "0010  00 01 ...": returns how many bytes, 0 when the line is not of a dump. */
static unsigned read_dump_line(uint8_t *out, const char *line)
{
	unsigned offset, n = 0, byte;
	int used;

	if (sscanf(line, "%4x  %n", &offset, &used) != 1 || used != 6 || offset % 16)
		return 0;
	for (line += used; sscanf(line, "%2x%n", &byte, &used) == 1; line += used)
		out[n++] = (uint8_t)byte;
	return n;
}

/* What the manual page shows is what is sent. */
static void test_manual_page(void **state)
{
	FILE *page = fopen("man/mc-probe.5", "r");
	uint8_t buf[256];
	unsigned n = 0;
	char line[128];

	(void)state;
	if (!page)
		fail_msg("man/mc-probe.5 is not here: run the test in the top directory");
	while (fgets(line, sizeof(line), page) && n <= 128)
		n += read_dump_line(buf + n, line);
	fclose(page);
	assert_int_equal(n, sizeof(example_bytes));
	assert_memory_equal(buf, example_bytes, n);
}

static struct mc_probe random_probe(void)
{
	return (struct mc_probe){
		.ttl = (uint8_t)rand(),
		.dscp = (uint8_t)(rand() % 64),
		.has_crc = rand() % 2,
		.stream = (uint32_t)rand() << 1,
		.session = (uint64_t)rand() << 33 ^ (uint64_t)rand(),
		.seq = (uint64_t)rand() << 33 ^ (uint64_t)rand(),
		.sent = { (int64_t)rand() << 32 ^ rand() },
	};
}

static void test_round_trip(void **state)
{
	uint8_t buf[1500];

	(void)state;
	srand(7);
	for (unsigned i = 0; i < 2000; i++) {
		struct mc_probe in = random_probe(), out;
		size_t len = MC_PROBE_LEN + (unsigned)rand() % (sizeof(buf) - MC_PROBE_LEN);

		for (size_t k = 0; k < sizeof(buf); k++)
			buf[k] = (uint8_t)rand();
		assert_int_equal(mc_probe_build(buf, len, &in), MC_PROBE_LEN);
		assert_int_equal(mc_probe_parse(&out, buf, len), 0);
		check_equal(&out, &in);
	}
}

static void test_build_refusals(void **state)
{
	uint8_t buf[MC_PROBE_LEN];
	struct mc_probe p = example;

	(void)state;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), MC_PROBE_LEN);
	assert_int_equal(mc_probe_build(buf, sizeof(buf) - 1, &p), -ENOSPC);
	p.dscp = 64;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), -EINVAL);
	p.dscp = 63;
	p.sent.ns = -1;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), -EINVAL);
	p.sent.ns = 0;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), MC_PROBE_LEN);
}

static void test_stamp(void **state)
{
	uint8_t buf[MC_PROBE_LEN + 1] = { 0 }, before[MC_PROBE_LEN + 1];
	struct mc_probe p = example, out;

	(void)state;
	p.has_crc = false;
	/* At an odd address too. */
	assert_int_equal(mc_probe_build(buf + 1, MC_PROBE_LEN, &p), MC_PROBE_LEN);
	memcpy(before, buf, sizeof(buf));
	p.seq = 0xfedcba9876543210;
	p.sent.ns = INT64_MAX;
	mc_probe_stamp(buf + 1, p.seq, p.sent);
	assert_memory_equal(buf, before, 17);
	assert_memory_equal(buf + 33, before + 33, sizeof(buf) - 33);
	assert_int_equal(mc_probe_parse(&out, buf + 1, MC_PROBE_LEN), 0);
	check_equal(&out, &p);
}

static void test_every_truncation(void **state)
{
	(void)state;
	for (size_t len = 0; len < MC_PROBE_LEN; len++) {
		uint8_t *copy = malloc(len ? len : 1);
		struct mc_probe p;

		assert_non_null(copy);
		memcpy(copy, example_bytes, len);
		assert_int_equal(mc_probe_parse(&p, copy, len), -MC_ENOTPROBE);
		check_zero(&p);
		free(copy);
	}
}

static void test_every_flipped_bit(void **state)
{
	uint8_t buf[sizeof(example_bytes)];

	(void)state;
	for (unsigned bit = 0; bit < 8 * sizeof(buf); bit++) {
		bool not_probe = bit < 40 || bit == 24 * 8 + 7; /* magic, version, year */
		struct mc_probe p;
		int rc;

		memcpy(buf, example_bytes, sizeof(buf));
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rc = mc_probe_parse(&p, buf, sizeof(buf));
		if (bit == 40) { /* the flag itself: the CRC is not looked at */
			assert_int_equal(rc, 0);
			assert_false(p.has_crc);
		} else {
			assert_int_equal(rc, not_probe ? -MC_ENOTPROBE : -MC_EBADSUM);
		}
		if (not_probe)
			check_zero(&p);
		else
			assert_true(p.stream != 0 && p.session != 0);
	}
}

static void test_what_is_ignored(void **state)
{
	uint8_t buf[MC_PROBE_LEN];
	struct mc_probe p = example, out;

	(void)state;
	p.has_crc = false;
	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), MC_PROBE_LEN);
	buf[5] |= 0xfe; /* other flags */
	buf[7] |= 0xc0; /* above the DSCP */
	memset(buf + 36, 0xff, 4);
	assert_int_equal(mc_probe_parse(&out, buf, sizeof(buf)), 0);
	check_equal(&out, &p);
}

/* A peek sees what a parse would take, and nothing else. */
static void test_peek(void **state)
{
	(void)state;
	struct mc_probe p = { .session = 0x0123456789abcdef, .seq = 7 };
	uint8_t buf[64] = { 0 };
	uint64_t session = 1;

	assert_int_equal(mc_probe_build(buf, sizeof(buf), &p), MC_PROBE_LEN);
	assert_true(mc_probe_peek(&session, buf, sizeof(buf)));
	assert_true(session == 0x0123456789abcdef);
	assert_false(mc_probe_peek(&session, buf, MC_PROBE_LEN - 1));
	assert_true(session == 0);
	buf[4] = 2; /* another version */
	assert_false(mc_probe_peek(&session, buf, sizeof(buf)));
	buf[4] = 1;
	buf[0] ^= 1;
	assert_false(mc_probe_peek(&session, buf, sizeof(buf)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_manual_page),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_build_refusals),
		cmocka_unit_test(test_stamp),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_flipped_bit),
		cmocka_unit_test(test_what_is_ignored),
		cmocka_unit_test(test_peek),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
