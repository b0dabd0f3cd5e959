/* events_json.c - an event as a JSON object */
#include "igmpdump/events.h"

#include "igmpdump/facts.h"

static void issue(struct json *w, const struct dump *d, const struct event *e)
{
	const struct mc_observation *o = e->o;

	facts_issue(w, o->issue);
	facts_group(w, d, &o->group);
	json_addr(w, "host", &o->host);
	if (o->querier)
		json_addr(w, "querier", &o->querier->addr);
	else
		json_null(w, "querier");
	if (e->frame)
		json_u64(w, "frame", e->frame);
	else
		json_null(w, "frame");
	json_u64(w, "held_back", e->held_back);
}

void event_json(struct json *w, const struct dump *d, const struct event *e)
{
	const struct mc_observation *o = e->o;

	json_event_begin(w, mc_observed_name(o->what), o->when);
	facts_link(w, d, o->link);
	if (o->what == MC_OBSERVED_ISSUE) {
		issue(w, d, e);
	} else if (o->member) {
		facts_group(w, d, &o->member->group);
		facts_member(w, o->member);
	} else if (o->querier) {
		facts_querier(w, o->querier);
	} else {
		facts_group(w, d, &o->group);
	}
	facts_ns(w, "latency_ns", o->latency);
	json_event_end(w);
}
