/* ui.c - what keys do */
#include "mctop/ui.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/out.h"

#define H_STEP 8 /* characters that a table moves sideways */

void ui_init(struct ui *u, struct model *m, const struct config *c)
{
	memset(u, 0, sizeof *u);
	u->m = m;
	u->c = c;
	u->look.no_names = c->common.no_names;
	for (int t = 0; t < TABLES; t++)
		list_init(&u->lists[t], (enum table_id)t);
	u->lists[TABLE_GROUPS].linger = true;
	u->page = 1;
	u->lines = calloc(UI_LINES, sizeof *u->lines);
	if (!u->lines) {
		err_msg("no memory");
		exit(EXIT_ENV);
	}
}

void ui_free(struct ui *u)
{
	for (int t = 0; t < TABLES; t++)
		list_free(&u->lists[t]);
	free(u->lines);
}

static struct list *current(struct ui *u)
{
	return &u->lists[u->table];
}

bool ui_shows_column(const struct ui *u, unsigned col)
{
	const struct list *l = &u->lists[u->table];
	const char *title = table_kind(u->table)->cols[col].title;
	unsigned n;

	if (strcmp(title, "NETNS") == 0) {
		model_spaces(u->m, &n);
		return n > 1;
	}
	return !(u->table == TABLE_GROUPS && l->ifindex && strcmp(title, "IF") == 0);
}

/* The selection stays with its row, wherever that is now; if it is gone, where it was. */
static void follow(struct ui *u, enum table_id t)
{
	const struct list *l = &u->lists[t];

	if (u->at[t] < l->n && l->rows[u->at[t]] == u->chosen[t])
		return;
	for (unsigned i = 0; i < l->n && u->chosen[t]; i++) {
		if (l->rows[i] == u->chosen[t]) {
			u->at[t] = i;
			return;
		}
	}
	if (u->at[t] >= l->n)
		u->at[t] = l->n ? l->n - 1 : 0;
	u->chosen[t] = l->n ? l->rows[u->at[t]] : NULL;
}

static void keep_in_sight(struct ui *u)
{
	unsigned at = u->at[u->table], *top = &u->top[u->table];
	unsigned n = current(u)->n, last = n > u->page ? n - u->page : 0;

	if (at < *top)
		*top = at;
	if (at >= *top + u->page)
		*top = at - u->page + 1;
	if (*top > last)
		*top = last;
}

/* Rows are the model's: after it was stepped, the old ones may be gone. */
static void refresh_list(struct ui *u)
{
	if (list_refresh(current(u), u->m, &u->look))
		follow(u, u->table);
	keep_in_sight(u);
}

void ui_refresh(struct ui *u)
{
	struct timespec ts;

	if (!u->paused) {
		clock_gettime(CLOCK_REALTIME, &ts);
		u->look.now.ns = ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
	}
	refresh_list(u);
	if (u->detail && u->over == OVER_NONE)
		ui_detail_lines(u);
	else if (u->over == OVER_HELP)
		ui_help_lines(u);
}

static void select_row(struct ui *u, long row)
{
	const struct list *l = current(u);

	if (row >= (long)l->n)
		row = (long)l->n - 1;
	if (row < 0)
		row = 0;
	u->at[u->table] = (unsigned)row;
	u->chosen[u->table] = l->n ? l->rows[row] : NULL;
	keep_in_sight(u);
}

static void show_table(struct ui *u, enum table_id t)
{
	u->table = t;
	u->detail = false;
	u->over = OVER_NONE;
}

/* Groups of one interface or process; ifindex and pid 0: all. */
static void scope_groups(struct ui *u, const struct iface *f, const struct process *p)
{
	struct list *l = &u->lists[TABLE_GROUPS];

	l->netns = f ? f->space->inode : 0;
	l->ifindex = f ? f->i.index : 0;
	l->pid = p ? p->pid : 0;
	u->scope[0] = '\0';
	if (f)
		snprintf(u->scope, sizeof u->scope, "on %s", f->i.name);
	if (p)
		snprintf(u->scope, sizeof u->scope, "of %s[%d]", p->name, p->pid);
	printable(u->scope, u->look.utf8);
	u->at[TABLE_GROUPS] = u->top[TABLE_GROUPS] = 0;
	u->chosen[TABLE_GROUPS] = NULL;
	list_stale(l);
}

static void open_detail(struct ui *u, const struct group *g)
{
	u->detail = true;
	u->lines_top = 0;
	u->detail_netns = g->iface->space->inode;
	u->detail_ifindex = g->iface->i.index;
	u->detail_group = g->addr;
}

const struct group *ui_detail_group(const struct ui *u)
{
	return model_find(u->m, u->detail_netns, u->detail_ifindex, &u->detail_group);
}

static void open_row(struct ui *u)
{
	const struct list *l = current(u);
	const void *row = l->n ? l->rows[u->at[u->table]] : NULL;

	if (!row || u->detail)
		return;
	switch (u->table) {
	case TABLE_IFACES:
		scope_groups(u, row, NULL);
		show_table(u, TABLE_GROUPS);
		break;
	case TABLE_GROUPS:
		open_detail(u, row);
		break;
	case TABLE_PROCESSES:
		scope_groups(u, NULL, row);
		show_table(u, TABLE_GROUPS);
		break;
	default:
		snprintf(u->message, sizeof u->message, "there is nothing below this row");
		break;
	}
}

/* One step towards the interfaces: what was narrowed is widened first. */
static void go_back(struct ui *u)
{
	struct list *l = current(u);

	if (u->detail) {
		u->detail = false;
	} else if (l->filter[0]) {
		l->filter[0] = '\0';
		list_stale(l);
	} else if (u->table == TABLE_GROUPS && l->pid) {
		scope_groups(u, NULL, NULL);
		show_table(u, TABLE_PROCESSES);
	} else if (u->table != TABLE_IFACES) {
		if (u->table == TABLE_GROUPS)
			scope_groups(u, NULL, NULL);
		show_table(u, TABLE_IFACES);
	}
}

static void next_table(struct ui *u, int step)
{
	if (u->table == TABLE_GROUPS && u->scope[0])
		scope_groups(u, NULL, NULL);
	show_table(u, (enum table_id)(((int)u->table + step + TABLES) % TABLES));
}

/* From the row after (step 1) or before (-1) the selected one, round the end. */
static void search(struct ui *u, int step, bool from_here)
{
	const struct list *l = current(u);
	long n = l->n, at = u->at[u->table];

	if (!u->search[0] || !n)
		return;
	for (long i = from_here ? 0 : 1; i < n + !from_here; i++) {
		long row = ((at + step * i) % n + n) % n;

		if (row_matches(l->id, l->rows[row], u->search, &u->look)) {
			select_row(u, row);
			return;
		}
	}
	snprintf(u->message, sizeof u->message, "not found: %s", u->search);
}

static void set_filter(struct ui *u)
{
	struct list *l = current(u);

	snprintf(l->filter, sizeof l->filter, "%s", u->text);
	list_stale(l);
	/* Unless the selected row matches, which it then stays. */
	u->at[u->table] = u->top[u->table] = 0;
}

static void begin_prompt(struct ui *u, enum ui_prompt prompt)
{
	if (u->detail && prompt != PROMPT_SAVE)
		return;
	u->prompt = prompt;
	u->text[0] = '\0';
	if (prompt == PROMPT_FILTER)
		snprintf(u->text, sizeof u->text, "%s", current(u)->filter);
	else if (prompt == PROMPT_SAVE)
		snprintf(u->text, sizeof u->text, "mctop.txt");
}

static void end_prompt(struct ui *u, bool accepted)
{
	enum ui_prompt prompt = u->prompt;

	u->prompt = PROMPT_NONE;
	if (prompt == PROMPT_FILTER && !accepted) {
		u->text[0] = '\0';
		set_filter(u);
	}
	if (prompt == PROMPT_SAVE && accepted && u->text[0])
		ui_save(u, u->text);
}

/* Searching and filtering follow every letter. */
static void prompt_changed(struct ui *u)
{
	if (u->prompt == PROMPT_SEARCH) {
		snprintf(u->search, sizeof u->search, "%s", u->text);
		u->message[0] = '\0';
		search(u, 1, true);
	} else if (u->prompt == PROMPT_FILTER) {
		set_filter(u);
	}
}

static void prompt_key(struct ui *u, unsigned key)
{
	size_t len = strlen(u->text);

	if (key == UI_ENTER || key == UI_ESC) {
		end_prompt(u, key == UI_ENTER);
	} else if (key == UI_BACKSPACE || key == UI_DELETE) {
		if (len)
			u->text[len - 1] = '\0';
		else
			end_prompt(u, false);
		prompt_changed(u);
	} else if (key == ('u' & 0x1f)) {
		u->text[0] = '\0';
		prompt_changed(u);
	} else if (key >= ' ' && key < 0x7f && len + 1 < sizeof u->text) {
		u->text[len] = (char)key;
		u->text[len + 1] = '\0';
		prompt_changed(u);
	}
}

/* The columns that can be sorted by: their numbers. */
static unsigned sort_choices(const struct ui *u, unsigned *cols)
{
	const struct table_kind *kind = table_kind(u->table);
	unsigned n = 0;

	for (unsigned i = 0; i < kind->n_cols; i++)
		if (kind->cols[i].order && ui_shows_column(u, i))
			cols[n++] = i;
	return n;
}

static void sort_by(struct ui *u, unsigned col)
{
	struct list *l = current(u);

	l->reverse = l->sort == col ? !l->reverse : false;
	l->sort = col;
	list_stale(l);
	/* One sorts to see what comes first. */
	u->at[u->table] = u->top[u->table] = 0;
	u->chosen[u->table] = NULL;
}

static void sort_key(struct ui *u, unsigned key)
{
	unsigned cols[TABLE_COLS], n = sort_choices(u, cols);

	if (!n) {
		u->over = OVER_NONE;
		return;
	}
	switch (key) {
	case UI_UP:
		u->over_at = (u->over_at + n - 1) % n;
		break;
	case UI_DOWN:
		u->over_at = (u->over_at + 1) % n;
		break;
	case UI_ENTER:
		sort_by(u, cols[u->over_at]);
		u->over = OVER_NONE;
		break;
	default:
		u->over = OVER_NONE;
		break;
	}
}

static void open_sort(struct ui *u)
{
	unsigned cols[TABLE_COLS], n = sort_choices(u, cols);

	if (u->detail)
		return;
	u->over = OVER_SORT;
	u->over_at = 0;
	for (unsigned i = 0; i < n; i++)
		if (cols[i] == current(u)->sort)
			u->over_at = i;
}

/* Lines of the detail and the help. */
static void scroll_lines(struct ui *u, unsigned *top, unsigned key)
{
	unsigned last = u->n_lines > u->page ? u->n_lines - u->page : 0;
	long to = *top;

	if (key == UI_UP || key == 'k')
		to--;
	else if (key == UI_DOWN || key == 'j')
		to++;
	else if (key == UI_PAGE_UP)
		to -= u->page;
	else if (key == UI_PAGE_DOWN)
		to += u->page;
	else if (key == UI_HOME || key == 'g')
		to = 0;
	else if (key == UI_END || key == 'G')
		to = last;
	*top = to < 0 ? 0 : to > (long)last ? last : (unsigned)to;
}

static bool is_move(unsigned key)
{
	return key == UI_UP || key == UI_DOWN || key == UI_PAGE_UP || key == UI_PAGE_DOWN ||
	       key == UI_HOME || key == UI_END || key == 'j' || key == 'k' || key == 'g' ||
	       key == 'G';
}

static void move(struct ui *u, unsigned key)
{
	long at = u->at[u->table], page = u->page > 1 ? u->page - 1 : 1;

	if (u->detail) {
		scroll_lines(u, &u->lines_top, key);
		return;
	}
	if (key == UI_UP || key == 'k')
		select_row(u, at - 1);
	else if (key == UI_DOWN || key == 'j')
		select_row(u, at + 1);
	else if (key == UI_PAGE_UP)
		select_row(u, at - page);
	else if (key == UI_PAGE_DOWN)
		select_row(u, at + page);
	else if (key == UI_HOME || key == 'g')
		select_row(u, 0);
	else
		select_row(u, (long)current(u)->n - 1);
}

static void move_sideways(struct ui *u, bool right)
{
	unsigned *left = &u->left[u->table];

	if (right && u->cut_right)
		*left += H_STEP;
	else if (!right)
		*left -= *left < H_STEP ? *left : H_STEP;
}

static void help_key(struct ui *u, unsigned key)
{
	if (is_move(key))
		scroll_lines(u, &u->over_at, key);
	else
		u->over = OVER_NONE;
}

static void pause_or_go(struct ui *u)
{
	u->paused = !u->paused;
	if (!u->paused)
		model_resume(u->m);
}

static void jump_to(struct ui *u, enum table_id t)
{
	if (t == TABLE_GROUPS && u->scope[0])
		scope_groups(u, NULL, NULL);
	show_table(u, t);
}

static void command_key(struct ui *u, unsigned key)
{
	switch (key) {
	case 'q':
		u->quit = true;
		break;
	case '?':
	case 'h':
		u->over = OVER_HELP;
		u->over_at = 0;
		break;
	case '/':
		begin_prompt(u, PROMPT_SEARCH);
		break;
	case 'n':
	case 'N':
		search(u, key == 'n' ? 1 : -1, false);
		break;
	case 'f':
		begin_prompt(u, PROMPT_FILTER);
		break;
	case 's':
		open_sort(u);
		break;
	case 'S':
		sort_by(u, current(u)->sort);
		break;
	case 'w':
		begin_prompt(u, PROMPT_SAVE);
		break;
	case 'i':
		jump_to(u, TABLE_IFACES);
		break;
	case 'a':
		jump_to(u, TABLE_GROUPS);
		break;
	case 'p':
		jump_to(u, TABLE_PROCESSES);
		break;
	case 'b':
		jump_to(u, TABLE_BRIDGE);
		break;
	case 'r':
		jump_to(u, TABLE_ROUTES);
		break;
	case ' ':
		pause_or_go(u);
		break;
	default:
		snprintf(u->message, sizeof u->message, "? shows what keys do");
		break;
	}
}

static void table_key(struct ui *u, unsigned key)
{
	if (is_move(key))
		move(u, key);
	else if (key == UI_LEFT || key == UI_RIGHT)
		move_sideways(u, key == UI_RIGHT);
	else if (key == UI_ENTER)
		open_row(u);
	else if (key == UI_ESC || key == UI_BACKSPACE)
		go_back(u);
	else if (key == UI_TAB || key == UI_BACKTAB)
		next_table(u, key == UI_TAB ? 1 : -1);
	else if (key >= '1' && key < '1' + TABLES)
		jump_to(u, (enum table_id)(key - '1'));
	else
		command_key(u, key);
}

void ui_key(struct ui *u, unsigned key)
{
	refresh_list(u);
	u->message[0] = '\0';
	if (key == UI_REDRAW)
		u->redraw = true;
	else if (u->prompt)
		prompt_key(u, key);
	else if (u->over == OVER_SORT)
		sort_key(u, key);
	else if (u->over == OVER_HELP)
		help_key(u, key);
	else
		table_key(u, key);
}

static void click_title(struct ui *u, unsigned x)
{
	const struct table_kind *kind = table_kind(u->table);

	for (unsigned i = 0; i < kind->n_cols; i++) {
		if (x >= u->col_x[i])
			continue;
		if (kind->cols[i].order)
			sort_by(u, i);
		return;
	}
}

static void click_tab(struct ui *u, unsigned x)
{
	for (unsigned t = 0; t < TABLES; t++) {
		if (x < u->tab_x[t]) {
			jump_to(u, (enum table_id)t);
			return;
		}
	}
}

static void click_row(struct ui *u, unsigned y, bool twice)
{
	unsigned row = u->top[u->table] + y - u->table_y;

	if (row >= current(u)->n || y >= u->table_y + u->page)
		return;
	select_row(u, row);
	if (twice)
		open_row(u);
}

void ui_mouse(struct ui *u, enum ui_mouse what, unsigned y, unsigned x)
{
	if (what == MOUSE_UP || what == MOUSE_DOWN) {
		for (int i = 0; i < 3; i++)
			ui_key(u, what == MOUSE_UP ? UI_UP : UI_DOWN);
		return;
	}
	refresh_list(u);
	u->message[0] = '\0';
	if (u->prompt)
		return;
	if (u->over != OVER_NONE)
		u->over = OVER_NONE;
	else if (y == u->tabs_y)
		click_tab(u, x);
	else if (!u->detail && y == u->title_y)
		click_title(u, x);
	else if (!u->detail && y >= u->table_y)
		click_row(u, y, what == MOUSE_DOUBLE);
}
