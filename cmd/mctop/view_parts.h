/* view_parts.h - the parts of the screen, for view*.c */
#ifndef MCTOP_VIEW_PARTS_H
#define MCTOP_VIEW_PARTS_H

#define NCURSES_WIDECHAR 1
#include <ncurses.h>

#include "mctop/ui.h"

/* Colours on whatever background the terminal has, or attributes alone. */
void parts_colors(bool wanted);
attr_t tone_attr(enum tone tone);

/* Puts text into `width` columns from x on, cut or filled with blanks. */
void put_text(unsigned y, unsigned x, unsigned width, const char *text, attr_t attr);

/* The same for a text that begins `skip` columns to the left. */
void put_part(unsigned y, unsigned x, unsigned width, const char *text, unsigned skip, bool right,
	      attr_t attr);

unsigned text_width(const char *text);

void view_head(struct ui *u);
void view_foot(const struct ui *u);
void view_table(struct ui *u, unsigned y);
void view_lines(const struct ui *u, unsigned y, unsigned top);
void view_sort_menu(const struct ui *u, unsigned y);
void view_position(const struct ui *u, unsigned y);
void view_events(const struct ui *u, unsigned y, unsigned n);

#endif
