/* session.c - one packet's way through mcrecv */
#include "mcrecv/session.h"

#include "common/out.h"
#include "common/sig.h"
#include "mcrecv/report.h"
#include "mcrecv/verdict.h"

static void first_of_stream(struct session *s, struct stream *st, bool first_of_group)
{
	const struct joined *g = &s->joins.v[st->membership];

	if (first_of_group && g->joined_at.ns) {
		/* What was under way when the group was joined came at once. */
		int64_t ns = st->first.ns - g->joined_at.ns;

		st->join_latency.ns = ns > 0 ? ns : 0;
	}
	report_first(s, st);
}

/* Cuts what exceeds --count. */
static void trim(struct session *s, struct mc_packet *p)
{
	uint64_t left;

	if (!s->c->count)
		return;
	left = s->c->count - s->counted;
	if (p->segment && left * p->segment < p->payload.len)
		p->payload.len = left * p->segment;
}

void session_packet(struct session *s, struct mc_packet *p)
{
	struct stream *st;
	bool is_new, first_of_group;
	unsigned n;

	if (s->c->count && s->counted >= s->c->count)
		return;
	trim(s, p);
	n = packet_datagrams(p);
	s->counted += n;
	first_of_group = joins_note(&s->joins, p->membership, p->when, n);
	st = streams_add(&s->streams, p, &is_new);
	if (st && is_new)
		first_of_stream(s, st, first_of_group);
	if (s->sinks.dump || s->sinks.output || s->sinks.capture)
		sinks_put(&s->sinks, p, s->sinks.dump && streams_foreign(&s->streams, p));
}

bool session_over(const struct session *s)
{
	if (sig_stop() || out_broken() || s->sinks.failed || s->sinks.output_closed)
		return true;
	if (s->c->count && s->counted >= s->c->count)
		return true;
	return verdict_settled(s->c, &s->joins, &s->streams);
}
