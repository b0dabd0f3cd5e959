/* view_parts.c - colours, text cut to columns, head, foot, log */
#include "mctop/view_parts.h"

#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static bool colored;

/* Where there are 256 colours, those of middle brightness, which are read on dark
 * and on light backgrounds alike; nobody's background is changed. */
void parts_colors(bool wanted)
{
	static const short many[TONES] = { -1, -1, 34, 136, 160, 32 };
	static const short few[TONES] = {
		-1, -1, COLOR_GREEN, COLOR_MAGENTA, COLOR_RED, COLOR_CYAN
	};

	colored = wanted && has_colors() && start_color() == OK && use_default_colors() == OK;
	for (short t = 1; colored && t < TONES; t++)
		init_pair(t, COLORS >= 256 ? many[t] : few[t], -1);
}

attr_t tone_attr(enum tone tone)
{
	static const attr_t plain[TONES] = {
		[TONE_DIM] = A_DIM,
		[TONE_WARN] = A_BOLD,
		[TONE_BAD] = A_BOLD | A_UNDERLINE,
	};

	if (!colored || tone == TONE_PLAIN || tone == TONE_DIM)
		return plain[tone];
	return (attr_t)COLOR_PAIR(tone) | (tone == TONE_BAD ? A_BOLD : 0);
}

/* The next character of a multibyte text and its columns; bytes that are none
 * count for themselves. */
static size_t next_char(const char *s, mbstate_t *state, unsigned *columns)
{
	wchar_t c;
	size_t n = mbrtowc(&c, s, MB_LEN_MAX, state);
	int width;

	if (n == 0 || n > MB_LEN_MAX) {
		memset(state, 0, sizeof *state);
		*columns = 1;
		return 1;
	}
	width = wcwidth(c);
	*columns = width < 0 ? 1 : (unsigned)width;
	return n;
}

unsigned text_width(const char *text)
{
	mbstate_t state = { 0 };
	unsigned width = 0, columns;

	while (*text) {
		text += next_char(text, &state, &columns);
		width += columns;
	}
	return width;
}

void put_part(unsigned y, unsigned x, unsigned width, const char *text, unsigned skip, bool right,
	      attr_t attr)
{
	mbstate_t state = { 0 };
	unsigned used = 0, columns, total = text_width(text);

	attrset(attr);
	move((int)y, (int)x);
	if (right && total < width + skip) {
		unsigned pad = width + skip - total;

		for (; pad && skip; pad--)
			skip--;
		for (; pad && used < width; pad--, used++)
			addch(' ');
	}
	while (*text && used < width) {
		size_t n = next_char(text, &state, &columns);

		if (skip) {
			skip -= columns < skip ? columns : skip;
		} else {
			if (used + columns > width)
				break;
			addnstr(text, (int)n);
			used += columns;
		}
		text += n;
	}
	for (; used < width; used++)
		addch(' ');
	attrset(A_NORMAL);
}

void put_text(unsigned y, unsigned x, unsigned width, const char *text, attr_t attr)
{
	put_part(y, x, width, text, 0, false, attr);
}

static void put_totals(const struct ui *u, char *out, size_t size)
{
	unsigned n_spaces, n_processes, ifaces = 0, groups = 0;
	struct space *const *v = model_spaces(u->m, &n_spaces);
	char host[65] = "";

	gethostname(host, sizeof host - 1);
	model_processes(u->m, &n_processes);
	for (unsigned i = 0; i < n_spaces; i++) {
		for (unsigned k = 0; k < v[i]->n_ifaces; k++) {
			ifaces++;
			groups +=
				v[i]->ifaces[k]->n_groups[SIDE4] + v[i]->ifaces[k]->n_groups[SIDE6];
		}
	}
	snprintf(out, size, "mctop %s: %llu %s, %llu %s, %llu %s%s", host,
		 UNITS_N(groups, "membership"), UNITS_N(ifaces, "interface"),
		 (unsigned long long)n_processes, n_processes == 1 ? "process" : "processes",
		 model_complete(u->m) ? "" : " (looking)");
	printable(out, u->look.utf8);
}

static void put_clock(const struct ui *u)
{
	time_t now = (time_t)(u->look.now.ns / 1000000000);
	char text[16];
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(text, sizeof text, "%H:%M:%S", &tm);
	if (u->paused)
		put_text(0, (unsigned)COLS - 8, 8, " PAUSED ", A_REVERSE | tone_attr(TONE_WARN));
	else
		put_text(0, (unsigned)COLS - 8, 8, text, A_NORMAL);
}

static void put_tabs(struct ui *u)
{
	static const char *const names[TABLES] = { "Interfaces", "Groups", "Processes", "Bridges",
						   "Routes" };
	unsigned x = 0;
	char text[160];

	u->tabs_y = 1;
	for (unsigned t = 0; t < TABLES; t++) {
		unsigned width = (unsigned)snprintf(text, sizeof text, " %u %s ", t + 1, names[t]);

		if (x + width > (unsigned)COLS)
			width = (unsigned)COLS - x;
		put_text(1, x, width, text, t == u->table ? A_BOLD | A_REVERSE : A_NORMAL);
		x += width;
		u->tab_x[t] = x;
	}
	snprintf(text, sizeof text, "%s%s%s%s", u->table == TABLE_GROUPS ? u->scope : "",
		 u->lists[u->table].filter[0] ? " \"" : "", u->lists[u->table].filter,
		 u->lists[u->table].filter[0] ? "\"" : "");
	if (x < (unsigned)COLS)
		put_text(1, x, (unsigned)COLS - x, text, tone_attr(TONE_WARN));
}

void view_head(struct ui *u)
{
	char text[256];

	put_totals(u, text, sizeof text);
	put_text(0, 0, (unsigned)COLS - 9, text, A_BOLD);
	put_clock(u);
	put_tabs(u);
}

static const char *hints(const struct ui *u)
{
	if (u->over == OVER_HELP)
		return "any other key: back";
	if (u->over == OVER_SORT)
		return "Up Down choose, Enter sorts (again: reverses), Esc: back";
	if (u->detail)
		return "Esc back  Up Down scroll  w save  Space pause  ? help  q quit";
	return "Enter open  Esc back  / search  f filter  s sort  Space pause  ? help  q quit";
}

void view_foot(const struct ui *u)
{
	static const char *const prompts[] = { "", "search: ", "filter: ", "save to: " };
	char text[256];
	unsigned y = (unsigned)LINES - 1;

	if (u->prompt)
		snprintf(text, sizeof text, "%s%s_  %s", prompts[u->prompt], u->text,
			 u->prompt == PROMPT_SEARCH ? u->message : "");
	else
		snprintf(text, sizeof text, "%s", u->message[0] ? u->message : hints(u));
	/* The last column of the last line scrolls some terminals. */
	put_text(y, 0, (unsigned)COLS - 1, text,
		 u->prompt || u->message[0] ? A_BOLD : tone_attr(TONE_DIM));
}

static enum tone tone_of(const struct event *e)
{
	switch (e->what) {
	case EVENT_JOINED:
	case EVENT_IFACE_NEW:
	case EVENT_SPACE_NEW:
	case EVENT_QUERIER:
		return TONE_GOOD;
	case EVENT_LEFT:
		return TONE_WARN;
	case EVENT_QUERIER_LOST:
	case EVENT_IFACE_GONE:
	case EVENT_SPACE_GONE:
	case EVENT_NOTE:
		return TONE_BAD;
	default:
		return TONE_PLAIN;
	}
}

static void put_event(const struct ui *u, unsigned y, const struct event *e)
{
	time_t when = (time_t)(e->when.ns / 1000000000);
	char clock[16], text[320];
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	snprintf(text, sizeof text, "%s%s%s%s%s", e->space, e->space[0] ? " " : "", e->ifname,
		 e->ifname[0] ? ": " : "", e->text);
	printable(text, u->look.utf8);
	put_text(y, 0, 9, clock, tone_attr(TONE_DIM));
	put_text(y, 9, (unsigned)COLS - 9, text, tone_attr(tone_of(e)));
}

void view_events(const struct ui *u, unsigned y, unsigned n)
{
	uint64_t events = model_events(u->m);
	unsigned shown = events < n - 1 ? (unsigned)events : n - 1;

	attrset(tone_attr(TONE_DIM));
	for (int x = 0; x < COLS; x++)
		mvaddstr((int)y, x, u->look.utf8 ? "─" : "-");
	attrset(A_NORMAL);
	put_text(y, 2, 8, " Events ", A_BOLD);
	/* The newest is the lowest. */
	for (unsigned i = 0; i < shown; i++)
		put_event(u, y + shown - i, model_event(u->m, i));
	if (!shown)
		put_text(y + 1, 0, (unsigned)COLS, "nothing has happened yet", tone_attr(TONE_DIM));
}
