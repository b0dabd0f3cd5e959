/* events_text.c - an event as a line */
#include "igmpdump/events.h"

#include <stdio.h>

#include "common/out.h"
#include "igmpdump/line.h"
#include "igmpdump/stamp.h"
#include "igmpdump/views.h"

#define NAME_WIDTH    16 /* "querier-elected" */
#define SOURCES_SHOWN 8

static char *put_protocol(char *p, const struct mc_addr *a, unsigned version)
{
	p = put_s(PUT_LITERAL(p, ", "), protocol_title((enum mc_family)a->family));
	return put_u64(PUT_LITERAL(p, "v"), version);
}

static char *put_short(char *p, const char *before, mc_nsec d, const char *after)
{
	char text[UNITS_TEXT];

	return put_s(put_s(put_s(p, before), format_duration(text, d)), after);
}

static char *put_sources(char *p, const struct mc_member *m)
{
	if (!m->n_sources)
		return m->mode == MC_INCLUDE ? PUT_LITERAL(p, ", no source")
					     : PUT_LITERAL(p, ", any source");
	p = m->mode == MC_INCLUDE ? PUT_LITERAL(p, ", from ") : PUT_LITERAL(p, ", not from ");
	for (unsigned i = 0; i < m->n_sources && i < SOURCES_SHOWN; i++)
		p = put_addr(i ? PUT_LITERAL(p, " ") : p, &m->sources[i]);
	if (m->n_sources > SOURCES_SHOWN || m->more_sources)
		p = PUT_LITERAL(p, " ...");
	return p;
}

static char *put_member(char *p, const struct dump *d, const struct mc_observation *o)
{
	const struct mc_member *m = o->member;
	bool gone = o->what == MC_MEMBER_LEFT || o->what == MC_MEMBER_EXPIRED;

	p = put_name(put_addr(p, &m->group), d, &m->group);
	p = put_protocol(put_addr(PUT_LITERAL(p, " by "), &m->host), &m->group, m->version);
	if (!gone)
		p = put_sources(p, m);
	if (o->what == MC_MEMBER_EXPIRED)
		p = put_short(p, ", not heard for ", (mc_nsec){ o->when.ns - m->last_seen.ns }, "");
	if (o->what == MC_DATA_STARTED)
		p = put_short(p, ", ", o->latency, " after the join");
	return p;
}

static char *put_stopped(char *p, const struct dump *d, const struct mc_observation *o)
{
	p = put_name(put_addr(p, &o->group), d, &o->group);
	return put_short(p, ", ", o->latency, " after the last leave");
}

static char *put_querier(char *p, const struct mc_observation *o)
{
	const struct mc_querier *q = o->querier;

	p = put_protocol(put_addr(p, &q->addr), &q->addr, q->version);
	if (o->what == MC_QUERIER_LOST)
		return put_short(p, ", not heard for ", (mc_nsec){ o->when.ns - q->last_seen.ns },
				 "");
	if (q->qqi.ns)
		p = put_short(p, ", every ", q->qqi, "");
	if (q->max_resp.ns)
		p = put_short(p, ", answers within ", q->max_resp, "");
	if (q->qrv)
		p = put_u64(PUT_LITERAL(p, ", robustness "), q->qrv);
	return p;
}

const char *issue_subject(char buf[SUBJECT_TEXT], const struct mc_observation *o)
{
	const struct mc_addr *querier = o->querier ? &o->querier->addr : &o->host;
	char *p = buf;

	if (o->host.family != MC_ANY)
		p = put_addr(p, &o->host);
	if (mc_addr_cmp(querier, &o->host) != 0)
		p = put_addr(p > buf ? PUT_LITERAL(p, " and ") : p, querier);
	if (o->group.family != MC_ANY)
		p = put_addr(p > buf ? PUT_LITERAL(p, ", ") : p, &o->group);
	if (o->latency.ns >= 0)
		p = put_short(p, p > buf ? ", " : "", o->latency, "");
	*p = '\0';
	return buf;
}

static char *put_issue(char *p, const struct event *e)
{
	const struct mc_issue_row *row = mc_issue_row(e->o->issue);
	enum style style = row->severity == MC_ERROR	 ? STYLE_RED
			   : row->severity == MC_WARNING ? STYLE_YELLOW
							 : STYLE_DIM;
	char text[SUBJECT_TEXT];

	p = put_s(put_s(p, out_style(style)), mc_severity_name(row->severity));
	p = put_s(p, out_style(STYLE_RESET));
	p = put_s(PUT_LITERAL(p, " "), row->id);
	p = put_s(PUT_LITERAL(p, ": "), row->text);
	p = put_s(put_s(PUT_LITERAL(p, " ("), row->rfc), ")");
	if (issue_subject(text, e->o)[0])
		p = put_s(PUT_LITERAL(p, ": "), text);
	if (e->held_back) {
		p = put_u64(PUT_LITERAL(p, ", and "), e->held_back);
		p = PUT_LITERAL(p, " more before, not shown");
	}
	return p;
}

void event_line(struct dump *d, const struct event *e)
{
	const struct mc_observation *o = e->o;
	const char *name = mc_observed_name(o->what);
	char *p = put_stamp(buf_room(&d->out), d, o->when), *start;

	if (d->links.n > 1 || d->n_inputs > 1)
		p = put_s(put_s(p, d->links.v[o->link].name), " ");
	p = put_s(p, out_style(STYLE_BOLD));
	start = p;
	p = put_s(p, name);
	p = put_s(put_pad(p, start, NAME_WIDTH), out_style(STYLE_RESET));
	if (o->what == MC_OBSERVED_ISSUE)
		p = put_issue(p, e);
	else if (o->member)
		p = put_member(p, d, o);
	else if (o->querier)
		p = put_querier(p, o);
	else
		p = put_stopped(p, d, o);
	*p++ = '\n';
	buf_done(&d->out, p);
}
