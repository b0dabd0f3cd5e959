/* streams.c - the table of streams */
#include "mcrecv/streams.h"

#include "mcrecv/account.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void streams_init(struct streams *s, bool rtp, uint32_t rtp_clock)
{
	*s = (struct streams){ .rtp = rtp, .rtp_clock = rtp_clock };
}

void streams_free(struct streams *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		free(s->v[i]->delay);
		free(s->v[i]);
	}
	free(s->v);
	hindex_free(&s->index);
}

static uint32_t key_hash(const struct stream_key *k)
{
	uint32_t numbers[2] = { (uint32_t)k->source_port << 16 | k->port, k->ifindex };
	uint32_t h = hash_bytes(numbers, sizeof(numbers), (uint32_t)k->session);

	h = hash_bytes(k->source.bytes, sizeof(k->source.bytes), h);
	return hash_bytes(k->group.bytes, sizeof(k->group.bytes), h);
}

static bool same_flow(const struct stream_key *a, const struct stream_key *b)
{
	return a->port == b->port && a->ifindex == b->ifindex &&
	       memcmp(&a->group, &b->group, sizeof(a->group)) == 0 &&
	       memcmp(&a->source, &b->source, sizeof(a->source)) == 0;
}

static bool same_key(const struct stream_key *a, const struct stream_key *b)
{
	return a->source_port == b->source_port && a->session == b->session && same_flow(a, b);
}

static struct stream *find(const struct streams *s, const struct stream_key *k, uint32_t hash)
{
	uint32_t n, at = 0;

	while ((n = hindex_next(&s->index, hash, &at)) != HINDEX_NONE)
		if (same_key(&s->v[n]->key, k))
			return s->v[n];
	return NULL;
}

static int grow(struct streams *s)
{
	unsigned size = s->size ? s->size * 2 : 64;
	struct stream **v;

	if (s->n < s->size)
		return 0;
	v = realloc(s->v, size * sizeof(*v));
	if (!v)
		return -ENOMEM;
	s->v = v;
	s->size = size;
	return 0;
}

static struct stream *insert(struct streams *s, const struct stream_key *k, uint32_t hash,
			     const struct mc_packet *p)
{
	struct stream *st;

	if (s->n == STREAMS_MAX || grow(s) < 0)
		return NULL;
	st = calloc(1, sizeof(*st));
	if (!st)
		return NULL;
	st->key = *k;
	st->membership = p->membership;
	st->first = p->when;
	st->join_latency.ns = -1;
	st->size_min = UINT32_MAX;
	st->ttl_min = UINT8_MAX;
	st->hops_min = st->hops_max = -1;
	if (hindex_put(&s->index, hash, s->n) < 0) {
		free(st);
		return NULL;
	}
	s->v[s->n++] = st;
	return st;
}

struct stream *streams_add(struct streams *s, const struct mc_packet *p, bool *is_new)
{
	struct stream_key k = { p->source, p->group,   p->source_port,
				p->port,   p->ifindex, account_session(s, p) };
	struct stream *st = s->last;

	*is_new = false;
	if (!st || !same_key(&st->key, &k)) {
		uint32_t hash = key_hash(&k);

		st = find(s, &k, hash);
		if (!st) {
			st = insert(s, &k, hash, p);
			*is_new = st != NULL;
		}
	}
	if (!st) {
		s->untracked += packet_datagrams(p);
		return NULL;
	}
	s->last = st;
	account_packet(s, st, p);
	return st;
}

unsigned packet_datagrams(const struct mc_packet *p)
{
	return p->segment ? (unsigned)((p->payload.len + p->segment - 1) / p->segment) : 1;
}

/* --- a sender that was started again ------------------------------------- */

static int by_flow_and_time(const void *a, const void *b)
{
	const struct stream *x = *(struct stream *const *)a, *y = *(struct stream *const *)b;
	int c = mc_addr_cmp(&x->key.group, &y->key.group);

	if (!c)
		c = (x->key.port > y->key.port) - (x->key.port < y->key.port);
	if (!c)
		c = (x->key.ifindex > y->key.ifindex) - (x->key.ifindex < y->key.ifindex);
	if (!c)
		c = mc_addr_cmp(&x->key.source, &y->key.source);
	if (!c)
		c = (x->kind > y->kind) - (x->kind < y->kind);
	if (!c)
		c = (x->first.ns > y->first.ns) - (x->first.ns < y->first.ns);
	return c;
}

static void fold_into(struct stream *into, struct stream *from)
{
	into->last = from->last;
	into->packets += from->packets;
	into->bytes += from->bytes;
	into->foreign += from->foreign;
	into->bad_crc += from->bad_crc;
	into->merged += from->merged;
	into->remarked += from->remarked;
	into->dscp = from->dscp;
	into->dscp_sent = from->dscp_sent;
	into->size_min = from->size_min < into->size_min ? from->size_min : into->size_min;
	into->size_max = from->size_max > into->size_max ? from->size_max : into->size_max;
	into->ttl_min = from->ttl_min < into->ttl_min ? from->ttl_min : into->ttl_min;
	into->ttl_max = from->ttl_max > into->ttl_max ? from->ttl_max : into->ttl_max;
	into->hops_min = from->hops_min < into->hops_min ? from->hops_min : into->hops_min;
	into->hops_max = from->hops_max > into->hops_max ? from->hops_max : into->hops_max;
	into->jitter = from->jitter;
	mc_seq_merge(&into->seq, &from->seq);
	into->seq.restarts++;
	if (into->delay && from->delay)
		mc_hist_merge(into->delay, from->delay);
}

void streams_fold(struct streams *s)
{
	unsigned kept = 0;

	if (!s->n)
		return;
	qsort(s->v, s->n, sizeof(*s->v), by_flow_and_time);
	for (unsigned i = 1; i < s->n; i++) {
		struct stream *a = s->v[kept], *b = s->v[i];

		if (same_flow(&a->key, &b->key) && a->kind == b->kind &&
		    a->kind != STREAM_FOREIGN && b->first.ns > a->last.ns) {
			fold_into(a, b);
			free(b->delay);
			free(b);
		} else {
			s->v[++kept] = b;
		}
	}
	s->n = kept + 1;
	/* The index is of no use any more; nothing is added after this. */
	hindex_free(&s->index);
	s->last = NULL;
}

/* --- sums ---------------------------------------------------------------- */

uint64_t stream_lost(const struct stream *st)
{
	return st->kind == STREAM_FOREIGN ? 0 : mc_seq_lost(&st->seq);
}

double stream_loss(const struct stream *st)
{
	uint64_t lost = stream_lost(st);

	return lost ? (double)lost / (double)(lost + st->seq.unique) : 0;
}

struct stream_totals streams_total(const struct streams *s)
{
	struct stream_totals t = { 0 };

	for (unsigned i = 0; i < s->n; i++) {
		const struct stream *st = s->v[i];

		t.packets += st->packets;
		t.bytes += st->bytes;
		t.lost += stream_lost(st);
		t.duplicates += st->seq.duplicates;
		t.reordered += st->seq.reordered;
		t.foreign += st->foreign;
		t.merged += st->merged;
		if (st->kind == STREAM_FOREIGN)
			t.unsequenced += st->packets;
	}
	return t;
}
