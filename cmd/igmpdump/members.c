/* members.c - the table of members: on a terminal, at the end, as JSON */
#include "igmpdump/members.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "common/out.h"
#include "common/table.h"
#include "igmpdump/facts.h"

#define REDRAW_NS      500000000
#define EFFORT	       10 /* no more than this part of the time goes into redrawing */
#define SOURCES_SHOWN  3
#define ROWS_BESIDE    4 /* the head line, the titles, "and N more", the cursor */
#define CLEAR_SCREEN   "\033[H\033[J"
#define DEFAULT_HEIGHT 24

/* --- text ---------------------------------------------------------------- */

static void cell_group(struct table *t, const struct dump *d, const struct mc_addr *group)
{
	const char *name = group_name(d, group);
	char text[MC_ADDR_TEXT];

	mc_addr_format(group, text);
	if (name)
		table_cell(t, "%s (%s)", text, name);
	else
		table_cell(t, "%s", text);
}

static void cell_filter(struct table *t, const struct mc_member *m)
{
	char text[SOURCES_SHOWN * (MC_ADDR_TEXT + 1) + 32], addr[MC_ADDR_TEXT];
	int n;

	if (!m->n_sources) {
		table_cell(t, m->mode == MC_INCLUDE ? "no source" : "any source");
		return;
	}
	n = snprintf(text, sizeof(text), "%s", m->mode == MC_INCLUDE ? "from" : "not from");
	for (unsigned i = 0; i < m->n_sources && i < SOURCES_SHOWN; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %s",
			      mc_addr_format(&m->sources[i], addr));
	if (m->n_sources > SOURCES_SHOWN || m->more_sources)
		snprintf(text + n, sizeof(text) - (size_t)n, " ...");
	table_cell(t, "%s", text);
}

static void add_row(struct table *t, const struct state *s, const struct mc_member *m)
{
	char text[MC_ADDR_TEXT], ago[UNITS_TEXT];

	if (s->d->links.n > 1)
		table_cell(t, "%s", s->d->links.v[m->link].name);
	cell_group(t, s->d, &m->group);
	table_cell(t, "%s", mc_addr_format(&m->host, text));
	table_cell(t, "%s", m->has_mac ? mc_mac_format(&m->mac, text) : "");
	table_cell(t, "%sv%u", protocol_title((enum mc_family)m->group.family), m->version);
	cell_filter(t, m);
	table_cell(t, "%s", format_duration(ago, (mc_nsec){ s->now.ns - m->last_seen.ns }));
	if (m->answered_after.ns < 0)
		table_cell(t, "%s", "");
	else
		table_cell(t, "%s", format_duration(ago, m->answered_after));
}

void members_table(const struct state *s, const struct top *top, unsigned rows)
{
	static const struct column cols[] = {
		{ "link", false },	 { "group", false },	      { "host", false },
		{ "MAC", false },	 { "version", false },	      { "filter", false },
		{ "last heard", false }, { "answered after", false },
	};
	bool links = s->d->links.n > 1;
	struct table *t = table_new(links ? cols : cols + 1, links ? 8 : 7);
	uint64_t shown = 0;

	for (unsigned i = 0; i < top->n; i++)
		for (unsigned j = 0; j < top->v[i].n && shown < rows; j++, shown++)
			add_row(t, s, &top->v[i].v[j].m);
	if (shown)
		table_print(t);
	if (shown < top->members)
		out_printf("and %llu more\n", (unsigned long long)(top->members - shown));
	table_free(t);
}

/* --- the screen ---------------------------------------------------------- */

static unsigned rows_of_screen(void)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0 || w.ws_row == 0)
		w.ws_row = DEFAULT_HEIGHT;
	return w.ws_row > ROWS_BESIDE ? w.ws_row - ROWS_BESIDE : 1;
}

static int64_t clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void draw(struct state *s)
{
	unsigned rows = rows_of_screen();
	struct top top;

	out_puts(CLEAR_SCREEN);
	/* Without memory it shows what there is. */
	if (top_collect(&top, s, rows, rows) < 0)
		out_puts("(not all: no memory)\n");
	out_printf("%llu %s of %llu %s, %llu %s\n", UNITS_N(top.members, "member"),
		   UNITS_N(top.groups, "group"), UNITS_N(s->d->counts.messages, "message"));
	members_table(s, &top, rows);
	top_free(&top);
	out_flush();
}

void members_redraw(struct state *s, mc_nsec now)
{
	int64_t began = clock_now(), pause;

	if (began >= s->redraw_clock) {
		draw(s);
		/* A million members take a while to look through. */
		pause = (clock_now() - began) * EFFORT;
		s->redraw_clock = began + (pause > REDRAW_NS ? pause : REDRAW_NS);
	}
	s->redraw_at.ns = now.ns + s->redraw_clock - began;
}

/* --- JSON ---------------------------------------------------------------- */

struct listing {
	const struct state *s;
	struct json *w;
};

static void list_member(void *data, const struct mc_member *m)
{
	struct listing *l = data;

	if (!top_passes(l->s->d, m))
		return;
	json_event_begin(l->w, "member", l->s->now);
	facts_link(l->w, l->s->d, m->link);
	facts_group(l->w, l->s->d, &m->group);
	facts_member(l->w, m);
	json_event_end(l->w);
}

void members_json(const struct state *s, struct json *w)
{
	struct listing l = { s, w };
	int err = state_each_member(s, list_member, &l);

	if (err < 0)
		err_why("members", err, NULL);
}
