/* cells_groups.c - the table of memberships */
#include <stdio.h>
#include <string.h>

#include "mctop/cells.h"

#define SECOND 1000000000

static void text_group(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	mc_addr_format(&g->addr, c->text);
	c->tone = g->left_at.ns ? TONE_DIM : TONE_ACCENT;
}

static void text_netns(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	cell_put(c, "%s", g->iface->space->name);
}

static void text_iface(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	cell_put(c, "%s", g->iface->i.name);
	if (!g->iface->i.up)
		c->tone = TONE_WARN;
}

static void text_name(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	struct mc_group_info info;

	cell_put(c, "%s", group_name(&g->addr, look));
	if (!c->text[0] && mc_group_classify(&info, &g->addr) == 0 && info.ssm)
		cell_put(c, "source-specific");
}

static void text_scope(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	struct mc_group_info info;

	(void)look;
	if (mc_group_classify(&info, &g->addr) == 0)
		cell_put(c, "%s", mc_scope_name(info.scope));
}

static void text_mode(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	enum mc_filter_mode mode;

	(void)look;
	if (g->left_at.ns) {
		cell_put(c, "left");
		c->tone = TONE_DIM;
	} else if (model_mode(g, &mode)) {
		cell_put(c, "%s", mode == MC_EXCLUDE && !g->n_sources ? "any" : mode_name(mode));
	}
}

static void text_sources(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	for (unsigned i = 0; i < g->n_sources; i++) {
		char text[MC_ADDR_TEXT];

		if (strlen(c->text) + MC_ADDR_TEXT + 16 > sizeof c->text) {
			cell_add(c, " +%u", g->n_sources - i);
			return;
		}
		cell_add(c, "%s%s%s", i ? " " : "", g->sources[i].including ? "" : "!",
			 mc_addr_format(&g->sources[i].addr, text));
	}
}

static void text_users(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	if (g->users)
		cell_put(c, "%u", g->users);
}

/* Each process once, whatever the number of its sockets. */
static void text_processes(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	unsigned shown = 0;

	(void)look;
	if (!g->n_holders && model_is_kernels(&g->addr)) {
		cell_put(c, "kernel");
		c->tone = TONE_DIM;
	}
	for (unsigned i = 0; i < g->n_holders; i++) {
		const struct process *p = g->holders[i].process;
		unsigned k = 0;

		while (k < i && g->holders[k].process != p)
			k++;
		if (k < i)
			continue;
		if (strlen(c->text) + sizeof p->name + 16 > sizeof c->text) {
			cell_add(c, " ...");
			return;
		}
		cell_add(c, "%s%s[%d]", shown++ ? " " : "", p->name, p->pid);
	}
}

static double bps_of(const struct group *g)
{
	return g->flows ? g->flows->total.bps : 0;
}

static uint64_t packets_of(const struct group *g)
{
	return g->flows ? g->flows->total.packets : 0;
}

static uint64_t drops_of(const struct group *g)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < g->n_holders; i++)
		n += g->holders[i].socket->drops;
	return n;
}

static void text_rate(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	if (bps_of(g) > 0) {
		format_bps(c->text, bps_of(g));
		c->tone = TONE_GOOD;
	} else if (g->flows) {
		cell_put(c, "0");
	}
}

static void text_packets(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	if (g->flows)
		cell_put(c, "%llu", (unsigned long long)packets_of(g));
}

static void text_drops(struct cell *c, const void *row, const struct look *look)
{
	uint64_t n = drops_of(row);

	(void)look;
	if (((const struct group *)row)->n_holders)
		cell_put(c, "%llu", (unsigned long long)n);
	if (n)
		c->tone = TONE_BAD;
}

static void text_others(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;

	(void)look;
	if (g->others)
		cell_put(c, "%u", g->others);
	else if (g->iface->observed)
		cell_put(c, "0");
}

static void text_mac(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	struct mc_mac mac;

	(void)look;
	if (!g->iface->i.loopback && mc_group_mac(&mac, &g->addr) == 0)
		mc_mac_format(&mac, c->text);
}

/* RFC 4541 2.1.2: frames to the MACs of control groups go to every port. */
static void text_collides(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	struct mc_group_info info;

	(void)look;
	if (mc_group_classify(&info, &g->addr) == 0 && info.aliases_control &&
	    info.scope > MC_SCOPE_LINK)
		cell_put(c, "control group: flooded");
	else if (g->mac_shared)
		cell_put(c, "another joined group");
	if (c->text[0])
		c->tone = TONE_WARN;
}

static void put_age(struct cell *c, uint64_t seconds, bool at_least)
{
	static const struct {
		unsigned seconds;
		char letter;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	unsigned i = 0;

	while (i < 3 && seconds < units[i].seconds)
		i++;
	cell_put(c, "%s%llu%c", at_least ? ">" : "",
		 (unsigned long long)(seconds / units[i].seconds), units[i].letter);
	if (i < 3 && seconds % units[i].seconds / units[i + 1].seconds)
		cell_add(c, "%llu%c",
			 (unsigned long long)(seconds % units[i].seconds / units[i + 1].seconds),
			 units[i + 1].letter);
}

static void text_age(struct cell *c, const void *row, const struct look *look)
{
	const struct group *g = row;
	int64_t age = look->now.ns - g->since.ns;

	put_age(c, age > 0 ? (uint64_t)age / SECOND : 0, !g->since_exact);
	if (g->since_exact && age < 5ll * SECOND)
		c->tone = TONE_GOOD;
}

static int order_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order_group(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int by = mc_addr_cmp(&x->addr, &y->addr);

	if (!by)
		by = order_numbers(x->iface->i.index, y->iface->i.index);
	return by ? by : strcmp(x->iface->space->name, y->iface->space->name);
}

static int order_netns(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return strcmp(x->iface->space->name, y->iface->space->name);
}

static int order_iface(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return strcmp(x->iface->i.name, y->iface->i.name);
}

static const char *name_of(const struct group *g)
{
	const struct mc_known_group *known = mc_group_known(&g->addr);

	return known ? known->name : "\x7f"; /* those without a name are last */
}

static int order_name(const void *a, const void *b)
{
	return strcmp(name_of(a), name_of(b));
}

static unsigned scope_of(const struct group *g)
{
	struct mc_group_info info;

	return mc_group_classify(&info, &g->addr) == 0 ? info.scope : 0;
}

static int order_scope(const void *a, const void *b)
{
	return order_numbers(scope_of(a), scope_of(b));
}

static int order_mode(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return order_numbers(x->mode, y->mode);
}

static int order_sources(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return order_numbers(x->n_sources, y->n_sources);
}

static int order_users(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return order_numbers(x->users, y->users);
}

static const char *holder_of(const struct group *g)
{
	return g->n_holders ? g->holders[0].process->name : "\x7f";
}

static int order_processes(const void *a, const void *b)
{
	return strcmp(holder_of(a), holder_of(b));
}

static int order_rate(const void *a, const void *b)
{
	double x = bps_of(a), y = bps_of(b);

	return (x > y) - (x < y);
}

static int order_packets(const void *a, const void *b)
{
	return order_numbers(packets_of(a), packets_of(b));
}

static int order_drops(const void *a, const void *b)
{
	return order_numbers(drops_of(a), drops_of(b));
}

static int order_others(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return order_numbers(x->others, y->others);
}

static int order_mac(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	struct mc_mac p, q;

	if (mc_group_mac(&p, &x->addr) < 0 || mc_group_mac(&q, &y->addr) < 0)
		return 0;
	return memcmp(&p, &q, sizeof p);
}

static int order_collides(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	struct mc_group_info p, q;
	bool left = x->mac_shared, right = y->mac_shared;

	if (mc_group_classify(&p, &x->addr) == 0 && p.aliases_control)
		left = true;
	if (mc_group_classify(&q, &y->addr) == 0 && q.aliases_control)
		right = true;
	return order_numbers(left, right);
}

static int order_age(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return (x->since.ns < y->since.ns) - (x->since.ns > y->since.ns);
}

static const struct col cols[] = {
	{ "GROUP", 39, false, false, false, text_group, order_group },
	{ "NETNS", 24, false, false, false, text_netns, order_netns },
	{ "IF", 15, false, false, false, text_iface, order_iface },
	{ "PROCESSES", 40, false, false, false, text_processes, order_processes },
	{ "RATE", 12, true, true, true, text_rate, order_rate },
	{ "MODE", 7, false, false, false, text_mode, order_mode },
	{ "SOURCES", 40, false, true, false, text_sources, order_sources },
	{ "AGE", 9, true, false, true, text_age, order_age },
	{ "USERS", 6, true, true, false, text_users, order_users },
	{ "OTHERS", 6, true, true, true, text_others, order_others },
	{ "PACKETS", 12, true, true, true, text_packets, order_packets },
	{ "DROPS", 10, true, true, true, text_drops, order_drops },
	{ "NAME", 24, false, false, false, text_name, order_name },
	{ "SCOPE", 12, false, false, false, text_scope, order_scope },
	{ "MAC", 17, false, false, false, text_mac, order_mac },
	{ "COLLIDES", 22, false, true, false, text_collides, order_collides },
};

const struct table_kind cells_groups = {
	.name = "groups",
	.empty = "no memberships",
	.cols = cols,
	.n_cols = sizeof cols / sizeof *cols,
	.natural = order_group,
};
