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

/* realloc(3) with size 0 is not the same everywhere. */
static void *observer_memory(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void take_latency(struct latency *l, mc_nsec d)
{
	if (d.ns < 0)
		return;
	if (!l->n++ || d.ns < l->min.ns)
		l->min = d;
	if (d.ns > l->max.ns)
		l->max = d;
	l->sum.ns += d.ns;
}

static void observed(void *data, const struct mc_observation *o)
{
	struct state *s = data;
	struct filter_facts facts = filter_of_observation(o);

	if (o->what == MC_DATA_STARTED)
		take_latency(&s->join, o->latency);
	else if (o->what == MC_DATA_STOPPED)
		take_latency(&s->leave, o->latency);
	if (s->d->filter.n && !filter_facts(s->d, &facts))
		return;
	if (o->what == MC_OBSERVED_ISSUE) {
		dump_issue(s->d, o->issue);
		s->links[o->link].issues[o->issue]++;
	}
	events_observed(s->events, o);
}

/* The summary counts issues, and data after joins and leaves. */
static uint32_t wanted(const struct state *s)
{
	if (s->d->c->events || s->exec)
		return 0;
	return MC_OBSERVED(MC_DATA_STARTED) | MC_OBSERVED(MC_DATA_STOPPED) |
	       MC_OBSERVED(MC_OBSERVED_ISSUE);
}

static int open_observer(struct state *s)
{
	struct mc_observer_opts o = { .sz = sizeof(o),
				      .alloc = observer_memory,
				      .max_members = s->d->c->max_members,
				      .fn = observed,
				      .data = s,
				      .wanted = wanted(s) };

	return mc_observer_open(&s->observer, &o);
}

/* Nothing that a message changes is shown before the end. */
static bool may_wait(const struct state *s)
{
	return !s->d->live && !s->d->show_messages && !s->d->c->events && !s->exec;
}

static int open_backlog(struct state *s)
{
	if (!may_wait(s))
		return 0;
	s->backlog = calloc(1, sizeof(*s->backlog));
	if (!s->backlog)
		return -ENOMEM;
	s->backlog->observer = s->observer;
	return 0;
}

static int open_parts(struct state *s)
{
	int err = open_observer(s);

	if (!err)
		err = open_backlog(s);
	s->links = calloc(LINKS_MAX, sizeof(*s->links));
	if (!err && !s->links)
		err = -ENOMEM;
	if (!err)
		err = events_open(&s->events, s->d, s->exec);
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
	mc_observer_close(s->observer);
	free(s->backlog);
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

void state_message(struct state *s, const struct message *m)
{
	note_time(s, m->when);
	count_message(s, m);
	if (!mc_issues_none(&m->issues))
		events_message(s->events, m);
	if (!m->parsed || m->gm.kind == MC_GM_OTHER)
		return;
	if (m->gm.kind == MC_GM_QUERY && mc_addr_is_unspecified(&m->gm.group))
		s->links[m->link].queried = true;
	if (s->backlog)
		backlog_add(s->backlog, m);
	else
		mc_observer_message(s->observer, m->link, m->when, &m->f, &m->gm);
}

void state_catch_up(struct state *s)
{
	if (s->backlog)
		backlog_flush(s->backlog);
}

void state_data(struct state *s, const struct message *m, const struct mc_udp *udp)
{
	note_time(s, m->when);
	state_catch_up(s);
	mc_observer_data(s->observer, m->link, m->when, &m->f.src, &m->f.dst);
	if (s->census)
		census_add(s->census, s->observer, m, udp);
}

/* --- time ---------------------------------------------------------------- */

void state_tick(struct state *s, mc_nsec now)
{
	note_time(s, now);
	state_catch_up(s);
	mc_observer_tick(s->observer, now);
	if (s->exec)
		s->exec_at.ns = exec_poll(s->exec) ? now.ns + EXEC_POLL_NS : INT64_MAX;
	if (s->redraws)
		members_redraw(s, now);
}

mc_nsec state_deadline(const struct state *s)
{
	mc_nsec t = { INT64_MAX };

	/* Nobody sees timers run before the next message is heard. */
	if (!s->backlog)
		t = mc_observer_deadline(s->observer);
	if (s->exec && s->d->live && s->exec_at.ns < t.ns)
		t = s->exec_at;
	if (s->redraws && s->redraw_at.ns < t.ns)
		t = s->redraw_at;
	return t;
}

void state_end(struct state *s, mc_nsec now)
{
	uint64_t held = events_held_back(s->events);

	note_time(s, now);
	state_catch_up(s);
	mc_observer_tick(s->observer, now);
	if (s->exec) {
		buf_flush(&s->d->out);
		exec_finish(s->exec);
	}
	if (held && !s->d->c->common.quiet)
		warn_msg("issues held back: %llu; of a kind, five are shown at once and then one "
			 "in ten seconds (--summary counts all)",
			 (unsigned long long)held);
}
