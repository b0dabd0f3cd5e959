/* ui_detail.c - the lines of a group's own screen, and of the help */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "mctop/ui.h"

__attribute__((format(printf, 4, 5))) static void line(struct ui *u, const char *label,
						       enum tone tone, const char *fmt, ...)
{
	struct ui_line *l = &u->lines[u->n_lines];
	va_list ap;

	if (u->n_lines == UI_LINES)
		return;
	snprintf(l->label, sizeof l->label, "%s", label);
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof l->text, fmt, ap);
	va_end(ap);
	printable(l->text, u->look.utf8);
	l->tone = tone;
	u->n_lines++;
}

static const char *addr(const struct mc_addr *a)
{
	static char texts[4][MC_ADDR_TEXT];
	static unsigned turn;

	return mc_addr_format(a, texts[turn++ % 4]);
}

/* A cell of the table of groups. */
static const char *cell_of(const struct ui *u, const struct group *g, const char *title)
{
	static struct cell c;
	const struct table_kind *kind = table_kind(TABLE_GROUPS);

	c.text[0] = '\0';
	for (unsigned i = 0; i < kind->n_cols; i++)
		if (strcmp(kind->cols[i].title, title) == 0)
			kind->cols[i].text(&c, g, &u->look);
	return c.text;
}

static void put_identity(struct ui *u, const struct group *g)
{
	const struct mc_known_group *known = mc_group_known(&g->addr);
	struct mc_group_info info;

	line(u, "Group", g->left_at.ns ? TONE_DIM : TONE_ACCENT, "%s%s%s%s%s", addr(&g->addr),
	     known && !u->look.no_names ? "  " : "", known && !u->look.no_names ? known->name : "",
	     known && !u->look.no_names ? ", " : "", known && !u->look.no_names ? known->rfc : "");
	if (mc_group_classify(&info, &g->addr) == 0)
		line(u, "Block", TONE_PLAIN, "%s (%s), scope %s%s", info.block, info.rfc,
		     mc_scope_name(info.scope), info.forwardable ? "" : ", never forwarded");
	line(u, "MAC", TONE_PLAIN, "%s", cell_of(u, g, "MAC"));
	if (info.aliases_control)
		line(u, "", TONE_WARN,
		     "the MAC of a link-local control group: switches flood it "
		     "(RFC 4541 2.1.2)");
	if (g->mac_shared)
		line(u, "", TONE_WARN, "another group that is joined here has the same MAC");
}

static void put_iface(struct ui *u, const struct group *g)
{
	const struct iface *f = g->iface;
	int side = g->addr.family == MC_IPV6;
	const char *protocol = side ? "MLD" : "IGMP";
	char text[MC_ADDR_TEXT + 32] = "querier not known";

	if (f->querier[side].addr.family)
		snprintf(text, sizeof text, "querier %s%s", addr(&f->querier[side].addr),
			 f->querier[side].self ? " (this host)" : "");
	if (f->version[side].version)
		line(u, "Interface", TONE_PLAIN, "%s%s%s, %sv%d, %s", f->i.name,
		     f->space->name[0] ? " in " : "", f->space->name, protocol,
		     f->version[side].version, text);
	else
		line(u, "Interface", TONE_PLAIN, "%s%s%s, %s", f->i.name,
		     f->space->name[0] ? " in " : "", f->space->name, text);
}

static void put_membership(struct ui *u, const struct group *g)
{
	enum mc_filter_mode mode;

	line(u, "Joined", TONE_PLAIN, "%s ago", cell_of(u, g, "AGE"));
	if (g->left_at.ns)
		line(u, "", TONE_WARN, "left");
	if (model_mode(g, &mode))
		line(u, "Filter", TONE_PLAIN, "%s %s",
		     g->n_sources ? mode_name(mode) : "any source", cell_of(u, g, "SOURCES"));
	if (g->users)
		line(u, "Users", TONE_PLAIN, "%u", g->users);
	if (g->iface->observed)
		line(u, "Others", TONE_PLAIN, "%u on this link", g->others);
}

static void put_other(void *data, const struct mc_member *o)
{
	struct ui *u = data;
	char since[UNITS_TEXT];
	mc_nsec age = { u->look.now.ns - o->first_seen.ns };

	if (u->n_lines < UI_LINES / 2)
		line(u, "", TONE_PLAIN, "%s  v%u %s, for %s", addr(&o->host), o->version,
		     o->mode == MC_INCLUDE ? "include"
		     : o->n_sources	   ? "exclude"
					   : "any source",
		     format_duration(since, age));
}

static void put_flow(struct ui *u, const char *label, const char *who, const struct traffic *t)
{
	char bps[UNITS_TEXT], pps[UNITS_TEXT];

	line(u, label, t->bps > 0 ? TONE_GOOD : TONE_PLAIN, "%s%s%s, %s, %llu %s, %llu %s", who,
	     *who ? "  " : "", format_bps(bps, t->bps), format_pps(pps, t->pps),
	     UNITS_N(t->packets, "packet"), UNITS_N(t->bytes, "byte"));
}

static void put_traffic(struct ui *u, const struct group *g)
{
	const struct flows *f = g->flows;
	char spark[4 * MODEL_HISTORY + 1];

	if (!f) {
		if (g->iface->captured)
			line(u, "Traffic", TONE_DIM, "none came since mctop runs");
		return;
	}
	put_flow(u, "Traffic", "", &f->total);
	sparkline(spark, sizeof spark, f->history, f->n_history, MODEL_HISTORY, u->look.utf8);
	line(u, "History", TONE_ACCENT, "%s", spark);
	for (unsigned i = 0; i < f->n; i++)
		put_flow(u, i ? "" : "Senders", addr(&f->v[i].source), &f->v[i].t);
	if (f->untold)
		line(u, "", TONE_WARN, "%llu %s of further senders", UNITS_N(f->untold, "packet"));
}

static void put_socket(struct ui *u, const char *label, const struct holder *h)
{
	const struct mc_socket *k = h->socket;
	char counts[64] = "", queue[UNITS_TEXT], sources[128] = "";
	size_t len = 0;

	if (k->counted)
		snprintf(counts, sizeof counts, ", queue %s, %llu dropped",
			 format_bytes(queue, k->queued_bytes), (unsigned long long)k->drops);
	for (unsigned i = 0; i < h->state->n_sources && len + MC_ADDR_TEXT + 2 < sizeof sources;
	     i++)
		len += (size_t)snprintf(sources + len, sizeof sources - len, " %s",
					addr(&h->state->sources[i]));
	line(u, label, k->counted && k->drops ? TONE_BAD : TONE_PLAIN,
	     "%s[%d] fd %d, port %u, %s%s%s", h->process->name, h->process->pid, h->fd, k->port,
	     h->state->n_sources || h->state->mode == MC_INCLUDE ? mode_name(h->state->mode)
								 : "any source",
	     sources, counts);
}

static void put_sockets(struct ui *u, const struct group *g)
{
	for (unsigned i = 0; i < g->n_holders && i < 64; i++)
		put_socket(u, i ? "" : "Sockets", &g->holders[i]);
	if (!g->n_holders)
		line(u, "Sockets", TONE_DIM, "%s",
		     g->left_at.ns ? "none any more"
				   : "none that may be seen: the kernel itself, or another user's");
}

static void put_bridges(struct ui *u, const struct group *g)
{
	unsigned n, shown = 0;
	const struct mdb_row *v = model_mdb(u->m, &n);
	char left[UNITS_TEXT];

	for (unsigned i = 0; i < n && shown < 64; i++) {
		if (v[i].space != g->iface->space || !v[i].entry ||
		    mc_addr_cmp(&v[i].entry->group, &g->addr) != 0)
			continue;
		line(u, shown++ ? "" : "Bridge ports", v[i].entry->blocked ? TONE_WARN : TONE_PLAIN,
		     "%s %s%s%s%s%s", v[i].bridge, v[i].ifname,
		     v[i].entry->source.family ? ", from " : "",
		     v[i].entry->source.family ? addr(&v[i].entry->source) : "",
		     v[i].entry->timer.ns ? ", for " : "",
		     v[i].entry->timer.ns ? format_duration(left, v[i].entry->timer) : "");
	}
}

static void put_routes(struct ui *u, const struct group *g)
{
	unsigned n, shown = 0;
	const struct route *v = model_routes(u->m, &n);

	for (unsigned i = 0; i < n && shown < 64; i++) {
		if (v[i].space != g->iface->space || mc_addr_cmp(&v[i].group, &g->addr) != 0)
			continue;
		line(u, shown++ ? "" : "Routes", v[i].r->wrong_if ? TONE_WARN : TONE_PLAIN,
		     "from %s on %s to %u interfaces, %llu packets, %llu on wrong interfaces",
		     mc_addr_is_unspecified(&v[i].source) ? "*" : addr(&v[i].source),
		     v[i].r->iifname[0] ? v[i].r->iifname : "-", v[i].r->n_oifs,
		     (unsigned long long)v[i].packets, (unsigned long long)v[i].r->wrong_if);
	}
}

static void put_events(struct ui *u, const struct group *g)
{
	const struct event *e;
	unsigned shown = 0;

	for (uint64_t back = 0; (e = model_event(u->m, back)) && shown < 40; back++) {
		time_t when = (time_t)(e->when.ns / 1000000000);
		char clock[16];
		struct tm tm;

		if (mc_addr_cmp(&e->group, &g->addr) != 0 ||
		    strcmp(e->ifname, g->iface->i.name) != 0 ||
		    strcmp(e->space, g->iface->space->name) != 0)
			continue;
		localtime_r(&when, &tm);
		strftime(clock, sizeof clock, "%H:%M:%S", &tm);
		line(u, shown++ ? "" : "Events", TONE_PLAIN, "%s %s", clock, e->text);
	}
}

void ui_detail_lines(struct ui *u)
{
	const struct group *g = ui_detail_group(u);
	unsigned before;

	u->n_lines = 0;
	if (!g) {
		line(u, "Group", TONE_DIM, "%s", addr(&u->detail_group));
		line(u, "", TONE_WARN, "this host has left it, or its interface is gone");
		return;
	}
	put_identity(u, g);
	put_iface(u, g);
	put_membership(u, g);
	before = u->n_lines;
	model_others(g, put_other, u);
	if (before != u->n_lines)
		snprintf(u->lines[before].label, sizeof u->lines[before].label, "Members");
	put_traffic(u, g);
	put_sockets(u, g);
	put_bridges(u, g);
	put_routes(u, g);
	put_events(u, g);
}

void ui_help_lines(struct ui *u)
{
	static const char *const keys[][2] = {
		{ "Arrows, j k", "one row; left and right move wide tables" },
		{ "PgUp PgDn", "one page" },
		{ "Home End, g G", "first and last row" },
		{ "Enter", "open: groups of the interface or process, one group" },
		{ "Esc, Backspace", "back" },
		{ "Tab, 1 to 5", "interfaces, groups, processes, bridges, routes" },
		{ "i a p b r", "the same by name; a: all groups" },
		{ "/", "search as you type; n and N: next, previous" },
		{ "f", "show only rows that contain a text; Esc shows all again" },
		{ "s", "choose the column to sort by; S reverses" },
		{ "Space", "pause and go on" },
		{ "w", "save what is shown; as JSON if the name ends in .json" },
		{ "Ctrl-L", "draw anew" },
		{ "q", "quit" },
		{ "Mouse", "select; click twice to open; click titles and tabs; wheel" },
		{ "", "" },
		{ "RATE", "of data on the link, as captured; needs CAP_NET_RAW" },
		{ "OTHERS", "other hosts heard to be members; needs CAP_NET_RAW" },
		{ "PROCESSES", "who joined; of other users only with CAP_SYS_PTRACE" },
		{ "AGE", "> when it was joined before mctop looked" },
		{ "MODE", "include: only SOURCES; exclude: all but them" },
		{ "DROPS", "of the sockets that joined, whatever group they lost" },
	};

	u->n_lines = 0;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		line(u, keys[i][0], TONE_PLAIN, "%s", keys[i][1]);
}
