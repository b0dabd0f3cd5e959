/* sender.c - fills packets, sends them in time, counts */
#include "mcsend/sender.h"

#include "common/out.h"
#include "common/sig.h"

#include <errno.h>
#include <mc/probe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>

/* More would only push the packets out of the CPU's cache again. */
#define ARENA_BYTES (512 * 1024)
#define ARENA_SLOTS 1024
/* Timers wake late by tens of microseconds: shorter waits are not worth it. */
#define SHORTEST_WAIT_NS 1000

struct batch {
	struct mc_tx_item items[MC_TX_ITEMS];
	struct mc_addr groups[MC_TX_ITEMS];
	unsigned n;
	unsigned packets;
	struct outlet *outlet;
};

static mc_nsec clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (mc_nsec){ (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec };
}

static double packets_per_second(const struct config *c, uint64_t n_streams)
{
	double size = (double)(c->size.min + c->size.max) / 2;
	double pps = 0;

	if (c->rate.unit == RATE_PACKETS)
		pps = c->rate.value;
	else if (c->rate.unit == RATE_BITS)
		pps = c->rate.value / 8 / (size > 0 ? size : 1);
	return c->each ? pps * (double)n_streams : pps;
}

static void fill_arena(struct sender *s)
{
	const struct payload *p = s->payload;

	for (unsigned i = 0; i < s->slots; i++) {
		uint8_t *slot = s->arena + i * s->slot;

		if (p->kind == PAYLOAD_FIXED)
			memcpy(slot, p->bytes, p->len);
		for (size_t at = 0; p->kind == PAYLOAD_PROBE && at < s->slot; at++)
			slot[at] = (uint8_t)at;
	}
}

int sender_init(struct sender *s, const struct config *c, struct routes *r, struct payload *p)
{
	size_t slot = c->size.max ? c->size.max : 1;

	*s = (struct sender){ .c = c, .routes = r, .payload = p, .slot = slot };
	s->slots = (unsigned)(ARENA_BYTES / slot);
	s->slots = s->slots < 1 ? 1 : s->slots > ARENA_SLOTS ? ARENA_SLOTS : s->slots;
	s->arena = malloc(s->slots * slot);
	if (!s->arena)
		return err_why(NULL, -ENOMEM, NULL);
	fill_arena(s);
	if (getrandom(&s->session, sizeof(s->session), 0) != sizeof(s->session))
		s->session = (uint64_t)clock_ns(CLOCK_REALTIME).ns;
	s->asked_pps = packets_per_second(c, r->n_streams);
	/* At full speed a stream gets a run of packets a turn, which the device
	 * can segment; at a chosen rate one, so that each stream is even. */
	s->turn = 1;
	if (r->n_streams == 1)
		s->turn = UINT64_MAX;
	else if (s->asked_pps <= 0 && p->kind != PAYLOAD_STREAM && !c->no_gso)
		s->turn = c->burst && c->burst < MC_TX_SEGMENTS ? c->burst : MC_TX_SEGMENTS;
	return 0;
}

void sender_free(struct sender *s)
{
	free(s->arena);
}

/* --- whose turn ---------------------------------------------------------- */

static bool any_outlet(const struct routes *r)
{
	for (unsigned i = 0; i < r->n_outlets; i++)
		if (!r->outlets[i].gone)
			return true;
	return false;
}

static void next_route(struct sender *s)
{
	s->index = 0;
	if (++s->route < s->routes->n)
		return;
	s->route = 0;
	s->totals.rounds++;
	s->at_end = s->payload->at_end;
}

static void next_stream(struct sender *s)
{
	s->in_turn = 0;
	if (++s->index == s->routes->v[s->route].spec->count)
		next_route(s);
}

static uint64_t seq_now(const struct sender *s)
{
	return s->routes->n_streams == 1 ? s->in_turn : s->totals.rounds * s->turn + s->in_turn;
}

static size_t size_of(const struct config *c, uint64_t seq)
{
	uint64_t steps = (c->size.max - c->size.min) / c->size.step + 1;

	return c->size.min + c->size.step * (seq % steps);
}

/* --- filling a batch ----------------------------------------------------- */

static size_t fill_packet(const struct sender *s, uint8_t *slot, uint64_t seq, mc_nsec now)
{
	const struct config *c = s->c;
	const struct route *r = &s->routes->v[s->route];
	struct mc_probe p = { .ttl = (uint8_t)c->ttl,
			      .dscp = (uint8_t)c->dscp,
			      .has_crc = c->crc,
			      .stream = (uint32_t)(r->first_stream + s->index),
			      .session = s->session,
			      .seq = seq,
			      .sent = now };
	size_t len = size_of(c, seq);

	if (s->payload->kind == PAYLOAD_STREAM)
		return s->piece_len;
	if (s->payload->kind == PAYLOAD_PROBE && mc_probe_build(slot, len, &p) < 0)
		return 0; /* the size was checked: does not happen */
	return len;
}

/* Packets that one item may hold: they must lie side by side, at equal sizes. */
static unsigned run_limit(const struct sender *s, unsigned want)
{
	const struct config *c = s->c;
	uint64_t most = want;

	if (s->payload->kind == PAYLOAD_STREAM || c->no_gso || c->size.min != c->size.max ||
	    c->size.max == 0)
		return 1;
	if (most > MC_TX_SEGMENTS)
		most = MC_TX_SEGMENTS;
	if (most > MC_TX_RUN_BYTES / s->slot)
		most = MC_TX_RUN_BYTES / s->slot;
	if (most > s->turn - s->in_turn)
		most = s->turn - s->in_turn;
	return most ? (unsigned)most : 1;
}

static void add_item(struct sender *s, struct batch *b, unsigned want, mc_nsec now)
{
	const struct route *r = &s->routes->v[s->route];
	uint8_t *data = s->arena + b->packets * s->slot;
	unsigned run = run_limit(s, want);
	size_t len = 0;

	for (unsigned i = 0; i < run; i++) {
		len = fill_packet(s, data + i * s->slot, seq_now(s), now);
		s->in_turn++;
	}
	b->groups[b->n] = mc_spec_group(r->spec, s->index);
	b->items[b->n] = (struct mc_tx_item){ .group = &b->groups[b->n],
					      .data = data,
					      .len = (uint32_t)(run > 1 ? run * s->slot : len),
					      .segment = run > 1 ? (uint32_t)s->slot : 0,
					      .port = r->spec->port };
	b->n++;
	b->packets += run;
	if (s->in_turn >= s->turn)
		next_stream(s);
}

/* The next piece of a file, when a round begins.  False: there is none. */
static bool next_piece(struct sender *s)
{
	int n;

	if (s->payload->kind != PAYLOAD_STREAM || s->route || s->index)
		return true;
	n = payload_read(s->payload, s->arena, s->c->size.max);
	if (n < 0) {
		err_msg("--payload: cannot read %s: %s", s->payload->name, mc_strerror(n));
		s->read_failed = true;
	}
	s->piece_len = n > 0 ? (uint64_t)n : 0;
	s->at_end = n <= 0;
	return n > 0;
}

/* Up to want packets for one outlet. */
static void fill_batch(struct sender *s, struct batch *b, uint64_t want)
{
	mc_nsec now = clock_ns(CLOCK_REALTIME);

	b->n = b->packets = 0;
	b->outlet = &s->routes->outlets[s->routes->v[s->route].outlet];
	if (s->payload->kind == PAYLOAD_STREAM)
		want = 1;
	if (want > s->slots)
		want = s->slots;
	while (b->packets < want && b->n < MC_TX_ITEMS && !s->at_end) {
		const struct route *r = &s->routes->v[s->route];

		if (&s->routes->outlets[r->outlet] != b->outlet)
			break;
		if (b->outlet->gone) {
			next_route(s);
			break;
		}
		if (!next_piece(s))
			break;
		add_item(s, b, (unsigned)(want - b->packets), now);
	}
}

/* --- sending it ---------------------------------------------------------- */

static void count_error(struct totals *t, int err, uint64_t packets)
{
	unsigned i = 0;

	t->failed += packets;
	while (i < t->n_errors && t->errors[i].err != err)
		i++;
	if (i == ERROR_KINDS)
		i--;
	else if (i == t->n_errors)
		t->errors[t->n_errors++] = (struct send_error){ err, 0 };
	t->errors[i].packets += packets;
}

static uint64_t datagrams_of(const struct mc_tx_item *it)
{
	return it->segment ? (it->len + it->segment - 1) / it->segment : 1;
}

/* Adds what left to the totals; returns how much of the item after the whole
 * ones left too (a run may be cut in the middle). */
static uint64_t count_sent(struct totals *t, const struct mc_tx_item *items, int whole,
			   uint64_t datagrams)
{
	t->packets += datagrams;
	for (int i = 0; i < whole; i++) {
		datagrams -= datagrams_of(&items[i]);
		t->bytes += items[i].len;
	}
	if (datagrams)
		t->bytes += datagrams * items[whole].segment;
	return datagrams;
}

/* Both families' sockets of an interface go together, with one message. */
static void give_up(struct routes *r, const struct outlet *o)
{
	err_msg("%s: the interface is gone", o->iface.name);
	for (unsigned i = 0; i < r->n_outlets; i++)
		r->outlets[i].gone |= r->outlets[i].iface.index == o->iface.index;
}

static void check_interface(struct routes *r, const struct outlet *o, int err)
{
	struct mc_iface now;

	if (err != -ENODEV && err != -ENXIO && err != -ENETUNREACH && err != -EADDRNOTAVAIL &&
	    err != -EINVAL)
		return;
	if (!o->gone && mc_iface_get_index(&now, o->iface.index, NULL) < 0)
		give_up(r, o);
}

/* The first item failed.  True: try it again. */
static bool handle_failure(struct sender *s, struct outlet *o, const struct mc_tx_item *it, int err)
{
	if (err == -EINTR)
		return !sig_stop();
	if ((err == -ENOBUFS || err == -EAGAIN) && !sig_stop()) {
		s->totals.queue_full++;
		sig_sleep((mc_nsec){ 50000 });
		return true;
	}
	check_interface(s->routes, o, err);
	count_error(&s->totals, err, datagrams_of(it));
	return false;
}

static void send_items(struct sender *s, struct batch *b)
{
	unsigned at = 0;

	while (at < b->n && !b->outlet->gone) {
		struct mc_tx_item *it = &b->items[at];
		uint64_t datagrams, part;
		int ret = mc_tx_send(b->outlet->tx, it, b->n - at, &datagrams);
		int whole = ret > 0 ? ret : 0;

		part = count_sent(&s->totals, it, whole, datagrams);
		at += (unsigned)whole;
		if (part) {
			b->items[at].data =
				(const uint8_t *)b->items[at].data + part * b->items[at].segment;
			b->items[at].len -= (uint32_t)(part * b->items[at].segment);
		}
		if (ret < 0 && !handle_failure(s, b->outlet, &b->items[at], ret))
			at++;
	}
}

/* --- the loop ------------------------------------------------------------ */

static uint64_t packets_left(const struct sender *s)
{
	uint64_t count = s->c->each ? s->c->count * s->routes->n_streams : s->c->count;
	uint64_t done = s->totals.packets + s->totals.failed;

	if (!s->c->count)
		return UINT64_MAX;
	return done < count ? count - done : 0;
}

static bool finished(const struct sender *s, mc_nsec now)
{
	if (sig_stop() || out_broken() || s->at_end || packets_left(s) == 0)
		return true;
	return s->c->duration.ns && now.ns - s->started.ns >= s->c->duration.ns;
}

static void wait_for(const struct sender *s, mc_nsec now, int64_t report_at)
{
	int64_t until = pace_next(&s->pace).ns;

	if (until > report_at)
		until = report_at;
	if (s->c->duration.ns && until > s->started.ns + s->c->duration.ns)
		until = s->started.ns + s->c->duration.ns;
	if (until - now.ns > SHORTEST_WAIT_NS)
		sig_sleep((mc_nsec){ until - now.ns });
}

static void send_due(struct sender *s, struct batch *b, uint64_t due, mc_nsec now)
{
	struct totals *t = &s->totals;
	uint64_t left = packets_left(s);

	if (!t->first_at.ns)
		t->first_at = now;
	t->last_at = now;
	t->paced_packets = t->packets;
	t->paced_bytes = t->bytes;
	fill_batch(s, b, due < left ? due : left);
	send_items(s, b);
	pace_sent(&s->pace, b->packets);
}

int sender_run(struct sender *s, sender_progress *progress, void *data)
{
	struct batch *b = malloc(sizeof(*b));
	mc_nsec now = clock_ns(CLOCK_MONOTONIC);
	int64_t report_at = now.ns + s->c->interval.ns;

	if (!b)
		return err_why(NULL, -ENOMEM, NULL);
	/* The default slack of 50 us would make every packet late by that. */
	prctl(PR_SET_TIMERSLACK, 1UL);
	s->started = now;
	pace_start(&s->pace, s->asked_pps, s->c->burst, now);
	while (!finished(s, now) && any_outlet(s->routes)) {
		uint64_t due = pace_due(&s->pace, now);

		if (due)
			send_due(s, b, due, now);
		else
			wait_for(s, now, report_at);
		now = clock_ns(CLOCK_MONOTONIC);
		s->totals.elapsed.ns = now.ns - s->started.ns;
		if (now.ns < report_at && !sig_interim_flag)
			continue;
		progress(s, data);
		report_at = now.ns + s->c->interval.ns;
	}
	free(b);
	if (s->read_failed || !any_outlet(s->routes))
		return EXIT_ENV;
	return s->totals.failed ? EXIT_FALSE : EXIT_TRUE;
}
