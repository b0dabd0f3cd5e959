/* fuzz_router.c - any messages at any times on interfaces that come and go; the router's
 * memory stays whole
 *
 * Input: three bytes of settings, then operations of a byte and their operands, most
 * of them short: few hosts, groups, sources and interfaces, so that they meet. */
#include <mc/router.h>
#include <stdlib.h>
#include <string.h>
#include "../unit/router_check.h"
#include "input.h"
#include "memory.h"

#define SEC    INT64_C(1000000000)
#define IFACES 3

/* ---- what comes out ---- */

struct seen {
	mc_router *r;
	uint64_t joined, gone, groups_joined, groups_gone, sources_added, sources_gone, queries;
};

static void check_event(void *data, const struct mc_router_event *e)
{
	struct seen *s = data;

	s->joined += e->what == MC_ROUTER_MEMBER_JOINED;
	s->gone += e->what == MC_ROUTER_MEMBER_LEFT || e->what == MC_ROUTER_MEMBER_EXPIRED;
	s->groups_joined += e->what == MC_ROUTER_GROUP_JOINED;
	s->groups_gone += e->what == MC_ROUTER_GROUP_EXPIRED;
	s->sources_added += e->what == MC_ROUTER_SOURCE_ADDED;
	s->sources_gone += e->what == MC_ROUTER_SOURCE_REMOVED;
	require(strcmp(mc_router_what_name(e->what), "unknown") != 0);
	require(e->iface < IFACES && e->when.ns >= 0);
	require((e->what >= MC_ROUTER_GROUP_JOINED && e->what <= MC_ROUTER_MEMBER_EXPIRED) ==
		(e->group != NULL));
	require((e->what >= MC_ROUTER_SOURCE_ADDED && e->what <= MC_ROUTER_SOURCE_REMOVED) ==
		(e->source != NULL));
	require((e->what >= MC_ROUTER_MEMBER_JOINED && e->what <= MC_ROUTER_MEMBER_EXPIRED) ==
		(e->host != NULL));
	require((e->what == MC_ROUTER_QUERY_SENT) == (e->query != NULL));
	require((e->what <= MC_ROUTER_OTHER_VERSION) == (e->querier.family != MC_ANY));
}

/* Every query is a message, and from an interface that may send it. */
static void check_query(void *data, const struct mc_router_query *q)
{
	static uint8_t buf[8192];
	struct seen *s = data;
	struct mc_router_iface i;
	struct mc_gm gm;
	struct mc_frame f = { .src = q->src, .dst = q->dst };
	int len = mc_gm_build(buf, sizeof(buf), q->gm, &q->src, &q->dst);

	require(len > 0);
	f.protocol = q->gm->family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f.l4 = (struct mc_span){ buf, (size_t)len };
	require(mc_gm_parse(&gm, &f, NULL) == 0 && gm.kind == MC_GM_QUERY);
	require(mc_router_iface(s->r, &i, q->iface, q->gm->family) == 0);
	require(i.state != MC_ROUTER_DOWN);
	s->queries++;
}

static void count_group(void *data, const struct mc_router_group *g)
{
	(void)g;
	++*(uint64_t *)data;
}

static void check(struct seen *s)
{
	struct mc_router_stats stats;
	uint64_t groups = 0;

	fail_each = 0;
	router_check(s->r);
	mc_router_stats(s->r, &stats);
	require(mc_router_groups(s->r, count_group, &groups) == 0);
	require(groups == stats.groups);
	require(s->groups_joined == s->groups_gone + stats.groups + stats.forgotten_groups ||
		stats.forgotten_groups);
	require(s->joined >= s->gone + stats.members);
	require(s->joined <= s->gone + stats.members + stats.forgotten_members ||
		stats.forgotten_groups);
	require(stats.counts.general_sent + stats.counts.specific_sent == s->queries);
}

/* ---- operations ---- */

static struct mc_addr some_addr(struct input *in, enum mc_family family)
{
	uint8_t b[16] = { 0xfe, 0x80 };
	uint8_t n = (uint8_t)take(in, 1);

	if (family == MC_IPV4)
		memcpy(b, n == 255 ? "\0\0\0\0" : "\12\0\0\0", 4);
	b[family == MC_IPV4 ? 3 : 15] = family == MC_IPV4 && n == 255 ? 0 : n;
	return mc_addr_from_bytes(family, b);
}

static enum mc_family some_family(unsigned op)
{
	return op & 16 ? MC_IPV6 : MC_IPV4;
}

/* Bytes as they come are the body of a message of the right shape. */
static void message(struct input *in, mc_router *r, unsigned op, int64_t now)
{
	uint8_t body[256];
	struct mc_frame f = { .ttl = 1, .router_alert = true, .has_src_mac = op & 64 };
	struct mc_gm gm;
	size_t len = 0, want = take(in, 1);
	uint32_t iface = (uint32_t)take(in, 1) % IFACES;

	f.src = some_addr(in, some_family(op));
	f.dst = mc_addr_unspecified(some_family(op));
	f.src_mac.bytes[5] = f.src_mac.bytes[0] = op & 32 ? 2 : 4;
	f.protocol = op & 16 ? MC_PROTO_ICMPV6 : MC_PROTO_IGMP;
	for (; len < want && in->left; len++)
		body[len] = (uint8_t)take(in, 1);
	f.l4 = (struct mc_span){ body, len };
	if (mc_gm_parse(&gm, &f, NULL) < 0) {
		mc_router_message(r, iface, (mc_nsec){ now }, &f, NULL);
		return;
	}
	gm.bad_checksum = false; /* the fuzzer need not compute it */
	mc_router_message(r, iface, (mc_nsec){ now }, &f, &gm);
}

/* A record made of a few bytes, which the fuzzer finds sooner than whole messages. */
static void record(struct input *in, mc_router *r, unsigned op, int64_t now)
{
	enum mc_family family = some_family(op);
	struct mc_addr from = some_addr(in, family), sources[7];
	uint64_t what = take(in, 1);
	struct mc_gm_record_spec rec = { .type = (uint8_t)(what & 7), .sources = sources };
	struct mc_gm_spec s = { .kind = MC_GM_REPORT, .family = family, .records = &rec };
	uint8_t buf[512], group[16] = { family == MC_IPV4 ? 239 : 0xff, 0x0e };
	struct mc_frame f = { .src = from, .ttl = 1, .router_alert = true };
	struct mc_gm gm;
	int len;

	group[family == MC_IPV4 ? 3 : 15] = (uint8_t)(what >> 3 & 3);
	rec.group = mc_addr_from_bytes(family, group);
	rec.n_sources = (uint16_t)(what >> 5);
	for (unsigned i = 0; i < rec.n_sources; i++)
		sources[i] = some_addr(in, family);
	s.version = family == MC_IPV4 ? 3 : 2;
	s.n_records = 1;
	require(mc_gm_destination(&f.dst, &s) == 0);
	len = mc_gm_build(buf, sizeof(buf), &s, &f.src, &f.dst);
	if (len < 0)
		return;
	f.protocol = family == MC_IPV4 ? MC_PROTO_IGMP : MC_PROTO_ICMPV6;
	f.l4 = (struct mc_span){ buf, (size_t)len };
	require(mc_gm_parse(&gm, &f, NULL) == 0);
	mc_router_message(r, op & 32 ? 1 : 0, (mc_nsec){ now }, &f, &gm);
}

static int add(struct input *in, mc_router *r, unsigned op, int64_t now)
{
	uint64_t bits = take(in, 3);
	struct mc_router_iface_opts o = { .sz = sizeof(o), .family = some_family(op) };

	o.iface = (uint32_t)(bits & 3) % IFACES;
	o.version = (uint8_t)(bits >> 2 & 3);
	o.mode = (enum mc_router_mode)(bits >> 4 & 3);
	o.listen_first = bits & 64;
	o.ssm_any_source = bits & 128;
	o.has_mac = bits & 256;
	o.mac.bytes[0] = o.mac.bytes[5] = 2;
	o.max_sources = (uint16_t)(bits >> 9 & 3);
	mc_router_vars_init(&o.vars);
	if (bits & 0x800)
		o.vars.robustness = (unsigned)(bits >> 12 & 7);
	if (bits & 0x8000) {
		o.vars.query_interval.ns = (int64_t)(1 + (bits >> 16 & 15)) * SEC;
		o.vars.query_response_interval.ns = (int64_t)(bits >> 20 & 15) * SEC / 4;
	}
	o.addr = some_addr(in, o.family);
	return mc_router_iface_add(r, (mc_nsec){ now }, &o);
}

static void change(struct input *in, mc_router *r, unsigned op, int64_t now)
{
	uint64_t bits = take(in, 1);
	uint32_t iface = (uint32_t)(bits & 3) % IFACES;
	enum mc_family family = some_family(op);
	struct mc_addr a = some_addr(in, family), g;
	mc_nsec t = { now };
	int rc = 0;

	switch (bits >> 2 & 7) {
	case 0:
	case 1:
		rc = mc_router_iface_up(r, t, iface, family, bits & 4);
		break;
	case 2:
		rc = mc_router_iface_addr(r, t, iface, family, &a);
		break;
	case 3:
		rc = mc_router_iface_remove(r, t, iface, family);
		break;
	case 4:
		rc = mc_router_ask(r, t, iface, family, NULL, NULL, 0, bits & 32);
		break;
	case 5:
		g = a;
		g.bytes[0] = family == MC_IPV4 ? 239 : 0xff;
		g.bytes[1] = family == MC_IPV4 ? 0 : 0x0e;
		rc = mc_router_ask(r, t, iface, family, &g, &a, bits & 64 ? 1 : 0, bits & 32);
		break;
	default:
		rc = add(in, r, op, now);
	}
	require(rc <= 0);
}

/* Also beyond the ends of time, hence unsigned. */
static int64_t some_time(struct input *in, unsigned op, int64_t now)
{
	uint64_t t = (uint64_t)now;

	switch (op & 3) {
	case 0:
		return (int64_t)(t + take(in, 1) * SEC / 20);
	case 1:
		return (int64_t)(t + take(in, 2) * SEC / 10);
	case 2:
		return (int64_t)(t - take(in, 1) * SEC);
	default:
		return op & 128 ? (int64_t)take(in, 8) : now;
	}
}

/* With a budget or without: in the end nothing is overdue. */
static void tick(mc_router *r, int64_t now, unsigned budget)
{
	unsigned rounds = 0;

	while (mc_router_tick(r, (mc_nsec){ now }, budget))
		require(++rounds < 1000000);
	require(mc_router_deadline(r).ns > (now < INT64_MAX / 2 ? now : INT64_MAX / 2));
}

static void operate(struct input *in, struct seen *s, unsigned op, int64_t now, unsigned budget)
{
	switch (op >> 2 & 3) {
	case 0:
		message(in, s->r, op, now);
		break;
	case 1:
		record(in, s->r, op, now);
		break;
	case 2:
		change(in, s->r, op, now);
		break;
	default:
		tick(s->r, now, budget);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint64_t settings = take(&in, 3);
	struct seen seen = { 0 };
	struct mc_router_opts opts = { .sz = sizeof(opts),
				       .alloc = fuzz_alloc,
				       .max_entries = settings & 7 ? settings & 15 : 5000,
				       .event = check_event,
				       .send = check_query,
				       .data = &seen };
	int64_t now = (int64_t)(settings >> 8) * SEC;

	blocks_out = allocations = fail_each = 0;
	require(mc_router_open(&seen.r, &opts) == 0);
	for (unsigned i = 0; i < 2; i++) /* one of each family to begin with */
		add(&in, seen.r, i * 16, now);
	while (in.left) {
		unsigned op = (unsigned)take(&in, 1);

		fail_each = settings & 16 ? 2 + (int64_t)(settings >> 5 & 7) : 0;
		now = some_time(&in, op, now);
		operate(&in, &seen, op, now, settings & 32 ? 1 + (op >> 5) : 0);
		check(&seen);
	}
	mc_router_close(seen.r);
	require(blocks_out == 0);
	return 0;
}
