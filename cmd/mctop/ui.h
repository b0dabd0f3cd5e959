/* ui.h - what the screens show and what keys do; no terminal in it
 *
 * input.c turns keys and the mouse into calls of this; view_*.c draw what is here. */
#ifndef MCTOP_UI_H
#define MCTOP_UI_H

#include "mctop/list.h"

/* Keys that are no characters; those are their code points. */
enum ui_key {
	UI_UP = 0x200000,
	UI_DOWN,
	UI_LEFT,
	UI_RIGHT,
	UI_PAGE_UP,
	UI_PAGE_DOWN,
	UI_HOME,
	UI_END,
	UI_ENTER,
	UI_ESC,
	UI_BACKSPACE,
	UI_TAB,
	UI_BACKTAB,
	UI_DELETE,
	UI_REDRAW,
};

enum ui_prompt {
	PROMPT_NONE = 0,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_SAVE,
};

enum ui_over { /* lies over the table */
	       OVER_NONE = 0,
	       OVER_HELP,
	       OVER_SORT,
};

#define UI_LINES     512 /* of the detail screen */
#define UI_LINE	     256
#define UI_PROMPT    64
#define UI_MIN_LINES 8
#define UI_MIN_COLS  40

/* A line of the detail and help screens. */
struct ui_line {
	char label[20]; /* at the left, in bold; "": none */
	char text[UI_LINE];
	enum tone tone;
};

struct ui {
	struct model *m;
	const struct config *c;
	struct look look;
	struct list lists[TABLES];

	enum table_id table;
	unsigned at[TABLES];	    /* the selected row */
	unsigned top[TABLES];	    /* the first row on the screen */
	const void *chosen[TABLES]; /* the selected row's identity; not followed */
	unsigned left[TABLES];	    /* columns scrolled out to the left */
	char scope[96];		    /* "on eth0", "of vlc[12]": why the groups are not all */

	bool detail; /* of a group, over the table */
	uint64_t detail_netns;
	unsigned detail_ifindex;
	struct mc_addr detail_group;
	struct ui_line *lines;
	unsigned n_lines, lines_top;

	enum ui_over over;
	unsigned over_at; /* row of the menu, first line of the help */

	enum ui_prompt prompt;
	char text[UI_PROMPT];
	char search[UI_PROMPT];
	char message[160]; /* at the bottom, until the next key */

	bool paused, quit, redraw;

	/* Told by the view. */
	unsigned page;		    /* rows of the table that fit */
	unsigned table_y;	    /* line of the first row */
	unsigned title_y;	    /* line of the titles */
	unsigned tabs_y;	    /* line of the tabs */
	unsigned tab_x[TABLES];	    /* where a tab ends */
	unsigned col_x[TABLE_COLS]; /* where a column ends; 0: not on the screen */
	bool cut_right;		    /* there is more to the right */
};

void ui_init(struct ui *u, struct model *m, const struct config *c);
void ui_free(struct ui *u);

/* Before drawing: lists are brought up to date, the selection follows its row. */
void ui_refresh(struct ui *u);

void ui_key(struct ui *u, unsigned key);

enum ui_mouse { MOUSE_CLICK = 1, MOUSE_DOUBLE, MOUSE_UP, MOUSE_DOWN };
void ui_mouse(struct ui *u, enum ui_mouse what, unsigned y, unsigned x);

/* Is the column shown?  NETNS only where there are several. */
bool ui_shows_column(const struct ui *u, unsigned col);

const struct group *ui_detail_group(const struct ui *u); /* NULL: it is gone */

/* ui_detail.c: fills u->lines. */
void ui_detail_lines(struct ui *u);
void ui_help_lines(struct ui *u);

/* ui_save.c: what is shown into a file of that name, as JSON if it ends in .json. */
void ui_save(struct ui *u, const char *path);

#endif
