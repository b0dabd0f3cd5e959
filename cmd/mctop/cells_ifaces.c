/* cells_ifaces.c - the table of interfaces */
#include <string.h>

#include "mctop/cells.h"

static void text_name(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	cell_put(c, "%s", f->i.name);
	c->tone = f->gone ? TONE_DIM : TONE_ACCENT;
}

static void text_netns(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	cell_put(c, "%s", f->space->name);
}

static void text_state(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	if (f->gone)
		cell_put(c, "gone");
	else if (!f->i.up)
		cell_put(c, "down");
	else if (!f->i.running)
		cell_put(c, "no carrier");
	else if (!f->i.multicast && !f->i.loopback)
		cell_put(c, "no multicast");
	else
		cell_put(c, "up");
	if (strcmp(c->text, "up") != 0)
		c->tone = TONE_WARN;
}

static void text_groups4(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%u", ((const struct iface *)row)->n_groups[SIDE4]);
}

static void text_groups6(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	cell_put(c, "%u", ((const struct iface *)row)->n_groups[SIDE6]);
}

static void put_version(struct cell *c, const struct mc_gm_version *v, const char *name)
{
	if (!v->version)
		return;
	cell_put(c, "%sv%d%s", name, v->version, v->forced ? " forced" : "");
	if (v->forced)
		c->tone = TONE_WARN;
}

static void text_igmp(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	put_version(c, &f->version[SIDE4], "IGMP");
	if (f->old_querier) {
		cell_add(c, " older querier");
		c->tone = TONE_WARN;
	}
}

static void text_mld(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	put_version(c, &((const struct iface *)row)->version[SIDE6], "MLD");
}

static void put_querier(struct cell *c, const struct iface *f, int side)
{
	const struct querier *q = &f->querier[side];

	if (q->addr.family == MC_ANY) {
		if (f->observed && f->n_groups[side] && !f->i.loopback) {
			cell_put(c, "none heard");
			c->tone = TONE_DIM;
		}
		return;
	}
	mc_addr_format(&q->addr, c->text);
	if (q->version)
		cell_add(c, " v%u", q->version);
	if (q->self)
		cell_add(c, " (self)");
}

static void text_querier4(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	put_querier(c, row, SIDE4);
}

static void text_querier6(struct cell *c, const void *row, const struct look *look)
{
	(void)look;
	put_querier(c, row, SIDE6);
}

static void text_rate(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	if (f->in.bps > 0) {
		format_bps(c->text, f->in.bps);
		c->tone = TONE_GOOD;
	} else if (f->captured) {
		cell_put(c, "0");
	}
}

static void text_packets(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	if (f->captured)
		cell_put(c, "%llu", (unsigned long long)f->in.packets);
}

/* Not every driver counts. */
static void text_counter(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;

	(void)look;
	if (f->rx_counter)
		cell_put(c, "%llu", (unsigned long long)f->rx_counter);
}

static void text_bridge(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;
	const struct iface *master = f->master ? model_iface(f->space, f->master) : NULL;

	(void)look;
	if (f->bridge)
		cell_put(c, "is one");
	else if (master)
		cell_put(c, "%s", master->i.name);
}

static void text_address(struct cell *c, const void *row, const struct look *look)
{
	const struct iface *f = row;
	char text[MC_ADDR_TEXT];

	(void)look;
	if (f->i.addr4.family)
		cell_put(c, "%s", mc_addr_format(&f->i.addr4, text));
	if (f->i.addr6.family)
		cell_add(c, "%s%s", c->text[0] ? " " : "", mc_addr_format(&f->i.addr6, text));
}

static int order_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int order_index(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;
	int by = strcmp(x->space->name, y->space->name);

	return by ? by : order_u64(x->i.index, y->i.index);
}

static int order_name(const void *a, const void *b)
{
	return strcmp(((const struct iface *)a)->i.name, ((const struct iface *)b)->i.name);
}

static int order_state(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return order_u64(x->i.up + x->i.running, y->i.up + y->i.running);
}

static int order_groups4(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return order_u64(x->n_groups[SIDE4], y->n_groups[SIDE4]);
}

static int order_groups6(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return order_u64(x->n_groups[SIDE6], y->n_groups[SIDE6]);
}

static int order_rate(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return (x->in.bps > y->in.bps) - (x->in.bps < y->in.bps);
}

static int order_packets(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return order_u64(x->in.packets, y->in.packets);
}

static int order_counter(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	return order_u64(x->rx_counter, y->rx_counter);
}

static const struct col cols[] = {
	{ "INTERFACE", 15, false, false, false, text_name, order_name },
	{ "NETNS", 24, false, false, false, text_netns, order_index },
	{ "STATE", 12, false, false, false, text_state, order_state },
	{ "IPV4", 6, true, true, false, text_groups4, order_groups4 },
	{ "IPV6", 6, true, true, false, text_groups6, order_groups6 },
	{ "RATE", 12, true, true, true, text_rate, order_rate },
	{ "IGMP", 22, false, false, false, text_igmp, NULL },
	{ "IGMP QUERIER", 30, false, false, false, text_querier4, NULL },
	{ "MLD", 12, false, false, false, text_mld, NULL },
	{ "MLD QUERIER", 46, false, false, false, text_querier6, NULL },
	{ "PACKETS", 12, true, true, true, text_packets, order_packets },
	{ "DRIVER COUNTS", 14, true, true, true, text_counter, order_counter },
	{ "BRIDGE", 15, false, false, false, text_bridge, NULL },
	{ "ADDRESSES", 60, false, false, false, text_address, NULL },
};

const struct table_kind cells_ifaces = {
	.name = "interfaces",
	.empty = "no interfaces",
	.cols = cols,
	.n_cols = sizeof cols / sizeof *cols,
	.natural = order_index,
};
