/* test_observer_together.c - messages one by one and several at once: all the same;
 * nothing is told that nobody wants */
#include "observe.h"

#define AT_ONCE 40
#define ROUNDS	200
#define RECORDS 150 /* more than are looked up at once */

static uint64_t seed = 11;

static uint32_t below(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(seed >> 33) % n;
}

/* ---- messages by chance ---- */

struct message {
	uint8_t bytes[8192];
	struct mc_frame frame;
	struct mc_gm gm;
};

static struct message messages[AT_ONCE];
static struct mc_heard heard[AT_ONCE];

static struct mc_addr numbered(const char *first, unsigned n)
{
	struct mc_addr a = addr(first);

	assert_int_equal(mc_addr_add(&a, &a, n), 0);
	return a;
}

static void choose_records(struct mc_gm_spec *s, bool six)
{
	static struct mc_gm_record_spec records[RECORDS];
	static struct mc_addr sources[RECORDS][4];

	s->n_records = (uint16_t)(below(30) ? below(9) : below(RECORDS));
	for (unsigned i = 0; i < s->n_records; i++) {
		records[i] = (struct mc_gm_record_spec){
			.type = (uint8_t)(1 + below(6)),
			.group = numbered(six ? "ff15::1" : "239.1.1.1", below(40)),
			.n_sources = (uint16_t)below(5),
			.sources = sources[i],
		};
		for (unsigned k = 0; k < 4; k++)
			sources[i][k] = numbered(six ? "2001:db8::1" : "192.0.2.1", below(30));
	}
	s->records = records;
}

static void choose(struct message *m)
{
	static const uint8_t kinds[] = { MC_GM_REPORT, MC_GM_REPORT, MC_GM_REPORT, MC_GM_LEAVE,
					 MC_GM_QUERY };
	bool six = below(3) == 0;
	struct mc_gm_spec s = { .kind = (enum mc_gm_kind)kinds[below(5)],
				.family = six ? MC_IPV6 : MC_IPV4 };
	struct mc_frame f = { .ttl = below(20) ? 1 : 2, .router_alert = true, .has_src_mac = true };
	unsigned host = below(12), newest = six ? 2 : 3;
	int len;

	s.version = (uint8_t)(s.kind == MC_GM_LEAVE ? newest - 1 : newest - below(2));
	s.group = numbered(six ? "ff15::1" : "239.1.1.1", below(40));
	if (s.kind == MC_GM_QUERY) {
		s.max_resp.ns = SEC;
		s.qqi.ns = s.version == newest ? 60 * SEC : 0;
		if (below(2))
			s.group = mc_addr_unspecified(s.family);
	}
	if (s.kind == MC_GM_REPORT && s.version == newest) {
		s.group = (struct mc_addr){ 0 };
		choose_records(&s, six);
	}
	f.src = numbered(six ? "fe80::1" : "10.0.0.0", host);
	if (!host && !six)
		f.src = mc_addr_unspecified(MC_IPV4); /* told apart by MAC */
	f.src_mac = (struct mc_mac){ { 2, 0, 0, 0, 0, (uint8_t)below(host ? 1 : 3) } };
	f.protocol = six ? MC_PROTO_ICMPV6 : MC_PROTO_IGMP;
	assert_int_equal(mc_gm_destination(&f.dst, &s), 0);
	len = mc_gm_build(m->bytes, sizeof(m->bytes), &s, &f.src, &f.dst);
	assert_true(len > 0);
	f.l4 = (struct mc_span){ m->bytes, (size_t)len };
	m->frame = f;
	assert_int_equal(mc_gm_parse(&m->gm, &m->frame, NULL), 0);
	m->gm.bad_checksum = below(50) == 0;
}

static void choose_all(unsigned n, int64_t *now)
{
	for (unsigned i = 0; i < n; i++) {
		choose(&messages[i]);
		*now += below(50) ? below(20) * MSEC : below(100) * SEC;
		heard[i] = (struct mc_heard){ .link = below(4),
					      .now = { *now },
					      .frame = &messages[i].frame,
					      .gm = &messages[i].gm };
	}
}

/* ---- what is told, as a number ---- */

struct log {
	uint64_t lines, sum;
};

static void add(struct log *l, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) /* FNV-1a */
		l->sum = (l->sum ^ ((const uint8_t *)bytes)[i]) * UINT64_C(1099511628211);
}

static void add_number(struct log *l, int64_t n)
{
	add(l, &n, sizeof(n));
}

static void log_member(void *data, const struct mc_member *m)
{
	struct log *l = data;

	l->lines++;
	add(l, &m->group, sizeof(m->group));
	add(l, &m->host, sizeof(m->host));
	add(l, &m->mac, sizeof(m->mac));
	add(l, m->sources, m->n_sources * sizeof(m->sources[0]));
	add_number(l, m->link);
	add_number(l, m->version);
	add_number(l, m->mode);
	add_number(l, m->more_sources);
	add_number(l, m->first_seen.ns);
	add_number(l, m->last_seen.ns);
	add_number(l, m->expires.ns);
	add_number(l, (int64_t)m->reports);
	add_number(l, m->answered_after.ns);
}

static void log_told(void *data, const struct mc_observation *o)
{
	struct log *l = data;

	l->lines++;
	add(l, &o->group, sizeof(o->group));
	add(l, &o->host, sizeof(o->host));
	add_number(l, o->when.ns);
	add_number(l, o->link);
	add_number(l, o->what);
	add_number(l, o->issue);
	add_number(l, o->latency.ns);
	if (o->member)
		log_member(l, o->member);
}

static void open_log(struct log *l, mc_observer **o, uint64_t max_members, uint32_t wanted)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts),
					 .alloc = test_alloc,
					 .max_members = max_members,
					 .fn = log_told,
					 .data = l,
					 .wanted = wanted };

	*l = (struct log){ 0 };
	assert_int_equal(mc_observer_open(o, &opts), 0);
}

static void close_log(struct log *l, mc_observer *o)
{
	struct mc_observer_stats s;

	mc_observer_stats(o, &s);
	assert_int_equal(mc_observer_members(o, log_member, l), 0);
	add_number(l, (int64_t)s.forgotten);
	mc_observer_close(o);
}

static void play_both(uint64_t max_members)
{
	struct log one, several;
	mc_observer *a, *b;
	int64_t now = 1000 * SEC;

	open_log(&one, &a, max_members, 0);
	open_log(&several, &b, max_members, 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n = 1 + below(AT_ONCE);

		choose_all(n, &now);
		for (unsigned i = 0; i < n; i++)
			mc_observer_message(a, heard[i].link, heard[i].now, heard[i].frame,
					    heard[i].gm);
		mc_observer_messages(b, heard, n);
	}
	close_log(&one, a);
	close_log(&several, b);
	assert_true(one.lines > 10000);
	assert_int_equal(one.lines, several.lines);
	assert_true(one.sum == several.sum);
}

static void test_several_messages_are_as_one_after_another(void **state)
{
	(void)state;
	play_both(0);
	play_both(100); /* what was looked up may be forgotten before it is used */
	play_both(1);
	assert_int_equal(blocks_out, 0);
}

static void test_no_messages(void **state)
{
	(void)state;
	open_world(0);
	mc_observer_messages(world.o, NULL, 0);
	assert_int_equal(world.n_told, 0);
	close_world();
}

/* ---- what is wanted ---- */

struct wanted {
	uint64_t of[MC_OBSERVED_ISSUE + 1];
};

static void count_wanted(void *data, const struct mc_observation *o)
{
	((struct wanted *)data)->of[o->what]++;
}

static void play_wanted(struct wanted *out, uint32_t wanted)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts),
					 .alloc = test_alloc,
					 .fn = count_wanted,
					 .data = out,
					 .wanted = wanted };
	int64_t now = 1000 * SEC;
	mc_observer *o;

	*out = (struct wanted){ 0 };
	seed = 5;
	assert_int_equal(mc_observer_open(&o, &opts), 0);
	for (unsigned round = 0; round < ROUNDS; round++) {
		choose_all(AT_ONCE, &now);
		mc_observer_messages(o, heard, AT_ONCE);
	}
	mc_observer_close(o);
}

static void test_only_what_is_wanted_is_told(void **state)
{
	struct wanted all, some;

	(void)state;
	play_wanted(&all, 0);
	play_wanted(&some, MC_OBSERVED(MC_MEMBER_LEFT) | MC_OBSERVED(MC_OBSERVED_ISSUE));
	for (unsigned i = MC_MEMBER_JOINED; i <= MC_OBSERVED_ISSUE; i++)
		assert_int_equal(some.of[i],
				 i == MC_MEMBER_LEFT || i == MC_OBSERVED_ISSUE ? all.of[i] : 0);
	for (unsigned i = MC_MEMBER_JOINED; i <= MC_QUERIER_CHANGED; i++)
		assert_true(all.of[i] > 0);
	assert_true(all.of[MC_OBSERVED_ISSUE] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several_messages_are_as_one_after_another),
		cmocka_unit_test(test_no_messages),
		cmocka_unit_test(test_only_what_is_wanted_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
