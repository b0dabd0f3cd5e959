/* json_out.c - the model as JSON Lines: a snapshot, and changes */
#include "mctop/json_out.h"

#include <string.h>
#include <time.h>

static mc_nsec wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (mc_nsec){ ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec };
}

static void put_text(struct json *w, const char *key, const char *text)
{
	json_str(w, key, text[0] ? text : NULL);
}

static void put_place(struct json *w, const struct iface *f)
{
	put_text(w, "netns", f->space->name);
	json_str(w, "interface", f->i.name);
}

static void put_rates(struct json *w, const struct traffic *t)
{
	json_u64(w, "packets", t->packets);
	json_u64(w, "bytes", t->bytes);
	json_double(w, "rate_pps", t->pps);
	json_double(w, "rate_bps", t->bps);
}

static void put_querier(struct json *w, const char *key, const struct querier *q)
{
	if (q->addr.family == MC_ANY) {
		json_null(w, key);
		return;
	}
	json_object_begin(w, key);
	json_addr(w, "address", &q->addr);
	if (q->version)
		json_u64(w, "version", q->version);
	else
		json_null(w, "version");
	if (q->interval.ns)
		json_ns(w, "interval_ns", q->interval);
	else
		json_null(w, "interval_ns");
	json_bool(w, "self", q->self);
	json_object_end(w);
}

static void put_version(struct json *w, const char *key, const struct mc_gm_version *v)
{
	if (v->version)
		json_u64(w, key, (uint64_t)v->version);
	else
		json_null(w, key);
}

static void put_iface(struct json *w, const struct iface *f)
{
	put_place(w, f);
	json_u64(w, "index", f->i.index);
	json_bool(w, "up", f->i.up);
	json_bool(w, "running", f->i.running);
	json_bool(w, "multicast", f->i.multicast);
	json_bool(w, "bridge", f->bridge);
	json_addr(w, "ipv4", &f->i.addr4);
	json_addr(w, "ipv6", &f->i.addr6);
	json_u64(w, "groups_ipv4", f->n_groups[SIDE4]);
	json_u64(w, "groups_ipv6", f->n_groups[SIDE6]);
	put_version(w, "igmp_version", &f->version[SIDE4]);
	put_version(w, "mld_version", &f->version[SIDE6]);
	json_bool(w, "older_querier", f->old_querier);
	put_querier(w, "igmp_querier", &f->querier[SIDE4]);
	put_querier(w, "mld_querier", &f->querier[SIDE6]);
	json_bool(w, "captured", f->captured);
	put_rates(w, &f->in);
}

static void put_sources(struct json *w, const struct group *g)
{
	json_array_begin(w, "sources");
	for (unsigned i = 0; i < g->n_sources; i++) {
		json_object_begin(w, NULL);
		json_addr(w, "address", &g->sources[i].addr);
		json_u64(w, "including", g->sources[i].including);
		json_u64(w, "excluding", g->sources[i].excluding);
		json_object_end(w);
	}
	json_array_end(w);
}

static void put_holder(struct json *w, const struct holder *h)
{
	json_object_begin(w, NULL);
	json_i64(w, "pid", h->process->pid);
	json_str(w, "name", h->process->name);
	json_u64(w, "uid", h->process->uid);
	json_i64(w, "fd", h->fd);
	json_u64(w, "inode", h->socket->inode);
	json_u64(w, "port", h->socket->port);
	json_str(w, "mode", h->state->mode == MC_INCLUDE ? "include" : "exclude");
	json_addrs(w, "sources", h->state->sources, h->state->n_sources);
	if (h->socket->counted) {
		json_u64(w, "queued_bytes", h->socket->queued_bytes);
		json_u64(w, "drops", h->socket->drops);
	} else {
		json_null(w, "queued_bytes");
		json_null(w, "drops");
	}
	json_object_end(w);
}

static void put_flows(struct json *w, const struct flows *f)
{
	static const struct traffic none;

	put_rates(w, f ? &f->total : &none);
	json_array_begin(w, "flows");
	for (unsigned i = 0; f && i < f->n; i++) {
		json_object_begin(w, NULL);
		json_addr(w, "source", &f->v[i].source);
		put_rates(w, &f->v[i].t);
		json_object_end(w);
	}
	json_array_end(w);
}

static void put_identity(struct json *w, const struct group *g)
{
	const struct mc_known_group *known = mc_group_known(&g->addr);
	struct mc_group_info info;
	struct mc_mac mac;

	json_addr(w, "group", &g->addr);
	json_str(w, "name", known ? known->name : NULL);
	json_str(w, "scope",
		 mc_group_classify(&info, &g->addr) == 0 ? mc_scope_name(info.scope) : NULL);
	if (mc_group_mac(&mac, &g->addr) == 0)
		json_mac(w, "mac", &mac);
	else
		json_null(w, "mac");
	json_bool(w, "mac_shared", g->mac_shared);
	json_bool(w, "mac_of_control_group", info.aliases_control);
}

static void put_group(struct json *w, const struct group *g)
{
	enum mc_filter_mode mode;

	put_place(w, g->iface);
	put_identity(w, g);
	if (model_mode(g, &mode))
		json_str(w, "mode", mode == MC_INCLUDE ? "include" : "exclude");
	else
		json_null(w, "mode");
	put_sources(w, g);
	if (g->users)
		json_u64(w, "users", g->users);
	else
		json_null(w, "users");
	json_array_begin(w, "sockets");
	for (unsigned i = 0; i < g->n_holders; i++)
		put_holder(w, &g->holders[i]);
	json_array_end(w);
	if (g->iface->observed)
		json_u64(w, "others", g->others);
	else
		json_null(w, "others");
	json_time(w, "since", g->since);
	json_bool(w, "since_exact", g->since_exact);
	put_flows(w, g->flows);
}

static unsigned snapshot_groups(struct json *w, struct model *m)
{
	unsigned n, shown = 0;
	struct group *const *v = model_groups(m, &n);

	for (unsigned i = 0; i < n; i++) {
		if (v[i]->left_at.ns || !model_selects(m, v[i]))
			continue;
		json_event_begin(w, "membership", wall());
		put_group(w, v[i]);
		json_event_end(w);
		v[i]->told = true;
		shown++;
	}
	return shown;
}

static unsigned snapshot_ifaces(struct json *w, struct model *m)
{
	unsigned n, shown = 0;
	struct space *const *v = model_spaces(m, &n);

	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < v[i]->n_ifaces; k++) {
			json_event_begin(w, "interface", wall());
			put_iface(w, v[i]->ifaces[k]);
			json_event_end(w);
			shown++;
		}
	}
	return shown;
}

static unsigned snapshot_processes(struct json *w, struct model *m)
{
	unsigned n, shown = 0;
	struct process *const *v = model_processes(m, &n);

	for (unsigned i = 0; i < n; i++) {
		if (!model_selects_process(m, v[i]))
			continue;
		json_event_begin(w, "process", wall());
		put_text(w, "netns", v[i]->space->name);
		json_i64(w, "pid", v[i]->pid);
		json_str(w, "name", v[i]->name);
		json_u64(w, "uid", v[i]->uid);
		json_u64(w, "groups", v[i]->n_groups);
		json_u64(w, "sockets", v[i]->n_sockets);
		json_u64(w, "queued_bytes", v[i]->queued);
		json_u64(w, "drops", v[i]->drops);
		json_event_end(w);
		shown++;
	}
	return shown;
}

static void put_entry(struct json *w, const struct mc_mdb_entry *e)
{
	json_addr(w, "group", &e->group);
	json_addr(w, "source", &e->source);
	if (e->vlan)
		json_u64(w, "vlan", e->vlan);
	else
		json_null(w, "vlan");
	if (e->has_mode)
		json_str(w, "mode", e->mode == MC_INCLUDE ? "include" : "exclude");
	else
		json_null(w, "mode");
	json_array_begin(w, "sources");
	for (unsigned i = 0; i < e->n_sources; i++)
		json_addr(w, NULL, &e->sources[i].addr);
	json_array_end(w);
	json_bool(w, "permanent", e->permanent);
	json_bool(w, "blocked", e->blocked);
	json_ns(w, "timer_ns", e->timer);
}

static void snapshot_bridges(struct json *w, struct model *m)
{
	unsigned n;
	const struct mdb_row *v = model_mdb(m, &n);

	for (unsigned i = 0; i < n; i++) {
		json_event_begin(w, v[i].entry ? "bridge-entry" : "router-port", wall());
		put_text(w, "netns", v[i].space->name);
		json_str(w, "bridge", v[i].bridge);
		json_str(w, "port", v[i].ifname);
		if (v[i].entry)
			put_entry(w, v[i].entry);
		json_event_end(w);
	}
}

static void snapshot_routes(struct json *w, struct model *m)
{
	unsigned n;
	const struct route *v = model_routes(m, &n);

	for (unsigned i = 0; i < n; i++) {
		json_event_begin(w, "route", wall());
		put_text(w, "netns", v[i].space->name);
		json_addr(w, "group", &v[i].group);
		json_addr(w, "source", &v[i].source);
		json_u64(w, "table", v[i].table);
		json_bool(w, "resolved", v[i].r->resolved);
		put_text(w, "input", v[i].r->iifname);
		json_array_begin(w, "outputs");
		for (unsigned k = 0; k < v[i].r->n_oifs; k++)
			json_str(w, NULL, v[i].r->oifs[k].ifname);
		json_array_end(w);
		json_u64(w, "packets", v[i].packets);
		json_u64(w, "bytes", v[i].bytes);
		json_u64(w, "wrong_interface", v[i].r->wrong_if);
		json_double(w, "rate_pps", v[i].pps);
		json_double(w, "rate_bps", v[i].bps);
		json_event_end(w);
	}
}

unsigned json_snapshot(struct json *w, struct model *m)
{
	unsigned ifaces, groups, processes;

	w->lazy = true;
	ifaces = snapshot_ifaces(w, m);
	groups = snapshot_groups(w, m);
	processes = snapshot_processes(w, m);
	snapshot_bridges(w, m);
	snapshot_routes(w, m);
	w->lazy = false;
	json_event_begin(w, "summary", wall());
	json_u64(w, "interfaces", ifaces);
	json_u64(w, "memberships", groups);
	json_u64(w, "processes", processes);
	json_str(w, "lacks", model_lacks(m));
	json_event_end(w);
	return groups;
}

static void membership_event(struct json *w, const char *name, mc_nsec when, const struct group *g)
{
	json_event_begin(w, name, when);
	put_group(w, g);
	json_event_end(w);
}

/* A leave is told of what was told; a join of --process waits for the process. */
static void group_event(struct json *w, const struct event *e, struct group *g)
{
	bool selected = model_selects(g->iface->space->model, g);

	if (e->what == EVENT_LEFT) {
		if (g->told)
			membership_event(w, "left", e->when, g);
		g->told = false;
	} else if (!g->told) {
		if (selected)
			membership_event(w, "joined", e->when, g);
		g->told = selected;
	} else {
		membership_event(w, "changed", e->when, g);
	}
}

static void iface_event(struct json *w, const struct event *e, const struct iface *f)
{
	static const char *const names[] = {
		[EVENT_QUERIER] = "querier",
		[EVENT_QUERIER_LOST] = "querier-lost",
		[EVENT_MEMBER_JOINED] = "member-joined",
		[EVENT_MEMBER_LEFT] = "member-left",
		[EVENT_IFACE_NEW] = "interface-new",
		[EVENT_IFACE_GONE] = "interface-gone",
	};

	json_event_begin(w, names[e->what], e->when);
	put_place(w, f);
	switch (e->what) {
	case EVENT_QUERIER:
		put_querier(w, "querier", &f->querier[e->host.family == MC_IPV6]);
		break;
	case EVENT_QUERIER_LOST:
		json_addr(w, "address", &e->host);
		break;
	case EVENT_MEMBER_JOINED:
	case EVENT_MEMBER_LEFT:
		json_addr(w, "group", &e->group);
		json_addr(w, "host", &e->host);
		break;
	default:
		break;
	}
	json_event_end(w);
}

void json_event(void *data, const struct event *e, struct group *g, const struct iface *f)
{
	struct json *w = data;

	switch (e->what) {
	case EVENT_JOINED:
	case EVENT_LEFT:
	case EVENT_CHANGED:
		group_event(w, e, g);
		break;
	case EVENT_SPACE_NEW:
	case EVENT_SPACE_GONE:
		json_event_begin(w, e->what == EVENT_SPACE_NEW ? "netns-new" : "netns-gone",
				 e->when);
		put_text(w, "netns", e->space);
		json_event_end(w);
		break;
	case EVENT_NOTE:
		json_event_begin(w, "note", e->when);
		json_str(w, "text", e->text);
		json_event_end(w);
		break;
	default:
		iface_event(w, e, f);
		break;
	}
}

void json_traffic(struct json *w, struct model *m)
{
	unsigned n;
	struct group *const *v = model_groups(m, &n);

	for (unsigned i = 0; i < n; i++) {
		if (!v[i]->told || !v[i]->flows || v[i]->flows->total.pps <= 0)
			continue;
		json_event_begin(w, "traffic", wall());
		put_place(w, v[i]->iface);
		json_addr(w, "group", &v[i]->addr);
		put_flows(w, v[i]->flows);
		json_event_end(w);
	}
}
