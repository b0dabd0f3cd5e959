/* summary.c - gathers what a summary says */
#include "igmpdump/summary.h"

#include <errno.h>
#include <stdlib.h>

#include "common/out.h"

#define TEXT_GROUPS  20
#define TEXT_MEMBERS 8
#define LIST_GROUPS  1000 /* where members were asked for */
#define LIST_MEMBERS 1000
#define JSON_GROUPS  1000
#define JSON_MEMBERS 32

uint64_t summary_link_issues(const struct link_counts *l)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < MC_ISSUE_MAX; i++)
		n += l->issues[i];
	return n;
}

uint64_t summary_link_messages(const struct link_counts *l)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < KINDS_MAX; i++)
		n += l->messages.n[i];
	return n;
}

unsigned summary_issues(enum mc_issue out[MC_ISSUE_MAX], const uint64_t counts[MC_ISSUE_MAX])
{
	unsigned n = 0;

	for (unsigned i = MC_ISSUE_NONE + 1; i < MC_ISSUE_MAX; i++) {
		enum mc_severity severity = mc_issue_row((enum mc_issue)i)->severity;
		unsigned at = n;

		if (!counts[i])
			continue;
		for (; at > 0; at--) {
			enum mc_severity other = mc_issue_row(out[at - 1])->severity;

			if (other > severity ||
			    (other == severity && counts[out[at - 1]] >= counts[i]))
				break;
			out[at] = out[at - 1];
		}
		out[at] = (enum mc_issue)i;
		n++;
	}
	return n;
}

static void add_links(struct summary *y)
{
	for (uint32_t i = 0; i < y->s->d->links.n; i++)
		for (unsigned k = 0; k < y->s->kinds.n; k++)
			y->messages.n[k] += y->s->links[i].messages.n[k];
	for (unsigned i = 0; i < y->top.n; i++)
		if (!y->s->links[y->top.v[i].link].queried)
			y->blind = true;
}

static void order_kinds(struct summary *y)
{
	for (unsigned i = 0; i < y->s->kinds.n; i++) {
		unsigned at = i;

		for (; at > 0 && y->messages.n[y->order[at - 1]] < y->messages.n[i]; at--)
			y->order[at] = y->order[at - 1];
		y->order[at] = (uint8_t)i;
	}
}

static int gather(struct summary *y)
{
	const struct lane *igmp = &y->s->lanes[LANE_IGMP], *mld = &y->s->lanes[LANE_MLD];
	const struct config *c = y->s->d->c;
	int err;

	state_stats(y->s, &y->stats);
	y->join = latency_sum(&igmp->join, &mld->join);
	y->leave = latency_sum(&igmp->leave, &mld->leave);
	if (c->common.json)
		err = top_collect(&y->top, y->s, JSON_GROUPS, JSON_MEMBERS);
	else if (c->members)
		err = top_collect(&y->top, y->s, LIST_GROUPS, LIST_MEMBERS);
	else
		err = top_collect(&y->top, y->s, TEXT_GROUPS, TEXT_MEMBERS);
	if (!err)
		err = queriers_collect(&y->queriers, y->s);
	add_links(y);
	order_kinds(y);
	return err;
}

void state_summary(struct state *s, bool final)
{
	struct summary *y = calloc(1, sizeof(*y));
	int err;

	if (!y) {
		err_why("summary", -ENOMEM, NULL);
		return;
	}
	state_catch_up(s);
	state_fold(s);
	y->s = s;
	y->final = final;
	err = gather(y);
	if (err)
		warn_why("summary", err, NULL);
	if (s->d->c->common.json)
		summary_json(y);
	else
		summary_text(y);
	out_flush();
	top_free(&y->top);
	free(y);
}
