/* test_groups.c - operands to group specs */
#include "run.h"

#include "common/groups.h"
#include "common/out.h"

static char asm_group[] = "239.1.1.1", ipv6_group[] = "ff3e::1";
static char prefix[] = "239.2.0.0/16:6000", ssm[] = "10.0.0.1@232.1.1.1";

static void test_ports_and_totals(void **state)
{
	char *text[] = { asm_group, prefix, ssm };
	struct groups g;

	(void)state;
	assert_int_equal(groups_parse(&g, text, 3, 5000), 0);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.v[0].port, 5000);
	assert_int_equal(g.v[1].port, 6000);
	assert_int_equal(g.v[2].n_sources, 1);
	assert_int_equal(groups_total(&g), 65538);
	assert_int_equal(groups_family(&g), MC_IPV4);
	groups_free(&g);
	assert_null(g.v);
	assert_int_equal(groups_total(&g), 0);
	assert_int_equal(groups_family(&g), MC_ANY);
}

static void test_families(void **state)
{
	char *text[] = { ipv6_group, asm_group };
	struct groups g;

	(void)state;
	assert_int_equal(groups_parse(&g, text, 2, 0), 0);
	assert_int_equal(g.v[0].port, 0);
	assert_int_equal(groups_family(&g), MC_ANY);
	g.v[0].count = UINT64_MAX;
	assert_true(groups_total(&g) == UINT64_MAX);
	groups_free(&g);
	assert_int_equal(groups_parse(&g, text, 1, 0), 0);
	assert_int_equal(groups_family(&g), MC_IPV6);
	groups_free(&g);
}

static int parse_wrong(void *arg)
{
	char *text[] = { asm_group, arg };
	struct groups g;
	int status;

	out_init("fake");
	status = groups_parse(&g, text, 2, 5000);
	return g.v || g.n ? 99 : status;
}

static void test_caret(void **state)
{
	char wrong[] = "239.1.1.1:5000x";
	struct mc_spec_error why;
	struct mc_spec spec;
	char expected[512];
	struct run r;

	(void)state;
	assert_int_equal(mc_spec_parse(&spec, wrong, &why), -MC_EBADSPEC);
	run(&r, parse_wrong, wrong);
	assert_int_equal(r.status, EXIT_USAGE);
	snprintf(expected, sizeof expected, "fake: group '%s': %s\n  %s\n  %*s^\n", wrong, why.text,
		 wrong, (int)why.offset, "");
	assert_string_equal(r.err, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_and_totals),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_caret),
	};

	return cmocka_run_group_tests_name("common/groups", tests, NULL, NULL);
}
