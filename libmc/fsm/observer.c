/* observer.c - the passive observer of a link: see mc/observer.h */
#include "state.h"
#include <errno.h>
#include <stddef.h>

#define DEFAULT_MEMBERS 1000000
#define MOST_MEMBERS	(UINT64_C(1) << 28)
#define SOURCES_EACH	4 /* kept on average, at most */

const char *mc_observed_name(enum mc_observed what)
{
	/* No default: a new event without a name is a compiler warning. */
	switch (what) {
	case MC_MEMBER_JOINED:
		return "member-joined";
	case MC_MEMBER_CHANGED:
		return "member-changed";
	case MC_MEMBER_LEFT:
		return "member-left";
	case MC_MEMBER_EXPIRED:
		return "member-expired";
	case MC_QUERIER_ELECTED:
		return "querier-elected";
	case MC_QUERIER_LOST:
		return "querier-lost";
	case MC_QUERIER_CHANGED:
		return "querier-changed";
	case MC_DATA_STARTED:
		return "data-started";
	case MC_DATA_STOPPED:
		return "data-stopped";
	case MC_OBSERVED_ISSUE:
		return "issue";
	}
	return "unknown";
}

static uint32_t wanted(const struct mc_observer_opts *opts)
{
	if (!opts->fn)
		return 0;
	if (opts->sz < offsetof(struct mc_observer_opts, wanted) + sizeof(opts->wanted))
		return UINT32_MAX; /* older callers have no such member */
	return opts->wanted ? opts->wanted : UINT32_MAX;
}

int mc_observer_open(mc_observer **out, const struct mc_observer_opts *opts)
{
	struct mc_observer *o;

	*out = NULL;
	if (!opts->alloc || opts->sz < offsetof(struct mc_observer_opts, wanted))
		return -EINVAL;
	o = opts->alloc(NULL, sizeof(*o));
	if (!o)
		return -ENOMEM;
	*o = (struct mc_observer){ .alloc = opts->alloc, .fn = opts->fn, .data = opts->data };
	o->max_members = opts->max_members ? opts->max_members : DEFAULT_MEMBERS;
	if (o->max_members > MOST_MEMBERS)
		o->max_members = MOST_MEMBERS;
	o->max_sources = o->max_members * SOURCES_EACH;
	o->wanted = wanted(opts);
	o->now = NO_TIME;
	records_open(o);
	*out = o;
	return 0;
}

void mc_observer_close(mc_observer *o)
{
	if (!o)
		return;
	records_close(o);
	o->alloc(o, 0);
}

/* ---- telling ---- */

void tell(const struct mc_observer *o, struct finding *f)
{
	struct mc_observation out = { .what = f->what, .issue = f->issue };
	struct shown member;
	struct mc_querier querier;

	if (!is_wanted(o, f->what))
		return;
	if (f->member != NONE) {
		show_member(o, f->member, &member);
		out.member = &member.m;
		f->group = member.m.group;
		f->host = member.m.host;
	}
	if (f->querier != NONE) {
		show_querier(o, f->querier, &querier);
		out.querier = &querier;
		if (f->host.family == MC_ANY)
			f->host = querier.addr;
	}
	out.when.ns = f->when;
	out.link = link_at(o, f->link)->number;
	out.group = f->group;
	out.host = f->host;
	out.latency.ns = f->latency;
	o->fn(o->data, &out);
}

void tell_member(const struct mc_observer *o, enum mc_observed what, uint32_t id, int64_t when,
		 int64_t latency)
{
	struct finding f;

	if (!is_wanted(o, what))
		return;
	f = finding_of(MC_ISSUE_NONE, group_at(o, member_at(o, id)->group)->link, when);
	f.what = what;
	f.member = id;
	f.latency = latency;
	tell(o, &f);
}

void tell_querier(const struct mc_observer *o, enum mc_observed what, enum mc_issue issue,
		  uint32_t id, int64_t when)
{
	struct finding f = finding_of(issue, asker_at(o, id)->link, when);

	f.what = what;
	f.querier = id;
	tell(o, &f);
}

/* ---- time ---- */

static void run_timer(struct mc_observer *o, uint32_t timer)
{
	uint32_t id = timer & ((1u << TIMER_SHIFT) - 1);

	switch ((enum timer_kind)(timer >> TIMER_SHIFT)) {
	case TIMER_MEMBER:
		if (pool_is_live(&o->members, id))
			member_timer(o, id, member_at(o, id)->timer.due);
		break;
	case TIMER_GROUP:
		group_timer(o, id, group_at(o, id)->timer.due);
		break;
	case TIMER_ASKER:
		asker_timer(o, id, asker_at(o, id)->timer.due);
		break;
	case TIMER_LINK:
		link_timer(o, id, link_at(o, id)->timer.due);
		break;
	}
}

/* Times that leave no room for the longest interval above them, or lie before
 * the epoch, come from broken captures only. */
static void advance(struct mc_observer *o, mc_nsec now)
{
	int64_t t = now.ns < 0 ? 0 : now.ns > INT64_MAX / 2 ? INT64_MAX / 2 : now.ns;
	uint32_t timer;

	if (t > o->now)
		o->now = t;
	if (!wheel_is_due(&o->wheel, o->now))
		return;
	while ((timer = wheel_pop(&o->wheel, o->now)) != WHEEL_NONE)
		run_timer(o, timer);
}

void mc_observer_tick(mc_observer *o, mc_nsec now)
{
	advance(o, now);
}

mc_nsec mc_observer_deadline(const mc_observer *o)
{
	return (mc_nsec){ wheel_deadline(&o->wheel) };
}

/* ---- hearing ---- */

static bool find_link(struct hearing *h, const struct mc_heard *heard, const struct next *n)
{
	uint8_t family = (uint8_t)heard->gm->family;

	h->link = n->link != NONE ? n->link : link_find(h->o, heard->link, family);
	if (h->link == NONE)
		h->link = link_new(h->o, heard->link, family, h->now);
	if (h->link == NONE)
		return false;
	h->l = link_at(h->o, h->link);
	return true;
}

static uint32_t find_host(const struct hearing *h, uint32_t id)
{
	const struct mc_observer *o = h->o;

	if (id != NONE && pool_is_live(&o->hosts, id) && host_is(host_at(o, id), h->link, h->f))
		return id;
	return host_find(o, h->link, h->f);
}

/* gcc's analyzer does not know that there are no more of them than were given. */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-use-of-uninitialized-value"
#endif
static void hear(mc_observer *o, const struct mc_heard *heard, struct ahead *a, struct next *n)
{
	const struct mc_gm *gm = heard->gm;
	struct hearing h = { .o = o, .f = heard->frame };

	advance(o, heard->now);
	if (!n->is_heard)
		return;
	h.now = o->now;
	h.version = gm->version;
	h.rank = rank_of((uint8_t)gm->family, gm->version);
	if (!find_link(&h, heard, n)) {
		o->forgotten++;
		return;
	}
	h.host = find_host(&h, n->host);
	if (gm->kind == MC_GM_QUERY)
		hear_query(&h, gm);
	else
		hear_report(&h, gm, a, n);
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

void mc_observer_messages(mc_observer *o, const struct mc_heard *heard, size_t n)
{
	struct ahead a;

	while (n) {
		ahead_look(&a, o, heard, n);
		for (unsigned i = 0; i < a.n; i++)
			hear(o, &heard[i], &a, &a.next[i]);
		heard += a.n;
		n -= a.n;
	}
}

void mc_observer_message(mc_observer *o, uint32_t link, mc_nsec now, const struct mc_frame *f,
			 const struct mc_gm *gm)
{
	struct mc_heard heard = { link, now, f, gm };

	mc_observer_messages(o, &heard, 1);
}

/* ---- data ---- */

static uint32_t find_group(const struct mc_observer *o, uint32_t link, const struct mc_addr *group)
{
	uint32_t id = link_find(o, link, group->family);

	return id == NONE ? NONE : group_find(o, id, group);
}

void mc_observer_data(mc_observer *o, uint32_t link, mc_nsec now, const struct mc_addr *source,
		      const struct mc_addr *group)
{
	uint32_t id;

	advance(o, now);
	id = find_group(o, link, group);
	if (id != NONE)
		group_data(o, id, source, o->now);
}

bool mc_observer_wanted(const mc_observer *o, uint32_t link, const struct mc_addr *source,
			const struct mc_addr *group)
{
	uint32_t id = find_group(o, link, group);

	if (id == NONE)
		return false;
	for (uint32_t m = group_at(o, id)->head; m != NONE; m = beside_at(o, m)->next)
		if (member_takes(o, m, source))
			return true;
	return false;
}

void mc_observer_stats(const mc_observer *o, struct mc_observer_stats *out)
{
	*out = (struct mc_observer_stats){
		.members = o->members.live,
		.groups = o->groups.live - o->lingering,
		.hosts = o->hosts.live,
		.forgotten = o->forgotten,
	};
	for (uint32_t id = 0; id < o->askers.used; id++)
		if (pool_is_live(&o->askers, id) && asker_is_alive(asker_at(o, id)))
			out->queriers++;
}
