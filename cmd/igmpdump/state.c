/* state.c - the observer, what it is told and who hears of what it says */
#include "igmpdump/state.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <mc/group.h>

#include "common/out.h"
#include "igmpdump/members.h"
#include "igmpdump/views.h"

#define EXEC_POLL_NS 10000000 /* live: how often to look whether a command has ended */

const char *protocol_name(enum mc_family family)
{
	return family == MC_IPV4 ? "igmp" : "mld";
}

const char *protocol_title(enum mc_family family)
{
	return family == MC_IPV4 ? "IGMP" : "MLD";
}

const char *group_name(const struct dump *d, const struct mc_addr *group)
{
	const struct mc_known_group *known = d->c->common.no_names ? NULL : mc_group_known(group);

	return known ? known->name : NULL;
}

/* --- opening ------------------------------------------------------------- */

/* Nothing that a message changes is shown before the end. */
static bool may_wait(const struct dump *d)
{
	return !d->live && !d->show_messages && !d->c->events && !d->exec;
}

static int open_lanes(struct state *s)
{
	int err = 0;

	for (unsigned i = 0; !err && i < LANES; i++)
		err = lane_open(&s->lanes[i], s->d, s->events, s->waits);
	return err;
}

static int open_parts(struct state *s)
{
	int err = events_open(&s->events, s->d, s->exec);

	s->links = calloc(LINKS_MAX, sizeof(*s->links));
	if (!err && !s->links)
		err = -ENOMEM;
	if (!err)
		err = open_lanes(s);
	if (!err && s->d->c->streams)
		err = census_open(&s->census);
	return err;
}

int state_open(struct state **out, struct dump *d)
{
	struct state *s = calloc(1, sizeof(*s));
	int err, status = 0;

	*out = NULL;
	if (!s)
		return err_why(NULL, -ENOMEM, NULL);
	s->d = d;
	s->redraws = d->live && d->c->members && !d->c->common.json && isatty(STDOUT_FILENO);
	s->exec = d->exec;
	s->waits = may_wait(d);
	err = open_parts(s);
	if (err)
		status = err_why(NULL, err, NULL);
	if (status)
		state_close(s);
	else
		*out = s;
	return status;
}

void state_close(struct state *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < LANES; i++)
		lane_close(&s->lanes[i]);
	events_close(s->events);
	census_close(s->census);
	free(s->links);
	free(s);
}

/* --- what comes in ------------------------------------------------------- */

static void note_time(struct state *s, mc_nsec now)
{
	if (now.ns > s->now.ns)
		s->now = now;
}

static void count_message(struct state *s, const struct message *m)
{
	struct link_counts *l = &s->links[m->link];
	enum mc_issue i = MC_ISSUE_NONE;

	counters_add(&l->messages, &s->kinds, m);
	if (!l->first.ns)
		l->first = m->when;
	l->last = m->when;
	if (s->d->filter.n && !filter_message(s->d, m))
		return;
	while ((i = mc_issues_next(&m->issues, i)) != MC_ISSUE_NONE)
		l->issues[i]++;
}

bool state_count(struct state *s, const struct message *m)
{
	note_time(s, m->when);
	count_message(s, m);
	if (!mc_issues_none(&m->issues))
		events_message(s->events, m);
	if (!m->parsed || m->gm.kind == MC_GM_OTHER)
		return false;
	if (m->gm.kind == MC_GM_QUERY && mc_addr_is_unspecified(&m->gm.group))
		s->links[m->link].queried = true;
	return true;
}

void state_message(struct state *s, const struct message *m)
{
	if (state_count(s, m))
		lane_hear(&s->lanes[lane_of(m->gm.family)], m, s->now);
}

void state_hear(struct state *s, unsigned lane, const struct mc_heard *heard, size_t n)
{
	mc_observer_messages(s->lanes[lane].observer, heard, n);
}

bool state_waits(const struct state *s)
{
	return s->waits;
}

mc_nsec state_now(const struct state *s)
{
	return s->now;
}

void state_catch_up(struct state *s)
{
	for (unsigned i = 0; i < LANES; i++)
		lane_catch_up(&s->lanes[i]);
}

void state_data(struct state *s, const struct message *m, const struct mc_udp *udp)
{
	mc_observer *o = s->lanes[lane_of(m->f.dst.family)].observer;

	note_time(s, m->when);
	state_catch_up(s);
	mc_observer_data(o, m->link, s->now, &m->f.src, &m->f.dst);
	if (s->census)
		census_add(s->census, o, m, udp);
}

/* --- time ---------------------------------------------------------------- */

/* The lane whose timer is due first; a number beyond when there is none. */
static unsigned next_lane(const struct state *s, mc_nsec *due)
{
	unsigned next = LANES;

	due->ns = INT64_MAX;
	for (unsigned i = 0; i < LANES; i++) {
		mc_nsec t = mc_observer_deadline(s->lanes[i].observer);

		if (t.ns < due->ns) {
			*due = t;
			next = i;
		}
	}
	return next;
}

/* What happens in both lanes is told in the order of time. */
static void run_timers(struct state *s, mc_nsec now)
{
	mc_nsec due;
	unsigned i;

	note_time(s, now);
	state_catch_up(s);
	while ((i = next_lane(s, &due)) < LANES && due.ns <= now.ns) {
		mc_observer_tick(s->lanes[i].observer, due);
		if (mc_observer_deadline(s->lanes[i].observer).ns <= due.ns)
			break; /* an observer's time ends before that of broken captures */
	}
	for (i = 0; i < LANES; i++)
		mc_observer_tick(s->lanes[i].observer, now);
}

void state_tick(struct state *s, mc_nsec now)
{
	run_timers(s, now);
	if (s->exec)
		s->exec_at.ns = exec_poll(s->exec) ? now.ns + EXEC_POLL_NS : INT64_MAX;
	if (s->redraws)
		members_redraw(s, now);
}

mc_nsec state_deadline(const struct state *s)
{
	mc_nsec t = { INT64_MAX };

	/* Nobody sees timers run before the next message is heard. */
	if (!s->waits)
		(void)next_lane(s, &t);
	if (s->exec && s->d->live && s->exec_at.ns < t.ns)
		t = s->exec_at;
	if (s->redraws && s->redraw_at.ns < t.ns)
		t = s->redraw_at;
	return t;
}

void state_fold(struct state *s)
{
	for (uint32_t i = 0; i < s->d->links.n * LANES; i++) {
		uint64_t *n = s->lanes[i % LANES].issues[i / LANES];

		for (unsigned k = 0; k < MC_ISSUE_MAX; k++) {
			s->links[i / LANES].issues[k] += n[k];
			dump_issues(s->d, (enum mc_issue)k, n[k]);
			n[k] = 0;
		}
	}
}

void state_end(struct state *s, mc_nsec now)
{
	uint64_t held;

	run_timers(s, now);
	state_fold(s);
	held = events_held_back(s->events);
	if (s->exec) {
		buf_flush(&s->d->out);
		exec_finish(s->exec);
	}
	if (held && !s->d->c->common.quiet)
		warn_msg("issues held back: %llu; of a kind, five are shown at once and then one "
			 "in ten seconds (--summary counts all)",
			 (unsigned long long)held);
}

/* --- asking both lanes --------------------------------------------------- */

int state_each_member(const struct state *s, void (*fn)(void *, const struct mc_member *),
		      void *data)
{
	int err = 0;

	for (unsigned i = 0; err >= 0 && i < LANES; i++)
		err = mc_observer_members(s->lanes[i].observer, fn, data);
	return err;
}

int state_each_group(const struct state *s, void (*fn)(void *, const struct mc_observed_group *),
		     void *data)
{
	int err = 0;

	for (unsigned i = 0; err >= 0 && i < LANES; i++)
		err = mc_observer_groups(s->lanes[i].observer, fn, data);
	return err;
}

int state_each_of_group(const struct state *s, uint32_t link, const struct mc_addr *group,
			void (*fn)(void *, const struct mc_member *), void *data)
{
	mc_observer *o = s->lanes[lane_of((enum mc_family)group->family)].observer;

	return mc_observer_group_members(o, link, group, fn, data);
}

int state_each_querier(const struct state *s, void (*fn)(void *, const struct mc_querier *),
		       void *data)
{
	int err = 0;

	for (unsigned i = 0; err >= 0 && i < LANES; i++)
		err = mc_observer_queriers(s->lanes[i].observer, fn, data);
	return err;
}

void state_stats(const struct state *s, struct mc_observer_stats *out)
{
	struct mc_observer_stats one;

	mc_observer_stats(s->lanes[LANE_IGMP].observer, out);
	mc_observer_stats(s->lanes[LANE_MLD].observer, &one);
	out->members += one.members;
	out->groups += one.groups;
	out->hosts += one.hosts;
	out->queriers += one.queriers;
	out->forgotten += one.forgotten;
}
