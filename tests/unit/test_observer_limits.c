/* test_observer_limits.c - bounded memory, no memory, order of lists, storage */
#include <errno.h>
#include "observe.h"
#include "fsm/store.h"

#define G "239.1.1.1"

static uint64_t seed = 7;

static uint32_t below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

static const char *host(unsigned i)
{
	static char text[4][MC_ADDR_TEXT];
	static unsigned turn;
	char *t = text[turn++ % 4];

	snprintf(t, MC_ADDR_TEXT, "10.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
	return t;
}

static const char *group(unsigned i)
{
	static char text[4][MC_ADDR_TEXT];
	static unsigned turn;
	char *t = text[turn++ % 4];

	snprintf(t, MC_ADDR_TEXT, "239.%u.%u.%u", i >> 16 & 255, i >> 8 & 255, i & 255);
	return t;
}

/* ---- what is forgotten ---- */

static void test_least_recently_heard_goes_first(void **state)
{
	(void)state;
	close_world();
	open_world(100);
	for (unsigned i = 0; i < 100; i++)
		report(host(i), 2, G);
	report(host(0), 2, G);
	report(host(2), 2, G);
	report(host(1), 2, G);
	assert_int_equal(stats().forgotten, 0);
	for (unsigned i = 100; i < 197; i++)
		report(host(i), 2, G);
	assert_int_equal(stats().members, 100);
	assert_int_equal(stats().forgotten, 97);
	assert_int_equal(member(G, host(99)).version, 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(member(G, host(i)).version, 2);
	report(host(200), 2, G);
	assert_int_equal(member(G, host(0)).version, 0);
	report(host(201), 2, G);
	assert_int_equal(member(G, host(2)).version, 0);
	assert_int_equal(member(G, host(1)).version, 2);
	assert_int_equal(events_told(MC_MEMBER_LEFT) + events_told(MC_MEMBER_EXPIRED), 0);
	assert_int_equal(stats().hosts, 100);
}

#define PAIRS 1500
#define ROOM  400

/* By pair: when it was heard; 0: it is no member. */
static unsigned heard_at[PAIRS], members_now, forgotten_now;

static void model_report(unsigned pair, unsigned now)
{
	unsigned oldest = 0;

	if (!heard_at[pair] && members_now == ROOM) {
		for (unsigned i = 1; i < PAIRS; i++)
			if (heard_at[i] && (!heard_at[oldest] || heard_at[i] < heard_at[oldest]))
				oldest = i;
		heard_at[oldest] = 0;
		forgotten_now++;
		members_now--;
	}
	members_now += !heard_at[pair];
	heard_at[pair] = now;
}

static void check_is_kept(void *data, const struct mc_member *m)
{
	unsigned g = (unsigned)m->group.bytes[2] << 8 | m->group.bytes[3];
	unsigned h = (unsigned)m->host.bytes[2] << 8 | m->host.bytes[3];

	assert_true(heard_at[g * 30 + h - 1]);
	++*(unsigned *)data;
}

/* Whatever the order in which members come, go on and leave, and whether time
 * passes: those that go are the ones that were not heard for longest. */
static void test_forgetting_against_a_model(void **state)
{
	(void)state;
	close_world();
	open_world(ROOM);
	for (unsigned step = 1; step <= 60000; step++) {
		/* Phases in which all are heard, a few, or ever new ones. */
		unsigned most = step / 4000 % 3 ? PAIRS : 60, pair = below(most);

		if (step / 4000 % 3 == 2)
			pair = step * 7 % PAIRS;
		if (below(10)) {
			report(host(pair % 30 + 1), 2, group(pair / 30));
			model_report(pair, step);
		} else {
			leave(host(pair % 30 + 1), group(pair / 30));
			members_now -= heard_at[pair] != 0;
			heard_at[pair] = 0;
		}
		if (below(8) == 0)
			pass(MSEC / 4);
		if (step % 500 == 0) {
			unsigned n = 0;

			assert_int_equal(mc_observer_members(world.o, check_is_kept, &n), 0);
			assert_int_equal(n, members_now);
			assert_int_equal(stats().forgotten, forgotten_now);
		}
	}
	assert_true(forgotten_now > 10000);
}

/* The host or the group that needs room may be what loses its last member. */
static void test_forgetting_oneself(void **state)
{
	(void)state;
	close_world();
	open_world(1);
	record(host(1), MC_REC_ALLOW, G, "192.0.2.1", NULL);
	report(host(1), 2, group(5));
	assert_int_equal(member(group(5), host(1)).reports, 1);
	report(host(2), 2, group(5));
	assert_int_equal(member(group(5), host(2)).reports, 1);
	assert_int_equal(stats().members, 1);
	assert_int_equal(stats().hosts, 1);
	assert_int_equal(stats().groups, 1);
	assert_int_equal(stats().forgotten, 2);
}

static void test_sources_are_bounded_together(void **state)
{
	struct mc_member m;

	(void)state;
	close_world();
	open_world(2); /* eight sources */
	for (unsigned i = 0; i < 3; i++) {
		record(host(1), MC_REC_ALLOW, G, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4",
		       "192.0.2.5", NULL);
		record(host(2), MC_REC_ALLOW, G, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4",
		       NULL);
	}
	m = member(G, host(1));
	assert_int_equal(m.n_sources, 5);
	assert_false(m.more_sources);
	m = member(G, host(2));
	assert_int_equal(m.n_sources, 3);
	assert_true(m.more_sources);
	assert_int_equal(events_told(MC_MEMBER_CHANGED), 0);
	record(host(1), MC_REC_TO_IN, G, NULL);
	record(host(2), MC_REC_ALLOW, G, "192.0.2.4", NULL);
	assert_int_equal(member(G, host(2)).n_sources, 4);
}

static void test_groups_that_were_left_are_bounded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		report(host(1), 2, group(i));
		leave(host(1), group(i));
		forget_told();
	}
	assert_int_equal(stats().groups, 0);
	assert_int_equal(stats().hosts, 0);
	report(host(1), 2, group(5999)); /* one that was not kept */
	report(host(1), 2, group(1));	 /* one that was */
	pass(10 * SEC);
	assert_int_equal(stats().groups, 2);
}

static void test_links_are_bounded(void **state)
{
	(void)state;
	for (world.link = 0; world.link < 17000; world.link++) {
		report(host(1), 2, G);
		forget_told();
	}
	assert_int_equal(stats().members, 16384);
	assert_int_equal(stats().forgotten, 17000 - 16384);
}

/* ---- no memory ---- */

/* More than has room in a record. */
static void some_sources(unsigned i, uint8_t type)
{
	char from[MC_ADDR_TEXT];

	snprintf(from, sizeof(from), "fe80::%x", i + 1);
	record(from, type, "ff15::1", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4",
	       "2001:db8::5", NULL);
}

static void some_traffic(void)
{
	query("10.0.0.1", 3, 125);
	for (unsigned i = 0; i < 60; i++) {
		record(host(i), MC_REC_ALLOW, group(i % 7), "192.0.2.1", "192.0.2.2", "192.0.2.3",
		       "192.0.2.4", "192.0.2.5", NULL);
		some_sources(i, MC_REC_ALLOW);
		report(host(i), 2, group(100 + i));
		pass(MSEC);
	}
	query("fe80::1", 1, 0);
	query("10.0.0.2", 3, 125);
	for (unsigned i = 0; i < 60; i++) {
		record(host(i), MC_REC_ALLOW, group(i % 7), "192.0.2.6", "192.0.2.7", "192.0.2.8",
		       "192.0.2.9", NULL);
		record(host(i), MC_REC_BLOCK, group(i % 7), "192.0.2.6", "192.0.2.7", "192.0.2.8",
		       "192.0.2.9", "192.0.2.1", NULL);
		leave(host(i), group(100 + i));
		if (i % 2)
			some_sources(i, MC_REC_BLOCK);
	}
}

static void count_member(void *data, const struct mc_member *m)
{
	assert_true(m->expires.ns > m->last_seen.ns);
	++*(uint64_t *)data;
}

static void count_querier(void *data, const struct mc_querier *q)
{
	assert_true(q->last_seen.ns >= q->first_seen.ns);
	++*(uint64_t *)data;
}

struct previous {
	unsigned n;
	uint32_t link;
	struct mc_addr group, host;
};

struct counted {
	uint64_t groups, members;
	struct mc_observed_group last;
	struct previous member;
};

static void check_group_member(void *data, const struct mc_member *m)
{
	struct counted *c = data;

	assert_int_equal(m->link, c->last.link);
	assert_int_equal(mc_addr_cmp(&m->group, &c->last.group), 0);
	assert_true(c->member.n++ == 0 || mc_addr_cmp(&m->host, &c->member.host) > 0);
	c->member.host = m->host;
}

static void check_group_order(void *data, const struct mc_observed_group *g)
{
	struct counted *c = data;

	assert_true(c->groups++ == 0 || g->link > c->last.link ||
		    (g->link == c->last.link && mc_addr_cmp(&g->group, &c->last.group) > 0));
	c->last = *g;
	c->member.n = 0;
	c->members += g->members;
	assert_int_equal(
		mc_observer_group_members(world.o, g->link, &g->group, check_group_member, c), 0);
	assert_int_equal(c->member.n, g->members);
}

/* Memory ends after every possible number of allocations; what is there stays
 * consistent, and nothing leaks. */
static void test_memory_ends(void **state)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts), .alloc = test_alloc };
	struct counted c = { 0 };
	int64_t most = 0;

	(void)state;
	close_world();
	allocations_left = 0;
	assert_int_equal(mc_observer_open(&world.o, &opts), -ENOMEM);
	assert_null(world.o);
	for (; most < 400; most++) {
		uint64_t n = 0;

		open_world(0);
		allocations_left = most;
		some_traffic();
		if (allocations_left > 0)
			break;
		assert_int_equal(mc_observer_members(world.o, count_member, &n), -ENOMEM);
		assert_int_equal(mc_observer_queriers(world.o, count_querier, &n), -ENOMEM);
		assert_int_equal(mc_observer_groups(world.o, check_group_order, &c), -ENOMEM);
		assert_int_equal(n + c.groups, 0);
		allocations_left = INT64_MAX;
		some_traffic();
		assert_int_equal(mc_observer_members(world.o, count_member, &n), 0);
		assert_int_equal(n, stats().members);
		pass(1000 * SEC);
		assert_int_equal(stats().members, 0);
		close_world();
	}
	assert_true(most > 50 && most < 400);
	assert_int_equal(stats().forgotten, 0);
}

/* The lists need several blocks each. */
static void test_lists_without_memory(void **state)
{
	struct mc_addr g = addr(G);
	uint64_t n = 0;
	int64_t most = 0;

	(void)state;
	report(host(1), 2, G);
	query(host(2), 2, 0);
	for (int rc = -ENOMEM; rc < 0; most++) {
		allocations_left = most;
		rc = mc_observer_members(world.o, count_member, &n);
		assert_true(rc == 0 || n == 0);
	}
	assert_int_equal(n, 1);
	assert_true(most > 5);
	allocations_left = 1;
	assert_int_equal(mc_observer_queriers(world.o, count_querier, &n), -ENOMEM);
	allocations_left = 1;
	assert_int_equal(mc_observer_group_members(world.o, world.link, &g, count_member, &n),
			 -ENOMEM);
	allocations_left = INT64_MAX;
}

static void test_open_needs_memory_functions(void **state)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts) };
	mc_observer *o;

	(void)state;
	assert_int_equal(mc_observer_open(&o, &opts), -EINVAL);
	assert_null(o);
	opts.alloc = test_alloc;
	opts.sz = 8;
	assert_int_equal(mc_observer_open(&o, &opts), -EINVAL);
	opts.sz = sizeof(opts);
	opts.max_members = UINT64_MAX;
	assert_int_equal(mc_observer_open(&o, &opts), 0);
	mc_observer_close(o);
	mc_observer_close(NULL);
}

static void test_nobody_listens(void **state)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts), .alloc = test_alloc };

	(void)state;
	close_world();
	assert_int_equal(mc_observer_open(&world.o, &opts), 0);
	some_traffic();
	pass(300 * SEC);
	assert_int_equal(stats().members, 0);
	assert_int_equal(world.n_told, 0);
}

/* ---- order ---- */

static void check_order(void *data, const struct mc_member *m)
{
	struct previous *p = data;
	int order = m->link != p->link ? (m->link > p->link ? 1 : -1) : 0;

	if (!order)
		order = mc_addr_cmp(&m->group, &p->group);
	if (!order)
		order = mc_addr_cmp(&m->host, &p->host);
	assert_true(p->n++ == 0 || order > 0);
	*p = (struct previous){ p->n, m->link, m->group, m->host };
}

static void check_querier_order(void *data, const struct mc_querier *q)
{
	struct previous *p = data;

	assert_true(p->n++ == 0 || q->link > p->link || mc_addr_cmp(&q->addr, &p->host) > 0);
	*p = (struct previous){ .n = p->n, .link = q->link, .host = q->addr };
}

static void test_lists_are_in_order(void **state)
{
	struct previous p = { 0 };
	struct counted c = { 0 };
	char from[MC_ADDR_TEXT], to[MC_ADDR_TEXT];

	(void)state;
	assert_int_equal(mc_observer_members(world.o, check_order, &p), 0);
	for (unsigned i = 0; i < 3000; i++) {
		world.link = below(3) * 1000;
		if (below(2)) {
			snprintf(from, sizeof(from), "fe80::%x", below(40) + 1);
			snprintf(to, sizeof(to), "ff15::%x:1", below(40));
			report(from, 1, to);
			query(from, 1, 0);
		} else {
			report(host(below(40) + 1), 2, group(below(40)));
			query(host(below(40) + 1), 2, 0);
		}
	}
	assert_int_equal(mc_observer_members(world.o, check_order, &p), 0);
	assert_int_equal(p.n, stats().members);
	assert_true(p.n > 1500);
	p.n = 0;
	assert_int_equal(mc_observer_queriers(world.o, check_querier_order, &p), 0);
	assert_int_equal(p.n, 240);
	assert_int_equal(mc_observer_groups(world.o, check_group_order, &c), 0);
	assert_int_equal(c.groups, stats().groups);
	assert_int_equal(c.members, stats().members);
	assert_int_equal(
		mc_observer_group_members(world.o, 77, &c.last.group, check_group_member, &c), 0);
}

/* ---- storage ---- */

struct thing {
	uint32_t word, next;
	uint32_t hash;
};

#define THINGS_LOG 6

static uint64_t *rest_of(const struct pool *p, uint32_t id)
{
	char *rest = pool_rest(p, id, THINGS_LOG, sizeof(struct thing));

	return (uint64_t *)rest + (id & ((1u << THINGS_LOG) - 1));
}

/* Few hashes, so that runs are long and wrap around the end. */
static void test_store_against_a_model(void **state)
{
	enum { THINGS = 3000 };
	static uint32_t ids[THINGS];
	struct pool pool;
	struct index ix;
	unsigned live = 0, used = 0;

	(void)state;
	pool_init(&pool, test_alloc, THINGS_LOG, sizeof(struct thing), sizeof(uint64_t));
	index_init(&ix, test_alloc);
	memset(ids, 0xff, sizeof(ids));
	for (unsigned step = 0; step < 40000; step++) {
		unsigned i = below(THINGS);
		struct thing *t;

		if (ids[i] == NONE) {
			ids[i] = pool_new(&pool);
			t = pool_at(&pool, ids[i]);
			if (pool.used > used) /* a fresh one */
				assert_true(!t->word && !t->hash);
			used = pool.used;
			*rest_of(&pool, ids[i]) = i;
			t->word = i + 1;
			t->hash = UINT32_MAX - below(500) * (1 + below(3));
			assert_true(index_add(&ix, t->hash, ids[i]));
			live++;
		} else {
			t = pool_at(&pool, ids[i]);
			assert_int_equal(t->word, i + 1);
			assert_int_equal(*rest_of(&pool, ids[i]), i);
			index_remove(&ix, t->hash, ids[i]);
			pool_free(&pool, ids[i]);
			assert_false(pool_is_live(&pool, ids[i]));
			ids[i] = NONE;
			live--;
		}
		assert_int_equal(pool.live, live);
		assert_int_equal(ix.used, live);
	}
	for (unsigned i = 0; i < THINGS; i++) {
		uint32_t pos, id;
		struct thing *t;

		if (ids[i] == NONE)
			continue;
		t = pool_at(&pool, ids[i]);
		pos = t->hash;
		while ((id = index_next(&ix, t->hash, &pos)) != NONE && id != ids[i])
			assert_true(pool_is_live(&pool, id));
		assert_int_equal(id, ids[i]);
	}
	pool_close(&pool);
	index_close(&ix);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_least_recently_heard_goes_first),
		TEST(test_forgetting_against_a_model),
		TEST(test_forgetting_oneself),
		TEST(test_sources_are_bounded_together),
		TEST(test_groups_that_were_left_are_bounded),
		TEST(test_links_are_bounded),
		TEST(test_memory_ends),
		TEST(test_lists_without_memory),
		TEST(test_open_needs_memory_functions),
		TEST(test_nobody_listens),
		TEST(test_lists_are_in_order),
		TEST(test_store_against_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
