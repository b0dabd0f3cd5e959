/* events.c - what changes: who gets to know it, and how often */
#include "igmpdump/events.h"

#include <errno.h>
#include <stdlib.h>

#include "igmpdump/line.h"

/* Of each kind of issue on a link: so many at once, then one in an interval. */
#define BURST	    5
#define INTERVAL_NS 10000000000

struct limit {
	int64_t full_at; /* when the next one would come at the even pace */
	uint64_t held;
};

struct link_limits {
	struct limit issue[MC_ISSUE_MAX];
};

struct events {
	struct dump *d;
	struct exec *exec;
	struct link_limits *limits; /* LINKS_MAX of them; memory is used as they appear */
	uint64_t held_back;
	struct buf object, env;
	FILE *file; /* writes into object */
	struct json json;
};

static ssize_t write_object(void *cookie, const char *bytes, size_t len)
{
	buf_putn(cookie, bytes, len);
	return (ssize_t)len;
}

int events_open(struct events **out, struct dump *d, struct exec *exec)
{
	struct events *e = calloc(1, sizeof(*e));

	*out = NULL;
	if (!e)
		return -ENOMEM;
	e->d = d;
	e->exec = exec;
	e->limits = calloc(LINKS_MAX, sizeof(*e->limits));
	if (!e->limits || buf_open(&e->object, -1, BUFSIZ) < 0 || buf_open(&e->env, -1, BUFSIZ) < 0)
		goto failed;
	e->file = fopencookie(&e->object, "w", (cookie_io_functions_t){ .write = write_object });
	if (!e->file)
		goto failed;
	json_init(&e->json, e->file);
	*out = e;
	return 0;
failed:
	events_close(e);
	return -ENOMEM;
}

void events_close(struct events *e)
{
	if (!e)
		return;
	if (e->file)
		fclose(e->file);
	buf_close(&e->object);
	buf_close(&e->env);
	free(e->limits);
	free(e);
}

/* --- too many ------------------------------------------------------------ */

static bool hold_back(struct events *e, const struct mc_observation *o, uint64_t *held)
{
	struct limit *l = &e->limits[o->link].issue[o->issue];

	if (l->full_at > o->when.ns + (BURST - 1) * INTERVAL_NS) {
		l->held++;
		e->held_back++;
		return true;
	}
	l->full_at = (l->full_at > o->when.ns ? l->full_at : o->when.ns) + INTERVAL_NS;
	*held = l->held;
	l->held = 0;
	return false;
}

uint64_t events_held_back(const struct events *e)
{
	return e->held_back;
}

/* --- telling ------------------------------------------------------------- */

static void make_object(struct events *e, const struct event *ev)
{
	buf_reset(&e->object);
	event_json(&e->json, e->d, ev);
}

static void run_command(struct events *e, const struct event *ev)
{
	buf_reset(&e->env);
	event_environment(&e->env, e->d, ev);
	/* A file waits until commands have ended; a capture would lose packets. */
	exec_submit(e->exec, (struct mc_span){ (const uint8_t *)e->env.start, buf_len(&e->env) },
		    (struct mc_span){ (const uint8_t *)e->object.start, buf_len(&e->object) },
		    !e->d->live);
}

/* To whom it is news: everybody who asked for events. */
static void tell(struct events *e, const struct event *ev)
{
	const struct config *c = e->d->c;

	if ((c->events && c->common.json) || e->exec)
		make_object(e, ev);
	if (c->events && c->common.json)
		buf_putn(&e->d->out, e->object.start, buf_len(&e->object));
	else if (c->events)
		event_line(e->d, ev);
	if (e->exec)
		run_command(e, ev);
}

/* Among messages an issue is shown as often as it comes. */
static void show_among_messages(struct events *e, const struct mc_observation *o)
{
	struct event ev = { .o = o };
	char text[SUBJECT_TEXT];

	if (e->d->c->common.json) {
		make_object(e, &ev);
		buf_putn(&e->d->out, e->object.start, buf_len(&e->object));
	} else {
		issue_subject(text, o);
		line_issue(e->d, o->issue, text[0] ? text : NULL);
	}
}

static void announce(struct events *e, const struct mc_observation *o, uint64_t frame)
{
	struct event ev = { .o = o, .frame = frame };

	if (!e->d->c->events && !e->exec)
		return;
	if (o->what == MC_OBSERVED_ISSUE && hold_back(e, o, &ev.held_back))
		return;
	tell(e, &ev);
}

void events_observed(struct events *e, const struct mc_observation *o)
{
	if (o->what == MC_OBSERVED_ISSUE && e->d->show_messages)
		show_among_messages(e, o);
	announce(e, o, 0);
}

void events_message(struct events *e, const struct message *m)
{
	struct mc_observation o = { .what = MC_OBSERVED_ISSUE,
				    .when = m->when,
				    .link = m->link,
				    .host = m->f.src,
				    .latency = { -1 } };

	if (m->parsed && !mc_addr_is_unspecified(&m->gm.group))
		o.group = m->gm.group;
	while ((o.issue = mc_issues_next(&m->issues, o.issue)) != MC_ISSUE_NONE) {
		struct filter_facts facts = filter_of_observation(&o);

		if (!e->d->filter.n || filter_facts(e->d, &facts))
			announce(e, &o, m->frame);
	}
}
