/* route.h - a simulated link for tests of the router: messages in, state, queries
 * and events out as text
 *
 * Sources are called A to Z, the group is G; hosts and routers are numbers, this
 * router is 100. */
#ifndef UNIT_ROUTE_H
#define UNIT_ROUTE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mc/router.h>
#include "router_check.h"

#define SEC  INT64_C(1000000000)
#define MSEC INT64_C(1000000)
#define TEXT 65536
#define IF   7
#define SELF 100

struct world {
	mc_router *r;
	enum mc_family family;
	uint8_t version;
	int64_t now, start;
	char queries[TEXT]; /* "0.0 Q(G,A B)S; " */
	char events[TEXT];  /* "group-joined; " */
	unsigned n_events[MC_ROUTER_QUERY_SENT + 1];
	struct mc_gm_spec last;
	struct mc_addr last_dst, last_src;
	/* of every message heard */
	uint8_t ttl;
	bool no_router_alert, bad_checksum;
	enum mc_router_drop dropped;
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

/* ---- addresses ---- */

static struct mc_addr addr(const char *text)
{
	struct mc_addr a = { 0 };

	assert_int_equal(mc_addr_parse(&a, text), 0);
	return a;
}

static struct mc_addr host(unsigned n)
{
	struct mc_addr a = addr(world.family == MC_IPV4 ? "10.0.0.0" : "fe80::");

	a.bytes[world.family == MC_IPV4 ? 3 : 15] = (uint8_t)n;
	return a;
}

static struct mc_addr source(char name)
{
	struct mc_addr a = addr(world.family == MC_IPV4 ? "192.0.2.0" : "2001:db8::");

	a.bytes[world.family == MC_IPV4 ? 3 : 15] = (uint8_t)(name - 'A' + 1);
	return a;
}

static char source_name(const struct mc_addr *a)
{
	return (char)('A' + a->bytes[world.family == MC_IPV4 ? 3 : 15] - 1);
}

static struct mc_addr group(unsigned n)
{
	struct mc_addr a = addr(world.family == MC_IPV4 ? "239.1.1.0" : "ff0e::1:0");

	a.bytes[world.family == MC_IPV4 ? 3 : 15] = (uint8_t)n;
	return a;
}

#define G 1

/* ---- what comes out ---- */

static void append(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + len, TEXT - len, format, ap);
	va_end(ap);
	assert_true(strlen(text) < TEXT - 200);
}

/* Each query can be built, and is what a parser takes for one. */
static void check_query(const struct mc_router_query *q)
{
	uint8_t buf[1600];
	struct mc_frame f = { .src = q->src, .dst = q->dst };
	struct mc_gm gm;
	int len = mc_gm_build(buf, sizeof(buf), q->gm, &q->src, &q->dst);

	assert_true(len > 0 && len <= 1480);
	f.protocol = q->gm->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f.l4 = (struct mc_span){ buf, (size_t)len };
	assert_int_equal(mc_gm_parse(&gm, &f, NULL), 0);
	assert_int_equal(gm.kind, MC_GM_QUERY);
	assert_int_equal(gm.version, q->gm->version);
	assert_int_equal(gm.n_sources, q->gm->n_sources);
}

static void on_send(void *data, const struct mc_router_query *q)
{
	struct world *w = data;

	assert_int_equal(q->iface, IF);
	check_query(q);
	w->last = *q->gm;
	w->last_dst = q->dst;
	w->last_src = q->src;
	append(w->queries, "%.1f Q(", (double)(q->when.ns - w->start) / SEC);
	if (!mc_addr_is_unspecified(&q->gm->group))
		append(w->queries, "G");
	for (unsigned i = 0; i < q->gm->n_sources; i++)
		append(w->queries, "%c%c", i ? ' ' : ',', source_name(&q->gm->sources[i]));
	append(w->queries, ")%s; ", q->gm->s ? "S" : "");
}

static void on_event(void *data, const struct mc_router_event *e)
{
	struct world *w = data;

	assert_true(e->what >= MC_ROUTER_QUERIER_ELECTED && e->what <= MC_ROUTER_QUERY_SENT);
	assert_true(e->when.ns <= w->r->now);
	assert_string_not_equal(mc_router_what_name(e->what), "unknown");
	w->n_events[e->what]++;
	if (e->what == MC_ROUTER_QUERY_SENT)
		return;
	append(w->events, "%s", mc_router_what_name(e->what));
	if (e->querier.family != MC_ANY)
		append(w->events, " %u", e->querier.bytes[w->family == MC_IPV4 ? 3 : 15]);
	if (e->host)
		append(w->events, " %u", e->host->addr.bytes[w->family == MC_IPV4 ? 3 : 15]);
	if (e->source)
		append(w->events, " %c%s", source_name(&e->source->addr),
		       e->source->blocked ? " blocked" : "");
	append(w->events, "; ");
}

static inline void forget(void)
{
	world.queries[0] = world.events[0] = 0;
	memset(world.n_events, 0, sizeof(world.n_events));
}

/* ---- the world ---- */

static struct mc_router_iface_opts iface_opts(void)
{
	struct mc_router_iface_opts o = {
		.sz = sizeof(o), .iface = IF, .family = world.family, .version = world.version
	};

	o.addr = host(SELF);
	mc_router_vars_init(&o.vars);
	return o;
}

static void open_empty(enum mc_family family, uint8_t version, uint64_t max_entries)
{
	struct mc_router_opts opts = { .sz = sizeof(opts),
				       .alloc = test_alloc,
				       .max_entries = max_entries,
				       .event = on_event,
				       .send = on_send,
				       .data = &world };

	memset(&world, 0, sizeof(world));
	world.family = family;
	world.version = version;
	world.ttl = 1;
	world.now = world.start = 1000 * SEC;
	blocks_out = 0;
	allocations_left = INT64_MAX;
	assert_int_equal(mc_router_open(&world.r, &opts), 0);
}

static void add_iface(const struct mc_router_iface_opts *o)
{
	assert_int_equal(mc_router_iface_add(world.r, (mc_nsec){ world.now }, o), 0);
}

/* Querier at once, with the defaults. */
static inline void open_world(enum mc_family family, uint8_t version)
{
	struct mc_router_iface_opts o;

	open_empty(family, version, 0);
	o = iface_opts();
	add_iface(&o);
}

static void close_world(void)
{
	router_check(world.r);
	mc_router_close(world.r);
	assert_int_equal(blocks_out, 0);
}

/* Lets time pass, timer by timer, as a program would. */
static void pass(int64_t ns)
{
	int64_t end = world.now + ns, next;

	while ((next = mc_router_deadline(world.r).ns) <= end) {
		assert_true(next > world.now);
		world.now = next;
		assert_false(mc_router_tick(world.r, (mc_nsec){ next }, 0));
		assert_true(mc_router_deadline(world.r).ns > next);
	}
	world.now = end;
	mc_router_tick(world.r, (mc_nsec){ end }, 0);
	router_check(world.r);
}

/* A little later, when what was due at a round time has been done. */
static inline void pass_beyond(int64_t ns)
{
	pass(ns + 3 * MSEC);
}

/* ---- messages ---- */

static void hear(const struct mc_addr *from, const struct mc_gm_spec *spec)
{
	static uint8_t buf[65536];
	struct mc_frame f = { .src = *from,
			      .has_src_mac = true,
			      .ttl = world.ttl,
			      .router_alert = !world.no_router_alert };
	struct mc_gm gm;
	int len;

	assert_int_equal(mc_gm_destination(&f.dst, spec), 0);
	f.src_mac.bytes[0] = 2;
	f.src_mac.bytes[5] = from->bytes[spec->family == MC_IPV4 ? 3 : 15];
	f.protocol = spec->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	len = mc_gm_build(buf, sizeof(buf), spec, &f.src, &f.dst);
	assert_true(len > 0);
	buf[2] ^= world.bad_checksum;
	f.l4 = (struct mc_span){ buf, (size_t)len };
	assert_int_equal(mc_gm_parse(&gm, &f, NULL), 0);
	world.dropped = mc_router_message(world.r, IF, (mc_nsec){ world.now }, &f, &gm);
	memset(buf, 0xa5, (size_t)len); /* nothing of it is kept */
	router_check(world.r);
}

static void spread_sources(struct mc_addr out[26], uint16_t *n, const char *names)
{
	*n = 0;
	for (; *names; names++)
		out[(*n)++] = source(*names);
}

/* A record of IGMPv3 or MLDv2, from host n: record(5, MC_REC_ALLOW, "AB"). */
static void record_for(unsigned n, const struct mc_addr *g, uint8_t type, const char *names)
{
	struct mc_addr sources[26];
	struct mc_gm_record_spec r = { .type = type, .group = *g, .sources = sources };
	struct mc_gm_spec s = { .kind = MC_GM_REPORT,
				.family = (enum mc_family)g->family,
				.version = g->family == MC_IPV4 ? 3 : 2,
				.records = &r,
				.n_records = 1 };
	struct mc_addr from = host(n);

	spread_sources(sources, &r.n_sources, names);
	hear(&from, &s);
}

static inline void record(unsigned n, uint8_t type, const char *names)
{
	struct mc_addr g = group(G);

	record_for(n, &g, type, names);
}

static inline void older(unsigned n, enum mc_gm_kind kind, uint8_t version)
{
	struct mc_gm_spec s = { .kind = kind, .family = world.family, .version = version };
	struct mc_addr from = host(n);

	s.group = group(G);
	hear(&from, &s);
}

static struct mc_gm_spec query_spec(uint8_t version)
{
	struct mc_gm_spec s = { .kind = MC_GM_QUERY, .family = world.family, .version = version };

	s.group = mc_addr_unspecified(s.family);
	s.max_resp.ns = 10 * SEC;
	if (version == (world.family == MC_IPV4 ? 3 : 2)) {
		s.qrv = 2;
		s.qqi.ns = 125 * SEC;
	}
	return s;
}

static inline void general(unsigned n, uint8_t version)
{
	struct mc_gm_spec s = query_spec(version);
	struct mc_addr from = host(n);

	hear(&from, &s);
}

/* Q(G,S) with one second to answer, Q(G) without names. */
static inline void specific(unsigned n, const char *names, bool suppress)
{
	struct mc_gm_spec s = query_spec(world.version);
	struct mc_addr from = host(n), sources[26];

	s.group = group(G);
	s.max_resp.ns = SEC;
	s.s = suppress;
	spread_sources(sources, &s.n_sources, names);
	s.sources = sources;
	hear(&from, &s);
}

/* ---- the state as text ---- */

static void write_source(void *data, const struct mc_router_source *s)
{
	char *text = data;

	append(text, " %c:", source_name(&s->addr));
	if (s->blocked)
		append(text, "-");
	else
		append(text, "%lld", (long long)((s->expires.ns - world.now + SEC / 2) / SEC));
}

static void write_group(void *data, const struct mc_router_group *g)
{
	char *text = data;

	append(text, "%s%s", text[0] ? " | " : "", g->mode == MC_EXCLUDE ? "EX" : "IN");
	if (g->mode == MC_EXCLUDE)
		append(text, "/%lld", (long long)((g->expires.ns - world.now + SEC / 2) / SEC));
	assert_int_equal(mc_router_sources(world.r, g->iface, &g->addr, write_source, text), 0);
}

/* "EX/270 A:2 B:-": the filter mode, the group timer, source timers, in rounded
 * seconds; "" for no group at all. */
static inline const char *state_text(void)
{
	static char text[TEXT];

	text[0] = 0;
	assert_int_equal(mc_router_groups(world.r, write_group, text), 0);
	return text;
}

static inline struct mc_router_iface iface(void)
{
	struct mc_router_iface i;

	assert_int_equal(mc_router_iface(world.r, &i, IF, world.family), 0);
	return i;
}

static inline struct mc_router_stats stats(void)
{
	struct mc_router_stats s;

	mc_router_stats(world.r, &s);
	return s;
}

#endif
