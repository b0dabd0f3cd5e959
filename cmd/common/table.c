/* table.c - text in aligned columns */
#include "common/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct cell {
	char *text;
	enum style style;
};

struct table {
	const struct column *cols;
	size_t n_cols;
	struct cell *cells; /* row by row */
	size_t n, room;
};

static void *need(void *p)
{
	if (!p)
		exit(err_why(NULL, -ENOMEM, NULL));
	return p;
}

struct table *table_new(const struct column *cols, size_t n)
{
	struct table *t = need(calloc(1, sizeof *t));

	t->cols = cols;
	t->n_cols = n;
	return t;
}

OUT_PRINTF(3, 0)
static void add_cell(struct table *t, enum style s, const char *fmt, va_list ap)
{
	char *text;

	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 16 * t->n_cols;
		t->cells = need(reallocarray(t->cells, t->room, sizeof *t->cells));
	}
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	t->cells[t->n].text = need(text);
	t->cells[t->n].style = s;
	t->n++;
}

void table_cell(struct table *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_cell(t, STYLE_RESET, fmt, ap);
	va_end(ap);
}

void table_cell_style(struct table *t, enum style s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_cell(t, s, fmt, ap);
	va_end(ap);
}

static size_t column_width(const struct table *t, size_t col)
{
	size_t width = strlen(t->cols[col].title);

	if (width == 0)
		width = 1; /* the "-" of an empty cell */
	for (size_t i = col; i < t->n; i += t->n_cols) {
		size_t len = strlen(t->cells[i].text);

		if (len > width)
			width = len;
	}
	return width;
}

static void print_cell(const struct table *t, size_t col, size_t width, const char *text,
		       enum style s)
{
	bool last = col + 1 == t->n_cols;
	int pad = (int)(width - strlen(text));

	if (t->cols[col].right)
		out_printf("%*s", pad, "");
	out_printf("%s%s%s", s ? out_style(s) : "", text, s ? out_style(STYLE_RESET) : "");
	if (!t->cols[col].right && !last)
		out_printf("%*s", pad, "");
	out_puts(last ? "\n" : "  ");
}

static void forget_cells(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cells[i].text);
	t->n = 0;
}

void table_print(struct table *t)
{
	size_t *width = need(calloc(t->n_cols, sizeof *width));

	while (t->n % t->n_cols)
		table_cell(t, "-");
	for (size_t i = 0; i < t->n_cols; i++) {
		width[i] = column_width(t, i);
		print_cell(t, i, width[i], t->cols[i].title, STYLE_BOLD);
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct cell *c = &t->cells[i];

		print_cell(t, i % t->n_cols, width[i % t->n_cols], c->text[0] ? c->text : "-",
			   c->style);
	}
	free(width);
	forget_cells(t);
}

void table_free(struct table *t)
{
	if (!t)
		return;
	forget_cells(t);
	free(t->cells);
	free(t);
}
