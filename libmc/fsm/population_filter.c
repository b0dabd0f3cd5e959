/* population_filter.c - what sockets want, merged (RFC 9776 3.2) */
#include "population.h"
#include <errno.h>

/* What a call changes. */
struct plan {
	uint32_t station, socket;
	enum mc_filter_mode mode;
	uint32_t list; /* ours to release */
	bool leaves;   /* the socket does */
};

/* The merged state, in p->merged. */
struct merging {
	struct mc_hosts *p;
	bool exclude;
	bool ok; /* memory */
};

enum mc_filter_mode pop_member_mode(const struct mc_hosts *p, const struct member *m)
{
	if (m->want == NONE)
		return m->flags & M_PLAIN ? MC_EXCLUDE : MC_INCLUDE;
	return (enum mc_filter_mode)want_at(p, m->want)->mode;
}

uint32_t pop_member_list(const struct mc_hosts *p, const struct member *m)
{
	return m->want == NONE ? NO_SOURCES : want_at(p, m->want)->list;
}

bool pop_member_takes(const struct mc_hosts *p, const struct member *m,
		      const struct mc_addr *source)
{
	return (pop_member_mode(p, m) == MC_INCLUDE) ==
	       pop_list_has(p, pop_member_list(p, m), source);
}

/* ---- merging ---- */

static void merge_one(struct merging *g, enum mc_filter_mode mode, uint32_t list)
{
	struct mc_hosts *p = g->p;

	if (mode == MC_INCLUDE) {
		g->ok = g->ok && pop_set_unite(p, &p->allowed, list);
	} else if (g->exclude) {
		pop_set_intersect(p, &p->merged, list);
	} else {
		g->ok = g->ok && pop_set_copy(p, &p->merged, list);
		g->exclude = true;
	}
}

/* EXCLUDE if one socket does: what all of those exclude and nobody includes. */
static bool merge(struct mc_hosts *p, const struct member *m, const struct plan *plan)
{
	struct merging g = { .p = p, .ok = true };
	uint32_t id = m && m->want != NONE ? want_at(p, m->want)->sockets : NONE;

	p->merged.n = p->allowed.n = 0;
	if (!plan->leaves)
		merge_one(&g, plan->mode, plan->list);
	if (m && m->flags & M_PLAIN && plan->socket != 0)
		merge_one(&g, MC_EXCLUDE, NO_SOURCES);
	for (; id != NONE; id = socket_at(p, id)->next)
		if (socket_at(p, id)->number != plan->socket)
			merge_one(&g, (enum mc_filter_mode)socket_at(p, id)->mode,
				  socket_at(p, id)->list);
	if (g.exclude) {
		pop_set_subtract(&p->merged, &p->allowed);
	} else {
		struct set spare = p->merged;

		p->merged = p->allowed;
		p->allowed = spare;
	}
	p->merged_mode = g.exclude ? MC_EXCLUDE : MC_INCLUDE;
	return g.ok;
}

/* ---- sockets ---- */

/* Where the number of the socket's record stands. */
static uint32_t *socket_place(const struct mc_hosts *p, struct want *w, uint32_t number)
{
	uint32_t *place = &w->sockets;

	while (*place != NONE && socket_at(p, *place)->number != number)
		place = &socket_at(p, *place)->next;
	return place;
}

static bool is_plain(const struct plan *plan)
{
	return !plan->leaves && plan->socket == 0 && plan->mode == MC_EXCLUDE &&
	       plan->list == NO_SOURCES;
}

static void socket_drop(struct mc_hosts *p, uint32_t *place)
{
	uint32_t id = *place;

	if (id == NONE)
		return;
	pop_list_release(p, socket_at(p, id)->list);
	*place = socket_at(p, id)->next;
	pool_free(&p->sockets, id);
}

/* The record is there already when one is needed. */
static void set_socket(struct mc_hosts *p, struct member *m, const struct plan *plan)
{
	struct want *w = m->want == NONE ? NULL : want_at(p, m->want);
	uint32_t *place = w ? socket_place(p, w, plan->socket) : NULL;

	if (plan->socket == 0)
		m->flags &= (uint8_t)~M_PLAIN;
	if (is_plain(plan))
		m->flags |= M_PLAIN;
	if (place && (plan->leaves || is_plain(plan))) {
		socket_drop(p, place);
	} else if (place) {
		pop_list_release(p, socket_at(p, *place)->list);
		socket_at(p, *place)->list = pop_list_keep(p, plan->list);
		socket_at(p, *place)->mode = plan->mode;
	}
}

static bool socket_reserve(struct mc_hosts *p, struct want *w, uint32_t number)
{
	uint32_t *place = socket_place(p, w, number), id;

	if (*place != NONE)
		return true;
	id = pool_new(&p->sockets);
	if (id == NONE)
		return false;
	*socket_at(p, id) = (struct socket){
		.list = NO_SOURCES, .next = NONE, .number = number, .mode = MC_INCLUDE
	};
	*place = id;
	return true;
}

/* ---- changing ---- */

static bool speaks_newest(const struct mc_hosts *p, const struct member *m)
{
	return is_newest(p, station_at(p, m->host)->speaks);
}

/* All memory that the change may need. */
static bool reserve(struct mc_hosts *p, uint32_t id, const struct plan *plan, uint32_t list)
{
	struct member *m = member_at(p, id);
	bool reports = speaks_newest(p, m) && !is_silent(p, m);
	bool socket = !plan->leaves && !is_plain(plan);

	if (!reports && !socket && m->want == NONE)
		return true;
	if (pop_want_get(p, id) == NONE)
		return false;
	if (reports && !pop_new_reserve(p, id, p->merged_mode, list))
		return false;
	return !socket || socket_reserve(p, want_at(p, m->want), plan->socket);
}

static void tell(struct mc_hosts *p, uint32_t id, bool was_in, enum mc_filter_mode mode,
		 uint32_t list)
{
	const struct member *m = member_at(p, id);
	bool is_in = pop_member_is_in(p, m);

	if (is_in != was_in) {
		group_of(p, m)->members += is_in ? 1 : -1;
		p->count.members += is_in ? 1 : -1;
		if (group_of(p, m)->members == is_in)
			p->count.groups += is_in ? 1 : -1;
	}
	if (speaks_newest(p, m))
		pop_new_changed(p, id, mode, list);
	else if (is_in && !was_in)
		pop_old_join(p, id);
	else if (was_in && !is_in)
		pop_old_leave(p, id);
}

static void commit(struct mc_hosts *p, uint32_t id, const struct plan *plan, uint32_t list)
{
	struct member *m = member_at(p, id);
	bool was_in = pop_member_is_in(p, m);
	enum mc_filter_mode mode = pop_member_mode(p, m);
	uint32_t old = pop_list_keep(p, pop_member_list(p, m));

	set_socket(p, m, plan);
	if (m->want != NONE) {
		struct want *w = want_at(p, m->want);

		pop_list_release(p, w->list);
		w->list = pop_list_keep(p, list);
		w->mode = (uint8_t)p->merged_mode;
	}
	tell(p, id, was_in, mode, old);
	pop_list_release(p, old);
	pop_member_trim(p, id);
}

static int change(struct mc_hosts *p, const struct plan *plan, const struct mc_addr *group)
{
	uint32_t g = pop_group_find(p, group);
	uint32_t id = g == NONE ? NONE : pop_member_find(p, plan->station, g);
	uint32_t list = NONE;
	int rc = -ENOMEM;

	if (id == NONE && plan->leaves)
		return 0;
	if (id == NONE)
		id = pop_member_new(p, plan->station, group);
	if (id == NONE)
		return -ENOMEM;
	if (merge(p, member_at(p, id), plan))
		list = pop_list_of(p, &p->merged);
	if (list != NONE && reserve(p, id, plan, list)) {
		commit(p, id, plan, list);
		rc = 0;
	} else {
		pop_member_trim(p, id);
	}
	if (list != NONE)
		pop_list_release(p, list);
	return rc;
}

static int check_sources(const struct mc_hosts *p, const struct mc_addr *sources, unsigned n)
{
	if (n > MC_HOSTS_SOURCES)
		return -ENOBUFS;
	for (unsigned i = 0; i < n; i++)
		if (sources[i].family != p->family || mc_addr_is_multicast(&sources[i]) ||
		    mc_addr_is_unspecified(&sources[i]) || mc_addr_is_broadcast(&sources[i]))
			return -EINVAL;
	return 0;
}

static uint32_t list_of_sources(struct mc_hosts *p, const struct mc_addr *sources, unsigned n)
{
	p->other.n = 0;
	for (unsigned i = 0; i < n; i++)
		if (!pop_set_add(p, &p->other, &sources[i]))
			return NONE;
	return pop_list_of(p, &p->other);
}

int mc_hosts_set(mc_hosts *p, mc_nsec now, uint32_t host, uint32_t socket,
		 const struct mc_addr *group, enum mc_filter_mode mode,
		 const struct mc_addr *sources, unsigned n_sources)
{
	struct plan plan = { .station = host, .socket = socket, .mode = mode };
	int rc = check_sources(p, sources, n_sources);

	if (host >= p->n_stations)
		return -EINVAL;
	if (group->family != p->family || !mc_addr_is_multicast(group))
		return -MC_ENOTGROUP;
	if (rc < 0)
		return rc;
	pop_clock_set(p, now);
	pop_station_follow(p, host);
	plan.leaves = mode == MC_INCLUDE && !n_sources;
	plan.list = list_of_sources(p, sources, n_sources);
	if (plan.list == NONE)
		return -ENOMEM;
	rc = change(p, &plan, group);
	pop_list_release(p, plan.list);
	return rc;
}

int mc_hosts_join(mc_hosts *p, mc_nsec now, uint32_t host, const struct mc_addr *group)
{
	return mc_hosts_set(p, now, host, 0, group, MC_EXCLUDE, NULL, 0);
}

static bool has_socket(const struct mc_hosts *p, struct member *m, uint32_t number)
{
	if (m->flags & M_PLAIN && number == 0)
		return true;
	return m->want != NONE && *socket_place(p, want_at(p, m->want), number) != NONE;
}

int mc_hosts_leave(mc_hosts *p, mc_nsec now, uint32_t host, const struct mc_addr *group)
{
	uint32_t g, id = NONE;

	if (host >= p->n_stations)
		return -EINVAL;
	if (group->family != p->family || !mc_addr_is_multicast(group))
		return -MC_ENOTGROUP;
	g = pop_group_find(p, group);
	if (g != NONE)
		id = pop_member_find(p, host, g);
	if (id == NONE || !has_socket(p, member_at(p, id), 0))
		return -MC_ENOTMEMBER;
	return mc_hosts_set(p, now, host, 0, group, MC_INCLUDE, NULL, 0);
}

static int leave_group(struct mc_hosts *p, uint32_t id, mc_nsec now)
{
	struct member *m = member_at(p, id);
	uint32_t host = m->host;
	struct mc_addr group = pop_group_addr(p, group_of(p, m));
	int rc = 0;

	while (rc == 0 && m->want != NONE && want_at(p, m->want)->sockets != NONE) {
		const struct socket *s = socket_at(p, want_at(p, m->want)->sockets);
		bool last = s->next == NONE && !(m->flags & M_PLAIN);

		rc = mc_hosts_set(p, now, host, s->number, &group, MC_INCLUDE, NULL, 0);
		if (last) /* the membership may be gone */
			return rc;
	}
	if (rc == 0 && m->flags & M_PLAIN)
		rc = mc_hosts_set(p, now, host, 0, &group, MC_INCLUDE, NULL, 0);
	return rc;
}

int mc_hosts_leave_all(mc_hosts *p, mc_nsec now, uint32_t host)
{
	int rc = 0;

	if (host >= p->n_stations)
		return -EINVAL;
	pop_clock_set(p, now);
	pop_station_follow(p, host);
	for (uint32_t id = station_at(p, host)->head, next; rc == 0 && id != NONE; id = next) {
		next = member_at(p, id)->host_next;
		rc = leave_group(p, id, now);
	}
	return rc;
}
