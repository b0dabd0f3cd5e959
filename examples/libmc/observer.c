/* observer.c - who queries and who is a member, seen from outside */
#include <inttypes.h>
#include <mc/observer.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINK = 1 }; /* whatever the caller numbers links with */

static void *grow(void *old, size_t size)
{
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static mc_nsec s(int64_t n)
{
	return (mc_nsec){ n * 1000000000 };
}

static void observed(void *data, const struct mc_observation *o)
{
	(void)data;
	printf("%" PRId64 " s: %s", o->when.ns / 1000000000,
	       mc_observed_name(o->what));
	if (o->what == MC_OBSERVED_ISSUE)
		printf(" %s", mc_issue_row(o->issue)->id);
	printf("\n");
}

static void show_member(void *data, const struct mc_member *m)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("member %s\n", mc_addr_format(&m->host, text));
}

static void show_group(void *data, const struct mc_observed_group *g)
{
	char text[MC_ADDR_TEXT];

	printf("group %s, members: %u\n",
	       mc_addr_format(&g->group, text), (unsigned)g->members);
	mc_observer_group_members(data, g->link, &g->group, show_member,
				  NULL);
}

static void show_querier(void *data, const struct mc_querier *q)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("querier %s, IGMPv%u\n", mc_addr_format(&q->addr, text),
	       q->version);
}

int main(void)
{
	struct mc_observer_opts opts = { .sz = sizeof(opts),
					 .alloc = grow,
					 .fn = observed };
	struct mc_frame f = { .ttl = 1, .router_alert = true };
	struct mc_gm gm = { .family = MC_IPV4, .version = 2 };
	struct mc_observer_stats stats;
	struct mc_addr host, querier, group;
	mc_observer *o;

	if (mc_addr_parse(&host, "10.0.0.1") < 0 ||
	    mc_addr_parse(&querier, "10.0.0.254") < 0 ||
	    mc_addr_parse(&group, "239.1.1.1") < 0 ||
	    mc_observer_open(&o, &opts) < 0)
		return 1;

	gm.kind = MC_GM_QUERY;
	gm.group = mc_addr_unspecified(MC_IPV4);
	gm.max_resp = s(10);
	f.src = querier;
	mc_observer_message(o, LINK, s(0), &f, &gm);

	gm.kind = MC_GM_REPORT;
	gm.group = group;
	f.src = host;
	/* Where several are at hand, they are faster together. */
	mc_observer_messages(
		o, &(struct mc_heard){ LINK, s(1), &f, &gm }, 1);
	mc_observer_data(o, LINK, s(2), &querier, &group);
	mc_observer_members(o, show_member, NULL);
	mc_observer_groups(o, show_group, o);
	mc_observer_queriers(o, show_querier, NULL);
	printf("wanted from anybody: %d\n",
	       mc_observer_wanted(o, LINK, &querier, &group));

	/* Then silence, of both. */
	while (mc_observer_deadline(o).ns <= s(600).ns)
		mc_observer_tick(o, mc_observer_deadline(o));
	mc_observer_stats(o, &stats);
	printf("%u members left\n", (unsigned)stats.members);
	mc_observer_close(o);
	return 0;
}

/* prints:
 * 0 s: querier-elected
 * 1 s: member-joined
 * 2 s: data-started
 * member 10.0.0.1
 * group 239.1.1.1, members: 1
 * member 10.0.0.1
 * querier 10.0.0.254, IGMPv2
 * wanted from anybody: 1
 * 250 s: issue no-querier
 * 255 s: querier-lost
 * 255 s: issue querier-lost
 * 271 s: member-expired
 * 0 members left
 */
