/* population_list.c - who wants what, and how much there is of all */
#include "population.h"

const char *mc_hosts_reason_name(enum mc_hosts_reason reason)
{
	static const char *const names[] = {
		[MC_SENT_CHANGE] = "change",
		[MC_SENT_AGAIN] = "retransmission",
		[MC_SENT_ANSWER] = "answer",
		[MC_SENT_ANSWER_SPECIFIC] = "specific-answer",
	};

	if (reason < MC_SENT_CHANGE || reason > MC_SENT_ANSWER_SPECIFIC)
		return "unknown";
	return names[reason];
}

const char *mc_hosts_state_name(enum mc_hosts_state state)
{
	static const char *const names[] = {
		[MC_NON_MEMBER] = "non-member",
		[MC_DELAYING_MEMBER] = "delaying-member",
		[MC_IDLE_MEMBER] = "idle-member",
	};

	return state > MC_IDLE_MEMBER ? "unknown" : names[state];
}

static enum mc_hosts_state new_state(const struct mc_hosts *p, const struct member *m)
{
	const struct station *s = station_at(p, m->host);
	bool changes = m->want != NONE && want_at(p, m->want)->queued;

	if (is_silent(p, m))
		return MC_IDLE_MEMBER;
	return changes || m->delay != NONE || s->answer_due != NEVER ? MC_DELAYING_MEMBER
								     : MC_IDLE_MEMBER;
}

static void show(const struct mc_hosts *p, const struct member *m, struct mc_hosts_member *out)
{
	const struct list *l = list_at(p, pop_member_list(p, m));
	bool newest = is_newest(p, station_at(p, m->host)->speaks);
	bool suppressed = !newest && m->delay != NONE && pop_old_state(p, m) == MC_IDLE_MEMBER;

	*out = (struct mc_hosts_member){
		.host = m->host,
		.group = pop_group_addr(p, group_of(p, m)),
		.mode = pop_member_mode(p, m),
		.sources = l->a,
		.n_sources = l->n,
		.state = newest ? new_state(p, m) : pop_old_state(p, m),
		.last_reporter = m->flags & M_FLAG && !suppressed,
	};
}

static uint32_t find(const struct mc_hosts *p, uint32_t host, const struct mc_addr *group)
{
	uint32_t g = group->family == p->family ? pop_group_find(p, group) : NONE;

	return g == NONE || host >= p->n_stations ? NONE : pop_member_find(p, host, g);
}

int mc_hosts_member(mc_hosts *p, struct mc_hosts_member *out, uint32_t host,
		    const struct mc_addr *group)
{
	uint32_t id = find(p, host, group);

	*out = (struct mc_hosts_member){ 0 };
	if (id == NONE || !pop_member_is_in(p, member_at(p, id)))
		return 0;
	show(p, member_at(p, id), out);
	return 1;
}

bool mc_hosts_wants(const mc_hosts *p, uint32_t host, const struct mc_addr *source,
		    const struct mc_addr *group)
{
	uint32_t id = find(p, host, group);

	return id != NONE && pop_member_takes(p, member_at(p, id), source);
}

static void show_one(const struct mc_hosts *p, uint32_t id, mc_hosts_member_fn *fn, void *data)
{
	struct mc_hosts_member m;

	if (!pop_member_is_in(p, member_at(p, id)))
		return;
	show(p, member_at(p, id), &m);
	fn(data, &m);
}

void mc_hosts_of_host(mc_hosts *p, uint32_t host, mc_hosts_member_fn *fn, void *data)
{
	uint32_t id = host < p->n_stations ? station_at(p, host)->head : NONE;

	for (; id != NONE; id = member_at(p, id)->host_next)
		show_one(p, id, fn, data);
}

void mc_hosts_of_group(mc_hosts *p, const struct mc_addr *group, mc_hosts_member_fn *fn, void *data)
{
	uint32_t g = group->family == p->family ? pop_group_find(p, group) : NONE;
	uint32_t id = g == NONE ? NONE : group_at(p, g)->head;

	for (; id != NONE; id = member_at(p, id)->group_next)
		show_one(p, id, fn, data);
}

void mc_hosts_groups(mc_hosts *p,
		     void (*fn)(void *data, const struct mc_addr *group, uint32_t members),
		     void *data)
{
	/* A group's first word is the number of its memberships, so none is free. */
	for (uint32_t id = 0; id < p->groups.used; id++) {
		const struct group *g = group_at(p, id);
		struct mc_addr addr = pop_group_addr(p, g);

		if (pool_is_live(&p->groups, id) && g->members)
			fn(data, &addr, g->members);
	}
}

void mc_hosts_stats(const mc_hosts *p, struct mc_hosts_stats *out)
{
	*out = p->count;
	out->hosts = p->n_stations;
	out->pending = p->n_delays + p->armed;
	out->memory = pop_records_memory(p);
}
