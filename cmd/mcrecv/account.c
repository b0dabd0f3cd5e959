/* account.c - one packet into its stream's numbers
 *
 * This is the hot path: several million packets a second pass here, most of
 * them in merged reads of many. */
#include "mcrecv/account.h"

#include <mc/probe.h>
#include <mc/rtp.h>
#include <stdlib.h>

/* Consecutive probes of a merged read, to be counted in one go. */
struct run {
	uint64_t session, first;
	mc_nsec sent;
	unsigned n;
};

uint64_t account_session(const struct streams *s, const struct mc_packet *p)
{
	uint64_t session;
	struct mc_rtp rtp;

	if (mc_probe_peek(&session, p->payload.p, p->payload.len))
		return session;
	if (s->rtp && mc_rtp_parse(&rtp, p->payload.p, p->payload.len) == 0)
		return rtp.ssrc;
	return 0;
}

static void note_size(struct stream *st, size_t len)
{
	if (len < st->size_min)
		st->size_min = (uint32_t)len;
	if (len > st->size_max)
		st->size_max = (uint32_t)len;
}

static void note_header(struct stream *st, const struct mc_packet *p, unsigned n)
{
	st->packets += n;
	st->bytes += p->payload.len;
	st->merged += n - 1;
	st->last = p->when;
	st->dscp = p->tos >> 2;
	if (p->ttl < st->ttl_min)
		st->ttl_min = p->ttl;
	if (p->ttl > st->ttl_max)
		st->ttl_max = p->ttl;
}

/* The first packet with numbers decides what the stream is. */
static bool becomes(struct stream *st, enum stream_kind kind, unsigned bits)
{
	if (st->kind == kind)
		return true;
	if (st->kind != STREAM_FOREIGN)
		return false;
	if (kind == STREAM_PROBE) {
		st->delay = calloc(1, sizeof(*st->delay));
		if (!st->delay)
			return false;
	}
	mc_seq_init(&st->seq, bits);
	st->kind = kind;
	return true;
}

static void flush(struct stream *st, const struct mc_packet *p, struct run *r)
{
	mc_nsec transit = { p->when.ns - r->sent.ns };

	if (!r->n)
		return;
	mc_seq_add_run(&st->seq, r->session, r->first, r->n, p->when);
	mc_hist_add_n(st->delay, transit, r->n);
	/* Of merged packets only the first one's arrival is known. */
	mc_jitter_add(&st->jitter, transit);
	st->has_jitter = true;
	r->n = 0;
}

static void note_path(struct stream *st, const struct mc_packet *p, const struct mc_probe *probe)
{
	int hops = (int)probe->ttl - (int)p->ttl;

	if (hops >= 0 && (st->hops_min < 0 || hops < st->hops_min))
		st->hops_min = hops;
	if (hops > st->hops_max)
		st->hops_max = hops;
	st->dscp_sent = probe->dscp;
	st->remarked += probe->dscp != p->tos >> 2;
}

static void note_probe(struct stream *st, const struct mc_packet *p, const struct mc_probe *probe,
		       struct run *r)
{
	bool follows = r->n && probe->session == r->session && probe->seq == r->first + r->n &&
		       probe->sent.ns == r->sent.ns;

	if (!follows) {
		flush(st, p, r);
		*r = (struct run){ probe->session, probe->seq, probe->sent, 0 };
	}
	r->n++;
	note_path(st, p, probe);
}

/* Arrival minus media time; the timestamp's 32 bits are extended first. */
static void rtp_jitter(struct stream *st, const struct mc_packet *p, const struct mc_rtp *rtp)
{
	if (!st->rtp_clock)
		return;
	if (st->has_jitter)
		st->rtp_ticks += (int32_t)(rtp->timestamp - st->rtp_last_ts);
	st->rtp_last_ts = rtp->timestamp;
	st->has_jitter = true;

	double media_ns = (double)st->rtp_ticks * 1e9 / st->rtp_clock;

	mc_jitter_add(&st->jitter, (mc_nsec){ p->when.ns - st->first.ns - (int64_t)media_ns });
}

static bool note_rtp(const struct streams *s, struct stream *st, const struct mc_packet *p,
		     const uint8_t *data, size_t len)
{
	struct mc_rtp rtp;

	if (mc_rtp_parse(&rtp, data, len) < 0 || !becomes(st, STREAM_RTP, 16))
		return false;
	if (!st->rtp_clock)
		st->rtp_clock = s->rtp_clock ? s->rtp_clock : mc_rtp_clock(rtp.payload_type);
	mc_seq_add(&st->seq, rtp.ssrc, rtp.seq, p->when);
	rtp_jitter(st, p, &rtp);
	return true;
}

static void note_datagram(const struct streams *s, struct stream *st, const struct mc_packet *p,
			  const uint8_t *data, size_t len, struct run *r)
{
	struct mc_probe probe;
	int err = mc_probe_parse(&probe, data, len);

	if (err == 0 && becomes(st, STREAM_PROBE, 64))
		note_probe(st, p, &probe, r);
	else if (err == -MC_EBADSUM)
		st->bad_crc++;
	else if (!s->rtp || !note_rtp(s, st, p, data, len))
		st->foreign++;
}

void account_packet(const struct streams *s, struct stream *st, const struct mc_packet *p)
{
	size_t step = p->segment ? p->segment : p->payload.len;
	struct run r = { 0 };
	size_t at = 0;

	note_header(st, p, packet_datagrams(p));
	do {
		size_t left = p->payload.len - at;
		size_t len = left < step ? left : step;

		note_size(st, len);
		note_datagram(s, st, p, p->payload.p + at, len, &r);
		at += len;
	} while (at < p->payload.len);
	flush(st, p, &r);
}

bool streams_foreign(const struct streams *s, const struct mc_packet *p)
{
	struct mc_probe probe;
	struct mc_rtp rtp;
	int err = mc_probe_parse(&probe, p->payload.p, p->payload.len);

	if (err == 0 || err == -MC_EBADSUM)
		return false;
	return !s->rtp || mc_rtp_parse(&rtp, p->payload.p, p->payload.len) < 0;
}
