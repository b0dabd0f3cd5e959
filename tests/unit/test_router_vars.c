/* test_router_vars.c - the variables of RFC 9776 8, RFC 9777 9, RFC 2236 8, RFC 2710 7 */
#include "route.h"

static struct mc_router_vars derived(enum mc_family family, uint8_t version)
{
	struct mc_router_vars v;

	mc_router_vars_init(&v);
	assert_null(mc_router_vars_check(&v, family, version));
	mc_router_vars_derive(&v, &v, family, version);
	assert_null(mc_router_vars_check(&v, family, version));
	return v;
}

static void test_defaults(void **state)
{
	const struct {
		enum mc_family family;
		uint8_t version;
		int64_t gmi;
	} rows[] = {
		{ MC_IPV4, 1, 260 }, { MC_IPV4, 2, 260 }, { MC_IPV4, 3, 270 },
		{ MC_IPV6, 1, 260 }, { MC_IPV6, 2, 270 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mc_router_vars v = derived(rows[i].family, rows[i].version);

		assert_int_equal(v.robustness, 2);
		assert_int_equal(v.query_interval.ns, 125 * SEC);
		assert_int_equal(v.query_response_interval.ns, 10 * SEC);
		assert_int_equal(v.group_membership_interval.ns, rows[i].gmi * SEC);
		assert_int_equal(v.other_querier_present_interval.ns, 255 * SEC);
		assert_int_equal(v.startup_query_interval.ns, 31250 * MSEC);
		assert_int_equal(v.startup_query_count, 2);
		assert_int_equal(v.last_member_query_interval.ns, SEC);
		assert_int_equal(v.last_member_query_count, 2);
		assert_int_equal(v.last_member_query_time.ns, 2 * SEC);
		assert_int_equal(v.older_host_present_interval.ns, 260 * SEC);
	}
}

static void test_formulas(void **state)
{
	struct mc_router_vars v, out;

	(void)state;
	mc_router_vars_init(&v);
	v.robustness = 3;
	v.query_interval.ns = 20 * SEC;
	v.query_response_interval.ns = 4 * SEC;
	v.last_member_query_interval.ns = SEC / 2;
	mc_router_vars_derive(&out, &v, MC_IPV4, 3);
	assert_int_equal(out.group_membership_interval.ns, 68 * SEC);
	assert_int_equal(out.other_querier_present_interval.ns, 62 * SEC);
	assert_int_equal(out.startup_query_interval.ns, 5 * SEC);
	assert_int_equal(out.startup_query_count, 3);
	assert_int_equal(out.last_member_query_count, 3);
	assert_int_equal(out.last_member_query_time.ns, 1500 * MSEC);
	assert_int_equal(out.older_host_present_interval.ns, 64 * SEC);
	mc_router_vars_derive(&out, &v, MC_IPV4, 1); /* its hosts take 10 s */
	assert_int_equal(out.query_response_interval.ns, 10 * SEC);
	assert_int_equal(out.group_membership_interval.ns, 70 * SEC);
	v.last_member_query_count = 5;
	v.group_membership_interval.ns = 100 * SEC;
	mc_router_vars_derive(&out, &v, MC_IPV6, 2);
	assert_int_equal(out.group_membership_interval.ns, 100 * SEC);
	assert_int_equal(out.last_member_query_time.ns, 2500 * MSEC);
}

static void refuse(const struct mc_router_vars *v, enum mc_family family, uint8_t version,
		   const char *part)
{
	const char *why = mc_router_vars_check(v, family, version);
	struct mc_router_iface_opts o;

	if (!why || !strstr(why, part))
		fail_msg("expected '%s', not '%s'", part, why ? why : "(fine)");
	open_empty(family, version, 0);
	o = iface_opts();
	o.vars = *v;
	assert_int_equal(mc_router_iface_add(world.r, (mc_nsec){ world.now }, &o), -EINVAL);
	assert_int_equal(stats().ifaces, 0);
	close_world();
}

/* One variable of the defaults set to a value, and what is said to it. */
#define REFUSE(family, version, field, value, part)                                                \
	do {                                                                                       \
		struct mc_router_vars v_;                                                          \
		mc_router_vars_init(&v_);                                                          \
		v_.field = value;                                                                  \
		refuse(&v_, family, version, part);                                                \
	} while (0)

static void test_refused(void **state)
{
	(void)state;
	REFUSE(MC_IPV4, 3, robustness, 0, "robustness variable must not be 0");
	REFUSE(MC_IPV4, 3, robustness, 256, "must not exceed 255");
	REFUSE(MC_IPV4, 3, query_interval.ns, 0, "query interval must not be 0");
	REFUSE(MC_IPV4, 3, query_interval.ns, -SEC, "must be positive");
	REFUSE(MC_IPV4, 3, query_interval.ns, SEC / 2, "at least 1 s");
	REFUSE(MC_IPV6, 2, query_interval.ns, SEC / 2, "at least 1 s");
	REFUSE(MC_IPV4, 2, query_interval.ns, 31745 * SEC, "31744");
	REFUSE(MC_IPV4, 3, query_response_interval.ns, 125 * SEC,
	       "query response interval must be shorter than the query interval");
	REFUSE(MC_IPV6, 1, query_interval.ns, 10 * SEC,
	       "query response interval must be shorter than the query interval");
	REFUSE(MC_IPV4, 2, query_response_interval.ns, 26 * SEC, "longer than queries");
	REFUSE(MC_IPV6, 1, query_response_interval.ns, 66 * SEC, "longer than queries");
	REFUSE(MC_IPV4, 2, query_response_interval.ns, 50 * MSEC, "at least 0.1 s");
	REFUSE(MC_IPV6, 2, query_response_interval.ns, MSEC / 2, "at least 1 ms");
	REFUSE(MC_IPV4, 2, last_member_query_interval.ns, 50 * MSEC, "at least 0.1 s");
	REFUSE(MC_IPV4, 2, last_member_query_interval.ns, 26 * SEC, "longer than queries");
	REFUSE(MC_IPV4, 3, last_member_query_time.ns, SEC / 2, "nobody could answer");
	REFUSE(MC_IPV4, 3, last_member_query_count, 256, "must not exceed 255");
	REFUSE(MC_IPV4, 3, startup_query_count, 256, "must not exceed 255");
	REFUSE(MC_IPV4, 3, group_membership_interval.ns, 134 * SEC, "expire between queries");
	REFUSE(MC_IPV4, 3, other_querier_present_interval.ns, 125 * SEC, "lost between");
	REFUSE(MC_IPV4, 3, startup_query_interval.ns, 126 * SEC, "startup query interval");
	REFUSE(MC_IPV4, 3, older_host_present_interval.ns, 134 * SEC, "older host present");
	REFUSE(MC_IPV4, 3, older_host_present_interval.ns, INT64_MAX, "three years");
}

/* What other versions could not say, and what is only unusual. */
static void test_taken(void **state)
{
	struct mc_router_vars v;

	(void)state;
	mc_router_vars_init(&v);
	v.robustness = 1;
	assert_null(mc_router_vars_check(&v, MC_IPV4, 3));
	assert_null(mc_router_vars_check(&v, MC_IPV4, 2));
	v.robustness = 255;
	v.query_interval.ns = 31744 * SEC;
	v.query_response_interval.ns = 3000 * SEC;
	assert_null(mc_router_vars_check(&v, MC_IPV4, 3));
	mc_router_vars_init(&v);
	v.query_interval.ns = 5 * SEC; /* IGMPv1 has no response interval of its own */
	assert_null(mc_router_vars_check(&v, MC_IPV4, 1));
	assert_non_null(mc_router_vars_check(&v, MC_IPV4, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_formulas),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
