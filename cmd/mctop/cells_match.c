/* cells_match.c - does a row contain what somebody searches for */
#include <stdio.h>
#include <string.h>

#include "mctop/cells.h"

static bool in_text(const char *text, const char *needle)
{
	return strcasestr(text, needle) != NULL;
}

static bool in_addr(const struct mc_addr *a, const char *needle)
{
	char text[MC_ADDR_TEXT];

	return a->family != MC_ANY && in_text(mc_addr_format(a, text), needle);
}

static bool in_process(const struct process *p, const char *needle)
{
	char text[48];

	snprintf(text, sizeof text, "%s[%d]", p->name, p->pid);
	return in_text(text, needle);
}

static bool in_group(const struct group *g, const char *needle, const struct look *look)
{
	if (in_addr(&g->addr, needle) || in_text(g->iface->i.name, needle) ||
	    in_text(g->iface->space->name, needle) || in_text(group_name(&g->addr, look), needle))
		return true;
	for (unsigned i = 0; i < g->n_sources; i++)
		if (in_addr(&g->sources[i].addr, needle))
			return true;
	for (unsigned i = 0; i < g->n_holders; i++)
		if (in_process(g->holders[i].process, needle))
			return true;
	return false;
}

static bool in_mdb(const struct mdb_row *r, const char *needle)
{
	return in_text(r->bridge, needle) || in_text(r->ifname, needle) ||
	       in_text(r->space->name, needle) ||
	       (r->entry &&
		(in_addr(&r->entry->group, needle) || in_addr(&r->entry->source, needle)));
}

static bool in_route(const struct route *r, const char *needle)
{
	for (unsigned i = 0; i < r->r->n_oifs; i++)
		if (in_text(r->r->oifs[i].ifname, needle))
			return true;
	return in_addr(&r->group, needle) || in_addr(&r->source, needle) ||
	       in_text(r->r->iifname, needle) || in_text(r->space->name, needle);
}

static bool in_iface(const struct iface *f, const char *needle)
{
	return in_text(f->i.name, needle) || in_text(f->space->name, needle) ||
	       in_addr(&f->i.addr4, needle) || in_addr(&f->i.addr6, needle) ||
	       in_addr(&f->querier[SIDE4].addr, needle) || in_addr(&f->querier[SIDE6].addr, needle);
}

bool row_matches(enum table_id id, const void *row, const char *needle, const struct look *look)
{
	switch (id) {
	case TABLE_IFACES:
		return in_iface(row, needle);
	case TABLE_GROUPS:
		return in_group(row, needle, look);
	case TABLE_PROCESSES: {
		const struct process *p = row;

		return in_process(p, needle) || in_text(p->space->name, needle);
	}
	case TABLE_BRIDGE:
		return in_mdb(row, needle);
	case TABLE_ROUTES:
		return in_route(row, needle);
	default:
		return false;
	}
}
