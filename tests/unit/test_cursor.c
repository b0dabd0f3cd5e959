/* test_cursor.c - the bounded reader and writer of packet bytes */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "wire/cursor.h"
#include "wire/emit.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static void test_reads(void **state)
{
	struct cur c = cur_of(bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(cur_u8(&c), 1);
	assert_int_equal(cur_be16(&c), 0x0203);
	assert_int_equal(cur_be32(&c), 0x04050607);
	assert_int_equal(cur_be64(&c), 0x08090a0b0c0d0e0f);
	assert_int_equal(c.left, 1);
	assert_false(c.bad);
	assert_int_equal(cur_be16(&c), 0);
	assert_true(c.bad);
	/* Sticky: the byte that is left is out of reach now. */
	assert_int_equal(cur_u8(&c), 0);
	assert_int_equal(c.left, 0);
}

static void test_addresses(void **state)
{
	struct cur c = cur_of(bytes, sizeof(bytes));
	struct mc_addr a;
	struct mc_mac m;

	(void)state;
	cur_addr(&c, MC_IPV4, &a);
	m = cur_mac(&c);
	assert_int_equal(a.family, MC_IPV4);
	assert_memory_equal(a.bytes, "\1\2\3\4\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_memory_equal(m.bytes, bytes + 4, 6);
	cur_addr(&c, MC_IPV6, &a);
	assert_int_equal(a.family, MC_ANY);
	assert_memory_equal(a.bytes, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_true(c.bad);
	m = cur_mac(&c);
	assert_memory_equal(m.bytes, "\0\0\0\0\0", 6);
	c = cur_of(bytes, sizeof(bytes));
	cur_addr(&c, MC_IPV6, &a);
	assert_int_equal(a.family, MC_IPV6);
	assert_memory_equal(a.bytes, bytes, 16);
}

/* Nothing, at the end of the buffer, must not look like a readable pointer. */
static void test_nothing_is_null(void **state)
{
	struct cur c = cur_of(bytes, 4);
	struct mc_span s;

	(void)state;
	cur_skip(&c, 4);
	s = cur_take(&c, 0);
	assert_null(s.p);
	assert_int_equal(s.len, 0);
	assert_false(c.bad);
	s = cur_take(&c, SIZE_MAX);
	assert_null(s.p);
	assert_true(c.bad);
	assert_null(cur_rest(&c).p);
}

static void test_child_stays_inside(void **state)
{
	struct cur c = cur_of(bytes, sizeof(bytes)), child = cur_sub(&c, 3);

	(void)state;
	assert_int_equal(c.left, 13);
	assert_int_equal(cur_be32(&child), 0);
	assert_true(child.bad);
	assert_false(c.bad);
	assert_int_equal(cur_u8(&c), 4);
	child = cur_sub(&c, 100);
	assert_true(child.bad);
	assert_true(c.bad);
	assert_int_equal(cur_u8(&child), 0);
	assert_int_equal(cur_be64(&child), 0);
}

static void test_emit(void **state)
{
	uint8_t buf[24];
	struct emit e = emit_to(buf, sizeof(buf));
	struct mc_addr v4 = { .family = MC_IPV4, .bytes = { 192, 0, 2, 1 } };
	struct mc_addr a;
	struct cur c;

	(void)state;
	emit_u8(&e, 0xaa);
	emit_be16(&e, 0x0102);
	emit_be32(&e, 0x03040506);
	emit_be64(&e, 0x0708090a0b0c0d0e);
	emit_addr(&e, &v4);
	emit_bytes(&e, NULL, 0);
	emit_patch16(&e, 1, 0xbbcc);
	assert_false(e.full);
	assert_int_equal(e.len, 19);
	c = cur_of(buf, e.len);
	assert_int_equal(cur_u8(&c), 0xaa);
	assert_int_equal(cur_be16(&c), 0xbbcc);
	assert_int_equal(cur_be32(&c), 0x03040506);
	assert_int_equal(cur_be64(&c), 0x0708090a0b0c0d0e);
	cur_addr(&c, MC_IPV4, &a);
	assert_memory_equal(a.bytes, v4.bytes, 16);
	assert_int_equal(c.left, 0);
}

static void test_emit_overflow_sticks(void **state)
{
	uint8_t buf[5];
	struct emit e = emit_to(buf, 4);

	(void)state;
	memset(buf, 0x55, sizeof(buf));
	emit_be16(&e, 0x0102);
	emit_be32(&e, 0xffffffff);
	assert_true(e.full);
	emit_u8(&e, 3); /* would fit, but something before it is missing */
	assert_int_equal(e.len, 2);
	assert_memory_equal(buf, "\1\2\x55\x55\x55", 5);
	e = emit_to(buf, 4);
	emit_be16(&e, 0);
	emit_patch16(&e, 1, 0xffff);
	assert_true(e.full);
	assert_int_equal(buf[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_nothing_is_null),
		cmocka_unit_test(test_child_stays_inside),
		cmocka_unit_test(test_emit),
		cmocka_unit_test(test_emit_overflow_sticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
