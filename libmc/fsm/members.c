/* members.c - who is a member of what, as reports and silence tell */
#include "state.h"

void show_member(const struct mc_observer *o, uint32_t id, struct shown *out)
{
	const struct member *m = member_at(o, id);
	const struct host *h = host_at(o, m->host);
	const struct group *g = group_at(o, m->group);
	const uint8_t *bytes = member_sources(o, id, g->family, m->n_sources);

	out->m = (struct mc_member){
		.link = link_at(o, g->link)->number,
		.group = group_addr(g),
		.host = host_addr(h),
		.mac = h->mac,
		.has_mac = h->flags & H_MAC,
		.version = m->version,
		.mode = (enum mc_filter_mode)m->mode,
		.sources = out->sources,
		.n_sources = m->n_sources,
		.more_sources = m->more_sources,
		.first_seen = { m->first_seen },
		.last_seen = { m->last_seen },
		.expires = { m->timer.due },
		.reports = m->reports,
		.answered_after = { m->answered ? (m->answered - INT64_C(1)) * 1000 : -1 },
	};
	for (unsigned i = 0; i < m->n_sources; i++)
		out->sources[i] = kept_at(g->family, bytes, i);
}

bool member_takes(const struct mc_observer *o, uint32_t id, const struct mc_addr *source)
{
	const struct member *m = member_at(o, id);
	const uint8_t *bytes = member_sources(o, id, source->family, m->n_sources);

	for (unsigned i = 0; i < m->n_sources; i++)
		if (kept_is(source->family, bytes, i, source))
			return m->mode == MC_INCLUDE;
	return m->mode == MC_EXCLUDE || m->more_sources;
}

/* ---- what it wants ---- */

void member_load(const struct found *w, struct filter *f, bool without_sources)
{
	f->mode = w->m->mode;
	f->more = w->m->more_sources;
	f->n = without_sources ? 0 : w->m->n_sources;
	if (f->n)
		kept_load(f, w->g->family, w->room, SOURCES_ROOM);
}

/* All members together keep a bounded number of sources; the rest is `more`. */
static void fit(const struct mc_observer *o, const struct member *m, struct filter *f)
{
	uint64_t room = o->max_sources - o->n_sources + m->n_sources;

	if (f->n <= room)
		return;
	f->n = (uint8_t)room;
	f->more = true;
}

static bool differs(const struct found *w, const struct filter *f)
{
	const struct member *m = w->m;

	if (m->mode != f->mode || m->more_sources != f->more || m->n_sources != f->n)
		return true;
	return f->n && !kept_same(w->room, SOURCES_ROOM, w->g->family, f);
}

static void store_sources(struct mc_observer *o, const struct found *w, struct filter *f)
{
	struct member *m = w->m;
	size_t each = kept_each(w->g->family);

	if (!kept_resize(o->alloc, w->room, SOURCES_ROOM, m->n_sources * each, f->n * each)) {
		f->n = f->n < m->n_sources ? f->n : m->n_sources;
		f->more = true;
	}
	o->n_sources += f->n;
	o->n_sources -= m->n_sources;
	m->n_sources = f->n;
	m->more_sources = f->more;
	if (f->n)
		kept_store(w->room, SOURCES_ROOM, w->g->family, f);
}

/* Whether that is something else than before. */
bool member_store(struct mc_observer *o, const struct found *w, struct filter *f)
{
	fit(o, w->m, f);
	if (!differs(w, f))
		return false;
	w->g->n_exclude -= w->m->mode == MC_EXCLUDE;
	w->g->n_exclude += f->mode == MC_EXCLUDE;
	w->m->mode = f->mode;
	store_sources(o, w, f);
	return true;
}

/* ---- silence ---- */

/* Silence is the host's fault if it was asked, by another, and was not free to
 * leave the answer to others (RFC 2236 3, RFC 2710 4). */
static bool is_dead(const struct mc_observer *o, const struct member *m)
{
	const struct group *g = group_at(o, m->group);
	const struct link *l = link_at(o, g->link);
	struct mc_addr host = host_addr(host_at(o, m->host));

	if (l->last_general <= m->last_seen || l->speaker == m->host ||
	    mc_addr_is_unspecified(&host))
		return false;
	return rank_of(g->family, m->version) == 3 || !group_was_reported(g, m->last_seen + 1);
}

void member_timer(struct mc_observer *o, uint32_t id, int64_t due)
{
	uint32_t group = member_at(o, id)->group;
	struct finding f = finding_of(MC_ISSUE_MEMBER_EXPIRED, group_at(o, group)->link, due);

	tell_member(o, MC_MEMBER_EXPIRED, id, due, -1);
	f.member = id;
	if (is_dead(o, member_at(o, id)))
		tell(o, &f);
	member_free(o, id);
	group_emptied(o, group, due, false);
}
