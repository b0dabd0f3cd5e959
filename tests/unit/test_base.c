/* test_base.c - every error code has a sentence of its own */
#include <errno.h>
#include <mc/base.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void own_codes(void **state)
{
	(void)state;
	for (int a = MC_ETRUNC; a <= MC_EUNSUPPORTED; a++) {
		assert_string_not_equal(mc_strerror(-a), "unknown error");
		assert_string_equal(mc_strerror(-a), mc_strerror(a));
		for (int b = MC_ETRUNC; b < a; b++)
			assert_string_not_equal(mc_strerror(-a), mc_strerror(-b));
	}
	assert_string_equal(mc_strerror(-MC_ENOTGROUP), "not a multicast group");
}

static void foreign_codes(void **state)
{
	(void)state;
	assert_string_equal(mc_strerror(-ENODEV), strerror(ENODEV));
	assert_string_equal(mc_strerror(-(MC_EUNSUPPORTED + 1)), "unknown error");
	assert_string_equal(mc_strerror(INT32_MAX), "unknown error");
}

static void version(void **state)
{
	(void)state;
	assert_string_equal(mc_version(), MC_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_codes),
		cmocka_unit_test(foreign_codes),
		cmocka_unit_test(version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
