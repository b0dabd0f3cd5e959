/* test_rtp.c - the RTP header */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/rtp.h>

#define HEAD "\x80\xa1\x12\x34\xde\xad\xbe\xef\xca\xfe\xba\xbe"

static void test_plain(void **state)
{
	struct mc_rtp r;

	(void)state;
	assert_int_equal(mc_rtp_parse(&r, HEAD "data", 16), 0);
	assert_int_equal(r.payload_type, 33);
	assert_true(r.marker);
	assert_int_equal(r.seq, 0x1234);
	assert_int_equal(r.timestamp, 0xdeadbeef);
	assert_int_equal(r.ssrc, 0xcafebabe);
	assert_int_equal(r.payload.len, 4);
	assert_memory_equal(r.payload.p, "data", 4);
	assert_int_equal(mc_rtp_parse(&r, HEAD, 12), 0);
	assert_int_equal(r.payload.len, 0);
}

/* Two CSRCs, an extension of one word, three bytes of padding. */
static const uint8_t full[] = {
	0xb2, 0x60, 0,	  1,	0, 0, 0, 2, 0, 0, 0,   3,   1,	 1,   1,   1, 2, 2,
	2,    2,    0xbe, 0xde, 0, 1, 9, 9, 9, 9, 'a', 'b', 'c', 'd', 'e', 0, 0, 3,
};

static void test_all_parts(void **state)
{
	struct mc_rtp r;

	(void)state;
	assert_int_equal(mc_rtp_parse(&r, full, sizeof(full)), 0);
	assert_false(r.marker);
	assert_int_equal(r.payload_type, 96);
	assert_int_equal(r.payload.len, 5);
	assert_memory_equal(r.payload.p, "abcde", 5);
}

static void test_every_truncation(void **state)
{
	struct mc_rtp r, zero;

	(void)state;
	memset(&zero, 0, sizeof(zero));
	for (size_t len = 0; len < 28; len++) {
		/* A copy of its own size, so that a sanitizer sees any overread. */
		uint8_t *copy = malloc(len ? len : 1);

		assert_non_null(copy);
		memcpy(copy, full, len);
		assert_int_equal(mc_rtp_parse(&r, copy, len), -MC_ETRUNC);
		assert_memory_equal(&r, &zero, sizeof(r));
		free(copy);
	}
}

static void test_padding_lies(void **state)
{
	uint8_t buf[sizeof(full)];
	struct mc_rtp r;

	(void)state;
	memcpy(buf, full, sizeof(buf));
	buf[sizeof(buf) - 1] = 8;
	assert_int_equal(mc_rtp_parse(&r, buf, sizeof(buf)), 0);
	assert_int_equal(r.payload.len, 0);
	buf[sizeof(buf) - 1] = 9;
	assert_int_equal(mc_rtp_parse(&r, buf, sizeof(buf)), -MC_EBADLEN);
	assert_null(r.payload.p);
	buf[sizeof(buf) - 1] = 0;
	assert_int_equal(mc_rtp_parse(&r, buf, sizeof(buf)), -MC_EBADLEN);
	assert_int_equal(mc_rtp_parse(&r, buf, 28), -MC_EBADLEN);
}

static void test_version(void **state)
{
	uint8_t buf[12] = HEAD;
	struct mc_rtp r;

	(void)state;
	for (unsigned version = 0; version < 4; version++) {
		buf[0] = (uint8_t)(version << 6);
		assert_int_equal(mc_rtp_parse(&r, buf, 12), version == 2 ? 0 : -MC_EUNSUPPORTED);
	}
}

static void test_clock(void **state)
{
	(void)state;
	assert_int_equal(mc_rtp_clock(0), 8000);
	assert_int_equal(mc_rtp_clock(9), 8000);
	assert_int_equal(mc_rtp_clock(10), 44100);
	assert_int_equal(mc_rtp_clock(17), 22050);
	assert_int_equal(mc_rtp_clock(33), 90000);
	assert_int_equal(mc_rtp_clock(34), 90000);
	assert_int_equal(mc_rtp_clock(1), 0);
	assert_int_equal(mc_rtp_clock(35), 0);
	assert_int_equal(mc_rtp_clock(96), 0);
	assert_int_equal(mc_rtp_clock(255), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_all_parts),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_padding_lies),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
