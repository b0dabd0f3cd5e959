/* observe.h - a simulated link for tests of the observer: messages in, a log out */
#ifndef UNIT_OBSERVE_H
#define UNIT_OBSERVE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/observer.h>

#define SEC	INT64_C(1000000000)
#define MSEC	INT64_C(1000000)
#define TOLD	4096
#define SOURCES 40

/* What was told, copied: pointers end with the call. */
struct told {
	struct mc_observation o;
	struct mc_member member;
	struct mc_querier querier;
	struct mc_addr sources[SOURCES];
};

struct world {
	mc_observer *o;
	uint32_t link;
	int64_t now;
	struct told told[TOLD];
	unsigned n_told;
	/* of every message sent */
	uint8_t ttl;
	bool no_router_alert, bad_checksum;
	bool has_mac;
	uint8_t mac[6]; /* unless made from the source */
};

static struct world world;

/* ---- memory that can end ---- */

static int64_t blocks_out;
static int64_t allocations_left = INT64_MAX;

static void *test_alloc(void *old, size_t size)
{
	if (!size) {
		blocks_out -= old != NULL;
		free(old);
		return NULL;
	}
	if (allocations_left-- <= 0)
		return NULL;
	blocks_out += old == NULL;
	return realloc(old, size);
}

/* ---- log ---- */

static void keep(void *data, const struct mc_observation *o)
{
	struct world *w = data;
	struct told *t = &w->told[w->n_told % TOLD];

	w->n_told++;
	t->o = *o;
	if (o->member) {
		t->member = *o->member;
		assert_true(t->member.n_sources <= SOURCES);
		for (unsigned i = 0; i < t->member.n_sources; i++)
			t->sources[i] = o->member->sources[i];
		t->member.sources = t->sources;
	}
	if (o->querier)
		t->querier = *o->querier;
}

static unsigned count_told(enum mc_observed what, enum mc_issue issue)
{
	unsigned n = 0;

	assert_true(world.n_told <= TOLD);
	for (unsigned i = 0; i < world.n_told; i++)
		n += world.told[i].o.what == what && world.told[i].o.issue == issue;
	return n;
}

static inline unsigned issues_told(enum mc_issue issue)
{
	return count_told(MC_OBSERVED_ISSUE, issue);
}

static inline unsigned events_told(enum mc_observed what)
{
	return count_told(what, MC_ISSUE_NONE);
}

/* All issues that were told, whatever they are. */
static inline unsigned all_issues(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < world.n_told; i++)
		n += world.told[i].o.what == MC_OBSERVED_ISSUE;
	return n;
}

static inline const struct told *last_told(enum mc_observed what, enum mc_issue issue)
{
	for (unsigned i = world.n_told; i-- > 0;)
		if (world.told[i].o.what == what && world.told[i].o.issue == issue)
			return &world.told[i];
	fail_msg("%s was not told", mc_observed_name(what));
	return NULL;
}

/* For those who look why a test fails. */
static inline void print_told(void)
{
	char group[MC_ADDR_TEXT], host[MC_ADDR_TEXT];

	for (unsigned i = 0; i < world.n_told && i < TOLD; i++) {
		const struct mc_observation *o = &world.told[i].o;

		print_message("# %.3f %s %s group %s host %s latency %.3f\n",
			      (double)o->when.ns / SEC, mc_observed_name(o->what),
			      o->issue ? mc_issue_row(o->issue)->id : "",
			      mc_addr_format(&o->group, group), mc_addr_format(&o->host, host),
			      (double)o->latency.ns / SEC);
	}
}

/* ---- world ---- */

static inline void open_world(uint64_t max_members)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts),
					 .alloc = test_alloc,
					 .max_members = max_members,
					 .fn = keep,
					 .data = &world };

	memset(&world, 0, sizeof(world));
	world.ttl = 1;
	world.link = 7;
	world.now = 1000 * SEC;
	blocks_out = 0;
	allocations_left = INT64_MAX;
	assert_int_equal(mc_observer_open(&world.o, &opts), 0);
}

static inline void close_world(void)
{
	mc_observer_close(world.o);
	assert_int_equal(blocks_out, 0);
}

static inline int setup(void **state)
{
	(void)state;
	open_world(0);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	close_world();
	return 0;
}

static inline void forget_told(void)
{
	world.n_told = 0;
}

static struct mc_addr addr(const char *text)
{
	struct mc_addr a = { 0 };

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

/* Lets time pass, timer by timer, as a program would. */
static inline void pass(int64_t ns)
{
	int64_t end = world.now + ns, next;

	while ((next = mc_observer_deadline(world.o).ns) <= end) {
		assert_true(next > world.now);
		world.now = next;
		mc_observer_tick(world.o, (mc_nsec){ next });
		assert_true(mc_observer_deadline(world.o).ns > next);
	}
	world.now = end;
	mc_observer_tick(world.o, (mc_nsec){ end });
}

/* ---- messages ---- */

static inline void set_mac(const char *mac)
{
	world.has_mac = true;
	memcpy(world.mac, mac, sizeof(world.mac));
}

static void hear(const char *from, const struct mc_gm_spec *spec)
{
	uint8_t buf[2048];
	struct mc_frame f = { .has_src_mac = true,
			      .ttl = world.ttl,
			      .router_alert = !world.no_router_alert };
	enum mc_fault fault;
	struct mc_gm gm;
	int len;

	f.src = addr(from);
	assert_int_equal(mc_gm_destination(&f.dst, spec), 0);
	memcpy(f.src_mac.bytes, f.src.bytes + (spec->family == MC_IPV4 ? 0 : 12), 4);
	f.src_mac.bytes[0] = 2;
	if (world.has_mac)
		memcpy(f.src_mac.bytes, world.mac, sizeof(world.mac));
	f.protocol = spec->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	len = mc_gm_build(buf, sizeof(buf), spec, &f.src, &f.dst);
	assert_true(len > 0);
	buf[2] ^= world.bad_checksum;
	f.l4 = (struct mc_span){ buf, (size_t)len };
	assert_int_equal(mc_gm_parse(&gm, &f, &fault), 0);
	mc_observer_message(world.o, world.link, (mc_nsec){ world.now }, &f, &gm);
	memset(buf, 0xa5, sizeof(buf)); /* nothing of it is kept */
}

/* A general query; version 3 announces qqi seconds and robustness 2. */
static inline void query(const char *from, uint8_t version, unsigned qqi)
{
	struct mc_gm_spec s = { .kind = MC_GM_QUERY, .version = version };

	s.family = strchr(from, ':') ? MC_IPV6 : MC_IPV4;
	s.group = mc_addr_unspecified(s.family);
	s.max_resp.ns = 10 * SEC;
	if (version == 3 - (s.family == MC_IPV6)) {
		s.qrv = 2;
		s.qqi.ns = qqi * SEC;
	}
	hear(from, &s);
}

/* A group-specific query with one second to answer; sources: a list, or NULL. */
static inline void ask(const char *from, uint8_t version, const char *group, const char *source)
{
	struct mc_gm_spec s = { .kind = MC_GM_QUERY, .version = version };
	struct mc_addr a;

	s.group = addr(group);
	s.family = (enum mc_family)s.group.family;
	s.max_resp.ns = SEC;
	if (version == 3 - (s.family == MC_IPV6)) {
		s.qrv = 2;
		s.qqi.ns = 125 * SEC;
	}
	if (source) {
		a = addr(source);
		s.sources = &a;
		s.n_sources = 1;
	}
	hear(from, &s);
}

/* Reports of IGMPv1, IGMPv2, MLDv1. */
static inline void report(const char *from, uint8_t version, const char *group)
{
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .version = version };

	s.group = addr(group);
	s.family = (enum mc_family)s.group.family;
	hear(from, &s);
}

static inline void leave(const char *from, const char *group)
{
	struct mc_gm_spec s = { .kind = MC_GM_LEAVE };

	s.group = addr(group);
	s.family = (enum mc_family)s.group.family;
	s.version = s.family == MC_IPV4 ? 2 : 1;
	hear(from, &s);
}

/* A record of IGMPv3 or MLDv2; sources end with NULL. */
static inline void record(const char *from, uint8_t type, const char *group, const char *source,
			  ...)
{
	struct mc_gm_spec s = { .kind = MC_GM_REPORT };
	struct mc_gm_record_spec r = { .type = type };
	struct mc_addr sources[80];
	va_list ap;

	va_start(ap, source);
	for (; source; source = va_arg(ap, const char *))
		sources[r.n_sources++] = addr(source);
	va_end(ap);
	r.group = addr(group);
	r.sources = sources;
	s.family = (enum mc_family)r.group.family;
	s.version = s.family == MC_IPV4 ? 3 : 2;
	s.records = &r;
	s.n_records = 1;
	hear(from, &s);
}

static inline void data(const char *source, const char *group)
{
	struct mc_addr s = addr(source), g = addr(group);

	mc_observer_data(world.o, world.link, (mc_nsec){ world.now }, &s, &g);
}

static inline bool wanted(const char *source, const char *group)
{
	struct mc_addr s = addr(source), g = addr(group);

	return mc_observer_wanted(world.o, world.link, &s, &g);
}

/* ---- what the observer knows ---- */

struct search {
	struct mc_addr group, host;
	bool found;
	struct mc_member member;
	struct mc_querier querier;
};

/* Sources are borrowed for the callback only: the copies of the last few members. */
static const struct mc_addr *keep_sources(const struct mc_member *m)
{
	static struct mc_addr kept[8][SOURCES];
	static unsigned next;
	struct mc_addr *copy = kept[next++ % 8];

	assert_true(m->n_sources <= SOURCES);
	for (unsigned i = 0; i < m->n_sources; i++)
		copy[i] = m->sources[i];
	return copy;
}

static void match_member(void *data, const struct mc_member *m)
{
	struct search *s = data;

	if (mc_addr_cmp(&m->group, &s->group) || mc_addr_cmp(&m->host, &s->host))
		return;
	s->found = true;
	s->member = *m;
	s->member.sources = keep_sources(m);
}

static void match_querier(void *data, const struct mc_querier *q)
{
	struct search *s = data;

	if (mc_addr_cmp(&q->addr, &s->host))
		return;
	s->found = true;
	s->querier = *q;
}

/* The member; its version is 0 when there is none. */
static inline struct mc_member member(const char *group, const char *host)
{
	struct search s = { .group = addr(group), .host = addr(host) };

	assert_int_equal(mc_observer_members(world.o, match_member, &s), 0);
	return s.member;
}

static inline struct mc_querier querier(const char *host)
{
	struct search s = { .host = addr(host) };

	assert_int_equal(mc_observer_queriers(world.o, match_querier, &s), 0);
	assert_true(s.found);
	return s.querier;
}

static inline struct mc_observer_stats stats(void)
{
	struct mc_observer_stats s;

	mc_observer_stats(world.o, &s);
	return s;
}

#endif
