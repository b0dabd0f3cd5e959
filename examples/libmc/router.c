/* router.c - a querier, a member, and an hour of protocol */
#include <inttypes.h>
#include <mc/router.h>
#include <stdio.h>
#include <stdlib.h>

enum { ETH = 1 }; /* whatever the caller numbers interfaces with */
static const mc_nsec start;

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

/* A program would build the packet of q->gm and send it. */
static void send_query(void *data, const struct mc_router_query *q)
{
	if (q->kind != MC_ROUTER_GENERAL)
		printf("query: %s\n", mc_router_query_name(q->kind));
	++*(unsigned *)data;
}

static void tell(void *data, const struct mc_router_event *e)
{
	(void)data;
	if (e->what != MC_ROUTER_QUERY_SENT)
		printf("%s\n", mc_router_what_name(e->what));
}

static void show_iface(void *data, const struct mc_router_iface *i)
{
	(void)data;
	printf("%s, %s: %u groups\n", mc_router_mode_name(i->mode),
	       mc_router_state_name(i->state), (unsigned)i->groups);
}

static void show_group(void *data, const struct mc_router_group *g)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("%s: %u host\n", mc_addr_format(&g->addr, text),
	       g->n_hosts);
}

static void show_host(void *data, const struct mc_router_host *h)
{
	char text[MC_ADDR_TEXT];

	(void)data;
	printf("host %s, IGMPv%u\n", mc_addr_format(&h->addr, text),
	       h->version);
}

static void show_source(void *data, const struct mc_router_source *src)
{
	(void)data;
	printf("source %s\n", src->blocked ? "blocked" : "wanted");
}

int main(void)
{
	unsigned queries = 0;
	struct mc_router_opts o = { .sz = sizeof(o),
				    .alloc = grow,
				    .event = tell,
				    .send = send_query,
				    .data = &queries };
	struct mc_router_iface_opts eth = { .sz = sizeof(eth),
					    .iface = ETH,
					    .family = MC_IPV4,
					    .version = 3 };
	struct mc_frame f = { .ttl = 1, .router_alert = true };
	struct mc_gm report = { .kind = MC_GM_REPORT,
				.family = MC_IPV4,
				.version = 2 };
	struct mc_router_iface state;
	struct mc_router_stats stats;
	struct mc_router_vars vars;
	enum mc_router_drop drop;
	struct mc_addr *g = &report.group;
	mc_router *r;

	if (mc_addr_parse(&eth.addr, "10.0.0.254") < 0 ||
	    mc_addr_parse(&f.src, "10.0.0.1") < 0 ||
	    mc_addr_parse(g, "239.1.1.1") < 0)
		return 1;
	mc_router_vars_init(&eth.vars);
	eth.vars.query_interval = s(60);
	if (mc_router_vars_check(&eth.vars, MC_IPV4, 3))
		return 1;
	mc_router_vars_derive(&vars, &eth.vars, MC_IPV4, 3);
	printf("members are kept for %" PRId64 " s\n",
	       vars.group_membership_interval.ns / 1000000000);

	if (mc_router_open(&r, &o) < 0 ||
	    mc_router_iface_add(r, start, &eth) < 0)
		return 1;
	drop = mc_router_message(r, ETH, s(1), &f, &report);
	if (drop)
		printf("dropped: %s\n", mc_router_drop_name(drop));
	mc_router_ifaces(r, show_iface, NULL);
	mc_router_groups(r, show_group, NULL);
	mc_router_hosts(r, ETH, g, show_host, NULL);
	mc_router_sources(r, ETH, g, show_source, NULL);
	printf("forward from 10.0.0.254: %d\n",
	       mc_router_wanted(r, ETH, &eth.addr, g));
	if (mc_router_ask(r, s(2), ETH, MC_IPV4, g, NULL, 0, true) < 0)
		return 1;

	/* Until it is due, nothing is to be done; here time flies. */
	while (mc_router_deadline(r).ns <= s(3600).ns)
		mc_router_tick(r, mc_router_deadline(r), 0);
	mc_router_stats(r, &stats);
	printf("%u queries in an hour, %u groups left\n", queries,
	       (unsigned)stats.groups);

	if (mc_router_iface_addr(r, s(3600), ETH, MC_IPV4, &f.src) ||
	    mc_router_iface_up(r, s(3601), ETH, MC_IPV4, false) ||
	    mc_router_iface(r, &state, ETH, MC_IPV4))
		return 1;
	printf("%s\n", mc_router_state_name(state.state));
	if (mc_router_iface_remove(r, s(3602), ETH, MC_IPV4) < 0)
		return 1;
	mc_router_close(r);
	return 0;
}

/* prints:
 * members are kept for 140 s
 * querier-elected
 * query: startup
 * group-joined
 * member-joined
 * serve, querier: 1 groups
 * 239.1.1.1: 1 host
 * host 10.0.0.1, IGMPv2
 * forward from 10.0.0.254: 1
 * query: group
 * query: startup
 * member-expired
 * group-expired
 * 62 queries in an hour, 0 groups left
 * querier-lost
 * querier-elected
 * query: startup
 * querier-lost
 * down
 */
