/* test_router_show.c - how a router shows itself: names of its enums, order of its lists */
#include "route.h"

typedef const char *name_fn(int);

static const char *what_name(int n)
{
	return mc_router_what_name((enum mc_router_what)n);
}

static const char *query_name(int n)
{
	return mc_router_query_name((enum mc_router_query_kind)n);
}

static const char *mode_name(int n)
{
	return mc_router_mode_name((enum mc_router_mode)n);
}

static const char *state_name(int n)
{
	return mc_router_state_name((enum mc_router_state)n);
}

static const char *drop_name(int n)
{
	return mc_router_drop_name((enum mc_router_drop)n);
}

/* Each value has a name of its own, and what is beyond them none. */
static void test_names(void **state)
{
	const struct {
		name_fn *name;
		int first, last;
	} enums[] = {
		{ what_name, MC_ROUTER_QUERIER_ELECTED, MC_ROUTER_QUERY_SENT },
		{ query_name, MC_ROUTER_GENERAL, MC_ROUTER_GROUP_SOURCE },
		{ mode_name, MC_ROUTER_SERVE, MC_ROUTER_FORCE },
		{ state_name, MC_ROUTER_DOWN, MC_ROUTER_NON_QUERIER },
		{ drop_name, MC_ROUTER_TAKEN, MC_ROUTER_DROPS - 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(enums) / sizeof(enums[0]); i++) {
		for (int a = enums[i].first; a <= enums[i].last; a++) {
			assert_string_not_equal(enums[i].name(a), "unknown");
			for (int b = enums[i].first; b < a; b++)
				assert_string_not_equal(enums[i].name(a), enums[i].name(b));
		}
		assert_string_equal(enums[i].name(enums[i].last + 1), "unknown");
	}
}

static void add_text(void *data, const struct mc_router_iface *f)
{
	append(data, "%u/%u ", f->iface, f->family == MC_IPV4 ? 4u : 6u);
}

static void add_host(void *data, const struct mc_router_host *h)
{
	append(data, "%u/%u ", h->addr.bytes[3], h->mac.bytes[5]);
}

/* By number, then IPv4 before IPv6, whichever came first. */
static void test_order_of_interfaces(void **state)
{
	static const uint32_t numbers[] = { 9, IF, 2 };
	struct mc_router_iface_opts o;
	char text[TEXT] = "";

	(void)state;
	open_empty(MC_IPV6, 2, 0);
	for (int i = 0; i < 6; i++) {
		world.family = i < 3 ? MC_IPV6 : MC_IPV4;
		world.version = i < 3 ? 2 : 3;
		o = iface_opts();
		o.iface = numbers[i % 3];
		o.mode = MC_ROUTER_LISTEN_ONLY;
		add_iface(&o);
	}
	assert_int_equal(mc_router_ifaces(world.r, add_text, text), 0);
	assert_string_equal(text, "2/4 2/6 7/4 7/6 9/4 9/6 ");
	allocations_left = 0;
	assert_int_equal(mc_router_ifaces(world.r, add_text, text), -ENOMEM);
	allocations_left = INT64_MAX;
	close_world();
}

static void test_order_of_hosts(void **state)
{
	struct mc_addr g = group(G);
	char text[TEXT] = "";

	(void)state;
	open_world(MC_IPV4, 3);
	record(30, MC_REC_TO_EX, "");
	record(4, MC_REC_TO_EX, "");
	record(17, MC_REC_TO_EX, "");
	g = group(G);
	assert_int_equal(mc_router_hosts(world.r, IF, &g, add_host, text), 0);
	assert_string_equal(text, "4/4 17/17 30/30 ");
	g = group(G + 1);
	assert_int_equal(mc_router_hosts(world.r, IF, &g, add_host, text), -ENOENT);
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_order_of_interfaces),
		cmocka_unit_test(test_order_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
