/* test_router_table.c - every cell of the router's tables, RFC 9776 6.4 and 6.5, RFC
 * 9777 7.4 and 7.5, for IGMP and MLD, as querier and as non-querier */
#include "route.h"

struct cell {
	const char *before; /* "" none, "IN" A B, "EX" A B requested, C D blocked */
	uint8_t type;
	const char *sources;
	const char *after;   /* of the querier, right after the record */
	const char *queries; /* at once */
	const char *other;   /* after it, of a non-querier; NULL: the same */
};

/* Timers are at 170 s before the record; group membership interval 270 s, last
 * member query time 2 s. */
static const struct cell cells[] = {
	{ "", MC_REC_IS_IN, "AB", "IN A:270 B:270", "", NULL },
	{ "", MC_REC_IS_IN, "", "", "", NULL },
	{ "", MC_REC_IS_EX, "AB", "EX/270 A:- B:-", "", NULL },
	{ "", MC_REC_IS_EX, "", "EX/270", "", NULL },
	{ "", MC_REC_ALLOW, "AB", "IN A:270 B:270", "", NULL },
	{ "", MC_REC_ALLOW, "", "", "", NULL },
	{ "", MC_REC_BLOCK, "AB", "", "", NULL },
	{ "", MC_REC_BLOCK, "", "", "", NULL },
	{ "", MC_REC_TO_EX, "AB", "EX/270 A:- B:-", "", NULL },
	{ "", MC_REC_TO_EX, "", "EX/270", "", NULL },
	{ "", MC_REC_TO_IN, "AB", "IN A:270 B:270", "", NULL },
	{ "", MC_REC_TO_IN, "", "", "", NULL },

	{ "IN", MC_REC_IS_IN, "BE", "IN A:170 B:270 E:270", "", NULL },
	{ "IN", MC_REC_IS_IN, "", "IN A:170 B:170", "", NULL },
	{ "IN", MC_REC_IS_EX, "BE", "EX/270 B:170 E:-", "", NULL },
	{ "IN", MC_REC_IS_EX, "", "EX/270", "", NULL },
	{ "IN", MC_REC_ALLOW, "BE", "IN A:170 B:270 E:270", "", NULL },
	{ "IN", MC_REC_ALLOW, "", "IN A:170 B:170", "", NULL },
	{ "IN", MC_REC_BLOCK, "BE", "IN A:170 B:2", "Q(G,B)", "IN A:170 B:170" },
	{ "IN", MC_REC_BLOCK, "E", "IN A:170 B:170", "", NULL },
	{ "IN", MC_REC_BLOCK, "", "IN A:170 B:170", "", NULL },
	{ "IN", MC_REC_TO_EX, "BE", "EX/270 B:2 E:-", "Q(G,B)", "EX/270 B:170 E:-" },
	{ "IN", MC_REC_TO_EX, "E", "EX/270 E:-", "", NULL },
	{ "IN", MC_REC_TO_EX, "", "EX/270", "", NULL },
	{ "IN", MC_REC_TO_IN, "BE", "IN A:2 B:270 E:270", "Q(G,A)", "IN A:170 B:270 E:270" },
	{ "IN", MC_REC_TO_IN, "AB", "IN A:270 B:270", "", NULL },
	{ "IN", MC_REC_TO_IN, "", "IN A:2 B:2", "Q(G,B A)", "IN A:170 B:170" },

	{ "EX", MC_REC_IS_IN, "BDE", "EX/170 A:170 B:270 C:- D:270 E:270", "", NULL },
	{ "EX", MC_REC_IS_IN, "", "EX/170 A:170 B:170 C:- D:-", "", NULL },
	{ "EX", MC_REC_IS_EX, "BDE", "EX/270 B:170 D:- E:270", "", NULL },
	{ "EX", MC_REC_IS_EX, "", "EX/270", "", NULL },
	{ "EX", MC_REC_ALLOW, "BDE", "EX/170 A:170 B:270 C:- D:270 E:270", "", NULL },
	{ "EX", MC_REC_ALLOW, "", "EX/170 A:170 B:170 C:- D:-", "", NULL },
	{ "EX", MC_REC_BLOCK, "BDE", "EX/170 A:170 B:2 C:- D:- E:2", "Q(G,E B)",
	  "EX/170 A:170 B:170 C:- D:- E:170" },
	{ "EX", MC_REC_BLOCK, "CD", "EX/170 A:170 B:170 C:- D:-", "", NULL },
	{ "EX", MC_REC_BLOCK, "", "EX/170 A:170 B:170 C:- D:-", "", NULL },
	{ "EX", MC_REC_TO_EX, "BDE", "EX/270 B:2 D:- E:2", "Q(G,E B)", "EX/270 B:170 D:- E:170" },
	{ "EX", MC_REC_TO_EX, "CD", "EX/270 C:- D:-", "", NULL },
	{ "EX", MC_REC_TO_EX, "", "EX/270", "", NULL },
	{ "EX", MC_REC_TO_IN, "BDE", "EX/2 A:2 B:270 C:- D:270 E:270", "Q(G,A) Q(G)",
	  "EX/170 A:170 B:270 C:- D:270 E:270" },
	{ "EX", MC_REC_TO_IN, "AB", "EX/2 A:270 B:270 C:- D:-", "Q(G)",
	  "EX/170 A:270 B:270 C:- D:-" },
	{ "EX", MC_REC_TO_IN, "", "EX/2 A:2 B:2 C:- D:-", "Q(G,B A) Q(G)",
	  "EX/170 A:170 B:170 C:- D:-" },

	/* a source named twice counts once; what cannot be a source does not */
	{ "IN", MC_REC_BLOCK, "BB", "IN A:170 B:2", "Q(G,B)", "IN A:170 B:170" },
	{ "EX", MC_REC_TO_EX, "EE", "EX/270 E:2", "Q(G,E)", "EX/270 E:170" },
};

static void make(const char *before)
{
	if (!before[0])
		return;
	record(1, MC_REC_IS_IN, "AB");
	if (before[0] == 'E')
		record(1, MC_REC_IS_EX, "ABCD");
	pass(100 * SEC);
}

/* "0.0 Q(G,A); 0.0 Q(G); " to "Q(G,A) Q(G)". */
static const char *without_times(const char *queries)
{
	static char text[TEXT];

	text[0] = 0;
	while (*queries) {
		const char *end = strstr(queries, "; ");

		queries = strchr(queries, ' ') + 1;
		append(text, "%s%.*s", text[0] ? " " : "", (int)(end - queries), queries);
		queries = end + 2;
	}
	return text;
}

static void try_cell(const struct cell *c, enum mc_family family, bool querier)
{
	const char *after = querier || !c->other ? c->after : c->other;

	open_world(family, family == MC_IPV4 ? 3 : 2);
	if (!querier)
		general(1, world.version);
	make(c->before);
	forget();
	record(2, c->type, c->sources);
	if (strcmp(state_text(), after) != 0 ||
	    strcmp(without_times(world.queries), querier ? c->queries : "") != 0)
		fail_msg("%s %s(%s) by %s over IPv%u: %s, queries '%s'; expected %s, '%s'",
			 c->before[0] ? c->before : "none", mc_record_name(c->type), c->sources,
			 querier ? "querier" : "non-querier", family, state_text(),
			 without_times(world.queries), after, querier ? c->queries : "");
	close_world();
}

static void test_cells(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		for (unsigned n = 0; n < 4; n++)
			try_cell(&cells[i], n & 1 ? MC_IPV4 : MC_IPV6, n & 2);
}

/* The same for each family. */
static void test_include_source_timer(void **state)
{
	for (unsigned n = 0; n < 2; n++) {
		(void)state;
		open_world(n ? MC_IPV6 : MC_IPV4, n ? 2 : 3);
		record(1, MC_REC_IS_IN, "A");
		pass(100 * SEC);
		record(1, MC_REC_ALLOW, "B");
		pass_beyond(170 * SEC);
		assert_string_equal(state_text(), "IN B:100");
		forget();
		pass_beyond(100 * SEC);
		assert_string_equal(state_text(), "");
		assert_string_equal(world.events,
				    "source-removed B; group-expired; member-expired 1; ");
		close_world();
	}
}

static void test_exclude_source_timer(void **state)
{
	for (unsigned n = 0; n < 2; n++) {
		(void)state;
		open_world(n ? MC_IPV6 : MC_IPV4, n ? 2 : 3);
		record(1, MC_REC_IS_EX, "C");
		record(2, MC_REC_IS_IN, "AC");
		pass(100 * SEC);
		record(1, MC_REC_IS_EX, "AC");
		assert_string_equal(state_text(), "EX/270 A:170 C:170");
		forget();
		pass_beyond(170 * SEC);
		assert_string_equal(state_text(), "EX/100 A:- C:-");
		assert_non_null(strstr(world.events, "source-changed A blocked; "));
		assert_int_equal(world.n_events[MC_ROUTER_SOURCE_CHANGED], 2);
		close_world();
	}
}

/* EXCLUDE(X,Y) without reports becomes INCLUDE(X), or nothing. */
static void test_group_timer(void **state)
{
	for (unsigned n = 0; n < 2; n++) {
		(void)state;
		open_world(n ? MC_IPV6 : MC_IPV4, n ? 2 : 3);
		record(1, MC_REC_IS_EX, "C");
		pass(100 * SEC);
		record(2, MC_REC_IS_IN, "A");
		forget();
		pass_beyond(170 * SEC);
		assert_string_equal(state_text(), "IN A:100");
		assert_string_equal(world.events,
				    "source-removed C blocked; mode-changed; member-expired 1; ");
		pass_beyond(100 * SEC);
		assert_string_equal(state_text(), "");
		record(1, MC_REC_IS_EX, "C");
		forget();
		pass_beyond(270 * SEC);
		assert_string_equal(state_text(), "");
		assert_int_equal(world.n_events[MC_ROUTER_GROUP_EXPIRED], 1);
		assert_int_equal(world.n_events[MC_ROUTER_MEMBER_EXPIRED], 1);
		close_world();
	}
}

/* RFC 9776 6.3. */
static void test_forwarding(void **state)
{
	struct mc_addr a, b, c, g;

	(void)state;
	open_world(MC_IPV4, 3);
	a = source('A');
	b = source('B');
	c = source('C');
	g = group(G);
	assert_false(mc_router_wanted(world.r, IF, &a, &g));
	record(1, MC_REC_IS_IN, "A");
	assert_true(mc_router_wanted(world.r, IF, &a, &g));
	assert_false(mc_router_wanted(world.r, IF, &b, &g));
	record(2, MC_REC_IS_EX, "AB");
	assert_true(mc_router_wanted(world.r, IF, &a, &g));
	assert_false(mc_router_wanted(world.r, IF, &b, &g));
	assert_true(mc_router_wanted(world.r, IF, &c, &g));
	assert_false(mc_router_wanted(world.r, IF + 1, &c, &g));
	g = addr("ff0e::1");
	assert_false(mc_router_wanted(world.r, IF, &c, &g));
	a = addr("2001:db8::1");
	g = group(G);
	assert_true(mc_router_wanted(world.r, IF, &c, &g));
	assert_false(mc_router_wanted(world.r, IF, &a, &g));
	close_world();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_include_source_timer),
		cmocka_unit_test(test_exclude_source_timer),
		cmocka_unit_test(test_group_timer),
		cmocka_unit_test(test_forwarding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
