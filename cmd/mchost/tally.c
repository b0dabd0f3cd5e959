/* tally.c - what hosts sent and heard, counted */
#include "mchost/tally.h"

const char *const sent_names[SENT_KINDS] = {
	[SENT_V1_REPORT] = "v1-report",	      [SENT_V2_REPORT] = "v2-report",
	[SENT_V3_REPORT] = "v3-report",	      [SENT_V2_LEAVE] = "v2-leave",
	[SENT_MLDV1_REPORT] = "mldv1-report", [SENT_MLDV2_REPORT] = "mldv2-report",
	[SENT_MLDV1_DONE] = "mldv1-done",
};

static enum sent_kind kind_of(const struct mc_gm_spec *s)
{
	static const enum sent_kind reports[2][4] = {
		{ 0, SENT_V1_REPORT, SENT_V2_REPORT, SENT_V3_REPORT },
		{ 0, SENT_MLDV1_REPORT, SENT_MLDV2_REPORT, 0 },
	};
	bool six = s->family == MC_IPV6;

	if (s->kind == MC_GM_LEAVE)
		return six ? SENT_MLDV1_DONE : SENT_V2_LEAVE;
	return reports[six][s->version];
}

static void count_response(struct tally *t, const struct mc_hosts_sent *s)
{
	/* What this host came too late counts too: the querier sees it. */
	int64_t after = s->delay.ns + (s->when.ns - s->due.ns);

	mc_hist_add(&t->response, (mc_nsec){ after });
	if (after > s->max_resp.ns)
		t->late++;
	else
		t->tenths[s->max_resp.ns ? (after * 10 - 1) / s->max_resp.ns * (after > 0) : 0]++;
}

void tally_sent(struct tally *t, const struct mc_hosts_sent *s)
{
	t->sent[kind_of(s->spec)]++;
	t->records += s->spec->n_records;
	if (s->reason == MC_SENT_ANSWER || s->reason == MC_SENT_ANSWER_SPECIFIC)
		count_response(t, s);
}

static struct querier *querier_of(struct tally *t, const struct mc_addr *a)
{
	for (unsigned i = 0; i < t->n_queriers; i++)
		if (!mc_addr_cmp(&t->queriers[i].addr, a))
			return &t->queriers[i];
	if (t->n_queriers == TALLY_QUERIERS)
		return NULL;
	t->queriers[t->n_queriers].addr = *a;
	return &t->queriers[t->n_queriers++];
}

const struct querier *tally_query(struct tally *t, const struct mc_frame *f, const struct mc_gm *gm,
				  mc_nsec now)
{
	struct querier *q = querier_of(t, &f->src);

	t->queries++;
	if (!q)
		return NULL;
	q->version = gm->version;
	q->last = now;
	if (gm->n_sources) {
		q->source++;
	} else if (!mc_addr_is_unspecified(&gm->group)) {
		q->group++;
	} else {
		q->general++;
		q->max_resp = gm->max_resp;
		q->qqi = gm->qqi;
	}
	return q;
}
