/* events_env.c - an event as the environment of a command */
#include "igmpdump/events.h"

#include "igmpdump/views.h"

/* Neither text nor format comes from packets, so that nothing is longer than
 * a buffer's room. */
#define VARIABLE(b, ...) (buf_printf(b, __VA_ARGS__), buf_putn(b, "", 1))

static void address(struct buf *b, const char *name, const struct mc_addr *a)
{
	char text[MC_ADDR_TEXT];

	if (a->family != MC_ANY)
		VARIABLE(b, "%s=%s", name, mc_addr_format(a, text));
}

static void mac(struct buf *b, const struct mc_mac *m)
{
	char text[MC_MAC_TEXT];

	VARIABLE(b, "MC_MAC=%s", mc_mac_format(m, text));
}

static void protocol(struct buf *b, const struct mc_addr *a, unsigned version)
{
	VARIABLE(b, "MC_PROTOCOL=%s", protocol_name((enum mc_family)a->family));
	VARIABLE(b, "MC_VERSION=%u", version);
}

static void member(struct buf *b, const struct mc_member *m)
{
	address(b, "MC_GROUP", &m->group);
	address(b, "MC_HOST", &m->host);
	if (m->has_mac)
		mac(b, &m->mac);
	protocol(b, &m->group, m->version);
	VARIABLE(b, "MC_MODE=%s", m->mode == MC_INCLUDE ? "include" : "exclude");
	buf_puts(b, "MC_SOURCES=");
	for (unsigned i = 0; i < m->n_sources; i++) {
		if (i)
			buf_puts(b, ",");
		buf_done(b, put_addr(buf_room(b), &m->sources[i]));
	}
	buf_putn(b, "", 1);
}

static void querier(struct buf *b, const struct mc_querier *q)
{
	address(b, "MC_QUERIER", &q->addr);
	if (q->has_mac)
		mac(b, &q->mac);
	protocol(b, &q->addr, q->version);
	VARIABLE(b, "MC_INTERVAL_NS=%lld", (long long)q->qqi.ns);
}

static void issue(struct buf *b, const struct mc_observation *o)
{
	const struct mc_issue_row *row = mc_issue_row(o->issue);

	VARIABLE(b, "MC_ISSUE=%s", row->id);
	VARIABLE(b, "MC_SEVERITY=%s", mc_severity_name(row->severity));
	VARIABLE(b, "MC_TEXT=%s", row->text);
	address(b, "MC_GROUP", &o->group);
	address(b, "MC_HOST", &o->host);
	if (o->querier)
		address(b, "MC_QUERIER", &o->querier->addr);
}

void event_environment(struct buf *b, const struct dump *d, const struct event *e)
{
	const struct mc_observation *o = e->o;
	const struct link *l = &d->links.v[o->link];
	char time[UNITS_TEXT];

	VARIABLE(b, "MC_EVENT=%s", mc_observed_name(o->what));
	VARIABLE(b, "MC_TIME=%s", format_time(time, o->when));
	VARIABLE(b, "MC_LINK=%s", l->name);
	VARIABLE(b, "MC_INTERFACE=%s", l->iface);
	if (o->what == MC_OBSERVED_ISSUE)
		issue(b, o);
	else if (o->member)
		member(b, o->member);
	else if (o->querier)
		querier(b, o->querier);
	else
		address(b, "MC_GROUP", &o->group);
	if (o->latency.ns >= 0)
		VARIABLE(b, "MC_LATENCY_NS=%lld", (long long)o->latency.ns);
}
