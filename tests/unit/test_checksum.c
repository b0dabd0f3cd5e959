/* test_checksum.c - the Internet checksum and CRC-32C */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/frame.h>
#include "wire/crc32c.h"

static void test_rfc1071_example(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };

	(void)state; /* RFC 1071 3 */
	assert_int_equal(mc_checksum(bytes, sizeof(bytes), 0), 0xddf2);
	assert_int_equal(mc_checksum(bytes, 0, 0x1234), 0x1234);
	assert_int_equal(mc_checksum(NULL, 0, 0), 0);
	assert_int_equal(mc_checksum("\xab", 1, 0), 0xab00);
	assert_int_equal(mc_checksum("\xff\xff", 2, 0xffff), 0xffff);
}

/* The definition, word by word. */
static uint16_t slow_checksum(const uint8_t *p, size_t len, uint16_t seed)
{
	uint32_t sum = seed;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum >> 16) + (sum & 0xffff);
	}
	return (uint16_t)sum;
}

static void test_against_definition(void **state)
{
	uint8_t buf[600];

	(void)state;
	srand(1);
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)rand();
	for (size_t len = 0; len < 500; len++) {
		uint16_t seed = (uint16_t)rand();
		size_t at = len % 7;

		assert_int_equal(mc_checksum(buf + at, len, seed),
				 slow_checksum(buf + at, len, seed));
	}
	memset(buf, 0xff, sizeof(buf));
	assert_int_equal(mc_checksum(buf, sizeof(buf), 0), 0xffff);
}

static void test_large_buffer(void **state)
{
	uint8_t *buf = malloc(1 << 20);

	(void)state;
	assert_non_null(buf);
	memset(buf, 0xfe, 1 << 20);
	assert_int_equal(mc_checksum(buf, 1 << 20, 7), slow_checksum(buf, 1 << 20, 7));
	free(buf);
}

static struct mc_addr address(enum mc_family family, const void *bytes)
{
	struct mc_addr a = { .family = (uint8_t)family };

	memcpy(a.bytes, bytes, family == MC_IPV4 ? 4 : 16);
	return a;
}

static void test_pseudo_header(void **state)
{
	/* An MLDv2 general query from fe80::1 to ff02::1, as Linux sends it. */
	static const uint8_t query[] = {
		0x82, 0x00, 0x79, 0xbe, 0x03, 0xe8, 0, 0, 0, 0, 0,    0,    0, 0,
		0,    0,    0,	  0,	0,    0,    0, 0, 0, 0, 0x02, 0x7d, 0, 0,
	};
	struct mc_addr src = address(MC_IPV6, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
	struct mc_addr dst = address(MC_IPV6, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\1");
	struct mc_addr a = address(MC_IPV4, "\xc0\x00\x02\x01"), b = address(MC_IPV4, "\xe0\0\0\1");
	uint16_t seed = mc_checksum_pseudo(&src, &dst, 58, sizeof(query));

	(void)state;
	assert_int_equal(mc_checksum(query, sizeof(query), seed), 0xffff);
	assert_int_equal(mc_checksum_pseudo(&a, &b, 17, 12),
			 0xc000 + 0x0201 + 0xe000 + 1 + 17 + 12 - 0xffff);
	/* A length beyond 16 bits counts in both of its halves (RFC 8200 8.1). */
	assert_int_equal(mc_checksum_pseudo(&a, &b, 17, 0x10000),
			 mc_checksum_pseudo(&a, &b, 17, 1));
}

/* Bit by bit, from the polynomial alone. */
static uint32_t slow_crc(const uint8_t *p, size_t len)
{
	uint32_t crc = 0xffffffff;

	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void test_crc32c_known(void **state)
{
	uint8_t buf[32] = { 0 };

	(void)state;
	assert_int_equal(mc_crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(mc_crc32c(0, "", 0), 0);
	/* RFC 3720 B.4, least significant byte first there */
	assert_int_equal(mc_crc32c(0, buf, 32), 0x8a9136aa);
	memset(buf, 0xff, 32);
	assert_int_equal(mc_crc32c(0, buf, 32), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		buf[i] = (uint8_t)i;
	assert_int_equal(mc_crc32c(0, buf, 32), 0x46dd794e);
}

static void test_crc32c_against_definition(void **state)
{
	uint8_t buf[4096];

	(void)state;
	srand(2);
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)rand();
	/* Long enough to use every entry of the table. */
	assert_int_equal(mc_crc32c(0, buf, sizeof(buf)), slow_crc(buf, sizeof(buf)));
	for (size_t len = 0; len < 100; len++) {
		uint32_t whole = slow_crc(buf + len % 5, len);

		assert_int_equal(mc_crc32c(0, buf + len % 5, len), whole);
		for (size_t cut = 0; cut <= len; cut += 3) {
			uint32_t head = mc_crc32c(0, buf + len % 5, cut);

			assert_int_equal(mc_crc32c(head, buf + len % 5 + cut, len - cut), whole);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc1071_example),
		cmocka_unit_test(test_against_definition),
		cmocka_unit_test(test_large_buffer),
		cmocka_unit_test(test_pseudo_header),
		cmocka_unit_test(test_crc32c_known),
		cmocka_unit_test(test_crc32c_against_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
