/* view_table.c - tables, lines, the menu: only the rows on the screen are made */
#include "mctop/view_parts.h"

#include <string.h>

#define GAP 2

/* A column is as wide as the widest text on the screen so far: it never shrinks
 * while one looks, so that nothing jumps. */
struct widths {
	enum table_id table;
	unsigned cols; /* of the terminal */
	unsigned ifindex, sort;
	unsigned v[TABLE_COLS];
};

static struct widths widths;

static void forget_widths(const struct ui *u)
{
	const struct table_kind *kind = table_kind(u->table);
	unsigned ifindex = u->lists[u->table].ifindex, sort = u->lists[u->table].sort;

	if (widths.table == u->table && widths.cols == (unsigned)COLS &&
	    widths.ifindex == ifindex && widths.sort == sort && widths.v[0])
		return;
	widths.table = u->table;
	widths.cols = (unsigned)COLS;
	widths.ifindex = ifindex;
	widths.sort = sort;
	for (unsigned i = 0; i < kind->n_cols; i++)
		widths.v[i] = (unsigned)strlen(kind->cols[i].title) + (i == sort); /* the arrow */
}

static void widen(const struct ui *u, unsigned rows)
{
	const struct list *l = &u->lists[u->table];
	const struct table_kind *kind = table_kind(u->table);
	struct cell c;

	for (unsigned i = 0; i < kind->n_cols; i++) {
		for (unsigned r = 0; r < rows; r++) {
			unsigned width;

			list_cell(&c, l, u->top[u->table] + r, i, &u->look);
			width = text_width(c.text);
			if (width > kind->cols[i].max)
				width = kind->cols[i].max;
			if (width > widths.v[i])
				widths.v[i] = width;
		}
	}
}

/* Where a column is: from x on, `skip` columns of it cut off at the left.  The
 * first column stays, the others move below it. */
struct place {
	unsigned x, width, skip;
};

static bool place_column(const struct ui *u, unsigned col, struct place *p)
{
	unsigned first = widths.v[0] + GAP, left = u->left[u->table], from = 0;

	if (!ui_shows_column(u, col))
		return false;
	if (col == 0) {
		*p = (struct place){ 0, widths.v[0], 0 };
		return true;
	}
	for (unsigned i = 1; i < col; i++)
		if (ui_shows_column(u, i))
			from += widths.v[i] + GAP;
	p->skip = left > from ? left - from : 0;
	if (p->skip >= widths.v[col])
		return false;
	p->x = first + (from > left ? from - left : 0);
	p->width = widths.v[col] - p->skip;
	return p->x < (unsigned)COLS;
}

static void clip(struct place *p)
{
	if (p->x + p->width > (unsigned)COLS)
		p->width = (unsigned)COLS - p->x;
}

static unsigned total_width(const struct ui *u)
{
	unsigned n = 0;

	for (unsigned i = 0; i < table_kind(u->table)->n_cols; i++)
		if (ui_shows_column(u, i))
			n += widths.v[i] + GAP;
	return n ? n - GAP : 0;
}

/* Nothing beyond the last column is worth scrolling to. */
static void limit_left(struct ui *u)
{
	unsigned total = total_width(u), most = total > (unsigned)COLS ? total - (unsigned)COLS : 0;

	if (u->left[u->table] > most)
		u->left[u->table] = most;
	u->cut_right = u->left[u->table] < most;
}

static void put_titles(struct ui *u, unsigned y)
{
	const struct table_kind *kind = table_kind(u->table);
	const struct list *l = &u->lists[u->table];

	u->title_y = y;
	put_text(y, 0, (unsigned)COLS, "", A_REVERSE);
	for (unsigned i = 0; i < kind->n_cols; i++) {
		struct place p;
		char text[40];

		u->col_x[i] = 0;
		if (!place_column(u, i, &p))
			continue;
		clip(&p);
		u->col_x[i] = p.x + p.width + GAP;
		snprintf(text, sizeof text, "%s%s", kind->cols[i].title,
			 i != l->sort			       ? ""
			 : l->reverse != kind->cols[i].largest ? (u->look.utf8 ? "▾" : "v")
							       : (u->look.utf8 ? "▴" : "^"));
		put_part(y, p.x, p.width, text, p.skip, kind->cols[i].right,
			 A_REVERSE | (i == l->sort ? A_BOLD : 0));
	}
}

static void put_row(const struct ui *u, unsigned y, unsigned row)
{
	const struct table_kind *kind = table_kind(u->table);
	const struct list *l = &u->lists[u->table];
	bool selected = row == u->at[u->table];
	struct cell c;

	if (selected)
		put_text(y, 0, (unsigned)COLS, "", A_REVERSE);
	for (unsigned i = 0; i < kind->n_cols; i++) {
		struct place p;

		if (!place_column(u, i, &p))
			continue;
		clip(&p);
		list_cell(&c, l, row, i, &u->look);
		put_part(y, p.x, p.width, c.text, p.skip, kind->cols[i].right,
			 selected ? A_REVERSE : tone_attr(c.tone));
	}
}

void view_table(struct ui *u, unsigned y)
{
	const struct list *l = &u->lists[u->table];
	unsigned top = u->top[u->table], rows = l->n - top;

	if (rows > u->page)
		rows = u->page;
	forget_widths(u);
	widen(u, rows);
	limit_left(u);
	put_titles(u, y - 1);
	u->table_y = y;
	for (unsigned i = 0; i < rows; i++)
		put_row(u, y + i, top + i);
	if (!l->n)
		put_text(y, 2, (unsigned)COLS - 2,
			 l->filter[0] ? "nothing matches the filter; Esc shows all"
				      : table_kind(u->table)->empty,
			 tone_attr(TONE_DIM));
}

void view_lines(const struct ui *u, unsigned y, unsigned top)
{
	put_text(y - 1, 0, (unsigned)COLS,
		 u->over == OVER_HELP ? "Keys and columns" : "One group of this host",
		 A_REVERSE | A_BOLD);
	for (unsigned i = 0; i < u->page && top + i < u->n_lines; i++) {
		const struct ui_line *l = &u->lines[top + i];

		put_text(y + i, 0, 16, l->label, A_BOLD);
		put_text(y + i, 16, (unsigned)COLS - 16, l->text, tone_attr(l->tone));
	}
}

void view_sort_menu(const struct ui *u, unsigned y)
{
	const struct table_kind *kind = table_kind(u->table);
	unsigned row = 0, first = u->over_at >= u->page ? u->over_at - u->page + 1 : 0;

	for (unsigned i = 0; i < kind->n_cols; i++) {
		char text[40];

		if (!kind->cols[i].order || !ui_shows_column(u, i))
			continue;
		if (row >= first && row - first < u->page) {
			snprintf(text, sizeof text, " %s", kind->cols[i].title);
			put_text(y + row - first, 2, 18, text,
				 row == u->over_at ? A_BOLD | A_UNDERLINE : A_REVERSE);
		}
		row++;
	}
}

/* At the right end of line y. */
void view_position(const struct ui *u, unsigned y)
{
	const struct list *l = &u->lists[u->table];
	char text[64];
	unsigned width;

	if (u->detail || u->over != OVER_NONE ||
	    (l->n <= u->page && !u->cut_right && !u->left[u->table]))
		return;
	width = (unsigned)snprintf(text, sizeof text, " %u/%u%s%s ", l->n ? u->at[u->table] + 1 : 0,
				   l->n, u->left[u->table] ? " <" : "", u->cut_right ? " >" : "");
	if (width + 1 < (unsigned)COLS)
		put_text(y, (unsigned)COLS - width - 1, width, text, A_BOLD);
}
