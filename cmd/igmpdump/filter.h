/* filter.h - --filter KEY=VALUE: which messages and events are shown.
 *
 * Values of one key are alternatives, different keys must all match. */
#ifndef IGMPDUMP_FILTER_H
#define IGMPDUMP_FILTER_H

#include <mc/issue.h>
#include <mc/observer.h>
#include <mc/spec.h>

#include "common/opt.h"

struct dump;
struct message;
struct filter_term;

struct filter {
	struct filter_term *v;
	size_t n; /* 0: everything passes */
};

/* 0, or the exit status after a message. */
int filter_parse(struct filter *f, const struct opt_list *terms);
void filter_free(struct filter *f);

/* Does it ask for issues?  Then all of them have to be found. */
bool filter_has_issue(const struct filter *f);

bool filter_message(const struct dump *d, const struct message *m);

/* For what is not a message: members, queriers, events.  Unknown parts are left
 * out with NULL, MC_ISSUE_NONE or "": a term about a part that is not known
 * does not match, but one about type or version is only about messages and
 * passes. */
struct filter_facts {
	uint32_t link;
	const struct mc_addr *group, *host;
	enum mc_issue issue;
};
bool filter_facts(const struct dump *d, const struct filter_facts *facts);

/* The facts of an observation, ready for filter_facts(). */
struct filter_facts filter_of_observation(const struct mc_observation *o);

#endif
