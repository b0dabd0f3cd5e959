/* watch.c - the data of each group: did it come to whom it should, and how soon */
#include "mchost/watch.h"

#include <errno.h>
#include <mc/group.h>
#include <stdlib.h>

#define STRANGERS 4096 /* more are counted together */

int watches_open(struct watches *w, const struct channels *ch)
{
	*w = (struct watches){ .ch = ch };
	w->v = calloc(ch->n ? ch->n : 1, sizeof(*w->v));
	w->strangers = calloc(STRANGERS, sizeof(*w->strangers));
	return w->v && w->strangers ? 0 : -ENOMEM;
}

void watches_close(struct watches *w)
{
	free(w->v);
	free(w->strangers);
	hindex_free(&w->index);
}

static struct watch *watch_of(const struct watches *w, uint64_t channel)
{
	struct mc_addr group;

	if (!w->ch->overlap)
		return &w->v[channel];
	group = channel_group(w->ch, channel);
	return &w->v[channel_of(w->ch, &group)];
}

/* What is known of a group when somebody joins it again, or at the end. */
static void settle(struct watches *w, struct watch *g, mc_nsec now)
{
	int64_t after = g->last_data - g->left_at;
	bool had_data = g->packets && g->last_data > g->joined_at;

	if (!g->leaving)
		return;
	g->leaving = false;
	if (!had_data)
		return;
	if (after > 0 && now.ns - g->last_data < WATCH_RECENT_NS / 10 &&
	    now.ns - g->left_at > WATCH_RECENT_NS / 5) {
		w->still_flowing++;
		return;
	}
	mc_hist_add(g->killed ? &w->expiry : &w->leave, (mc_nsec){ after > 0 ? after : 0 });
}

void watches_joined(struct watches *w, uint64_t channel, mc_nsec now)
{
	struct watch *g = watch_of(w, channel);

	g->last_join = now.ns;
	if (g->members++)
		return;
	settle(w, g, now);
	g->joined_at = now.ns;
	/* When data flows as it is, nobody waits for it. */
	g->waiting = !g->last_data || now.ns - g->last_data > WATCH_RECENT_NS;
}

void watches_left(struct watches *w, uint64_t channel, mc_nsec now, bool killed)
{
	struct watch *g = watch_of(w, channel);

	if (!g->members || --g->members)
		return;
	g->waiting = false;
	g->leaving = true;
	g->killed = killed;
	g->left_at = now.ns;
}

static void count_stranger(struct watches *w, const struct mc_addr *group)
{
	uint32_t hash = hash_bytes(group, sizeof(*group), 0), at = 0, i;
	struct mc_group_info info;

	/* Of link-local scope: switches send it everywhere (RFC 4541 2.1.2). */
	if (mc_group_classify(&info, group) || !info.forwardable)
		return;
	w->unwanted++;
	while ((i = hindex_next(&w->index, hash, &at)) != HINDEX_NONE) {
		if (mc_addr_cmp(&w->strangers[i].group, group))
			continue;
		w->strangers[i].packets++;
		return;
	}
	if (w->n_strangers == STRANGERS || hindex_put(&w->index, hash, w->n_strangers))
		return;
	w->strangers[w->n_strangers++] = (struct stranger){ *group, 1 };
}

void watches_data(struct watches *w, const struct mc_addr *source, const struct mc_addr *group,
		  mc_nsec when)
{
	uint64_t channel = channel_of(w->ch, group);
	struct watch *g;

	if (channel == NO_CHANNEL || !channel_wants(w->ch, source, group)) {
		count_stranger(w, group);
		return;
	}
	g = &w->v[channel];
	w->packets++;
	if (!g->members) {
		g->unwanted++;
		w->unwanted++;
	} else {
		g->packets++;
		if (g->waiting && when.ns >= g->joined_at) {
			g->waiting = false;
			mc_hist_add(&w->join, (mc_nsec){ when.ns - g->joined_at });
		}
	}
	if (when.ns > g->last_data)
		g->last_data = when.ns;
}

void watches_settle(struct watches *w, mc_nsec now)
{
	for (uint64_t i = 0; i < w->ch->n; i++)
		settle(w, &w->v[i], now);
}

bool watches_delivered(const struct watches *w, uint64_t channel)
{
	const struct watch *g = watch_of(w, channel);

	return g->packets && g->last_data > g->last_join;
}
