/* model_events.c - what happened, for the log at the bottom and for --json */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctop/cells.h"
#include "mctop/model_space.h"

static struct event *begin(struct model *m, enum event_what what, const struct space *s)
{
	struct event *e = &m->events[m->n_events++ % MODEL_EVENTS];

	memset(e, 0, sizeof *e);
	e->what = what;
	e->when = now_wall();
	if (s)
		snprintf(e->space, sizeof e->space, "%s", s->name);
	return e;
}

static void end(struct model *m, const struct event *e, struct group *g, const struct iface *f)
{
	if (m->fn)
		m->fn(m->fn_data, e, g, f);
}

void event_group(struct model *m, enum event_what what, struct group *g, const char *text)
{
	struct event *e;
	char addr[MC_ADDR_TEXT];

	if (m->loading)
		return;
	e = begin(m, what, g->iface->space);
	e->group = g->addr;
	memcpy(e->ifname, g->iface->i.name, sizeof e->ifname);
	snprintf(e->text, sizeof e->text, "%s %s", mc_addr_format(&g->addr, addr), text);
	end(m, e, g, g->iface);
}

void event_iface(struct model *m, enum event_what what, const struct iface *f,
		 const struct mc_addr *host, const char *text)
{
	struct event *e;

	if (m->loading)
		return;
	e = begin(m, what, f->space);
	memcpy(e->ifname, f->i.name, sizeof e->ifname);
	if (host)
		e->host = *host;
	snprintf(e->text, sizeof e->text, "%s", text);
	end(m, e, NULL, f);
}

void event_member(struct model *m, enum event_what what, const struct iface *f,
		  const struct mc_member *o)
{
	struct event *e = begin(m, what, f->space);
	char host[MC_ADDR_TEXT], group[MC_ADDR_TEXT];

	memcpy(e->ifname, f->i.name, sizeof e->ifname);
	e->host = o->host;
	e->group = o->group;
	snprintf(e->text, sizeof e->text, "%s %s by %s", mc_addr_format(&o->group, group),
		 what == EVENT_MEMBER_JOINED ? "joined" : "left", mc_addr_format(&o->host, host));
	end(m, e, NULL, f);
}

void event_space(struct model *m, enum event_what what, const struct space *s)
{
	struct event *e;

	if (m->loading)
		return;
	e = begin(m, what, s);
	snprintf(e->text, sizeof e->text, "namespace %s %s", s->name[0] ? s->name : "of mctop",
		 what == EVENT_SPACE_NEW ? "appeared" : "is gone");
	end(m, e, NULL, NULL);
}

void event_note(struct model *m, const char *text)
{
	struct event *e = begin(m, EVENT_NOTE, NULL);

	snprintf(e->text, sizeof e->text, "%s", text);
	end(m, e, NULL, NULL);
}

const struct event *model_event(const struct model *m, uint64_t back)
{
	if (back >= m->n_events || back >= MODEL_EVENTS)
		return NULL;
	return &m->events[(m->n_events - 1 - back) % MODEL_EVENTS];
}

uint64_t model_events(const struct model *m)
{
	return m->n_events;
}

void model_on_event(struct model *m, model_event_fn *fn, void *data)
{
	m->fn = fn;
	m->fn_data = data;
}
