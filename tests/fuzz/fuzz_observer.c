/* fuzz_observer.c - any messages at any times; what the observer knows adds up
 *
 * Input: a byte of settings, then operations of a byte and their operands, most
 * of them short: few hosts, groups and links, so that they meet. */
#include <mc/observer.h>
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "memory.h"

#define SEC INT64_C(1000000000)

/* ---- what is told ---- */

struct seen {
	uint64_t joined, gone;
	int64_t now;
};

static void check_told(void *data, const struct mc_observation *o)
{
	struct seen *s = data;

	s->joined += o->what == MC_MEMBER_JOINED;
	s->gone += o->what == MC_MEMBER_LEFT || o->what == MC_MEMBER_EXPIRED;
	require(o->when.ns >= 0);
	require((o->what == MC_OBSERVED_ISSUE) == (o->issue != MC_ISSUE_NONE));
	if (o->what <= MC_MEMBER_EXPIRED)
		require(o->member && mc_addr_is_multicast(&o->group));
	if (o->what >= MC_QUERIER_ELECTED && o->what <= MC_QUERIER_CHANGED)
		require(o->querier && o->querier->general > 0);
	if (o->member) {
		require(o->member->n_sources <= 32 && o->member->version >= 1);
		require(o->member->mode == MC_EXCLUDE || o->member->n_sources ||
			o->member->more_sources || o->what != MC_MEMBER_JOINED);
		for (unsigned i = 0; i < o->member->n_sources; i++)
			require(o->member->sources[i].family == o->group.family);
	}
}

/* ---- invariants ---- */

struct walk {
	uint64_t n, wanted;
	mc_observer *o;
	struct mc_member last;
};

static void check_member(void *data, const struct mc_member *m)
{
	struct walk *w = data;
	int order = w->n ? mc_addr_cmp(&w->last.group, &m->group) : -1;

	require(m->expires.ns >= m->last_seen.ns && m->last_seen.ns >= m->first_seen.ns);
	require(m->reports >= 1 && m->mode <= MC_INCLUDE);
	require(m->mode == MC_EXCLUDE || m->n_sources || m->more_sources);
	if (w->n && w->last.link == m->link)
		require(order < 0 || (order == 0 && mc_addr_cmp(&w->last.host, &m->host) <= 0));
	for (unsigned i = 1; i < m->n_sources; i++)
		require(mc_addr_cmp(&m->sources[i - 1], &m->sources[i]) < 0);
	if (m->mode == MC_INCLUDE && m->n_sources)
		require(mc_observer_wanted(w->o, m->link, &m->sources[0], &m->group));
	w->last = *m;
	w->n++;
}

static void check_group(void *data, const struct mc_observed_group *g)
{
	struct walk *w = data;
	uint64_t before = w->n;

	require(mc_observer_group_members(w->o, g->link, &g->group, check_member, w) == 0);
	require(g->members && w->n - before == g->members);
}

static void check_querier(void *data, const struct mc_querier *q)
{
	struct walk *w = data;

	require(!q->elected || (!q->lost && !mc_addr_is_unspecified(&q->addr)));
	require(q->lost || q->general);
	require(q->lost || q->lost_at.ns >= q->first_seen.ns);
	require(q->general + q->specific > 0);
	w->n += !q->lost;
}

static void check(mc_observer *o, uint64_t max_members)
{
	struct mc_observer_stats s;
	struct walk w = { .o = o };

	fail_each = 0;
	mc_observer_stats(o, &s);
	require(s.members <= max_members && s.hosts <= s.members + 4096);
	require(s.groups <= s.members);
	require(mc_observer_members(o, check_member, &w) == 0);
	require(w.n == s.members);
	w.n = 0;
	require(mc_observer_groups(o, check_group, &w) == 0);
	require(w.n == s.members);
	w.n = 0;
	require(mc_observer_queriers(o, check_querier, &w) == 0);
	require(w.n == s.queriers);
}

/* ---- operations ---- */

static struct mc_addr some_host(struct input *in, enum mc_family family)
{
	uint8_t b[16] = { 0xfe, 0x80 };
	uint64_t n = take(in, 1);

	if (family == MC_IPV6) {
		b[15] = (uint8_t)n;
		return mc_addr_from_bytes(family, b);
	}
	memcpy(b, n == 255 ? "\0\0\0\0" : "\12\0\0\0", 4);
	b[3] = n == 255 ? 0 : (uint8_t)n;
	return mc_addr_from_bytes(family, b);
}

/* Bytes as they come are the body of a message of the right shape. */
static void message(struct input *in, mc_observer *o, unsigned op, int64_t now)
{
	uint8_t body[256];
	struct mc_frame f = { .ttl = 1, .router_alert = true, .has_src_mac = op & 64 };
	struct mc_gm gm;
	size_t len = 0, want = take(in, 1);
	uint64_t link = take(in, 1) % 3;

	f.src = some_host(in, op & 16 ? MC_IPV6 : MC_IPV4);
	f.dst = mc_addr_unspecified((enum mc_family)f.src.family);
	f.src_mac.bytes[5] = f.src_mac.bytes[0] = op & 32 ? 2 : 4;
	f.protocol = op & 16 ? MC_PROTO_ICMPV6 : MC_PROTO_IGMP;
	for (; len < want && in->left; len++)
		body[len] = (uint8_t)take(in, 1);
	f.l4 = (struct mc_span){ body, len };
	if (mc_gm_parse(&gm, &f, NULL) < 0)
		return;
	gm.bad_checksum = false; /* the fuzzer need not compute it */
	mc_observer_message(o, (uint32_t)link, (mc_nsec){ now }, &f, &gm);
}

static void datagram(struct input *in, mc_observer *o, unsigned op, int64_t now)
{
	enum mc_family family = op & 16 ? MC_IPV6 : MC_IPV4;
	struct mc_addr source = some_host(in, family), group = some_host(in, family);

	group.bytes[0] = family == MC_IPV6 ? 0xff : 239;
	mc_observer_data(o, (uint32_t)take(in, 1) % 3, (mc_nsec){ now }, &source, &group);
}

/* Also beyond the ends of time, hence unsigned. */
static int64_t some_time(struct input *in, unsigned op, int64_t now)
{
	uint64_t t = (uint64_t)now;

	switch (op & 3) {
	case 0:
		return (int64_t)(t + take(in, 1) * SEC / 100);
	case 1:
		return (int64_t)(t + take(in, 2) * SEC / 10);
	case 2:
		return (int64_t)(t - take(in, 1) * SEC);
	default:
		return op & 128 ? (int64_t)take(in, 8) : now;
	}
}

/* After a tick nothing is overdue. */
static void tick(mc_observer *o, int64_t now, struct seen *s)
{
	int64_t t = now < 0 ? 0 : now > INT64_MAX / 2 ? INT64_MAX / 2 : now;

	s->now = t > s->now ? t : s->now;
	mc_observer_tick(o, (mc_nsec){ now });
	require(mc_observer_deadline(o).ns > s->now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint64_t settings = take(&in, 1);
	struct seen seen = { 0 };
	struct mc_observer_opts opts = { .sz = sizeof(opts),
					 .alloc = fuzz_alloc,
					 .max_members = settings & 7 ? settings & 15 : 5000,
					 .fn = check_told,
					 .data = &seen };
	struct mc_observer_stats s;
	int64_t now = (int64_t)take(&in, 2) * SEC;
	mc_observer *o;

	blocks_out = allocations = fail_each = 0;
	require(mc_observer_open(&o, &opts) == 0);
	while (in.left) {
		unsigned op = (unsigned)take(&in, 1);

		fail_each = settings & 16 ? 2 + (int64_t)(settings >> 5) : 0;
		now = some_time(&in, op, now);
		if (op & 12)
			message(&in, o, op, now);
		else
			datagram(&in, o, op, now);
		tick(o, now, &seen);
		if ((op & 12) == 12)
			check(o, opts.max_members);
	}
	check(o, opts.max_members);
	mc_observer_stats(o, &s);
	require(seen.joined <= seen.gone + s.members + s.forgotten);
	require(seen.joined >= seen.gone + s.members);
	mc_observer_close(o);
	require(blocks_out == 0);
	return 0;
}
