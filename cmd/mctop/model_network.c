/* model_network.c - this host as a switch and as a router: bridges, multicast routes */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mctop/model_space.h"

static void take_querier(struct space *s, unsigned ifindex, int side,
			 const struct mc_bridge_querier *q, uint8_t version)
{
	struct iface *f = model_iface(s, ifindex);
	struct querier *known;

	if (!f)
		return;
	known = &f->querier[side];
	/* A capture knows more: version and interval. */
	if (!q->known || mc_addr_cmp(&known->addr, &q->addr) == 0)
		return;
	memset(known, 0, sizeof *known);
	known->addr = q->addr;
	known->self = q->port == 0;
	known->version = known->self ? version : 0;
}

void bridges_read(struct model *m, struct space *s)
{
	struct mc_why why = { "", "" };
	int64_t began = cpu_ns();
	int rc = mc_bridges_read(&s->io->view, s->io->bridges, &why);

	pace_done(&s->io->mdb, began, 2 * SECOND);
	if (rc < 0) {
		memset(&s->io->view, 0, sizeof s->io->view);
		event_note(m, why.what[0] ? why.what : mc_strerror(rc));
	}
	for (unsigned i = 0; i < s->io->view.n_bridges; i++) {
		const struct mc_bridge *b = &s->io->view.bridges[i];

		take_querier(s, b->ifindex, SIDE4, &b->querier4, b->igmp_version);
		take_querier(s, b->ifindex, SIDE6, &b->querier6, b->mld_version);
	}
	network_collect(m);
}

void bridges_watch(struct model *m, struct space *s)
{
	struct mc_mdb_event e;
	bool any = false;
	int rc;

	(void)m;
	while ((rc = mc_bridges_next(&e, s->io->bridges)) == 1)
		any = true;
	if (any || rc == -ENOBUFS)
		pace_hurry(&s->io->mdb);
}

static bool same_route(const struct mc_mroute *a, const struct route *b)
{
	return a->table == b->table && mc_addr_cmp(&a->group, &b->group) == 0 &&
	       mc_addr_cmp(&a->source, &b->source) == 0;
}

/* Both are sorted alike, so the old route of a new one is found by going on. */
static void rate_routes(struct space *s, const struct mc_mroute *v, unsigned n, double seconds)
{
	struct route *fresh = need(calloc(n + 1, sizeof *fresh));
	unsigned old = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned k = old;

		fresh[i] = (struct route){ .space = s,
					   .table = v[i].table,
					   .group = v[i].group,
					   .source = v[i].source,
					   .packets = v[i].packets,
					   .bytes = v[i].bytes,
					   .r = &v[i] };
		while (k < s->io->n_routes && !same_route(&v[i], &s->io->routes_v[k]))
			k++;
		if (k == s->io->n_routes)
			continue;
		if (seconds > 0 && v[i].packets >= s->io->routes_v[k].packets) {
			fresh[i].pps =
				(double)(v[i].packets - s->io->routes_v[k].packets) / seconds;
			fresh[i].bps =
				8 * (double)(v[i].bytes - s->io->routes_v[k].bytes) / seconds;
		}
		old = k + 1;
	}
	free(s->io->routes_v);
	s->io->routes_v = fresh;
	s->io->n_routes = n;
}

void routes_read(struct model *m, struct space *s)
{
	const struct mc_mroute *v = NULL;
	struct mc_why why = { "", "" };
	int64_t began = cpu_ns(), now = now_ns();
	int n = mc_mroutes_read(&v, s->io->mroutes, &why);

	if (n < 0)
		event_note(m, why.what[0] ? why.what : mc_strerror(n));
	rate_routes(s, v, n > 0 ? (unsigned)n : 0, (double)(now - s->io->routes_read_at) / 1e9);
	s->io->routes_read_at = now;
	/* A host without routes hardly becomes a router. */
	pace_done(&s->io->routes, began, n > 0 ? SECOND : 5 * SECOND);
	network_collect(m);
}

static const char *name_of(const struct space *s, unsigned ifindex)
{
	const struct iface *f = model_iface(s, ifindex);

	return f ? f->i.name : "";
}

static const struct mc_bridge_port *port_of(const struct space *s, unsigned ifindex)
{
	for (unsigned i = 0; i < s->io->view.n_ports; i++)
		if (s->io->view.ports[i].ifindex == ifindex)
			return &s->io->view.ports[i];
	return NULL;
}

static void add_row(struct model *m, struct space *s, unsigned bridge, unsigned port,
		    const struct mc_mdb_entry *entry)
{
	struct mdb_row *r = &m->mdb[m->n_mdb++];

	*r = (struct mdb_row){ .space = s, .entry = entry, .port = port_of(s, port) };
	snprintf(r->bridge, sizeof r->bridge, "%s", name_of(s, bridge));
	snprintf(r->ifname, sizeof r->ifname, "%s", r->port ? r->port->ifname : name_of(s, port));
}

static void collect_bridges(struct model *m, struct space *s)
{
	const struct mc_bridges_view *v = &s->io->view;

	for (unsigned i = 0; i < v->n_ports; i++)
		if (v->ports[i].is_router && model_iface(s, v->ports[i].bridge))
			add_row(m, s, v->ports[i].bridge, v->ports[i].ifindex, NULL);
	for (unsigned i = 0; i < v->n_entries; i++)
		if (model_iface(s, v->entries[i].bridge))
			add_row(m, s, v->entries[i].bridge, v->entries[i].port, &v->entries[i]);
}

/* One array of all namespaces. */
void network_collect(struct model *m)
{
	unsigned rows = 0, routes = 0;

	for (unsigned i = 0; i < m->n_spaces; i++) {
		rows += m->spaces[i]->io->view.n_ports + m->spaces[i]->io->view.n_entries;
		routes += m->spaces[i]->io->n_routes;
	}
	m->mdb = need(reallocarray(m->mdb, rows + 1, sizeof *m->mdb));
	m->routes = need(reallocarray(m->routes, routes + 1, sizeof *m->routes));
	m->n_mdb = m->n_routes = 0;
	for (unsigned i = 0; i < m->n_spaces; i++) {
		struct space_io *io = m->spaces[i]->io;

		collect_bridges(m, m->spaces[i]);
		for (unsigned k = 0; k < io->n_routes; k++)
			m->routes[m->n_routes++] = io->routes_v[k];
	}
	m->generation[TABLE_BRIDGE]++;
	m->generation[TABLE_ROUTES]++;
}

const struct mdb_row *model_mdb(const struct model *m, unsigned *n)
{
	*n = m->n_mdb;
	return m->mdb;
}

const struct route *model_routes(const struct model *m, unsigned *n)
{
	*n = m->n_routes;
	return m->routes;
}
