/* cells_others.c - the tables of processes, bridges and routes */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "mctop/cells.h"

static int order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* processes */

static void process_pid(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%d", ((const struct process *)row)->pid);
	c->tone = TONE_ACCENT;
}

static void process_netns(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct process *)row)->space->name);
}

/* From the file alone: getpwuid(3) would load and call whatever the host has
 * configured, which the sandbox does not allow. */
static bool name_user(char *out, size_t size, unsigned uid)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *p = NULL;

	while (f && (p = fgetpwent(f)) && p->pw_uid != uid)
		;
	if (p)
		snprintf(out, size, "%s", p->pw_name);
	if (f)
		fclose(f);
	return p != NULL;
}

static void process_user(struct cell *c, const void *row, const struct look *look)
{
	static unsigned last = (unsigned)-1;
	static char name[33];
	const struct process *p = row;

	if (p->uid != last) {
		last = p->uid;
		if (look->no_names || !name_user(name, sizeof name, p->uid))
			snprintf(name, sizeof name, "%u", p->uid);
	}
	cell_put(c, "%s", name);
}

static void process_name(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct process *)row)->name);
}

static void process_groups(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%u", ((const struct process *)row)->n_groups);
}

static void process_sockets(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%u", ((const struct process *)row)->n_sockets);
}

static void process_queue(struct cell *c, const void *row, const struct look *look)
{
	const struct process *p = row;

	(void)look;
	if (p->queued)
		format_bytes(c->text, p->queued);
	else
		cell_put(c, "0");
}

static void process_drops(struct cell *c, const void *row, const struct look *look)
{
	const struct process *p = row;

	(void)look;
	cell_put(c, "%llu", (unsigned long long)p->drops);
	if (p->drops)
		c->tone = TONE_BAD;
}

static int process_by_pid(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int process_by_netns(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return strcmp(x->space->name, y->space->name);
}

static int process_by_user(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order_u64(x->uid, y->uid);
}

static int process_by_name(const void *a, const void *b)
{
	return strcmp(((const struct process *)a)->name, ((const struct process *)b)->name);
}

static int process_by_groups(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order_u64(x->n_groups, y->n_groups);
}

static int process_by_sockets(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order_u64(x->n_sockets, y->n_sockets);
}

static int process_by_queue(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order_u64(x->queued, y->queued);
}

static int process_by_drops(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return order_u64(x->drops, y->drops);
}

static const struct col process_cols[] = {
	{ "PID", 8, true, false, false, process_pid, process_by_pid },
	{ "NETNS", 24, false, false, false, process_netns, process_by_netns },
	{ "USER", 16, false, false, false, process_user, process_by_user },
	{ "COMMAND", 15, false, false, false, process_name, process_by_name },
	{ "GROUPS", 7, true, true, true, process_groups, process_by_groups },
	{ "SOCKETS", 7, true, true, true, process_sockets, process_by_sockets },
	{ "QUEUE", 10, true, true, true, process_queue, process_by_queue },
	{ "DROPS", 12, true, true, true, process_drops, process_by_drops },
};

const struct table_kind cells_processes = {
	.name = "processes",
	.empty = "no process that joined a group, or none that may be looked into",
	.cols = process_cols,
	.n_cols = sizeof process_cols / sizeof *process_cols,
	.natural = process_by_pid,
};

/* the multicast databases of bridges */

static void mdb_bridge(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct mdb_row *)row)->bridge);
	c->tone = TONE_ACCENT;
}

static void mdb_netns(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct mdb_row *)row)->space->name);
}

static void mdb_port(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;

	(void)look;
	cell_put(c, "%s%s", r->ifname,
		 r->entry && r->entry->port == r->entry->bridge ? " (host)" : "");
}

static void mdb_group(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;

	(void)look;
	if (!r->entry)
		cell_put(c, "all (router port)");
	else if (r->entry->group.family == MC_ANY)
		mc_mac_format(&r->entry->mac, c->text);
	else
		mc_addr_format(&r->entry->group, c->text);
}

static void mdb_vlan(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;

	(void)look;
	if (r->entry && r->entry->vlan)
		cell_put(c, "%u", r->entry->vlan);
}

static void mdb_mode(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;

	(void)look;
	if (r->entry && r->entry->has_mode && r->entry->source.family == MC_ANY)
		cell_put(c, "%s", mode_name(r->entry->mode));
}

static void mdb_sources(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;
	char text[MC_ADDR_TEXT];

	(void)look;
	if (!r->entry)
		return;
	if (r->entry->source.family != MC_ANY)
		cell_put(c, "%s", mc_addr_format(&r->entry->source, text));
	for (unsigned i = 0; i < r->entry->n_sources; i++) {
		if (strlen(c->text) + MC_ADDR_TEXT + 8 > sizeof c->text)
			return;
		cell_add(c, "%s%s", c->text[0] ? " " : "",
			 mc_addr_format(&r->entry->sources[i].addr, text));
	}
}

static void mdb_kind(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;
	const struct mc_mdb_entry *e = r->entry;

	(void)look;
	if (!e) {
		cell_put(c, "%s", r->port->router == MC_ROUTER_PERMANENT ? "permanent" : "learned");
		return;
	}
	cell_put(c, "%s%s%s", e->permanent ? "permanent" : "learned", e->blocked ? " blocked" : "",
		 e->fast_leave ? " fast-leave" : "");
	if (e->blocked)
		c->tone = TONE_WARN;
}

static void mdb_timer(struct cell *c, const void *row, const struct look *look)
{
	const struct mdb_row *r = row;
	mc_nsec left = r->entry ? r->entry->timer : r->port->router_timer;

	(void)look;
	if (left.ns > 0)
		format_duration(c->text, left);
}

static int mdb_by_bridge(const void *a, const void *b)
{
	const struct mdb_row *x = a, *y = b;
	int by = strcmp(x->space->name, y->space->name);

	return by ? by : strcmp(x->bridge, y->bridge);
}

static int mdb_by_port(const void *a, const void *b)
{
	return strcmp(((const struct mdb_row *)a)->ifname, ((const struct mdb_row *)b)->ifname);
}

static int mdb_by_group(const void *a, const void *b)
{
	const struct mdb_row *x = a, *y = b;

	if (!x->entry || !y->entry)
		return (x->entry != NULL) - (y->entry != NULL);
	return mc_addr_cmp(&x->entry->group, &y->entry->group);
}

/* As the kernel's snapshot has them. */
static int mdb_natural(const void *a, const void *b)
{
	return (a > b) - (a < b);
}

static const struct col mdb_cols[] = {
	{ "BRIDGE", 15, false, false, false, mdb_bridge, mdb_by_bridge },
	{ "NETNS", 24, false, false, false, mdb_netns, mdb_by_bridge },
	{ "PORT", 22, false, false, false, mdb_port, mdb_by_port },
	{ "GROUP", 39, false, false, false, mdb_group, mdb_by_group },
	{ "VLAN", 5, true, false, false, mdb_vlan, NULL },
	{ "MODE", 7, false, false, false, mdb_mode, NULL },
	{ "SOURCES", 40, false, false, false, mdb_sources, NULL },
	{ "ENTRY", 24, false, false, false, mdb_kind, NULL },
	{ "TIMER", 12, true, false, true, mdb_timer, NULL },
};

const struct table_kind cells_bridge = {
	.name = "bridges",
	.empty = "no bridge, or one without memberships and router ports",
	.cols = mdb_cols,
	.n_cols = sizeof mdb_cols / sizeof *mdb_cols,
	.natural = mdb_natural,
};

/* multicast routes */

static void route_group(struct cell *c, const void *row, const struct look *look)
{
	const struct route *r = row;

	(void)look;
	if (mc_addr_is_unspecified(&r->r->group))
		cell_put(c, "*");
	else
		mc_addr_format(&r->r->group, c->text);
	c->tone = TONE_ACCENT;
}

static void route_netns(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct route *)row)->space->name);
}

static void route_source(struct cell *c, const void *row, const struct look *look)
{
	const struct route *r = row;

	(void)look;
	if (mc_addr_is_unspecified(&r->r->source))
		cell_put(c, "*");
	else
		mc_addr_format(&r->r->source, c->text);
}

static void route_iif(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%s", ((const struct route *)row)->r->iifname);
}

static void route_oifs(struct cell *c, const void *row, const struct look *look)
{
	const struct route *r = row;

	(void)look;
	if (!r->r->resolved) {
		cell_put(c, "unresolved");
		c->tone = TONE_WARN;
	}
	for (unsigned i = 0; i < r->r->n_oifs; i++)
		cell_add(c, "%s%s", c->text[0] ? " " : "", r->r->oifs[i].ifname);
}

static void route_rate(struct cell *c, const void *row, const struct look *look)
{
	const struct route *r = row;

	(void)look;
	if (r->bps > 0) {
		format_bps(c->text, r->bps);
		c->tone = TONE_GOOD;
	} else {
		cell_put(c, "0");
	}
}

static void route_packets(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%llu", (unsigned long long)((const struct route *)row)->r->packets);
}

static void route_wrong(struct cell *c, const void *row, const struct look *look)
{
	uint64_t n = ((const struct route *)row)->r->wrong_if;

	(void)look;
	cell_put(c, "%llu", (unsigned long long)n);
	if (n)
		c->tone = TONE_BAD;
}

static void route_table(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%u", ((const struct route *)row)->r->table);
}

static int route_by_group(const void *a, const void *b)
{
	const struct route *x = a, *y = b;
	int by = mc_addr_cmp(&x->r->group, &y->r->group);

	return by ? by : mc_addr_cmp(&x->r->source, &y->r->source);
}

static int route_by_source(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	return mc_addr_cmp(&x->r->source, &y->r->source);
}

static int route_by_rate(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	return (x->bps > y->bps) - (x->bps < y->bps);
}

static int route_by_packets(const void *a, const void *b)
{
	return order_u64(((const struct route *)a)->r->packets,
			 ((const struct route *)b)->r->packets);
}

static int route_by_wrong(const void *a, const void *b)
{
	return order_u64(((const struct route *)a)->r->wrong_if,
			 ((const struct route *)b)->r->wrong_if);
}

static const struct col route_cols[] = {
	{ "GROUP", 39, false, false, false, route_group, route_by_group },
	{ "NETNS", 24, false, false, false, route_netns, NULL },
	{ "SOURCE", 39, false, false, false, route_source, route_by_source },
	{ "IN", 15, false, false, false, route_iif, NULL },
	{ "OUT", 40, false, false, false, route_oifs, NULL },
	{ "RATE", 12, true, true, true, route_rate, route_by_rate },
	{ "PACKETS", 12, true, true, true, route_packets, route_by_packets },
	{ "WRONG IF", 10, true, true, true, route_wrong, route_by_wrong },
	{ "TABLE", 10, true, false, false, route_table, NULL },
};

const struct table_kind cells_routes = {
	.name = "routes",
	.empty = "no multicast routes: this host does not route groups",
	.cols = route_cols,
	.n_cols = sizeof route_cols / sizeof *route_cols,
	.natural = route_by_group,
};
